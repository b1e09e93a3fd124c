/* ann-table-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-table-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_TABLE_PAGE (ann_table_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnTablePage, ann_table_page, ANN, TABLE_PAGE, AdwBin)

GtkWidget *ann_table_page_new (AnnData *data, AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;

AnnTableView *ann_table_page_get_view (AnnTablePage *self);
/* The filter of a table of observations or variables. What else asks for "the rows that are shown",
 * such as an export, takes these.
 */
gboolean ann_table_page_get_filter_axis (AnnTablePage *self, AnnAxis *axis);
const char *ann_table_page_get_filter (AnnTablePage *self);
AnnSelection *ann_table_page_get_filtered_rows (AnnTablePage *self);
void ann_table_page_set_filter (AnnTablePage *self, const char *expression);
gboolean ann_table_page_focus_filter (AnnTablePage *self);

gboolean ann_table_page_is_idle (AnnTablePage *self);

G_END_DECLS
