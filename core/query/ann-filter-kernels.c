/* ann-filter-kernels.c: a question put to many values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "base/ann-buffer-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Half floats are made wider in runs of so many. */
#define RUN 1024

double
_ann_filter_round (AnnDtype dtype, double value)
{
  double rounded = value;

  if (dtype == ANN_DTYPE_FLOAT32)
    rounded = (float) value;
  else if (dtype == ANN_DTYPE_FLOAT16)
    {
      const guint16 half = _ann_double_to_half (value);

      ann_dtype_to_double (ANN_DTYPE_FLOAT16, &half, 1, &rounded);
    }

  return isfinite (rounded) ? rounded : value;
}

/* @order: less than 0, 0 or more than 0, as one value is less, equal or more */
gboolean
_ann_compare_holds (AnnCompare compare, int order)
{
  switch (compare)
    {
    case ANN_COMPARE_EQUAL:
      return order == 0;
    case ANN_COMPARE_NOT_EQUAL:
      return order != 0;
    case ANN_COMPARE_LESS:
      return order < 0;
    case ANN_COMPARE_LESS_OR_EQUAL:
      return order <= 0;
    case ANN_COMPARE_GREATER:
      return order > 0;
    case ANN_COMPARE_GREATER_OR_EQUAL:
    default:
      return order >= 0;
    }
}

/* By bytes, which for UTF-8 is by characters. */
int
_ann_filter_text_compare (const AnnFilterText *one, const AnnFilterText *other)
{
  const gsize length = MIN (one->length, other->length);
  const int order = length > 0 ? memcmp (one->text, other->text, length) : 0;

  if (order != 0)
    return order;

  return one->length < other->length ? -1 : one->length > other->length;
}

static AnnFilterText
get_text (const AnnFilterVector *vector, gsize i)
{
  AnnFilterText text;

  text.text = ann_strings_get (vector->texts, vector->first_text + i, &text.length);

  return text;
}

/* --- Integers --- */

#define INTERVAL_CASE(DTYPE, CTYPE, WIDE)                                                          \
  case DTYPE:                                                                                      \
    {                                                                                              \
      const CTYPE *values = (const CTYPE *) (gconstpointer) vector->values;                        \
      const WIDE low = (WIDE) self->low;                                                           \
      const WIDE high = (WIDE) self->high;                                                         \
                                                                                                   \
      for (gsize i = 0; i < n; i++)                                                                \
        truths[i] = (WIDE) values[i] >= low && (WIDE) values[i] <= high;                           \
      break;                                                                                       \
    }

static void
test_interval (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  switch ((int) vector->dtype)
    {
      INTERVAL_CASE (ANN_DTYPE_INT8, gint8, gint64)
      INTERVAL_CASE (ANN_DTYPE_INT16, gint16, gint64)
      INTERVAL_CASE (ANN_DTYPE_INT32, gint32, gint64)
      INTERVAL_CASE (ANN_DTYPE_INT64, gint64, gint64)
      INTERVAL_CASE (ANN_DTYPE_UINT8, guint8, guint64)
      INTERVAL_CASE (ANN_DTYPE_UINT16, guint16, guint64)
      INTERVAL_CASE (ANN_DTYPE_UINT32, guint32, guint64)
      INTERVAL_CASE (ANN_DTYPE_UINT64, guint64, guint64)
    default:
      g_return_if_reached ();
    }
}

#define SET_FUNCTION(NAME, CTYPE)                                                                  \
  static gboolean NAME (const GArray *items, CTYPE value)                                          \
  {                                                                                                \
    const CTYPE *sorted = (const CTYPE *) (gconstpointer) items->data;                             \
    gsize low = 0;                                                                                 \
    gsize high = items->len;                                                                       \
                                                                                                   \
    while (low < high)                                                                             \
      {                                                                                            \
        const gsize middle = low + (high - low) / 2;                                               \
                                                                                                   \
        if (sorted[middle] < value)                                                                \
          low = middle + 1;                                                                        \
        else                                                                                       \
          high = middle;                                                                           \
      }                                                                                            \
                                                                                                   \
    return low < items->len && !(value < sorted[low]) && !(sorted[low] < value) && value == value; \
  }

