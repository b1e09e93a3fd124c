/* test-split.c: the rows of a store by the values of a column
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "anndata/ann-split.h"

#include "../element/memory-store.h"

#include <math.h>

#define N_OBS 7

static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", NULL };
static const char *const columns[] = { "phase", "text", "flag", "number", "zero", NULL };

static void
add_categorical (Store *store, Item *obs)
{
  static const char *const labels[] = { "G1/S", "unused", "g1:s", "..", NULL };
  static const gint8 codes[N_OBS] = { 3, 0, -1, 2, 0, 0, 2 };
  Item *column = store_add_group (store, obs, "phase");

  item_set_encoding (column, "categorical", "0.2.0");
  item_set_numbers (column, "ordered", ANN_DTYPE_BOOL, 1, "\0");
  store_add_vector (store, column, "codes", ANN_DTYPE_INT8, N_OBS, codes);
  store_add_texts (store, column, "categories", labels);
}

static AnnData *
open_data (Store *store)
{
  static const char *const texts[] = { "x", "", "x", "-v", "y", "", "x", NULL };
  static const guint8 flags[N_OBS] = { 1, 0, 0, 1, 1, 0, 0 };
  static const gint32 numbers[N_OBS] = { 2, 2, -1, 2, -1, 7, 2 };
  static const double zeros[N_OBS] = { -0.0, 0, NAN, 1.5, 0, -1.5, -0.0 };
  Item *obs = store_add_group (store, store->root, "obs");
  Item *var = store_add_group (store, store->root, "var");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;
  AnnData *data;

  item_set_encoding (store->root, "anndata", "0.1.0");
  item_set_encoding (obs, "dataframe", "0.2.0");
  item_set_text (obs, "_index", "_index");
  item_set_texts (obs, "column-order", columns);
  store_add_texts (store, obs, "_index", names);
  add_categorical (store, obs);
  store_add_texts (store, obs, "text", texts);
  store_add_vector (store, obs, "flag", ANN_DTYPE_BOOL, N_OBS, flags);
  store_add_vector (store, obs, "number", ANN_DTYPE_INT32, N_OBS, numbers);
  store_add_vector (store, obs, "zero", ANN_DTYPE_FLOAT64, N_OBS, zeros);
  item_set_encoding (var, "dataframe", "0.2.0");
  item_set_text (var, "_index", "_index");
  item_set_texts (var, "column-order", columns + G_N_ELEMENTS (columns) - 1);
  store_add_texts (store, var, "_index", names);

  root = store_open_root (store);
  data = _ann_data_new (root, "memory", &(AnnStoreInfo){ .format = "memory" }, NULL, &error);
  g_assert_no_error (error);

  return data;
}

/* @rows: ended by −1 */
static void
assert_part (AnnSplit *split, guint part, const char *label, const char *file, const int *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = ann_split_select (split, part, &error);
  guint64 n = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (ann_split_get_label (split, part), ==, label);
  g_assert_cmpstr (ann_split_get_file_name (split, part), ==, file);
  for (; rows[n] >= 0; n++)
    g_assert_cmpuint (ann_selection_get_position (selection, n), ==, (guint) rows[n]);
  g_assert_cmpuint (ann_selection_get_length (selection), ==, n);
  g_assert_cmpuint (ann_split_get_n_rows (split, part), ==, n);
  g_assert_cmpuint (ann_selection_get_axis_length (selection), ==, N_OBS);
}

static AnnSplit *
split (AnnData *data, const char *column)
{
  g_autoptr (GError) error = NULL;
  AnnSplit *result = ann_split_new (data, column, NULL, &error);

  g_assert_no_error (error);

  return result;
}

/* In the order of the categories; what no row has is not there. Names that differ in what files
 * cannot show differ by a number.
 */
static void
test_categories (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data, "phase");

  g_assert_cmpuint (ann_split_get_n_parts (parts), ==, 3);
  assert_part (parts, 0, "G1/S", "G1_S", (const int[]){ 1, 4, 5, -1 });
  assert_part (parts, 1, "g1:s", "g1_s-2", (const int[]){ 3, 6, -1 });
  assert_part (parts, 2, "..", "_..", (const int[]){ 0, -1 });
  g_assert_cmpuint (ann_split_get_n_missing (parts), ==, 1);
}

static void
test_other_columns (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) texts = split (data, "text");
  g_autoptr (AnnSplit) flags = split (data, "flag");
  g_autoptr (AnnSplit) numbers = split (data, "number");

  g_assert_cmpuint (ann_split_get_n_parts (texts), ==, 4);
  assert_part (texts, 0, "x", "x", (const int[]){ 0, 2, 6, -1 });
  assert_part (texts, 1, "", "_", (const int[]){ 1, 5, -1 });
  assert_part (texts, 2, "-v", "_-v", (const int[]){ 3, -1 });
  assert_part (texts, 3, "y", "y", (const int[]){ 4, -1 });
  g_assert_cmpuint (ann_split_get_n_missing (texts), ==, 0);

  g_assert_cmpuint (ann_split_get_n_parts (flags), ==, 2);
  g_assert_cmpuint (ann_split_get_n_rows (flags, 0), ==, 3);
  g_assert_cmpuint (ann_split_get_n_parts (numbers), ==, 3);
  assert_part (numbers, 1, "-1", "_-1", (const int[]){ 2, 4, -1 });
}

/* As pandas' groupby has it: zero is one value, and NaN none. */
static void
test_fractions (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data, "zero");

  g_assert_cmpuint (ann_split_get_n_parts (parts), ==, 3);
  assert_part (parts, 0, "0", "0", (const int[]){ 0, 1, 4, 6, -1 });
  assert_part (parts, 1, "1.5", "1.5", (const int[]){ 3, -1 });
  assert_part (parts, 2, "-1.5", "_-1.5", (const int[]){ 5, -1 });
  g_assert_cmpuint (ann_split_get_n_missing (parts), ==, 1);
}

static void
test_no_column (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_split_new (data, "phases", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "“phases”"));
}

/* The n-th read fails, for every n: an error, and nothing leaks. */
static void
test_faults (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);

  for (int n = 0;; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSplit) parts = NULL;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_FAILED;
      parts = ann_split_new (data, "phase", NULL, &error);
      if (parts != NULL)
        {
          g_assert_cmpint (n, >, 2);
          break;
        }
      g_assert_nonnull (error);
    }
  counts_reset ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split/categories", test_categories);
  g_test_add_func ("/split/other-columns", test_other_columns);
  g_test_add_func ("/split/fractions", test_fractions);
  g_test_add_func ("/split/no-column", test_no_column);
  g_test_add_func ("/split/faults", test_faults);

  return g_test_run ();
}
