/* test-heatmap.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap.h"

#include "array/ann-chunk-cache.h"
#include "base/ann-worker.h"
#include "render/ann-heatmap-private.h"
#include "render/ann-tile-grid.h"
#include "table-element.h"

/* Small whole numbers, so that every mean is exact to the last bit whatever the order of sums. */
static Table *
make_table (guint64 n_rows, guint64 n_columns, gboolean by_columns, gboolean odd)
{
  Table *table = table_new (n_rows, n_columns, by_columns);
  GRand *rand = g_rand_new_with_seed ((guint32) (n_rows * 7919 + n_columns));
  guint64 n_major = by_columns ? n_columns : n_rows, n_minor = by_columns ? n_rows : n_columns;

  for (guint64 major = 0; major < n_major; major++)
    {
      guint64 first = odd ? g_rand_int (rand) % n_minor : 0;

      for (guint64 i = 0; i < n_minor && major % 11 != 3; i++) /* row 3 and others are empty */
        {
          guint64 minor = (i + first) % n_minor; /* not in order if odd */
          double value = 1 + g_rand_int (rand) % 9;

          if (g_rand_int (rand) % 5 != 0)
            continue;
          if (odd && g_rand_int (rand) % 50 == 0)
            value = NAN;
          if (odd && g_rand_int (rand) % 200 == 0)
            value = INFINITY;
          table_add (table, minor, value);
          if (odd && g_rand_int (rand) % 4 == 0)
            table_add (table, minor, 2); /* the same cell again */
        }
      table_end_row (table);
    }
  g_rand_free (rand);

  return table;
}

static float
get_mean (Table *table, const AnnTileKey *key, guint pixel_row, guint pixel_column)
{
  guint64 row = (key->row * 256 + pixel_row) << key->row_level;
  guint64 column = (key->column * 256 + pixel_column) << key->column_level;
  guint64 row_end = MIN (row + (G_GUINT64_CONSTANT (1) << key->row_level), table->n_rows);
  guint64 column_end = MIN (column + (G_GUINT64_CONSTANT (1) << key->column_level),
                            table->n_columns);
  double sum = 0, n = 0;

  for (guint64 r = row; r < row_end; r++)
    for (guint64 c = column; c < column_end; c++)
      {
        double value = table->cells[r * table->n_columns + c];

        if (isnan (value))
          continue;
        sum += value;
        n++;
      }

  return n > 0 ? (float) (sum / n) : NAN;
}

static void
check_tile (Table *table, const AnnTileKey *key, AnnTile *tile)
{
  guint64 n_rows = ((table->n_rows - 1) >> key->row_level) + 1 - key->row * 256;
  guint64 n_columns = ((table->n_columns - 1) >> key->column_level) + 1 - key->column * 256;

  g_assert_true (ann_tile_key_equal (key, &tile->key));
  g_assert_cmpuint (tile->n_rows, ==, MIN (n_rows, 256));
  g_assert_cmpuint (tile->n_columns, ==, MIN (n_columns, 256));
  for (guint row = 0; row < 256; row++)
    for (guint column = 0; column < 256; column++)
      {
        float value = tile->values[row * 256 + column];
        float expected = row < tile->n_rows && column < tile->n_columns
                             ? get_mean (table, key, row, column)
                             : NAN;

        if (value != expected && !(isnan (value) && isnan (expected)))
          {
            g_test_message ("%u × %u, tile %u.%u:%u.%u, pixel %u, %u", (guint) table->n_rows,
                            (guint) table->n_columns, key->row_level, key->column_level,
                            (guint) key->row, (guint) key->column, row, column);
            g_assert_cmpfloat (value, ==, expected);
          }
      }
}

/* All tiles of a level, group by group. */
static void
check_level (Table *table, AnnHeatmap *heatmap, guint row_level, guint column_level)
{
  guint64 n_rows = ((table->n_rows - 1) >> (row_level + 8)) + 1;
  guint64 n_columns = ((table->n_columns - 1) >> (column_level + 8)) + 1;
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));

  for (guint64 row = 0; row < n_rows; row++)
    for (guint64 column = 0; column < n_columns; column++)
      {
        const AnnTileKey key = { row_level, column_level, FALSE, row, column };

        g_array_append_val (left, key);
      }

  while (left->len > 0)
    {
      AnnTileKey keys[64];
      AnnTile *tiles[64] = { NULL };
      g_autoptr (GError) error = NULL;
      guint n_left = 0;
      gsize n = 0;

      for (guint i = 0; i < left->len; i++)
        {
          AnnTileKey key = g_array_index (left, AnnTileKey, i);

          if (n < 64 && (i == 0 || ann_heatmap_same_group (heatmap, &keys[0], &key)))
            keys[n++] = key;
          else
            g_array_index (left, AnnTileKey, n_left++) = key;
        }
      g_array_set_size (left, n_left);

      ann_heatmap_render (heatmap, keys, n, tiles, NULL, &error);
      g_assert_no_error (error);
      for (gsize i = 0; i < n; i++)
        {
          check_tile (table, &keys[i], tiles[i]);
          ann_tile_unref (tiles[i]);
        }
    }
}

