/* ann-chunk-cache-private.h: the cache as the chunk engine uses it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-chunk-cache.h"
#include "array/ann-packed-chunk-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  guint64 array; /* _ann_array_get_id () */
  guint64 chunk; /* its number in the grid */
} AnnChunkKey;

/**
 * AnnChunkLookup:
 * @ANN_CHUNK_HIT: the chunk is there
 * @ANN_CHUNK_MINE: it is not, and the caller must now make it: _put () or _abandon () follows
 * @ANN_CHUNK_MINE_AGAIN: the same, but the start of it was there: who wants more than that may want
 *   all
 * @ANN_CHUNK_FAILED: cancelled while waiting for another thread that makes it
 */
typedef enum {
  ANN_CHUNK_HIT,
  ANN_CHUNK_MINE,
  ANN_CHUNK_MINE_AGAIN,
  ANN_CHUNK_FAILED,
} AnnChunkLookup;

/* Single flight: if another thread is making the chunk, waits for it. When that thread fails or
 * is cancelled, one of those who wait is told ANN_CHUNK_MINE: another's cancellation is not ours.
 * A caller that makes several chunks at once asks for them in rising order of the key, and puts
 * or abandons every one it has been given before it waits for one: no two can wait for each other.
 * To that end it passes @wait = FALSE while it holds any; then ANN_CHUNK_FAILED without error
 * means that another thread is at it.
 */
AnnChunkLookup _ann_chunk_cache_begin (const AnnChunkKey *key,
                                       gboolean wait,
                                       AnnBuffer **chunk,
                                       GCancellable *cancellable,
                                       GError **error);
AnnBuffer *_ann_chunk_cache_peek (const AnnChunkKey *key) G_GNUC_WARN_UNUSED_RESULT;

/* The same for chunks that are kept packed, and of which the start alone may be kept: at least the
 * first @n_bytes are asked for. @chunk is set for ANN_CHUNK_HIT.
 */
AnnChunkLookup _ann_chunk_cache_begin_packed (const AnnChunkKey *key,
                                              gsize n_bytes,
                                              gboolean wait,
                                              AnnPackedChunk *chunk,
                                              GCancellable *cancellable,
                                              GError **error);
/* Returns: whether it is there, and @chunk set */
gboolean _ann_chunk_cache_peek_packed (const AnnChunkKey *key,
                                       gsize n_bytes,
                                       AnnPackedChunk *chunk);
void _ann_chunk_cache_put_packed (const AnnChunkKey *key, const AnnPackedChunk *chunk);

/* Whether a chunk of this size, as it is decoded, would be kept without another one going. */
gboolean _ann_chunk_cache_has_room (gsize chunk_size);
void _ann_chunk_cache_put (const AnnChunkKey *key, AnnBuffer *chunk);
void _ann_chunk_cache_abandon (const AnnChunkKey *key);
/* Whether a chunk of this size is kept; and whether the chunks of a box are, which has so many
 * bytes: a large one would push out everything else.
 */
gboolean _ann_chunk_cache_wants (gsize chunk_size);
gboolean _ann_chunk_cache_wants_box (gsize chunk_size, gsize box_size);

/* Returns: (transfer full) (nullable): of the chunks of an array that are kept, the last one made
 */
AnnBuffer *_ann_chunk_cache_get_newest (guint64 array) G_GNUC_WARN_UNUSED_RESULT;

/* An array is gone: its chunks will not be asked for again. */
void _ann_chunk_cache_drop_array (guint64 array);

G_END_DECLS
