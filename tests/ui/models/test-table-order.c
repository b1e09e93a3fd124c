/* test-table-order.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-table-order.h"

#include <math.h>
#include <string.h>

static AnnBlock *
block_of (AnnDtype dtype, gconstpointer values, guint64 count, guint64 width)
{
  AnnBlock *block = ann_block_new (0, count, width);

  block->values = ann_buffer_new_vector (dtype, count * width, NULL);
  if (count > 0)
    memcpy (ann_buffer_get_data_for_writing (block->values), values,
            count * width * ann_dtype_get_size (dtype));

  return block;
}

static AnnTableOrder *
sort_block (AnnBlock *block, guint64 column, AnnSortDirection direction)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (block->count, 7, direction, &error);
  AnnTableOrder *order;

  g_assert_no_error (error);
  ann_table_sorter_add_block (sorter, block, column, &error);
  g_assert_no_error (error);
  order = ann_table_sorter_finish (sorter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_table_order_get_n_rows (order), ==, block->count);
  g_assert_cmpuint (ann_table_order_get_column (order), ==, 7);
  g_assert_cmpint (ann_table_order_get_direction (order), ==, direction);

  return order;
}

static void
check_rows (AnnTableOrder *order, const guint64 *rows)
{
  for (guint64 i = 0; i < ann_table_order_get_n_rows (order); i++)
    {
      g_assert_cmpuint (ann_table_order_get (order, i), ==, rows[i]);
      g_assert_cmpuint (ann_table_order_find (order, rows[i]), ==, i);
    }
}

static void
test_doubles (void)
{
  const double values[] = { 2, NAN, -INFINITY, 0.0, -0.0, 2, INFINITY, -1e-300, NAN, -5 };
  const guint64 up[] = { 2, 9, 7, 3, 4, 0, 5, 6, 1, 8 };
  const guint64 down[] = { 6, 0, 5, 3, 4, 7, 9, 2, 1, 8 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_FLOAT64, values, G_N_ELEMENTS (values), 1);
  g_autoptr (AnnTableOrder) ascending = sort_block (block, 0, ANN_SORT_ASCENDING);
  g_autoptr (AnnTableOrder) descending = sort_block (block, 0, ANN_SORT_DESCENDING);

  check_rows (ascending, up);
  check_rows (descending, down);
}

/* Beyond what a double can tell apart. */
static void
test_large_integers (void)
{
  const gint64 values[] = { G_MAXINT64, G_MAXINT64 - 1, G_MININT64, -1, 0, G_MININT64 + 1 };
  const guint64 positive[] = { G_MAXUINT64, 0, G_MAXUINT64 - 1 };
  const guint64 up[] = { 2, 5, 3, 4, 1, 0 };
  const guint64 positive_up[] = { 1, 2, 0 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_INT64, values, G_N_ELEMENTS (values), 1);
  g_autoptr (AnnBlock) natural = block_of (ANN_DTYPE_UINT64, positive, G_N_ELEMENTS (positive), 1);
  g_autoptr (AnnTableOrder) order = sort_block (block, 0, ANN_SORT_ASCENDING);
  g_autoptr (AnnTableOrder) natural_order = sort_block (natural, 0, ANN_SORT_ASCENDING);

  check_rows (order, up);
  check_rows (natural_order, positive_up);
}

static void
test_column_of_matrix (void)
{
  const gint32 values[] = { 9, 3, 1, /**/ 8, 1, 2, /**/ 7, 2, 3 };
  const guint64 up[] = { 1, 2, 0 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_INT32, values, 3, 3);
  g_autoptr (AnnTableOrder) order = sort_block (block, 1, ANN_SORT_ASCENDING);

  check_rows (order, up);
}

