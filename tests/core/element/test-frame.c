/* test-frame.c: tables
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-frame.h"
#include "memory-store.h"

static const char *const labels[] = { "r0", "r1", "r2", NULL };
static const double numbers[] = { 0.5, 1.5, 2.5, 3.5 };

/* A table of three rows, with columns x and y, without its column-order. */
static Item *
add_table (Store *store, const char *name)
{
  Item *table = store_add_group (store, store->root, name);

  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "_index");
  item_set_encoding (store_add_texts (store, table, "_index", labels), "string-array", "0.2.0");
  item_set_encoding (store_add_vector (store, table, "x", ANN_DTYPE_FLOAT64, 3, numbers), "array",
                     "0.2.0");
  item_set_encoding (store_add_vector (store, table, "y", ANN_DTYPE_FLOAT64, 3, numbers), "array",
                     "0.2.0");

  return table;
}

static void
assert_columns (AnnElement *element, const char *expected)
{
  AnnFrame *frame = ANN_FRAME (element);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = ann_element_list_children (element, NULL, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (",", names);
  g_assert_cmpstr (joined, ==, expected);
  g_assert_cmpuint (ann_frame_get_n_columns (frame), ==, g_strv_length (names));
  g_assert_cmpuint (ann_element_get_shape (element)[1], ==, g_strv_length (names));
  for (guint i = 0; names[i] != NULL; i++)
    {
      guint column;

      g_assert_cmpstr (ann_frame_get_column_name (frame, i), ==, names[i]);
      g_assert_true (ann_frame_find_column (frame, names[i], &column));
      g_assert_cmpuint (column, ==, i);
    }
}

/* The list of columns as every writer has it. */
static void
test_column_order (void)
{
  static const char *const both[] = { "y", "x", NULL };
  static const char *const none[] = { NULL };
  static const char *const twice[] = { "x", "y", "x", NULL };
  static const char *const expected[] = { "y,x", "", "", "", "x", "x,y", "x,y", "x,y", "y" };
  gint64 zero = 0;

  for (guint form = 0; form < G_N_ELEMENTS (expected); form++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) frame = NULL;
      g_autoptr (AnnStrings) names = ann_strings_new ();
      Item *table = add_table (store, "t");

      switch (form)
        {
        case 0:
          item_set_texts (table, "column-order", both);
          break;
        case 1: /* Julia, or us */
          item_set_texts (table, "column-order", none);
          break;
        case 2: /* Python */
          item_set_numbers (table, "column-order", ANN_DTYPE_FLOAT64, 0, &zero);
          break;
        case 3: /* anndata-rs */
          item_set_numbers (table, "column-order", ANN_DTYPE_INT64, 0, &zero);
          break;
        case 4: /* R */
          item_set_text (table, "column-order", "x");
          break;
        case 5: /* none at all: by name, but for the index and old categories */
          store_add_group (store, table, "__categories");
          break;
        case 6:
          item_set_texts (table, "column-order", twice);
          break;
        case 7: /* what is no list is none */
          ann_attributes_add_unknown (table->attributes, "column-order", "{}");
          break;
        default: /* one bad entry does not lose the others */
          ann_strings_append (names, "y", -1, NULL);
          ann_attributes_add_mixed (table->attributes, "column-order", names, "[\"y\",5]");
          break;
        }
      frame = open_good (store, "t", ANN_ELEMENT_FRAME);
      assert_columns (frame, expected[form]);
      g_assert_cmpuint (ann_element_get_n_rows (frame), ==, 3);
      g_assert_null (ann_frame_get_index_name (ANN_FRAME (frame)));
      if (form == 5)
        assert_warns (frame, "has no attribute “column-order”");
      else if (form == 6)
        assert_warns (frame, "“x” twice");
      else if (form == 7)
        assert_warns (frame, "“column-order” is no list");
      else if (form == 8)
        assert_warns (frame, "“column-order” lists something");
      else
        g_assert_cmpstr (ann_element_get_warnings (frame)[0], ==, NULL);
    }
}

