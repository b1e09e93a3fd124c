/* ann-node-private.h: for the formats, which make nodes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"

G_BEGIN_DECLS

/**
 * AnnNodeClass:
 * @read_attributes: all attributes; one that cannot be read is there as an unknown one
 * @list_children: the names of the children, sorted by bytes, none opened
 * @open_child: a child by its name, which is one path segment; `ANN_ERROR_NOT_FOUND` without it
 * @find_child: sets @is_there to whether a child of this name is linked, openable or not;
 *   optional, else @list_children is searched
 * @is_listed: whether @list_children names all of a group's children; optional, else it does. A
 * place that does not tell what it holds can only be asked for names that somebody knows
 * @open_array: the values of an array node
 * @open_reference: the node that a reference held by an attribute leads to; `ANN_ERROR_NOT_FOUND`
 *   where it leads to nothing, `ANN_ERROR_FORMAT` for an attribute that holds none; optional
 *
 * All run in any thread. A format never reads values here.
 */
struct _AnnNodeClass {
  GObjectClass parent_class;

  AnnAttributes *(*read_attributes) (AnnNode *self, GCancellable *cancellable, GError **error);
  char **(*list_children) (AnnNode *self, GCancellable *cancellable, GError **error);
  AnnNode *(*open_child) (AnnNode *self,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error);
  gboolean (*find_child) (AnnNode *self,
                          const char *name,
                          gboolean *is_there,
                          GCancellable *cancellable,
                          GError **error);
  gboolean (*is_listed) (AnnNode *self);
  AnnArray *(*open_array) (AnnNode *self, GCancellable *cancellable, GError **error);
  AnnNode *(*open_reference) (AnnNode *self,
                              const char *attribute,
                              GCancellable *cancellable,
                              GError **error);
};

/* @path is "" for the root, else without a leading slash; @link_description is "hard", "soft → …".
 */
void _ann_node_set_info (AnnNode *self,
                         AnnNodeKind kind,
                         const char *path,
                         const char *link_description);

/* As ann_node_has_child (), for those who must tell what is not there from what cannot be read now.
 * A damaged group has no children. FALSE with an error that does not blame the store.
 */
gboolean _ann_node_find_child (AnnNode *self,
                               const char *name,
                               gboolean *is_there,
                               GCancellable *cancellable,
                               GError **error);

/* Whether all children of a group are listed. */
gboolean _ann_node_is_listed (AnnNode *self);

/* What makes two nodes the same one, however they were come by: the file and the place in it.
 * Optional, after _ann_node_set_info (); formats in which a link can lead back say it for groups.
 */
void _ann_node_set_identity (AnnNode *self, guint64 file, guint64 address);

/* @self is @other, seen from elsewhere. */
void _ann_node_copy_identity (AnnNode *self, AnnNode *other);

/* The node through which @self was opened; NULL for the root. */
AnnNode *_ann_node_get_parent (AnnNode *self);

/* The node above @self, through which it was opened, that is the same: a link led back to it. */
AnnNode *_ann_node_find_itself_above (AnnNode *self);

G_END_DECLS
