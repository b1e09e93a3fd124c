/* test-array.c: the chunk engine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-cache.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "grid-array.h"

#define MIB ((guint64) 1024 * 1024)

/* How the arrays of a test are stored and read. */
typedef struct {
  const char *name;
  gboolean is_encoded;
  gboolean has_parts;
  guint64 absent_modulo;
  guint64 budget;
  guint fetched_at_once; /* as over a network */
} Mode;

static const Mode modes[] = {
  { "raw-cached", FALSE, FALSE, 0, 256 * MIB, 0 },     { "raw-uncached", FALSE, FALSE, 0, 0, 0 },
  { "gzip-cached", TRUE, FALSE, 0, 256 * MIB, 0 },     { "gzip-uncached", TRUE, TRUE, 0, 0, 0 },
  { "absent-cached", TRUE, FALSE, 2, 256 * MIB, 0 },   { "absent-uncached", TRUE, FALSE, 3, 0, 0 },
  { "parts", FALSE, TRUE, 0, 256 * MIB, 0 },           { "parts-absent", FALSE, TRUE, 3, 0, 0 },
  { "waiting-cached", TRUE, FALSE, 5, 256 * MIB, 64 }, { "waiting-parts", FALSE, TRUE, 0, 0, 64 },
};

#define RAW (&modes[0])
#define GZIP (&modes[2])

static GridArray *
new_array (const Mode *mode, guint rank, const guint64 *shape, const guint64 *chunk_shape)
{
  return grid_array_new_full (rank, shape, chunk_shape, mode->is_encoded, mode->has_parts,
                              mode->fetched_at_once);
}

static void
apply (const Mode *mode, GridArray *array)
{
  array->absent_modulo = mode->absent_modulo;
  ann_chunk_cache_set_budget (mode->budget);
}

/* Calls @func for every box of an array, empty ones too. */
static void
for_every_box (GridArray *array,
               AnnBox *box,
               guint axis,
               void (*func) (GridArray *, const AnnBox *))
{
  const guint64 *shape = ann_array_get_shape (ANN_ARRAY (array));

  if (axis == box->rank)
    {
      func (array, box);
      return;
    }

  for (guint64 start = 0; start <= shape[axis]; start++)
    for (guint64 count = 0; count <= shape[axis] - start; count++)
      {
        box->start[axis] = start;
        box->count[axis] = count;
        for_every_box (array, box, axis + 1, func);
      }
}

static void
assert_read (GridArray *array, const AnnBox *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read (ANN_ARRAY (array), box, NULL, &error);
  gsize n;

  g_assert_no_error (error);
  g_assert_true (ann_box_get_n_elements (box, &n));
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, n);
  grid_array_assert_values (array, box, ann_buffer_get_data (buffer));
}

static const struct {
  guint rank;
  guint64 shape[4];
  guint64 chunk_shape[4];
} small[] = {
  { 0, { 0 }, { 0 } },  /* a scalar */
  { 1, { 11 }, { 3 } }, /* the last chunk sticks out */
  { 1, { 12 }, { 3 } }, /* it does not */
  { 1, { 3 }, { 5 } },  /* a chunk larger than the array */
  { 1, { 0 }, { 5 } },  /* nothing */
  { 2, { 5, 7 }, { 2, 3 } },
  { 2, { 6, 4 }, { 2, 4 } }, /* chunks of whole rows */
  { 2, { 4, 0 }, { 2, 3 } },
  { 3, { 3, 4, 5 }, { 2, 2, 3 } },
  { 3, { 4, 2, 3 }, { 1, 2, 3 } },
  { 4, { 2, 3, 3, 2 }, { 1, 2, 2, 2 } },
};

static void
test_every_box (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autoptr (GridArray) array = new_array (data, small[i].rank, small[i].shape,
                                               small[i].chunk_shape);
      AnnBox box = { .rank = small[i].rank };

      apply (data, array);
      for_every_box (array, &box, 0, assert_read);
    }
}

typedef struct {
  GridArray *array;
  AnnBox box;
  pthread_mutex_t mutex;
  guint8 *n_seen; /* of each element of the box */
  int n_pieces;   /* atomic */
  int fail_piece;
  GCancellable *cancellable; /* to cancel at a piece */
} Scan;

