/* ann-open-error-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-open-error-page.h"

#include "widgets/ann-property-row.h"

#include <adwaita.h>
#include <ann-core.h>
#include <glib/gi18n.h>

static GtkWidget *
new_pill (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_add_css_class (button, "pill");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

/* Where the store should be, and what can be done. */
static GtkWidget *
build_body (const char *place, gboolean asks_sign_in)
{
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 36);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             ann_property_row_new_path (_ ("Location"), place));
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  if (asks_sign_in)
    gtk_box_append (GTK_BOX (buttons), new_pill (_ ("_Sign In…"), "win.sign-in"));
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("_Retry"), "win.reload"));
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("_Close"), "win.close-tab"));
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), buttons);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 560);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);

  return clamp;
}

static const char *
get_icon (gboolean is_remote, const GError *error)
{
  if (is_remote && g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED))
    return "dialog-password-symbolic";
  if (is_remote && (ann_http_error_is_passing (error) || error->domain == G_TLS_ERROR))
    return "network-error-symbolic";

  return "ann-broken-symbolic";
}

/**
 * ann_open_error_page_new:
 * @name: of the store
 * @place: where it should be
 * @is_remote: whether that is an address
 * @error: why it cannot be opened
 *
 * Returns: (transfer floating): a page that says so
 */
GtkWidget *
ann_open_error_page_new (const char *name,
                         const char *place,
                         gboolean is_remote,
                         const GError *error)
{
  const gboolean is_denied = g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED);
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  GtkWidget *status = adw_status_page_new ();
  g_autofree char *title = g_strdup_printf (_ ("Cannot Open “%s”"), name);
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *markup = g_markup_escape_text (
      is_cancelled ? _ ("The opening was cancelled.") : error->message, -1);

  gtk_widget_add_css_class (status, "compact");
  gtk_widget_set_name (status, "open-error");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), get_icon (is_remote, error));
  adw_status_page_set_title (ADW_STATUS_PAGE (status), title_markup);
  adw_status_page_set_description (ADW_STATUS_PAGE (status), markup);
  adw_status_page_set_child (ADW_STATUS_PAGE (status), build_body (place, is_remote && is_denied));

  return status;
}
