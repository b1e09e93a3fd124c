/* ann-chunk-batch-private.h: chunks on their way from the store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "array/ann-chunk-job-private.h"
#include "array/ann-decoded-chunk-private.h"
#include "base/ann-scratch-private.h"

G_BEGIN_DECLS

/**
 * AnnChunkBatch:
 * @items: of @job, @n of them
 * @bytes: what is stored of each; none where it is absent
 * @n_wanted: bytes of each, from its start on, that must be decoded
 * @is_settled: its key in the cache is not ours, or no longer
 * @owned: what the format allocated, @n_owned blocks for g_free()
 * @raw: memory for the others
 *
 * Lives on the stack of a read.
 */
typedef struct {
  const AnnChunkJob *job;
  gsize n;
  gsize items[ANN_CHUNK_MAX_BATCH];
  AnnChunkLocation locations[ANN_CHUNK_MAX_BATCH];
  guint8 *bytes[ANN_CHUNK_MAX_BATCH];
  gsize n_wanted[ANN_CHUNK_MAX_BATCH];
  gboolean is_settled[ANN_CHUNK_MAX_BATCH];
  guint8 *owned[ANN_CHUNK_MAX_BATCH];
  gsize n_owned;
  AnnScratch raw;
} AnnChunkBatch;

void _ann_chunk_batch_init (AnnChunkBatch *self, const AnnChunkJob *job);
void _ann_chunk_batch_clear (AnnChunkBatch *self);

/* Lets go of what was fetched, before other items are. */
void _ann_chunk_batch_clear_owned (AnnChunkBatch *self);

/* Says where the chunks are. */
gboolean _ann_chunk_batch_locate (AnnChunkBatch *self, GCancellable *cancellable, GError **error);

/* Brings the stored bytes of the chunks, none of which is absent; but one whose length is not known
 * may turn out to be.
 */
gboolean _ann_chunk_batch_fetch (AnnChunkBatch *self, GCancellable *cancellable, GError **error);
gboolean _ann_chunk_batch_decode (const AnnChunkBatch *self, gsize i, guint8 *to, GError **error);

/* Decodes as much of the start of a chunk as is wanted, or all of it. */
gboolean _ann_chunk_batch_decode_wanted (const AnnChunkBatch *self,
                                         gsize i,
                                         AnnDecodedChunk *decoded,
                                         GError **error);

/* What is done with a chunk that was fetched; several of a batch at the same time. */
typedef gboolean (*AnnChunkBatchFunc) (AnnChunkBatch *self, gsize i, GError **error);

gboolean _ann_chunk_batch_do (AnnChunkBatch *self,
                              AnnChunkBatchFunc func,
                              GCancellable *cancellable,
                              GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnChunkBatch, _ann_chunk_batch_clear)

G_END_DECLS
