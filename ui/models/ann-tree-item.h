/* ann-tree-item.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_TREE_ITEM (ann_tree_item_get_type ())

G_DECLARE_FINAL_TYPE (AnnTreeItem, ann_tree_item, ANN, TREE_ITEM, GObject)

AnnTreeItem *ann_tree_item_new_root (AnnData *data, const char *first_name);
void ann_tree_item_close (AnnTreeItem *self);

AnnElement *ann_tree_item_get_element (AnnTreeItem *self);
const char *ann_tree_item_get_name (AnnTreeItem *self);
const char *ann_tree_item_get_path (AnnTreeItem *self);
const char *ann_tree_item_get_icon (AnnTreeItem *self);
const char *ann_tree_item_get_badge (AnnTreeItem *self);
const char *ann_tree_item_get_trouble (AnnTreeItem *self);

gboolean ann_tree_item_is_group (AnnTreeItem *self);
GListModel *ann_tree_item_get_children (AnnTreeItem *self);
AnnTreeItem *ann_tree_item_find_child (AnnTreeItem *self, const char *path, guint *position);
gboolean ann_tree_item_is_loaded (AnnTreeItem *self);
void ann_tree_item_load (AnnTreeItem *self);
void ann_tree_item_load_all (AnnTreeItem *self);
gboolean ann_tree_item_is_loading_all (AnnTreeItem *self);

gboolean ann_tree_item_matches (AnnTreeItem *self, const char *folded_needle);
gboolean ann_tree_item_matches_below (AnnTreeItem *self, const char *folded_needle);

G_END_DECLS
