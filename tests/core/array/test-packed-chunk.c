/* test-packed-chunk.c: chunks as the cache keeps them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-runs-private.h"
#include "array/ann-chunk-cache-private.h"
#include "array/ann-packed-chunk-private.h"
#include "grid-array.h"

#include <string.h>

/* Not a whole number of turns of any loop, and more than the least size. */
#define N_ITEMS 4133

/* Items whose bits are those of @low at most, but for one that is @odd. */
static const struct {
  gsize item_size;
  guint64 low;
  guint64 odd;
  gsize kept; /* bytes of an item */
} cases[] = {
  { 1, 0xff, 0, 1 },
  { 2, 0xff, 0xff, 1 },
  { 2, 0xff00, 0xff00, 1 },
  { 2, 0x1fe0, 0x1fe0, 1 },
  { 2, 0xff, 0x100, 2 },
  { 4, 0, 0, 1 },
  { 4, 0xff, 0, 1 },
  { 4, 0xffff, 0x8001, 2 },
  { 4, 0xffff, 0x10000, 4 },        /* a column behind 65535 */
  { 4, 0xffff, 0xffffffff, 4 },     /* -1 */
  { 4, 0x7fff0000, 0x43480000, 2 }, /* floats: 200 */
  { 4, 0x7fff0000, 0x437f8000, 2 }, /* 255.5 */
  { 4, 0x7fff0000, 0x3dcccccd, 4 }, /* 0.1 */
  { 4, 0x80000000, 0x80000000, 1 },
  { 8, 0xff, 0x80, 1 },
  { 8, 0xffff, 0x100, 2 },
  { 8, 0xffffffff, 0x10000, 4 },
  { 8, 0xffffffff, 0x100000000, 8 },
  { 8, 0xffff, 0x8000000000000000, 8 },
  { 8, 0x7fffffff00000000, 0x4069000000000000, 4 }, /* doubles: 200 */
  { 8, 0x7fffffff00000000, 0x3fb999999999999a, 8 }, /* 0.1 */
  { 16, 0xffff, 0xffff, 4 },                        /* two words */
  { 16, 0xffff, 0x10000, 8 },
  { 3, 0, 0, 3 }, /* no number */
  { 12, 0, 0, 12 },
};

static void
put_word (guint8 *to, gsize word, guint64 value)
{
  const guint8 byte = (guint8) value;
  const guint16 two = (guint16) value;
  const guint32 four = (guint32) value;

  if (word == 1 || word == 3)
    memcpy (to, &byte, 1);
  else if (word == 2)
    memcpy (to, &two, 2);
  else if (word == 4)
    memcpy (to, &four, 4);
  else
    memcpy (to, &value, 8);
}

static guint8 *
new_items (guint i, gsize odd_place)
{
  const gsize item_size = cases[i].item_size;
  const gsize word = item_size == 12 ? 4 : MIN (item_size, 8);
  guint8 *bytes = g_malloc0 (N_ITEMS * item_size);

  for (gsize k = 0; k < N_ITEMS * item_size / word; k++)
    put_word (bytes + k * word, word,
              k == odd_place ? cases[i].odd
                             : cases[i].low & (k + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  return bytes;
}

static void
assert_unpacks (const AnnPackedChunk *chunk, const guint8 *bytes, gsize item_size)
{
  static const struct {
    gsize first;
    gsize n;
  } parts[] = { { 0, N_ITEMS }, { 0, 0 }, { 7, 1 }, { 63, 130 }, { N_ITEMS - 65, 65 } };
  g_autofree guint8 *room = g_malloc (N_ITEMS * item_size + 1);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const gsize size = parts[i].n * item_size;

      memset (room, 0xa5, N_ITEMS * item_size + 1);
      _ann_packed_chunk_unpack (chunk, parts[i].first * item_size, size, room);
      g_assert_cmpmem (room, size, bytes + parts[i].first * item_size, size);
      g_assert_cmphex (room[size], ==, 0xa5);
    }
}

/* Whatever item is the odd one. */
static void
test_every_width (void)
{
  static const gsize places[] = { 0, 64, N_ITEMS / 2, N_ITEMS - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint p = 0; p < G_N_ELEMENTS (places); p++)
      {
        const gsize item_size = cases[i].item_size;
        g_autofree guint8 *bytes = new_items (i, places[p]);
        g_auto (AnnPackedChunk) chunk = { .values = NULL };
        g_autoptr (GError) error = NULL;

        g_assert_true (
            _ann_packed_chunk_init (&chunk, bytes, N_ITEMS * item_size, item_size, &error));
        g_assert_no_error (error);
        g_assert_cmpuint (chunk.n_bytes, ==, N_ITEMS * item_size);
        g_assert_cmpuint (ann_buffer_get_size (chunk.values), ==, N_ITEMS * cases[i].kept);
        g_assert_cmpint (_ann_packed_chunk_get_bytes (&chunk) != NULL, ==,
                         cases[i].kept == item_size);
        assert_unpacks (&chunk, bytes, item_size);
      }
}

/* What is short is not worth it. */
static void
test_short (void)
{
  static const guint8 zeros[4096];
  g_auto (AnnPackedChunk) shorter = { .values = NULL };
  g_auto (AnnPackedChunk) longer = { .values = NULL };
  g_auto (AnnPackedChunk) none = { .values = NULL };

  g_assert_true (_ann_packed_chunk_init (&shorter, zeros, 4092, 4, NULL));
  g_assert_cmpuint (ann_buffer_get_size (shorter.values), ==, 4092);
  g_assert_true (_ann_packed_chunk_init (&longer, zeros, 4096, 4, NULL));
  g_assert_cmpuint (ann_buffer_get_size (longer.values), ==, 1024);
  g_assert_true (_ann_packed_chunk_init (&none, zeros, 0, 4, NULL));
  g_assert_cmpuint (ann_buffer_get_size (none.values), ==, 0);
}

static void
test_buffers (void)
{
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, 8192, NULL);
  guint8 *bytes = ann_buffer_get_data_for_writing (buffer);
  AnnPackedChunk chunk;

  _ann_packed_chunk_init_buffer (&chunk, buffer, 4);
  g_assert_false (chunk.values == buffer);
  g_assert_cmpuint (ann_buffer_get_size (chunk.values), ==, 2048);
  _ann_packed_chunk_clear (&chunk);

  memset (bytes, 0xff, 4);
  _ann_packed_chunk_init_buffer (&chunk, buffer, 4);
  g_assert_true (chunk.values == buffer);
  g_assert_cmpuint (chunk.n_bytes, ==, 8192);
  g_assert_true (_ann_packed_chunk_get_bytes (&chunk) == bytes);
  _ann_packed_chunk_clear (&chunk);
  _ann_packed_chunk_clear (&chunk); /* none */
}

