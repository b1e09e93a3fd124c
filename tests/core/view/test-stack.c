/* test-stack.c: matrices that are joined, against scipy's selections of the same matrix in one
 * piece
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-block-iterator.h"
#include "element/ann-sparse.h"
#include "view/ann-promote-private.h"
#include "view/ann-select.h"
#include "view/ann-stack.h"

#include "../element/memory-store.h"
#include "../element/selection-table.h"

#include <math.h>

#define N_PARTS 4
#define DROPPED 2 /* lines of a part that the result has not */

/* How the table is cut: along which axis, how each part is stored, and whether its other axis is in
 * an order of its own, with lines that are dropped among it.
 */
typedef struct {
  const char *name;
  guint axis;
  AnnElementKind kinds[N_PARTS];
  gboolean is_mixed;
} Mode;

#define D ANN_ELEMENT_DENSE
#define R ANN_ELEMENT_CSR
#define C ANN_ELEMENT_CSC

static const Mode modes[] = {
  { "rows/dense", 0, { D, D, D, D }, FALSE },
  { "rows/csr", 0, { R, R, R, R }, FALSE },
  { "rows/csc", 0, { C, C, C, C }, FALSE },
  { "rows/all", 0, { D, R, C, R }, FALSE },
  { "rows/dense/mixed", 0, { D, D, D, D }, TRUE },
  { "rows/csr/mixed", 0, { R, R, R, R }, TRUE },
  { "rows/all/mixed", 0, { C, R, D, D }, TRUE },
  { "columns/dense", 1, { D, D, D, D }, FALSE },
  { "columns/csr", 1, { R, R, R, R }, FALSE },
  { "columns/csc", 1, { C, C, C, C }, FALSE },
  { "columns/all", 1, { R, C, R, D }, FALSE },
  { "columns/dense/mixed", 1, { D, D, D, D }, TRUE },
  { "columns/csr/mixed", 1, { R, R, R, R }, TRUE },
  { "columns/all/mixed", 1, { D, C, R, R }, TRUE },
};

/* Where the parts begin, one of them empty. */
static const guint64 cuts[2][N_PARTS + 1] = { { 0, 5, 5, 6, TABLE_N_ROWS },
                                              { 0, 4, 4, 5, TABLE_N_COLUMNS } };

/* --- Parts --- */

/* Numbers of @shape in C order, stored as @kind under @name. */
static void
add_matrix (Store *store,
            const char *name,
            AnnElementKind kind,
            const guint64 *shape,
            const double *dense)
{
  const guint64 n_major = kind == C ? shape[1] : shape[0];
  const guint64 n_minor = kind == C ? shape[0] : shape[1];
  const gint64 signed_shape[] = { (gint64) shape[0], (gint64) shape[1] };
  g_autoptr (GArray) data = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) indptr = g_array_new (FALSE, TRUE, sizeof (gint32));
  Item *group;

  if (kind == D)
    {
      item_set_encoding (
          store_add_box (store, store->root, name, ANN_DTYPE_FLOAT64, 2, shape, dense), "array",
          "0.2.0");
      return;
    }

  g_array_set_size (indptr, (guint) n_major + 1);
  for (guint64 major = 0; major < n_major; major++)
    {
      for (guint64 minor = n_minor; minor-- > 0;) /* the order is nobody's business */
        {
          const double value = kind == C ? dense[minor * shape[1] + major]
                                         : dense[major * shape[1] + minor];
          const gint32 index = (gint32) minor;

          if (value == 0)
            continue;
          g_array_append_val (data, value);
          g_array_append_val (indices, index);
        }
      g_array_index (indptr, gint32, major + 1) = (gint32) data->len;
    }

  group = store_add_group (store, store->root, name);
  item_set_encoding (group, kind == R ? "csr_matrix" : "csc_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, signed_shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, data->len, data->data);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, indices->len, indices->data);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT32, indptr->len, indptr->data);
}

/* The place in a part of a line of the result, in its own order: 5 has no divisor with 13 and 9,
 * and behind them come the lines that are dropped.
 */
static guint64
mix (guint64 line, guint64 length, guint part)
{
  return (line * 5 + part) % length + DROPPED;
}