static void
check_element (Table *table, AnnElement *element)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (element, &error);

  g_assert_no_error (error);
  g_assert_true (ann_heatmap_get_matrix (heatmap) == element);
  g_assert_cmpuint (ann_heatmap_get_n_rows (heatmap), ==, table->n_rows);
  g_assert_cmpuint (ann_heatmap_get_n_columns (heatmap), ==, table->n_columns);
  check_level (table, heatmap, 0, 0);
  check_level (table, heatmap, 1, 3);
  check_level (table, heatmap, 4, 0);
  check_level (table, heatmap, 2, 2);
  check_level (table, heatmap, 12, 12);
  check_level (table, heatmap, ANN_TILE_MAX_LEVEL, ANN_TILE_MAX_LEVEL);
}

/* The same numbers in every way of storing them. */
static void
test_means (gconstpointer data)
{
  static const guint64 shapes[][2] = { { 1, 1 },     { 1, 300 },   { 300, 1 },   { 256, 256 },
                                       { 257, 255 }, { 600, 530 }, { 37, 1100 }, { 2049, 21 } };
  gboolean odd = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint by_columns = 0; by_columns < 2; by_columns++)
      {
        g_autoptr (Table) table = make_table (shapes[i][0], shapes[i][1], by_columns, odd);
        g_autoptr (Table) turned = table_turn (table);
        g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT32,
                                                           ANN_DTYPE_INT32);
        g_autoptr (AnnElement) other = table_make_sparse (turned, ANN_DTYPE_FLOAT64,
                                                          ANN_DTYPE_INT64);
        g_autoptr (AnnElement) chunked = table_make_dense (table, ANN_DTYPE_FLOAT64, 50, 70);
        g_autoptr (AnnElement) banded = table_make_dense (table, ANN_DTYPE_FLOAT32, 3, 5000);
        g_autoptr (AnnElement) memory = table_make_unchunked (table);
        g_autoptr (ViewElement) view = view_element_new (table, FALSE);
        g_autoptr (ViewElement) dense_view = view_element_new (table, TRUE);

        check_element (table, memory);
        check_element (table, sparse);
        check_element (table, other);
        check_element (table, chunked);
        check_element (table, banded);
        check_element (table, ANN_ELEMENT (view));
        check_element (table, ANN_ELEMENT (dense_view));
      }
}

/* Value and index types that are converted on the way. */
static void
test_dtypes (void)
{
  g_autoptr (Table) table = make_table (300, 200, FALSE, FALSE);
  const AnnDtype dtypes[] = { ANN_DTYPE_INT8, ANN_DTYPE_UINT8, ANN_DTYPE_UINT16, ANN_DTYPE_INT32,
                              ANN_DTYPE_INT64 };

  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    {
      g_autoptr (AnnElement) sparse = table_make_sparse (
          table, dtypes[i], i % 2 ? ANN_DTYPE_UINT16 : ANN_DTYPE_UINT8);
      g_autoptr (AnnElement) dense = table_make_dense (table, dtypes[i], 100, 60);

      check_element (table, sparse);
      check_element (table, dense);
    }
}

/* Enough entries that they are added on several cores, of rows that share a pixel row with the
 * rows of another core; the same with one core.
 */
static void
test_parallel (void)
{
  g_autoptr (Table) table = make_table (4000, 500, FALSE, FALSE);
  g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT32, ANN_DTYPE_INT32);
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (sparse, NULL);

  for (guint n_threads = 1; n_threads <= 7; n_threads += 2)
    {
      ann_worker_set_n_threads (n_threads);
      check_level (table, heatmap, 0, 1);
      check_level (table, heatmap, 4, 1);
      check_level (table, heatmap, 10, 1);
      check_level (table, heatmap, 20, 1);
    }
  ann_worker_set_n_threads (0);
}