static void
test_mask (void)
{
  const guint8 values[] = { 1, 0, 1, 0, 0 };
  const guint8 missing[] = { 0, 0, 1, 1, 0 };
  const guint64 up[] = { 1, 4, 0, 2, 3 };
  const guint64 down[] = { 0, 1, 4, 2, 3 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_BOOL, values, 5, 1);
  g_autoptr (AnnTableOrder) ascending = NULL;
  g_autoptr (AnnTableOrder) descending = NULL;

  block->missing = ann_buffer_new_vector (ANN_DTYPE_BOOL, 5, NULL);
  memcpy (ann_buffer_get_data_for_writing (block->missing), missing, 5);
  ascending = sort_block (block, 0, ANN_SORT_ASCENDING);
  descending = sort_block (block, 0, ANN_SORT_DESCENDING);
  check_rows (ascending, up);
  check_rows (descending, down);
}

static void
test_codes (void)
{
  const gint32 codes[] = { 2, -1, 0, -2, 2, 1 };
  const guint64 down[] = { 0, 4, 5, 2, 1, 3 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_INT32, codes, 6, 1);
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (6, 0, ANN_SORT_DESCENDING, NULL);
  g_autoptr (AnnTableOrder) order = NULL;

  ann_table_sorter_add_codes (sorter, block);
  order = ann_table_sorter_finish (sorter, NULL, NULL);
  check_rows (order, down);
}