SET_FUNCTION (has_signed, gint64)
SET_FUNCTION (has_unsigned, guint64)
SET_FUNCTION (has_double, double)

static void
test_integer_set (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  const gsize size = ann_dtype_get_size (vector->dtype);
  const gboolean is_signed = ann_dtype_is_signed (vector->dtype);

  for (gsize i = 0; i < n; i++)
    {
      gint64 value = 0;

      ann_dtype_to_int64 (vector->dtype, vector->values + i * size, 1, &value);
      truths[i] = is_signed ? has_signed (self->items, value)
                            : has_unsigned (self->items, (guint64) value);
    }
}

/* --- Floats --- */

#define COMPARE_LOOP(OPERATOR)                                                                     \
  for (gsize i = 0; i < n; i++)                                                                    \
    truths[i] = (double) values[i] OPERATOR number;                                                \
  break;

/* What is not a number passes none. */
#define FLOAT_FUNCTION(NAME, CTYPE)                                                                \
  static void NAME (const AnnFilterTest *self, const CTYPE *values, gsize n, guint8 *truths)       \
  {                                                                                                \
    const double number = self->number;                                                            \
                                                                                                   \
    switch (self->compare)                                                                         \
      {                                                                                            \
      case ANN_COMPARE_EQUAL:                                                                      \
        COMPARE_LOOP (==)                                                                          \
      case ANN_COMPARE_NOT_EQUAL:                                                                  \
        for (gsize i = 0; i < n; i++)                                                              \
          truths[i] = (double) values[i] != number && values[i] == values[i];                      \
        break;                                                                                     \
      case ANN_COMPARE_LESS:                                                                       \
        COMPARE_LOOP (<)                                                                           \
      case ANN_COMPARE_LESS_OR_EQUAL:                                                              \
        COMPARE_LOOP (<=)                                                                          \
      case ANN_COMPARE_GREATER:                                                                    \
        COMPARE_LOOP (>)                                                                           \
      case ANN_COMPARE_GREATER_OR_EQUAL:                                                           \
      default:                                                                                     \
        COMPARE_LOOP (>=)                                                                          \
      }                                                                                            \
  }

FLOAT_FUNCTION (test_doubles, double)
FLOAT_FUNCTION (test_floats, float)

static void
test_double_set (const AnnFilterTest *self, const double *values, gsize n, guint8 *truths)
{
  for (gsize i = 0; i < n; i++)
    truths[i] = isnan (values[i]) ? FALSE : has_double (self->items, values[i]) ^ self->is_negated;
}

static void
test_missing_doubles (const AnnFilterTest *self, const double *values, gsize n, guint8 *truths)
{
  for (gsize i = 0; i < n; i++)
    truths[i] = isnan (values[i]) ^ self->is_negated;
}

typedef void (*DoublesFunc) (const AnnFilterTest *self,
                             const double *values,
                             gsize n,
                             guint8 *truths);

/* Floats of any size as doubles. */
static void
each_run (const AnnFilterTest *self,
          const AnnFilterVector *vector,
          gsize n,
          DoublesFunc func,
          guint8 *truths)
{
  const gsize size = ann_dtype_get_size (vector->dtype);
  double run[RUN];

  for (gsize first = 0; first < n; first += RUN)
    {
      const gsize count = MIN (n - first, RUN);

      ann_dtype_to_double (vector->dtype, vector->values + first * size, count, run);
      func (self, run, count, truths + first);
    }
}

static void
test_float (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  if (vector->dtype == ANN_DTYPE_FLOAT64)
    test_doubles (self, (const double *) (gconstpointer) vector->values, n, truths);
  else if (vector->dtype == ANN_DTYPE_FLOAT32)
    test_floats (self, (const float *) (gconstpointer) vector->values, n, truths);
  else
    each_run (self, vector, n, test_doubles, truths);
}

/* --- Truth values and categories --- */

static void
test_booleans (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  for (gsize i = 0; i < n; i++)
    truths[i] = self->truths[vector->values[i] != 0];
}

static void
test_codes (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  const gint32 *codes = (const gint32 *) (gconstpointer) vector->values;

  for (gsize i = 0; i < n; i++)
    truths[i] = codes[i] >= 0 && self->table[codes[i]];
}

