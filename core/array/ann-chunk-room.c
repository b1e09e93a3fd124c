/* ann-chunk-room.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-room-private.h"

#include "array/ann-chunk-cache-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-error.h"

#include <pthread.h>
#include <stdlib.h>

#define ALL_PLACES ((1u << ANN_CHUNK_ROOM_N_PLACES) - 1)

/* Places are whole pages. */
#define PAGE_SIZE ((gsize) 4096)
#define N_SIZES (ANN_CHUNK_ROOM_MAX_SIZE / PAGE_SIZE + 1)

typedef struct {
  gsize place_size;
  guint8 *memory;
  guint taken; /* a bit for each place */
  guint paged; /* whose pages are there */
  GList link;  /* in the list of its size, while a place is free */
} Slab;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GQueue with_room[N_SIZES]; /* by pages of a place: slabs with a free one, the latest first */
static Slab *empty;               /* (nullable): one of them, kept though nothing is in it */
static AnnChunkRoomStats room_stats;

static void
slab_free (Slab *self)
{
  free (self->memory);
  g_free (self);
}

static Slab *
slab_new (gsize place_size)
{
  void *memory = NULL;
  Slab *self;

  if (posix_memalign (&memory, PAGE_SIZE, ANN_CHUNK_ROOM_N_PLACES * place_size) != 0)
    return NULL;

  self = g_new0 (Slab, 1);
  self->place_size = place_size;
  self->memory = memory;
  self->link.data = self;

  return self;
}

/* Under the lock. */
static GQueue *
get_list (const Slab *slab)
{
  return &with_room[slab->place_size / PAGE_SIZE];
}

/* Under the lock. */
static void
add_slab (Slab *slab)
{
  g_queue_push_head_link (get_list (slab), &slab->link);
  room_stats.n_slabs++;
  room_stats.n_bytes += ANN_CHUNK_ROOM_N_PLACES * slab->place_size;
}

/* Under the lock. */
static void
remove_slab (Slab *slab)
{
  g_queue_unlink (get_list (slab), &slab->link);
  room_stats.n_slabs--;
  room_stats.n_bytes -= ANN_CHUNK_ROOM_N_PLACES * slab->place_size;
}

/* Under the lock. Of the free places one whose pages are there. */
static guint
take_place (Slab *slab, gboolean *is_paged)
{
  const guint free_places = ALL_PLACES & ~slab->taken;
  const guint paged = free_places & slab->paged;
  const guint place = (guint) __builtin_ctz (paged != 0 ? paged : free_places);

  *is_paged = paged != 0;
  if (empty == slab)
    empty = NULL;
  slab->taken |= 1u << place;
  slab->paged |= 1u << place;
  if (slab->taken == ALL_PLACES)
    g_queue_unlink (get_list (slab), &slab->link);
  room_stats.n_vectors++;

  return place;
}

/* Under the lock. Returns: (nullable): a slab that is no longer needed, which the caller frees */
static Slab *
leave_place (Slab *slab, guint place)
{
  Slab *unneeded;

  if (slab->taken == ALL_PLACES)
    g_queue_push_head_link (get_list (slab), &slab->link);
  slab->taken &= ~(1u << place);
  room_stats.n_vectors--;
  if (slab->taken != 0)
    return NULL;

  unneeded = empty;
  empty = slab;
  if (unneeded != NULL)
    remove_slab (unneeded);

  return unneeded;
}

/* Of a vector that ends. */
static void
free_place (gpointer data, gpointer owner)
{
  Slab *slab = owner;
  Slab *unneeded;

  pthread_mutex_lock (&lock);
  unneeded = leave_place (slab,
                          (guint) ((gsize) ((guint8 *) data - slab->memory) / slab->place_size));
  pthread_mutex_unlock (&lock);

  g_clear_pointer (&unneeded, slab_free);
}

/* Returns: (nullable): with its lock free; none if there is no memory */
static guint8 *
take (gsize place_size, Slab **slab, gboolean *is_paged)
{
  guint8 *data;

  pthread_mutex_lock (&lock);
  *slab = g_queue_peek_head (&with_room[place_size / PAGE_SIZE]);
  if (*slab == NULL)
    {
      *slab = slab_new (place_size);
      if (*slab == NULL)
        {
          pthread_mutex_unlock (&lock);
          return NULL;
        }
      add_slab (*slab);
    }
  data = (*slab)->memory + take_place (*slab, is_paged) * place_size;
  pthread_mutex_unlock (&lock);

  return data;
}

static gboolean
lies_in_slab (gsize size)
{
  return size >= ANN_CHUNK_ROOM_MIN_SIZE && size <= ANN_CHUNK_ROOM_MAX_SIZE;
}

AnnBuffer *
_ann_chunk_room_new_vector (AnnDtype dtype, guint64 n, GError **error)
{
  const gsize item_size = ann_dtype_get_size (dtype);
  const gsize size = n <= ANN_CHUNK_ROOM_MAX_SIZE ? (gsize) n * item_size : G_MAXSIZE;
  AnnBuffer *vector;
  Slab *slab;
  gboolean is_paged = FALSE;
  guint8 *data;

  if (!lies_in_slab (size))
    {
      vector = _ann_buffer_new_unset (dtype, 1, &n, error);
      if (vector != NULL)
        _ann_buffer_populate (ann_buffer_get_data_for_writing (vector),
                              ann_buffer_get_size (vector));
      return vector;
    }

  data = take ((size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE, &slab, &is_paged);
  if (data == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for %" G_GSIZE_FORMAT " bytes of a chunk", size);
      return NULL;
    }
  if (!is_paged)
    _ann_buffer_populate (data, size);

  return _ann_buffer_new_vector_in (dtype, n, data, free_place, slab);
}

void
_ann_chunk_room_ready (guint64 array)
{
  g_autoptr (AnnBuffer) newest = _ann_chunk_cache_get_newest (array);
  g_autoptr (AnnBuffer) next G_GNUC_UNUSED = NULL;

  if (newest != NULL && lies_in_slab (ann_buffer_get_size (newest)))
    next = _ann_chunk_room_new_vector (ann_buffer_get_dtype (newest),
                                       ann_buffer_get_n_elements (newest), NULL);
}

void
_ann_chunk_room_get_stats (AnnChunkRoomStats *stats)
{
  pthread_mutex_lock (&lock);
  *stats = room_stats;
  pthread_mutex_unlock (&lock);
}
