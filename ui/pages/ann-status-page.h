/* ann-status-page.h: what stands where there is nothing to show, or it cannot be read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_STATUS_PAGE (ann_status_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnStatusPage, ann_status_page, ANN, STATUS_PAGE, AdwBin)

GtkWidget *ann_status_page_new (const char *icon, const char *title, const char *text);

void ann_status_page_set (AnnStatusPage *self,
                          const char *icon,
                          const char *title,
                          const char *text);
void ann_status_page_set_error (AnnStatusPage *self, const char *title, const GError *error);
void ann_status_page_add_row (AnnStatusPage *self, GtkWidget *row);
GtkWidget *ann_status_page_add_button (AnnStatusPage *self, const char *label, const char *action);

const char *ann_status_page_get_title (AnnStatusPage *self);
const char *ann_status_page_get_text (AnnStatusPage *self);

G_END_DECLS