static gboolean
note_piece (const AnnBox *box, gconstpointer values, gpointer user_data, GError **error)
{
  Scan *scan = user_data;
  guint64 in_piece[ANN_MAX_RANK] = { 0 };
  gsize n;

  if (g_atomic_int_add (&scan->n_pieces, 1) == scan->fail_piece)
    {
      if (scan->cancellable == NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");
          return FALSE;
        }
      g_cancellable_cancel (scan->cancellable);
    }

  grid_array_assert_values (scan->array, box, values);
  g_assert_true (ann_box_get_n_elements (box, &n));
  pthread_mutex_lock (&scan->mutex);
  for (gsize i = 0; i < n; i++)
    {
      gsize place = 0;

      for (guint axis = 0; axis < box->rank; axis++)
        place = place * scan->box.count[axis] + box->start[axis] + in_piece[axis]
                - scan->box.start[axis];
      scan->n_seen[place]++;
      _ann_box_next_index (box->rank, in_piece, box->count);
    }
  pthread_mutex_unlock (&scan->mutex);

  return TRUE;
}

static gboolean
run_scan (Scan *scan,
          GridArray *array,
          const AnnBox *box,
          GCancellable *cancellable,
          GError **error)
{
  gboolean success;
  gsize n;

  g_assert_true (ann_box_get_n_elements (box, &n));
  scan->array = array;
  scan->box = *box;
  scan->n_seen = g_malloc0 (n);
  pthread_mutex_init (&scan->mutex, NULL);
  success = ann_array_scan (ANN_ARRAY (array), box, note_piece, scan, cancellable, error);
  pthread_mutex_destroy (&scan->mutex);
  for (gsize i = 0; i < n && success; i++)
    {
      if (scan->n_seen[i] != 1)
        g_assert_cmpuint (scan->n_seen[i], ==, 1);
    }
  g_free (scan->n_seen);

  return success;
}

static void
assert_scan (GridArray *array, const AnnBox *box)
{
  Scan scan = { .fail_piece = -1 };
  g_autoptr (GError) error = NULL;

  run_scan (&scan, array, box, NULL, &error);
  g_assert_no_error (error);
}

static void
test_every_scan (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autoptr (GridArray) array = new_array (data, small[i].rank, small[i].shape,
                                               small[i].chunk_shape);
      AnnBox box = { .rank = small[i].rank };

      apply (data, array);
      for_every_box (array, &box, 0, assert_scan);
    }
}

/* More than one batch, and so more than one thread. */
static GridArray *
new_large (const Mode *mode)
{
  const guint64 shape[] = { 700, 900 };
  const guint64 chunk_shape[] = { 100, 130 };

  return new_array (mode, 2, shape, chunk_shape);
}

static GridArray *
new_long (const Mode *mode)
{
  const guint64 shape[] = { 1000003 };
  const guint64 chunk_shape[] = { 4096 };

  return new_array (mode, 1, shape, chunk_shape);
}

static void
test_large (gconstpointer data)
{
  for (guint n_threads = 1; n_threads <= 4; n_threads += 3)
    {
      g_autoptr (GridArray) matrix = new_large (data);
      g_autoptr (GridArray) vector = new_long (data);
      const AnnBox inside = { 2, { 11, 17 }, { 600, 801 } };
      const AnnBox range = { 1, { 5000 }, { 900000 } };

      ann_worker_set_n_threads (n_threads);
      apply (data, matrix);
      apply (data, vector);
      assert_read (matrix, &inside);
      assert_read (vector, &range);
      assert_scan (matrix, &inside);
      assert_scan (vector, &range);
    }
}

static void
test_highest_rank (void)
{
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  AnnBox box;

  for (guint i = 0; i < ANN_MAX_RANK; i++)
    {
      shape[i] = i % 8 == 3 ? 3 : 1;
      chunk_shape[i] = i % 16 == 3 ? 2 : 1;
    }
  for (guint m = 0; m < G_N_ELEMENTS (modes); m++)
    {
      g_autoptr (GridArray) array = new_array (&modes[m], ANN_MAX_RANK, shape, chunk_shape);

      apply (&modes[m], array);
      ann_box_init_whole (&box, ANN_MAX_RANK, shape);
      assert_read (array, &box);
      box.start[3] = 1;
      box.count[3] = 2;
      box.start[27] = 2;
      box.count[27] = 1;
      assert_read (array, &box);
      assert_scan (array, &box);
    }
}