/* Neither the index nor a column is read or opened before it is asked for. */
static void
test_laziness (void)
{
  static const char *const both[] = { "x", "y", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  item_set_texts (add_table (store, "t"), "column-order", both);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  g_assert_cmpint (counts.n_reads, ==, 0);
  g_assert_cmpint (counts.n_opened_arrays, ==, 1);
  g_assert_cmpint (counts.n_lists, ==, 0);

  column = ann_frame_open_column (ANN_FRAME (frame), 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts.n_opened_arrays, ==, 2);
  g_assert_cmpstr (ann_element_get_path (column), ==, "t/y");
  g_assert_cmpint (counts.n_reads, ==, 0);

  index = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);
  block = read_rows (index, 1, 2);
  assert_text (block->texts, 0, "r1");
  g_assert_cmpint (counts.n_values, ==, 2);
}

static void
test_named_index (void)
{
  static const char *const with_index[] = { "x", "cell", NULL };
  g_autoptr (Store) store = store_new ();
  Item *table = store_add_group (store, store->root, "t");
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (GError) error = NULL;

  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "cell");
  item_set_texts (table, "column-order", with_index); /* the index is one of the columns */
  store_add_vector (store, table, "cell", ANN_DTYPE_INT64, 3, numbers);
  store_add_vector (store, table, "x", ANN_DTYPE_FLOAT64, 3, numbers);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  g_assert_cmpstr (ann_frame_get_index_name (ANN_FRAME (frame)), ==, "cell");
  assert_columns (frame, "x,cell");
  index = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);
  g_assert_cmpint (ann_element_get_dtype (index), ==, ANN_DTYPE_INT64);
  column = ann_element_open_child (frame, "cell", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ann_element_get_path (column), ==, "t/cell");
}

/* Texts with missing ones as index, which Python writes since 0.13; labels may repeat. */
static void
test_nullable_index (void)
{
  static const char *const repeated[] = { "a", "", "a", NULL };
  static const guint8 mask[] = { 0, 1, 0 };
  g_autoptr (Store) store = store_new ();
  Item *table = store_add_group (store, store->root, "t");
  Item *group = store_add_group (store, table, "_index");
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "_index");
  item_set_texts (table, "column-order", (const char *const[]){ NULL });
  item_set_encoding (group, "nullable-string-array", "0.1.0");
  store_add_texts (store, group, "values", repeated);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 3, mask);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  g_assert_cmpuint (ann_element_get_n_rows (frame), ==, 3);
  index = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);
  g_assert_no_error (error);
  block = read_rows (index, 0, 3);
  assert_text (block->texts, 0, "a");
  assert_text (block->texts, 2, "a");
  g_assert_false (ann_block_is_missing (block, 0));
  g_assert_true (ann_block_is_missing (block, 1));
}

/* A broken column is there, says why, and the others can be read. */
static void
test_broken_columns (void)
{
  static const char *const names[] = { "x",  "ghost",  "long", "matrix", "dict", "..",
                                       "/x", "a/../x", ".",    "",       "a//b", NULL };
  static const guint64 matrix_shape[] = { 3, 2 };
  static const struct {
    AnnElementState state;
    const char *words;
  } expected[] = {
    { ANN_ELEMENT_OK, NULL },
    { ANN_ELEMENT_CORRUPT, "t/ghost: is listed" },
    { ANN_ELEMENT_CORRUPT, "its shape is 4, but must be 3" },
    { ANN_ELEMENT_CORRUPT, "one axis" },
    { ANN_ELEMENT_CORRUPT, "dict" },
    { ANN_ELEMENT_DENIED, ".." },
    { ANN_ELEMENT_DENIED, "/x" },
    { ANN_ELEMENT_DENIED, "a/../x" },
    { ANN_ELEMENT_DENIED, "." },
    { ANN_ELEMENT_DENIED, "t: “”" },
    { ANN_ELEMENT_DENIED, "a//b" },
  };
  g_autoptr (Store) store = store_new ();
  Item *table = add_table (store, "t");
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) none = NULL;
  g_autoptr (GError) error = NULL;

  item_set_texts (table, "column-order", names);
  store_add_vector (store, table, "long", ANN_DTYPE_FLOAT64, 4, numbers);
  store_add_box (store, table, "matrix", ANN_DTYPE_FLOAT64, 2, matrix_shape, NULL);
  store_add_group (store, table, "dict");
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (AnnElement) column = ann_frame_open_column (ANN_FRAME (frame), i, NULL, &error);

      g_assert_no_error (error);
      if (expected[i].words != NULL)
        assert_broken (column, expected[i].state, expected[i].words);
      else
        g_assert_no_error (ann_element_get_error (column));
    }

  none = ann_element_open_child (frame, "no such", NULL, &error);
  g_assert_null (none);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* anndata before 0.12.3 made groups of slashes. */
