/* ann-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-page.h"

#include <ann-core.h>
#include <glib/gi18n.h>

G_DEFINE_INTERFACE (AnnPage, ann_page, GTK_TYPE_WIDGET)

static void
ann_page_default_init (AnnPageInterface *iface)
{
}

/**
 * ann_page_get_tools:
 * @page: a page of an element, whether or not it is an [iface@Page]
 *
 * Returns: (transfer none) (nullable): what it wants to have in the toolbar
 */
GtkWidget *
ann_page_get_tools (GtkWidget *page)
{
  AnnPageInterface *iface;

  if (!ANN_IS_PAGE (page))
    return NULL;

  iface = ANN_PAGE_GET_IFACE (page);

  return iface->get_tools != NULL ? iface->get_tools (ANN_PAGE (page)) : NULL;
}

/**
 * ann_page_get_inspector:
 * @page: a page of an element, whether or not it is an [iface@Page]
 *
 * Returns: (transfer none) (nullable): what it wants to have at its right
 */
GtkWidget *
ann_page_get_inspector (GtkWidget *page)
{
  AnnPageInterface *iface;

  if (!ANN_IS_PAGE (page))
    return NULL;

  iface = ANN_PAGE_GET_IFACE (page);

  return iface->get_inspector != NULL ? iface->get_inspector (ANN_PAGE (page)) : NULL;
}

/**
 * ann_page_retry:
 * @page: (nullable): a page, which may or may not implement [iface@Page]
 *
 * Returns: whether there was something that is read again now
 */
gboolean
ann_page_retry (GtkWidget *page)
{
  AnnPageInterface *iface;

  if (page == NULL || !ANN_IS_PAGE (page))
    return FALSE;

  iface = ANN_PAGE_GET_IFACE (page);

  return iface->retry != NULL && iface->retry (ANN_PAGE (page));
}

/**
 * ann_page_report:
 * @page: a page, or a widget in it
 * @error: why something could not be read
 *
 * Has it said above all pages, if it is about the network or a store that was changed, and not
 * about what is shown: then it can be tried again.
 */
void
ann_page_report (GtkWidget *page, const GError *error)
{
  if (g_error_matches (error, ANN_ERROR, ANN_ERROR_CHANGED))
    gtk_widget_activate_action (page, ANN_PAGE_REPORT_CHANGE, NULL);
  else if (ann_http_error_is_passing (error))
    gtk_widget_activate_action (page, ANN_PAGE_REPORT_FAILURE, "s", error->message);
}

/**
 * ann_page_cancel:
 * @page: (nullable): a page, which may or may not implement [iface@Page]
 *
 * Returns: whether there was something to end
 */
gboolean
ann_page_cancel (GtkWidget *page)
{
  AnnPageInterface *iface;

  if (!ANN_IS_PAGE (page))
    return FALSE;

  iface = ANN_PAGE_GET_IFACE (ANN_PAGE (page));

  return iface->cancel != NULL && iface->cancel (ANN_PAGE (page));
}

/**
 * ann_page_new_export_button:
 *
 * Returns: (transfer floating): a button that opens the export; it stands last among the tools of
 *   pages that show rows
 */
GtkWidget *
ann_page_new_export_button (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("ann-export-symbolic");

  gtk_widget_set_tooltip_text (button, _ ("Export (Ctrl+E)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Export"), -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_name (button, "page-export");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.export");

  return button;
}
