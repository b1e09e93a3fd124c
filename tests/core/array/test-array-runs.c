/* test-array-runs.c: elements of an array in any order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-runs-private.h"
#include "array/ann-chunk-cache.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "boxes-array.h"
#include "grid-array.h"

#define MIB ((guint64) 1024 * 1024)

typedef struct {
  const char *name;
  gboolean is_encoded;
  guint64 absent_modulo;
  gboolean is_unsized;
  gboolean has_parts;
  guint64 budget;
  guint fetched_at_once; /* as over a network */
} Mode;

static const Mode modes[] = {
  { "raw-cached", FALSE, 0, FALSE, FALSE, 256 * MIB, 0 },
  { "raw-uncached", FALSE, 0, FALSE, FALSE, 0, 0 },
  { "parts-cached", FALSE, 0, FALSE, TRUE, 256 * MIB, 0 },
  { "parts-absent-uncached", FALSE, 3, FALSE, TRUE, 0, 0 },
  { "gzip-cached", TRUE, 0, FALSE, FALSE, 256 * MIB, 0 },
  { "gzip-parts-uncached", TRUE, 0, FALSE, TRUE, 0, 0 },
  { "absent-cached", TRUE, 2, FALSE, FALSE, 256 * MIB, 0 },
  { "absent-uncached", TRUE, 3, FALSE, FALSE, 0, 0 },
  { "unsized-cached", TRUE, 3, TRUE, FALSE, 256 * MIB, 0 },
  { "unsized-uncached", TRUE, 2, TRUE, FALSE, 0, 0 },
  { "waiting-cached", TRUE, 3, TRUE, FALSE, 256 * MIB, 64 },
  { "waiting-uncached", TRUE, 2, TRUE, FALSE, 0, 64 },
};

/* What is asked for on an axis of any length. */
static const char *const texts[] = {
  ":", "::-1", "::2", "1::3", "-1", "0,0", "-1,0,-1", "3:1", "1:3,0", "::-3,:", "0,1,0,1,-2,-1",
};

static GridArray *
new_array (const Mode *mode, guint rank, const guint64 *shape, const guint64 *chunk_shape)
{
  GridArray *array = grid_array_new_full (rank, shape, chunk_shape, mode->is_encoded,
                                          mode->has_parts, mode->fetched_at_once);

  array->absent_modulo = mode->absent_modulo;
  array->is_unsized = mode->is_unsized;
  ann_chunk_cache_set_budget (mode->budget);

  return array;
}

/* How many chunks along an axis are touched. */
static guint
count_touched (const AnnSelection *selection, guint64 chunk_length)
{
  g_autoptr (GHashTable) chunks = g_hash_table_new (NULL, NULL);

  for (guint64 i = 0; i < ann_selection_get_length (selection); i++)
    g_hash_table_add (chunks,
                      GSIZE_TO_POINTER (ann_selection_get_position (selection, i) / chunk_length));

  return g_hash_table_size (chunks);
}

static void
assert_selected (GridArray *array, AnnSelection *const *selections, const gint32 *values)
{
  guint64 count[ANN_MAX_RANK];
  guint64 at[ANN_MAX_RANK] = { 0 };
  gsize n = 1;

  for (guint i = 0; i < array->rank; i++)
    {
      count[i] = ann_selection_get_length (selections[i]);
      n *= count[i];
    }
  for (gsize k = 0; k < n; k++)
    {
      guint64 index[ANN_MAX_RANK];

      for (guint i = 0; i < array->rank; i++)
        index[i] = ann_selection_get_position (selections[i], at[i]);
      g_assert_cmpint (values[k], ==, grid_array_get_expected (array, index));
      _ann_box_next_index (array->rank, at, count);
    }
}

