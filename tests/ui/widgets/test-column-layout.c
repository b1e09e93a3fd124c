/* test-column-layout.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-column-layout.h"

#define N_COLUMNS 30

static void
check (AnnColumnLayout *layout, const int *widths)
{
  int position = 0;

  for (guint64 column = 0; column < N_COLUMNS; column++)
    {
      g_assert_cmpint (ann_column_layout_get_width (layout, column), ==, widths[column]);
      g_assert_cmpfloat (ann_column_layout_get_position (layout, column), ==, position);
      for (int x = 0; x < widths[column]; x++)
        g_assert_cmpuint (ann_column_layout_find (layout, position + x), ==, column);
      position += widths[column];
    }
  g_assert_cmpfloat (ann_column_layout_get_total (layout), ==, position);
  g_assert_cmpuint (ann_column_layout_find (layout, -5), ==, 0);
  g_assert_cmpuint (ann_column_layout_find (layout, position + 5), ==, N_COLUMNS - 1);
}

static void
test_against_sums (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (AnnColumnLayout) layout = ann_column_layout_new ();
  int widths[N_COLUMNS];

  ann_column_layout_reset (layout, N_COLUMNS, 10);
  for (guint i = 0; i < N_COLUMNS; i++)
    widths[i] = 10;
  check (layout, widths);

  for (guint step = 0; step < 300; step++)
    {
      const gint32 column = g_rand_int_range (random, 0, N_COLUMNS);

      widths[column] = g_rand_int_range (random, 1, 30);
      ann_column_layout_set_width (layout, (guint64) column, widths[column]);
      check (layout, widths);
    }
}

static void
test_huge (void)
{
  const guint64 n = 1000000000;
  g_autoptr (AnnColumnLayout) layout = ann_column_layout_new ();

  ann_column_layout_reset (layout, n, 80);
  ann_column_layout_set_width (layout, n / 2, 100);
  g_assert_cmpfloat (ann_column_layout_get_total (layout), ==, 80.0 * (double) n + 20);
  g_assert_cmpuint (ann_column_layout_find (layout, 80.0 * (double) n + 19), ==, n - 1);
  g_assert_cmpuint (ann_column_layout_find (layout, 40.0 * (double) n + 99), ==, n / 2);
  g_assert_cmpuint (ann_column_layout_find (layout, 40.0 * (double) n + 100), ==, n / 2 + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/column-layout/against-sums", test_against_sums);
  g_test_add_func ("/column-layout/huge", test_huge);

  return g_test_run ();
}