static AnnElement *
open_part (Store *store, const Mode *mode, guint part)
{
  const guint64 *cut = cuts[mode->axis];
  const guint64 lengths[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };
  const guint64 other = lengths[1 - mode->axis];
  g_autofree char *name = g_strdup_printf ("part%u", part);
  double dense[(TABLE_N_ROWS + DROPPED) * (TABLE_N_COLUMNS + DROPPED)];
  guint64 shape[2];

  shape[mode->axis] = cut[part + 1] - cut[part];
  shape[1 - mode->axis] = other + (mode->is_mixed ? DROPPED : 0);
  for (guint i = 0; i < G_N_ELEMENTS (dense); i++)
    dense[i] = 777;
  for (guint64 row = 0; row < TABLE_N_ROWS; row++)
    for (guint64 column = 0; column < TABLE_N_COLUMNS; column++)
      {
        guint64 at[] = { row, column };

        if (at[mode->axis] < cut[part] || at[mode->axis] >= cut[part + 1])
          continue;
        at[mode->axis] -= cut[part];
        if (mode->is_mixed)
          at[1 - mode->axis] = mix (at[1 - mode->axis], other, part);
        dense[at[0] * shape[1] + at[1]] = table_cases[0].dense[row * TABLE_N_COLUMNS + column];
      }
  add_matrix (store, name, mode->kinds[part], shape, dense);

  return open_good (store, name, mode->kinds[part]);
}

static AnnReindex *
make_reindex (guint64 length, guint part)
{
  gint32 *places = g_new (gint32, length);
  g_autoptr (GError) error = NULL;
  AnnReindex *reindex;

  for (guint64 i = 0; i < length; i++)
    places[i] = (gint32) mix (i, length, part);
  reindex = _ann_reindex_new (places, length, length + DROPPED, &error);
  g_assert_no_error (error);

  return reindex;
}

static AnnElement *
open_stack (Store *store, const Mode *mode)
{
  AnnStackPart parts[N_PARTS] = { 0 };
  g_autoptr (GError) error = NULL;
  AnnElement *stack;

  for (guint i = 0; i < N_PARTS; i++)
    {
      parts[i].element = open_part (store, mode, i);
      parts[i].length = cuts[mode->axis][i + 1] - cuts[mode->axis][i];
      if (mode->is_mixed)
        parts[i].reindex = make_reindex (mode->axis == 0 ? TABLE_N_COLUMNS : TABLE_N_ROWS, i);
    }
  stack = _ann_stack_matrices ("X", parts, N_PARTS, mode->axis, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_PARTS; i++)
    {
      g_object_unref (parts[i].element);
      g_clear_pointer (&parts[i].reindex, _ann_reindex_unref);
    }

  return stack;
}

/* --- Against the table --- */

static void
add_block (const AnnBlock *block, double *dense)
{
  const guint64 *pointers;

  if (!ann_block_is_sparse (block))
    {
      for (guint64 i = 0; i < block->count * block->width; i++)
        dense[i] = ann_buffer_get_double (block->values, i);
      return;
    }

  pointers = ann_buffer_get_data (block->indptr);
  g_assert_cmpuint (pointers[0], ==, 0);
  g_assert_cmpuint (pointers[block->count], ==, ann_buffer_get_n_elements (block->values));
  for (guint64 row = 0; row < block->count; row++)
    for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
      {
        const double column = ann_buffer_get_double (block->indices, i);

        g_assert_cmpfloat (column, >=, 0);
        g_assert_cmpfloat (column, <, block->width);
        dense[row * block->width + (guint64) column] += ann_buffer_get_double (block->values, i);
      }
}

static void
assert_case (const AnnBlock *block, const TableCase *table_case)
{
  double dense[64 * 64] = { 0 };

  g_assert_cmpuint (block->count, ==, table_case->n_rows);
  g_assert_cmpuint (block->width, ==, table_case->n_columns);
  add_block (block, dense);
  for (int i = 0; i < table_case->n_rows * table_case->n_columns; i++)
    g_assert_cmpfloat (dense[i], ==, table_case->dense[i]);
}

