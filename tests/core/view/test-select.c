/* test-select.c: a part of an element is an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../element/selection-matrix.h"
#include "base/ann-selection-private.h"
#include "element/ann-awkward.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "element/ann-sparse.h"
#include "view/ann-select.h"

/* --- Selections of selections --- */

/* What Python's slices of a list give, position by position. */
static void
test_compose (void)
{
  static const char *const texts[] = { ":",   "::-1", "2:9",      "1::3",      "-2::-4", "4",
                                       "3:3", "0,0",  "7,1,1,-1", "8,0,5,8,2", "::2,0" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      {
        g_autoptr (AnnSelection) inner = ann_selection_parse (texts[i], 13, NULL);
        const guint64 n = ann_selection_get_length (inner);
        g_autoptr (AnnSelection) outer = ann_selection_parse (texts[k], n, NULL);
        g_autoptr (AnnSelection) both = NULL;
        g_autoptr (GError) error = NULL;

        if (outer == NULL) /* it reaches beyond */
          continue;
        both = _ann_selection_compose (inner, outer, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (ann_selection_get_axis_length (both), ==, 13);
        g_assert_cmpuint (ann_selection_get_length (both), ==, ann_selection_get_length (outer));
        for (guint64 at = 0; at < ann_selection_get_length (both); at++)
          g_assert_cmpuint (
              ann_selection_get_position (both, at), ==,
              ann_selection_get_position (inner, ann_selection_get_position (outer, at)));
        if (ann_selection_is_range (inner, NULL, NULL)
            && ann_selection_is_range (outer, NULL, NULL))
          g_assert_true (ann_selection_is_range (both, NULL, NULL));
      }
}

/* Ranges of any length take no memory, and steps of steps do not overflow. */
static void
test_compose_huge (void)
{
  const guint64 length = G_MAXINT64;
  const gint64 step = -((gint64) 1 << 40);
  g_autoptr (AnnSelection) all = ann_selection_new_all (length);
  g_autoptr (AnnSelection) inner = ann_selection_new_slice (NULL, NULL, &step, length, NULL);
  const guint64 n = ann_selection_get_length (inner);
  g_autoptr (AnnSelection) outer = ann_selection_new_range (n - 1, 3, -2, n, NULL);
  g_autoptr (AnnSelection) both = _ann_selection_compose (inner, outer, NULL);
  g_autoptr (AnnSelection) of_all = _ann_selection_compose (all, inner, NULL);
  g_autoptr (GError) error = NULL;
  guint64 start;
  gint64 found;

  g_assert_true (of_all == inner);
  g_assert_true (ann_selection_is_range (both, &start, &found));
  g_assert_cmpint (found, ==, (gint64) 1 << 41);
  g_assert_cmpuint (start, ==, length - 1 - (n - 1) * ((guint64) 1 << 40));
  g_assert_null (_ann_selection_compose (outer, inner, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
}

/* --- Matrices --- */

static AnnElement *
select_texts (AnnElement *element, const char *row_text, const char *column_text)
{
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSelection) columns = NULL;
  g_autoptr (GError) error = NULL;
  AnnElement *view;

  if (row_text != NULL)
    rows = ann_selection_parse (row_text, ann_element_get_n_rows (element), &error);
  g_assert_no_error (error);
  if (column_text != NULL)
    columns = ann_selection_parse (column_text, ann_element_get_length (element, 1), &error);
  g_assert_no_error (error);
  view = ann_element_select (element, rows, columns, &error);
  g_assert_no_error (error);

  return view;
}

static void
assert_block (const Mode *mode, const AnnBlock *block, const TableCase *table_case)
{
  if (mode->kind == ANN_ELEMENT_DENSE)
    assert_dense (block, table_case);
  else
    assert_sparse (block, table_case);
}

/* The rows of the block are columns of the matrix, from @start on. */
static void
assert_columns (const AnnBlock *block, const TableCase *table_case, guint64 start)
{
  g_autofree double *dense = g_new0 (double, MAX (block->count * block->width, 1));

  g_assert_cmpuint (block->start, ==, start);
  g_assert_cmpuint (block->width, ==, table_case->n_rows);
  for (guint64 i = 0; i < block->count; i++)
    {
      if (!ann_block_is_sparse (block))
        {
          for (guint64 k = 0; k < block->width; k++)
            dense[i * block->width + k] = ann_buffer_get_double (block->values,
                                                                 i * block->width + k);
          continue;
        }
      for (guint64 k = ((const guint64 *) ann_buffer_get_data (block->indptr))[i];
           k < ((const guint64 *) ann_buffer_get_data (block->indptr))[i + 1]; k++)
        dense[i * block->width + (guint64) ann_buffer_get_double (block->indices, k)]
            += ann_buffer_get_double (block->values, k);
    }
  for (guint64 i = 0; i < block->count; i++)
    for (guint64 k = 0; k < block->width; k++)
      g_assert_cmpfloat (dense[i * block->width + k], ==,
                         table_case->dense[k * table_case->n_columns + start + i]);
}

static void
assert_types (AnnElement *view, AnnElement *of, const TableCase *table_case)
{
  g_assert_cmpint (ann_element_get_kind (view), ==, ann_element_get_kind (of));
  g_assert_cmpint (ann_element_get_dtype (view), ==, ann_element_get_dtype (of));
  g_assert_cmpuint (ann_element_get_length (view, 0), ==, table_case->n_rows);
  g_assert_cmpuint (ann_element_get_length (view, 1), ==, table_case->n_columns);
  g_assert_true (ann_element_get_node (view) == ann_element_get_node (of));
  g_assert_cmpstr (ann_element_get_path (view), ==, ann_element_get_path (of));
  g_assert_cmpstr (ann_element_get_encoding_type (view), ==, ann_element_get_encoding_type (of));
}

/* As scipy has it, entry by entry where rows are stored. */
static void
test_table (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (AnnElement) view = select_texts (matrix, table_case->rows, table_case->columns);
      g_autoptr (AnnBlock) block = NULL;

      assert_types (view, matrix, table_case);
      block = read_rows (view, 0, ann_element_get_n_rows (view));
      assert_block (mode, block, table_case);
      if (mode->kind == ANN_ELEMENT_CSR)
        assert_entries (block, table_case->entries);
    }
}

static void
test_columns (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (AnnElement) view = select_texts (matrix, table_case->rows, table_case->columns);
      const guint64 n = ann_element_get_length (view, 1);

      for (guint64 start = 0; start <= n; start += 3)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnBlock) block = ann_element_read_columns (view, start, MIN (2, n - start),
                                                                 NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (block->count, ==, MIN (2, n - start));
          assert_columns (block, table_case, start);
        }
    }
}

