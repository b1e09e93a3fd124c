/* test-chunk-cache.c: who makes a chunk, who waits for it, how long it is kept
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-cache-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "grid-array.h"

#define MIB ((guint64) 1024 * 1024)

static AnnChunkCacheStats
get_stats (void)
{
  AnnChunkCacheStats stats;

  ann_chunk_cache_get_stats (&stats);

  return stats;
}

/* A thread that reads one element, and what came of it. */
typedef struct {
  GridArray *array;
  guint64 element;
  GCancellable *cancellable;
  GThread *thread;
  gint32 value;
  GError *error;
} Reader;

static gpointer
read_element (gpointer data)
{
  Reader *reader = data;
  g_autoptr (AnnBuffer) buffer = ann_array_read_range (ANN_ARRAY (reader->array), reader->element,
                                                       1, reader->cancellable, &reader->error);

  if (buffer != NULL)
    reader->value = *(const gint32 *) ann_buffer_get_data (buffer);

  return NULL;
}

static void
reader_start (Reader *reader, GridArray *array, guint64 element)
{
  reader->array = array;
  reader->element = element;
  reader->cancellable = g_cancellable_new ();
  reader->thread = g_thread_new ("reader", read_element, reader);
}

static void
reader_finish (Reader *reader)
{
  g_thread_join (reader->thread);
  g_clear_object (&reader->cancellable);
}

static GridArray *
new_vector (void)
{
  const guint64 shape[] = { 1000 };
  const guint64 chunk_shape[] = { 100 };

  ann_chunk_cache_set_budget (256 * MIB);

  return grid_array_new (1, shape, chunk_shape, TRUE);
}

/* Yields until so many lookups have come to wait; the gate keeps them there. */
static void
wait_for_waits (guint64 n_waits)
{
  while (get_stats ().n_waits < n_waits)
    g_thread_yield ();
}

static void
test_ten_readers_one_fetch (void)
{
  g_autoptr (GridArray) array = new_vector ();
  const AnnChunkCacheStats before = get_stats ();
  Reader readers[10] = { 0 };

  grid_array_close_gate (array);
  reader_start (&readers[0], array, 500);
  grid_array_wait_for_gate (array, 1);
  for (guint i = 1; i < G_N_ELEMENTS (readers); i++)
    reader_start (&readers[i], array, 500 + i);
  wait_for_waits (before.n_waits + 9);
  grid_array_open_gate (array);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      reader_finish (&readers[i]);
      g_assert_no_error (readers[i].error);
      g_assert_cmpint (readers[i].value, ==, 501 + i);
    }
  g_assert_cmpint (array->n_chunks_fetched, ==, 1);
  g_assert_cmpint (array->n_chunks_located, ==, 1);
  g_assert_cmpuint (get_stats ().n_misses, ==, before.n_misses + 1);
}

/* Whoever fetches is cancelled: he alone goes without, one of the others fetches. */
static void
test_cancelled_maker (void)
{
  g_autoptr (GridArray) array = new_vector ();
  const AnnChunkCacheStats before = get_stats ();
  Reader maker = { 0 };
  Reader others[3] = { 0 };

  grid_array_close_gate (array);
  reader_start (&maker, array, 500);
  grid_array_wait_for_gate (array, 1);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    reader_start (&others[i], array, 501 + i);
  wait_for_waits (before.n_waits + 3);
  g_cancellable_cancel (maker.cancellable);
  grid_array_open_gate (array);

  reader_finish (&maker);
  g_assert_error (maker.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&maker.error);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      reader_finish (&others[i]);
      g_assert_no_error (others[i].error);
      g_assert_cmpint (others[i].value, ==, 502 + i);
    }
  g_assert_cmpint (array->n_chunks_fetched, ==, 2);
}

/* Who waits is free as soon as he is cancelled, while the other still fetches. */
static void
test_cancelled_waiter (void)
{
  g_autoptr (GridArray) array = new_vector ();
  const AnnChunkCacheStats before = get_stats ();
  Reader maker = { 0 };
  Reader waiter = { 0 };

  grid_array_close_gate (array);
  reader_start (&maker, array, 500);
  grid_array_wait_for_gate (array, 1);
  reader_start (&waiter, array, 501);
  wait_for_waits (before.n_waits + 1);
  g_cancellable_cancel (waiter.cancellable);
  reader_finish (&waiter);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&waiter.error);

  grid_array_open_gate (array);
  reader_finish (&maker);
  g_assert_no_error (maker.error);
  g_assert_cmpint (maker.value, ==, 501);
  g_assert_cmpint (array->n_chunks_fetched, ==, 1);
}

