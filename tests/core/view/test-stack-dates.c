/* test-stack-dates.c: matrices that are joined, of which some are dates
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "view/ann-stack.h"

#include "../element/memory-store.h"

#include <math.h>

#define NO_DATE G_MININT64

/* What is joined. The parts are 2 × 2; a file's columns are `e`, and lie behind each other. */
typedef enum {
  PLAIN,      /* int64: 1 0 2 3 */
  BOOLS,      /* true false true true */
  SECONDS,    /* 5 NaT 0 7 */
  DAYS,       /* likewise */
  SPARSE,     /* int64, by rows: 1 0 2 3 */
  GONE,       /* it should be there */
  END_OF_LIST /* no part */
} Part;

typedef struct {
  const char *name;
  Part parts[3];
  gboolean is_diagonal;
  AnnElementKind kind; /* of the whole */
  AnnDtype dtype;
  const char *time_type;
  double values[16]; /* from row to row */
  AnnFill fill;
} Case;

#define DENSE ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, NULL
#define CSR ANN_ELEMENT_CSR, ANN_DTYPE_FLOAT64, NULL

static const Case cases[] = {
  /* Where all are alike they stay what they are. */
  { "alike",
    { SECONDS, SECONDS, END_OF_LIST },
    FALSE,
    ANN_ELEMENT_DENSE,
    ANN_DTYPE_INT64,
    "datetime64[s]",
    .values = { 5, NO_DATE, 0, 7, 5, NO_DATE, 0, 7 } },

  { "filled",
    { SECONDS, GONE, END_OF_LIST },
    FALSE,
    ANN_ELEMENT_DENSE,
    ANN_DTYPE_INT64,
    "datetime64[s]",
    .values = { 5, NO_DATE, 0, 7, 9, 9, 9, 9 },
    .fill = { TRUE, 9 } },

  /* What becomes fractions has NaN for numpy's NaT, the least integer. */
  { "gone",
    { SECONDS, GONE, END_OF_LIST },
    FALSE,
    DENSE,
    .values = { 5, NAN, 0, 7, NAN, NAN, NAN, NAN } },
  { "integers",
    { SECONDS, PLAIN, END_OF_LIST },
    FALSE,
    DENSE,
    .values = { 5, NAN, 0, 7, 1, 0, 2, 3 } },
  { "bools",
    { BOOLS, SECONDS, END_OF_LIST },
    FALSE,
    DENSE,
    .values = { 1, 0, 1, 1, 5, NAN, 0, 7 } },
  { "units",
    { SECONDS, DAYS, END_OF_LIST },
    FALSE,
    DENSE,
    .values = { 5, NAN, 0, 7, 5, NAN, 0, 7 } },
  { "sparse",
    { SPARSE, SECONDS, END_OF_LIST },
    FALSE,
    CSR,
    .values = { 1, 0, 2, 3, 5, NAN, 0, 7 } },
  { "diagonal",
    { SECONDS, SECONDS, END_OF_LIST },
    TRUE,
    CSR,
    .values = { 5, NAN, 0, 0, 0, 7, 0, 0, 0, 0, 5, NAN, 0, 0, 0, 7 } },

  /* Without dates nothing changes. */
  { "none",
    { PLAIN, BOOLS, END_OF_LIST },
    FALSE,
    ANN_ELEMENT_DENSE,
    ANN_DTYPE_INT64,
    NULL,
    .values = { 1, 0, 2, 3, 1, 0, 1, 1 } },
};