static void
test_table (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, mode);

  g_assert_cmpuint (ann_element_get_length (stack, 0), ==, TABLE_N_ROWS);
  g_assert_cmpuint (ann_element_get_length (stack, 1), ==, TABLE_N_COLUMNS);
  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (AnnSelection) rows = ann_selection_parse (table_case->rows, TABLE_N_ROWS, NULL);
      g_autoptr (AnnSelection) columns = ann_selection_parse (table_case->columns, TABLE_N_COLUMNS,
                                                              NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = ann_element_read (stack, rows, columns, NULL, &error);

      g_assert_no_error (error);
      assert_case (block, table_case);
    }
}

/* Ranges of rows and of columns, each that there is. */
static void
test_ranges (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, mode);
  const guint64 lengths[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };

  for (guint axis = 0; axis < 2; axis++)
    for (guint64 start = 0; start <= lengths[axis]; start++)
      for (guint64 n = 0; n <= lengths[axis] - start; n++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnBlock) block = NULL;
          double dense[TABLE_N_ROWS * TABLE_N_COLUMNS] = { 0 };

          block = axis == 0 ? ann_element_read_rows (stack, start, n, NULL, &error)
                            : ann_element_read_columns (stack, start, n, NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (block->start, ==, start);
          g_assert_cmpuint (block->count, ==, n);
          g_assert_cmpuint (block->width, ==, lengths[1 - axis]);
          add_block (block, dense);
          for (guint64 i = 0; i < n * block->width; i++)
            {
              const guint64 line = start + i / block->width;
              const guint64 place = i % block->width;

              g_assert_cmpfloat (dense[i], ==,
                                 table_cases[0].dense[axis == 0 ? line * TABLE_N_COLUMNS + place
                                                                : place * TABLE_N_COLUMNS + line]);
            }
        }
}

/* Blocks of any number of rows: one behind the other, whether or not a part ends within, the last
 * one with what is left.
 */
static void
test_blocks (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, mode);

  for (guint64 n_rows = 1; n_rows <= TABLE_N_ROWS + 1; n_rows++)
    {
      g_autoptr (AnnBlockIterator) blocks = ann_block_iterator_new (stack, n_rows, 2);
      guint64 n_blocks = 0;
      guint64 start = 0;

      g_assert_cmpuint (ann_block_iterator_get_n_blocks (blocks), ==,
                        (TABLE_N_ROWS + n_rows - 1) / n_rows);
      while (TRUE)
        {
          g_autoptr (AnnBlock) block = NULL;
          g_autoptr (GError) error = NULL;
          double dense[TABLE_N_ROWS * TABLE_N_COLUMNS] = { 0 };

          g_assert_true (ann_block_iterator_next (blocks, &block, NULL, &error));
          g_assert_no_error (error);
          if (block == NULL)
            break;
          g_assert_cmpuint (block->start, ==, start);
          g_assert_cmpuint (block->count, ==, MIN (n_rows, TABLE_N_ROWS - start));
          add_block (block, dense);
          for (guint64 i = 0; i < block->count * TABLE_N_COLUMNS; i++)
            g_assert_cmpfloat (dense[i], ==, table_cases[0].dense[start * TABLE_N_COLUMNS + i]);
          start += block->count;
          n_blocks++;
        }
      g_assert_cmpuint (start, ==, TABLE_N_ROWS);
      g_assert_cmpuint (n_blocks, ==, ann_block_iterator_get_n_blocks (blocks));
    }
}

/* The pointers of a stack are those of all its rows. */
static void
test_indptr (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, mode);
  g_autoptr (AnnBuffer) pointers = NULL;
  g_autoptr (GError) error = NULL;
  guint64 sum = 0;

  if (!ANN_IS_SPARSE (stack))
    return;

  pointers = ann_sparse_read_indptr (ANN_SPARSE (stack), 2, 9, NULL, &error);
  g_assert_no_error (error);
  for (guint64 row = 0; row < 12; row++)
    {
      if (row >= 2)
        g_assert_cmpuint (((const guint64 *) ann_buffer_get_data (pointers))[row - 2], ==, sum);
      for (guint64 column = 0; column < TABLE_N_COLUMNS; column++)
        sum += table_cases[0].dense[row * TABLE_N_COLUMNS + column] != 0;
    }
}