/* The maker fails: each of the others is told by its own attempt, not by another's. */
static void
test_failed_maker (void)
{
  g_autoptr (GridArray) array = new_vector ();
  const AnnChunkCacheStats before = get_stats ();
  Reader maker = { 0 };
  Reader waiter = { 0 };

  array->fail_fetch = 0;
  grid_array_close_gate (array);
  reader_start (&maker, array, 500);
  grid_array_wait_for_gate (array, 1);
  reader_start (&waiter, array, 501);
  wait_for_waits (before.n_waits + 1);
  grid_array_open_gate (array);

  reader_finish (&maker);
  reader_finish (&waiter);
  g_assert_error (maker.error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&maker.error);
  g_assert_no_error (waiter.error);
  g_assert_cmpint (waiter.value, ==, 502);
}

/* Two boxes that want each other's chunks: both have some, and neither waits while it does. */
static gpointer
read_box (gpointer data)
{
  Reader *reader = data;
  const AnnBox box = { 1, { reader->element }, { 600 } };
  g_autoptr (AnnBuffer) buffer = ann_array_read (ANN_ARRAY (reader->array), &box, NULL,
                                                 &reader->error);

  g_assert_no_error (reader->error);
  grid_array_assert_values (reader->array, &box, ann_buffer_get_data (buffer));

  return NULL;
}

static void
test_overlapping_boxes (void)
{
  g_autoptr (GridArray) array = new_vector ();
  const AnnChunkCacheStats before = get_stats ();
  Reader one = { .array = array, .element = 0 };
  Reader other = { .array = array, .element = 400 };

  grid_array_close_gate (array);
  one.thread = g_thread_new ("one", read_box, &one);
  grid_array_wait_for_gate (array, 1); /* has chunks 0 to 5 */
  other.thread = g_thread_new ("other", read_box, &other);
  grid_array_wait_for_gate (array, 2); /* has chunks 6 to 9, and has left 4 and 5 for later */
  grid_array_open_gate (array);
  g_thread_join (one.thread);
  g_thread_join (other.thread);
  g_assert_cmpint (array->n_chunks_fetched, ==, 10);
  g_assert_cmpuint (get_stats ().n_misses, ==, before.n_misses + 10);
}

/* Readers of random boxes in several threads, over a cache that is too small for them. */
static gboolean
read_random_boxes (gsize first,
                   gsize n,
                   gpointer user_data,
                   G_GNUC_UNUSED GCancellable *cancellable,
                   GError **error)
{
  GridArray *array = user_data;
  g_autoptr (GRand) random = g_rand_new_with_seed (first);

  for (gsize i = first; i < first + n; i++)
    {
      guint64 start = g_rand_int_range (random, 0, 1000);
      const AnnBox box = { 1, { start }, { g_rand_int_range (random, 0, 1001 - start) } };
      g_autoptr (AnnBuffer) buffer = ann_array_read (ANN_ARRAY (array), &box, NULL, error);

      if (buffer == NULL)
        return FALSE;
      grid_array_assert_values (array, &box, ann_buffer_get_data (buffer));
    }

  return TRUE;
}

static void
test_many_readers (void)
{
  const guint64 budgets[] = { 256 * MIB, 4 * 4000, 4 * 400, 0 };

  ann_worker_set_n_threads (4);
  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      g_autoptr (GridArray) array = new_vector ();
      g_autoptr (GError) error = NULL;

      array->absent_modulo = 4;
      ann_chunk_cache_set_budget (budgets[i]);
      ann_worker_parallel (400, 10, read_random_boxes, array, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (get_stats ().n_bytes, <=, budgets[i]);
    }
}

static void
read_one (GridArray *array, guint64 element)
{
  Reader reader = { .array = array, .element = element };

  read_element (&reader);
  g_assert_no_error (reader.error);
  g_assert_cmpint (reader.value, ==, element + 1);
}

