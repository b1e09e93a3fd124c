/* ann-decoded-chunk-private.h: a chunk, or its start, as it is decoded
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-packed-chunk-private.h"
#include "base/ann-scratch-private.h"

G_BEGIN_DECLS

/**
 * AnnDecodedChunk:
 * @bytes: of the chunk, @n_bytes of them
 * @buffer: (nullable): that has them, if they are too many for @scratch
 *
 * In memory that the thread keeps for the next one, for the cache takes it packed. One that is too
 * large for that has memory of its own, which the cache takes as it is if nothing can be packed.
 * Lives on the stack; `{ .buffer = NULL }` is none.
 */
typedef struct {
  AnnScratch scratch;
  AnnBuffer *buffer;
  const guint8 *bytes;
  gsize n_bytes;
} AnnDecodedChunk;

/* Returns: (nullable): where @n_bytes bytes can be written; what was there is lost */
guint8 *_ann_decoded_chunk_reserve (AnnDecodedChunk *self, guint64 n_bytes, GError **error);

/* Returns: %FALSE without memory for it */
gboolean _ann_decoded_chunk_pack (const AnnDecodedChunk *self,
                                  gsize item_size,
                                  AnnPackedChunk *packed);
void _ann_decoded_chunk_clear (AnnDecodedChunk *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnDecodedChunk, _ann_decoded_chunk_clear)

G_END_DECLS