/* Some of some: the positions follow by arithmetic. */
static void
test_views_of_views (gconstpointer data)
{
  static const struct {
    const char *rows;
    const char *columns;
  } outers[] = {
    { "::-2", "1::2" }, { "0,0,-1", "::-1" }, { "1:", "0" }, { NULL, "-1,0" }, { "-1::-1", NULL }
  };
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    for (guint k = 0; k < G_N_ELEMENTS (outers); k++)
      {
        const TableCase *inner = &table_cases[i];
        g_autoptr (AnnElement) view = NULL;
        g_autoptr (AnnElement) of_view = NULL;
        g_autoptr (AnnSelection) rows = NULL;
        g_autoptr (AnnSelection) columns = NULL;
        g_autoptr (AnnBlock) block = NULL;
        g_autofree short *dense = NULL;
        TableCase expected;

        if (inner->n_rows == 0 || inner->n_columns == 0)
          continue;
        rows = ann_selection_parse (outers[k].rows != NULL ? outers[k].rows : ":", inner->n_rows,
                                    NULL);
        columns = ann_selection_parse (outers[k].columns != NULL ? outers[k].columns : ":",
                                       inner->n_columns, NULL);
        expected = (TableCase){ .n_rows = (int) ann_selection_get_length (rows),
                                .n_columns = (int) ann_selection_get_length (columns) };
        dense = g_new0 (short, MAX (expected.n_rows * expected.n_columns, 1));
        for (int r = 0; r < expected.n_rows; r++)
          for (int c = 0; c < expected.n_columns; c++)
            dense[r * expected.n_columns + c]
                = inner->dense[ann_selection_get_position (rows, r) * inner->n_columns
                               + ann_selection_get_position (columns, c)];
        expected.dense = dense;

        view = select_texts (matrix, inner->rows, inner->columns);
        of_view = select_texts (view, outers[k].rows, outers[k].columns);
        assert_types (of_view, matrix, &expected);
        block = read_rows (of_view, 0, expected.n_rows);
        expected.n_entries = (int) ann_buffer_get_n_elements (block->values);
        assert_block (mode, block, &expected);
      }
}