static AnnElement *
open_part (Store *store, Part part, const char *name)
{
  static const guint64 shape[] = { 2, 2 };
  static const gint64 plain[] = { 1, 0, 2, 3 };
  static const gint64 dates[] = { 5, NO_DATE, 0, 7 };
  static const guint8 bools[] = { TRUE, FALSE, TRUE, TRUE };
  static const gint64 entries[] = { 1, 2, 3 };
  static const gint32 indices[] = { 0, 0, 1 };
  static const gint32 indptr[] = { 0, 1, 3 };
  Item *item;

  switch ((int) part)
    {
    case SECONDS:
    case DAYS:
      item = store_add_box (store, store->root, name, ANN_DTYPE_INT64, 2, shape, dates);
      item->description = part == DAYS ? "datetime64[D]" : "datetime64[s]";
      break;
    case SPARSE:
      item = store_add_group (store, store->root, name);
      item_set_encoding (item, "csr_matrix", "0.1.0");
      item_set_numbers (item, "shape", ANN_DTYPE_INT64, 2, (const gint64[]){ 2, 2 });
      store_add_vector (store, item, "data", ANN_DTYPE_INT64, 3, entries);
      store_add_vector (store, item, "indices", ANN_DTYPE_INT32, 3, indices);
      store_add_vector (store, item, "indptr", ANN_DTYPE_INT32, 3, indptr);
      break;
    case BOOLS:
      store_add_box (store, store->root, name, ANN_DTYPE_BOOL, 2, shape, bools);
      break;
    default:
      store_add_box (store, store->root, name, ANN_DTYPE_INT64, 2, shape, plain);
      break;
    }

  return open_child (store, name);
}

static AnnElement *
stack_case (Store *store, const Case *test)
{
  g_autoptr (GError) why = g_error_new_literal (ANN_ERROR, ANN_ERROR_NOT_FOUND, "gone");
  g_autoptr (GError) error = NULL;
  AnnStackPart parts[3] = { 0 };
  AnnElement *stack;
  gsize n = 0;

  for (; test->parts[n] != END_OF_LIST; n++)
    {
      g_autofree char *name = g_strdup_printf ("part%u", (guint) n);

      parts[n].length = 2;
      if (test->parts[n] == GONE)
        parts[n].unavailable = why;
      else
        parts[n].element = open_part (store, test->parts[n], name);
    }
  stack = test->is_diagonal ? _ann_stack_diagonal ("x", parts, n, &error)
                            : _ann_stack_matrices ("x", parts, n, 0, &test->fill, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_clear_object (&parts[i].element);

  return stack;
}

/* One value of a block: what a sparse one leaves out is 0. */
static double
get_value (const AnnBlock *block, guint64 row, guint64 column)
{
  const guint64 *pointers;
  const gint32 *indices;

  if (!ann_block_is_sparse (block))
    return ann_buffer_get_double (block->values, row * block->width + column);

  pointers = ann_buffer_get_data (block->indptr);
  indices = ann_buffer_get_data (block->indices);
  for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
    if ((guint64) indices[i] == column)
      return ann_buffer_get_double (block->values, i);

  return 0;
}

static void
assert_same (double value, double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (value, ==, expected);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stack = stack_case (store, test);
  const guint64 n_rows = ann_element_get_length (stack, 0);
  const guint64 n_columns = ann_element_get_length (stack, 1);
  g_autoptr (AnnBlock) rows = ann_element_read_rows (stack, 0, n_rows, NULL, NULL);
  g_autoptr (AnnBlock) column = ann_element_read_columns (stack, 1, 1, NULL, NULL);

  g_assert_cmpint (ann_element_get_kind (stack), ==, test->kind);
  g_assert_cmpint (ann_element_get_dtype (stack), ==, test->dtype);
  g_assert_cmpint (ann_buffer_get_dtype (rows->values), ==, test->dtype);
  g_assert_cmpstr (ann_element_get_time_type (stack), ==, test->time_type);
  for (guint64 i = 0; i < n_rows; i++)
    {
      for (guint64 k = 0; k < n_columns; k++)
        assert_same (get_value (rows, i, k), test->values[i * n_columns + k]);
      assert_same (get_value (column, 0, i), test->values[i * n_columns + 1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stack/dates/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  return g_test_run ();
}