static void
test_complex (void)
{
  const double values[] = { 1, 2 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_COMPLEX128, values, 1, 1);
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (1, 0, ANN_SORT_ASCENDING, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ann_table_sorter_add_block (sorter, block, 0, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

typedef struct {
  const char *bytes;
  gsize length;
  guint64 row;
} Text;

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Text *left = a;
  const Text *right = b;
  const int sign = user_data != NULL ? -1 : 1;
  int result = memcmp (left->bytes, right->bytes, MIN (left->length, right->length));

  if (result == 0)
    result = left->length < right->length ? -1 : left->length > right->length;
  if (result != 0)
    return sign * result;

  return left->row < right->row ? -1 : 1;
}

static void
check_texts (AnnBlock *block, AnnSortDirection direction)
{
  const gsize n = block->count;
  g_autofree Text *texts = g_new (Text, n);
  g_autofree guint64 *rows = g_new (guint64, n);
  g_autoptr (AnnTableOrder) order = sort_block (block, 0, direction);

  for (gsize i = 0; i < n; i++)
    {
      texts[i].bytes = ann_strings_get (block->texts, i, &texts[i].length);
      texts[i].row = i;
    }
  g_qsort_with_data (texts, (int) n, sizeof (Text), compare_texts,
                     direction == ANN_SORT_DESCENDING ? texts : NULL);
  for (gsize i = 0; i < n; i++)
    rows[i] = texts[i].row;
  check_rows (order, rows);
}

/* Texts that share beginnings of all lengths, end where others go on, hold NULs, are equal. */
static void
test_texts (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (AnnBlock) block = ann_block_new (0, 3000, 1);

  block->texts = ann_strings_new ();
  for (guint i = 0; i < block->count; i++)
    {
      char bytes[40];
      const gssize length = g_rand_int_range (random, 0, sizeof (bytes));

      for (gssize k = 0; k < length; k++)
        bytes[k] = "aab\0\xff"[g_rand_int_range (random, 0, k < 20 ? 2 : 5)];
      g_assert_true (ann_strings_append (block->texts, bytes, length, NULL));
    }

  check_texts (block, ANN_SORT_ASCENDING);
  check_texts (block, ANN_SORT_DESCENDING);
}

/* Equal for longer than a stack would be deep. */
static void
test_long_texts (void)
{
  const gsize length = 200000;
  g_autofree char *bytes = g_malloc (length);
  g_autoptr (AnnBlock) block = ann_block_new (0, 3, 1);

  memset (bytes, 'x', length);
  block->texts = ann_strings_new ();
  ann_strings_append (block->texts, bytes, (gssize) length, NULL);
  ann_strings_append (block->texts, bytes, (gssize) length, NULL);
  bytes[length - 1] = 'a';
  ann_strings_append (block->texts, bytes, (gssize) length, NULL);

  check_texts (block, ANN_SORT_ASCENDING);
}

/* Enough for every way of sorting, against arithmetic. */
static void
test_many (void)
{
  const guint64 sizes[] = { 0, 1, 2, 25, 100, 2047, 2048, 70000 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      const guint64 n = sizes[s];
      g_autofree gint32 *values = g_new (gint32, n + 1);
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (AnnTableOrder) order = NULL;

      for (guint64 i = 0; i < n; i++)
        values[i] = (gint32) ((i * 7919) % 1000) - 500;
      block = block_of (ANN_DTYPE_INT32, values, n, 1);
      order = sort_block (block, 0, ANN_SORT_DESCENDING);
      for (guint64 i = 1; i < n; i++)
        {
          const guint64 before = ann_table_order_get (order, i - 1);
          const guint64 here = ann_table_order_get (order, i);

          g_assert_cmpint (values[before], >=, values[here]);
          if (values[before] == values[here])
            g_assert_cmpuint (before, <, here);
        }
    }
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (1, 0, ANN_SORT_ASCENDING, NULL);
  g_autoptr (GError) error = NULL;

  ann_table_sorter_add_number (sorter, 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_table_sorter_finish (sorter, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_too_large (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_table_sorter_new (G_MAXUINT64 / 2, 0, ANN_SORT_ASCENDING, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

/* Some rows: as they are stored, and in an order of all. */
static void
test_filtered (void)
{
  const double values[] = { 5, 4, 9, 1, NAN, 7, 2 };
  const gint64 wanted[] = { 0, 2, 4, 6 };
  const guint64 stored[] = { 0, 2, 4, 6 };
  const guint64 up[] = { 6, 0, 2, 4 };
  g_autoptr (AnnBlock) block = block_of (ANN_DTYPE_FLOAT64, values, G_N_ELEMENTS (values), 1);
  g_autoptr (AnnTableOrder) sorting = sort_block (block, 0, ANN_SORT_ASCENDING);
  g_autoptr (AnnSelection) filter = ann_selection_new_from_indices (wanted, 4, 7, NULL);
  g_autoptr (AnnSelection) none = ann_selection_new_from_indices (NULL, 0, 7, NULL);
  g_autoptr (AnnTableOrder) plain = ann_table_order_new_filtered (NULL, filter, NULL);
  g_autoptr (AnnTableOrder) sorted = ann_table_order_new_filtered (sorting, filter, NULL);
  g_autoptr (AnnTableOrder) empty = ann_table_order_new_filtered (sorting, none, NULL);

  g_assert_cmpuint (ann_table_order_get_n_rows (plain), ==, 4);
  check_rows (plain, stored);
  g_assert_cmpuint (ann_table_order_find (plain, 3), ==, 4);
  g_assert_cmpuint (ann_table_order_find (plain, 7), ==, 4);
  g_assert_null (ann_table_order_get_sorting (plain));
  g_assert_true (ann_table_order_get_filter (plain) == filter);
  g_assert_cmpint (ann_table_order_get_direction (plain), ==, ANN_SORT_NONE);

  g_assert_cmpuint (ann_table_order_get_n_rows (sorted), ==, 4);
  check_rows (sorted, up);
  g_assert_cmpuint (ann_table_order_find (sorted, 3), ==, 4);
  g_assert_true (ann_table_order_get_sorting (sorted) == sorting);
  g_assert_true (ann_table_order_get_sorting (sorting) == sorting);
  g_assert_null (ann_table_order_get_filter (sorting));
  g_assert_cmpint (ann_table_order_get_direction (sorted), ==, ANN_SORT_ASCENDING);

  g_assert_cmpuint (ann_table_order_get_n_rows (empty), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-order/doubles", test_doubles);
  g_test_add_func ("/table-order/large-integers", test_large_integers);
  g_test_add_func ("/table-order/column-of-matrix", test_column_of_matrix);
  g_test_add_func ("/table-order/mask", test_mask);
  g_test_add_func ("/table-order/codes", test_codes);
  g_test_add_func ("/table-order/complex", test_complex);
  g_test_add_func ("/table-order/texts", test_texts);
  g_test_add_func ("/table-order/long-texts", test_long_texts);
  g_test_add_func ("/table-order/many", test_many);
  g_test_add_func ("/table-order/cancel", test_cancel);
  g_test_add_func ("/table-order/too-large", test_too_large);
  g_test_add_func ("/table-order/filtered", test_filtered);

  return g_test_run ();
}
