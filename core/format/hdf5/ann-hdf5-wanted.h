/* ann-hdf5-wanted.h: parts of a file that will be read soon
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

#define ANN_HDF5_MAX_WANTED 64

/**
 * AnnHdf5Wanted:
 *
 * Parts that will be read one after the other, noted so that a file that is far away brings all of
 * them in one wait. It is a hint: an address may be a wrong one. Lives on the stack; for one
 * thread. Of a file that is near nothing is noted.
 */
typedef struct {
  AnnHdf5File *file;
  const char *path;
  GCancellable *cancellable;
  gsize n;
  AnnSourcePart parts[ANN_HDF5_MAX_WANTED];
} AnnHdf5Wanted;

/* @path: of the object, for messages; it and @cancellable stay the caller's. */
void _ann_hdf5_wanted_init (AnnHdf5Wanted *self,
                            AnnHdf5File *file,
                            const char *path,
                            GCancellable *cancellable);

/* Notes @n_bytes at @address; brings what was noted, if there is no room. */
gboolean _ann_hdf5_wanted_add (AnnHdf5Wanted *self,
                               guint64 address,
                               guint64 n_bytes,
                               GError **error);

/* Brings what was noted. */
gboolean _ann_hdf5_wanted_bring (AnnHdf5Wanted *self, GError **error);

G_END_DECLS