/* A selection of a stack, read as a whole and in parts. */
static void
test_selected (gconstpointer data)
{
  const Mode *mode = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, mode);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      const TableCase *table_case = &table_cases[i];
      g_autoptr (AnnSelection) rows = ann_selection_parse (table_case->rows, TABLE_N_ROWS, NULL);
      g_autoptr (AnnSelection) columns = ann_selection_parse (table_case->columns, TABLE_N_COLUMNS,
                                                              NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) view = ann_element_select (stack, rows, columns, &error);
      g_autoptr (AnnBlock) block = NULL;

      g_assert_no_error (error);
      block = ann_element_read_rows (view, 0, ann_element_get_n_rows (view), NULL, &error);
      g_assert_no_error (error);
      assert_case (block, table_case);
    }
}

/* The matrix cut by selections, some of them of others, and put together again. */
static void
test_stack_of_views (gconstpointer data)
{
  static const char *const cuts_of_rows[] = { "0:4", "4:9", "9:" };
  const Mode *mode = data;
  const Mode whole_mode = { "", 0, { mode->kinds[0], R, R, R }, FALSE };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) whole = NULL;
  g_autoptr (AnnElement) stack = NULL;
  AnnStackPart parts[G_N_ELEMENTS (cuts_of_rows)] = { 0 };
  g_autoptr (GError) error = NULL;
  const guint64 shape[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };
  double dense[TABLE_N_ROWS * TABLE_N_COLUMNS];

  for (guint i = 0; i < G_N_ELEMENTS (dense); i++)
    dense[i] = table_cases[0].dense[i];
  add_matrix (store, "whole", whole_mode.kinds[0], shape, dense);
  whole = open_good (store, "whole", whole_mode.kinds[0]);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (AnnSelection) back = ann_selection_parse ("::-1", TABLE_N_ROWS, NULL);
      g_autoptr (AnnElement) turned = ann_element_select (whole, back, NULL, NULL);
      g_autoptr (AnnElement) twice = ann_element_select (turned, back, NULL, NULL);
      g_autoptr (AnnSelection) rows = ann_selection_parse (cuts_of_rows[i], TABLE_N_ROWS, NULL);

      parts[i].element = ann_element_select (twice, rows, NULL, &error);
      g_assert_no_error (error);
      parts[i].length = ann_selection_get_length (rows);
    }
  stack = _ann_stack_matrices ("X", parts, G_N_ELEMENTS (parts), 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_object_unref (parts[i].element);

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      g_autoptr (AnnSelection) rows = ann_selection_parse (table_cases[i].rows, TABLE_N_ROWS, NULL);
      g_autoptr (AnnSelection) columns = ann_selection_parse (table_cases[i].columns,
                                                              TABLE_N_COLUMNS, NULL);
      g_autoptr (AnnBlock) block = ann_element_read (stack, rows, columns, NULL, &error);

      g_assert_no_error (error);
      assert_case (block, &table_cases[i]);
    }
}

/* --- What is read --- */

/* Rows of one part are read of that part alone. */
static void
test_counted (void)
{
  const Mode mode = { "", 0, { D, D, D, D }, FALSE };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, &mode);
  g_autoptr (AnnBlock) inside = NULL;
  g_autoptr (AnnBlock) across = NULL;

  counts_reset ();
  inside = ann_element_read_rows (stack, 1, 3, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 1);
  g_assert_cmpint (counts.n_values, ==, 3 * TABLE_N_COLUMNS);

  counts_reset ();
  across = ann_element_read_rows (stack, 4, 3, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 3);
  g_assert_cmpint (counts.n_values, ==, 3 * TABLE_N_COLUMNS);
}

/* In blocks each value is read once, wherever the parts end. */
static void
test_blocks_counted (void)
{
  const Mode mode = { "", 0, { D, D, D, D }, FALSE };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, &mode);
  g_autoptr (AnnBlockIterator) blocks = NULL;
  g_autoptr (AnnBlock) block = NULL;

  counts_reset ();
  blocks = ann_block_iterator_new (stack, 4, 2);
  do
    {
      g_clear_pointer (&block, ann_block_unref);
      g_assert_true (ann_block_iterator_next (blocks, &block, NULL, NULL));
    }
  while (block != NULL);
  g_assert_cmpint (counts.n_values, ==, TABLE_N_ROWS * TABLE_N_COLUMNS);
}

