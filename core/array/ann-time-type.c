/* ann-time-type.c: numbers that are points in time, or spans of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-time-type-private.h"

#include <math.h>
#include <string.h>

#define POINT "datetime64"
#define SPAN "timedelta64"

gboolean
_ann_time_type_parse (const char *name, gboolean *is_span, guint64 *factor, char **unit)
{
  const char *rest;
  char *end;

  *is_span = g_str_has_prefix (name, SPAN);
  *factor = 1;
  if (!*is_span && !g_str_has_prefix (name, POINT))
    return FALSE;

  rest = name + strlen (*is_span ? SPAN : POINT);
  if (*rest == '\0')
    {
      *unit = g_strdup ("generic");
      return TRUE;
    }
  if (*rest != '[' || !g_str_has_suffix (rest, "]"))
    return FALSE;
  rest++;
  if (g_ascii_isdigit (*rest))
    {
      *factor = g_ascii_strtoull (rest, &end, 10);
      rest = end;
    }
  for (end = (char *) rest; g_ascii_isalpha (*end);)
    end++;
  if (end == rest || strcmp (end, "]") != 0 || *factor == 0 || *factor > G_MAXINT32)
    return FALSE;
  *unit = g_strndup (rest, (gsize) (end - rest));

  return TRUE;
}

const char *
_ann_array_get_time_type (AnnArray *self)
{
  const char *name = ann_array_get_type_description (self);
  g_autofree char *unit = NULL;
  gboolean is_span;
  guint64 factor;

  return ann_array_get_dtype (self) == ANN_DTYPE_INT64 && name != NULL
                 && _ann_time_type_parse (name, &is_span, &factor, &unit)
             ? name
             : NULL;
}

static inline gboolean
is_missing (const guint8 *times, gsize i)
{
  gint64 time;

  memcpy (&time, times + i * sizeof time, sizeof time);

  return time == G_MININT64;
}

void
_ann_time_find_missing (gconstpointer times, gsize n, guint8 *missing)
{
  for (gsize i = 0; i < n; i++)
    missing[i] = (guint8) is_missing (times, i);
}

AnnBuffer *
_ann_time_to_fractions (AnnBuffer *times, GError **error)
{
  AnnBuffer *fractions = ann_buffer_convert (times, ANN_DTYPE_FLOAT64, error);
  const guint8 *bytes = ann_buffer_get_data (times);
  double *values;

  if (fractions == NULL)
    return NULL;
  values = ann_buffer_get_data_for_writing (fractions);
  for (gsize i = 0; i < ann_buffer_get_n_elements (times); i++)
    if (is_missing (bytes, i))
      values[i] = NAN;

  return fractions;
}