/* Pointers of a selection count from its own first value, and no value is read for them. */
static void
test_pointers (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);

  if (mode->kind == ANN_ELEMENT_DENSE)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (AnnElement) view = select_texts (matrix, table_case->rows, table_case->columns);
      AnnSparse *sparse = ANN_SPARSE (view);
      const guint64 n = ann_sparse_get_n_major (sparse);
      g_autoptr (AnnBlock) whole = ann_sparse_read_major (sparse, 0, n, NULL, NULL);
      const guint64 *expected = ann_buffer_get_data (whole->indptr);

      g_assert_cmpint (ann_buffer_get_dtype (whole->indices), ==,
                       ann_sparse_get_index_dtype (sparse));
      g_assert_cmpuint (expected[n], ==, table_case->n_entries);
      for (guint64 start = 0; start <= n; start += 2)
        {
          g_autoptr (AnnBuffer) pointers = ann_sparse_read_indptr (sparse, start,
                                                                   MIN (2, n - start), NULL, NULL);

          g_assert_cmpmem (ann_buffer_get_data (pointers), ann_buffer_get_size (pointers),
                           expected + start, (MIN (2, n - start) + 1) * sizeof (guint64));
        }
    }
}

/* --- Laziness --- */

/* Nothing is read for a selection, and then what its rows need: a row of four of 10⁶. */
static void
test_laziness (void)
{
  const guint64 shape[] = { 1000 * 1000, 4 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnElement) view = NULL;
  g_autoptr (AnnElement) of_view = NULL;
  g_autoptr (AnnBlock) block = NULL;

  item_set_encoding (store_add_box (store, store->root, "X", ANN_DTYPE_FLOAT64, 2, shape, NULL),
                     "array", "0.2.0");
  matrix = open_good (store, "X", ANN_ELEMENT_DENSE);
  counts_reset ();
  view = select_texts (matrix, "10:900000", NULL);
  of_view = select_texts (view, "5:20", NULL);
  g_assert_cmpint (counts.n_calls, ==, 0);
  block = read_rows (of_view, 3, 2);
  g_assert_cmpint (counts.n_values, ==, 2 * 4);
}

/* Rows of a sparse matrix read their entries, and columns of those rows no other ones. */
static void
test_laziness_sparse (gconstpointer data)
{
  const Mode mode = { "", GPOINTER_TO_INT (data), 0, 0, ANN_DTYPE_INT32 };
  const gboolean is_csr = mode.kind == ANN_ELEMENT_CSR;
  const int *indptr = is_csr ? table_csr_indptr : table_csc_indptr;
  const int n_entries = (indptr[6] - indptr[5]) + (indptr[2] - indptr[1]);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, &mode);
  g_autoptr (AnnElement) view = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) second = NULL;

  counts_reset ();
  view = select_texts (matrix, is_csr ? "7,5,1" : NULL, is_csr ? NULL : "7,5,1");
  g_assert_cmpint (counts.n_calls, ==, 0);
  block = ann_sparse_read_major (ANN_SPARSE (view), 1, 2, NULL, NULL);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, n_entries);
  /* Two arrays of them, two pairs of pointers, and what is near by may be read with it. */
  g_assert_cmpint (counts.n_values, <=, 2 * (indptr[6] - indptr[1]) + 8);
}

/* Eight threads read one view at the same time. */
typedef struct {
  AnnElement *view;
  const Mode *mode;
  const TableCase *table_case;
} Reading;