/* Making a stack reads nothing, and what the parts count need not be counted again. */
static void
test_lazy (void)
{
  const Mode mode = { "", 0, { R, R, R, R }, FALSE };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, &mode);
  guint n_stored = 0;

  for (guint i = 0; i < TABLE_N_ROWS * TABLE_N_COLUMNS; i++)
    n_stored += table_cases[0].dense[i] != 0;
  g_assert_cmpint (counts.n_reads, ==, 0);
  g_assert_cmpuint (ann_sparse_get_n_stored (ANN_SPARSE (stack)), ==, n_stored);
  g_assert_cmpint (ann_sparse_get_index_dtype (ANN_SPARSE (stack)), ==, ANN_DTYPE_INT32);
}

/* Every call fails once; then it works. */
static void
test_failures (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = open_stack (store, data);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("::-1", TABLE_N_ROWS, NULL);
  gboolean has_failed = TRUE;
  int n = 0;

  for (; has_failed; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = NULL;

      counts_reset ();
      counts.fail_at = n;
      block = ann_element_read (stack, rows, NULL, NULL, &error);
      has_failed = block == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
  g_assert_cmpint (n, >, 1);
}

/* --- Gaps --- */

/* Two columns of which the result has the second, and one that no part has. */
static AnnReindex *
make_gap (void)
{
  const gint32 places[] = { 1, -1 };

  return _ann_reindex_new (g_memdup2 (places, sizeof places), 2, 2, NULL);
}

static AnnElement *
stack_with_gap (Store *store, AnnElementKind kind, guint axis, const AnnFill *fill)
{
  static const double values[] = { 1, 2, 3, 4 };
  static const guint64 shape[] = { 2, 2 };
  g_autoptr (AnnReindex) reindex = make_gap ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;
  AnnElement *stack;

  add_matrix (store, "part", kind, shape, values);
  element = open_good (store, "part", kind);
  {
    const AnnStackPart parts[] = { { NULL, element, NULL, 2, reindex },
                                   { NULL, NULL, NULL, 1, NULL } };

    stack = _ann_stack_matrices ("X", parts, 2, axis, fill, &error);
  }
  g_assert_no_error (error);

  return stack;
}

static void
assert_gap (AnnElement *stack, const double *expected)
{
  const guint64 n_rows = ann_element_get_length (stack, 0);
  g_autoptr (AnnBlock) block = ann_element_read_rows (stack, 0, n_rows, NULL, NULL);
  double dense[6] = { 0 };

  g_assert_cmpuint (block->count * block->width, ==, 6);
  add_block (block, dense);
  for (guint i = 0; i < 6; i++)
    g_assert_true (dense[i] == expected[i] || (isnan (dense[i]) && isnan (expected[i])));
}

static void
test_gaps (void)
{
  static const double by_rows[] = { 2, NAN, 4, NAN, NAN, NAN };
  static const double by_rows_zero[] = { 2, 0, 4, 0, 0, 0 };
  static const double by_rows_seven[] = { 2, 7, 4, 7, 7, 7 };
  static const double by_columns[] = { 3, 4, NAN, NAN, NAN, NAN };
  static const double by_columns_zero[] = { 3, 4, 0, 0, 0, 0 };
  static const double by_columns_seven[] = { 3, 4, 7, 7, 7, 7 };
  static const AnnFill seven = { TRUE, 7 };
  static const AnnFill zero = { TRUE, 0 };
  static const struct {
    AnnElementKind kind;
    guint axis;
    const AnnFill *fill;
    const double *expected;
    guint64 n_stored; /* of a sparse one */
  } cases[] = {
    { D, 0, NULL, by_rows, 0 },
    { D, 0, &zero, by_rows_zero, 0 },
    { D, 0, &seven, by_rows_seven, 0 },
    { R, 0, NULL, by_rows_zero, 2 },
    { R, 0, &seven, by_rows_seven, 6 },
    { C, 0, &seven, by_rows_seven, 6 },
    { D, 1, NULL, by_columns, 0 },
    { D, 1, &zero, by_columns_zero, 0 },
    { R, 1, NULL, by_columns_zero, 2 },
    { R, 1, &seven, by_columns_seven, 6 },
    { C, 1, &seven, by_columns_seven, 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) stack = stack_with_gap (store, cases[i].kind, cases[i].axis,
                                                     cases[i].fill);

      assert_gap (stack, cases[i].expected);
      if (ANN_IS_SPARSE (stack))
        {
          const guint64 n_rows = ann_element_get_length (stack, 0);
          g_autoptr (AnnBuffer) pointers = ann_sparse_read_indptr (ANN_SPARSE (stack), 0, n_rows,
                                                                   NULL, NULL);

          g_assert_cmpuint (((const guint64 *) ann_buffer_get_data (pointers))[n_rows], ==,
                            cases[i].n_stored);
        }
    }
}

/* Embeddings of different widths, and blocks on the diagonal: columns as they are, from a place on.
 */
static void
test_offsets (void)
{
  static const double values[] = { 1, 2, 3, 4, 5, 6 };
  static const guint64 shape[] = { 2, 3 };
  static const double expected[][12] = {
    { 1, 2, 4, 5 },                                     /* as wide as two columns */
    { NAN, 1, 2, 3, NAN, NAN, NAN, 4, 5, 6, NAN, NAN }, /* from the second of six on */
  };

  for (guint i = 0; i < 2; i++)
    for (guint is_sparse = 0; is_sparse < 2; is_sparse++)
      {
        g_autoptr (Store) store = store_new ();
        g_autoptr (AnnElement) element = NULL;
        g_autoptr (AnnElement) stack = NULL;
        g_autoptr (AnnReindex) reindex = _ann_reindex_new_range (i, i == 0 ? 2 : 6, 3);
        g_autoptr (AnnBlock) block = NULL;
        double dense[12] = { 0 };

        add_matrix (store, "part", is_sparse ? R : D, shape, values);
        element = open_good (store, "part", is_sparse ? R : D);
        stack = _ann_stack_matrices ("X", &(AnnStackPart){ NULL, element, NULL, 2, reindex }, 1, 0,
                                     NULL, NULL);
        block = ann_element_read_rows (stack, 0, 2, NULL, NULL);
        add_block (block, dense);
        for (guint k = 0; k < block->count * block->width; k++)
          if (isnan (expected[i][k]))
            g_assert_true (is_sparse ? dense[k] == 0 : isnan (dense[k]));
          else
            g_assert_cmpfloat (dense[k], ==, expected[i][k]);
      }
}

/* Matrices of pairs: of three columns the first two, or all and one that is filled. */
static void
test_offsets_of_boxes (void)
{
  static const double values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  static const guint64 shape[] = { 2, 3, 2 };
  static const double expected[][16] = {
    { 1, 2, 3, 4, 7, 8, 9, 10 },
    { 1, 2, 3, 4, 5, 6, NAN, NAN, 7, 8, 9, 10, 11, 12, NAN, NAN },
  };

  for (guint i = 0; i < 2; i++)
    {
      const guint64 width = i == 0 ? 2 : 4;
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnElement) stack = NULL;
      g_autoptr (AnnReindex) reindex = _ann_reindex_new_range (0, width, 3);
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (GError) error = NULL;

      item_set_encoding (
          store_add_box (store, store->root, "part", ANN_DTYPE_FLOAT64, 3, shape, values), "array",
          "0.2.0");
      element = open_good (store, "part", D);
      stack = _ann_stack_matrices ("X", &(AnnStackPart){ NULL, element, NULL, 2, reindex }, 1, 0,
                                   NULL, &error);
      g_assert_no_error (error);
      block = ann_element_read_rows (stack, 0, 2, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, 4 * width);
      for (guint k = 0; k < 4 * width; k++)
        {
          const double value = ann_buffer_get_double (block->values, k);

          g_assert_true (isnan (expected[i][k]) ? isnan (value) : value == expected[i][k]);
        }
    }
}