static void
read_and_assert (GridArray *array, AnnSelection *const *selections)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  int n_touched = 1;

  for (guint i = 0; i < array->rank; i++)
    n_touched *= (int) count_touched (selections[i], array->chunk_shape[i]);
  ann_chunk_cache_clear ();
  array->n_chunks_located = 0;
  array->n_chunks_fetched = 0;

  buffer = _ann_array_read_selections (ANN_ARRAY (array), selections, array->rank, NULL, &error);
  g_assert_no_error (error);
  assert_selected (array, selections, ann_buffer_get_data (buffer));

  /* Whatever the order, and however often. */
  g_assert_cmpint (array->n_chunks_located, ==, n_touched);
  g_assert_cmpint (array->n_chunks_fetched, <=, n_touched);
  if (array->absent_modulo == 0)
    g_assert_cmpint (array->n_chunks_fetched, ==, n_touched);
}

static void
test_every_pair (gconstpointer data)
{
  static const guint64 shape[] = { 11, 7 };
  static const guint64 chunk_shapes[][2] = { { 3, 2 }, { 11, 7 }, { 1, 7 }, { 4, 9 }, { 20, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (chunk_shapes); i++)
    {
      g_autoptr (GridArray) array = new_array (data, 2, shape, chunk_shapes[i]);

      for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
        for (guint m = 0; m < G_N_ELEMENTS (texts); m++)
          {
            g_autoptr (AnnSelection) rows = ann_selection_parse (texts[k], shape[0], NULL);
            g_autoptr (AnnSelection) columns = ann_selection_parse (texts[m], shape[1], NULL);
            AnnSelection *const selections[] = { rows, columns };

            read_and_assert (array, selections);
          }
    }
}

static void
test_other_ranks (gconstpointer data)
{
  static const guint64 shape[] = { 5, 4, 6 };
  static const guint64 chunk_shape[] = { 2, 3, 4 };
  g_autoptr (GridArray) vector = new_array (data, 1, shape, chunk_shape);
  g_autoptr (GridArray) cube = new_array (data, 3, shape, chunk_shape);

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    {
      g_autoptr (AnnSelection) some = ann_selection_parse (texts[k], 5, NULL);
      g_autoptr (AnnSelection) mixed = ann_selection_parse ("2,0,0", 4, NULL);
      g_autoptr (AnnSelection) other = ann_selection_parse (texts[k], 6, NULL);
      AnnSelection *const selections[] = { some, mixed, other };

      read_and_assert (vector, selections);
      read_and_assert (cube, selections);
    }
}

/* The n-th chunk fails, for every n; what others would have made, they make afterwards. */
static void
test_failures (gconstpointer data)
{
  static const guint64 shape[] = { 11, 7 };
  static const guint64 chunk_shape[] = { 3, 2 };
  g_autoptr (AnnSelection) rows = ann_selection_parse ("10,0,5,0", 11, NULL);
  g_autoptr (AnnSelection) columns = ann_selection_parse ("::-1", 7, NULL);
  AnnSelection *const selections[] = { rows, columns };
  gboolean has_failed = TRUE;

  for (int n = 0; has_failed; n++)
    {
      g_autoptr (GridArray) array = new_array (data, 2, shape, chunk_shape);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;

      array->fail_fetch = n;
      buffer = _ann_array_read_selections (ANN_ARRAY (array), selections, 2, NULL, &error);
      has_failed = buffer == NULL;
      if (has_failed)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          array->fail_fetch = -1;
        }
      else
        {
          g_assert_cmpint (n, >, 0);
        }
      read_and_assert (array, selections);
    }
}

