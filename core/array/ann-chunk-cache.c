/* ann-chunk-cache.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-cache-private.h"

#include "base/ann-wait-private.h"

/* One table of all chunks that are there or are being made, under one lock. A chunk that is there
 * is in the queue of uses, the last used first, and in the queue of its array; one that is being
 * made is in neither, so it is not evicted and its key keeps others from making it too.
 */

#define DEFAULT_BUDGET (G_GUINT64_CONSTANT (256) * 1024 * 1024)

/* The kernel takes 10 ms for what a full cache gives back: who closes a store waits for no more
 * chunks than these.
 */
#define MAX_FREED_AT_ONCE 64

/* How often somebody who waits looks whether he has been cancelled. */
#define WAIT_MS 20

typedef struct {
  AnnChunkKey key;      /* first: an entry is its own key */
  AnnPackedChunk chunk; /* none while it is being made */
  GList use_link;
  GList array_link;
} Entry;

typedef struct {
  guint64 array; /* first: the key */
  GQueue entries;
} ArrayEntries;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed; /* an entry has left the state of being made */
static GHashTable *entries;    /* of Entry by its key */
static GHashTable *arrays;     /* of ArrayEntries by its number */
static GQueue uses = G_QUEUE_INIT;
static guint64 budget = DEFAULT_BUDGET;
static AnnChunkCacheStats stats;

static guint
hash_key (gconstpointer data)
{
  const AnnChunkKey *key = data;
  guint64 mixed = (key->chunk + key->array * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))
                  * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);

  return mixed >> 32;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const AnnChunkKey *one = a;
  const AnnChunkKey *other = b;

  return one->array == other->array && one->chunk == other->chunk;
}

