/* ann-zarr-codecs.h: names and parameters of codecs → codecs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "base/ann-json-private.h"
#include "codec/ann-codec-chain.h"
#include "format/zarr/ann-zarr-type.h"

G_BEGIN_DECLS

/**
 * AnnZarrShardLayout:
 * @chunk_shape: of the chunks in a shard; divides the shard
 * @n_chunks: on each axis of a shard
 * @n_in_all: chunks in a shard
 * @has_checksum: the index ends with its CRC-32C
 *
 * How a shard is made: chunks, and an index of where they lie in it.
 */
typedef struct {
  guint rank;
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 n_chunks[ANN_MAX_RANK];
  guint64 n_in_all;
  gboolean is_index_at_start;
  gboolean has_checksum;
  gboolean is_index_big_endian;
} AnnZarrShardLayout;

/**
 * AnnZarrCodecs:
 * @chain: from the stored bytes of a chunk to its values, numbers in the machine's byte order;
 * where values have lengths of their own, to a count, and length and bytes of each …
 * @is_json: … or, of texts, to a list of them in JSON
 * @is_sharded: what is stored under the key of a chunk is a shard, whose chunks are read alone
 */
typedef struct {
  AnnCodecChain *chain;
  gboolean is_json;
  AnnZarrType *item_type; /* of sequences; else NULL */
  gboolean is_sharded;
  AnnZarrShardLayout shard;
} AnnZarrCodecs;

void _ann_zarr_codecs_clear (AnnZarrCodecs *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnZarrCodecs, _ann_zarr_codecs_clear)

/* The list of `zarr.json` for chunks of @chunk_shape. Sets the byte order of @type. What this build
 * cannot decode is a missing codec in the chain; %ANN_ERROR_FORMAT for what makes no sense.
 */
gboolean _ann_zarr_codecs_init_v3 (AnnZarrCodecs *self,
                                   AnnJsonValue list,
                                   AnnZarrType *type,
                                   guint rank,
                                   const guint64 *chunk_shape,
                                   GBytes *fill_value,
                                   GError **error);

/* What `.zarray` says. */
gboolean _ann_zarr_codecs_init_v2 (AnnZarrCodecs *self,
                                   AnnJsonValue filters,
                                   AnnJsonValue compressor,
                                   gboolean is_fortran_order,
                                   AnnZarrType *type,
                                   guint rank,
                                   const guint64 *chunk_shape,
                                   GError **error);

G_END_DECLS