static void
assert_box (GridArray *array, const AnnBox *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read (ANN_ARRAY (array), box, NULL, &error);

  g_assert_no_error (error);
  grid_array_assert_values (array, box, ann_buffer_get_data (buffer));
}

static gboolean
assert_chunk (const AnnBox *box,
              gconstpointer values,
              gpointer user_data,
              G_GNUC_UNUSED GError **error)
{
  grid_array_assert_values (user_data, box, values);

  return TRUE;
}

/* Rows and columns that are turned round and taken twice, out of chunks that are there. */
static void
assert_selections (GridArray *array)
{
  static const char *const texts[] = { "::-7", "3,250,3,::50" };
  AnnSelection *selections[2];
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  const gint32 *values;
  gsize n = 0;

  for (guint i = 0; i < 2; i++)
    selections[i] = ann_selection_parse (texts[i], array->shape[i], &error);
  g_assert_no_error (error);
  buffer = _ann_array_read_selections (ANN_ARRAY (array), selections, 2, NULL, &error);
  g_assert_no_error (error);
  values = ann_buffer_get_data (buffer);
  for (guint64 i = 0; i < ann_selection_get_length (selections[0]); i++)
    for (guint64 j = 0; j < ann_selection_get_length (selections[1]); j++)
      {
        const guint64 index[] = { ann_selection_get_position (selections[0], i),
                                  ann_selection_get_position (selections[1], j) };

        g_assert_cmpint (values[n++], ==, grid_array_get_expected (array, index));
      }
  for (guint i = 0; i < 2; i++)
    ann_selection_unref (selections[i]);
}

/* 60,000 numbers that need two of their four bytes. */
static void
test_through_the_cache (void)
{
  static const guint64 shape[] = { 200, 300 };
  static const guint64 chunk_shape[] = { 50, 100 };
  static const AnnBox boxes[] = {
    { 2, { 0, 0 }, { 200, 300 } }, { 2, { 60, 100 }, { 3, 100 } }, { 2, { 99, 299 }, { 1, 1 } },
    { 2, { 0, 7 }, { 200, 1 } },   { 2, { 30, 95 }, { 40, 190 } },
  };
  g_autoptr (GridArray) array = grid_array_new (2, shape, chunk_shape, TRUE);
  g_autoptr (GError) error = NULL;
  AnnChunkCacheStats stats;

  ann_chunk_cache_set_budget (1024 * 1024);
  assert_box (array, &boxes[0]);
  g_assert_cmpint (array->n_chunks_fetched, ==, 12);
  ann_chunk_cache_get_stats (&stats);
  g_assert_cmpuint (stats.n_bytes, ==, 200 * 300 * 2);

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      assert_box (array, &boxes[i]);
      ann_array_scan (ANN_ARRAY (array), &boxes[i], assert_chunk, array, NULL, &error);
      g_assert_no_error (error);
    }
  assert_selections (array);
  g_assert_cmpint (array->n_chunks_fetched, ==, 12);

  /* Twice as many have room as would in the form in which they are decoded. */
  ann_chunk_cache_set_budget (200 * 300 * 2);
  assert_box (array, &boxes[4]);
  g_assert_cmpint (array->n_chunks_fetched, ==, 12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/packed-chunk/every-width", test_every_width);
  g_test_add_func ("/packed-chunk/short", test_short);
  g_test_add_func ("/packed-chunk/buffers", test_buffers);
  g_test_add_func ("/packed-chunk/through-the-cache", test_through_the_cache);

  return g_test_run ();
}
