/* test-element-cache.c: elements that are kept in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "memory-store.h"

static const double numbers[] = { 10, 11, 12, 13, 14, 15 };

/* 3 × 2: (0, 7), (0, 0), (9, 8), or turned as columns. */
static const double stored[] = { 7, 9, 8 };
static const gint32 indices[] = { 1, 0, 1 };
static const gint64 indptr[] = { 0, 1, 1, 3 };

static void
add_sparse (Store *store, gboolean is_csc)
{
  const gint64 shape[] = { is_csc ? 2 : 3, is_csc ? 3 : 2 };
  Item *group = store_add_group (store, store->root, "v");

  item_set_encoding (group, is_csc ? "csc_matrix" : "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 3, stored);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 3, indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, 4, indptr);
}

static AnnElement *
open_dense (Store *store, guint rank, const guint64 *shape)
{
  item_set_encoding (
      store_add_box (store, store->root, "v", ANN_DTYPE_FLOAT64, rank, shape, numbers), "array",
      "0.2.0");

  return open_good (store, "v", ANN_ELEMENT_DENSE);
}

static AnnBlock *
read_all (AnnElement *element)
{
  g_autoptr (GError) error = NULL;
  AnnBlock *block = ann_element_read_rows (element, 0, ann_element_get_n_rows (element), NULL,
                                           &error);

  g_assert_no_error (error);

  return block;
}

static char *
describe (const AnnBlock *block)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d+%d×%d:", (int) block->start, (int) block->count,
                          (int) block->width);
  for (gsize i = 0; block->values != NULL && i < ann_buffer_get_n_elements (block->values); i++)
    g_string_append_printf (text, " %g", ann_buffer_get_double (block->values, i));
  for (gsize i = 0; block->texts != NULL && i < ann_strings_get_length (block->texts); i++)
    g_string_append_printf (text, " “%s”", ann_strings_get (block->texts, i, NULL));
  for (gsize i = 0; block->missing != NULL && i < ann_buffer_get_n_elements (block->missing); i++)
    g_string_append (text, ann_block_is_missing (block, i) ? " missing" : " there");
  for (gsize i = 0; block->indptr != NULL && i < ann_buffer_get_n_elements (block->indptr); i++)
    g_string_append_printf (text, " p%g", ann_buffer_get_double (block->indptr, i));
  for (gsize i = 0; block->indices != NULL && i < ann_buffer_get_n_elements (block->indices); i++)
    g_string_append_printf (text, " i%g", ann_buffer_get_double (block->indices, i));

  return g_string_free (text, FALSE);
}

static void
assert_same (const AnnBlock *one, const AnnBlock *other)
{
  g_autofree char *text = describe (one);
  g_autofree char *other_text = describe (other);

  g_assert_cmpstr (text, ==, other_text);
}

/* Any rows and columns of one that is kept are those of one that is not, and nothing is read. */
static void
assert_served (AnnElement *kept, Store *store)
{
  g_autoptr (AnnElement) plain = open_child (store, "v");
  const guint64 n_rows = ann_element_get_n_rows (kept);
  const gboolean is_matrix = ann_element_is_matrix (kept);

  g_assert_true (ann_element_is_cached (kept));
  for (int by_columns = 0; by_columns <= is_matrix; by_columns++)
    {
      const guint64 length = by_columns ? ann_element_get_length (kept, 1) : n_rows;

      for (guint64 start = 0; start <= length; start++)
        for (guint64 count = 0; count <= length - start; count++)
          {
            AnnBlock *(*const read) (AnnElement *, guint64, guint64, GCancellable *, GError **)
                = by_columns ? ann_element_read_columns : ann_element_read_rows;
            g_autoptr (AnnBlock) expected = read (plain, start, count, NULL, NULL);
            g_autoptr (AnnBlock) block = NULL;

            counts_reset ();
            block = read (kept, start, count, NULL, NULL);
            g_assert_cmpint (counts.n_reads, ==, 0);
            assert_same (block, expected);
          }
    }
}

static void
test_dense (void)
{
  static const guint64 shapes[][3] = { { 6, 0, 0 }, { 3, 2, 0 }, { 3, 1, 2 } };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = open_dense (store, i + 1, shapes[i]);
      g_autoptr (AnnBlock) block = NULL;

      ann_element_set_cached (element, 1000);
      g_assert_false (ann_element_is_cached (element));
      block = read_all (element);
      assert_served (element, store);
    }
}

static void
test_sparse (void)
{
  for (int is_csc = 0; is_csc < 2; is_csc++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnBlock) rows = NULL;
      g_autoptr (AnnBlock) columns = NULL;

      add_sparse (store, is_csc);
      element = open_good (store, "v", is_csc ? ANN_ELEMENT_CSC : ANN_ELEMENT_CSR);
      ann_element_set_cached (element, 1000);

      /* What is not read as it is stored is not kept. */
      if (is_csc)
        rows = read_all (element);
      else
        columns = ann_element_read_columns (element, 0, 2, NULL, NULL);
      g_assert_false (ann_element_is_cached (element));

      if (is_csc)
        columns = ann_element_read_columns (element, 0, 3, NULL, NULL);
      else
        rows = read_all (element);
      assert_served (element, store);
    }
}