/* --- Types --- */

/* numpy.result_type () of NumPy 2.4. */
static void
test_promote (void)
{
  static const struct {
    AnnDtype one;
    AnnDtype other;
    AnnDtype result;
  } cases[] = {
    { ANN_DTYPE_BOOL, ANN_DTYPE_BOOL, ANN_DTYPE_BOOL },
    { ANN_DTYPE_BOOL, ANN_DTYPE_INT8, ANN_DTYPE_INT8 },
    { ANN_DTYPE_BOOL, ANN_DTYPE_FLOAT16, ANN_DTYPE_FLOAT16 },
    { ANN_DTYPE_INT8, ANN_DTYPE_INT16, ANN_DTYPE_INT16 },
    { ANN_DTYPE_UINT8, ANN_DTYPE_INT8, ANN_DTYPE_INT16 },
    { ANN_DTYPE_UINT8, ANN_DTYPE_INT64, ANN_DTYPE_INT64 },
    { ANN_DTYPE_UINT16, ANN_DTYPE_INT8, ANN_DTYPE_INT32 },
    { ANN_DTYPE_UINT16, ANN_DTYPE_INT16, ANN_DTYPE_INT32 },
    { ANN_DTYPE_UINT32, ANN_DTYPE_INT32, ANN_DTYPE_INT64 },
    { ANN_DTYPE_UINT32, ANN_DTYPE_UINT64, ANN_DTYPE_UINT64 },
    { ANN_DTYPE_UINT64, ANN_DTYPE_INT8, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_INT8, ANN_DTYPE_FLOAT16, ANN_DTYPE_FLOAT16 },
    { ANN_DTYPE_INT16, ANN_DTYPE_FLOAT16, ANN_DTYPE_FLOAT32 },
    { ANN_DTYPE_INT32, ANN_DTYPE_FLOAT16, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_UINT16, ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT32 },
    { ANN_DTYPE_INT32, ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_UINT64, ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_FLOAT16, ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT32 },
    { ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT64, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_COMPLEX64, ANN_DTYPE_FLOAT32, ANN_DTYPE_COMPLEX64 },
    { ANN_DTYPE_COMPLEX64, ANN_DTYPE_INT16, ANN_DTYPE_COMPLEX64 },
    { ANN_DTYPE_COMPLEX64, ANN_DTYPE_INT32, ANN_DTYPE_COMPLEX128 },
    { ANN_DTYPE_COMPLEX64, ANN_DTYPE_FLOAT64, ANN_DTYPE_COMPLEX128 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (_ann_dtype_promote (cases[i].one, cases[i].other), ==, cases[i].result);
      g_assert_cmpint (_ann_dtype_promote (cases[i].other, cases[i].one), ==, cases[i].result);
    }
}

static void
test_promote_for (void)
{
  static const struct {
    AnnDtype dtype;
    double fill;
    AnnDtype result;
  } cases[] = {
    { ANN_DTYPE_INT32, NAN, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_INT32, 0, ANN_DTYPE_INT32 },
    { ANN_DTYPE_INT8, 1000, ANN_DTYPE_INT64 },
    { ANN_DTYPE_UINT8, -1, ANN_DTYPE_INT64 },
    { ANN_DTYPE_INT16, 0.5, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_FLOAT32, NAN, ANN_DTYPE_FLOAT32 },
    { ANN_DTYPE_FLOAT32, 0.1, ANN_DTYPE_FLOAT32 },
    { ANN_DTYPE_FLOAT32, 1e50, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_BOOL, NAN, ANN_DTYPE_FLOAT64 },
    { ANN_DTYPE_COMPLEX64, NAN, ANN_DTYPE_COMPLEX64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (_ann_dtype_promote_for (cases[i].dtype, cases[i].fill), ==, cases[i].result);
}

/* Parts of two types, read as the wider one. */
static void
test_types (void)
{
  static const gint32 integers[] = { 1, -2 };
  static const float fractions[] = { 0.5F, 3 };
  static const guint64 shape[] = { 1, 2 };
  static const double expected[] = { 1, -2, 0.5, 3 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnElement) other = NULL;
  g_autoptr (AnnElement) stack = NULL;
  g_autoptr (AnnBlock) block = NULL;

  store_add_box (store, store->root, "one", ANN_DTYPE_INT32, 2, shape, integers);
  store_add_box (store, store->root, "other", ANN_DTYPE_FLOAT32, 2, shape, fractions);
  one = open_good (store, "one", D);
  other = open_good (store, "other", D);
  {
    const AnnStackPart parts[] = { { NULL, one, NULL, 1, NULL }, { NULL, other, NULL, 1, NULL } };

    stack = _ann_stack_matrices ("X", parts, 2, 0, NULL, NULL);
  }
  g_assert_cmpint (ann_element_get_dtype (stack), ==, ANN_DTYPE_FLOAT64);
  block = ann_element_read_rows (stack, 0, 2, NULL, NULL);
  g_assert_cmpint (ann_buffer_get_dtype (block->values), ==, ANN_DTYPE_FLOAT64);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, expected[i]);
}

/* Shapes that do not fit are an error that says so. */
static void
test_shapes (void)
{
  static const guint64 shapes[][2] = { { 1, 2 }, { 1, 3 } };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnElement) other = NULL;
  g_autoptr (GError) error = NULL;

  store_add_box (store, store->root, "one", ANN_DTYPE_INT32, 2, shapes[0], NULL);
  store_add_box (store, store->root, "other", ANN_DTYPE_INT32, 2, shapes[1], NULL);
  one = open_good (store, "one", D);
  other = open_good (store, "other", D);
  {
    const AnnStackPart parts[] = { { NULL, one, NULL, 1, NULL }, { NULL, other, NULL, 1, NULL } };

    g_assert_null (_ann_stack_matrices ("X", parts, 2, 0, NULL, &error));
  }
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "X: the parts have 2 and 3 columns");
}

