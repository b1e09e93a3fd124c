/* test-chunk-room.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-cache-private.h"
#include "array/ann-chunk-room-private.h"

#include <string.h>

/* Of 40,000 bytes, of which a place takes ten pages. */
#define N_ITEMS 20000
#define PLACE_SIZE 40960

static AnnBuffer *
new_vector (guint64 n)
{
  g_autoptr (GError) error = NULL;
  AnnBuffer *vector = _ann_chunk_room_new_vector (ANN_DTYPE_UINT16, n, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ann_buffer_get_dtype (vector), ==, ANN_DTYPE_UINT16);
  g_assert_cmpuint (ann_buffer_get_rank (vector), ==, 1);
  g_assert_cmpuint (ann_buffer_get_n_elements (vector), ==, n);
  g_assert_cmpuint (ann_buffer_get_size (vector), ==, 2 * n);

  return vector;
}

static void
assert_stats (gsize n_slabs, gsize n_vectors)
{
  AnnChunkRoomStats stats;

  _ann_chunk_room_get_stats (&stats);
  g_assert_cmpuint (stats.n_slabs, ==, n_slabs);
  g_assert_cmpuint (stats.n_vectors, ==, n_vectors);
}

/* What is in one vector is in no other, and the room of those that end is taken first. */
static void
test_places (void)
{
  AnnBuffer *vectors[3 * ANN_CHUNK_ROOM_N_PLACES];
  const guint n = G_N_ELEMENTS (vectors);
  AnnChunkRoomStats stats;

  for (guint i = 0; i < n; i++)
    {
      vectors[i] = new_vector (N_ITEMS);
      memset (ann_buffer_get_data_for_writing (vectors[i]), (int) i + 1, 2 * N_ITEMS);
    }
  assert_stats (3, n);
  _ann_chunk_room_get_stats (&stats);
  g_assert_cmpuint (stats.n_bytes, ==, (gsize) n * PLACE_SIZE);

  for (guint i = 1; i < n; i += 3)
    {
      const void *left = ann_buffer_get_data (vectors[i]);

      ann_buffer_unref (vectors[i]);
      assert_stats (3, n - 1);
      vectors[i] = new_vector (N_ITEMS);
      g_assert_true (ann_buffer_get_data (vectors[i]) == left);
      memset (ann_buffer_get_data_for_writing (vectors[i]), (int) i + 1, 2 * N_ITEMS);
    }

  for (guint i = 0; i < n; i++)
    {
      const guint8 *data = ann_buffer_get_data (vectors[i]);

      for (gsize j = 0; j < 2 * N_ITEMS; j++)
        g_assert_cmpuint (data[j], ==, i + 1);
    }

  /* One slab is kept for what comes next, however many were there. */
  for (guint i = 0; i < n; i++)
    ann_buffer_unref (vectors[i]);
  assert_stats (1, 0);
}

/* Other sizes do not take part: the smallest and the largest that do, one less and one more. */
static void
test_sizes (void)
{
  const guint64 least = ANN_CHUNK_ROOM_MIN_SIZE / 2;
  const guint64 most = ANN_CHUNK_ROOM_MAX_SIZE / 2;
  const struct {
    guint64 n;
    gsize n_vectors;
  } cases[] = { { 0, 0 },    { 1, 0 },        { least - 1, 0 }, { least, 1 },
                { most, 1 }, { most + 1, 0 }, { 10 * most, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnBuffer) vector = new_vector (cases[i].n);
      AnnChunkRoomStats stats;

      _ann_chunk_room_get_stats (&stats);
      g_assert_cmpuint (stats.n_vectors, ==, cases[i].n_vectors);
      if (cases[i].n > 0)
        memset (ann_buffer_get_data_for_writing (vector), 0xa5, ann_buffer_get_size (vector));
    }
  assert_stats (1, 0);
}