static gpointer
read_view (gpointer data)
{
  const Reading *reading = data;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (AnnBlock) block = read_rows (reading->view, 0, reading->table_case->n_rows);

      assert_block (reading->mode, block, reading->table_case);
      if (ANN_IS_SPARSE (reading->view))
        {
          AnnSparse *sparse = ANN_SPARSE (reading->view);
          const guint64 n = ann_sparse_get_n_major (sparse);
          g_autoptr (AnnBuffer) last = ann_sparse_read_indptr (sparse, n - i % 3, i % 3, NULL,
                                                               NULL);

          g_assert_cmpfloat (ann_buffer_get_double (last, i % 3), ==,
                             reading->table_case->n_entries);
        }
    }

  return NULL;
}

static void
test_threads (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);
  const TableCase *table_case = NULL;
  g_autoptr (AnnElement) view = NULL;
  Reading reading;
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      if (strcmp (table_cases[i].rows, "7,1,1,-1,2") == 0
          && strcmp (table_cases[i].columns, "8,0,5,8") == 0)
        table_case = &table_cases[i];
    }
  view = select_texts (matrix, table_case->rows, table_case->columns);
  reading = (Reading){ view, mode, table_case };
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_view, &reading);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* Every call fails once; then it works. */
static void
test_failures (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = open_matrix (store, mode);
  gboolean has_failed = TRUE;
  int n = 0;

  for (; has_failed; n++)
    {
      g_autoptr (AnnElement) view = select_texts (matrix, "7,1,1,-1", "8,0,5");
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = NULL;

      ann_chunk_cache_clear ();
      counts_reset ();
      counts.fail_at = n;
      block = ann_element_read_rows (view, 0, 4, NULL, &error);
      has_failed = block == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
  g_assert_cmpint (n, >, 1);
  counts_reset ();
}

/* --- What is no matrix --- */

static const char *const names[] = { "a", "b", "c", "d", "e", NULL };
static const gint64 numbers[] = { 10, 11, 12, 13, 14 };
static const guint8 mask[] = { 0, 1, 0, 1, 0 };
static const gint8 codes[] = { 2, 0, -1, 1, 2 };

static Item *
add_vector (Store *store, Item *parent, const char *name)
{
  Item *item = store_add_vector (store, parent, name, ANN_DTYPE_INT64, 5, numbers);

  item_set_encoding (item, "array", "0.2.0");

  return item;
}

static Item *
add_texts (Store *store, Item *parent, const char *name)
{
  Item *item = store_add_texts (store, parent, name, names);

  item_set_encoding (item, "string-array", "0.2.0");

  return item;
}

static void
add_categorical (Store *store, Item *parent, const char *name)
{
  Item *group = store_add_group (store, parent, name);
  static const char *const categories[] = { "x", "y", "z", NULL };
  const guint8 is_ordered = 1;

  item_set_encoding (group, "categorical", "0.2.0");
  item_set_numbers (group, "ordered", ANN_DTYPE_BOOL, 1, &is_ordered);
  store_add_vector (store, group, "codes", ANN_DTYPE_INT8, 5, codes);
  item_set_encoding (store_add_texts (store, group, "categories", categories), "string-array",
                     "0.2.0");
}

static void
add_nullable (Store *store, Item *parent, const char *name, gboolean is_text)
{
  Item *group = store_add_group (store, parent, name);

  item_set_encoding (group, is_text ? "nullable-string-array" : "nullable-integer", "0.1.0");
  if (is_text)
    store_add_texts (store, group, "values", names);
  else
    store_add_vector (store, group, "values", ANN_DTYPE_INT64, 5, numbers);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 5, mask);
}

static void
add_frame (Store *store, Item *parent, const char *name)
{
  static const char *const columns[] = { "n", "t", "c", "ni", "ns", "broken", NULL };
  Item *frame = store_add_group (store, parent, name);

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "id");
  item_set_texts (frame, "column-order", columns);
  add_texts (store, frame, "id");
  add_vector (store, frame, "n");
  add_texts (store, frame, "t");
  add_categorical (store, frame, "c");
  add_nullable (store, frame, "ni", FALSE);
  add_nullable (store, frame, "ns", TRUE);
  item_set_encoding (store_add_group (store, frame, "broken"), "new-thing", "0.1.0");
}