/* What a part that is not there says is said of the whole, and of what is made of that. */
static void
test_unavailable (void)
{
  static const guint64 shape[] = { 1, 2 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnElement) inner = NULL;
  g_autoptr (AnnElement) outer = NULL;
  g_autoptr (GError) why = g_error_new_literal (ANN_ERROR, ANN_ERROR_NOT_FOUND, "gone");
  gsize n_parts;
  guint axis;

  store_add_box (store, store->root, "one", ANN_DTYPE_INT32, 2, shape, NULL);
  one = open_good (store, "one", D);
  {
    const AnnStackPart parts[] = { { NULL, one, NULL, 1, NULL }, { NULL, NULL, why, 4, NULL } };

    inner = _ann_stack_matrices ("X", parts, 2, 0, NULL, NULL);
  }
  outer = _ann_stack_matrices ("X", &(AnnStackPart){ NULL, inner, NULL, 5, NULL }, 1, 0, NULL,
                               NULL);
  g_assert_null (_ann_element_get_unavailable (one));
  g_assert_error (_ann_element_get_unavailable (inner), ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_assert_error (_ann_element_get_unavailable (outer), ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_assert_cmpint (ann_element_get_dtype (inner), ==, ANN_DTYPE_FLOAT64);

  g_assert_true (_ann_element_get_stacked (inner, &n_parts, &axis)[0].element == one);
  g_assert_cmpuint (n_parts, ==, 2);
  g_assert_cmpuint (axis, ==, 0);
  g_assert_null (_ann_element_get_stacked (one, &n_parts, &axis));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*func) (gconstpointer data);
  } of_each_mode[] = {
    { "table", test_table },       { "ranges", test_ranges },
    { "blocks", test_blocks },     { "indptr", test_indptr },
    { "selected", test_selected }, { "of-views", test_stack_of_views },
    { "failures", test_failures },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (of_each_mode); k++)
      {
        g_autofree char *path = g_strdup_printf ("/stack/%s/%s", modes[i].name,
                                                 of_each_mode[k].name);

        g_test_add_data_func (path, &modes[i], of_each_mode[k].func);
      }
  g_test_add_func ("/stack/counted", test_counted);
  g_test_add_func ("/stack/blocks-counted", test_blocks_counted);
  g_test_add_func ("/stack/lazy", test_lazy);
  g_test_add_func ("/stack/gaps", test_gaps);
  g_test_add_func ("/stack/offsets", test_offsets);
  g_test_add_func ("/stack/offsets-of-boxes", test_offsets_of_boxes);
  g_test_add_func ("/stack/promote", test_promote);
  g_test_add_func ("/stack/promote-for", test_promote_for);
  g_test_add_func ("/stack/types", test_types);
  g_test_add_func ("/stack/shapes", test_shapes);
  g_test_add_func ("/stack/unavailable", test_unavailable);

  return g_test_run ();
}
