/* test-element-read.c: any rows of elements of every kind
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "memory-store.h"

#include <string.h>

static const double numbers[] = { 10, 11, 12, 13, 14, 15 };

static AnnBlock *
read_some (AnnElement *element, const char *rows, const char *columns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) of_rows = NULL;
  g_autoptr (AnnSelection) of_columns = NULL;
  AnnBlock *block;

  if (rows != NULL)
    of_rows = ann_selection_parse (rows, ann_element_get_n_rows (element), &error);
  if (columns != NULL)
    of_columns = ann_selection_parse (columns, ann_element_get_length (element, 1), &error);
  g_assert_no_error (error);
  block = ann_element_read (element, of_rows, of_columns, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (block);

  return block;
}

static void
assert_numbers (const AnnBlock *block, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < ann_buffer_get_n_elements (block->values); i++)
    g_string_append_printf (text, "%g ", ann_buffer_get_double (block->values, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_vector (void)
{
  static const struct {
    const char *rows;
    const char *expected;
  } cases[] = {
    { NULL, "10 11 12 13 14 15 " }, { ":", "10 11 12 13 14 15 " }, { "1:3", "11 12 " },
    { "::-2", "15 13 11 " },        { "4,0,0,1", "14 10 10 11 " }, { "3:3", "" },
  };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = NULL;

  item_set_encoding (store_add_vector (store, store->root, "v", ANN_DTYPE_FLOAT64, 6, numbers),
                     "array", "0.2.0");
  vector = open_good (store, "v", ANN_ELEMENT_DENSE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnBlock) block = read_some (vector, cases[i].rows, NULL);

      assert_numbers (block, cases[i].expected);
      g_assert_cmpuint (block->count, ==, ann_buffer_get_n_elements (block->values));
      g_assert_cmpuint (block->width, ==, 1);
    }
}

static void
test_texts (void)
{
  static const char *const texts[] = { "a", "", "ccc", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnBlock) some = NULL;
  g_autoptr (AnnBlock) none = NULL;

  item_set_encoding (store_add_texts (store, store->root, "v", texts), "string-array", "0.2.0");
  vector = open_good (store, "v", ANN_ELEMENT_STRINGS);

  some = read_some (vector, "2,1,0,2", NULL);
  g_assert_cmpuint (ann_strings_get_length (some->texts), ==, 4);
  assert_text (some->texts, 0, "ccc");
  assert_text (some->texts, 1, "");
  assert_text (some->texts, 2, "a");
  assert_text (some->texts, 3, "ccc");
  none = read_some (vector, "2:0", NULL);
  g_assert_cmpuint (ann_strings_get_length (none->texts), ==, 0);
}

static void
test_nullable (void)
{
  const guint8 mask[] = { 0, 1, 0 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnBlock) block = NULL;
  Item *group = store_add_group (store, store->root, "v");

  item_set_encoding (group, "nullable-integer", "0.1.0");
  store_add_vector (store, group, "values", ANN_DTYPE_FLOAT64, 3, numbers);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 3, mask);
  vector = open_good (store, "v", ANN_ELEMENT_NULLABLE_INTEGER);

  block = read_some (vector, "1,2,1,0", NULL);
  assert_numbers (block, "11 12 11 10 ");
  g_assert_true (ann_block_is_missing (block, 0));
  g_assert_false (ann_block_is_missing (block, 1));
  g_assert_true (ann_block_is_missing (block, 2));
  g_assert_false (ann_block_is_missing (block, 3));
}

/* Without a mask nothing is missing; with one, what it says is not guessed if it cannot be read. */
static void
test_nullable_mask (void)
{
  const guint8 mask[] = { 0, 1, 0 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) open = NULL;
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnBlock) block = NULL;
  gboolean has_failed = TRUE;
  int n = 0;
  Item *group = store_add_group (store, store->root, "open");

  item_set_encoding (group, "nullable-integer", "0.1.0");
  store_add_vector (store, group, "values", ANN_DTYPE_FLOAT64, 3, numbers);
  open = open_good (store, "open", ANN_ELEMENT_NULLABLE_INTEGER);
  block = read_some (open, "2,0", NULL);
  assert_numbers (block, "12 10 ");
  g_assert_null (block->missing);

  group = store_add_group (store, store->root, "v");
  item_set_encoding (group, "nullable-integer", "0.1.0");
  store_add_vector (store, group, "values", ANN_DTYPE_FLOAT64, 3, numbers);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 3, mask);
  vector = open_good (store, "v", ANN_ELEMENT_NULLABLE_INTEGER);
  for (; has_failed; n++)
    {
      g_autoptr (AnnSelection) rows = ann_selection_parse ("2,0", 3, NULL);
      g_autoptr (AnnBlock) some = NULL;
      g_autoptr (GError) error = NULL;

      counts_reset ();
      counts.fail_at = n;
      some = ann_element_read (vector, rows, NULL, NULL, &error);
      has_failed = some == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      else
        g_assert_no_error (error);
    }
  g_assert_cmpint (n, ==, 3); /* values, mask, and none of them */
}

static void
test_mistakes (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnElement) mapping = NULL;
  g_autoptr (AnnSelection) other = ann_selection_new_all (7);
  g_autoptr (AnnSelection) one = ann_selection_new_all (1);
  g_autoptr (GError) error = NULL;

  item_set_encoding (store_add_vector (store, store->root, "v", ANN_DTYPE_FLOAT64, 6, numbers),
                     "array", "0.2.0");
  item_set_encoding (store_add_group (store, store->root, "m"), "dict", "0.1.0");
  vector = open_good (store, "v", ANN_ELEMENT_DENSE);
  mapping = open_good (store, "m", ANN_ELEMENT_MAPPING);

  g_assert_null (ann_element_read (vector, other, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_cmpstr (error->message, ==, "v: was asked for some of 7 rows, but there are 6");
  g_clear_error (&error);
  g_assert_null (ann_element_read (vector, NULL, one, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_element_read (mapping, NULL, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element-read/vector", test_vector);
  g_test_add_func ("/element-read/texts", test_texts);
  g_test_add_func ("/element-read/nullable", test_nullable);
  g_test_add_func ("/element-read/nullable-mask", test_nullable_mask);
  g_test_add_func ("/element-read/mistakes", test_mistakes);

  return g_test_run ();
}