/* What was used last is kept, and never more than the budget. */
static void
test_budget (void)
{
  g_autoptr (GridArray) array = new_vector ();

  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (4 * 400 + 399);
  for (guint i = 0; i < 5; i++)
    {
      read_one (array, 100 * i);
      read_one (array, 0); /* keeps the first chunk in use */
      g_assert_cmpuint (get_stats ().n_bytes, <=, 4 * 400);
    }
  g_assert_cmpint (array->n_chunks_fetched, ==, 5);

  read_one (array, 1);
  read_one (array, 401);
  g_assert_cmpint (array->n_chunks_fetched, ==, 5);
  read_one (array, 101); /* was used longest ago */
  g_assert_cmpint (array->n_chunks_fetched, ==, 6);

  ann_chunk_cache_set_budget (1000);
  g_assert_cmpuint (get_stats ().n_bytes, ==, 800);
  g_assert_cmpuint (ann_chunk_cache_get_budget (), ==, 1000);
  ann_chunk_cache_clear ();
  g_assert_cmpuint (get_stats ().n_bytes, ==, 0);
}

static void
test_array_is_gone (void)
{
  g_autoptr (GridArray) stays = new_vector ();
  GridArray *goes = new_vector ();

  ann_chunk_cache_clear ();
  for (guint i = 0; i < 1000; i += 100)
    {
      read_one (goes, i);
      read_one (stays, i);
    }
  g_assert_cmpuint (get_stats ().n_bytes, ==, 2 * 4000);
  g_object_unref (goes);
  g_assert_cmpuint (get_stats ().n_bytes, ==, 4000);
  read_one (stays, 5);
  g_assert_cmpint (stays->n_chunks_fetched, ==, 10);
}

/* The rules of the private interface, without an array. */
static void
test_keys (void)
{
  const AnnChunkKey key = { G_MAXUINT64, 7 };
  g_autoptr (AnnBuffer) chunk = NULL;
  g_autoptr (AnnBuffer) found = NULL;
  g_autoptr (GError) error = NULL;

  ann_chunk_cache_set_budget (MIB);
  chunk = ann_buffer_new_vector (ANN_DTYPE_INT8, 100, &error);
  g_assert_no_error (error);

  g_assert_null (_ann_chunk_cache_peek (&key));
  g_assert_cmpint (_ann_chunk_cache_begin (&key, TRUE, &found, NULL, &error), ==, ANN_CHUNK_MINE);
  g_assert_null (_ann_chunk_cache_peek (&key));
  g_assert_cmpint (_ann_chunk_cache_begin (&key, FALSE, &found, NULL, &error), ==,
                   ANN_CHUNK_FAILED);
  g_assert_no_error (error);
  _ann_chunk_cache_abandon (&key);
  g_assert_cmpint (_ann_chunk_cache_begin (&key, TRUE, &found, NULL, &error), ==, ANN_CHUNK_MINE);
  _ann_chunk_cache_put (&key, chunk);
  g_assert_cmpint (_ann_chunk_cache_begin (&key, TRUE, &found, NULL, &error), ==, ANN_CHUNK_HIT);
  g_assert_true (found == chunk);
  _ann_chunk_cache_drop_array (key.array);
  g_assert_null (_ann_chunk_cache_peek (&key));

  /* The budget has become too small while the chunk was made. */
  g_assert_cmpint (_ann_chunk_cache_begin (&key, TRUE, &found, NULL, &error), ==, ANN_CHUNK_MINE);
  ann_chunk_cache_set_budget (99);
  _ann_chunk_cache_put (&key, chunk);
  g_assert_null (_ann_chunk_cache_peek (&key));
  ann_chunk_cache_set_budget (MIB);

  g_assert_true (_ann_chunk_cache_wants (MIB));
  g_assert_false (_ann_chunk_cache_wants (MIB + 1));
  g_assert_true (_ann_chunk_cache_wants_box (MIB, MIB / 4));
  g_assert_false (_ann_chunk_cache_wants_box (MIB, MIB / 4 + 1));
  g_assert_false (_ann_chunk_cache_wants_box (MIB + 1, 1));
}

/* Of a chunk of which the start is kept, more is not there. What counts is how long it is decoded;
 * room takes what is kept.
 */
