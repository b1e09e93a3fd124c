/* test-row-selection.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-row-selection.h"

#define N_ROWS 40

/* The same set, a row at a time. */
static void
check (AnnRowSelection *selection, const gboolean *expected)
{
  gsize n_ranges;
  const AnnRowRange *ranges = ann_row_selection_get_ranges (selection, &n_ranges);
  guint64 n = 0;

  for (guint64 row = 0; row < N_ROWS; row++)
    {
      g_assert_cmpint (ann_row_selection_contains (selection, row), ==, expected[row]);
      n += expected[row] ? 1 : 0;
    }
  g_assert_cmpuint (ann_row_selection_get_n_rows (selection), ==, n);

  for (gsize i = 0; i < n_ranges; i++)
    {
      g_assert_cmpuint (ranges[i].first, <, ranges[i].end);
      if (i > 0)
        g_assert_cmpuint (ranges[i - 1].end, <, ranges[i].first);
    }
}

static void
test_against_rows (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (AnnRowSelection) selection = ann_row_selection_new ();
  gboolean expected[N_ROWS] = { FALSE };

  for (guint step = 0; step < 20000; step++)
    {
      const guint64 first = (guint64) g_rand_int_range (random, 0, N_ROWS);
      const guint64 end = (guint64) g_rand_int_range (random, (gint32) first, N_ROWS + 1);

      switch (g_rand_int_range (random, 0, 8))
        {
        case 0:
          ann_row_selection_toggle (selection, first);
          expected[first] = !expected[first];
          break;
        case 1:
          ann_row_selection_invert (selection, N_ROWS);
          for (guint i = 0; i < N_ROWS; i++)
            expected[i] = !expected[i];
          break;
        case 2:
        case 3:
        case 4:
          ann_row_selection_remove (selection, first, end);
          for (guint64 i = first; i < end; i++)
            expected[i] = FALSE;
          break;
        default:
          ann_row_selection_add (selection, first, end);
          for (guint64 i = first; i < end; i++)
            expected[i] = TRUE;
          break;
        }
      check (selection, expected);
    }
}

static void
test_rows (void)
{
  g_autoptr (AnnRowSelection) selection = ann_row_selection_new ();
  g_autoptr (AnnRowSelection) copy = NULL;
  guint64 rows[] = { 9, 3, 4, 5, 30, 9, 0 };
  gboolean expected[N_ROWS] = {
    [0] = TRUE, [3] = TRUE, [4] = TRUE, [5] = TRUE, [9] = TRUE, [30] = TRUE
  };
  gboolean none[N_ROWS] = { FALSE };
  gsize n_ranges;

  ann_row_selection_add (selection, 20, 25);
  ann_row_selection_take_rows (selection, rows, G_N_ELEMENTS (rows));
  check (selection, expected);
  ann_row_selection_get_ranges (selection, &n_ranges);
  g_assert_cmpuint (n_ranges, ==, 4);

  copy = ann_row_selection_copy (selection);
  ann_row_selection_clear (selection);
  check (copy, expected);
  check (selection, none);
}

/* All rows of something huge are one range. */
static void
test_huge (void)
{
  const guint64 n = G_GUINT64_CONSTANT (1) << 62;
  g_autoptr (AnnRowSelection) selection = ann_row_selection_new ();
  gsize n_ranges;

  ann_row_selection_add (selection, 0, n);
  ann_row_selection_toggle (selection, n / 2);
  ann_row_selection_get_ranges (selection, &n_ranges);
  g_assert_cmpuint (n_ranges, ==, 2);
  g_assert_cmpuint (ann_row_selection_get_n_rows (selection), ==, n - 1);
  ann_row_selection_invert (selection, n);
  g_assert_cmpuint (ann_row_selection_get_n_rows (selection), ==, 1);
  g_assert_true (ann_row_selection_contains (selection, n / 2));
}

/* Row by row too, and with more ranges than could be put in one by one. */
static void
test_add_all (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (AnnRowSelection) even = ann_row_selection_new ();
  g_autoptr (AnnRowSelection) odd = ann_row_selection_new ();
  const AnnRowRange *ranges;
  gsize n_ranges;

  for (guint step = 0; step < 3000; step++)
    {
      g_autoptr (AnnRowSelection) left = ann_row_selection_new ();
      g_autoptr (AnnRowSelection) right = ann_row_selection_new ();
      g_autoptr (AnnRowSelection) kept = NULL;
      gboolean expected[N_ROWS] = { FALSE };
      gboolean is_left[N_ROWS] = { FALSE };
      gboolean in_both[N_ROWS] = { FALSE };

      for (guint i = 0; i < 6; i++)
        {
          const guint64 first = (guint64) g_rand_int_range (random, 0, N_ROWS);
          const guint64 length = (guint64) g_rand_int_range (random, 0, 6);
          const guint64 end = MIN (first + length, N_ROWS);

          ann_row_selection_add (i < 3 ? left : right, first, end);
          for (guint64 row = first; row < end; row++)
            {
              expected[row] = TRUE;
              is_left[row] |= i < 3;
              in_both[row] |= i >= 3 && is_left[row];
            }
        }
      kept = ann_row_selection_copy (left);
      ann_row_selection_keep (kept, right);
      check (kept, in_both);
      ann_row_selection_add_all (left, right);
      check (left, expected);
    }

  for (guint64 row = 0; row < 2000000; row++)
    ann_row_selection_add (row % 2 == 0 ? even : odd, 2 * row, 2 * row + 1);
  ann_row_selection_add_all (even, odd);
  ranges = ann_row_selection_get_ranges (even, &n_ranges);
  g_assert_cmpuint (n_ranges, ==, 2000000);
  g_assert_cmpuint (ann_row_selection_get_n_rows (even), ==, 2000000);
  g_assert_cmpuint (ranges[1999999].first, ==, 3999998);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-selection/against-rows", test_against_rows);
  g_test_add_func ("/row-selection/rows", test_rows);
  g_test_add_func ("/row-selection/huge", test_huge);
  g_test_add_func ("/row-selection/add-all", test_add_all);

  return g_test_run ();
}
