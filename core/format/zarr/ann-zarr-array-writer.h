/* ann-zarr-array-writer.h: an array of Zarr that is being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"
#include "format/zarr/ann-zarr-target.h"

G_BEGIN_DECLS

AnnArrayWriter *_ann_zarr_array_writer_new (AnnZarrTarget *target,
                                            const char *path,
                                            const AnnArraySpec *spec,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts the documents of `null`, as anndata has it: a truth value without a chunk. */
gboolean _ann_zarr_array_write_null (AnnZarrTarget *target,
                                     const char *path,
                                     AnnAttributes *attributes,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