static gboolean
read_within (const AnnBox *box, gconstpointer values, gpointer user_data, GError **error)
{
  GridArray *array = user_data;
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };
  g_autoptr (AnnBuffer) again = ann_array_read (ANN_ARRAY (array), box, NULL, error);
  g_autoptr (AnnBuffer) corner = NULL;
  AnnBox one = whole;

  if (again == NULL)
    return FALSE;
  one.count[0] = one.count[1] = 5;
  corner = ann_array_read (ANN_ARRAY (array), &one, NULL, error);
  if (corner == NULL)
    return FALSE;

  /* The piece is still what it was. */
  grid_array_assert_values (array, box, values);
  grid_array_assert_values (array, box, ann_buffer_get_data (again));
  grid_array_assert_values (array, &one, ann_buffer_get_data (corner));

  return TRUE;
}

/* A function that is given pieces may read, of the same array even. */
static void
test_read_within_scan (gconstpointer data)
{
  g_autoptr (GridArray) array = new_large (data);
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (3);
  apply (data, array);
  ann_array_scan (ANN_ARRAY (array), &whole, read_within, array, NULL, &error);
  g_assert_no_error (error);
}

/* --- Parts of chunks --- */

/* Of a chunk without codecs only what is wanted is brought, or what lies between; of one that has
 * them, or of which little is wanted here and there, all.
 */
static void
test_parts_counted (void)
{
  const guint64 shape[] = { 12, 7 };
  const guint64 chunk_shape[] = { 4, 7 };
  const struct {
    AnnBox box;
    int n_elements; /* brought */
  } cases[] = {
    { { 2, { 1, 0 }, { 2, 7 } }, 14 },  /* whole rows of one chunk */
    { { 2, { 3, 0 }, { 2, 7 } }, 14 },  /* of two */
    { { 2, { 1, 2 }, { 1, 3 } }, 3 },   /* within a row */
    { { 2, { 1, 2 }, { 2, 3 } }, 10 },  /* with what lies between */
    { { 2, { 0, 0 }, { 12, 7 } }, 84 }, /* all */
    { { 2, { 0, 6 }, { 4, 1 } }, 28 },  /* a column: the whole chunk */
  };

  ann_chunk_cache_set_budget (256 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GridArray) parts = grid_array_new_full (2, shape, chunk_shape, FALSE, TRUE, 0);
      g_autoptr (GridArray) encoded = grid_array_new_full (2, shape, chunk_shape, TRUE, TRUE, 0);
      AnnChunkCacheStats stats;

      ann_chunk_cache_clear ();
      assert_read (parts, &cases[i].box);
      g_assert_cmpint (parts->n_bytes_fetched, ==, 4 * cases[i].n_elements);
      g_assert_cmpint (parts->n_locates, ==, 1);
      g_assert_cmpint (parts->n_fetches, ==, 1);

      /* Only the column is worth keeping. */
      ann_chunk_cache_get_stats (&stats);
      g_assert_cmpuint (stats.n_bytes, ==, cases[i].box.start[1] == 6 ? 112 : 0);

      assert_read (encoded, &cases[i].box);
    }
}

/* --- Two arrays at once --- */

