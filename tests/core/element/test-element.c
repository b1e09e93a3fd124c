/* test-element.c: what a node is taken for; arrays, texts, scalars, records
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-scalar.h"
#include "memory-store.h"

#include <gio/gio.h>

static const double numbers[] = { 1, 2, 3, 4, 5, 6 };
static const guint64 two_by_three[] = { 2, 3 };
static const char *const texts[] = { "p", "q", NULL };

static void
test_dense (void)
{
  static const guint64 cube_shape[] = { 2, 3, 2 };
  static const guint64 none_shape[] = { 3, 0 };
  static const AnnDtype dtypes[] = { ANN_DTYPE_BOOL, ANN_DTYPE_INT16, ANN_DTYPE_FLOAT32,
                                     ANN_DTYPE_FLOAT64, ANN_DTYPE_COMPLEX128 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) cube = NULL;
  g_autoptr (AnnElement) none = NULL;
  g_autoptr (AnnBlock) of_cube = NULL;
  g_autoptr (AnnBlock) of_none = NULL;

  store_add_box (store, store->root, "cube", ANN_DTYPE_INT32, 3, cube_shape, NULL);
  cube = open_good (store, "cube", ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_width (cube), ==, 6);
  g_assert_false (ann_element_is_matrix (cube));
  of_cube = read_rows (cube, 1, 1);
  g_assert_cmpuint (ann_buffer_get_n_elements (of_cube->values), ==, 6);

  store_add_box (store, store->root, "none", ANN_DTYPE_INT32, 2, none_shape, NULL);
  none = open_good (store, "none", ANN_ELEMENT_DENSE);
  of_none = read_rows (none, 0, 3);
  g_assert_cmpuint (ann_buffer_get_n_elements (of_none->values), ==, 0);

  /* Columns come turned, whatever the size of a value. */
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    {
      g_autoptr (AnnElement) matrix = NULL;
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (GError) error = NULL;
      gsize size = ann_dtype_get_size (dtypes[i]);
      guint8 bytes[6 * 16];
      const guint8 *turned;

      for (guint j = 0; j < sizeof bytes; j++)
        bytes[j] = dtypes[i] == ANN_DTYPE_BOOL ? j % 2 : j;
      store_add_box (store, store->root, "m", dtypes[i], 2, two_by_three, bytes);
      matrix = open_good (store, "m", ANN_ELEMENT_DENSE);
      block = ann_element_read_columns (matrix, 1, 2, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (block->width, ==, 2);
      turned = ann_buffer_get_data (block->values);
      for (guint column = 0; column < 2; column++)
        for (guint row = 0; row < 2; row++)
          g_assert_cmpmem (turned + (column * 2 + row) * size, size,
                           bytes + (row * 3 + column + 1) * size, size);
    }
}

