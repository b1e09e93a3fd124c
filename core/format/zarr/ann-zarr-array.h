/* ann-zarr-array.h: the values of a Zarr array
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "format/zarr/ann-zarr-metadata.h"
#include "format/zarr/ann-zarr-tree.h"

G_BEGIN_DECLS

/* The array at @path, which its metadata describe. Reads nothing. */
AnnArray *_ann_zarr_array_new (AnnZarrTree *tree,
                               const char *path,
                               AnnZarrMetadata *metadata,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
