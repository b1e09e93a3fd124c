/* ann-zarr-chunk-sink.h: where the encoded chunks of a new array go
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-pile-private.h"
#include "format/zarr/ann-zarr-layout.h"
#include "format/zarr/ann-zarr-target.h"

G_BEGIN_DECLS

/**
 * AnnZarrChunkSink:
 * @layout: (not owned): of the array
 * @shard: what is there of the shard that is being filled
 * @places: (nullable): offset and length of each chunk in it; all ones for one that is not there
 * @shard_row: where it is on the first axis
 *
 * Takes the chunks of an array in C order, and makes objects of them: one each, or shards, of which
 * one is in memory at a time. For one thread at a time.
 */
typedef struct {
  AnnZarrTarget *target;
  const AnnZarrLayout *layout;
  char *path;
  AnnPile shard;
  guint64 *places;
  gsize n_places;
  guint64 shard_row;
} AnnZarrChunkSink;

void _ann_zarr_chunk_sink_init (AnnZarrChunkSink *self,
                                AnnZarrTarget *target,
                                const AnnZarrLayout *layout,
                                const char *path);
void _ann_zarr_chunk_sink_clear (AnnZarrChunkSink *self);

/* The bytes are the caller's again when this returns. */
gboolean _ann_zarr_chunk_sink_store (AnnZarrChunkSink *self,
                                     const AnnEncodedChunk *chunks,
                                     gsize n,
                                     GCancellable *cancellable,
                                     GError **error);

/* Stores the last shard. */
gboolean _ann_zarr_chunk_sink_finish (AnnZarrChunkSink *self,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
