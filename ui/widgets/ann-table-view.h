/* ann-table-view.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"
#include "widgets/ann-row-selection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_TABLE_VIEW (ann_table_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnTableView, ann_table_view, ANN, TABLE_VIEW, GtkWidget)

/* More cells than this are not copied: a clipboard is no export. */
#define ANN_TABLE_VIEW_MAX_COPY 10000000

GtkWidget *ann_table_view_new (AnnTableModel *model) G_GNUC_WARN_UNUSED_RESULT;

AnnTableModel *ann_table_view_get_model (AnnTableView *self);
void ann_table_view_set_model (AnnTableView *self, AnnTableModel *model);

void ann_table_view_get_cursor (AnnTableView *self, guint64 *row, guint64 *column);
void ann_table_view_set_cursor (AnnTableView *self, guint64 row, guint64 column, gboolean extend);
void ann_table_view_scroll_to (AnnTableView *self, guint64 row, guint64 column);
gboolean ann_table_view_get_block (AnnTableView *self, AnnTableWindow *block);
char *ann_table_view_dup_cursor_text (AnnTableView *self) G_GNUC_WARN_UNUSED_RESULT;

const AnnRowSelection *ann_table_view_get_selection (AnnTableView *self);
void ann_table_view_select (AnnTableView *self, const AnnRowSelection *rows, gboolean add);

int ann_table_view_get_column_width (AnnTableView *self, guint64 column);
void ann_table_view_set_column_width (AnnTableView *self, guint64 column, int width);
double ann_table_view_get_text_scale (AnnTableView *self);
void ann_table_view_set_text_scale (AnnTableView *self, double scale);

void ann_table_view_sort (AnnTableView *self, guint64 column, AnnSortDirection direction);
void ann_table_view_filter (AnnTableView *self, AnnSelection *rows);
void ann_table_view_copy (AnnTableView *self, gboolean with_headers);

gboolean ann_table_view_is_busy (AnnTableView *self);
AnnProgress *ann_table_view_get_progress (AnnTableView *self);
const char *ann_table_view_get_busy_text (AnnTableView *self);
void ann_table_view_cancel (AnnTableView *self);

G_END_DECLS
