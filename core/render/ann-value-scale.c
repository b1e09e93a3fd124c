/* ann-value-scale.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-value-scale.h"

#include "render/ann-value-scale-private.h"

#include <math.h>

struct _AnnValueSample {
  gatomicrefcount ref_count;
  double *non_zeros; /* finite, rising */
  gsize n_non_zeros;
  guint64 n_zeros;
  guint64 n_missing; /* NaN or infinite */
  guint64 n_rows;
  gboolean is_integer;
};

G_DEFINE_BOXED_TYPE (AnnValueSample, ann_value_sample, ann_value_sample_ref, ann_value_sample_unref)

double
_ann_transform_apply (AnnTransform transform, double value)
{
  return transform == ANN_TRANSFORM_LINEAR ? value : copysign (log1p (fabs (value)), value);
}

/**
 * ann_value_scale_get_position: (skip)
 * @scale: a scale
 * @value: a value, before the transform
 *
 * Returns: where it lies on the colour bar: 0 is the lower end, 1 the upper one; outside of them
 *   for a value that is clipped, NaN for NaN. On a scale without extent 0 up to its one value, and
 *   1 above
 */
double
ann_value_scale_get_position (const AnnValueScale *scale, double value)
{
  double low, high, at;

  g_return_val_if_fail (scale != NULL, NAN);

  if (isnan (value))
    return NAN;

  low = _ann_transform_apply (scale->transform, scale->low);
  high = _ann_transform_apply (scale->transform, scale->high);
  at = _ann_transform_apply (scale->transform, value);
  if (!(low < high) || !isfinite (high - low))
    return value <= scale->low ? 0 : 1;

  return (at - low) / (high - low);
}

/**
 * ann_value_scale_get_value: (skip)
 * @scale: a scale
 * @position: a place on the colour bar, from 0 to 1
 *
 * Returns: the value, before the transform, that has this place: for the ticks of a legend
 */
double
ann_value_scale_get_value (const AnnValueScale *scale, double position)
{
  double low, high, at;

  g_return_val_if_fail (scale != NULL, NAN);

  low = _ann_transform_apply (scale->transform, scale->low);
  high = _ann_transform_apply (scale->transform, scale->high);
  if (!isfinite (high - low))
    return position < 0.5 ? scale->low : scale->high;

  at = low + position * (high - low);

  return scale->transform == ANN_TRANSFORM_LINEAR ? at : copysign (expm1 (fabs (at)), at);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return (first > second) - (first < second);
}

/**
 * ann_value_sample_new: (skip)
 * @non_zeros: (element-type double) (transfer full): the values found that are not zero, in any
 *   order
 * @n_zeros: how many were zero
 * @n_missing: how many were NaN
 * @n_rows: from how many rows (or columns) they are
 *
 * Infinite values among @non_zeros count as missing: no scale can reach them.
 *
 * Returns: (transfer full): a sample
 */
AnnValueSample *
ann_value_sample_new (GArray *non_zeros, guint64 n_zeros, guint64 n_missing, guint64 n_rows)
{
  AnnValueSample *self;
  gsize n = 0;

  g_return_val_if_fail (non_zeros != NULL, NULL);
  g_return_val_if_fail (g_array_get_element_size (non_zeros) == sizeof (double), NULL);

  self = g_new0 (AnnValueSample, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_zeros = n_zeros;
  self->n_missing = n_missing;
  self->n_rows = n_rows;
  self->is_integer = TRUE;

  for (guint i = 0; i < non_zeros->len; i++)
    {
      double value = g_array_index (non_zeros, double, i);

      if (!isfinite (value))
        {
          self->n_missing++;
          continue;
        }
      if (value != floor (value))
        self->is_integer = FALSE;
      g_array_index (non_zeros, double, n++) = value;
    }
  g_array_set_size (non_zeros, n);
  g_array_sort (non_zeros, compare_doubles);

  self->n_non_zeros = n;
  self->non_zeros = (double *) (gpointer) g_array_free (non_zeros, FALSE);

  return self;
}

/**
 * ann_value_sample_ref: (skip)
 * @self: a sample
 *
 * Returns: (transfer full): @self
 */
AnnValueSample *
ann_value_sample_ref (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_value_sample_unref: (skip)
 * @self: (transfer full): a sample
 */
void
ann_value_sample_unref (AnnValueSample *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->non_zeros);
  g_free (self);
}

/**
 * ann_value_sample_get_n_values:
 * @self: a sample
 *
 * Returns: how many values were looked at, zeros and missing ones included
 */
guint64
ann_value_sample_get_n_values (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_non_zeros + self->n_zeros + self->n_missing;
}

/**
 * ann_value_sample_get_n_missing:
 * @self: a sample
 *
 * Returns: how many of the values are NaN or infinite
 */
guint64
ann_value_sample_get_n_missing (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_missing;
}

/**
 * ann_value_sample_get_n_rows:
 * @self: a sample
 *
 * Returns: from how many rows the values are; columns, if the matrix is stored by columns
 */
guint64
ann_value_sample_get_n_rows (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_rows;
}

/**
 * ann_value_sample_get_non_zero_share:
 * @self: a sample
 *
 * Returns: the share of the values that are not zero, from 0 to 1; missing ones are left out
 */
double
ann_value_sample_get_non_zero_share (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->n_non_zeros + self->n_zeros == 0)
    return 0;

  return (double) self->n_non_zeros / (double) (self->n_non_zeros + self->n_zeros);
}

