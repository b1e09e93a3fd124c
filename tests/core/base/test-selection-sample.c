/* test-selection-sample.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-selection.h"

#include <string.h>

/* Another program's numbers, written in Python from the algorithms' descriptions: a seed means the
 * same for ever.
 */
static void
test_known (void)
{
  static const struct {
    guint64 n;
    gboolean replace;
    guint64 seed;
    guint64 axis_length;
    const char *positions;
  } cases[] = {
    { 8, TRUE, 2022, 10, "7,5,9,5,3,9,3,1" },
    { 8, FALSE, 2022, 10, "7,8,5,6,9,4,0,3" },
    { 6, FALSE, 2022, 1000, "679,762,197,386,475,547" },
    { 3, FALSE, 0, G_MAXINT64, "7070836379803831730,487617019471545679,7960286522194355700" },
    { 4, TRUE, G_MAXUINT64, 3, "2,0,1,0" },
    { 2, TRUE, 0, G_MAXINT64, "7070836379803831728,7960286522194355700" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) sample = ann_selection_new_sample (
          cases[i].n, cases[i].replace, cases[i].seed, cases[i].axis_length, &error);
      g_autoptr (GString) text = g_string_new (NULL);

      g_assert_no_error (error);
      g_assert_cmpuint (ann_selection_get_axis_length (sample), ==, cases[i].axis_length);
      for (guint64 k = 0; k < ann_selection_get_length (sample); k++)
        g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, k > 0 ? "," : "",
                                ann_selection_get_position (sample, k));
      g_assert_cmpstr (text->str, ==, cases[i].positions);
    }
}

/* Any number out of 40 without replacement: none twice, all on the axis. */
static void
test_all_different (void)
{
  for (guint64 n = 0; n <= 40; n++)
    for (guint64 seed = 0; seed < 20; seed++)
      {
        g_autoptr (AnnSelection) sample = ann_selection_new_sample (n, FALSE, seed, 40, NULL);
        gboolean seen[40] = { FALSE };

        g_assert_cmpuint (ann_selection_get_length (sample), ==, n);
        for (guint64 i = 0; i < n; i++)
          {
            guint64 position = ann_selection_get_position (sample, i);

            g_assert_cmpuint (position, <, 40);
            g_assert_false (seen[position]);
            seen[position] = TRUE;
          }
      }
}

/* Over 20,000 seeds each position comes equally often in each place, to within five standard
 * deviations of a fair draw.
 */
static void
test_even (void)
{
  static const guint64 sizes[][2] = { { 2, 12 }, { 9, 12 } }; /* few, most */

  for (gsize way = 0; way < 3; way++)
    {
      const guint64 n = sizes[way % 2][0];
      const guint64 length = sizes[way % 2][1];
      const double expected = 20000.0 / (double) length;
      guint counts[12][12] = { { 0 } };

      for (guint64 seed = 0; seed < 20000; seed++)
        {
          g_autoptr (AnnSelection) sample = ann_selection_new_sample (n, way == 2, seed, length,
                                                                      NULL);

          for (guint64 i = 0; i < n; i++)
            counts[i][ann_selection_get_position (sample, i)]++;
        }
      for (guint64 i = 0; i < n; i++)
        for (guint64 position = 0; position < length; position++)
          g_assert_cmpfloat_with_epsilon (counts[i][position], expected, 5 * 39.1);
    }
}

/* Few of a long axis: nothing as long as the axis is made. */
static void
test_long_axis (void)
{
  g_autoptr (AnnSelection) sample = ann_selection_new_sample (100000, FALSE, 7, G_MAXINT64, NULL);

  g_assert_cmpuint (ann_selection_get_length (sample), ==, 100000);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) none = ann_selection_new_sample (0, TRUE, 1, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_selection_get_length (none), ==, 0);

  g_assert_null (ann_selection_new_sample (1, TRUE, 1, 0, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_clear_error (&error);
  g_assert_null (ann_selection_new_sample (11, FALSE, 1, 10, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_nonnull (strstr (error->message, "11"));
  g_clear_error (&error);
  g_assert_null (ann_selection_new_sample (1, FALSE, 1, (guint64) G_MAXINT64 + 1, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (ann_selection_new_sample (G_MAXUINT64, TRUE, 1, 10, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (ann_selection_new_sample (G_MAXINT64 / 2, FALSE, 1, G_MAXINT64, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/selection-sample/known", test_known);
  g_test_add_func ("/selection-sample/all-different", test_all_different);
  g_test_add_func ("/selection-sample/even", test_even);
  g_test_add_func ("/selection-sample/long-axis", test_long_axis);
  g_test_add_func ("/selection-sample/refused", test_refused);

  return g_test_run ();
}
