/* ann-hdf5-blocks.h: the parts of a file that were read last
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnnHdf5Blocks:
 *
 * A file's structures are many and small, and lie close to each other: they are read by blocks, of
 * which the last ones are kept. Any thread may use it; nothing is read while its lock is held.
 */
typedef struct _AnnHdf5Blocks AnnHdf5Blocks;

#define ANN_HDF5_BLOCK_SIZE ((gsize) 4 << 10)

AnnHdf5Blocks *_ann_hdf5_blocks_new (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_blocks_free (AnnHdf5Blocks *self);

/* Copies @n bytes from @skip of the block @number; %FALSE if it is not here, or shorter. */
gboolean _ann_hdf5_blocks_get (AnnHdf5Blocks *self, guint64 number, gsize skip, void *to, gsize n);

/* Keeps @size bytes, at most ANN_HDF5_BLOCK_SIZE, in place of the one whose last use is the
 * longest ago.
 */
void _ann_hdf5_blocks_put (AnnHdf5Blocks *self, guint64 number, const guint8 *bytes, gsize size);

G_END_DECLS