static void
test_bounds (void)
{
  static const struct {
    guint64 start;
    guint64 count;
  } outside[] = { { 0, 3 }, { 2, 1 }, { 3, 0 }, { 1, G_MAXUINT64 }, { G_MAXUINT64, 1 } };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;

  store_add_box (store, store->root, "m", ANN_DTYPE_FLOAT64, 2, two_by_three, numbers);
  matrix = open_good (store, "m", ANN_ELEMENT_DENSE);
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          ann_element_read_rows (matrix, outside[i].start, outside[i].count, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
      g_clear_error (&error);
      g_assert_null (ann_element_read_columns (matrix, MAX (outside[i].start, outside[i].start + 1),
                                               outside[i].count, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
    }
  g_assert_cmpint (counts.n_reads, ==, 0);
}

static void
test_scalars (void)
{
  static const char *const word[] = { "hello", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) number = NULL;
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnElement) unmarked = NULL;
  g_autoptr (AnnElement) text = NULL;
  g_autoptr (AnnElement) zero_axes = NULL;
  g_autofree char *of_number = NULL;
  g_autofree char *of_one = NULL;
  g_autofree char *of_text = NULL;

  item_set_encoding (
      store_add_box (store, store->root, "number", ANN_DTYPE_FLOAT64, 0, NULL, numbers),
      "numeric-scalar", "0.2.0");
  number = open_good (store, "number", ANN_ELEMENT_NUMBER);
  g_assert_cmpuint (ann_element_get_n_rows (number), ==, 1);
  of_number = ann_scalar_read_text (ANN_SCALAR (number), NULL, NULL);
  g_assert_cmpstr (of_number, ==, "1");

  /* R writes a vector of one. */
  item_set_encoding (
      store_add_vector (store, store->root, "one", ANN_DTYPE_FLOAT64, 1, numbers + 1),
      "numeric-scalar", "0.2.0");
  one = open_good (store, "one", ANN_ELEMENT_NUMBER);
  of_one = ann_scalar_read_text (ANN_SCALAR (one), NULL, NULL);
  g_assert_cmpstr (of_one, ==, "2");

  store_add_vector (store, store->root, "unmarked", ANN_DTYPE_FLOAT64, 1, numbers);
  unmarked = open_good (store, "unmarked", ANN_ELEMENT_DENSE);

  item_set_encoding (store_add_texts (store, store->root, "text", word), "string", "0.2.0");
  text = open_good (store, "text", ANN_ELEMENT_STRING);
  of_text = ann_scalar_read_text (ANN_SCALAR (text), NULL, NULL);
  g_assert_cmpstr (of_text, ==, "hello");

  store_add_box (store, store->root, "zero-axes", ANN_DTYPE_INT8, 0, NULL, numbers);
  zero_axes = open_good (store, "zero-axes", ANN_ELEMENT_NUMBER);
}

static void
test_records (void)
{
  static char *names[] = { (char *) "i", (char *) "s", NULL };
  g_autoptr (Store) store = store_new ();
  Item *item = store_add_vector (store, store->root, "r", ANN_DTYPE_RECORD, 2, NULL);
  g_autoptr (AnnElement) records = NULL;
  g_autoptr (AnnElement) number = NULL;
  g_autoptr (AnnElement) text = NULL;
  g_autoptr (AnnElement) none = NULL;
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) children = NULL;

  item_set_encoding (item, "rec-array", "0.2.0");
  item->field_names = g_strdupv (names);
  item->fields = g_new0 (Item *, 2);
  item->fields[0] = store_add_vector (store, NULL, NULL, ANN_DTYPE_FLOAT64, 2, numbers);
  item->fields[1] = store_add_texts (store, NULL, NULL, texts);

  records = open_good (store, "r", ANN_ELEMENT_RECORDS);
  g_assert_cmpuint (ann_element_get_n_rows (records), ==, 2);
  children = ann_element_list_children (records, NULL, &error);
  g_assert_cmpstrv (children, names);
  number = ann_element_open_child (records, "i", NULL, &error);
  g_assert_cmpstr (ann_element_get_path (number), ==, "r/i");
  g_assert_cmpint (ann_element_get_kind (number), ==, ANN_ELEMENT_DENSE);
  text = ann_element_open_child (records, "s", NULL, &error);
  g_assert_no_error (error);
  block = read_rows (text, 1, 1);
  assert_text (block->texts, 0, "q");
  none = ann_element_open_child (records, "t", NULL, &error);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);

  store_add_box (store, store->root, "one", ANN_DTYPE_RECORD, 0, NULL, NULL);
  one = open_good (store, "one", ANN_ELEMENT_RECORDS);
  g_assert_cmpuint (ann_element_get_n_rows (one), ==, 1);
}

