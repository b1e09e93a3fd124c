/* ann-chunk-room-private.h: memory for what the cache of chunks keeps
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"

G_BEGIN_DECLS

/* Vectors of one size come and go as the cache takes chunks in and drops them. They lie in slabs, a
 * few in each: malloc() would ask the kernel to let the heap of a thread grow for nearly every one.
 * The place that was left last is the next to be taken, for its pages are there. A slab is given
 * back when nothing is in it.
 */

/* Sizes that lie in slabs. Smaller ones are malloc()'s business, and slabs of larger ones would
 * hold much memory for the few that stay.
 */
#define ANN_CHUNK_ROOM_MIN_SIZE ((gsize) 16 * 1024)
#define ANN_CHUNK_ROOM_MAX_SIZE ((gsize) 128 * 1024)

/* Of a slab. One vector that stays holds the places of the others, so they are few. Where memory is
 * watched, each has a block of its own.
 */
#if defined(__SANITIZE_ADDRESS__)
#define ANN_CHUNK_ROOM_N_PLACES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ANN_CHUNK_ROOM_N_PLACES 1
#endif
#endif
#if !defined(ANN_CHUNK_ROOM_N_PLACES)
#define ANN_CHUNK_ROOM_N_PLACES 8
#endif

/* Returns: (transfer full): a vector with anything in it, whose pages are there; %NULL with @error
 *   set if there is no memory. Any thread.
 */
AnnBuffer *_ann_chunk_room_new_vector (AnnDtype dtype, guint64 n, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Of a row the thread that decodes its column numbers is the last to be done. Who is done while
 * others still work asks for the pages that the next chunk of @array takes, if it is like the last
 * one that was kept.
 */
void _ann_chunk_room_ready (guint64 array);

typedef struct {
  gsize n_slabs;
  gsize n_bytes;   /* that they take */
  gsize n_vectors; /* in them */
} AnnChunkRoomStats;

void _ann_chunk_room_get_stats (AnnChunkRoomStats *stats);

G_END_DECLS
