/* ann-zarr-payload-private.h: chunks of values that have lengths of their own
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"
#include "format/zarr/ann-zarr-codecs.h"

G_BEGIN_DECLS

/* The most bytes of a chunk, stored or decoded. */
#define ANN_ZARR_MAX_PAYLOAD ((gsize) 1024 * 1024 * 1024)

/* In the length of a run: its bytes are how a truth value or a number is written. Lengths are much
 * smaller.
 */
#define ANN_ZARR_RUN_IS_OBJECT (G_GUINT64_CONSTANT (1) << 31)

/* Decodes a chunk to runs: a count of 32 bits, and of each value its length in 32 bits and its
 * bytes; all of it checked. (transfer full) (nullable)
 */
AnnBuffer *_ann_zarr_payload_decode (const AnnZarrCodecs *codecs,
                                     const guint8 *src,
                                     gsize src_size,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