static void
test_empty (void)
{
  const guint64 shapes[][2] = { { 0, 0 }, { 0, 7 }, { 7, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint dense = 0; dense < 2; dense++)
      {
        g_autoptr (Table) table = table_new (shapes[i][0], shapes[i][1], FALSE);
        g_autoptr (ViewElement) view = view_element_new (table, dense);
        g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
        g_autoptr (AnnValueSample) sample = NULL;
        g_autoptr (GError) error = NULL;
        const AnnTileKey key = { 0 };
        AnnTile *tile = NULL;
        double value;

        for (guint64 row = 0; row < shapes[i][0]; row++)
          table_end_row (table);

        g_assert_false (ann_heatmap_render (heatmap, &key, 1, &tile, NULL, &error));
        g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
        g_assert_null (tile);
        g_clear_error (&error);
        g_assert_false (ann_heatmap_read_value (heatmap, 0, 0, &value, NULL, &error));
        g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
        g_clear_error (&error);
        g_assert_false (ann_heatmap_needs_coarse (heatmap, NULL, 0));

        sample = ann_heatmap_sample_values (heatmap, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (ann_value_sample_get_n_values (sample), ==, 0);
      }
}

static void
test_outside (void)
{
  g_autoptr (Table) table = make_table (600, 300, FALSE, FALSE);
  g_autoptr (ViewElement) view = view_element_new (table, FALSE);
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
  const AnnTileKey keys[] = {
    { 0, 0, FALSE, 3, 0 },
    { 0, 0, FALSE, 0, 2 },
    { 1, 0, TRUE, 2, 0 },
    { ANN_TILE_MAX_LEVEL + 1, 0, FALSE, 0, 0 },
    { 0, 0, FALSE, G_MAXUINT64, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      AnnTile *tile = NULL;

      g_assert_false (ann_heatmap_render (heatmap, &keys[i], 1, &tile, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
      g_assert_null (tile);
    }
  g_assert_cmpuint (view->n_reads, ==, 0);
}

static void
test_not_a_matrix (void)
{
  const guint64 shape[] = { 4 };
  const guint64 chunk[] = { 4 };
  g_autoptr (Table) table = table_new (4, 1, FALSE);
  g_autoptr (AnnArray) array = ANN_ARRAY (
      formula_array_new (ANN_DTYPE_FLOAT32, 1, shape, chunk, table_get_dense, table));
  g_autoptr (AnnElement) element = formula_dense_new (array);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_heatmap_new (element, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

static void
test_broken (void)
{
  g_autoptr (AnnElement) element = _ann_opaque_new (
      NULL, "X", "csr_matrix", "0.1.0", g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT, "X: is broken"));
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_heatmap_new (element, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_cmpstr (error->message, ==, "X: is broken");
}

/* --- What is read --- */

static void
assert_groups (AnnHeatmap *heatmap, gboolean by_row, gboolean by_column)
{
  const AnnTileKey a = { 1, 1, FALSE, 4, 4 };
  const AnnTileKey beside = { 1, 1, FALSE, 4, 5 };
  const AnnTileKey below = { 1, 1, FALSE, 5, 4 };
  const AnnTileKey coarse = { 1, 1, TRUE, 4, 4 };
  const AnnTileKey level = { 2, 1, FALSE, 4, 4 };

  g_assert_true (ann_heatmap_same_group (heatmap, &a, &a));
  g_assert_cmpint (ann_heatmap_same_group (heatmap, &a, &beside), ==, by_row);
  g_assert_cmpint (ann_heatmap_same_group (heatmap, &a, &below), ==, by_column);
  g_assert_false (ann_heatmap_same_group (heatmap, &a, &coarse));
  g_assert_false (ann_heatmap_same_group (heatmap, &a, &level));
}

static void
test_groups (void)
{
  g_autoptr (Table) rows = make_table (10, 10, FALSE, FALSE);
  g_autoptr (Table) columns = make_table (10, 10, TRUE, FALSE);
  g_autoptr (ViewElement) csr = view_element_new (rows, FALSE);
  g_autoptr (ViewElement) csc = view_element_new (columns, FALSE);
  g_autoptr (AnnElement) chunked = table_make_dense (rows, ANN_DTYPE_FLOAT32, 700, 1000);
  g_autoptr (AnnElement) banded = table_make_dense (rows, ANN_DTYPE_FLOAT32, 1, 100000);
  g_autoptr (AnnElement) large = table_make_dense (rows, ANN_DTYPE_FLOAT32, 10000, 10000);
  g_autoptr (AnnHeatmap) a = ann_heatmap_new (ANN_ELEMENT (csr), NULL);
  g_autoptr (AnnHeatmap) b = ann_heatmap_new (ANN_ELEMENT (csc), NULL);
  g_autoptr (AnnHeatmap) c = ann_heatmap_new (chunked, NULL);
  g_autoptr (AnnHeatmap) d = ann_heatmap_new (banded, NULL);
  g_autoptr (AnnHeatmap) e = ann_heatmap_new (large, NULL);

  assert_groups (a, TRUE, FALSE);
  assert_groups (b, FALSE, TRUE);
  assert_groups (c, FALSE, FALSE);
  assert_groups (d, TRUE, FALSE);
  assert_groups (e, TRUE, TRUE);
}

/* Every row of a band is read once for all its tiles, and no other row. */
static void
test_read_once (void)
{
  for (guint by_columns = 0; by_columns < 2; by_columns++)
    {
      g_autoptr (Table) table = by_columns ? make_table (2000, 3000, TRUE, FALSE)
                                           : make_table (3000, 2000, FALSE, FALSE);
      g_autoptr (ViewElement) view = view_element_new (table, FALSE);
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
      g_autoptr (GError) error = NULL;
      AnnTileKey keys[8];
      AnnTile *tiles[8];

      for (guint i = 0; i < 8; i++)
        keys[i] = by_columns ? (AnnTileKey){ 0, 1, FALSE, i, 2 }
                             : (AnnTileKey){ 1, 0, FALSE, 2, i };
      ann_heatmap_render (heatmap, keys, 8, tiles, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (view->n_lines, ==, 512);
      for (guint i = 0; i < 8; i++)
        {
          check_tile (table, &keys[i], tiles[i]);
          ann_tile_unref (tiles[i]);
        }
    }
}

/* Two tiles of a band that are far from each other: right, and without memory for all between. */
static void
test_far_apart (void)
{
  g_autoptr (Table) table = table_new (2, 50000, FALSE);
  g_autoptr (ViewElement) view = view_element_new (table, FALSE);
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
  const AnnTileKey keys[] = { { 0, 0, FALSE, 0, 0 }, { 0, 0, FALSE, 0, 195 } };
  g_autoptr (GError) error = NULL;
  AnnTile *tiles[2];

  table_add (table, 7, 3);
  table_add (table, 49999, 5);
  table_end_row (table);
  table_end_row (table);
  ann_heatmap_render (heatmap, keys, 2, tiles, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      check_tile (table, &keys[i], tiles[i]);
      ann_tile_unref (tiles[i]);
    }
}

static void
test_failures (void)
{
  for (guint dense = 0; dense < 2; dense++)
    {
      g_autoptr (Table) table = make_table (70000, 40, FALSE, FALSE);
      g_autoptr (ViewElement) view = view_element_new (table, dense);
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
      const AnnTileKey keys[] = { { 9, 0, FALSE, 0, 0 }, { 9, 0, TRUE, 0, 0 } };
      guint n_reads;
      AnnTile *tile;

      g_assert_true (ann_heatmap_render (heatmap, keys, 1, &tile, NULL, NULL));
      ann_tile_unref (tile);
      n_reads = view->n_reads;
      g_assert_cmpuint (n_reads, >, 1);

      for (guint n = 0; n < n_reads; n++)
        {
          g_autoptr (GError) error = NULL;

          view->n_reads = 0;
          view->fail_at = (int) n;
          g_assert_false (ann_heatmap_render (heatmap, keys, 1, &tile, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          g_assert_null (tile);
          g_assert_cmpuint (view->n_reads, ==, n + 1);
        }

      view->fail_at = -1;
      for (guint n = 0; n + 1 < n_reads; n++)
        {
          g_autoptr (GError) error = NULL;

          view->n_reads = 0;
          view->cancel_at = (int) n;
          g_assert_false (ann_heatmap_render (heatmap, keys, 1, &tile, view->cancellable, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_null (tile);
          g_assert_cmpuint (view->n_reads, ==, n + 1);
          g_cancellable_reset (view->cancellable);
        }
    }
}

static AnnArray *
get_array (AnnElement *element, gsize number)
{
  gsize n_arrays;
  AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);
  AnnArray *array = g_object_ref (arrays[number]);

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);

  return array;
}

/* The n-th chunk of each array fails, for every n: an error, no tile, and later all is well. */
static void
test_failing_chunks (void)
{
  g_autoptr (Table) table = make_table (600, 300, FALSE, FALSE);
  g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT32, ANN_DTYPE_INT32);
  g_autoptr (AnnElement) dense = table_make_dense (table, ANN_DTYPE_FLOAT32, 50, 70);
  const struct {
    AnnElement *element;
    gsize array;
  } cases[] = { { sparse, 0 }, { sparse, 1 }, { sparse, 2 }, { dense, 0 } };
  const AnnTileKey keys[] = { { 0, 0, FALSE, 1, 0 }, { 0, 0, FALSE, 1, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnArray) array = get_array (cases[i].element, cases[i].array);
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (cases[i].element, NULL);
      FormulaArray *formula = FORMULA_ARRAY (array);
      guint n_keys = cases[i].element == sparse ? 2 : 1;
      AnnTile *tiles[2];
      int n = 0;

      for (;; n++)
        {
          g_autoptr (GError) error = NULL;

          ann_chunk_cache_clear ();
          formula->n_chunks = 0;
          formula->fail_at = n;
          if (ann_heatmap_render (heatmap, keys, n_keys, tiles, NULL, &error))
            break;
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          g_assert_null (tiles[0]);
          g_assert_true (n_keys == 1 || tiles[1] == NULL);
        }
      formula->fail_at = -1;
      g_assert_cmpint (n, >, 2);
      g_assert_cmpuint (formula->n_chunks, ==, (guint) n);
      for (guint k = 0; k < n_keys; k++)
        {
          check_tile (table, &keys[k], tiles[k]);
          ann_tile_unref (tiles[k]);
        }
    }
}

/* --- A matrix that nobody can read whole --- */

#define LONG_AXIS G_GUINT64_CONSTANT (100000000)
#define SHORT_AXIS 32768
#define ENTRIES 1024 /* of each row, evenly spread: every 32nd column, from row % 32 on */

static double
huge_value (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index / ENTRIES); /* its row */
}

static double
huge_index (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % ENTRIES * 32 + index / ENTRIES % 32);
}

static double
huge_pointer (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) index * ENTRIES;
}

typedef struct {
  FormulaArray *values;
  FormulaArray *indices;
  FormulaArray *indptr;
  AnnHeatmap *heatmap;
} Huge;

static FormulaArray *
make_huge_array (AnnDtype dtype, guint64 length, guint64 chunk, FormulaFunc func)
{
  return formula_array_new (dtype, 1, &length, &chunk, func, NULL);
}

static void
huge_set_up (Huge *huge, gconstpointer by_columns)
{
  g_autoptr (AnnElement) element = NULL;

  huge->values = make_huge_array (ANN_DTYPE_FLOAT32, LONG_AXIS * ENTRIES, 29325, huge_value);
  huge->indices = make_huge_array (ANN_DTYPE_INT32, LONG_AXIS * ENTRIES, 29325, huge_index);
  huge->indptr = make_huge_array (ANN_DTYPE_INT64, LONG_AXIS + 1, 3126, huge_pointer);
  if (by_columns)
    element = formula_sparse_new (ANN_ELEMENT_CSC, SHORT_AXIS, LONG_AXIS, ANN_ARRAY (huge->values),
                                  ANN_ARRAY (huge->indices), ANN_ARRAY (huge->indptr));
  else
    element = formula_sparse_new (ANN_ELEMENT_CSR, LONG_AXIS, SHORT_AXIS, ANN_ARRAY (huge->values),
                                  ANN_ARRAY (huge->indices), ANN_ARRAY (huge->indptr));
  huge->heatmap = ann_heatmap_new (element, NULL);
  huge->heatmap->coarse_time = G_MAXINT64; /* what is counted must not depend on the machine */
}

static void
huge_tear_down (Huge *huge, G_GNUC_UNUSED gconstpointer by_columns)
{
  g_object_unref (huge->heatmap);
  g_object_unref (huge->values);
  g_object_unref (huge->indices);
  g_object_unref (huge->indptr);
  ann_chunk_cache_clear ();
}

static guint64
huge_get_n_bytes (Huge *huge)
{
  return huge->values->n_bytes + huge->indices->n_bytes + huge->indptr->n_bytes;
}

/* The whole matrix in a window of 1100 × 800, coarse: few bytes, and the right picture within the
 * distance of its stripes: a 32nd of a pixel is the number of its row.
 */
static void
test_huge_coarse (Huge *huge, gconstpointer by_columns)
{
  AnnView view = { LONG_AXIS, SHORT_AXIS, 0, 0, LONG_AXIS / 800., SHORT_AXIS / 1100., 1100, 800 };
  g_autoptr (GArray) exact = NULL;
  g_autoptr (GArray) coarse = NULL;

  if (by_columns)
    view = (AnnView){
      SHORT_AXIS, LONG_AXIS, 0, 0, SHORT_AXIS / 800., LONG_AXIS / 1100., 1100, 800
    };
  exact = ann_view_list_tiles (&view, FALSE);
  coarse = ann_view_list_tiles (&view, TRUE);
  g_assert_true (ann_heatmap_needs_coarse (
      huge->heatmap, (const AnnTileKey *) (gpointer) exact->data, exact->len));

  for (guint i = 0; i < coarse->len; i++)
    {
      const AnnTileKey *key = &g_array_index (coarse, AnnTileKey, i);
      guint64 tile = by_columns ? key->column : key->row;
      guint level = by_columns ? key->column_level : key->row_level;
      g_autoptr (AnnTile) made = NULL;
      g_autoptr (GError) error = NULL;

      ann_heatmap_render (huge->heatmap, key, 1, &made, NULL, &error);
      g_assert_no_error (error);
      for (guint row = 0; row < made->n_rows; row++)
        for (guint column = 0; column < made->n_columns; column++)
          {
            guint64 pixel = tile * 256 + (by_columns ? column : row);
            double at = ldexp ((double) pixel + 0.5, (int) level);
            double mean = made->values[row * 256 + column] * 32;

            g_assert_cmpfloat (fabs (mean - MIN (at, LONG_AXIS)), <, ldexp (4, (int) level));
          }
    }
  /* Tiles of a band find its chunks in the cache. */
  g_assert_cmpuint (huge_get_n_bytes (huge), <=, 64 * 1024 * 1024);
}

/* With no time at all: one stripe of each band, and every pixel row is that. */
static void
test_huge_hurry (Huge *huge, gconstpointer by_columns)
{
  const AnnTileKey key = by_columns ? (AnnTileKey){ 6, 17, TRUE, 0, 1 }
                                    : (AnnTileKey){ 17, 5, TRUE, 1, 0 };
  g_autoptr (AnnTile) tile = NULL;

  huge->heatmap->coarse_time = 0;
  g_assert_true (ann_heatmap_render (huge->heatmap, &key, 1, &tile, NULL, NULL));
  for (guint i = 0; i < 256 * 256; i++)
    {
      g_assert_cmpfloat (tile->values[i], ==, tile->values[0]);
      g_assert_cmpfloat (tile->values[i] * 32, >=, ldexp (256, 17));
      g_assert_cmpfloat (tile->values[i] * 32, <, ldexp (512, 17));
    }
  g_assert_cmpuint (huge->values->n_chunks, <=, 2);
}

/* One tile at full size reads its 256 rows, and row pointers of no others but in its chunks. */
static void
test_huge_exact (Huge *huge, gconstpointer by_columns)
{
  const guint64 at = LONG_AXIS / 2 / 256;
  const AnnTileKey key = by_columns ? (AnnTileKey){ 0, 0, FALSE, 3, at }
                                    : (AnnTileKey){ 0, 0, FALSE, at, 3 };
  g_autoptr (AnnTile) tile = NULL;
  g_autoptr (GError) error = NULL;

  ann_heatmap_render (huge->heatmap, &key, 1, &tile, NULL, &error);
  g_assert_no_error (error);
  for (guint row = 0; row < 256; row++)
    for (guint column = 0; column < 256; column++)
      {
        guint64 major = at * 256 + (by_columns ? column : row);
        guint64 minor = 3 * 256 + (by_columns ? row : column);
        float expected = minor % 32 == major % 32 ? (float) major : 0;

        g_assert_cmpfloat (tile->values[row * 256 + column], ==, expected);
      }
  g_assert_cmpuint (huge->values->n_chunks, <=, 256 * ENTRIES / 29325 + 2);
  g_assert_cmpuint (huge->indices->n_chunks, <=, 256 * ENTRIES / 29325 + 2);
  g_assert_cmpuint (huge->indptr->n_chunks, <=, 3);
}

static void
test_huge_sample (Huge *huge, G_GNUC_UNUSED gconstpointer by_columns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnValueSample) sample = ann_heatmap_sample_values (huge->heatmap, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (huge_get_n_bytes (huge), <=, 9 * 1024 * 1024);
  g_assert_cmpuint (ann_value_sample_get_n_rows (sample), <=, 64);
  g_assert_cmpuint (ann_value_sample_get_n_rows (sample), >, 50);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_non_zero_share (sample), 1 / 32., 1e-6);
  g_assert_true (ann_value_sample_is_integer (sample));
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_percentile (sample, 50) / LONG_AXIS, 0.5,
                                  0.02);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_percentile (sample, 99) / LONG_AXIS, 0.99,
                                  0.02);
}

static void
test_huge_value (Huge *huge, gconstpointer by_columns)
{
  const guint64 major = 98765432, minor = 32 * 77 + 98765432 % 32;
  double value;

  g_assert_true (ann_heatmap_read_value (huge->heatmap, by_columns ? minor : major,
                                         by_columns ? major : minor, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, (float) major);
  g_assert_true (ann_heatmap_read_value (huge->heatmap, by_columns ? minor + 1 : major,
                                         by_columns ? major : minor + 1, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, 0);
  g_assert_cmpuint (huge->values->n_chunks, <=, 2);
}

/* --- Dense, coarse --- */

static double
wide_value (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index / SHORT_AXIS) + (double) (index % SHORT_AXIS) / SHORT_AXIS;
}

static void
test_dense_coarse (void)
{
  const struct {
    guint64 chunk[2];
    double error; /* how far off a pixel may be, in rows: half the distance of its chunks */
  } cases[] = { { { 489, 536 }, 140000 }, { { 16, 30000 }, 90000 }, { { 50000, 10 }, 270000 } };
  const guint64 shape[] = { 1000000, SHORT_AXIS };
  const AnnView view = { 1000000, SHORT_AXIS, 0, 0, 1000000 / 800., SHORT_AXIS / 1100., 1100, 800 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FormulaArray) array = formula_array_new (ANN_DTYPE_FLOAT32, 2, shape,
                                                          cases[i].chunk, wide_value, NULL);
      g_autoptr (AnnElement) element = formula_dense_new (ANN_ARRAY (array));
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (element, NULL);
      g_autoptr (GArray) coarse = ann_view_list_tiles (&view, TRUE);

      heatmap->coarse_time = G_MAXINT64;
      for (guint k = 0; k < coarse->len; k++)
        {
          const AnnTileKey *key = &g_array_index (coarse, AnnTileKey, k);
          g_autoptr (AnnTile) tile = NULL;
          g_autoptr (GError) error = NULL;

          ann_heatmap_render (heatmap, key, 1, &tile, NULL, &error);
          g_assert_no_error (error);
          for (guint row = 0; row < tile->n_rows; row++)
            for (guint column = 0; column < tile->n_columns; column++)
              {
                double at = ldexp ((double) (key->row * 256 + row) + 0.5, key->row_level);

                g_assert_cmpfloat (fabs (tile->values[row * 256 + column] - MIN (at, 1000000)), <,
                                   cases[i].error);
              }
        }
      g_assert_cmpuint (array->n_bytes, <=, 64 * 1024 * 1024);
      ann_chunk_cache_clear ();
    }
}

/* A matrix that is read in no time has no coarse picture, and one asked for all the same is exact
 * if it is within the budget.
 */
static void
test_small_coarse (void)
{
  g_autoptr (Table) table = make_table (600, 300, FALSE, FALSE);
  g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT32, ANN_DTYPE_INT32);
  g_autoptr (AnnElement) dense = table_make_dense (table, ANN_DTYPE_FLOAT32, 50, 70);
  AnnElement *elements[] = { sparse, dense };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (elements[i], NULL);
      const AnnTileKey key = { 1, 1, TRUE, 0, 0 };
      g_autoptr (AnnTile) tile = NULL;

      heatmap->coarse_time = G_MAXINT64;
      g_assert_false (ann_heatmap_needs_coarse (heatmap, &key, 1));
      g_assert_true (ann_heatmap_render (heatmap, &key, 1, &tile, NULL, NULL));
      check_tile (table, &key, tile);
    }
}

/* A row with more entries than a piece has: read in parts. */
static double
long_value (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % 3);
}

