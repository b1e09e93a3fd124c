/* ann-node.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "array/ann-attributes.h"

G_BEGIN_DECLS

#define ANN_TYPE_NODE (ann_node_get_type ())

ANN_API
G_DECLARE_DERIVABLE_TYPE (AnnNode, ann_node, ANN, NODE, GObject)

/**
 * AnnNodeKind:
 * @ANN_NODE_GROUP: has children
 * @ANN_NODE_ARRAY: has values
 * @ANN_NODE_NULL: an array without values and shape (HDF5's null dataspace)
 * @ANN_NODE_OTHER: neither: a named type, say
 */
typedef enum {
  ANN_NODE_GROUP,
  ANN_NODE_ARRAY,
  ANN_NODE_NULL,
  ANN_NODE_OTHER,
} AnnNodeKind;

ANN_API AnnNodeKind ann_node_get_kind (AnnNode *self);
ANN_API const char *ann_node_get_path (AnnNode *self);
ANN_API const char *ann_node_get_name (AnnNode *self);
ANN_API const char *ann_node_get_link_description (AnnNode *self);

ANN_API AnnAttributes *ann_node_read_attributes (AnnNode *self,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char **ann_node_list_children (AnnNode *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_node_has_child (AnnNode *self, const char *name, GCancellable *cancellable);
ANN_API AnnNode *ann_node_open_child (AnnNode *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnNode *ann_node_open_reference (AnnNode *self,
                                          const char *attribute,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnArray *ann_node_open_array (AnnNode *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