static void
test_no_memory (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (_ann_chunk_room_new_vector (ANN_DTYPE_UINT64, G_MAXUINT64 / 8, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (_ann_chunk_room_new_vector (ANN_DTYPE_UINT64, G_MAXUINT64 / 8 + 1, &error));
  g_assert_nonnull (error);
}

/* What the cache drops leaves its place. */
static void
test_with_the_cache (void)
{
  const AnnChunkKey key = { G_MAXUINT64 - 2, 0 };
  AnnPackedChunk found = { .values = NULL };
  AnnPackedChunk chunk = { .n_bytes = 4 * N_ITEMS };

  ann_buffer_unref (new_vector (N_ITEMS)); /* the slab that is kept is of this size */
  ann_chunk_cache_set_budget (1024 * 1024);
  _ann_chunk_room_ready (key.array); /* nothing is known of it */
  g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 0, TRUE, &found, NULL, NULL), ==,
                   ANN_CHUNK_MINE);
  chunk.values = new_vector (N_ITEMS);
  _ann_chunk_cache_put_packed (&key, &chunk);
  _ann_packed_chunk_clear (&chunk);
  assert_stats (1, 1);

  /* Readied is not taken. */
  _ann_chunk_room_ready (key.array);
  _ann_chunk_room_ready (key.array);
  assert_stats (ANN_CHUNK_ROOM_N_PLACES > 1 ? 1 : 2, 1);

  _ann_chunk_cache_drop_array (key.array);
  assert_stats (1, 0);
}

/* Of many a thread gives the memory back, and the cache has none of them at once. */
static void
test_many_are_dropped (void)
{
  const guint64 array = G_MAXUINT64 - 3;
  AnnChunkCacheStats cache_stats;
  AnnChunkRoomStats stats;
  const gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  ann_chunk_cache_set_budget (1024 * 1024 * 1024);
  for (guint i = 0; i < 1000; i++)
    {
      const AnnChunkKey key = { array, i };
      AnnPackedChunk found = { .values = NULL };
      g_auto (AnnPackedChunk) chunk = { new_vector (N_ITEMS), 4 * N_ITEMS, 0 };

      g_assert_cmpint (_ann_chunk_cache_begin_packed (&key, 0, TRUE, &found, NULL, NULL), ==,
                       ANN_CHUNK_MINE);
      _ann_chunk_cache_put_packed (&key, &chunk);
    }
  _ann_chunk_room_get_stats (&stats);
  g_assert_cmpuint (stats.n_vectors, ==, 1000);

  _ann_chunk_cache_drop_array (array);
  ann_chunk_cache_get_stats (&cache_stats);
  g_assert_cmpuint (cache_stats.n_bytes, ==, 0);
  do
    {
      g_thread_yield ();
      _ann_chunk_room_get_stats (&stats);
    }
  while (stats.n_vectors > 0 && g_get_monotonic_time () < end);
  assert_stats (1, 0);
}

static gpointer
come_and_go (gpointer data)
{
  guint seed = GPOINTER_TO_UINT (data);
  AnnBuffer *vectors[20] = { NULL };

  for (guint i = 0; i < 3000; i++)
    {
      const guint k = (seed = seed * 1664525 + 1013904223) >> 16;
      AnnBuffer **vector = &vectors[k % G_N_ELEMENTS (vectors)];
      const guint8 mark = (guint8) (GPOINTER_TO_UINT (data) * 20 + k % G_N_ELEMENTS (vectors));

      if (*vector != NULL)
        {
          const guint8 *bytes = ann_buffer_get_data (*vector);

          g_assert_cmpuint (bytes[0], ==, mark);
          g_assert_cmpuint (bytes[ann_buffer_get_size (*vector) - 1], ==, mark);
          g_clear_pointer (vector, ann_buffer_unref);
        }
      else
        {
          *vector = new_vector (N_ITEMS - k % 3 * 5000);
          memset (ann_buffer_get_data_for_writing (*vector), mark, ann_buffer_get_size (*vector));
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_clear_pointer (&vectors[i], ann_buffer_unref);

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("room", come_and_go, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  assert_stats (1, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chunk-room/places", test_places);
  g_test_add_func ("/chunk-room/sizes", test_sizes);
  g_test_add_func ("/chunk-room/no-memory", test_no_memory);
  g_test_add_func ("/chunk-room/with-the-cache", test_with_the_cache);
  g_test_add_func ("/chunk-room/many-are-dropped", test_many_are_dropped);
  g_test_add_func ("/chunk-room/threads", test_threads);

  return g_test_run ();
}
