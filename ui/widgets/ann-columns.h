/* ann-columns.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_COLUMNS (ann_columns_get_type ())

G_DECLARE_FINAL_TYPE (AnnColumns, ann_columns, ANN, COLUMNS, GtkWidget)

GtkWidget *ann_columns_new (guint max_columns, int min_width, int spacing);
void ann_columns_append (AnnColumns *self, GtkWidget *child);

G_END_DECLS
