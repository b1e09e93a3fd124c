/* ann-value-list.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_VALUE_LIST (ann_value_list_get_type ())

G_DECLARE_FINAL_TYPE (AnnValueList, ann_value_list, ANN, VALUE_LIST, GtkWidget)

GtkWidget *ann_value_list_new (GtkAdjustment *adjustment) G_GNUC_WARN_UNUSED_RESULT;

void ann_value_list_clear (AnnValueList *self);
void ann_value_list_add (AnnValueList *self, const char *text, guint64 count, const guint32 *color);
void ann_value_list_sort (AnnValueList *self);
void ann_value_list_set_selected (AnnValueList *self, const guint64 *counts);
void ann_value_list_set_filter (AnnValueList *self, const char *text);

guint ann_value_list_get_n_values (AnnValueList *self);
guint ann_value_list_get_n_rows (AnnValueList *self);
char *ann_value_list_describe (AnnValueList *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
