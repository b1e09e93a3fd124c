/* ann-zarr-node.h: groups and arrays of Zarr
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * _ann_zarr_open:
 * @prefix: (nullable): where in @store the hierarchy begins
 * @version: (out): 2 or 3
 *
 * Opens a Zarr hierarchy: of version 3 where there are both. Reads metadata alone.
 *
 * Returns: (transfer full): its root, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` where there
 * is no Zarr
 */
AnnNode *_ann_zarr_open (AnnStore *store,
                         const char *prefix,
                         guint *version,
                         GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is wrong with the store of @root as a whole, which is a Zarr node, as a sentence; %NULL if
 * nothing is.
 */
const char *_ann_zarr_get_warning (AnnNode *root);

G_END_DECLS
