/* ann-hdf5-link.h: from a name to what it stands for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Target:
 * @file: (transfer full): the file that has the object
 * @address: of its header
 * @header: (transfer full): that
 * @description: (transfer full): of the link, such as `soft → /obs/x`
 *
 * What a link leads to.
 */
typedef struct {
  AnnHdf5File *file;
  guint64 address;
  AnnHdf5Header *header;
  char *description;
} AnnHdf5Target;

void _ann_hdf5_target_clear (AnnHdf5Target *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Target, _ann_hdf5_target_clear)

/* Follows the link @name, which is one path segment, of the group with @header at the address
 * @group. No chain of links leaves the folder of the store.
 */
gboolean _ann_hdf5_open_link (AnnHdf5File *file,
                              guint64 group,
                              const AnnHdf5Header *header,
                              const char *name,
                              const char *path,
                              AnnHdf5Target *target,
                              GCancellable *cancellable,
                              GError **error);

/* The same for a whole path in @file, from the root. */
gboolean _ann_hdf5_open_path (AnnHdf5File *file,
                              const char *object_path,
                              const char *path,
                              AnnHdf5Target *target,
                              GCancellable *cancellable,
                              GError **error);

/* The object whose header is at @address. */
gboolean _ann_hdf5_open_address (AnnHdf5File *file,
                                 guint64 address,
                                 const char *path,
                                 AnnHdf5Target *target,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
