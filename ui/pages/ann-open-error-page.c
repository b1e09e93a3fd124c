/* ann-open-error-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-open-error-page.h"

#include "pages/ann-status-page.h"
#include "widgets/ann-property-row.h"

#include <ann-core.h>
#include <glib/gi18n.h>

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
  const gboolean asks_sign_in = is_remote && g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED);
  const gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  GtkWidget *page = g_object_new (ANN_TYPE_STATUS_PAGE, "name", "open-error", NULL);
  AnnStatusPage *self = ANN_STATUS_PAGE (page);
  g_autofree char *title = g_strdup_printf (
      is_cancelled ? _ ("“%s” Was Not Opened") : _ ("Cannot Open “%s”"), name);

  if (is_cancelled)
    ann_status_page_set (self, "process-stop-symbolic", title,
                         _ ("You cancelled while it was being read."));
  else if (asks_sign_in)
    ann_status_page_set (self, "dialog-password-symbolic", title, error->message);
  else
    ann_status_page_set_error (self, title, error);
  ann_status_page_add_row (self, ann_property_row_new_path (_ ("Location"), place));
  if (asks_sign_in)
    ann_status_page_add_button (self, _ ("_Sign In…"), "win.sign-in");
  ann_status_page_add_button (self, is_cancelled ? _ ("_Open Again") : _ ("_Retry"), "win.reload");
  ann_status_page_add_button (self, _ ("_Close"), "win.close-tab");

  return page;
}
