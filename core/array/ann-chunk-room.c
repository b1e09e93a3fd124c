/* ann-chunk-room.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-room-private.h"

#include "array/ann-chunk-cache-private.h"
#include "base/ann-buffer-private.h"

#include <pthread.h>

/* More would take so long that others might have to wait for it. */
#define MAX_SIZE ((gsize) 128 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static AnnBuffer *room;

static gboolean
is_such (AnnBuffer *buffer, AnnDtype dtype, guint64 n)
{
  return buffer != NULL && ann_buffer_get_dtype (buffer) == dtype
         && ann_buffer_get_n_elements (buffer) == n;
}

AnnBuffer *
_ann_chunk_room_take (AnnDtype dtype, guint64 n)
{
  AnnBuffer *taken = NULL;

  pthread_mutex_lock (&lock);
  if (is_such (room, dtype, n))
    taken = g_steal_pointer (&room);
  pthread_mutex_unlock (&lock);

  return taken;
}

static gboolean
is_there (AnnDtype dtype, guint64 n)
{
  gboolean there;

  pthread_mutex_lock (&lock);
  there = is_such (room, dtype, n);
  pthread_mutex_unlock (&lock);

  return there;
}

void
_ann_chunk_room_ready (guint64 array)
{
  g_autoptr (AnnBuffer) newest = _ann_chunk_cache_get_newest (array);
  g_autoptr (AnnBuffer) unused G_GNUC_UNUSED = NULL;
  AnnBuffer *ready;
  AnnDtype dtype;
  guint64 n;

  if (newest == NULL || ann_buffer_get_size (newest) > MAX_SIZE)
    return;
  dtype = ann_buffer_get_dtype (newest);
  n = ann_buffer_get_n_elements (newest);
  if (is_there (dtype, n))
    return;

  ready = _ann_buffer_new_unset (dtype, 1, &n, NULL);
  if (ready == NULL)
    return;
  _ann_buffer_populate (ann_buffer_get_data_for_writing (ready), ann_buffer_get_size (ready));
  pthread_mutex_lock (&lock);
  unused = room;
  room = ready;
  pthread_mutex_unlock (&lock);
}