static double
long_index (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % 3000000);
}

static double
long_pointer (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return index < 2 ? 0 : index == 2 ? 3000000 : 3000004; /* rows of 0, 3,000,000 and 4 */
}

static void
test_long_row (void)
{
  g_autoptr (FormulaArray) values = make_huge_array (ANN_DTYPE_FLOAT32, 3000004, 100000,
                                                     long_value);
  g_autoptr (FormulaArray) indices = make_huge_array (ANN_DTYPE_INT32, 3000004, 100000, long_index);
  g_autoptr (FormulaArray) indptr = make_huge_array (ANN_DTYPE_INT64, 4, 4, long_pointer);
  g_autoptr (AnnElement) element = formula_sparse_new (
      ANN_ELEMENT_CSR, 3, 3000000, ANN_ARRAY (values), ANN_ARRAY (indices), ANN_ARRAY (indptr));
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (element, NULL);
  const AnnTileKey key = { 0, 14, FALSE, 0, 0 };
  g_autoptr (AnnTile) tile = NULL;
  double value;

  g_assert_true (ann_heatmap_render (heatmap, &key, 1, &tile, NULL, NULL));
  g_assert_cmpuint (tile->n_rows, ==, 3);
  g_assert_cmpuint (tile->n_columns, ==, 184);
  for (guint column = 0; column < 184; column++)
    {
      double sum = 0;
      guint64 end = MIN ((column + 1) * 16384, 3000000);

      for (guint64 i = column * 16384; i < end; i++)
        sum += (double) (i % 3);
      g_assert_cmpfloat (tile->values[column], ==, 0);
      g_assert_cmpfloat (tile->values[256 + column], ==,
                         (float) (sum / (double) (end - column * 16384)));
      g_assert_cmpfloat (tile->values[512 + column], ==, column == 0 ? (float) (3 / 16384.) : 0);
    }
  g_assert_cmpuint (values->n_chunks, <=, 31 + 2);

  g_assert_true (ann_heatmap_read_value (heatmap, 1, 2999999, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, 2);
}

/* 40 columns of 10⁸ cells, 5 million of them stored in each: more than the budget of a coarse band
 * pays for. Parts of a few are read, and the picture is right nevertheless: a 20th of a pixel is
 * the number of its row.
 */
#define TALL_ENTRIES 5000000

static double
tall_value (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % TALL_ENTRIES * 20);
}

