/* test-matrix-column.c: one column of each kind of matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-matrix-column.h"
#include "memory-store.h"

/* 3 × 2: (0, 1) = 1 and 2 in two entries, (2, 0) = 3, (2, 1) = 4. */
static const gint64 shape[] = { 3, 2 };
static const double dense[] = { 0, 3, 0, 0, 3, 4 };
static const double by_rows[] = { 1, 2, 3, 4 };
static const gint32 row_columns[] = { 1, 1, 0, 1 };
static const gint64 row_pointers[] = { 0, 2, 2, 4 };
static const double by_columns[] = { 3, 2, 1, 4 };
static const gint32 column_rows[] = { 2, 0, 0, 2 };
static const gint64 column_pointers[] = { 0, 1, 4 };

static void
add_sparse (Store *store, const char *name, gboolean is_csr)
{
  Item *group = store_add_group (store, store->root, name);

  item_set_encoding (group, is_csr ? "csr_matrix" : "csc_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 4, is_csr ? by_rows : by_columns);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 4,
                    is_csr ? row_columns : column_rows);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, is_csr ? 4 : 3,
                    is_csr ? row_pointers : column_pointers);
}

static void
assert_column (AnnElement *matrix, guint64 column)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) vector = ann_matrix_column_new (matrix, column, NULL, &error);
  g_autoptr (AnnSelection) order = ann_selection_parse ("2,0,2", 3, &error);
  g_autoptr (AnnBlock) rows = NULL;
  g_autoptr (AnnBlock) chosen = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (ann_element_get_kind (vector), ==, ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_rank (vector), ==, 1);
  g_assert_cmpuint (ann_element_get_n_rows (vector), ==, 3);
  g_assert_cmpstr (ann_element_get_path (vector), ==, ann_element_get_path (matrix));

  rows = ann_element_read_rows (vector, 1, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->count, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat (ann_buffer_get_double (rows->values, i), ==, dense[(i + 1) * 2 + column]);

  chosen = ann_element_read (vector, order, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_buffer_get_double (chosen->values, 0), ==, dense[4 + column]);
  g_assert_cmpfloat (ann_buffer_get_double (chosen->values, 1), ==, dense[column]);
  g_assert_cmpfloat (ann_buffer_get_double (chosen->values, 2), ==, dense[4 + column]);
}

static void
test_values (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) array = NULL;
  g_autoptr (AnnElement) csr = NULL;
  g_autoptr (AnnElement) csc = NULL;

  item_set_encoding (store_add_box (store, store->root, "array", ANN_DTYPE_FLOAT64, 2,
                                    (const guint64[]){ 3, 2 }, dense),
                     "array", "0.2.0");
  add_sparse (store, "csr", TRUE);
  add_sparse (store, "csc", FALSE);
  array = open_good (store, "array", ANN_ELEMENT_DENSE);
  csr = open_good (store, "csr", ANN_ELEMENT_CSR);
  csc = open_good (store, "csc", ANN_ELEMENT_CSC);
  for (guint64 column = 0; column < 2; column++)
    {
      assert_column (array, column);
      assert_column (csr, column);
      assert_column (csc, column);
    }
}

static void
test_errors (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) csr = NULL;
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (GError) bounds = NULL;
  g_autoptr (GError) unsupported = NULL;
  g_autoptr (GError) cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_sparse (store, "csr", TRUE);
  item_set_encoding (store_add_vector (store, store->root, "v", ANN_DTYPE_FLOAT64, 4, by_rows),
                     "array", "0.2.0");
  csr = open_good (store, "csr", ANN_ELEMENT_CSR);
  vector = open_good (store, "v", ANN_ELEMENT_DENSE);
  g_assert_null (ann_matrix_column_new (csr, 2, NULL, &bounds));
  g_assert_error (bounds, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_null (ann_matrix_column_new (vector, 0, NULL, &unsupported));
  g_assert_error (unsupported, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_matrix_column_new (csr, 0, cancellable, &cancelled));
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/matrix-column/values", test_values);
  g_test_add_func ("/matrix-column/errors", test_errors);

  return g_test_run ();
}
