/* ann-view-stack.h: the overview of a store and the views of its elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-export-request.h"
#include "models/ann-tree-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_VIEW_STACK (ann_view_stack_get_type ())

G_DECLARE_FINAL_TYPE (AnnViewStack, ann_view_stack, ANN, VIEW_STACK, AdwBin)

GtkWidget *ann_view_stack_new (AnnData *data, const char *place);

void ann_view_stack_show (AnnViewStack *self, AnnTreeItem *item);
const char *ann_view_stack_get_path (AnnViewStack *self);
const char *ann_view_stack_get_page (AnnViewStack *self);
gboolean ann_view_stack_has_page (AnnViewStack *self, const char *page);
gboolean ann_view_stack_set_page (AnnViewStack *self, const char *page);
GtkWidget *ann_view_stack_get_page_widget (AnnViewStack *self);
void ann_view_stack_get_rows (AnnViewStack *self, AnnAxis axis, AnnShownRows *rows);
GtkWidget *ann_view_stack_get_inspector (AnnViewStack *self);
void ann_view_stack_set_shows_inspector (AnnViewStack *self, gboolean shows);

G_END_DECLS
