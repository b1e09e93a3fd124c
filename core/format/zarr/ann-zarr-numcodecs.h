/* ann-zarr-numcodecs.h: the codecs that both versions share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-json-private.h"
#include "codec/ann-codec.h"
#include "format/zarr/ann-zarr-type.h"

G_BEGIN_DECLS

/* The codec that the library numcodecs calls @name, with the parameters in @configuration: as in
 * `.zarray`, and as `numcodecs.NAME` in `zarr.json`. One that is not known is a missing one.
 * %ANN_ERROR_FORMAT for parameters that make no sense.
 *
 * @keeps_order: one that names numbers in another byte order than @number's is a missing one
 * @number: what it sees, of the type OTHER if that are no numbers; becomes what it makes of them
 */
AnnCodec *_ann_zarr_numcodec_new (const char *name,
                                  AnnJsonValue configuration,
                                  gboolean keeps_order,
                                  AnnStoredNumber *number,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A number in @configuration, or @otherwise. */
gint64 _ann_zarr_get_integer (AnnJsonValue configuration, const char *name, gint64 otherwise);

/* One of the codecs that version 3 took over under the same name: `gzip`, `zstd`, `blosc`. %NULL
 * without an error for any other.
 */
AnnCodec *_ann_zarr_compressor_new (const char *name, AnnJsonValue configuration)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