/* Marked as something that it is not, or that nobody knows. */
static void
test_wrong_marks (void)
{
  static const double five = 5;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) unknown = NULL;
  g_autoptr (AnnElement) dict = NULL;
  g_autoptr (AnnElement) array = NULL;
  g_autoptr (AnnElement) number = NULL;
  g_autoptr (AnnElement) newer = NULL;
  g_autoptr (AnnElement) newer_broken = NULL;
  g_autoptr (AnnElement) other = NULL;
  g_autoptr (AnnElement) inside = NULL;
  g_auto (GStrv) children = NULL;
  Item *item;

  item = store_add_group (store, store->root, "unknown");
  item_set_encoding (item, "quilt", "3.1");
  store_add_vector (store, item, "patch", ANN_DTYPE_FLOAT64, 2, numbers);
  unknown = open_child (store, "unknown");
  assert_broken (unknown, ANN_ELEMENT_UNSUPPORTED, "“quilt” 3.1");
  g_assert_cmpstr (ann_element_get_encoding_type (unknown), ==, "quilt");
  children = ann_element_list_children (unknown, NULL, NULL);
  g_assert_cmpstr (children[0], ==, "patch");
  inside = ann_element_open_child (unknown, "patch", NULL, NULL);
  g_assert_cmpint (ann_element_get_kind (inside), ==, ANN_ELEMENT_DENSE);

  item_set_encoding (store_add_vector (store, store->root, "dict", ANN_DTYPE_INT8, 1, numbers),
                     "dict", "0.1.0");
  dict = open_child (store, "dict");
  assert_broken (dict, ANN_ELEMENT_CORRUPT, "is marked “dict”, but is an array");

  item_set_encoding (store_add_group (store, store->root, "array"), "array", "0.2.0");
  array = open_child (store, "array");
  assert_broken (array, ANN_ELEMENT_CORRUPT, "but is a group");

  item = store_add_vector (store, store->root, "number", ANN_DTYPE_FLOAT64, 2, numbers);
  item_set_numbers (item, "encoding-type", ANN_DTYPE_FLOAT64, 1, &five);
  number = open_child (store, "number");
  assert_broken (number, ANN_ELEMENT_CORRUPT, "not a text");
  g_assert_cmpuint (ann_element_get_n_rows (number), ==, 2); /* it can still be described */

  item = store_add_vector (store, store->root, "newer", ANN_DTYPE_FLOAT64, 2, numbers);
  item_set_encoding (item, "array", "9.0.0");
  newer = open_good (store, "newer", ANN_ELEMENT_DENSE);
  assert_warns (newer, "9.0.0");

  item_set_encoding (store_add_group (store, store->root, "newer-broken"), "csr_matrix", "9.0.0");
  newer_broken = open_child (store, "newer-broken");
  assert_broken (newer_broken, ANN_ELEMENT_CORRUPT, "“csr_matrix” 9.0.0");

  store_add_vector (store, store->root, "other", ANN_DTYPE_OTHER, 2, NULL);
  other = open_child (store, "other");
  assert_broken (other, ANN_ELEMENT_UNSUPPORTED, "other");
}

/* Python marks a group when it is finished: a crash leaves its parts. */
static void
test_recovery (void)
{
  static const gint64 square[] = { 1, 1 };
  static const gint64 wide[] = { 1, 2 };
  static const gint32 pointers[] = { 0, 1, 1 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) csr = NULL;
  g_autoptr (AnnElement) csc = NULL;
  g_autoptr (AnnElement) legacy = NULL;
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnElement) categorical = NULL;
  g_autoptr (AnnElement) nullable = NULL;
  g_autoptr (AnnElement) mapping = NULL;
  g_autoptr (AnnElement) strings = NULL;
  g_autoptr (AnnElement) nothing = NULL;
  g_autoptr (AnnElement) named_type = NULL;
  g_autoptr (AnnElement) old_codes = NULL;
  Item *item;

  for (guint i = 0; i < 3; i++)
    {
      static const char *const names[] = { "csr", "csc", "legacy" };

      item = store_add_group (store, store->root, names[i]);
      item_set_numbers (item, i == 2 ? "h5sparse_shape" : "shape", ANN_DTYPE_INT64, 2,
                        i == 1 ? wide : square);
      store_add_vector (store, item, "data", ANN_DTYPE_FLOAT64, 1, numbers);
      store_add_vector (store, item, "indices", ANN_DTYPE_INT32, 1, pointers);
      store_add_vector (store, item, "indptr", ANN_DTYPE_INT32, i == 1 ? 3 : 2, pointers);
    }
  item_set_text (item, "h5sparse_format", "csc");
  csr = open_good (store, "csr", ANN_ELEMENT_CSR);
  assert_warns (csr, "incomplete");
  assert_warns (csr, "by rows or by columns");
  csc = open_good (store, "csc", ANN_ELEMENT_CSC);
  legacy = open_good (store, "legacy", ANN_ELEMENT_CSC);
  g_assert_cmpstr (ann_element_get_warnings (legacy)[0], ==, NULL);

  item = store_add_group (store, store->root, "frame");
  item_set_text (item, "_index", "i");
  item_set_texts (item, "column-order", texts + 2);
  store_add_texts (store, item, "i", texts);
  frame = open_good (store, "frame", ANN_ELEMENT_FRAME);
  assert_warns (frame, "incomplete");

  item = store_add_group (store, store->root, "categorical");
  store_add_vector (store, item, "codes", ANN_DTYPE_INT8, 2, numbers);
  store_add_texts (store, item, "categories", texts);
  categorical = open_good (store, "categorical", ANN_ELEMENT_CATEGORICAL);

  item = store_add_group (store, store->root, "nullable");
  store_add_texts (store, item, "values", texts);
  store_add_vector (store, item, "mask", ANN_DTYPE_BOOL, 2, pointers);
  nullable = open_good (store, "nullable", ANN_ELEMENT_NULLABLE_STRING);

  store_add_vector (store, store_add_group (store, store->root, "mapping"), "data", ANN_DTYPE_INT8,
                    1, numbers);
  mapping = open_good (store, "mapping", ANN_ELEMENT_MAPPING);
  g_assert_cmpstr (ann_element_get_warnings (mapping)[0], ==, NULL);

  store_add_texts (store, store->root, "strings", texts);
  strings = open_good (store, "strings", ANN_ELEMENT_STRINGS);
  store_add (store, store->root, "nothing", ANN_NODE_NULL);
  nothing = open_good (store, "nothing", ANN_ELEMENT_NULL);
  store_add (store, store->root, "type", ANN_NODE_OTHER);
  named_type = open_child (store, "type");
  assert_broken (named_type, ANN_ELEMENT_UNSUPPORTED, "neither a group nor an array");

  item_set_text (store_add_vector (store, store->root, "codes", ANN_DTYPE_INT8, 2, numbers),
                 "categories", "__categories/codes");
  old_codes = open_child (store, "codes");
  assert_broken (old_codes, ANN_ELEMENT_CORRUPT, "__categories");
}

