/* ann-hdf5-link.h: from a name to what it stands for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Target:
 * @file: (transfer full): the file that has the object
 * @object: (transfer full): the object
 * @description: (transfer full): of the link, such as `soft → /obs/x`
 *
 * What a link leads to.
 */
typedef struct {
  AnnHdf5File *file;
  hid_t object;
  char *description;
} AnnHdf5Target;

void _ann_hdf5_target_clear (AnnHdf5Target *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Target, _ann_hdf5_target_clear)

/* Follows the link @name of @group, which is one path segment. libhdf5 is asked for hard links
 * alone: soft and external ones are followed here, so that no chain of links leaves the folder of
 * the store unseen. Under the lock.
 */
gboolean _ann_hdf5_open_link (AnnHdf5File *file,
                              hid_t group,
                              const char *name,
                              const char *path,
                              AnnHdf5Target *target,
                              GError **error);

/* The same for a whole path in @file, from the root. */
gboolean _ann_hdf5_open_path (AnnHdf5File *file,
                              const char *object_path,
                              const char *path,
                              AnnHdf5Target *target,
                              GError **error);

G_END_DECLS