/**
 * ann_value_sample_is_integer:
 * @self: a sample
 *
 * Returns: whether all its values are whole numbers. With a minimum of 0 or more they look like
 *   raw counts
 */
gboolean
ann_value_sample_is_integer (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_integer && self->n_missing == 0;
}

/**
 * ann_value_sample_get_minimum:
 * @self: a sample
 *
 * Returns: the smallest finite value, zeros included; 0 if there is none
 */
double
ann_value_sample_get_minimum (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->n_non_zeros == 0)
    return 0;

  return self->n_zeros > 0 ? MIN (self->non_zeros[0], 0) : self->non_zeros[0];
}

/**
 * ann_value_sample_get_maximum:
 * @self: a sample
 *
 * Returns: the largest finite value, zeros included; 0 if there is none
 */
double
ann_value_sample_get_maximum (AnnValueSample *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->n_non_zeros == 0)
    return 0;

  return self->n_zeros > 0 ? MAX (self->non_zeros[self->n_non_zeros - 1], 0)
                           : self->non_zeros[self->n_non_zeros - 1];
}

/**
 * ann_value_sample_get_percentile:
 * @self: a sample
 * @percent: from 0 to 100
 *
 * Percentiles are of the values that are not zero: in a sparse matrix nearly all are zero, and a
 * percentile of all says nothing. Between two values linear, as numpy does it.
 *
 * Returns: the value; 0 if all are zero
 */
double
ann_value_sample_get_percentile (AnnValueSample *self, double percent)
{
  double at, whole;
  gsize index;

  g_return_val_if_fail (self != NULL, 0);

  if (self->n_non_zeros == 0)
    return 0;

  at = CLAMP (percent, 0, 100) / 100 * (double) (self->n_non_zeros - 1);
  whole = floor (at);
  index = (gsize) whole;
  if (index + 1 >= self->n_non_zeros)
    return self->non_zeros[self->n_non_zeros - 1];

  return self->non_zeros[index]
         + (at - whole) * (self->non_zeros[index + 1] - self->non_zeros[index]);
}

/**
 * ann_value_sample_get_clipped: (skip)
 * @self: a sample
 * @low: where a colour bar begins
 * @high: where it ends
 * @below: (out): the share of the values, missing ones not counted, that lie below it
 * @above: (out): the share that lies above it
 */
void
ann_value_sample_get_clipped (AnnValueSample *self,
                              double low,
                              double high,
                              double *below,
                              double *above)
{
  guint64 n, n_below, n_above;

  g_return_if_fail (self != NULL && below != NULL && above != NULL);

  n = self->n_non_zeros + self->n_zeros;
  n_below = low > 0 ? self->n_zeros : 0;
  n_above = high < 0 ? self->n_zeros : 0;
  for (gsize i = 0; i < self->n_non_zeros; i++)
    {
      n_below += self->non_zeros[i] < low;
      n_above += self->non_zeros[i] > high;
    }

  *below = n > 0 ? (double) n_below / (double) n : 0;
  *above = n > 0 ? (double) n_above / (double) n : 0;
}