static void
test_cancelled (gconstpointer data)
{
  const Mode *mode = data;
  static const guint64 shape[] = { 1000000 };
  static const guint64 chunk_shape[] = { 20000 };
  g_autoptr (GridArray) array = new_array (data, 1, shape, chunk_shape);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("::-1", 1000000, NULL);
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (1);
  array->cancel_fetch = 3;
  g_assert_null (
      _ann_array_read_selections (ANN_ARRAY (array), &rows, 1, array->cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (mode->fetched_at_once == 0) /* else all are under way at once */
    g_assert_cmpint (array->n_chunks_fetched, <, 25);
  ann_worker_set_n_threads (0);
}

/* Lengths that only a fetch tells are looked at as well. */
static void
test_unsized (void)
{
  static const guint64 shape[] = { 100 };
  static const guint64 chunk_shape[] = { 10 };
  const AnnBox box = { 1, { 5 }, { 50 } };

  for (guint64 budget = 0; budget <= 256 * MIB; budget += 256 * MIB)
    {
      const Mode mode = { NULL, TRUE, 4, TRUE, FALSE, budget, 0 };
      g_autoptr (GridArray) array = new_array (&mode, 1, shape, chunk_shape);
      g_autoptr (AnnBuffer) buffer = NULL;
      g_autoptr (GError) error = NULL;
      guint64 size;

      buffer = ann_array_read (ANN_ARRAY (array), &box, NULL, &error);
      g_assert_no_error (error);
      grid_array_assert_values (array, &box, ann_buffer_get_data (buffer));
      ann_chunk_cache_clear ();

      array->is_damaged = TRUE;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &box, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_clear_error (&error);

      g_assert_false (ann_array_get_stored_size (ANN_ARRAY (array), &size, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
    }
}

/* --- Over a network --- */

static GridArray *
new_waiting (guint64 n_chunks, guint64 chunk_length)
{
  const guint64 shape[] = { n_chunks * chunk_length };

  return grid_array_new_full (1, shape, &chunk_length, TRUE, FALSE, 64);
}

/* One call brings up to sixteen chunks, four calls more, up to 64 each; but of large chunks what is
 * 8 MiB.
 */
static void
test_fetched_at_once (void)
{
  const struct {
    guint64 n_chunks;
    guint64 chunk_length;
    int n_fetches;
    int n_at_once;
  } cases[] = {
    { 1, 1024, 1, 1 },        { 16, 1024, 1, 16 },      { 17, 1024, 2, 16 },
    { 64, 1024, 4, 16 },      { 100, 1024, 4, 25 },     { 1000, 1024, 16, 64 },
    { 20, 256 * 1024, 3, 8 }, { 3, 1024 * 1024, 2, 2 }, { 3, 3 * 1024 * 1024, 3, 1 },
  };

  ann_chunk_cache_set_budget (256 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GridArray) array = new_waiting (cases[i].n_chunks, cases[i].chunk_length);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) all = ann_array_read_range (
          ANN_ARRAY (array), 0, cases[i].n_chunks * cases[i].chunk_length, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (array->n_fetches, ==, cases[i].n_fetches);
      g_assert_cmpint (array->n_most_at_once, ==, cases[i].n_at_once);
    }
}

static gpointer
read_all_of_pair (gpointer data)
{
  GridArray **arrays = data;
  AnnBuffer *buffers[2] = { NULL, NULL };
  AnnArray *const both[] = { ANN_ARRAY (arrays[0]), ANN_ARRAY (arrays[1]) };
  const guint64 length = ann_array_get_length (both[0]);
  const AnnBox whole = { 1, { 0 }, { length } };
  g_autoptr (GError) error = NULL;

  _ann_array_read_pair (both, 0, length, buffers, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      grid_array_assert_values (arrays[i], &whole, ann_buffer_get_data (buffers[i]));
      ann_buffer_unref (buffers[i]);
    }

  return NULL;
}

/* All fetches of two arrays are under way at the same time, on one core too: none is answered
 * before the last has been sent.
 */
static void
test_waits_are_one (void)
{
  GridArray *arrays[] = { new_waiting (100, 1024), new_waiting (100, 1024) };
  g_autoptr (GThread) reader = NULL;

  ann_worker_set_n_threads (1);
  for (guint i = 0; i < 2; i++)
    {
      arrays[i]->waits = TRUE;
      grid_array_close_gate (arrays[i]);
    }
  reader = g_thread_new ("reader", read_all_of_pair, arrays);
  for (guint i = 0; i < 2; i++)
    grid_array_wait_for_gate (arrays[i], 4);
  for (guint i = 0; i < 2; i++)
    grid_array_open_gate (arrays[i]);
  g_thread_join (g_steal_pointer (&reader));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (arrays[i]->n_fetches, ==, 4);
      g_object_unref (arrays[i]);
    }
  ann_worker_set_n_threads (2);
}

typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  guint n_inside;
} Meeting;

static gboolean
meet (G_GNUC_UNUSED gconstpointer values,
      G_GNUC_UNUSED guint64 origin,
      G_GNUC_UNUSED const AnnRun *runs,
      G_GNUC_UNUSED gsize n_runs,
      gpointer user_data,
      G_GNUC_UNUSED GError **error)
{
  Meeting *meeting = user_data;

  pthread_mutex_lock (&meeting->mutex);
  meeting->n_inside++;
  pthread_cond_broadcast (&meeting->cond);
  while (meeting->n_inside < 3)
    pthread_cond_wait (&meeting->cond, &meeting->mutex);
  pthread_mutex_unlock (&meeting->mutex);

  return TRUE;
}

/* What one call has brought is decoded and looked at by several threads: they wait for each
 * other.
 */
static void
test_batch_is_shared (void)
{
  g_autoptr (GridArray) array = new_waiting (3, 64 * 1024);
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  Meeting meeting = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (3);
  g_assert_true (_ann_runs_add (&runs, 0, 0, 3 * 64 * 1024, &error));
  _ann_array_scan_runs (ANN_ARRAY (array), &runs, meet, &meeting, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (meeting.n_inside, ==, 3);
  g_assert_cmpint (array->n_fetches, ==, 1);
  ann_worker_set_n_threads (2);
}

/* Whichever chunk of a shared batch is damaged, its key and those of all others are given up: they
 * can be read again.
 */
static void
test_damaged_in_shared_batch (void)
{
  const AnnBox whole = { 1, { 0 }, { 9 * 32 * 1024 } };

  ann_worker_set_n_threads (3);
  ann_chunk_cache_set_budget (256 * MIB);
  for (int n = 0; n < 9; n++)
    {
      g_autoptr (GridArray) array = new_waiting (9, 32 * 1024);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) again = NULL;

      if (grid_array_is_skipped (array, n))
        continue; /* damage of what is not encoded does not show */
      array->damaged_chunk = n + 1;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_clear_error (&error);

      array->damaged_chunk = 0;
      again = ann_array_read (ANN_ARRAY (array), &whole, NULL, &error);
      g_assert_no_error (error);
      grid_array_assert_values (array, &whole, ann_buffer_get_data (again));
    }
  ann_worker_set_n_threads (2);
}

/* --- Without chunks --- */

static void
assert_boxes (AnnArray *array, AnnSelection *const *selections, const float *values)
{
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 width = ann_selection_get_length (selections[1]);

  for (guint64 i = 0; i < ann_selection_get_length (selections[0]); i++)
    for (guint64 k = 0; k < width; k++)
      g_assert_cmpfloat (values[i * width + k], ==,
                         ann_selection_get_position (selections[0], i) * shape[1]
                             + ann_selection_get_position (selections[1], k));
}

static void
test_boxes (void)
{
  static const guint64 shape[] = { 11, 7 };

  for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
    for (guint m = 0; m < G_N_ELEMENTS (texts); m++)
      {
        g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 2, shape);
        g_autoptr (AnnSelection) rows = ann_selection_parse (texts[k], shape[0], NULL);
        g_autoptr (AnnSelection) columns = ann_selection_parse (texts[m], shape[1], NULL);
        AnnSelection *const selections[] = { rows, columns };
        g_autoptr (AnnBuffer) buffer = NULL;
        g_autoptr (GError) error = NULL;

        buffer = _ann_array_read_selections (ANN_ARRAY (array), selections, 2, NULL, &error);
        g_assert_no_error (error);
        assert_boxes (ANN_ARRAY (array), selections, ann_buffer_get_data (buffer));
        g_assert_cmpint (array->n_calls, <=, 1); /* all of it is near by */
      }
}