static void
test_keys_of_starts (void)
{
  const AnnChunkKey key = { G_MAXUINT64, 8 };
  g_autoptr (AnnBuffer) of_start = ann_buffer_new_vector (ANN_DTYPE_UINT8, 100, NULL);
  g_autoptr (AnnBuffer) of_whole = ann_buffer_new_vector (ANN_DTYPE_UINT16, 200, NULL);
  const AnnPackedChunk start = { of_start, 200, 3 };
  const AnnPackedChunk whole = { of_whole, 1600, 0 };
  AnnPackedChunk found = { .values = NULL };
  const AnnChunkCacheStats before = get_stats ();

  ann_chunk_cache_set_budget (MIB);
  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 200, TRUE, &found, NULL, NULL), ==,
                   ANN_CHUNK_MINE);
  _ann_chunk_cache_put_packed (&key, &start);
  g_assert_cmpuint (get_stats ().n_bytes, ==, before.n_bytes + 100);
  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 200, TRUE, &found, NULL, NULL), ==,
                   ANN_CHUNK_HIT);
  g_assert_true (found.values == of_start);
  g_assert_cmpuint (found.n_bytes, ==, 200);
  g_assert_cmpuint (found.shift, ==, 3);
  _ann_packed_chunk_clear (&found);
  g_assert_false (_ann_chunk_cache_peek_packed (&key, 201, &found));
  g_assert_true (_ann_chunk_cache_peek_packed (&key, 200, &found));
  g_assert_true (found.values == of_start);
  _ann_packed_chunk_clear (&found);

  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 201, TRUE, &found, NULL, NULL), ==,
                   ANN_CHUNK_MINE_AGAIN);
  g_assert_cmpuint (get_stats ().n_bytes, ==, before.n_bytes);
  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 1, FALSE, &found, NULL, NULL), ==,
                   ANN_CHUNK_FAILED);
  _ann_chunk_cache_put_packed (&key, &whole);
  g_assert_cmpuint (get_stats ().n_bytes, ==, before.n_bytes + 400);
  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 1600, TRUE, &found, NULL, NULL), ==,
                   ANN_CHUNK_HIT);
  g_assert_true (found.values == of_whole);
  _ann_packed_chunk_clear (&found);
  _ann_chunk_cache_drop_array (key.array);
}

static gint32
get_element (GridArray *array, guint64 index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read_range (ANN_ARRAY (array), index, 1, NULL, &error);

  g_assert_no_error (error);

  return ((const gint32 *) ann_buffer_get_data (buffer))[0];
}

static void
put_chunk (guint64 number, gsize size)
{
  const AnnChunkKey key = { G_MAXUINT64 - 1, number };
  g_autoptr (AnnBuffer) chunk = ann_buffer_new_vector (ANN_DTYPE_INT8, size, NULL);
  AnnBuffer *found = NULL;

  g_assert_cmpint (_ann_chunk_cache_begin (&key, TRUE, &found, NULL, NULL), ==, ANN_CHUNK_MINE);
  _ann_chunk_cache_put (&key, chunk);
}

/* Leaves less room in the cache than for half a MiB, in pieces that go before anything newer. */
static void
fill_cache (void)
{
  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (16 * MIB);
  for (guint64 i = 0; i < 63; i++)
    put_chunk (i, MIB / 4);
}

static void
empty_cache (void)
{
  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (256 * MIB);
}

static guint64
get_n_kept (GridArray *array, guint64 number)
{
  const AnnChunkKey key = { _ann_array_get_id (ANN_ARRAY (array)), number };
  g_auto (AnnPackedChunk) chunk = { .values = NULL };

  return _ann_chunk_cache_peek_packed (&key, 0, &chunk) ? chunk.n_bytes / sizeof (gint32) : 0;
}

/* Of a long chunk whose codec can start, no more is decoded and kept than up to what is wanted if
 * the cache is full; at the second time that this is too little, all.
 */
static void
test_starts_are_kept (void)
{
  enum { LENGTH = 128 * 1024 };
  static const guint64 shape[] = { 3 * LENGTH };
  static const guint64 chunk_shape[] = { LENGTH };
  const struct {
    guint64 index;
    guint64 n_kept; /* elements of its chunk, after it was read */
    int n_fetched;
  } steps[] = {
    { 1000, 1001, 1 },         { 7, 1001, 1 },
    { 1000, 1001, 1 },         { 1001, LENGTH, 2 },                    /* again: all */
    { LENGTH - 1, LENGTH, 2 }, { LENGTH + LENGTH / 8 * 7, LENGTH, 3 }, /* nearly all: all */
    { 2 * LENGTH, LENGTH, 4 },                                         /* not encoded */
  };

  for (guint waits = 0; waits < 2; waits++)
    {
      g_autoptr (GridArray) array = grid_array_new_of (1, shape, chunk_shape,
                                                       ann_codec_new_zstd (1), FALSE, waits * 64);

      fill_cache ();
      for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        {
          g_assert_cmpint (get_element (array, steps[i].index), ==, (gint32) steps[i].index + 1);
          if (waits) /* what came over a network is not asked for again */
            {
              g_assert_cmpint (array->n_chunks_fetched, ==, 1 + (i >= 5) + (i >= 6));
              continue;
            }
          g_assert_cmpuint (get_n_kept (array, steps[i].index / LENGTH), ==, steps[i].n_kept);
          g_assert_cmpint (array->n_chunks_fetched, ==, steps[i].n_fetched);
        }
    }
  empty_cache ();
}

