/* ann-hdf5-group.h: the links of a group
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

typedef enum {
  ANN_HDF5_LINK_HARD = 0,
  ANN_HDF5_LINK_SOFT = 1,
  ANN_HDF5_LINK_EXTERNAL = 64,
} AnnHdf5LinkKind;

/**
 * AnnHdf5Link:
 * @kind: an #AnnHdf5LinkKind, or one that its writer made up
 * @address: hard: of the object's header
 * @value: (nullable): soft: the path of the object; external: the name of the file
 * @object_path: (nullable): external: the path of the object in the file
 *
 * A link, without its name.
 */
typedef struct {
  guint kind;
  guint64 address;
  char *value;
  char *object_path;
} AnnHdf5Link;

void _ann_hdf5_link_clear (AnnHdf5Link *self);

/* Whether a link may be called so: no path, and not the group itself. */
gboolean _ann_hdf5_is_link_name (const char *name);

/* Whether an object with this header is a group. */
gboolean _ann_hdf5_header_is_group (const AnnHdf5Header *header);

/* Looks for the link @name of the group with @header: sets @is_found, and @link if it is. */
gboolean _ann_hdf5_group_find (AnnHdf5File *file,
                               const AnnHdf5Header *header,
                               const char *name,
                               gboolean *is_found,
                               AnnHdf5Link *link,
                               const char *path,
                               GCancellable *cancellable,
                               GError **error);

/* Appends the addresses of the objects that hard links lead to, guint64 each. */
gboolean _ann_hdf5_group_list_objects (AnnHdf5File *file,
                                       const AnnHdf5Header *header,
                                       GArray *addresses,
                                       GCancellable *cancellable,
                                       const char *path,
                                       GError **error);

/* Appends the names of all links to @names, in whatever order.
 * @objects: (element-type utf8 guint64) (nullable): gets the addresses that hard links lead to,
 *   where they are told with the names: not in groups as they were before HDF5 1.8
 */
gboolean _ann_hdf5_group_list (AnnHdf5File *file,
                               const AnnHdf5Header *header,
                               GPtrArray *names,
                               GHashTable *objects,
                               GCancellable *cancellable,
                               const char *path,
                               GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Link, _ann_hdf5_link_clear)

G_END_DECLS
