/* test-selection-matrix.c: any rows and columns of dense and sparse matrices
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-worker.h"
#include "element/ann-sparse.h"
#include "selection-matrix.h"

static AnnBlock *
read_case (AnnElement *matrix,
           const TableCase *table_case,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (AnnSelection) rows = ann_selection_parse (table_case->rows, TABLE_N_ROWS, NULL);
  g_autoptr (AnnSelection) columns = ann_selection_parse (table_case->columns, TABLE_N_COLUMNS,
                                                          NULL);

  return ann_element_read (matrix, rows, columns, cancellable, error);
}

static void
assert_rising (const AnnBlock *block)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++)
    for (guint64 i = pointers[row] + 1; i < pointers[row + 1]; i++)
      g_assert_cmpfloat (ann_buffer_get_double (block->indices, i), >=,
                         ann_buffer_get_double (block->indices, i - 1));
}

static void
test_table (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = read_case (matrix, table_case, NULL, &error);

      g_assert_no_error (error);
      if (mode->kind == ANN_ELEMENT_DENSE)
        assert_dense (block, table_case);
      else
        assert_sparse (block, table_case);
      if (mode->kind == ANN_ELEMENT_CSR)
        assert_entries (block, table_case->entries);
      if (mode->kind == ANN_ELEMENT_CSC)
        assert_rising (block);
    }
}

/* Each chunk is decoded once, however the lines are mixed: of all of them here. */
static void
test_chunks_once (gconstpointer data)
{
  const Mode *mode = data;
  const gsize n = G_N_ELEMENTS (table_csr_data);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("::-1,::2,0,0", TABLE_N_ROWS, NULL);
  g_autoptr (AnnSelection) columns = ann_selection_parse ("::-1,4", TABLE_N_COLUMNS, NULL);
  const guint64 length = mode->chunk_length;
  int n_most;

  if (length == 0)
    return;

  if (mode->kind == ANN_ELEMENT_DENSE)
    n_most = (int) (((TABLE_N_ROWS - 1) / length + 1) * ((TABLE_N_COLUMNS - 1) / length + 1));
  else /* indices and data; indptr, and its first and last one more */
    n_most = (int) (2 * ((n - 1) / length + 1) + (TABLE_N_ROWS / length + 1) + 1);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AnnBlock) block = NULL;

      counts_reset ();
      ann_chunk_cache_clear ();
      block = ann_element_read (matrix, i == 1 ? NULL : rows, i == 0 ? NULL : columns, NULL, NULL);
      g_assert_nonnull (block);
      g_assert_cmpint (counts.n_chunks, <=, n_most);
      g_assert_cmpint (counts.n_chunks, >, 0);
    }
}

/* Every call fails once; then it works. */
static void
test_failures (gconstpointer data)
{
  const TableCase *table_case = &table_cases[G_N_ELEMENTS (table_cases) - 2]; /* lists on both */
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, data);
  gboolean has_failed = TRUE;
  int n = 0;

  for (; has_failed; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = NULL;

      ann_chunk_cache_clear ();
      counts_reset ();
      counts.fail_at = n;
      block = read_case (matrix, table_case, NULL, &error);
      has_failed = block == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      else
        g_assert_no_error (error);
    }
  g_assert_cmpint (n, >, 1);
}