static void
test_slash (void)
{
  static const char *const names[] = { "a/b", NULL };
  g_autoptr (Store) store = store_new ();
  Item *table = add_table (store, "t");
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (GError) error = NULL;

  item_set_texts (table, "column-order", names);
  store_add_vector (store, store_add_group (store, table, "a"), "b", ANN_DTYPE_FLOAT64, 3, numbers);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);
  column = ann_element_open_child (frame, "a/b", NULL, &error);
  g_assert_no_error (error);
  g_assert_no_error (ann_element_get_error (column));
  g_assert_cmpstr (ann_element_get_path (column), ==, "t/a/b");
}

static void
test_broken_tables (void)
{
  static const char *const names[] = { "x", NULL };
  static const guint64 matrix_shape[] = { 3, 2 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) no_index = NULL;
  g_autoptr (AnnElement) no_labels = NULL;
  g_autoptr (AnnElement) matrix_labels = NULL;
  g_autoptr (AnnElement) outside = NULL;
  g_autoptr (AnnElement) order = NULL;
  Item *table;

  table = store_add_group (store, store->root, "no-index");
  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_texts (table, "column-order", names);
  no_index = open_child (store, "no-index");
  assert_broken (no_index, ANN_ELEMENT_CORRUPT, "“_index”");

  table = store_add_group (store, store->root, "no-labels");
  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "gone");
  no_labels = open_child (store, "no-labels");
  assert_broken (no_labels, ANN_ELEMENT_CORRUPT, "no-labels/gone");

  table = store_add_group (store, store->root, "matrix-labels");
  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "m");
  store_add_box (store, table, "m", ANN_DTYPE_FLOAT64, 2, matrix_shape, NULL);
  matrix_labels = open_child (store, "matrix-labels");
  assert_broken (matrix_labels, ANN_ELEMENT_CORRUPT, "not a vector");

  table = store_add_group (store, store->root, "outside");
  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "../t/_index");
  outside = open_child (store, "outside");
  assert_broken (outside, ANN_ELEMENT_CORRUPT, "“_index”");

  table = add_table (store, "order");
  item_set_numbers (table, "column-order", ANN_DTYPE_FLOAT64, 2, numbers);
  order = open_child (store, "order");
  assert_broken (order, ANN_ELEMENT_CORRUPT, "column-order");
}

/* Every call may fail while a table and a column are opened. */
static void
test_failures (void)
{
  static const char *const names[] = { "x", "y", NULL };
  int n = 0;

  for (gboolean failed = TRUE; failed; n++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) frame = NULL;
      g_autoptr (AnnElement) index = NULL;
      g_autoptr (AnnElement) column = NULL;
      g_autoptr (GError) error = NULL;

      item_set_texts (add_table (store, "t"), "column-order", names);
      counts.fail_at = n;
      frame = open_child (store, "t");
      failed = ann_element_get_state (frame) != ANN_ELEMENT_OK;
      if (failed)
        continue;

      index = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);
      column = ann_element_open_child (frame, "x", NULL, &error);
      g_assert_no_error (error);
      failed = ann_element_get_state (index) != ANN_ELEMENT_OK
               || ann_element_get_state (column) != ANN_ELEMENT_OK;
    }
  g_assert_cmpint (n, >, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/frame/column-order", test_column_order);
  g_test_add_func ("/frame/laziness", test_laziness);
  g_test_add_func ("/frame/named-index", test_named_index);
  g_test_add_func ("/frame/nullable-index", test_nullable_index);
  g_test_add_func ("/frame/broken-columns", test_broken_columns);
  g_test_add_func ("/frame/slash", test_slash);
  g_test_add_func ("/frame/broken-tables", test_broken_tables);
  g_test_add_func ("/frame/failures", test_failures);

  return g_test_run ();
}