/* As long as there is room, all of a chunk is kept for the next who wants more of it. */
static void
test_room (void)
{
  enum { LENGTH = 128 * 1024 };
  static const guint64 shape[] = { LENGTH };
  g_autoptr (GridArray) array = grid_array_new_of (1, shape, shape, ann_codec_new_zstd (1), FALSE,
                                                   0);

  ann_chunk_cache_clear ();
  g_assert_cmpint (get_element (array, 7), ==, 8);
  g_assert_cmpuint (get_n_kept (array, 0), ==, LENGTH);
  g_assert_cmpint (get_element (array, LENGTH - 1), ==, LENGTH);
  g_assert_cmpint (array->n_chunks_fetched, ==, 1);
}

/* Where the start does not go, the whole chunk tells why. */
static void
test_damaged_start (void)
{
  enum { LENGTH = 128 * 1024 };
  static const guint64 shape[] = { LENGTH };
  g_autoptr (GridArray) array = grid_array_new_of (1, shape, shape, ann_codec_new_zstd (1), FALSE,
                                                   0);
  g_autoptr (GError) error = NULL;

  fill_cache ();
  array->is_damaged = TRUE;
  g_assert_null (ann_array_read_range (ANN_ARRAY (array), 10, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "grid, chunk 0: "));
  array->is_damaged = FALSE;
  g_assert_cmpint (get_element (array, 10), ==, 11);
  empty_cache ();
}

static gboolean
has_chunk (guint64 number)
{
  const AnnChunkKey key = { G_MAXUINT64 - 1, number };
  g_autoptr (AnnBuffer) chunk = _ann_chunk_cache_peek (&key);

  return chunk != NULL;
}

/* One chunk of more than a quarter of the budget is kept, and is the first to go. */
static void
test_large_chunk (void)
{
  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (MIB);

  put_chunk (1, 100);
  put_chunk (2, MIB / 2);
  g_assert_true (has_chunk (1));
  g_assert_true (has_chunk (2)); /* and a use does not make it younger */
  put_chunk (3, MIB / 3);
  g_assert_true (has_chunk (1));
  g_assert_false (has_chunk (2));
  g_assert_true (has_chunk (3));

  for (guint64 i = 0; i < 3; i++)
    put_chunk (10 + i, MIB / 4);
  g_assert_false (has_chunk (3));
  g_assert_true (has_chunk (1));
  g_assert_true (has_chunk (10));

  put_chunk (4, MIB + 1);
  g_assert_false (has_chunk (4));
  put_chunk (5, MIB);
  g_assert_true (has_chunk (5));
  g_assert_false (has_chunk (10));
  _ann_chunk_cache_drop_array (G_MAXUINT64 - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chunk-cache/ten-readers-one-fetch", test_ten_readers_one_fetch);
  g_test_add_func ("/chunk-cache/cancelled-maker", test_cancelled_maker);
  g_test_add_func ("/chunk-cache/cancelled-waiter", test_cancelled_waiter);
  g_test_add_func ("/chunk-cache/failed-maker", test_failed_maker);
  g_test_add_func ("/chunk-cache/overlapping-boxes", test_overlapping_boxes);
  g_test_add_func ("/chunk-cache/many-readers", test_many_readers);
  g_test_add_func ("/chunk-cache/budget", test_budget);
  g_test_add_func ("/chunk-cache/array-is-gone", test_array_is_gone);
  g_test_add_func ("/chunk-cache/keys", test_keys);
  g_test_add_func ("/chunk-cache/keys-of-starts", test_keys_of_starts);
  g_test_add_func ("/chunk-cache/starts-are-kept", test_starts_are_kept);
  g_test_add_func ("/chunk-cache/room", test_room);
  g_test_add_func ("/chunk-cache/damaged-start", test_damaged_start);
  g_test_add_func ("/chunk-cache/large-chunk", test_large_chunk);

  return g_test_run ();
}
