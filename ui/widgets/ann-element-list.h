/* ann-element-list.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-tree-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_ELEMENT_LIST (ann_element_list_get_type ())

G_DECLARE_FINAL_TYPE (AnnElementList, ann_element_list, ANN, ELEMENT_LIST, AdwBin)

GtkWidget *ann_element_list_new (AnnTreeItem *item) G_GNUC_WARN_UNUSED_RESULT;

AnnTreeItem *ann_element_list_get_selected (AnnElementList *self);
guint ann_element_list_get_n_rows (AnnElementList *self);
gboolean ann_element_list_select (AnnElementList *self, const char *path);

G_END_DECLS
