/* ann-packed-chunk-private.h: a decoded chunk as the cache keeps it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"

G_BEGIN_DECLS

/**
 * AnnPackedChunk:
 * @values: (nullable): a vector, of unsigned integers that are narrower than the items of the chunk
 *   where all of these have zeros above or below; else of the chunk's bytes
 * @n_bytes: of the chunk, or of its start, as it is decoded
 * @shift: how many bits below those of @values are zero in every item
 *
 * Column numbers below 65536 and counts below 256 take half the room, in 64 bits a quarter. Lives
 * on the stack or in an entry of the cache; `{ .values = NULL }` is none.
 */
typedef struct {
  AnnBuffer *values;
  gsize n_bytes;
  guint shift;
} AnnPackedChunk;

/* Packs the @n_bytes bytes of items of @item_size bytes at @bytes, or copies them where that
 * does not pay.
 */
gboolean _ann_packed_chunk_init (AnnPackedChunk *self,
                                 const guint8 *bytes,
                                 gsize n_bytes,
                                 gsize item_size,
                                 GError **error);

/* The same with a vector of bytes, which is kept as it is where that does not pay. */
void _ann_packed_chunk_init_buffer (AnnPackedChunk *self, AnnBuffer *bytes, gsize item_size);
void _ann_packed_chunk_copy (const AnnPackedChunk *self, AnnPackedChunk *copy);
void _ann_packed_chunk_clear (AnnPackedChunk *self);

/* Returns: (nullable): the bytes of the chunk, if they are there as they are decoded */
const guint8 *_ann_packed_chunk_get_bytes (const AnnPackedChunk *self);

/* Puts the @n_bytes bytes of the chunk that begin at @offset, both of them whole items, to @to. */
void _ann_packed_chunk_unpack (const AnnPackedChunk *self, gsize offset, gsize n_bytes, guint8 *to);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnPackedChunk, _ann_packed_chunk_clear)

G_END_DECLS
