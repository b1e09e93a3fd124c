/* test-frame-names.c: rows of a table by their labels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-frame.h"
#include "memory-store.h"

#include <string.h>

static const char *const labels[] = { "AAC", "AAG", "B cell", "AAC", "", "T", NULL };

static void
add_index (Store *store, Item *table, const char *const *texts)
{
  item_set_encoding (table, "dataframe", "0.2.0");
  item_set_text (table, "_index", "_index");
  item_set_texts (table, "column-order", (const char *const[]){ NULL });
  if (texts != NULL)
    item_set_encoding (store_add_texts (store, table, "_index", texts), "string-array", "0.2.0");
}

static void
assert_rows (AnnElement *frame, const char *names, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (names, ",", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (AnnSelection) found = NULL;

  found = ann_frame_find_names (ANN_FRAME (frame), (const char *const *) list, g_strv_length (list),
                                NULL, &error);
  g_assert_no_error (error);
  for (guint64 i = 0; i < ann_selection_get_length (found); i++)
    g_string_append_printf (rows, "%" G_GUINT64_FORMAT " ", ann_selection_get_position (found, i));
  g_assert_cmpstr (rows->str, ==, expected);
}

/* In the order of the names; a label that two rows have gives both, as often as it is named. */
static void
test_find (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (AnnSelection) none = NULL;

  add_index (store, store_add_group (store, store->root, "t"), labels);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);

  assert_rows (frame, "T,AAG", "5 1 ");
  assert_rows (frame, "B cell,AAC,AAC", "2 0 3 0 3 ");
  assert_rows (frame, "AAG,,AAG", "1 4 1 ");
  none = ann_frame_find_names (ANN_FRAME (frame), NULL, 0, NULL, NULL);
  g_assert_cmpuint (ann_selection_get_length (none), ==, 0);
  g_assert_cmpuint (ann_selection_get_axis_length (none), ==, 6);
}

static void
test_not_found (void)
{
  static const char *const nearly[] = { "T", "b cells", NULL };
  static const char *const far[] = { "something else", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (GError) error = NULL;

  add_index (store, store_add_group (store, store->root, "t"), labels);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);

  g_assert_null (ann_frame_find_names (ANN_FRAME (frame), nearly, 2, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "t: no row is called “b cells”; the nearest is “B cell”");
  g_clear_error (&error);
  g_assert_null (ann_frame_find_names (ANN_FRAME (frame), far, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "t: no row is called “something else”");
}

/* Other writers have numbers for labels. */
static void
test_numbers (void)
{
  const gint64 numbers[] = { 7, -3, 20 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  Item *table = store_add_group (store, store->root, "t");

  add_index (store, table, NULL);
  item_set_encoding (store_add_vector (store, table, "_index", ANN_DTYPE_INT64, 3, numbers),
                     "array", "0.2.0");
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);

  assert_rows (frame, "20,-3", "2 1 ");
}

static void
test_failures (void)
{
  static const char *const names[] = { "AAG", "X", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_index (store, store_add_group (store, store->root, "t"), labels);
  frame = open_good (store, "t", ANN_ELEMENT_FRAME);

  /* In the search, and then in that for the nearest. */
  for (int n = 0; n < 2; n++)
    {
      counts_reset ();
      counts.fail_at = n;
      g_assert_null (ann_frame_find_names (ANN_FRAME (frame), names, 2, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_clear_error (&error);
    }

  counts_reset ();
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_frame_find_names (ANN_FRAME (frame), names, 2, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (counts.n_reads, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/frame-names/find", test_find);
  g_test_add_func ("/frame-names/not-found", test_not_found);
  g_test_add_func ("/frame-names/numbers", test_numbers);
  g_test_add_func ("/frame-names/failures", test_failures);

  return g_test_run ();
}
