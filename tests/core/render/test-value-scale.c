/* test-value-scale.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-value-scale.h"

#include <math.h>

static void
test_linear (void)
{
  const AnnValueScale scale = { ANN_TRANSFORM_LINEAR, -2, 6 };

  g_assert_cmpfloat (ann_value_scale_get_position (&scale, -2), ==, 0);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, 0), ==, 0.25);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, 6), ==, 1);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, 14), ==, 2);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, -INFINITY), ==, -INFINITY);
  g_assert_true (isnan (ann_value_scale_get_position (&scale, NAN)));
  g_assert_cmpfloat (ann_value_scale_get_value (&scale, 0.25), ==, 0);
}

static void
test_log1p (void)
{
  const AnnValueScale scale = { ANN_TRANSFORM_LOG1P, 0, 99 };

  g_assert_cmpfloat (ann_value_scale_get_position (&scale, 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_position (&scale, 9), 0.5, 1e-12);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, 99), ==, 1);
  g_assert_cmpfloat (ann_value_scale_get_position (&scale, -0.5), <, 0);
  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_position (&scale, -9), -0.5, 1e-12);

  for (double p = 0; p <= 1; p += 1. / 64)
    g_assert_cmpfloat_with_epsilon (
        ann_value_scale_get_position (&scale, ann_value_scale_get_value (&scale, p)), p, 1e-12);
}

/* Signed values have their zero in the middle, and as much room on either side. */
static void
test_log1p_signed (void)
{
  const AnnValueScale scale = { ANN_TRANSFORM_LOG1P, -99, 99 };

  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_position (&scale, 0), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_position (&scale, -9), 0.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_position (&scale, 9), 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (ann_value_scale_get_value (&scale, 0.25), -9, 1e-9);
}

static void
test_no_extent (void)
{
  const AnnValueScale scales[] = { { ANN_TRANSFORM_LINEAR, 3, 3 }, { ANN_TRANSFORM_LOG1P, 3, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_assert_cmpfloat (ann_value_scale_get_position (&scales[i], 2), ==, 0);
      g_assert_cmpfloat (ann_value_scale_get_position (&scales[i], 3), ==, 0);
      g_assert_cmpfloat (ann_value_scale_get_position (&scales[i], 3.5), ==, 1);
      g_assert_cmpfloat_with_epsilon (ann_value_scale_get_value (&scales[i], 0.5), 3, 1e-12);
    }
}

static AnnValueSample *
make (const double *values, gsize n, guint64 n_zeros, guint64 n_missing)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (array, values, n);

  return ann_value_sample_new (array, n_zeros, n_missing, 4);
}

/* Percentiles as numpy.percentile gives them. */
static void
test_percentiles (void)
{
  const double values[] = { 7, 1, 5, 3 };
  g_autoptr (AnnValueSample) sample = make (values, 4, 12, 0);

  g_assert_cmpfloat (ann_value_sample_get_percentile (sample, 0), ==, 1);
  g_assert_cmpfloat (ann_value_sample_get_percentile (sample, 50), ==, 4);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_percentile (sample, 1), 1.06, 1e-12);
  g_assert_cmpfloat_with_epsilon (ann_value_sample_get_percentile (sample, 99), 6.94, 1e-12);
  g_assert_cmpfloat (ann_value_sample_get_percentile (sample, 100), ==, 7);
  g_assert_cmpfloat (ann_value_sample_get_percentile (sample, 200), ==, 7);
  g_assert_cmpuint (ann_value_sample_get_n_values (sample), ==, 16);
  g_assert_cmpuint (ann_value_sample_get_n_rows (sample), ==, 4);
  g_assert_cmpfloat (ann_value_sample_get_non_zero_share (sample), ==, 0.25);
  g_assert_cmpfloat (ann_value_sample_get_minimum (sample), ==, 0);
  g_assert_cmpfloat (ann_value_sample_get_maximum (sample), ==, 7);
  g_assert_true (ann_value_sample_is_integer (sample));
}

static void
test_sample_kinds (void)
{
  const double odd[] = { 1, INFINITY, 2.5, -INFINITY, NAN };
  const double negative[] = { -3, -1 };
  g_autoptr (AnnValueSample) first = make (odd, 5, 0, 2);
  g_autoptr (AnnValueSample) second = make (negative, 2, 1, 0);
  g_autoptr (AnnValueSample) empty = make (NULL, 0, 0, 0);

  g_assert_cmpuint (ann_value_sample_get_n_values (first), ==, 7);
  g_assert_cmpuint (ann_value_sample_get_n_missing (first), ==, 5);
  g_assert_false (ann_value_sample_is_integer (first));
  g_assert_cmpfloat (ann_value_sample_get_minimum (first), ==, 1);
  g_assert_cmpfloat (ann_value_sample_get_maximum (first), ==, 2.5);
  g_assert_cmpfloat (ann_value_sample_get_non_zero_share (first), ==, 1);

  g_assert_cmpfloat (ann_value_sample_get_minimum (second), ==, -3);
  g_assert_cmpfloat (ann_value_sample_get_maximum (second), ==, 0);
  g_assert_true (ann_value_sample_is_integer (second));

  g_assert_cmpfloat (ann_value_sample_get_percentile (empty, 50), ==, 0);
  g_assert_cmpfloat (ann_value_sample_get_minimum (empty), ==, 0);
  g_assert_cmpfloat (ann_value_sample_get_non_zero_share (empty), ==, 0);
}

static void
test_clipped (void)
{
  const double values[] = { -2, 1, 3, 8, NAN };
  g_autoptr (AnnValueSample) sample = make (values, 5, 4, 0);
  g_autoptr (AnnValueSample) empty = make (NULL, 0, 0, 0);
  double below, above;

  ann_value_sample_get_clipped (sample, -1, 5, &below, &above);
  g_assert_cmpfloat (below, ==, 1 / 8.);
  g_assert_cmpfloat (above, ==, 1 / 8.);

  /* The zeros too, and the ends themselves are within. */
  ann_value_sample_get_clipped (sample, 1, 8, &below, &above);
  g_assert_cmpfloat (below, ==, 5 / 8.);
  g_assert_cmpfloat (above, ==, 0);
  ann_value_sample_get_clipped (sample, -9, -2, &below, &above);
  g_assert_cmpfloat (below, ==, 0);
  g_assert_cmpfloat (above, ==, 7 / 8.);
  ann_value_sample_get_clipped (empty, 0, 1, &below, &above);
  g_assert_cmpfloat (below, ==, 0);
  g_assert_cmpfloat (above, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/value-scale/linear", test_linear);
  g_test_add_func ("/value-scale/log1p", test_log1p);
  g_test_add_func ("/value-scale/log1p-signed", test_log1p_signed);
  g_test_add_func ("/value-scale/no-extent", test_no_extent);
  g_test_add_func ("/value-sample/percentiles", test_percentiles);
  g_test_add_func ("/value-sample/kinds", test_sample_kinds);
  g_test_add_func ("/value-sample/clipped", test_clipped);

  return g_test_run ();
}
