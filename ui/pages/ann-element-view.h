/* ann-element-view.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-tree-item.h"
#include "pages/ann-table-page.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_ELEMENT_VIEW (ann_element_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnElementView, ann_element_view, ANN, ELEMENT_VIEW, AdwBin)

GtkWidget *ann_element_view_new (AnnData *data, AnnTreeItem *item);

AnnTreeItem *ann_element_view_get_item (AnnElementView *self);
const char *ann_element_view_get_page (AnnElementView *self);
gboolean ann_element_view_has_page (AnnElementView *self, const char *page);
gboolean ann_element_view_set_page (AnnElementView *self, const char *page);
GtkWidget *ann_element_view_get_page_widget (AnnElementView *self);
AnnTablePage *ann_element_view_get_table (AnnElementView *self);
GtkWidget *ann_element_view_get_inspector (AnnElementView *self);
void ann_element_view_set_shows_inspector (AnnElementView *self, gboolean shows);

G_END_DECLS