static void
test_pair (gconstpointer data)
{
  const guint64 shape[] = { 1000003 };
  const guint64 long_chunks[] = { 30000 };
  const guint64 short_chunks[] = { 4096 };
  static const AnnBox ranges[] = {
    { 1, { 0 }, { 0 } },
    { 1, { 7 }, { 1 } },
    { 1, { 29999 }, { 2 } },
    { 1, { 0 }, { 1000003 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GridArray) one = new_array (data, 1, shape, long_chunks);
      g_autoptr (GridArray) other = new_array (RAW, 1, shape, short_chunks);
      AnnArray *const arrays[] = { ANN_ARRAY (one), ANN_ARRAY (other) };
      AnnBuffer *buffers[2] = { NULL, NULL };
      g_autoptr (GError) error = NULL;

      apply (data, one);
      g_assert_true (_ann_array_read_pair (arrays, ranges[i].start[0], ranges[i].count[0], buffers,
                                           NULL, &error));
      g_assert_no_error (error);
      grid_array_assert_values (one, &ranges[i], ann_buffer_get_data (buffers[0]));
      grid_array_assert_values (other, &ranges[i], ann_buffer_get_data (buffers[1]));
      g_clear_pointer (&buffers[0], ann_buffer_unref);
      g_clear_pointer (&buffers[1], ann_buffer_unref);
      ann_chunk_cache_clear ();

      other->fail_fetch = other->n_chunks_fetched;
      if (ranges[i].count[0] > 0)
        {
          g_assert_false (_ann_array_read_pair (arrays, ranges[i].start[0], ranges[i].count[0],
                                                buffers, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          g_clear_error (&error);
          g_clear_pointer (&buffers[0], ann_buffer_unref);
          g_clear_pointer (&buffers[1], ann_buffer_unref);
        }

      g_assert_false (_ann_array_read_pair (arrays, 1000003, 1, buffers, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
      g_assert_null (buffers[0]);
    }
}

/* --- Laziness --- */

static void
test_reads_only_needed_chunks (void)
{
  const guint64 shape[] = { 5, 7 };
  const guint64 chunk_shape[] = { 2, 3 };
  const struct {
    AnnBox box;
    int n_chunks;
  } cases[] = {
    { { 2, { 0, 0 }, { 1, 1 } }, 1 }, /* one element */
    { { 2, { 2, 3 }, { 2, 3 } }, 1 }, /* one chunk, exactly */
    { { 2, { 1, 2 }, { 2, 2 } }, 4 }, /* across a corner */
    { { 2, { 4, 0 }, { 1, 7 } }, 3 }, /* the last, clipped chunks */
    { { 2, { 0, 0 }, { 0, 7 } }, 0 }, /* no rows at all */
  };

  for (guint m = 0; m < 2; m++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autoptr (GridArray) array = grid_array_new (2, shape, chunk_shape, FALSE);

        apply (&modes[m], array);
        assert_read (array, &cases[i].box);
        g_assert_cmpint (array->n_chunks_located, ==, cases[i].n_chunks);
        g_assert_cmpint (array->n_chunks_fetched, ==, cases[i].n_chunks);

        /* one call for all of them */
        g_assert_cmpint (array->n_locates, ==, cases[i].n_chunks > 0);
        g_assert_cmpint (array->n_fetches, ==, cases[i].n_chunks > 0);
      }
}

static void
test_absent_chunks_are_not_fetched (void)
{
  g_autoptr (GridArray) array = new_large (RAW);
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };

  array->absent_modulo = 1;
  assert_read (array, &whole);
  assert_scan (array, &whole);
  g_assert_cmpint (array->n_fetches, ==, 0);
}

static void
test_second_read_is_from_the_cache (void)
{
  g_autoptr (GridArray) array = new_large (GZIP);
  const AnnBox box = { 2, { 50, 50 }, { 200, 200 } };
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };
  int n_fetched;

  ann_chunk_cache_set_budget (256 * MIB);
  assert_read (array, &box);
  n_fetched = array->n_chunks_fetched;
  g_assert_cmpint (n_fetched, ==, 3 * 2);
  assert_read (array, &box);
  g_assert_cmpint (array->n_chunks_fetched, ==, n_fetched);
  g_assert_cmpint (array->n_chunks_located, ==, n_fetched);

  /* What does not fill the cache uses it all the same. */
  assert_scan (array, &whole);
  g_assert_cmpint (array->n_chunks_fetched, ==, 7 * 7);
  assert_scan (array, &whole);
  g_assert_cmpint (array->n_chunks_fetched, ==, 2 * 7 * 7 - n_fetched);
}

static void
test_large_boxes_pass_the_cache (void)
{
  g_autoptr (GridArray) array = new_large (GZIP); /* 2.5 MB in chunks of 52 kB */
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };
  const AnnBox small_box = { 2, { 0, 0 }, { 1, 1 } };
  AnnChunkCacheStats stats;

  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (4 * MIB);
  assert_read (array, &whole);
  ann_chunk_cache_get_stats (&stats);
  g_assert_cmpuint (stats.n_bytes, ==, 0);
  assert_read (array, &small_box);
  ann_chunk_cache_get_stats (&stats);
  g_assert_cmpuint (stats.n_bytes, ==, 100 * 130 * 4);

  /* The budget is less than a chunk. */
  ann_chunk_cache_set_budget (100 * 130 * 4 - 1);
  ann_chunk_cache_clear ();
  assert_read (array, &small_box);
  ann_chunk_cache_get_stats (&stats);
  g_assert_cmpuint (stats.n_bytes, ==, 0);
}

/* A chunk of more than a quarter of the budget is decoded once for all blocks of its rows. */
static void
test_large_chunk_once (void)
{
  static const guint64 shape[] = { 1000, 100 };
  g_autoptr (GridArray) array = grid_array_new (2, shape, shape, TRUE);

  ann_chunk_cache_clear ();
  ann_chunk_cache_set_budget (1000 * 100 * 4);
  for (guint64 row = 0; row < 1000; row += 100)
    {
      const AnnBox box = { 2, { row, 0 }, { 100, 100 } };

      assert_read (array, &box);
    }
  g_assert_cmpint (array->n_chunks_fetched, ==, 1);
}

/* --- Failures --- */

/* Whichever chunk fails, the error comes out whole, and the next read is as if nothing had been. */
static void
test_failing_fetch (gconstpointer data)
{
  const AnnBox whole = { 2, { 0, 0 }, { 5, 7 } };
  const guint64 shape[] = { 5, 7 };
  const guint64 chunk_shape[] = { 2, 3 };

  for (int n = 0; n < 9; n++)
    {
      g_autoptr (GridArray) array = new_array (data, 2, shape, chunk_shape);
      g_autoptr (GError) error = NULL;

      apply (data, array);
      array->absent_modulo = 0;
      array->fail_fetch = n;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_cmpint (array->n_chunks_fetched, ==, n + 1);
      assert_read (array, &whole);
    }
}

static void
test_failing_locate_and_scan (gconstpointer data)
{
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };

  for (int n = 0; n < 3; n++)
    {
      g_autoptr (GridArray) array = new_large (data);
      Scan scan = { .fail_piece = n * 20 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) scan_error = NULL;

      apply (data, array);
      array->fail_locate = n;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      assert_read (array, &whole);

      g_assert_false (run_scan (&scan, array, &whole, NULL, &scan_error));
      g_assert_error (scan_error, G_IO_ERROR, G_IO_ERROR_FAILED);
      assert_scan (array, &whole);
    }
}

static void
test_damaged_chunk (gconstpointer data)
{
  g_autoptr (GridArray) array = new_large (GZIP);
  const AnnBox box = { 2, { 100, 0 }, { 10, 10 } };
  g_autoptr (GError) error = NULL;

  apply (data, array);
  array->absent_modulo = 0;
  array->is_damaged = TRUE;
  g_assert_null (ann_array_read (ANN_ARRAY (array), &box, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "grid, chunk 7: "));

  array->is_damaged = FALSE;
  assert_read (array, &box);
}

/* No memory is asked for before a length is believed. */
static void
test_stored_length (gconstpointer data)
{
  const guint64 lengths[] = { G_MAXUINT64 - 1, G_MAXINT64, 100 * 130 * 4 * 2 + 64 * 1024 + 1, 1,
                              100 * 130 * 4 * 2 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths) - 2; i++)
    {
      g_autoptr (GridArray) array = new_large (RAW);
      const AnnBox box = { 2, { 100, 0 }, { 10, 10 } };
      g_autoptr (GError) error = NULL;

      apply (data, array);
      array->absent_modulo = 0;
      array->stored_length = lengths[i];
      g_assert_null (ann_array_read (ANN_ARRAY (array), &box, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_cmpint (array->n_fetches, ==, 0);
    }
}

static void
test_wrong_stored_length (gconstpointer data)
{
  g_autoptr (GridArray) array = new_large (RAW);
  const AnnBox box = { 2, { 100, 0 }, { 10, 10 } };
  g_autoptr (GError) error = NULL;

  apply (data, array);
  array->absent_modulo = 0;
  array->stored_length = 100 * 130 * 4 + 1;
  g_assert_null (ann_array_read (ANN_ARRAY (array), &box, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_bounds (void)
{
  g_autoptr (GridArray) array = new_large (RAW);
  const AnnBox boxes[] = {
    { 1, { 0 }, { 1 } },
    { 2, { 0, 0 }, { 701, 1 } },
    { 2, { 701, 0 }, { 0, 1 } },
    { 2, { 1, 0 }, { G_MAXUINT64, 1 } },
  };
  const AnnBox good = { 2, { 0, 0 }, { 2, 2 } };
  gint32 values[5];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      Scan scan = { .fail_piece = -1 };

      g_assert_null (ann_array_read (ANN_ARRAY (array), &boxes[i], NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
      g_clear_error (&error);
      g_assert_false (
          ann_array_scan (ANN_ARRAY (array), &boxes[i], note_piece, &scan, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
      g_clear_error (&error);
    }

  g_assert_null (ann_array_read_range (ANN_ARRAY (array), 0, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_clear_error (&error);

  g_assert_false (
      ann_array_read_into (ANN_ARRAY (array), &good, values, sizeof values, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_clear_error (&error);
  ann_array_read_into (ANN_ARRAY (array), &good, values, 16, NULL, &error);
  g_assert_no_error (error);
  grid_array_assert_values (array, &good, values);
}

/* Shapes that no memory has, and chunks that cannot be. */
static void
test_bad_grids (void)
{
  const guint64 one[] = { 1, 1 };
  const guint64 none[] = { 1, 0 };
  const guint64 huge[] = { G_MAXUINT64 / 8, 16 };
  const guint64 shape[] = { 10, 10 };
  const struct {
    const guint64 *shape;
    const guint64 *chunk_shape;
  } cases[] = { { shape, none }, { shape, huge }, { huge, one } };
  g_autoptr (GridArray) large = NULL;
  const AnnBox corner = { 2, { 0, 0 }, { 1, 1 } };
  AnnBox whole = { 2, { 0, 0 }, { G_MAXUINT64 / 8, 16 } };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GridArray) array = g_object_new (GRID_TYPE_ARRAY, NULL);
      const AnnArrayInfo info = { .path = "bad",
                                  .dtype = ANN_DTYPE_INT32,
                                  .rank = 2,
                                  .shape = cases[i].shape,
                                  .layout = ANN_LAYOUT_CHUNKED,
                                  .chunk_shape = cases[i].chunk_shape };

      _ann_array_set_info (ANN_ARRAY (array), &info);
      g_assert_null (ann_array_read (ANN_ARRAY (array), &corner, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_clear_error (&error);
    }

  large = grid_array_new (2, huge, shape, FALSE);
  assert_read (large, &corner);
  g_assert_null (ann_array_read (ANN_ARRAY (large), &whole, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

static void
test_missing_codec (void)
{
  g_autoptr (GridArray) array = g_object_new (GRID_TYPE_ARRAY, NULL);
  g_autoptr (AnnCodecChain) codecs = ann_codec_chain_new ();
  const guint64 shape[] = { 10 };
  const AnnArrayInfo info = { .path = "X/data",
                              .dtype = ANN_DTYPE_INT32,
                              .rank = 1,
                              .shape = shape,
                              .layout = ANN_LAYOUT_CHUNKED,
                              .chunk_shape = shape,
                              .codecs = codecs };
  g_autoptr (GError) error = NULL;

  ann_codec_chain_append (codecs, ann_codec_new_missing ("blosc2"));
  array->is_encoded = TRUE;
  array->rank = 1;
  array->shape[0] = array->chunk_shape[0] = 10;
  array->n_chunks[0] = 1;
  _ann_array_set_info (ANN_ARRAY (array), &info);
  g_assert_null (ann_array_read_range (ANN_ARRAY (array), 0, 10, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC);
  g_assert_nonnull (strstr (error->message, "blosc2"));
  g_assert_nonnull (strstr (error->message, "X/data"));
}

static void
test_not_numbers (void)
{
  g_autoptr (GridArray) array = g_object_new (GRID_TYPE_ARRAY, NULL);
  const guint64 shape[] = { 10 };
  const AnnArrayInfo info = {
    .path = "names", .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = shape
  };
  const AnnBox box = { 1, { 0 }, { 10 } };
  Scan scan = { .fail_piece = -1 };
  g_autoptr (GError) error = NULL;

  _ann_array_set_info (ANN_ARRAY (array), &info);
  g_assert_null (ann_array_read (ANN_ARRAY (array), &box, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (ann_array_scan (ANN_ARRAY (array), &box, note_piece, &scan, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_array_read_strings (ANN_ARRAY (array), &box, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

/* --- Cancellation --- */

static void
test_cancelled_before (gconstpointer data)
{
  g_autoptr (GridArray) array = new_large (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };
  Scan scan = { .fail_piece = -1 };
  g_autoptr (GError) error = NULL;

  apply (data, array);
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (run_scan (&scan, array, &whole, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (array->n_locates, ==, 0);
  g_assert_cmpint (array->n_fetches, ==, 0);
}

static void
test_cancelled_between (gconstpointer data)
{
  const Mode *mode = data;
  const AnnBox whole = { 2, { 0, 0 }, { 700, 900 } };

  ann_worker_set_n_threads (2);
  for (int n = 0; n < 12; n += 4)
    {
      g_autoptr (GridArray) array = new_large (data);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Scan scan = { .fail_piece = n, .cancellable = cancellable };
      g_autoptr (GError) error = NULL;

      apply (data, array);
      array->cancel_fetch = n;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, array->cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);

      /* the batch at hand, and that of the other thread; or all, which are under way at once */
      g_assert_cmpint (array->n_fetches, <=, mode->fetched_at_once > 0 ? 4 : n + 2);
      assert_read (array, &whole);

      g_assert_false (run_scan (&scan, array, &whole, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* --- Others --- */

static void
test_stored_size (void)
{
  g_autoptr (GridArray) array = new_large (RAW);
  guint64 stored_size = 0;
  g_autoptr (GError) error = NULL;

  array->absent_modulo = 7; /* the last column of chunks */
  ann_array_get_stored_size (ANN_ARRAY (array), &stored_size, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored_size, ==, 7 * 6 * 100 * 130 * 4);
  g_assert_cmpint (array->n_fetches, ==, 0);
}

static void
test_getters (void)
{
  const guint64 shape[] = { 5, 7 };
  const guint64 chunk_shape[] = { 2, 3 };
  g_autoptr (GridArray) grid = grid_array_new (2, shape, chunk_shape, TRUE);
  AnnArray *array = ANN_ARRAY (grid);
  g_auto (GStrv) names = ann_array_get_field_names (array);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_INT32);
  g_assert_cmpuint (ann_array_get_rank (array), ==, 2);
  g_assert_cmpmem (ann_array_get_shape (array), sizeof shape, shape, sizeof shape);
  g_assert_cmpuint (ann_array_get_length (array), ==, 5);
  g_assert_cmpint (ann_array_get_layout (array), ==, ANN_LAYOUT_CHUNKED);
  g_assert_cmpmem (ann_array_get_chunk_shape (array), sizeof shape, chunk_shape, sizeof shape);
  g_assert_cmpuint (ann_codec_chain_get_length (ann_array_get_codecs (array)), ==, 1);
  g_assert_cmpstr (ann_array_get_type_description (array), ==, "int32");
  g_assert_cmpstr (ann_array_get_path (array), ==, "grid");
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_assert_null (ann_array_open_field (array, "a", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/array/%s/%s", name, modes[i].name);

      g_test_add_data_func (path, &modes[i], func);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("every-box", test_every_box);
  add ("every-scan", test_every_scan);
  add ("pair", test_pair);
  add ("large", test_large);
  add ("read-within-scan", test_read_within_scan);
  add ("failing-fetch", test_failing_fetch);
  add ("failing-locate-and-scan", test_failing_locate_and_scan);
  add ("damaged-chunk", test_damaged_chunk);
  add ("stored-length", test_stored_length);
  add ("wrong-stored-length", test_wrong_stored_length);
  add ("cancelled-before", test_cancelled_before);
  add ("cancelled-between", test_cancelled_between);
  g_test_add_func ("/array/highest-rank", test_highest_rank);
  g_test_add_func ("/array/parts-counted", test_parts_counted);
  g_test_add_func ("/array/reads-only-needed-chunks", test_reads_only_needed_chunks);
  g_test_add_func ("/array/absent-chunks-are-not-fetched", test_absent_chunks_are_not_fetched);
  g_test_add_func ("/array/second-read-is-from-the-cache", test_second_read_is_from_the_cache);
  g_test_add_func ("/array/large-boxes-pass-the-cache", test_large_boxes_pass_the_cache);
  g_test_add_func ("/array/large-chunk-once", test_large_chunk_once);
  g_test_add_func ("/array/bounds", test_bounds);
  g_test_add_func ("/array/bad-grids", test_bad_grids);
  g_test_add_func ("/array/missing-codec", test_missing_codec);
  g_test_add_func ("/array/not-numbers", test_not_numbers);
  g_test_add_func ("/array/stored-size", test_stored_size);
  g_test_add_func ("/array/getters", test_getters);

  return g_test_run ();
}
