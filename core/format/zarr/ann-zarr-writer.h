/* ann-zarr-writer.h: hierarchies of Zarr that are being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-writer.h"
#include "store/ann-store-writer.h"

G_BEGIN_DECLS

/**
 * _ann_zarr_writer_new_root:
 * @store: (transfer full): where it is put
 * @zarr_format: 2 or 3
 *
 * What is written is read by anndata 0.8 and later (of version 3: 0.12 and later), with zarr-python
 * 2 and 3. Documents of nodes are put when these are closed; those of the root, with the
 * consolidated metadata, when it is committed, behind everything else.
 *
 * Returns: (transfer full): the root, or %NULL with @error set: %ANN_ERROR_UNSUPPORTED for another
 *   version
 */
AnnNodeWriter *_ann_zarr_writer_new_root (AnnStoreWriter *store, guint zarr_format, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A group below the key @prefix of a store that somebody else commits: what is closed in it is put
 * when this was flushed. @store: (transfer none). It has no documents of its own.
 */
AnnNodeWriter *_ann_zarr_writer_new_below (AnnStoreWriter *store,
                                           guint zarr_format,
                                           const char *prefix) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
