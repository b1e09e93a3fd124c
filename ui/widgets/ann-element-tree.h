/* ann-element-tree.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-tree-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_ELEMENT_TREE (ann_element_tree_get_type ())

G_DECLARE_FINAL_TYPE (AnnElementTree, ann_element_tree, ANN, ELEMENT_TREE, AdwBin)

GtkWidget *ann_element_tree_new (AnnTreeItem *root);

AnnTreeItem *ann_element_tree_get_selected (AnnElementTree *self);
void ann_element_tree_reveal (AnnElementTree *self, const char *path);
void ann_element_tree_expand (AnnElementTree *self, const char *path);
char **ann_element_tree_list_expanded (AnnElementTree *self);
void ann_element_tree_restore_expanded (AnnElementTree *self, const char *const *paths);
void ann_element_tree_focus_rows (AnnElementTree *self);
void ann_element_tree_focus_search (AnnElementTree *self);
guint ann_element_tree_get_n_rows (AnnElementTree *self);

G_END_DECLS