/* All that a vector holds, in words. */
static char *
describe (AnnElement *element)
{
  const guint64 n = ann_element_get_n_rows (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, n, NULL, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (block->count, ==, n);
  for (gsize i = 0; i < n * block->width; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      if (ann_block_is_missing (block, i))
        g_string_append_c (text, '-');
      else if (block->texts != NULL)
        g_string_append (text, ann_strings_get (block->texts, i, NULL));
      else
        g_string_append_printf (text, "%g", ann_buffer_get_double (block->values, i));
    }

  return g_string_free (text, FALSE);
}

static void
assert_describes (AnnElement *element, const char *expected)
{
  g_autofree char *text = describe (element);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_child (AnnElement *element, const char *name, AnnElementKind kind, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) child = ann_element_open_child (element, name, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ann_element_get_kind (child), ==, kind);
  assert_describes (child, expected);
}

static void
test_frame (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) first = NULL;
  g_autoptr (AnnElement) columns = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) twice = ann_selection_parse ("0,0", 6, NULL);

  add_frame (store, store->root, "t");
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  counts_reset ();
  first = select_texts (frame, "4,3,3,0", NULL);
  g_assert_cmpint (counts.n_calls, ==, 0);
  for (guint i = 0; i < 2; i++) /* of it, and of what was selected before */
    {
      g_autoptr (AnnElement) view = i == 0 ? g_object_ref (first)
                                           : select_texts (first, "::-1", NULL);
      g_autoptr (AnnElement) broken = NULL;
      g_autoptr (AnnElement) column = NULL;

      g_assert_true (ANN_IS_FRAME (view));
      g_assert_cmpuint (ann_element_get_n_rows (view), ==, 4);
      g_assert_cmpuint (ann_element_get_width (view), ==, 6);
      g_assert_cmpstr (ann_frame_get_index_name (ANN_FRAME (view)), ==, "id");
      assert_child (view, "id", ANN_ELEMENT_STRINGS, i == 0 ? "e d d a" : "a d d e");
      assert_child (view, "n", ANN_ELEMENT_DENSE, i == 0 ? "14 13 13 10" : "10 13 13 14");
      assert_child (view, "t", ANN_ELEMENT_STRINGS, i == 0 ? "e d d a" : "a d d e");
      assert_child (view, "c", ANN_ELEMENT_CATEGORICAL, i == 0 ? "2 1 1 2" : "2 1 1 2");
      assert_child (view, "ni", ANN_ELEMENT_NULLABLE_INTEGER, i == 0 ? "14 - - 10" : "10 - - 14");
      assert_child (view, "ns", ANN_ELEMENT_NULLABLE_STRING, i == 0 ? "e - - a" : "a - - e");
      broken = ann_element_open_child (view, "broken", NULL, NULL);
      g_assert_cmpint (ann_element_get_state (broken), ==, ANN_ELEMENT_UNSUPPORTED);
      g_assert_cmpstr (ann_element_get_encoding_type (broken), ==, "new-thing");
      g_assert_null (ann_element_get_node (broken)); /* which would be copied as a whole */
      column = ann_element_open_child (view, "c", NULL, NULL);
      g_assert_true (ann_categorical_get_ordered (ANN_CATEGORICAL (column)));
      g_assert_cmpuint (ann_categorical_get_n_categories (ANN_CATEGORICAL (column)), ==, 3);
    }

  columns = select_texts (frame, NULL, "2,0");
  g_assert_cmpuint (ann_frame_get_n_columns (ANN_FRAME (columns)), ==, 2);
  g_assert_cmpstr (ann_frame_get_column_name (ANN_FRAME (columns), 0), ==, "c");
  assert_child (columns, "n", ANN_ELEMENT_DENSE, "10 11 12 13 14");
  g_assert_null (ann_element_select (frame, NULL, twice, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
}

/* Of each kind of vector: by a range, a list with duplicates, none at all, and of that again. */
static void
test_vectors (void)
{
  static const char *const kinds[] = { "n", "t", "c", "ni", "ns" };
  static const struct {
    const char *rows;
    const char *expected[5];
  } cases[] = {
    { "1:3", { "11 12", "b c", "0 -1", "- 12", "- c" } },
    { "::-2", { "14 12 10", "e c a", "2 -1 2", "14 12 10", "e c a" } },
    { "4,4,0", { "14 14 10", "e e a", "2 2 2", "14 14 10", "e e a" } },
    { "2:2", { "", "", "", "", "" } },
    { ":", { "10 11 12 13 14", "a b c d e", "2 0 -1 1 2", "10 - 12 - 14", "a - c - e" } },
  };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;

  add_frame (store, store->root, "t");
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      {
        g_autoptr (AnnElement) column = ann_element_open_child (frame, kinds[k], NULL, NULL);
        g_autoptr (AnnElement) view = select_texts (column, cases[i].rows, NULL);
        g_autoptr (AnnElement) whole = select_texts (column, "::-1", NULL);
        g_autoptr (AnnElement) turned = select_texts (whole, "::-1", NULL);
        g_autoptr (AnnElement) again = select_texts (turned, cases[i].rows, NULL);

        assert_describes (view, cases[i].expected[k]);
        assert_describes (again, cases[i].expected[k]);
      }
}

/* The selected elements of three axes, and of texts with two. */
static void
test_axes (void)
{
  static const guint64 shape[] = { 3, 2, 2 };
  static const guint8 values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
  static const char *const texts[] = { "a", "b", "c", "d", "e", "f", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) box = NULL;
  g_autoptr (AnnElement) some = NULL;
  g_autoptr (AnnElement) table = NULL;
  g_autoptr (AnnElement) part = NULL;
  g_autoptr (AnnSelection) columns = ann_selection_parse ("0", 2, NULL);
  g_autoptr (GError) error = NULL;
  Item *item;

  store_add_box (store, store->root, "b", ANN_DTYPE_UINT8, 3, shape, values);
  box = open_good (store, "b", ANN_ELEMENT_DENSE);
  some = select_texts (box, "2,0", NULL);
  assert_describes (some, "8 9 10 11 0 1 2 3");
  g_assert_null (ann_element_select (box, NULL, columns, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);

  item = store_add_texts (store, store->root, "t", texts);
  item->rank = 2;
  item->shape[0] = 3;
  item->shape[1] = 2;
  table = open_good (store, "t", ANN_ELEMENT_STRINGS);
  part = select_texts (table, "2,1", "1,0,1");
  assert_describes (part, "f e f d c d");
}

/* A selection of another axis, and what has no axes. */
static void
test_mistakes (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnElement) all = NULL;
  g_autoptr (AnnElement) nothing = NULL;
  g_autoptr (AnnElement) same = NULL;
  g_autoptr (AnnSelection) rows = ann_selection_parse ("1", 4, NULL);
  g_autoptr (AnnSelection) whole = ann_selection_new_all (5);
  g_autoptr (GError) error = NULL;

  add_vector (store, store->root, "v");
  vector = open_good (store, "v", ANN_ELEMENT_DENSE);
  g_assert_null (ann_element_select (vector, rows, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_clear_error (&error);
  g_assert_null (ann_element_select (vector, NULL, rows, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  all = ann_element_select (vector, whole, NULL, NULL);
  g_assert_true (all == vector);

  item_set_encoding (store_add (store, store->root, "z", ANN_NODE_NULL), "null", "0.1.0");
  nothing = open_good (store, "z", ANN_ELEMENT_NULL);
  same = ann_element_select (nothing, rows, rows, NULL);
  g_assert_true (same == nothing);
}

static void
add_modes (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/select/%s/%s", name, modes[i].name);

      g_test_add_data_func (path, &modes[i], func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/select/compose", test_compose);
  g_test_add_func ("/select/compose-huge", test_compose_huge);
  add_modes ("table", test_table);
  add_modes ("columns", test_columns);
  add_modes ("views-of-views", test_views_of_views);
  add_modes ("pointers", test_pointers);
  add_modes ("threads", test_threads);
  add_modes ("failures", test_failures);
  g_test_add_func ("/select/laziness", test_laziness);
  g_test_add_data_func ("/select/laziness/csr", GINT_TO_POINTER (ANN_ELEMENT_CSR),
                        test_laziness_sparse);
  g_test_add_data_func ("/select/laziness/csc", GINT_TO_POINTER (ANN_ELEMENT_CSC),
                        test_laziness_sparse);
  g_test_add_func ("/select/frame", test_frame);
  g_test_add_func ("/select/vectors", test_vectors);
  g_test_add_func ("/select/axes", test_axes);
  g_test_add_func ("/select/mistakes", test_mistakes);

  return g_test_run ();
}
