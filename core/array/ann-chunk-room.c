/* ann-chunk-room.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-room-private.h"

#include "array/ann-chunk-cache-private.h"
#include "base/ann-buffer-private.h"

/* More would take so long that others might have to wait for it. */
#define MAX_SIZE ((gsize) 128 * 1024)

void
_ann_chunk_room_init (AnnChunkRoom *self, gsize n_pieces)
{
  atomic_init (&self->n_unfinished, n_pieces);
  atomic_init (&self->buffer, NULL);
}

AnnBuffer *
_ann_chunk_room_take (AnnChunkRoom *self)
{
  return atomic_exchange (&self->buffer, NULL);
}

void
_ann_chunk_room_clear (AnnChunkRoom *self)
{
  g_autoptr (AnnBuffer) left G_GNUC_UNUSED = _ann_chunk_room_take (self);
}

/* Returns: (nullable): memory like that of @like */
static AnnBuffer *
new_like (AnnBuffer *like)
{
  const guint64 n = ann_buffer_get_n_elements (like);
  AnnBuffer *buffer = _ann_buffer_new_unset (ann_buffer_get_dtype (like), 1, &n, NULL);

  if (buffer != NULL)
    _ann_buffer_populate (ann_buffer_get_data_for_writing (buffer), ann_buffer_get_size (buffer));

  return buffer;
}

void
_ann_chunk_room_finish_piece (AnnChunkRoom *self, gboolean is_last, guint64 array)
{
  g_autoptr (AnnBuffer) newest = NULL;
  g_autoptr (AnnBuffer) unused = NULL;

  if (atomic_fetch_sub (&self->n_unfinished, 1) <= 1 || !is_last)
    return;

  newest = _ann_chunk_cache_get_newest (array);
  if (newest != NULL && ann_buffer_get_size (newest) <= MAX_SIZE)
    unused = atomic_exchange (&self->buffer, new_like (newest));
}
