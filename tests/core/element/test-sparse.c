/* test-sparse.c: CSR and CSC
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"
#include "memory-store.h"

/* 4 × 5, with a duplicate, an unsorted row and an empty one:
 *
 *   row 0: (0, 3) = 1, (0, 0) = 2
 *   row 1:
 *   row 2: (2, 4) = 3, (2, 4) = 4, (2, 1) = 5
 *   row 3: (3, 0) = 6
 */
static const gint64 shape[] = { 4, 5 };
static const gint64 indptr[] = { 0, 2, 2, 5, 6 };
static const gint64 indices[] = { 3, 0, 4, 4, 1, 0 };
static const double values[] = { 1, 2, 3, 4, 5, 6 };

/* What a test may store otherwise. */
typedef struct {
  const gint64 *shape;
  const gint64 *indptr;
  guint n_indptr;
  const gint64 *indices;
  guint n_indices;
  AnnDtype index_dtype;
  gboolean is_csc; /* the same arrays then are a 5 × 4 matrix, turned */
} Variant;

static const Variant plain = {
  .shape = shape,
  .indptr = indptr,
  .n_indptr = 5,
  .indices = indices,
  .n_indices = 6,
  .index_dtype = ANN_DTYPE_INT32,
};

static void
add_integers (Store *store,
              Item *group,
              const char *name,
              AnnDtype dtype,
              const gint64 *numbers,
              guint n)
{
  g_autofree guint8 *bytes = g_malloc (n * 8);
  gsize size = ann_dtype_get_size (dtype);

  for (guint i = 0; i < n; i++) /* the low bytes come first here */
    memcpy (bytes + i * size, &numbers[i], size);
  store_add_vector (store, group, name, dtype, n, bytes);
}

static Item *
add_matrix (Store *store, const char *name, const Variant *variant)
{
  Item *group = store_add_group (store, store->root, name);
  const gint64 turned[] = { variant->shape[1], variant->shape[0] };

  item_set_encoding (group, variant->is_csc ? "csc_matrix" : "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, variant->is_csc ? turned : variant->shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, variant->n_indices, values);
  add_integers (store, group, "indices", variant->index_dtype, variant->indices,
                variant->n_indices);
  add_integers (store, group, "indptr", ANN_DTYPE_INT64, variant->indptr, variant->n_indptr);

  return group;
}

static void
make_dense (const AnnBlock *block, double *dense)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  g_assert_true (ann_block_is_sparse (block));
  g_assert_cmpuint (ann_buffer_get_n_elements (block->indptr), ==, block->count + 1);
  g_assert_cmpuint (pointers[0], ==, 0);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->indices), ==, pointers[block->count]);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, pointers[block->count]);

  memset (dense, 0, block->count * block->width * sizeof (double));
  for (guint64 row = 0; row < block->count; row++)
    for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
      {
        double index = ann_buffer_get_double (block->indices, i);

        g_assert_cmpfloat (index, <, block->width);
        dense[row * block->width + (guint64) index] += ann_buffer_get_double (block->values, i);
      }
}

static double
expected_value (guint64 row, guint64 column)
{
  double sum = 0;

  for (gint64 i = indptr[row]; i < indptr[row + 1]; i++)
    sum += (guint64) indices[i] == column ? values[i] : 0;

  return sum;
}

/* @turned: the block's rows are columns of the matrix above. */
static void
assert_block (const AnnBlock *block, gboolean turned)
{
  double dense[20];

  make_dense (block, dense);
  g_assert_cmpuint (block->width, ==, turned ? 4 : 5);
  for (guint64 i = 0; i < block->count; i++)
    for (guint64 j = 0; j < block->width; j++)
      {
        double value = dense[i * block->width + j];

        if (turned)
          g_assert_cmpfloat (value, ==, expected_value (j, block->start + i));
        else
          g_assert_cmpfloat (value, ==, expected_value (block->start + i, j));
      }
}