static double
tall_index (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % TALL_ENTRIES * 20 + index / TALL_ENTRIES % 20);
}

static double
one_value (G_GNUC_UNUSED guint64 index, G_GNUC_UNUSED gpointer data)
{
  return 1;
}

static double
scattered_index (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) (index % TALL_ENTRIES * G_GUINT64_CONSTANT (7368787) % TALL_ENTRIES * 20);
}

static double
tall_pointer (guint64 index, G_GNUC_UNUSED gpointer data)
{
  return (double) index * TALL_ENTRIES;
}

static void
tall_set_up (Huge *huge, gconstpointer scattered)
{
  const guint64 n = G_GUINT64_CONSTANT (40) * TALL_ENTRIES;
  g_autoptr (AnnElement) element = NULL;

  huge->values = make_huge_array (ANN_DTYPE_FLOAT32, n, 29325, scattered ? one_value : tall_value);
  huge->indices = make_huge_array (ANN_DTYPE_INT32, n, 29325,
                                   scattered ? scattered_index : tall_index);
  huge->indptr = make_huge_array (ANN_DTYPE_INT64, 41, 64, tall_pointer);
  element = formula_sparse_new (ANN_ELEMENT_CSC, LONG_AXIS, 40, ANN_ARRAY (huge->values),
                                ANN_ARRAY (huge->indices), ANN_ARRAY (huge->indptr));
  huge->heatmap = ann_heatmap_new (element, NULL);
  huge->heatmap->coarse_time = G_MAXINT64;
}

