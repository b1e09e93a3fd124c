/* ann-chunk-room-private.h: memory for a chunk that another thread is still decoding
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/**
 * AnnChunkRoom:
 * @n_unfinished: pieces of the read that somebody works on, or will
 * @buffer: (nullable): what is ready
 *
 * The pages of what is kept take time, and of a row the thread that decodes its column numbers is
 * the last to be done. Who has done the last piece of a read that others still work on readies
 * memory for them. Lives on the stack of a read.
 */
typedef struct {
  atomic_size_t n_unfinished;
  _Atomic (AnnBuffer *) buffer;
} AnnChunkRoom;

void _ann_chunk_room_init (AnnChunkRoom *self, gsize n_pieces);
void _ann_chunk_room_clear (AnnChunkRoom *self);

/* A piece is done; @is_last: there is none left to begin. Chunks of @array are expected to take
 * what the one takes that was kept last.
 */
void _ann_chunk_room_finish_piece (AnnChunkRoom *self, gboolean is_last, guint64 array);

/* Returns: (transfer full) (nullable): what is ready, with anything in it */
AnnBuffer *_ann_chunk_room_take (AnnChunkRoom *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnChunkRoom, _ann_chunk_room_clear)

G_END_DECLS