static void
init (void)
{
  _ann_cond_init (&changed);
  entries = g_hash_table_new (hash_key, equal_keys);
  arrays = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

static void
acquire (void)
{
  pthread_once (&once, init);
  pthread_mutex_lock (&lock);
}

static gsize
get_size (const Entry *entry)
{
  return ann_buffer_get_size (entry->chunk.values);
}

static gboolean
is_being_made (const Entry *entry)
{
  return entry->chunk.values == NULL;
}

/* Takes a chunk that is there out of everything and puts it into @evicted, for its memory is given
 * back outside of the lock.
 */
static void
evict (Entry *entry, GQueue *evicted)
{
  ArrayEntries *array = g_hash_table_lookup (arrays, &entry->key.array);

  g_hash_table_remove (entries, &entry->key);
  g_queue_unlink (&array->entries, &entry->array_link);
  if (array->entries.length == 0)
    g_hash_table_remove (arrays, &array->array);
  g_queue_unlink (&uses, &entry->use_link);
  stats.n_bytes -= get_size (entry);
  g_queue_push_tail_link (evicted, &entry->use_link);
}

static void
evict_down_to (guint64 n_bytes, GQueue *evicted)
{
  while (stats.n_bytes > n_bytes)
    evict (g_queue_peek_tail (&uses), evicted);
}

/* Of the chunks that take more than a quarter of the budget one is kept, the last one made: so
 * that rows that are read from it block by block do not decode it each time. It is the first to go
 * when others want its place.
 */
static gboolean
is_large (gsize chunk_size)
{
  return chunk_size > budget / 4;
}

/* Large ones are at the tail, unless the budget has changed; then they go as others do. */
static void
evict_large (GQueue *evicted)
{
  Entry *last = g_queue_peek_tail (&uses);

  if (last != NULL && is_large (get_size (last)))
    evict (last, evicted);
}

static void
free_evicted (GQueue *evicted)
{
  GList *link;

  while ((link = g_queue_pop_head_link (evicted)) != NULL)
    {
      Entry *entry = link->data;

      _ann_packed_chunk_clear (&entry->chunk);
      g_free (entry);
    }
}

static void
release (GQueue *evicted)
{
  pthread_mutex_unlock (&lock);
  free_evicted (evicted);
}

static gpointer
free_evicted_in_thread (gpointer data)
{
  g_autofree GQueue *evicted = data;

  free_evicted (evicted);

  return NULL;
}

/* As release(); of many by a thread of their own, so that nobody waits for it. */
static void
release_many (GQueue *evicted)
{
  GQueue *taken;
  GThread *thread;

  if (evicted->length <= MAX_FREED_AT_ONCE)
    {
      release (evicted);
      return;
    }

  pthread_mutex_unlock (&lock);
  taken = g_memdup2 (evicted, sizeof *evicted);
  thread = g_thread_try_new ("ann-free", free_evicted_in_thread, taken, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    free_evicted_in_thread (taken);
}

static void
wait_for_change (gboolean is_cancellable)
{
  struct timespec until;

  if (!is_cancellable)
    {
      pthread_cond_wait (&changed, &lock);
      return;
    }

  until = _ann_cond_get_time_after (WAIT_MS);
  pthread_cond_timedwait (&changed, &lock, &until);
}

static Entry *
add_entry (const AnnChunkKey *key)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->key = *key;
  entry->use_link.data = entry;
  entry->array_link.data = entry;
  g_hash_table_add (entries, entry);

  return entry;
}

static void
use (Entry *entry, AnnPackedChunk *chunk)
{
  if (!is_large (get_size (entry)))
    {
      g_queue_unlink (&uses, &entry->use_link);
      g_queue_push_head_link (&uses, &entry->use_link);
    }
  _ann_packed_chunk_copy (&entry->chunk, chunk);
}

/* Sets @chunk, which the caller owns then, for ANN_CHUNK_HIT. */
AnnChunkLookup
_ann_chunk_cache_begin_packed (const AnnChunkKey *key,
                               gsize n_bytes,
                               gboolean wait,
                               AnnPackedChunk *chunk,
                               GCancellable *cancellable,
                               GError **error)
{
  AnnChunkLookup result = ANN_CHUNK_FAILED;
  gboolean has_waited = FALSE;
  GQueue evicted = G_QUEUE_INIT;
  Entry *entry;

  acquire ();
  while ((entry = g_hash_table_lookup (entries, key)) != NULL && is_being_made (entry) && wait)
    {
      if (!has_waited)
        stats.n_waits++;
      has_waited = TRUE;
      if (g_cancellable_is_cancelled (cancellable))
        break;
      wait_for_change (cancellable != NULL);
    }

  if (entry == NULL || (!is_being_made (entry) && entry->chunk.n_bytes < n_bytes))
    {
      result = entry == NULL ? ANN_CHUNK_MINE : ANN_CHUNK_MINE_AGAIN;
      if (entry != NULL)
        evict (entry, &evicted);
      add_entry (key);
      stats.n_misses++;
    }
  else if (!is_being_made (entry))
    {
      use (entry, chunk);
      stats.n_hits += !has_waited;
      result = ANN_CHUNK_HIT;
    }
  release (&evicted);

  /* A handler of "cancelled" must not find the lock taken, hence not before. */
  if (result == ANN_CHUNK_FAILED && wait)
    g_cancellable_set_error_if_cancelled (cancellable, error);

  return result;
}

AnnChunkLookup
_ann_chunk_cache_begin (const AnnChunkKey *key,
                        gboolean wait,
                        AnnBuffer **chunk,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnPackedChunk found = { .values = NULL };
  AnnChunkLookup result = _ann_chunk_cache_begin_packed (key, 0, wait, &found, cancellable, error);

  if (result == ANN_CHUNK_HIT)
    *chunk = found.values;

  return result;
}

/* Nobody waits for anybody. */
gboolean
_ann_chunk_cache_peek_packed (const AnnChunkKey *key, gsize n_bytes, AnnPackedChunk *chunk)
{
  gboolean found;
  Entry *entry;

  acquire ();
  entry = g_hash_table_lookup (entries, key);
  found = entry != NULL && !is_being_made (entry) && entry->chunk.n_bytes >= n_bytes;
  if (found)
    {
      use (entry, chunk);
      stats.n_hits++;
    }
  pthread_mutex_unlock (&lock);

  return found;
}

/* Returns: (transfer full) (nullable): the chunk if it is there */
AnnBuffer *
_ann_chunk_cache_peek (const AnnChunkKey *key)
{
  AnnPackedChunk found;

  return _ann_chunk_cache_peek_packed (key, 0, &found) ? found.values : NULL;
}

gboolean
_ann_chunk_cache_has_room (gsize chunk_size)
{
  gboolean has_room;

  acquire ();
  has_room = chunk_size <= budget && stats.n_bytes <= budget - chunk_size;
  pthread_mutex_unlock (&lock);

  return has_room;
}

/* Takes the key from the one who makes the chunk. */
static void
drop_entry_being_made (Entry *entry)
{
  g_hash_table_remove (entries, &entry->key);
  g_free (entry);
}

/* Keeps @chunk, with a reference of its own, for a key that is the caller's. */
void
_ann_chunk_cache_put_packed (const AnnChunkKey *key, const AnnPackedChunk *chunk)
{
  GQueue evicted = G_QUEUE_INIT;
  gsize size = ann_buffer_get_size (chunk->values);
  Entry *entry;

  acquire ();
  entry = g_hash_table_lookup (entries, key);
  g_assert (entry != NULL && is_being_made (entry));

  if (size <= budget)
    {
      ArrayEntries *array;

      if (is_large (size))
        evict_large (&evicted);
      evict_down_to (budget - size, &evicted);
      array = g_hash_table_lookup (arrays, &key->array);
      if (array == NULL)
        {
          array = g_new0 (ArrayEntries, 1);
          array->array = key->array;
          g_hash_table_add (arrays, array);
        }
      _ann_packed_chunk_copy (chunk, &entry->chunk);
      if (is_large (size))
        g_queue_push_tail_link (&uses, &entry->use_link);
      else
        g_queue_push_head_link (&uses, &entry->use_link);
      g_queue_push_head_link (&array->entries, &entry->array_link);
      stats.n_bytes += size;
    }
  else
    {
      drop_entry_being_made (entry);
    }
  pthread_cond_broadcast (&changed);
  release (&evicted);
}

void
_ann_chunk_cache_put (const AnnChunkKey *key, AnnBuffer *chunk)
{
  const AnnPackedChunk packed = { chunk, ann_buffer_get_size (chunk), 0 };

  _ann_chunk_cache_put_packed (key, &packed);
}

/* The caller, whose key it is, does not make the chunk after all. */
void
_ann_chunk_cache_abandon (const AnnChunkKey *key)
{
  Entry *entry;

  acquire ();
  entry = g_hash_table_lookup (entries, key);
  g_assert (entry != NULL && is_being_made (entry));
  drop_entry_being_made (entry);
  pthread_cond_broadcast (&changed);
  pthread_mutex_unlock (&lock);
}

gboolean
_ann_chunk_cache_wants (gsize chunk_size)
{
  gboolean result;

  acquire ();
  result = chunk_size <= budget;
  pthread_mutex_unlock (&lock);

  return result;
}

gboolean
_ann_chunk_cache_wants_box (gsize chunk_size, gsize box_size)
{
  gboolean result;

  acquire ();
  result = chunk_size <= budget && !is_large (box_size);
  pthread_mutex_unlock (&lock);

  return result;
}

AnnBuffer *
_ann_chunk_cache_get_newest (guint64 array)
{
  AnnBuffer *newest = NULL;
  ArrayEntries *of_array;

  acquire ();
  of_array = g_hash_table_lookup (arrays, &array);
  if (of_array != NULL)
    newest = ann_buffer_ref (((Entry *) g_queue_peek_head (&of_array->entries))->chunk.values);
  pthread_mutex_unlock (&lock);

  return newest;
}

void
_ann_chunk_cache_drop_array (guint64 array)
{
  GQueue evicted = G_QUEUE_INIT;
  ArrayEntries *of_array;

  acquire ();
  /* The last one takes the queue along. */
  while ((of_array = g_hash_table_lookup (arrays, &array)) != NULL)
    evict (g_queue_peek_head (&of_array->entries), &evicted);
  release_many (&evicted);
}

/**
 * ann_chunk_cache_set_budget:
 * @n_bytes: how many bytes of decoded chunks are kept
 *
 * For the whole process; 256 MiB unless set. What is above is let go of now.
 */
void
ann_chunk_cache_set_budget (guint64 n_bytes)
{
  GQueue evicted = G_QUEUE_INIT;

  acquire ();
  budget = n_bytes;
  evict_down_to (budget, &evicted);
  release (&evicted);
}

/**
 * ann_chunk_cache_get_budget:
 *
 * Returns: how many bytes of decoded chunks are kept
 */
guint64
ann_chunk_cache_get_budget (void)
{
  guint64 n_bytes;

  acquire ();
  n_bytes = budget;
  pthread_mutex_unlock (&lock);

  return n_bytes;
}

/**
 * ann_chunk_cache_clear:
 *
 * Lets go of all chunks.
 */
void
ann_chunk_cache_clear (void)
{
  GQueue evicted = G_QUEUE_INIT;

  acquire ();
  evict_down_to (0, &evicted);
  release (&evicted);
}

/**
 * ann_chunk_cache_get_stats: (skip)
 * @statistics: (out caller-allocates): the counts
 */
void
ann_chunk_cache_get_stats (AnnChunkCacheStats *statistics)
{
  acquire ();
  *statistics = stats;
  pthread_mutex_unlock (&lock);
}