static void
test_tall (Huge *huge, gconstpointer scattered)
{
  const AnnTileKey keys[] = { { 17, 0, TRUE, 0, 0 }, { 17, 0, TRUE, 1, 0 }, { 17, 0, TRUE, 2, 0 } };
  AnnTile *tiles[3];
  g_autoptr (GError) error = NULL;

  ann_heatmap_render (huge->heatmap, keys, 3, tiles, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      for (guint row = 0; row < tiles[i]->n_rows; row++)
        for (guint column = 0; column < 40; column++)
          {
            double at = ldexp (i * 256 + row + 0.5, 17);
            double mean = tiles[i]->values[row * 256 + column] * 20;

            if (scattered)
              g_assert_cmpfloat (fabs (mean - 1), <, 0.25);
            else
              g_assert_cmpfloat (fabs (mean - at), <, LONG_AXIS / 12.);
          }
      ann_tile_unref (tiles[i]);
    }
  g_assert_cmpuint (huge_get_n_bytes (huge), <=, 13 * 1024 * 1024);
  g_assert_cmpuint (huge->values->n_chunks, >, 30);
}

static void
test_tall_sample (Huge *huge, gconstpointer scattered)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnValueSample) sample = ann_heatmap_sample_values (huge->heatmap, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (huge_get_n_bytes (huge), <=, 9 * 1024 * 1024);
  g_assert_cmpuint (ann_value_sample_get_n_rows (sample), >, 4);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_non_zero_share (sample), 0.05, 1e-3);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_percentile (sample, 50),
                                  scattered ? 1 : LONG_AXIS / 2, LONG_AXIS / 20.);
}

