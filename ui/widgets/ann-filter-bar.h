/* ann-filter-bar.h: which rows of a table are wanted, in words
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_FILTER_BAR (ann_filter_bar_get_type ())

G_DECLARE_FINAL_TYPE (AnnFilterBar, ann_filter_bar, ANN, FILTER_BAR, AdwBin)

GtkWidget *ann_filter_bar_new (AnnData *data, AnnAxis axis) G_GNUC_WARN_UNUSED_RESULT;

/* What holds: the expression and its rows, as of the last signal "changed"; not what is being
 * written.
 */
void ann_filter_bar_set_example (AnnFilterBar *self, const char *example);
const char *ann_filter_bar_get_expression (AnnFilterBar *self);
AnnSelection *ann_filter_bar_get_rows (AnnFilterBar *self);

void ann_filter_bar_apply (AnnFilterBar *self, const char *expression);
gboolean ann_filter_bar_is_busy (AnnFilterBar *self);
const char *ann_filter_bar_get_message (AnnFilterBar *self);
void ann_filter_bar_focus (AnnFilterBar *self);

G_END_DECLS