static void
test_other_kinds (void)
{
  static const char *const texts[] = { "a", "", "ccc", NULL };
  const guint8 mask[] = { 0, 1, 0 };
  const gint8 codes[] = { 1, -1, 7 };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnBlock) block = NULL;
      Item *group;

      if (i == 0)
        item_set_encoding (store_add_texts (store, store->root, "v", texts), "string-array",
                           "0.2.0");
      else if (i == 1)
        item_set_encoding (
            store_add_box (store, store->root, "v", ANN_DTYPE_FLOAT64, 0, NULL, numbers),
            "numeric-scalar", "0.2.0");
      else
        {
          group = store_add_group (store, store->root, "v");
          item_set_encoding (group, i == 2 ? "nullable-integer" : "categorical",
                             i == 2 ? "0.1.0" : "0.2.0");
          store_add_vector (store, group, "values", ANN_DTYPE_FLOAT64, 3, numbers);
          store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 3, mask);
          store_add_vector (store, group, "codes", ANN_DTYPE_INT8, 3, codes);
          store_add_texts (store, group, "categories", texts);
        }
      element = open_child (store, "v");
      ann_element_set_cached (element, 1000);
      block = read_all (element);
      assert_served (element, store);
    }
}

/* Selections come from memory too. */
static void
test_selection (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = open_dense (store, 1, (const guint64[]){ 6 });
  g_autoptr (AnnSelection) rows = ann_selection_parse ("5,0,0,2:4", 6, NULL);
  g_autoptr (AnnBlock) all = NULL;
  g_autoptr (AnnBlock) some = NULL;

  ann_element_set_cached (element, 1000);
  all = ann_element_read (element, NULL, NULL, NULL, NULL);
  counts_reset ();
  some = ann_element_read (element, rows, NULL, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpfloat (ann_buffer_get_double (some->values, i), ==,
                       ((const double[]){ 15, 10, 10, 12, 13 })[i]);
}

/* Off at first, and never more than was allowed. */
static void
test_limit (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = open_dense (store, 1, (const guint64[]){ 6 });
  g_autoptr (AnnBlock) block = read_all (element);
  g_autoptr (AnnBlock) again = NULL;
  g_autoptr (AnnBlock) part = NULL;
  const gsize size = ann_block_get_size (block);

  g_assert_false (ann_element_is_cached (element));

  ann_element_set_cached (element, size - 1);
  again = read_all (element);
  g_assert_false (ann_element_is_cached (element));
  g_clear_pointer (&again, ann_block_unref);

  ann_element_set_cached (element, size);
  part = ann_element_read_rows (element, 0, 5, NULL, NULL);
  g_assert_false (ann_element_is_cached (element));
  again = read_all (element);
  g_assert_true (ann_element_is_cached (element));
  ann_element_set_cached (element, size - 1);
  g_assert_false (ann_element_is_cached (element));
}

static void
test_take (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = open_dense (store, 2, (const guint64[]){ 3, 2 });
  g_autoptr (AnnBlock) whole = NULL;
  g_autoptr (AnnBlock) taken = NULL;
  g_autoptr (AnnBlock) from_store = NULL;

  ann_element_set_cached (element, 1000);
  whole = read_all (element);
  counts_reset ();
  taken = ann_element_take (element, NULL, NULL);
  g_assert_true (taken == whole);
  g_assert_cmpint (counts.n_reads, ==, 0);
  g_assert_false (ann_element_is_cached (element));

  /* Nobody else holds the values: they can be written to. */
  ann_block_unref (g_steal_pointer (&whole));
  g_assert_nonnull (ann_buffer_get_data_for_writing (taken->values));

  from_store = ann_element_take (element, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 1);
  assert_same (from_store, taken);
  g_assert_false (ann_element_is_cached (element));
}

/* By columns, as it is stored. */
static void
test_take_csc (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnBlock) taken = NULL;
  g_autoptr (AnnBlock) columns = NULL;

  add_sparse (store, TRUE);
  element = open_good (store, "v", ANN_ELEMENT_CSC);
  taken = ann_element_take (element, NULL, NULL);
  columns = ann_element_read_columns (element, 0, 3, NULL, NULL);
  assert_same (taken, columns);
}

static void
test_failures (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = open_dense (store, 1, (const guint64[]){ 6 });
  g_autoptr (GError) error = NULL;

  ann_element_set_cached (element, 1000);
  counts_reset ();
  counts.fail_at = 0;
  g_assert_null (ann_element_take (element, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&error);
  counts_reset ();
  counts.fail_at = 0;
  g_assert_null (ann_element_read_rows (element, 0, 6, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_false (ann_element_is_cached (element));
}

static gpointer
read_and_drop (gpointer data)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (AnnBlock) all = read_all (data);
      g_autoptr (AnnBlock) taken = i % 7 == 0 ? ann_element_take (data, NULL, NULL) : NULL;
      g_autoptr (AnnBlock) part = ann_element_read_rows (data, 2, 1, NULL, NULL);

      g_assert_cmpfloat (ann_buffer_get_double (all->values, 5), ==, 15);
      g_assert_cmpfloat (ann_buffer_get_double (part->values, 0), ==, 12);
      ann_element_set_cached (data, i % 5 == 0 ? 0 : 1000);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = open_dense (store, 1, (const guint64[]){ 6 });
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_and_drop, element);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element-cache/dense", test_dense);
  g_test_add_func ("/element-cache/sparse", test_sparse);
  g_test_add_func ("/element-cache/other-kinds", test_other_kinds);
  g_test_add_func ("/element-cache/selection", test_selection);
  g_test_add_func ("/element-cache/limit", test_limit);
  g_test_add_func ("/element-cache/take", test_take);
  g_test_add_func ("/element-cache/take-csc", test_take_csc);
  g_test_add_func ("/element-cache/failures", test_failures);
  g_test_add_func ("/element-cache/threads", test_threads);

  return g_test_run ();
}