/* --- Values --- */

static void
test_read_value (void)
{
  for (guint by_columns = 0; by_columns < 2; by_columns++)
    {
      g_autoptr (Table) table = make_table (37, 29, by_columns, TRUE);
      g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT64, ANN_DTYPE_INT64);
      g_autoptr (AnnElement) dense = table_make_dense (table, ANN_DTYPE_FLOAT64, 5, 7);
      g_autoptr (ViewElement) view = view_element_new (table, FALSE);
      g_autoptr (ViewElement) dense_view = view_element_new (table, TRUE);
      AnnElement *elements[] = { sparse, dense, ANN_ELEMENT (view), ANN_ELEMENT (dense_view) };

      for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
        {
          g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (elements[i], NULL);

          for (guint64 cell = 0; cell < 37 * 29; cell++)
            {
              double expected = table->cells[cell], value = -1;

              g_assert_true (
                  ann_heatmap_read_value (heatmap, cell / 29, cell % 29, &value, NULL, NULL));
              if (isnan (expected))
                g_assert_true (isnan (value));
              else
                g_assert_cmpfloat (value, ==, expected);
            }
        }
      g_assert_cmpuint (view->n_lines, ==, 37 * 29); /* one row a value */
    }
}

/* A matrix of no more than 64 rows is looked at as a whole. */
static void
test_sample (void)
{
  g_autoptr (Table) table = make_table (60, 1000, FALSE, FALSE);
  g_autoptr (AnnElement) sparse = table_make_sparse (table, ANN_DTYPE_FLOAT32, ANN_DTYPE_INT32);
  g_autoptr (AnnElement) dense = table_make_dense (table, ANN_DTYPE_FLOAT32, 7, 100);
  g_autoptr (ViewElement) view = view_element_new (table, FALSE);
  AnnElement *elements[] = { sparse, dense, ANN_ELEMENT (view) };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (elements[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnValueSample) sample = NULL;

      heatmap->coarse_time = G_MAXINT64;
      sample = ann_heatmap_sample_values (heatmap, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ann_value_sample_get_n_rows (sample), ==, 60);
      g_assert_cmpuint (ann_value_sample_get_n_values (sample), ==, 60000);
      g_assert_cmpfloat (ann_value_sample_get_non_zero_share (sample), ==,
                         table->values->len / 60000.);
      g_assert_cmpfloat (ann_value_sample_get_minimum (sample), ==, 0);
      g_assert_cmpfloat (ann_value_sample_get_maximum (sample), ==, 9);
      g_assert_cmpfloat (ann_value_sample_get_percentile (sample, 0), ==, 1);
      g_assert_true (ann_value_sample_is_integer (sample));
    }
}