/* What lies near by is read together, what lies far off is not read, and no piece is too large. */
static void
test_pieces (void)
{
  static const struct {
    const char *rows;
    int n_calls;
    int n_elements;
  } cases[] = {
    { "0,8000", 1, 8001 },         /* over a gap of 32 KiB less one element */
    { "0,9000", 2, 2 },            /* but not over more */
    { "20000,0,20000,10", 2, 12 }, /* in any order, once */
    { "0:1500000", 2, 1500000 },   /* 4 MiB and the rest */
    { "1500000:0:-1", 2, 1500000 },
    { "100:200,50:150", 1, 150 },
  };
  static const guint64 shape[] = { 3000000 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
      g_autoptr (AnnSelection) rows = ann_selection_parse (cases[i].rows, shape[0], NULL);
      g_autoptr (AnnBuffer) buffer = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].rows);
      buffer = _ann_array_read_selections (ANN_ARRAY (array), &rows, 1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (array->n_calls, ==, cases[i].n_calls);
      g_assert_cmpint (array->n_elements, ==, cases[i].n_elements);
      for (guint64 k = 0; k < ann_selection_get_length (rows); k++)
        g_assert_cmpfloat (((const float *) ann_buffer_get_data (buffer))[k], ==,
                           ann_selection_get_position (rows, k));
    }
}

