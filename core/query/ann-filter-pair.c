/* ann-filter-pair.c: columns compared with each other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include <math.h>

/* Values that are compared in one go. */
#define RUN 512

/* Some values of a column, all of one type, those of categories in place of codes. */
typedef struct {
  gboolean is_unsigned;
  guint8 is_missing[RUN];
  union {
    gint64 integers[RUN];
    double doubles[RUN];
    AnnFilterText texts[RUN];
  };
} Run;

typedef enum {
  AS_INTEGERS,
  AS_DOUBLES,
  AS_TEXTS,
} Form;

/* Integers are compared as such, exactly; with a float as floats. */
static Form
get_form (const AnnFilterTest *self)
{
  if (self->by_code)
    return AS_INTEGERS;
  if (self->column->type == ANN_COLUMN_TEXT)
    return AS_TEXTS;

  return ann_dtype_is_float (self->column->dtype) || ann_dtype_is_float (self->other->dtype)
             ? AS_DOUBLES
             : AS_INTEGERS;
}

static void
load_value (Run *run, Form form, const AnnFilterVector *from, gsize index, gsize i)
{
  const guint8 *value = from->values != NULL
                            ? from->values + index * ann_dtype_get_size (from->dtype)
                            : NULL;

  if (form == AS_TEXTS)
    run->texts[i].text = ann_strings_get (from->texts, from->first_text + index,
                                          &run->texts[i].length);
  else if (form == AS_INTEGERS)
    ann_dtype_to_int64 (from->dtype, value, 1, &run->integers[i]);
  else
    {
      ann_dtype_to_double (from->dtype, value, 1, &run->doubles[i]);
      run->is_missing[i] |= isnan (run->doubles[i]);
    }
}

static void
load_run (Run *run,
          Form form,
          const AnnFilterTest *self,
          const AnnFilterColumn *column,
          const AnnFilterVector *vector,
          gsize n)
{
  const AnnFilterVector categories = _ann_filter_column_get_categories (column);
  const gint32 *codes = (const gint32 *) (gconstpointer) vector->values;

  run->is_unsigned = column->dtype == ANN_DTYPE_UINT64 && !self->by_code;
  for (gsize i = 0; i < n; i++)
    {
      run->is_missing[i] = column->is_categorical ? codes[i] < 0
                                                  : vector->missing != NULL && vector->missing[i];
      if (run->is_missing[i])
        continue;
      if (column->is_categorical && !self->by_code)
        load_value (run, form, &categories, (gsize) codes[i], i);
      else
        load_value (run, form, vector, i, i);
    }
}

/* The one may be unsigned and large, the other negative. */
static int
compare_integers (const Run *one, const Run *other, gsize i)
{
  const gint64 a = one->integers[i];
  const gint64 b = other->integers[i];

  if (one->is_unsigned == other->is_unsigned)
    {
      if (one->is_unsigned)
        return (guint64) a < (guint64) b ? -1 : (guint64) a > (guint64) b;
      return a < b ? -1 : a > b;
    }
  if (one->is_unsigned)
    return b < 0 || a < 0 ? 1 : a < b ? -1 : a > b;

  return a < 0 || b < 0 ? -1 : a < b ? -1 : a > b;
}

static int
compare_values (Form form, const Run *one, const Run *other, gsize i)
{
  if (form == AS_INTEGERS)
    return compare_integers (one, other, i);
  if (form == AS_TEXTS)
    return _ann_filter_text_compare (&one->texts[i], &other->texts[i]);

  return one->doubles[i] < other->doubles[i] ? -1 : one->doubles[i] > other->doubles[i];
}

void
_ann_filter_test_run_pair (const AnnFilterTest *self,
                           const AnnFilterVector *vector,
                           const AnnFilterVector *other,
                           gsize n,
                           guint8 *truths)
{
  const Form form = get_form (self);
  Run runs[2];

  for (gsize first = 0; first < n; first += RUN)
    {
      const gsize count = MIN (n - first, RUN);
      const AnnFilterVector one = _ann_filter_vector_skip (vector, first);
      const AnnFilterVector two = _ann_filter_vector_skip (other, first);

      load_run (&runs[0], form, self, self->column, &one, count);
      load_run (&runs[1], form, self, self->other, &two, count);
      for (gsize i = 0; i < count; i++)
        truths[first + i] = !runs[0].is_missing[i] && !runs[1].is_missing[i]
                            && _ann_compare_holds (self->compare,
                                                   compare_values (form, &runs[0], &runs[1], i));
    }
}