/* --- With the queue --- */

typedef struct {
  Table *table;
  guint n_tiles;
} Showing;

static void
on_ready (const AnnTileKey *key, AnnTile *tile, const GError *error, gpointer user_data)
{
  Showing *showing = user_data;

  g_assert_no_error (error);
  check_tile (showing->table, key, tile);
  showing->n_tiles++;
}

static void
test_queue (void)
{
  g_autoptr (Table) table = make_table (1500, 1300, FALSE, FALSE);
  g_autoptr (ViewElement) view = view_element_new (table, FALSE);
  g_autoptr (AnnHeatmap) heatmap = ann_heatmap_new (ANN_ELEMENT (view), NULL);
  const AnnView shown = { 1500, 1300, 0, 0, 1, 1, 1300, 1500 };
  g_autoptr (GArray) keys = ann_view_list_tiles (&shown, FALSE);
  Showing showing = { table, 0 };
  g_autoptr (AnnTileQueue) queue = ann_heatmap_new_queue (heatmap, 2, on_ready, &showing);

  ann_tile_queue_set_wanted (queue, (const AnnTileKey *) (gpointer) keys->data, keys->len);
  while (showing.n_tiles < keys->len)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (showing.n_tiles, ==, 36);
  g_assert_cmpuint (view->n_lines, ==, 1500); /* each row once, for 36 tiles */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/heatmap/means", GINT_TO_POINTER (FALSE), test_means);
  g_test_add_data_func ("/heatmap/means-odd", GINT_TO_POINTER (TRUE), test_means);
  g_test_add_func ("/heatmap/dtypes", test_dtypes);
  g_test_add_func ("/heatmap/parallel", test_parallel);
  g_test_add_func ("/heatmap/empty", test_empty);
  g_test_add_func ("/heatmap/outside", test_outside);
  g_test_add_func ("/heatmap/not-a-matrix", test_not_a_matrix);
  g_test_add_func ("/heatmap/broken", test_broken);
  g_test_add_func ("/heatmap/groups", test_groups);
  g_test_add_func ("/heatmap/read-once", test_read_once);
  g_test_add_func ("/heatmap/far-apart", test_far_apart);
  g_test_add_func ("/heatmap/failures", test_failures);
  g_test_add_func ("/heatmap/failing-chunks", test_failing_chunks);
#define ADD(path, func)                                                                            \
  g_test_add (path "/csr", Huge, GINT_TO_POINTER (FALSE), huge_set_up, func, huge_tear_down);      \
  g_test_add (path "/csc", Huge, GINT_TO_POINTER (TRUE), huge_set_up, func, huge_tear_down)
  ADD ("/heatmap/huge/coarse", test_huge_coarse);
  ADD ("/heatmap/huge/hurry", test_huge_hurry);
  ADD ("/heatmap/huge/exact", test_huge_exact);
  ADD ("/heatmap/huge/sample", test_huge_sample);
  ADD ("/heatmap/huge/value", test_huge_value);
#undef ADD
#define ADD(path, func)                                                                            \
  g_test_add (path "/rising", Huge, GINT_TO_POINTER (FALSE), tall_set_up, func, huge_tear_down);   \
  g_test_add (path "/scattered", Huge, GINT_TO_POINTER (TRUE), tall_set_up, func, huge_tear_down)
  ADD ("/heatmap/tall/coarse", test_tall);
  ADD ("/heatmap/tall/sample", test_tall_sample);
#undef ADD
  g_test_add_func ("/heatmap/dense-coarse", test_dense_coarse);
  g_test_add_func ("/heatmap/small-coarse", test_small_coarse);
  g_test_add_func ("/heatmap/long-row", test_long_row);
  g_test_add_func ("/heatmap/read-value", test_read_value);
  g_test_add_func ("/heatmap/sample", test_sample);
  g_test_add_func ("/heatmap/queue", test_queue);

  return g_test_run ();
}