static void
assert_all_ranges (AnnElement *matrix, gboolean turned)
{
  const guint64 *lengths = ann_element_get_shape (matrix);

  for (guint64 start = 0; start <= lengths[0]; start++)
    for (guint64 count = 0; count <= lengths[0] - start; count++)
      {
        g_autoptr (AnnBlock) block = read_rows (matrix, start, count);

        assert_block (block, turned);
      }
  for (guint64 start = 0; start <= lengths[1]; start++)
    for (guint64 count = 0; count <= lengths[1] - start; count++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (AnnBlock) block = ann_element_read_columns (matrix, start, count, NULL, &error);

        g_assert_no_error (error);
        g_assert_cmpuint (block->start, ==, start);
        g_assert_cmpuint (block->count, ==, count);
        assert_block (block, !turned);
      }
}

/* Every range of rows and of columns, of CSR and CSC, with indices of every type. */
static void
test_ranges (void)
{
  static const AnnDtype dtypes[] = {
    ANN_DTYPE_INT8,  ANN_DTYPE_INT16,  ANN_DTYPE_INT32,  ANN_DTYPE_INT64,
    ANN_DTYPE_UINT8, ANN_DTYPE_UINT16, ANN_DTYPE_UINT32, ANN_DTYPE_UINT64,
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (dtypes); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) matrix = NULL;
      g_autoptr (AnnBlock) block = NULL;
      Variant variant = plain;

      variant.index_dtype = dtypes[i / 2];
      variant.is_csc = i % 2;
      add_matrix (store, "X", &variant);
      matrix = open_good (store, "X", variant.is_csc ? ANN_ELEMENT_CSC : ANN_ELEMENT_CSR);
      g_assert_true (ann_element_is_matrix (matrix));
      g_assert_cmpint (ann_sparse_get_index_dtype (ANN_SPARSE (matrix)), ==, dtypes[i / 2]);
      g_assert_cmpuint (ann_sparse_get_n_stored (ANN_SPARSE (matrix)), ==, 6);
      g_assert_cmpuint (ann_sparse_get_n_major (ANN_SPARSE (matrix)), ==, 4);
      g_assert_cmpuint (ann_sparse_get_n_minor (ANN_SPARSE (matrix)), ==, 5);
      assert_all_ranges (matrix, variant.is_csc);

      block = ann_sparse_read_major (ANN_SPARSE (matrix), 0, 4, NULL, NULL);
      g_assert_cmpint (ann_buffer_get_dtype (block->indices), ==, dtypes[i / 2]);
      g_assert_cmpstr (ann_element_get_warnings (matrix)[0], ==, NULL);
    }
}

/* Opening reads no value, a row what it needs. */
static void
test_laziness (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) first = NULL;
  g_autoptr (AnnBlock) last = NULL;

  add_matrix (store, "X", &plain);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  g_assert_cmpint (counts.n_reads, ==, 0);

  first = read_rows (matrix, 2, 1);
  g_assert_cmpint (counts.n_values, ==, 1 + 2 + 3 + 3); /* indptr[0], two pointers, a run */
  last = read_rows (matrix, 3, 1);
  g_assert_cmpint (counts.n_values, ==, 9 + 2 + 1 + 1); /* the first pointer is known now */
}

/* 10⁹ rows without a value in memory. */
static void
test_huge (void)
{
  const guint64 n_rows = 1000000000;
  const gint64 huge[] = { (gint64) n_rows, 30000 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "X");
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) block = NULL;

  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, huge);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT32, 0, NULL);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 0, NULL);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, n_rows + 1, NULL);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  g_assert_cmpuint (ann_element_get_n_rows (matrix), ==, n_rows);
  g_assert_cmpint (counts.n_reads, ==, 0);

  block = read_rows (matrix, n_rows - 10, 10);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, 0);
  g_assert_cmpint (counts.n_values, ==, 12);
}