/* One column of many is not a reason to read the others. */
static void
test_far_columns (void)
{
  static const guint64 shape[] = { 4, 100000 };
  g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 2, shape);
  g_autoptr (AnnSelection) rows = ann_selection_parse (":", 4, NULL);
  g_autoptr (AnnSelection) columns = ann_selection_parse ("99999,0", 100000, NULL);
  AnnSelection *const selections[] = { rows, columns };
  g_autoptr (AnnBuffer) buffer = NULL;

  buffer = _ann_array_read_selections (ANN_ARRAY (array), selections, 2, NULL, NULL);
  assert_boxes (ANN_ARRAY (array), selections, ann_buffer_get_data (buffer));
  g_assert_cmpint (array->n_elements, ==, 8);
}

static void
test_boxes_fail (void)
{
  static const guint64 shape[] = { 3000000 };
  g_autoptr (AnnSelection) rows = ann_selection_parse ("2000000,1000000,0", shape[0], NULL);

  ann_worker_set_n_threads (1);
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (BoxesArray) failing = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
      g_autoptr (BoxesArray) cancelled = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
      g_autoptr (GError) error = NULL;

      failing->fail_call = n;
      g_assert_null (_ann_array_read_selections (ANN_ARRAY (failing), &rows, 1, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_cmpint (failing->n_calls, ==, n + 1);
      g_clear_error (&error);

      if (n == 2) /* all is done then */
        break;
      cancelled->cancel_call = n;
      g_assert_null (_ann_array_read_selections (ANN_ARRAY (cancelled), &rows, 1,
                                                 cancelled->cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (cancelled->n_calls, ==, n + 1);
    }
  ann_worker_set_n_threads (0);
}

static void
test_outside (void)
{
  static const guint64 shape[] = { 10 };
  g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("10,0", 11, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (_ann_array_read_selections (ANN_ARRAY (array), &rows, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_cmpint (array->n_calls, ==, 0);
}

/* --- Texts --- */

static void
test_strings (void)
{
  static const struct {
    const char *rows;
    int n_calls;
    int n_elements;
  } cases[] = {
    { "5,3,5", 1, 3 },       { "0,2000", 2, 2 },
    { "::-1", 4, 50000 },    { "49999,0:3", 2, 4 },
    { "16383:16385", 2, 2 }, { "7:7", 0, 0 },
    { "10,500,10", 1, 491 }, { "20000:0:-1000", 2, 15001 + 3001 },
  };
  static const guint64 shape[] = { 50000 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_STRING, 1, shape);
      g_autoptr (AnnSelection) rows = ann_selection_parse (cases[i].rows, shape[0], NULL);
      g_autoptr (AnnStrings) strings = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].rows);
      strings = _ann_array_read_strings_selection (ANN_ARRAY (array), rows, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (array->n_calls, ==, cases[i].n_calls);
      g_assert_cmpint (array->n_elements, ==, cases[i].n_elements);
      g_assert_cmpuint (ann_strings_get_length (strings), ==, ann_selection_get_length (rows));
      for (guint64 k = 0; k < ann_selection_get_length (rows); k++)
        g_assert_cmpuint (g_ascii_strtoull (ann_strings_get (strings, k, NULL), NULL, 10), ==,
                          ann_selection_get_position (rows, k));
    }
}

/* Rows of a matrix of texts, and pieces that end where a chunk does. */
static void
test_strings_of_matrix (void)
{
  static const guint64 shape[] = { 40, 3 };
  g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_STRING, 2, shape);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("39,0,39", 40, NULL);
  g_autoptr (AnnStrings) strings = NULL;

  strings = _ann_array_read_strings_selection (ANN_ARRAY (array), rows, NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (strings), ==, 9);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpuint (g_ascii_strtoull (ann_strings_get (strings, i, NULL), NULL, 10), ==,
                      (i / 3 == 1 ? 0 : 39 * 3) + i % 3);
}

static void
test_chunked_strings (void)
{
  static const guint64 shape[] = { 60000 };
  static const guint64 chunk_shape[] = { 5000 };
  g_autoptr (BoxesArray) array = g_object_new (BOXES_TYPE_ARRAY, NULL);
  const AnnArrayInfo info = { .dtype = ANN_DTYPE_STRING,
                              .rank = 1,
                              .shape = shape,
                              .layout = ANN_LAYOUT_CHUNKED,
                              .chunk_shape = chunk_shape,
                              .reads_boxes = TRUE };
  g_autoptr (AnnSelection) rows = ann_selection_parse ("::-1", 60000, NULL);
  g_autoptr (AnnStrings) strings = NULL;

  _ann_array_set_info (ANN_ARRAY (array), &info);
  strings = _ann_array_read_strings_selection (ANN_ARRAY (array), rows, NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (strings), ==, 60000);
  g_assert_cmpuint (array->max_elements, ==, 15000);
  g_assert_cmpint (array->n_calls, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *pairs = g_strdup_printf ("/array-runs/every-pair/%s", modes[i].name);
      g_autofree char *ranks = g_strdup_printf ("/array-runs/other-ranks/%s", modes[i].name);
      g_autofree char *failures = g_strdup_printf ("/array-runs/failures/%s", modes[i].name);
      g_autofree char *cancelled = g_strdup_printf ("/array-runs/cancelled/%s", modes[i].name);

      g_test_add_data_func (pairs, &modes[i], test_every_pair);
      g_test_add_data_func (ranks, &modes[i], test_other_ranks);
      g_test_add_data_func (failures, &modes[i], test_failures);
      g_test_add_data_func (cancelled, &modes[i], test_cancelled);
    }
  g_test_add_func ("/array-runs/unsized", test_unsized);
  g_test_add_func ("/array-runs/fetched-at-once", test_fetched_at_once);
  g_test_add_func ("/array-runs/waits-are-one", test_waits_are_one);
  g_test_add_func ("/array-runs/batch-is-shared", test_batch_is_shared);
  g_test_add_func ("/array-runs/damaged-in-shared-batch", test_damaged_in_shared_batch);
  g_test_add_func ("/array-runs/boxes", test_boxes);
  g_test_add_func ("/array-runs/pieces", test_pieces);
  g_test_add_func ("/array-runs/far-columns", test_far_columns);
  g_test_add_func ("/array-runs/boxes-fail", test_boxes_fail);
  g_test_add_func ("/array-runs/outside", test_outside);
  g_test_add_func ("/array-runs/strings", test_strings);
  g_test_add_func ("/array-runs/strings-of-matrix", test_strings_of_matrix);
  g_test_add_func ("/array-runs/chunked-strings", test_chunked_strings);

  return g_test_run ();
}