/* Links that lead back, and groups without end. */
static void
test_depth (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) outer = NULL;
  g_autoptr (AnnElement) inner = NULL;
  g_autoptr (AnnElement) element = NULL;
  Item *group = store_add_group (store, store->root, "g");
  Item *deep = store_add_group (store, store->root, "d");
  guint depth = 0;

  store_link (store_add_group (store, group, "h"), "back", group);
  outer = open_good (store, "g", ANN_ELEMENT_MAPPING);
  inner = ann_element_open_child (outer, "h", NULL, NULL);
  element = ann_element_open_child (inner, "back", NULL, NULL);
  assert_broken (element, ANN_ELEMENT_DENIED, "leads back to “g”");
  g_clear_object (&element);

  for (guint i = 0; i < 100; i++)
    deep = store_add_group (store, deep, "d");
  element = open_good (store, "d", ANN_ELEMENT_MAPPING);
  while (ann_element_get_state (element) == ANN_ELEMENT_OK)
    {
      AnnElement *child = ann_element_open_child (element, "d", NULL, NULL);

      g_assert_nonnull (child);
      g_object_unref (element);
      element = child;
      depth++;
    }
  g_assert_cmpuint (depth, ==, ANN_ELEMENT_MAX_DEPTH);
  assert_broken (element, ANN_ELEMENT_DENIED, "nested deeper");
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **to = user_data;

  g_assert_true (ANN_IS_ELEMENT (source));
  *to = g_object_ref (result);
}

static void
test_async (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  store_add_box (store, store->root, "m", ANN_DTYPE_FLOAT64, 2, two_by_three, numbers);
  matrix = open_good (store, "m", ANN_ELEMENT_DENSE);
  for (guint cancelled = 0; cancelled < 2; cancelled++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (GError) error = NULL;

      if (cancelled)
        g_cancellable_cancel (cancellable);
      ann_element_read_rows_async (matrix, 1, 1, G_PRIORITY_DEFAULT, cancellable, store_result,
                                   &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      block = ann_element_read_rows_finish (matrix, result, &error);
      if (cancelled)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_cmpfloat (ann_buffer_get_double (block->values, 2), ==, 6);
    }
}

static void
test_names (void)
{
  for (AnnElementKind kind = ANN_ELEMENT_ANNDATA; kind <= ANN_ELEMENT_OPAQUE; kind++)
    for (AnnElementKind other = ANN_ELEMENT_ANNDATA; other < kind; other++)
      g_assert_cmpstr (ann_element_kind_get_name (kind), !=, ann_element_kind_get_name (other));
  for (AnnElementState state = ANN_ELEMENT_OK; state <= ANN_ELEMENT_DENIED; state++)
    g_assert_nonnull (ann_element_state_get_name (state));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element/dense", test_dense);
  g_test_add_func ("/element/bounds", test_bounds);
  g_test_add_func ("/element/scalars", test_scalars);
  g_test_add_func ("/element/records", test_records);
  g_test_add_func ("/element/wrong-marks", test_wrong_marks);
  g_test_add_func ("/element/recovery", test_recovery);
  g_test_add_func ("/element/depth", test_depth);
  g_test_add_func ("/element/async", test_async);
  g_test_add_func ("/element/names", test_names);

  return g_test_run ();
}