/* --- Texts --- */

static void
test_texts (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  for (gsize i = 0; i < n; i++)
    {
      const AnnFilterText text = get_text (vector, i);

      truths[i] = _ann_compare_holds (self->compare, _ann_filter_text_compare (&text, &self->text));
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return _ann_filter_text_compare (a, b);
}

static void
test_text_set (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  for (gsize i = 0; i < n; i++)
    {
      const AnnFilterText text = get_text (vector, i);

      truths[i] = self->items->len > 0
                  && bsearch (&text, self->items->data, self->items->len, sizeof text,
                              compare_texts)
                         != NULL;
    }
}

/* Texts that are not UTF-8 are looked at as they are shown. */
static gboolean
test_regex (const AnnFilterTest *self,
            const AnnFilterVector *vector,
            gsize n,
            GCancellable *cancellable,
            guint8 *truths,
            GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      const AnnFilterText text = get_text (vector, i);
      g_autofree char *valid = NULL;
      g_autoptr (GError) local_error = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!g_utf8_validate_len (text.text, text.length, NULL))
        valid = g_utf8_make_valid (text.text, (gssize) text.length);
      truths[i] = g_regex_match_full (self->regex, valid != NULL ? valid : text.text,
                                      valid != NULL ? -1 : (gssize) text.length, 0, 0, NULL,
                                      &local_error);
      if (local_error != NULL)
        {
          g_propagate_prefixed_error (
              error, g_steal_pointer (&local_error),
              "The regular expression “%s” gives up: ", g_regex_get_pattern (self->regex));
          return FALSE;
        }
    }

  return TRUE;
}

/* --- Any --- */

static void
test_missing (const AnnFilterTest *self, const AnnFilterVector *vector, gsize n, guint8 *truths)
{
  const gint32 *codes = (const gint32 *) (gconstpointer) vector->values;

  if (self->column->is_categorical)
    {
      for (gsize i = 0; i < n; i++)
        truths[i] = (codes[i] < 0) ^ self->is_negated;
    }
  else if (vector->values != NULL && ann_dtype_is_float (vector->dtype))
    each_run (self, vector, n, test_missing_doubles, truths);
  else
    memset (truths, self->is_negated, n);

  for (gsize i = 0; vector->missing != NULL && i < n; i++)
    {
      if (vector->missing[i])
        truths[i] = !self->is_negated;
    }
}

gboolean
_ann_filter_test_run (const AnnFilterTest *self,
                      const AnnFilterVector *vector,
                      gsize n,
                      GCancellable *cancellable,
                      guint8 *truths,
                      GError **error)
{
  gboolean is_negated = self->is_negated;

  switch (self->kind)
    {
    case ANN_TEST_CONSTANT:
      memset (truths, self->is_constant_true, n);
      break;
    case ANN_TEST_INTEGER:
      test_interval (self, vector, n, truths);
      break;
    case ANN_TEST_INTEGER_SET:
      test_integer_set (self, vector, n, truths);
      break;
    case ANN_TEST_FLOAT:
      test_float (self, vector, n, truths);
      break;
    case ANN_TEST_FLOAT_SET:
      each_run (self, vector, n, test_double_set, truths);
      is_negated = FALSE; /* it is done */
      break;
    case ANN_TEST_BOOLEAN:
      test_booleans (self, vector, n, truths);
      break;
    case ANN_TEST_TEXT:
      test_texts (self, vector, n, truths);
      break;
    case ANN_TEST_TEXT_SET:
      test_text_set (self, vector, n, truths);
      break;
    case ANN_TEST_REGEX:
      if (!test_regex (self, vector, n, cancellable, truths, error))
        return FALSE;
      break;
    case ANN_TEST_CODE:
      test_codes (self, vector, n, truths);
      return TRUE;
    case ANN_TEST_MISSING:
      test_missing (self, vector, n, truths);
      return TRUE;
    case ANN_TEST_PAIR:
    default:
      g_return_val_if_reached (FALSE);
    }

  for (gsize i = 0; is_negated && i < n; i++)
    truths[i] = !truths[i];
  for (gsize i = 0; vector->missing != NULL && i < n; i++)
    truths[i] &= !vector->missing[i];

  return TRUE;
}