static void
test_cancelled (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  counts_reset ();
  g_assert_null (read_case (matrix, &table_cases[20], cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (counts.n_reads, ==, 0);
}

/* Indices that are none, and pointers that go back, wherever they are needed. */
static void
test_corrupt (void)
{
  static const gint64 shape[] = { 3, 4 };
  static const int good_pointers[] = { 0, 2, 3, 5 };
  static const int bad_pointers[] = { 0, 3, 2, 5 };
  static const int bad_indices[] = { 0, 3, 1, 7, 2 };
  static const int bad_sign[] = { 0, 3, 1, -1, 2 };
  static const int good_indices[] = { 0, 3, 1, 0, 2 };
  static const double values[] = { 1, 2, 3, 4, 5 };
  static const struct {
    const int *indptr;
    const int *indices;
    const char *rows;
    const char *columns;
    const char *message;
  } cases[] = {
    { good_pointers, bad_indices, "2,0", NULL,
      "X/indices: at 3, in row 2, is 7, which is outside [0, 4)" },
    { good_pointers, bad_indices, "2,2,1", "0",
      "X/indices: at 3, in row 2, is 7, which is outside [0, 4)" },
    { good_pointers, bad_sign, "::-1", "3,1",
      "X/indices: at 3, in row 2, is -1, which is outside [0, 4)" },
    { bad_pointers, good_indices, "1,0", NULL, "X/indptr: goes back from 3 to 2 at 2" },
    { bad_pointers, good_indices, "1,0", "1", "X/indptr: goes back from 3 to 2 at 2" },
    { good_pointers, bad_indices, "1,0", NULL, NULL },
    { good_pointers, bad_indices, "1,0", "::2", NULL },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) matrix = NULL;
      g_autoptr (AnnSelection) rows = ann_selection_parse (cases[i / 2].rows, 3, NULL);
      g_autoptr (AnnSelection) columns = NULL;
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (GError) error = NULL;
      const guint64 chunk_length = i % 2 * 2;
      Item *group = store_add_group (store, store->root, "X");

      item_set_encoding (group, "csr_matrix", "0.1.0");
      item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
      store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 5, values)->chunk_length
          = chunk_length;
      add_part (store, group, "indices", ANN_DTYPE_INT32, cases[i / 2].indices, 5, chunk_length);
      add_part (store, group, "indptr", ANN_DTYPE_INT32, cases[i / 2].indptr, 4, chunk_length);
      matrix = open_good (store, "X", ANN_ELEMENT_CSR);
      if (cases[i / 2].columns != NULL)
        columns = ann_selection_parse (cases[i / 2].columns, 4, NULL);

      block = ann_element_read (matrix, rows, columns, NULL, &error);
      if (cases[i / 2].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_null (block);
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_cmpstr (error->message, ==, cases[i / 2].message);
    }
}

/* More entries than a window of the search has, in rows that end within chunks: every n-th column
 * of the rows that the formula fills.
 */
static void
test_windows (void)
{
  const guint64 n_rows = 9000;
  const guint64 n_per_row = 1001;
  const guint64 n = n_rows * n_per_row;
  const gint64 shape[] = { (gint64) n_rows, 5000 };
  g_autofree gint32 *indices = g_new (gint32, n);
  g_autofree gint32 *values = g_new (gint32, n);
  g_autofree gint64 *indptr = g_new (gint64, n_rows + 1);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) column = NULL;
  g_autoptr (AnnBlock) some = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSelection) columns = NULL;
  g_autoptr (GError) error = NULL;
  const guint64 *pointers;
  guint64 at = 0;
  Item *group = store_add_group (store, store->root, "X");

  for (guint64 i = 0; i < n; i++)
    {
      indices[i] = (gint32) ((i / n_per_row + 4 * (i % n_per_row)) % 5000);
      values[i] = (gint32) i;
    }
  for (guint64 i = 0; i <= n_rows; i++)
    indptr[i] = (gint64) (i * n_per_row);
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_INT32, n, values)->chunk_length = 30011;
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, n, indices)->chunk_length = 30011;
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, n_rows + 1, indptr);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  ann_chunk_cache_set_budget (0);

  counts_reset ();
  column = ann_element_read_columns (matrix, 1234, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts.n_chunks, <=, 2 * (int) ((n - 1) / 30011 + 1));
  pointers = ann_buffer_get_data (column->indptr);
  for (guint64 i = 0; i < n; i++)
    {
      if (indices[i] != 1234)
        continue;
      g_assert_cmpuint (at, <, pointers[1]);
      g_assert_cmpint (((const gint32 *) ann_buffer_get_data (column->indices))[at], ==,
                       i / n_per_row);
      g_assert_cmpint (((const gint32 *) ann_buffer_get_data (column->values))[at++], ==, i);
    }
  g_assert_cmpuint (at, ==, pointers[1]);

  /* Rows that are wanted in another order, columns of which each row has one. */
  rows = ann_selection_parse ("::-2", n_rows, NULL);
  columns = ann_selection_parse ("3,2,1,0", 5000, NULL);
  counts_reset ();
  some = ann_element_read (matrix, rows, columns, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts.n_chunks, <=, 2 * (int) ((n - 1) / 30011 + 1));
  pointers = ann_buffer_get_data (some->indptr);
  at = 0;
  for (guint64 k = 0; k < n_rows / 2; k++)
    {
      const guint64 row = n_rows - 1 - 2 * k;

      for (guint64 i = row * n_per_row; i < (row + 1) * n_per_row; i++)
        {
          if (indices[i] > 3)
            continue;
          g_assert_cmpint (((const gint32 *) ann_buffer_get_data (some->indices))[at], ==,
                           3 - indices[i]);
          g_assert_cmpint (((const gint32 *) ann_buffer_get_data (some->values))[at++], ==, i);
        }
      g_assert_cmpuint (pointers[k + 1], ==, at);
    }
}

/* An axis for which no table of places is made. */
static void
test_long_axis (void)
{
  static const gint64 shape[] = { 2, 10000000000 };
  static const gint64 indices[] = { 9999999999, 5, 7000000000 };
  static const gint64 indptr[] = { 0, 2, 3 };
  static const double values[] = { 1, 2, 3 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnSelection) columns = ann_selection_parse ("-1,7000000000,-1,3", 10000000000, NULL);
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  Item *group = store_add_group (store, store->root, "X");

  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 3, values);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT64, 3, indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, 3, indptr);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);

  block = ann_element_read (matrix, NULL, columns, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (((const guint64 *) ann_buffer_get_data (block->indptr))[1], ==, 2);
  g_assert_cmpuint (((const guint64 *) ann_buffer_get_data (block->indptr))[2], ==, 3);
  g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->indices))[0], ==, 0);
  g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->indices))[1], ==, 2);
  g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->indices))[2], ==, 1);
  g_assert_cmpfloat (ann_buffer_get_double (block->values, 2), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *table = g_strdup_printf ("/selection-matrix/table/%s", modes[i].name);
      g_autofree char *once = g_strdup_printf ("/selection-matrix/chunks-once/%s", modes[i].name);
      g_autofree char *failures = g_strdup_printf ("/selection-matrix/failures/%s", modes[i].name);
      g_autofree char *cancelled = g_strdup_printf ("/selection-matrix/cancelled/%s",
                                                    modes[i].name);

      g_test_add_data_func (table, &modes[i], test_table);
      g_test_add_data_func (once, &modes[i], test_chunks_once);
      g_test_add_data_func (failures, &modes[i], test_failures);
      g_test_add_data_func (cancelled, &modes[i], test_cancelled);
    }
  g_test_add_func ("/selection-matrix/corrupt", test_corrupt);
  g_test_add_func ("/selection-matrix/windows", test_windows);
  g_test_add_func ("/selection-matrix/long-axis", test_long_axis);

  return g_test_run ();
}