static void
test_offset_pointers (void)
{
  static const gint64 cut_out[] = { 100, 102, 102, 105, 106 };
  static const gint64 wrong[] = { 1, 2, 2, 5, 6 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) good = NULL;
  g_autoptr (AnnElement) bad = NULL;
  g_autoptr (GError) error = NULL;
  Variant variant = plain;

  variant.indptr = cut_out;
  add_matrix (store, "good", &variant);
  good = open_good (store, "good", ANN_ELEMENT_CSR);
  assert_all_ranges (good, FALSE);
  assert_warns (good, "begins with 100");
  g_assert_cmpstr (ann_element_get_warnings (good)[1], ==, NULL);

  variant.indptr = wrong;
  add_matrix (store, "bad", &variant);
  bad = open_good (store, "bad", ANN_ELEMENT_CSR);
  g_assert_null (ann_element_read_rows (bad, 2, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
assert_read_fails (const Variant *variant, guint64 start, guint64 count, const char *words)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (GError) error = NULL;

  add_matrix (store, "X", variant);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  g_assert_null (ann_element_read_rows (matrix, start, count, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
}

static void
test_bad_values (void)
{
  static const gint64 back[] = { 0, 2, 1, 5, 6 };
  static const gint64 beyond[] = { 0, 2, 2, 5, 7 };
  static const gint64 negative[] = { 0, 2, -2, 5, 6 };
  static const gint64 index_beyond[] = { 3, 0, 4, 5, 1, 0 };
  static const gint64 index_negative[] = { 3, 0, 4, 4, 1, -1 };
  Variant variant = plain;
  g_autoptr (Store) store = NULL;
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  variant.indptr = back;
  assert_read_fails (&variant, 1, 1, "X/indptr: goes back from 2 to 1 at 2");
  variant.indptr = beyond;
  assert_read_fails (&variant, 3, 1, "X/indptr: at 4 it points to 7");
  variant.indptr = negative;
  assert_read_fails (&variant, 1, 1, "X/indptr: at 2 it points to -2");

  variant = plain;
  variant.indices = index_beyond;
  assert_read_fails (&variant, 0, 4, "X/indices: at 3, in row 2, is 5");
  assert_read_fails (&variant, 2, 1, "X/indices: at 3, in row 2, is 5");
  variant.indices = index_negative;
  assert_read_fails (&variant, 3, 1, "X/indices: at 5, in row 3, is -1");

  /* What is in order is read all the same; the columns need all of it. */
  store = store_new ();
  add_matrix (store, "X", &variant);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  block = read_rows (matrix, 0, 3);
  assert_block (block, FALSE);
  g_assert_null (ann_element_read_columns (matrix, 2, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_bad_metadata (void)
{
  static const gint64 negative[] = { -1, 5 };
  static const guint64 unsigned_shape[] = { G_GUINT64_CONSTANT (1) << 63, 5 };
  static const gint64 three[] = { 4, 5, 6 };
  static const gint64 long_indptr[] = { 0, 2, 2, 5, 6, 6 };
  g_autoptr (Store) store = store_new ();
  Variant variant = plain;
  Item *group;

  variant.shape = negative;
  add_matrix (store, "negative", &variant);
  variant = plain;
  variant.indptr = long_indptr;
  variant.n_indptr = 6;
  add_matrix (store, "long", &variant);
  variant.n_indptr = 4;
  add_matrix (store, "short", &variant);
  variant = plain;
  variant.index_dtype = ANN_DTYPE_FLOAT64;
  add_matrix (store, "float", &variant);
  g_hash_table_remove (add_matrix (store, "part", &plain)->children, "indices");

  group = store_add_group (store, store->root, "three");
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 3, three);
  group = store_add_group (store, store->root, "unsigned");
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_UINT64, 2, unsigned_shape);
  group = store_add_group (store, store->root, "text");
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_text (group, "shape", "4x5");
  add_matrix (store, "codec", &plain);
  ((Item *) g_hash_table_lookup (
       ((Item *) g_hash_table_lookup (store->root->children, "codec"))->children, "data"))
      ->lacks_codec
      = TRUE;

  static const struct {
    const char *name;
    AnnElementState state;
    const char *words;
  } cases[] = {
    { "negative", ANN_ELEMENT_CORRUPT, "-1 × 5" },
    { "unsigned", ANN_ELEMENT_CORRUPT, "says 9223372036854775808 × 5" },
    { "long", ANN_ELEMENT_CORRUPT, "6 pointers for 4 rows" },
    { "short", ANN_ELEMENT_CORRUPT, "4 pointers for 4 rows" },
    { "float", ANN_ELEMENT_CORRUPT, "float64" },
    { "part", ANN_ELEMENT_CORRUPT, "indices" },
    { "three", ANN_ELEMENT_CORRUPT, "two integers" },
    { "text", ANN_ELEMENT_CORRUPT, "two integers" },
    { "codec", ANN_ELEMENT_MISSING_CODEC, "brotli" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnElement) element = open_child (store, cases[i].name);

      g_assert_cmpint (ann_element_get_kind (element), ==, ANN_ELEMENT_OPAQUE);
      assert_broken (element, cases[i].state, cases[i].words);
    }
}

/* Values that belong to no row are no reason to refuse the others. */
static void
test_too_long (void)
{
  static const gint64 shorter[] = { 0, 2, 2, 4, 4 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) block = NULL;
  Variant variant = plain;

  variant.indptr = shorter;
  add_matrix (store, "X", &variant);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  block = read_rows (matrix, 0, 4);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, 4);
  assert_warns (matrix, "2 values at the end");
}

/* Each of the calls that a read makes may fail: then the read does, and says so. */
static void
test_failures (void)
{
  for (guint columns = 0; columns < 2; columns++)
    {
      int n = 0;

      for (gboolean failed = TRUE; failed; n++)
        {
          g_autoptr (Store) store = store_new ();
          g_autoptr (AnnElement) matrix = NULL;
          g_autoptr (AnnBlock) block = NULL;
          g_autoptr (GError) error = NULL;

          add_matrix (store, "X", &plain);
          counts.fail_at = n;
          matrix = open_child (store, "X");
          block = columns ? ann_element_read_columns (matrix, 0, 1, NULL, &error)
                          : ann_element_read_rows (matrix, 1, 3, NULL, &error);
          failed = block == NULL;
          if (failed)
            g_assert_nonnull (error);
          if (failed && ann_element_get_state (matrix) == ANN_ELEMENT_OK)
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
        }
      g_assert_cmpint (n, >, 10);
    }
}

static void
test_cancel (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_matrix (store, "X", &plain);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_element_read_columns (matrix, 0, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (counts.n_reads, ==, 0);
}

static gpointer
read_in_thread (gpointer data)
{
  return ann_element_read_rows (data, 2, 1, NULL, NULL);
}

/* Two threads find out at once where the pointers begin. */
static void
test_race (void)
{
  static const gint64 cut_out[] = { 100, 102, 102, 105, 106 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  GThread *threads[2];
  Variant variant = plain;

  variant.indptr = cut_out;
  add_matrix (store, "X", &variant);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  gate_close ();
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("read", read_in_thread, matrix);
  gate_open_for (2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnBlock) block = g_thread_join (threads[i]);

      assert_block (block, FALSE);
    }
  assert_warns (matrix, "begins with 100");
  g_assert_cmpstr (ann_element_get_warnings (matrix)[1], ==, NULL);
}

/* Many rows with many entries: more than one piece of a scan. */
static void
test_long_scan (void)
{
  const guint64 n_rows = 3000000;
  const gint64 big[] = { (gint64) n_rows, 7 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "X");
  g_autofree gint32 *columns = g_new (gint32, n_rows);
  g_autofree guint32 *pointers = g_new (guint32, n_rows + 1);
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  const gint32 *rows;
  const guint64 *ends;

  for (guint64 row = 0; row <= n_rows; row++)
    {
      if (row < n_rows)
        columns[row] = (gint32) (row % 7);
      pointers[row] = (guint32) row;
    }
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, big);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT32, n_rows, NULL);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, n_rows, columns);
  store_add_vector (store, group, "indptr", ANN_DTYPE_UINT32, n_rows + 1, pointers);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);

  block = ann_element_read_columns (matrix, 2, 2, NULL, &error);
  g_assert_no_error (error);
  rows = ann_buffer_get_data (block->indices);
  ends = ann_buffer_get_data (block->indptr);
  g_assert_cmpuint (ends[1], ==, (n_rows - 2 + 6) / 7);
  g_assert_cmpuint (ends[2], ==, ends[1] + (n_rows - 3 + 6) / 7);
  for (guint64 i = 0; i < ends[2]; i++)
    {
      guint64 column = i < ends[1] ? 2 : 3;
      guint64 place = i < ends[1] ? i : i - ends[1];

      g_assert_cmpint (rows[i], ==, column + 7 * place);
    }
}

/* More lines than pointers are looked up for at once: row 1, which is empty, but for a few. */
static void
test_many_lines (void)
{
  static const struct {
    gsize place;
    gint64 row;
  } full[] = { { 0, 0 }, { 1048575, 2 }, { 1048576, 3 }, { 1048577, 0 } };
  static const gint32 expected_indices[] = { 3, 0, 4, 4, 1, 0, 3, 0 };
  static const double expected_values[] = { 1, 2, 3, 4, 5, 6, 1, 2 };
  const gsize n = 1048578;
  g_autoptr (Store) store = store_new ();
  g_autofree gint64 *rows = g_new (gint64, n);
  g_autofree guint64 *lengths = g_new (guint64, n);
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnSelection) selection = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  const guint64 *pointers;
  guint64 sum = 0;

  add_matrix (store, "X", &plain);
  matrix = open_good (store, "X", ANN_ELEMENT_CSR);
  for (gsize i = 0; i < n; i++)
    rows[i] = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (full); i++)
    rows[full[i].place] = full[i].row;
  selection = ann_selection_new_from_indices (rows, n, 4, &error);
  g_assert_no_error (error);

  g_assert_true (
      _ann_sparse_read_lengths_of (ANN_SPARSE (matrix), selection, lengths, NULL, &error));
  block = ann_element_read (matrix, selection, NULL, NULL, &error);
  g_assert_no_error (error);
  pointers = ann_buffer_get_data (block->indptr);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->indptr), ==, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpuint (pointers[i], ==, sum);
      g_assert_cmpuint (lengths[i], ==, indptr[rows[i] + 1] - indptr[rows[i]]);
      sum += lengths[i];
    }
  g_assert_cmpuint (pointers[n], ==, 8);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->indices))[i], ==,
                       expected_indices[i]);
      g_assert_cmpfloat (((const double *) ann_buffer_get_data (block->values))[i], ==,
                         expected_values[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sparse/ranges", test_ranges);
  g_test_add_func ("/sparse/laziness", test_laziness);
  g_test_add_func ("/sparse/huge", test_huge);
  g_test_add_func ("/sparse/offset-pointers", test_offset_pointers);
  g_test_add_func ("/sparse/bad-values", test_bad_values);
  g_test_add_func ("/sparse/bad-metadata", test_bad_metadata);
  g_test_add_func ("/sparse/too-long", test_too_long);
  g_test_add_func ("/sparse/failures", test_failures);
  g_test_add_func ("/sparse/cancel", test_cancel);
  g_test_add_func ("/sparse/race", test_race);
  g_test_add_func ("/sparse/long-scan", test_long_scan);
  g_test_add_func ("/sparse/many-lines", test_many_lines);

  return g_test_run ();
}
