/* ann-node-view-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-private.h"

G_BEGIN_DECLS

#define ANN_TYPE_NODE_VIEW (_ann_node_view_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnNodeView, _ann_node_view, ANN, NODE_VIEW, AnnNode)

/* @node and what lies in it under another path: a group in a store as a store of its own, say. */
AnnNode *_ann_node_view_new (AnnNode *node, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* A group that is put together. @base: (nullable): what it has the attributes of; its children do
 * not belong to it. Filled before anybody else has it.
 */
AnnNodeView *_ann_node_view_new_group (AnnNode *base, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The child of @group called @stored_name becomes a child called @name. */
void _ann_node_view_add_child (AnnNodeView *self,
                               const char *name,
                               AnnNode *group,
                               const char *stored_name);

/* @node becomes a child called @name. */
void _ann_node_view_add_node (AnnNodeView *self, const char *name, AnnNode *node);

/* As _ann_node_view_add_child (), but it is only opened by who knows of it, and not listed. */
void _ann_node_view_add_hidden (AnnNodeView *self,
                                const char *name,
                                AnnNode *group,
                                const char *stored_name);

/* In place of the attributes of its base. */
void _ann_node_view_set_attributes (AnnNodeView *self, AnnAttributes *attributes);

G_END_DECLS
