/* test-categorical.c: categoricals, and values with a mask
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-categorical.h"
#include "memory-store.h"

static const char *const abc[] = { "a", "b", "c", NULL };

static Item *
add_categorical (Store *store, const char *name, AnnDtype dtype, guint64 n, gconstpointer codes)
{
  Item *group = store_add_group (store, store->root, name);

  item_set_encoding (group, "categorical", "0.2.0");
  store_add_vector (store, group, "codes", dtype, n, codes);

  return group;
}

static void
assert_codes (const AnnBlock *block, const gint32 *expected)
{
  g_assert_cmpint (ann_buffer_get_dtype (block->values), ==, ANN_DTYPE_INT32);
  g_assert_cmpmem (ann_buffer_get_data (block->values), ann_buffer_get_size (block->values),
                   expected, block->count * sizeof (gint32));
}

/* -1 and the all-ones of unsigned types are missing; anything else outside is no category. */
static void
test_codes (void)
{
  static const struct {
    AnnDtype dtype;
    gint64 codes[6];
    gint32 expected[6];
  } cases[] = {
    { ANN_DTYPE_INT8, { 0, 2, -1, 3, -2, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_INT16, { 0, 2, -1, 300, -300, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_INT32, { 0, 2, -1, 70000, -2, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_INT64, { 0, 2, -1, 1LL << 32, -(1LL << 40), 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_UINT8, { 0, 2, 255, 254, 3, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_UINT16, { 0, 2, 65535, 255, 3, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_UINT32, { 0, 2, -1, 65535, 3, 1 }, { 0, 2, -1, -2, -2, 1 } },
    { ANN_DTYPE_UINT64, { 0, 2, -1, -2, 3, 1 }, { 0, 2, -1, -2, -2, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnBlock) block = NULL;
      gsize size = ann_dtype_get_size (cases[i].dtype);
      guint8 bytes[48];
      Item *group;

      for (guint j = 0; j < 6; j++)
        memcpy (bytes + j * size, &cases[i].codes[j], size);
      group = add_categorical (store, "c", cases[i].dtype, 6, bytes);
      store_add_texts (store, group, "categories", abc);
      element = open_good (store, "c", ANN_ELEMENT_CATEGORICAL);
      g_assert_cmpuint (ann_categorical_get_n_categories (ANN_CATEGORICAL (element)), ==, 3);
      g_assert_false (ann_categorical_get_ordered (ANN_CATEGORICAL (element)));
      block = read_rows (element, 0, 6);
      assert_codes (block, cases[i].expected);
    }
}

/* 255 categories of uint8 codes: 255 is the last but one that fits, and 255 itself is missing. */
static void
test_full_unsigned (void)
{
  static const guint8 codes[] = { 255, 254 };
  static const gint32 all[] = { 255, 254 };
  static const gint32 one_less[] = { -1, 254 };

  for (guint n = 255; n <= 256; n++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnBlock) block = NULL;

      store_add_vector (store, add_categorical (store, "c", ANN_DTYPE_UINT8, 2, codes),
                        "categories", ANN_DTYPE_INT64, n, NULL);
      element = open_good (store, "c", ANN_ELEMENT_CATEGORICAL);
      block = read_rows (element, 0, 2);
      assert_codes (block, n == 256 ? all : one_less);
    }
}

/* Categories are read when they are asked for, and once. */
static void
test_labels (void)
{
  static const gint8 codes[] = { 1, 0 };
  static const double numbers[] = { 0.5, 3, 1e16 };
  static const guint8 bools[] = { 0, 1 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) texts = NULL;
  g_autoptr (AnnElement) doubles = NULL;
  g_autoptr (AnnElement) truths = NULL;
  g_autoptr (AnnStrings) labels = NULL;
  g_autoptr (AnnStrings) again = NULL;
  g_autoptr (AnnStrings) of_doubles = NULL;
  g_autoptr (AnnStrings) of_truths = NULL;
  guint8 yes = 1;
  Item *group;

  group = add_categorical (store, "texts", ANN_DTYPE_INT8, 2, codes);
  item_set_numbers (group, "ordered", ANN_DTYPE_BOOL, 1, &yes);
  store_add_texts (store, group, "categories", abc);
  group = add_categorical (store, "doubles", ANN_DTYPE_INT8, 2, codes);
  store_add_vector (store, group, "categories", ANN_DTYPE_FLOAT64, 3, numbers);
  group = add_categorical (store, "truths", ANN_DTYPE_INT8, 2, codes);
  store_add_vector (store, group, "categories", ANN_DTYPE_BOOL, 2, bools);

  texts = open_good (store, "texts", ANN_ELEMENT_CATEGORICAL);
  g_assert_true (ann_categorical_get_ordered (ANN_CATEGORICAL (texts)));
  g_assert_cmpint (counts.n_reads, ==, 0);
  labels = ann_categorical_read_labels (ANN_CATEGORICAL (texts), NULL, NULL);
  again = ann_categorical_read_labels (ANN_CATEGORICAL (texts), NULL, NULL);
  g_assert_true (labels == again);
  g_assert_cmpint (counts.n_reads, ==, 1);
  g_assert_cmpuint (ann_strings_get_length (labels), ==, 3);
  assert_text (labels, 2, "c");

  doubles = open_good (store, "doubles", ANN_ELEMENT_CATEGORICAL);
  of_doubles = ann_categorical_read_labels (ANN_CATEGORICAL (doubles), NULL, NULL);
  assert_text (of_doubles, 0, "0.5");
  assert_text (of_doubles, 1, "3");
  assert_text (of_doubles, 2, "1e+16");

  truths = open_good (store, "truths", ANN_ELEMENT_CATEGORICAL);
  of_truths = ann_categorical_read_labels (ANN_CATEGORICAL (truths), NULL, NULL);
  assert_text (of_truths, 1, "true");
}

static gpointer
read_labels_in_thread (gpointer data)
{
  return ann_categorical_read_labels (data, NULL, NULL);
}

static void
test_labels_race (void)
{
  static const gint8 codes[] = { 1, 0 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnStrings) kept = NULL;
  GThread *threads[2];

  store_add_texts (store, add_categorical (store, "c", ANN_DTYPE_INT8, 2, codes), "categories",
                   abc);
  element = open_good (store, "c", ANN_ELEMENT_CATEGORICAL);
  gate_close ();
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("labels", read_labels_in_thread, element);
  gate_open_for (2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnStrings) labels = g_thread_join (threads[i]);

      assert_text (labels, 1, "b");
    }
  g_assert_cmpint (counts.n_reads, ==, 2);
  kept = ann_categorical_read_labels (ANN_CATEGORICAL (element), NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 2);
}

static void
test_broken_categoricals (void)
{
  static const gint8 codes[] = { 1, 0 };
  static const double floats[] = { 1, 0 };
  static const guint64 matrix_shape[] = { 2, 2 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) no_categories = NULL;
  g_autoptr (AnnElement) float_codes = NULL;
  g_autoptr (AnnElement) matrix = NULL;
  Item *group;

  add_categorical (store, "none", ANN_DTYPE_INT8, 2, codes);
  no_categories = open_child (store, "none");
  assert_broken (no_categories, ANN_ELEMENT_CORRUPT, "categories");

  group = add_categorical (store, "float", ANN_DTYPE_FLOAT64, 2, floats);
  store_add_texts (store, group, "categories", abc);
  float_codes = open_child (store, "float");
  assert_broken (float_codes, ANN_ELEMENT_CORRUPT, "float/codes");

  group = add_categorical (store, "matrix", ANN_DTYPE_INT8, 2, codes);
  store_add_box (store, group, "categories", ANN_DTYPE_INT64, 2, matrix_shape, NULL);
  matrix = open_child (store, "matrix");
  assert_broken (matrix, ANN_ELEMENT_CORRUPT, "vector");
}

static Item *
add_nullable (Store *store, const char *name, const char *type)
{
  Item *group = store_add_group (store, store->root, name);

  item_set_encoding (group, type, "0.1.0");

  return group;
}

static void
test_nullables (void)
{
  static const gint16 integers[] = { 7, 0, 9 };
  static const guint8 mask[] = { 0, 1, 0 };
  static const gint32 wide_mask[] = { 0, 256, 0 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) integer = NULL;
  g_autoptr (AnnElement) text = NULL;
  g_autoptr (AnnElement) open = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) texts = NULL;
  g_autoptr (AnnBlock) whole = NULL;
  Item *group;

  group = add_nullable (store, "integer", "nullable-integer");
  store_add_vector (store, group, "values", ANN_DTYPE_INT16, 3, integers);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 3, mask);
  integer = open_good (store, "integer", ANN_ELEMENT_NULLABLE_INTEGER);
  g_assert_cmpint (ann_element_get_dtype (integer), ==, ANN_DTYPE_INT16);
  block = read_rows (integer, 1, 2);
  g_assert_true (ann_block_is_missing (block, 0));
  g_assert_false (ann_block_is_missing (block, 1));
  g_assert_cmpfloat (ann_buffer_get_double (block->values, 1), ==, 9);

  group = add_nullable (store, "text", "nullable-string-array");
  store_add_texts (store, group, "values", abc);
  store_add_vector (store, group, "mask", ANN_DTYPE_INT32, 3, wide_mask);
  text = open_good (store, "text", ANN_ELEMENT_NULLABLE_STRING);
  texts = read_rows (text, 0, 3);
  assert_text (texts->texts, 2, "c");
  g_assert_false (ann_block_is_missing (texts, 0));
  g_assert_true (ann_block_is_missing (texts, 1));

  group = add_nullable (store, "open", "nullable-boolean");
  store_add_vector (store, group, "values", ANN_DTYPE_BOOL, 3, mask);
  open = open_good (store, "open", ANN_ELEMENT_NULLABLE_BOOLEAN);
  assert_warns (open, "no mask");
  whole = read_rows (open, 0, 3);
  g_assert_null (whole->missing);
}

static void
test_broken_nullables (void)
{
  static const gint16 integers[] = { 7, 0, 9 };
  static const guint8 mask[] = { 0, 1, 0 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) shorter = NULL;
  g_autoptr (AnnElement) texts = NULL;
  g_autoptr (AnnElement) none = NULL;
  Item *group;

  group = add_nullable (store, "shorter", "nullable-integer");
  store_add_vector (store, group, "values", ANN_DTYPE_INT16, 3, integers);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 2, mask);
  shorter = open_child (store, "shorter");
  assert_broken (shorter, ANN_ELEMENT_CORRUPT, "shorter/mask");

  group = add_nullable (store, "texts", "nullable-integer");
  store_add_texts (store, group, "values", abc);
  texts = open_child (store, "texts");
  assert_broken (texts, ANN_ELEMENT_CORRUPT, "texts/values");

  add_nullable (store, "none", "nullable-string-array");
  none = open_child (store, "none");
  assert_broken (none, ANN_ELEMENT_CORRUPT, "“values” is missing");
}

/* As anndata 0.7 stored them: codes that refer to categories, which lie beside them. */
static void
test_referred (void)
{
  static const gint8 codes[] = { 2, -1, 0, 3 };
  static const gint32 expected[] = { 2, -1, 0, -2 };
  static const gint8 yes = 1;
  g_autoptr (Store) store = store_new ();
  Item *frame = store_add_group (store, store->root, "obs");
  Item *categories = store_add_group (store, frame, "__categories");
  const char *const names[] = { "good", "moved" };
  g_autoptr (AnnElement) element = NULL;
  g_auto (GStrv) children = NULL;
  Item *item;

  item_set_encoding (frame, "dataframe", "0.1.0");
  item_set_text (frame, "_index", "plain");
  store_add_vector (store, frame, "plain", ANN_DTYPE_INT8, 4, codes);
  item = store_add_vector (store, frame, "good", ANN_DTYPE_INT8, 4, codes);
  item_set_text (item, "categories", "__categories/good");
  item = store_add_texts (store, categories, "good", abc);
  item_set_numbers (item, "ordered", ANN_DTYPE_BOOL, 1, &yes);

  /* The reference leads to nothing, but there are categories of this name. */
  item = store_add_vector (store, frame, "moved", ANN_DTYPE_INT8, 4, codes);
  item_set_text (item, "categories", "__categories/nowhere");
  store_add_texts (store, categories, "moved", abc);

  item = store_add_vector (store, frame, "gone", ANN_DTYPE_INT8, 4, codes);
  item_set_text (item, "categories", "../var/gone");
  item = store_add_vector (store, frame, "group", ANN_DTYPE_INT8, 4, codes);
  item_set_text (item, "categories", "__categories");
  item = store_add_vector (store, frame, "loop", ANN_DTYPE_INT8, 4, codes);
  item_set_text (item, "categories", "loop");
  item = store_add_vector (store, frame, "number", ANN_DTYPE_INT8, 4, codes);
  item_set_numbers (item, "categories", ANN_DTYPE_INT8, 1, &yes);

  element = open_good (store, "obs", ANN_ELEMENT_FRAME);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnElement) column = ann_element_open_child (element, names[i], NULL, NULL);
      g_autoptr (AnnStrings) labels = NULL;
      g_autoptr (AnnBlock) block = NULL;

      g_assert_no_error (ann_element_get_error (column));
      g_assert_cmpint (ann_element_get_kind (column), ==, ANN_ELEMENT_CATEGORICAL);
      g_assert_cmpstr (ann_element_get_encoding_type (column), ==, "");
      g_assert_cmpint (ann_categorical_get_ordered (ANN_CATEGORICAL (column)), ==, i == 0);
      block = read_rows (column, 0, 4);
      assert_codes (block, expected);
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), NULL, NULL);
      assert_text (labels, 2, "c");
    }
  {
    g_autoptr (AnnElement) gone = ann_element_open_child (element, "gone", NULL, NULL);
    g_autoptr (AnnElement) group = ann_element_open_child (element, "group", NULL, NULL);
    g_autoptr (AnnElement) loop = ann_element_open_child (element, "loop", NULL, NULL);
    g_autoptr (AnnElement) number = ann_element_open_child (element, "number", NULL, NULL);

    assert_broken (gone, ANN_ELEMENT_CORRUPT, "has no child “..”");
    assert_broken (group, ANN_ELEMENT_CORRUPT, "“obs/__categories”, is not plain values");
    assert_broken (loop, ANN_ELEMENT_CORRUPT, "“obs/loop”, is not plain values");
    assert_broken (number, ANN_ELEMENT_CORRUPT, "is no reference");
  }

  /* They are no column, not even where nothing lists the columns. */
  children = ann_element_list_children (element, NULL, NULL);
  g_assert_cmpuint (g_strv_length (children), ==, 6);
  g_assert_false (g_strv_contains ((const char *const *) children, "__categories"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/categorical/codes", test_codes);
  g_test_add_func ("/categorical/full-unsigned", test_full_unsigned);
  g_test_add_func ("/categorical/labels", test_labels);
  g_test_add_func ("/categorical/labels-race", test_labels_race);
  g_test_add_func ("/categorical/referred", test_referred);
  g_test_add_func ("/categorical/broken", test_broken_categoricals);
  g_test_add_func ("/nullable/values", test_nullables);
  g_test_add_func ("/nullable/broken", test_broken_nullables);

  return g_test_run ();
}
