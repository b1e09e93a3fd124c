/* ann-summary-numbers.c: the summary of numbers and bools
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-number-set-private.h"
#include "query/ann-rank-search-private.h"
#include "query/ann-summary-private.h"

#include "array/ann-time-type-private.h"
#include "base/ann-error.h"
#include "base/ann-exact-sum.h"
#include "element/ann-sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The values are gone through twice at least: first what needs nothing else (counts, ends, sum,
 * different values), then what needs the mean and the ends (deviation, histogram). The quantiles
 * are narrowed down in the same passes, and in further ones if they need them.
 *
 * Sums are the same whatever the order in which threads take the pieces: that of the values is
 * exact, that of the squares an exact one of runs.
 */

/* Values that are looked at in one go. */
#define RUN 1024

/* So many parts lie idle before one is taken again. Tests set it, so that parts are always merged.
 */
#ifndef N_IDLE
#define N_IDLE 0
#endif

/* Each quantile lies between two values. */
#define N_RANKS (2 * ANN_SUMMARY_N_QUANTILES)

/* Above this whole doubles do not have a bin of their own. */
#define MAX_WHOLE 0x1p52

/* What one thread finds in the pieces that it takes. */
typedef struct {
  guint64 n_values;
  guint64 n_missing;
  guint64 n_infinite;
  guint64 n_finite;
  guint64 n_zero;
  guint64 n_negative;
  gboolean is_fractional;
  double minimum;
  double maximum;
  AnnExactSum sum;
  AnnExactSum squares; /* of the differences from the mean */
  AnnNumberSet distinct;
  guint64 bins[ANN_SUMMARY_MAX_BINS];
  guint64 *counts; /* of the rank search */
} Part;

/* The parts are handed from piece to piece: there are as many as there are threads. */
typedef struct {
  const AnnSummarySource *source;
  AnnSummary *summary;
  gboolean is_bool;
  gboolean is_narrow;
  guint64 n_unstored; /* zeros of a sparse matrix */
  AnnRankSearch *search;
  gboolean is_time; /* the least integer is no date */
  gboolean is_first;
  gboolean has_squares; /* this pass makes them, and the bins */
  int exponent;         /* of the largest value: without it squares would overflow */
  guint64 ranks[N_RANKS];
  int has_many; /* atomic: some thread has found more different values than are kept */
  GMutex lock;
  GPtrArray *parts;
  GPtrArray *idle;
} Numbers;

/* --- Parts --- */

static void
part_free (gpointer data)
{
  Part *part = data;

  _ann_number_set_clear (&part->distinct);
  g_free (part->counts);
  g_free (part);
}

static void
numbers_init (Numbers *self, AnnSummary *summary, const AnnSummarySource *source)
{
  AnnDtype dtype = ann_element_get_dtype (source->element);

  memset (self, 0, sizeof *self);
  self->source = source;
  self->summary = summary;
  self->is_bool = dtype == ANN_DTYPE_BOOL;
  self->is_time = ann_element_get_time_type (source->element) != NULL;
  self->is_narrow = dtype != ANN_DTYPE_FLOAT64 && ann_dtype_get_size (dtype) <= 4
                    && dtype != ANN_DTYPE_INT32 && dtype != ANN_DTYPE_UINT32;
  self->search = _ann_rank_search_new (self->is_narrow ? 32 : 64);
  g_mutex_init (&self->lock);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->idle = g_ptr_array_new ();
}

static void
numbers_clear (Numbers *self)
{
  g_ptr_array_unref (self->idle);
  g_ptr_array_unref (self->parts);
  g_mutex_clear (&self->lock);
  _ann_rank_search_free (self->search);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Numbers, numbers_clear)

static Part *
take_part (Numbers *self)
{
  Part *part = NULL;

  g_mutex_lock (&self->lock);
  if (self->idle->len > N_IDLE)
    part = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->lock);
  if (part != NULL)
    return part;

  part = g_new0 (Part, 1);
  part->minimum = G_MAXDOUBLE;
  part->maximum = -G_MAXDOUBLE;
  part->counts = g_new0 (guint64, MAX (1, self->search->n_groups) * ANN_RANK_SEARCH_N_COUNTS);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->parts, part);
  g_mutex_unlock (&self->lock);

  return part;
}

static void
give_part_back (Numbers *self, Part *part)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->idle, part);
  g_mutex_unlock (&self->lock);
}

/* --- Runs of values --- */

/* The finite ones; -0 becomes 0. */
static gsize
pick_finite (Part *part, const double *values, const guint8 *missing, gsize n, double *finite)
{
  gsize n_finite = 0;

  for (gsize i = 0; i < n; i++)
    {
      if ((missing != NULL && missing[i]) || isnan (values[i]))
        {
          part->n_missing++;
        }
      else if (isinf (values[i]))
        {
          part->n_infinite++;
          part->n_negative += values[i] < 0;
        }
      else
        {
          finite[n_finite++] = values[i] + 0.0;
        }
    }

  return n_finite;
}

static void
look_at_ends (Part *part, const double *finite, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      part->minimum = MIN (part->minimum, finite[i]);
      part->maximum = MAX (part->maximum, finite[i]);
      part->n_zero += finite[i] == 0;
      part->n_negative += finite[i] < 0;
      part->is_fractional |= finite[i] != rint (finite[i]);
    }
}

/* Whole numbers that are not large are added up quickly and still exactly. */
static void
add_to_sum (Part *part, const double *finite, gsize n)
{
  gboolean is_simple = TRUE;
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      is_simple &= fabs (finite[i]) < 0x1p42 && finite[i] == rint (finite[i]);
      sum += finite[i];
    }
  if (is_simple)
    {
      ann_exact_sum_add (&part->sum, sum);
      return;
    }

  for (gsize i = 0; i < n; i++)
    ann_exact_sum_add (&part->sum, finite[i]);
}

/* Different values: integers of 64 bits by all of their bits, others as doubles. */
static void
add_distinct (Numbers *self,
              Part *part,
              AnnDtype dtype,
              const guint8 *raw,
              const double *values,
              const guint8 *missing,
              gsize n)
{
  gboolean is_long = ann_dtype_is_integer (dtype) && ann_dtype_get_size (dtype) == 8;
  guint64 bits[RUN];
  gsize n_bits = 0;

  if (g_atomic_int_get (&self->has_many))
    return;

  for (gsize i = 0; i < n; i++)
    {
      double value = values[i] + 0.0;

      if ((missing != NULL && missing[i]) || isnan (value))
        continue;
      memcpy (&bits[n_bits++], is_long ? (gconstpointer) (raw + i * 8) : &value, 8);
    }
  _ann_number_set_add (&part->distinct, bits, n_bits);
  if (part->distinct.is_full)
    g_atomic_int_set (&self->has_many, TRUE);
}

static void
add_squares_and_bins (Numbers *self, Part *part, const double *finite, gsize n)
{
  const double scale = ldexp (1, -self->exponent);
  const double mean = self->summary->mean * scale;
  double differences = 0;
  double squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      double difference = finite[i] * scale - mean;

      differences += difference;
      squares += difference * difference;
      part->bins[ann_summary_find_bin (self->summary, finite[i])]++;
    }
  ann_exact_sum_add (&part->sum, differences);
  ann_exact_sum_add (&part->squares, squares);
}

static void
add_ranks (Numbers *self, Part *part, const double *finite, gsize n)
{
  guint64 keys[RUN];

  for (gsize i = 0; i < n; i++)
    keys[i] = _ann_rank_key_new (finite[i], self->is_narrow);
  _ann_rank_search_add (self->search, keys, n, part->counts);
}

static void
add_run (Numbers *self,
         Part *part,
         AnnDtype dtype,
         const guint8 *raw,
         const guint8 *missing,
         gsize n)
{
  double values[RUN];
  double finite[RUN];
  guint8 no_dates[RUN];
  gsize n_finite;

  if (self->is_time && dtype == ANN_DTYPE_INT64)
    {
      _ann_time_find_missing (raw, n, no_dates); /* nothing else is missing among them */
      missing = no_dates;
    }
  ann_dtype_to_double (dtype, raw, n, values);
  n_finite = pick_finite (part, values, missing, n, finite);
  part->n_values += n;
  part->n_finite += n_finite;
  if (self->is_first)
    {
      look_at_ends (part, finite, n_finite);
      add_distinct (self, part, dtype, raw, values, missing, n);
      add_to_sum (part, finite, n_finite);
    }
  else if (self->has_squares)
    {
      add_squares_and_bins (self, part, finite, n_finite);
    }
  if (!self->is_bool)
    add_ranks (self, part, finite, n_finite);
}

static gboolean
take_values (AnnDtype dtype,
             gconstpointer values,
             const guint8 *missing,
             gsize n,
             gpointer user_data,
             G_GNUC_UNUSED GError **error)
{
  Numbers *self = user_data;
  const gsize size = ann_dtype_get_size (dtype);
  Part *part = take_part (self);

  for (gsize i = 0; i < n; i += RUN)
    add_run (self, part, dtype, (const guint8 *) values + i * size,
             missing != NULL ? missing + i : NULL, MIN (RUN, n - i));
  give_part_back (self, part);

  return TRUE;
}

/* --- Passes --- */

static void
merge_part (Numbers *self, Part *to, Part *from)
{
  const gsize n_counts = (gsize) self->search->n_groups * ANN_RANK_SEARCH_N_COUNTS;

  to->n_values += from->n_values;
  to->n_missing += from->n_missing;
  to->n_infinite += from->n_infinite;
  to->n_finite += from->n_finite;
  to->n_zero += from->n_zero;
  to->n_negative += from->n_negative;
  to->is_fractional |= from->is_fractional;
  to->minimum = MIN (to->minimum, from->minimum);
  to->maximum = MAX (to->maximum, from->maximum);
  ann_exact_sum_merge (&to->sum, &from->sum);
  ann_exact_sum_merge (&to->squares, &from->squares);
  _ann_number_set_merge (&to->distinct, &from->distinct);
  for (guint i = 0; i < ANN_SUMMARY_MAX_BINS; i++)
    to->bins[i] += from->bins[i];
  for (gsize i = 0; i < n_counts; i++)
    to->counts[i] += from->counts[i];
}

/* Returns: (nullable): what all threads found, which belongs to @self until the next pass */
static Part *
run_pass (Numbers *self, GError **error)
{
  Part *whole;

  g_ptr_array_set_size (self->idle, 0);
  g_ptr_array_set_size (self->parts, 0);
  if (self->source->progress != NULL)
    ann_progress_add_total (self->source->progress,
                            _ann_summary_source_count_values (self->source));
  if (!_ann_summary_source_scan_numbers (self->source, take_values, self, error))
    return NULL;

  whole = take_part (self); /* if there is nothing to scan, an empty one */
  for (guint i = 0; i < self->parts->len; i++)
    {
      if (self->parts->pdata[i] != whole)
        merge_part (self, whole, self->parts->pdata[i]);
    }

  return whole;
}

static void
take_over (Numbers *self, Part *whole)
{
  AnnSummary *summary = self->summary;

  if (ANN_IS_SPARSE (self->source->element))
    {
      const guint64 zero = 0; /* also as a double */

      summary->n_stored = whole->n_values;
      self->n_unstored = summary->n > whole->n_values ? summary->n - whole->n_values : 0;
      if (self->n_unstored > 0)
        {
          _ann_number_set_add (&whole->distinct, &zero, 1);
          whole->minimum = MIN (whole->minimum, 0);
          whole->maximum = MAX (whole->maximum, 0);
        }
    }

  summary->n_missing = whole->n_missing;
  summary->n_infinite = whole->n_infinite;
  summary->n_finite = whole->n_finite + self->n_unstored;
  summary->n_zero = whole->n_zero + self->n_unstored;
  summary->n_negative = whole->n_negative;
  summary->n_distinct = whole->distinct.n_numbers;
  summary->n_distinct_is_exact = !whole->distinct.is_full;
  summary->is_integral = !whole->is_fractional;
  if (summary->n_finite > 0)
    {
      summary->minimum = whole->minimum;
      summary->maximum = whole->maximum;
      summary->mean = ann_exact_sum_get_mean (&whole->sum, summary->n_finite);
    }
}

/* A bin for each whole number if they are few; else as many as there may be, from end to end. */
static void
choose_bins (Numbers *self)
{
  AnnSummary *summary = self->summary;
  double span = summary->maximum - summary->minimum;

  if (span == 0
      || (summary->is_integral && span < ANN_SUMMARY_MAX_BINS && summary->minimum > -MAX_WHOLE
          && summary->maximum < MAX_WHOLE))
    {
      summary->histogram_low = summary->minimum - 0.5;
      summary->histogram_high = summary->maximum + 0.5;
      summary->n_bins = (guint) span + 1;
    }
  else
    {
      summary->histogram_low = summary->minimum;
      summary->histogram_high = summary->maximum;
      summary->n_bins = ANN_SUMMARY_MAX_BINS;
    }

  _ann_summary_set_edges (summary);
}

static const double fractions[ANN_SUMMARY_N_QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

/* The rank at or below a quantile of @n values, and how far it lies on the way to the next. */
static guint64
find_rank (guint quantile, guint64 n, double *way)
{
  double place = fractions[quantile] * (double) (n - 1);
  double below = floor (place);

  *way = place - below;

  return MIN ((guint64) below, n - 1);
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  guint64 one = *(const guint64 *) a;
  guint64 other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

static void
set_ranks (Numbers *self)
{
  const guint64 n = self->summary->n_finite;
  double way;

  for (guint i = 0; i < ANN_SUMMARY_N_QUANTILES; i++)
    {
      self->ranks[2 * i] = find_rank (i, n, &way);
      self->ranks[2 * i + 1] = MIN (self->ranks[2 * i] + 1, n - 1);
    }
  qsort (self->ranks, N_RANKS, sizeof *self->ranks, compare_ranks);
  _ann_rank_search_set_ranks (self->search, self->ranks, N_RANKS, self->summary->is_integral);
}

static double
get_value (const Numbers *self, guint64 rank)
{
  guint i = 0;

  while (i + 1 < N_RANKS && self->ranks[i] != rank)
    i++;

  return _ann_rank_search_get (self->search, i);
}

static void
set_quantiles (Numbers *self)
{
  const guint64 n = self->summary->n_finite;

  for (guint i = 0; i < ANN_SUMMARY_N_QUANTILES; i++)
    {
      double way;
      guint64 rank = find_rank (i, n, &way);
      double below = get_value (self, rank);
      double above = get_value (self, MIN (rank + 1, n - 1));

      /* From the nearer end, as numpy. */
      self->summary->quantiles[i] = way < 0.5 ? below + (above - below) * way
                                              : above - (above - below) * (1 - way);
    }
}

/* The differences would add up to 0 if the mean were not rounded: what they do add up to sets the
 * squares right.
 */
static void
take_over_squares (Numbers *self, Part *whole)
{
  AnnSummary *summary = self->summary;
  const double n = (double) summary->n_finite;
  double mean = ldexp (summary->mean, -self->exponent);
  double squares = ann_exact_sum_get (&whole->squares) + (double) self->n_unstored * mean * mean;
  double rest = ann_exact_sum_get (&whole->sum) - (double) self->n_unstored * mean;

  squares = MAX (0, squares - rest * rest / n);
  if (summary->n_finite > 1)
    summary->sd = ldexp (sqrt (squares / (n - 1)), self->exponent);
  memcpy (summary->bins, whole->bins, sizeof summary->bins);
  if (self->n_unstored > 0)
    summary->bins[ann_summary_find_bin (self->summary, 0)] += self->n_unstored;
}

static void
add_bool (AnnValueCount *values, gsize *n_values, const char *text, guint64 count)
{
  if (count > 0)
    values[(*n_values)++] = (AnnValueCount){ g_strdup (text), count };
}

static void
set_bools (AnnSummary *summary)
{
  const guint64 n_true = summary->n_finite - summary->n_zero;

  summary->values = g_new0 (AnnValueCount, 2);
  if (n_true > summary->n_zero)
    add_bool (summary->values, &summary->n_values, "true", n_true);
  add_bool (summary->values, &summary->n_values, "false", summary->n_zero);
  if (n_true <= summary->n_zero)
    add_bool (summary->values, &summary->n_values, "true", n_true);
}

static gboolean
add_first_pass (Numbers *self, GError **error)
{
  Part *whole;

  self->is_first = TRUE;
  whole = run_pass (self, error);
  if (whole == NULL)
    return FALSE;
  take_over (self, whole);
  if (self->is_bool || self->summary->n_finite == 0)
    return TRUE;

  choose_bins (self);
  frexp (MAX (-self->summary->minimum, self->summary->maximum), &self->exponent);
  self->exponent = MAX (self->exponent, -1000);
  set_ranks (self);

  return _ann_rank_search_end_pass (self->search, whole->counts, self->n_unstored, error);
}

static gboolean
add_further_passes (Numbers *self, GError **error)
{
  self->is_first = FALSE;
  self->has_squares = TRUE;
  do
    {
      Part *whole = run_pass (self, error);

      if (whole == NULL)
        return FALSE;
      if (self->has_squares)
        take_over_squares (self, whole);
      self->has_squares = FALSE;
      if (!_ann_rank_search_end_pass (self->search, whole->counts, self->n_unstored, error))
        return FALSE;
    }
  while (self->search->n_groups > 0);
  set_quantiles (self);

  return TRUE;
}

gboolean
_ann_summary_add_numbers (AnnSummary *summary, const AnnSummarySource *source, GError **error)
{
  g_auto (Numbers) self;

  numbers_init (&self, summary, source);
  if (!add_first_pass (&self, error))
    return FALSE;

  if (self.is_bool)
    {
      set_bools (summary);
      return TRUE;
    }
  summary->is_numeric = TRUE;

  return summary->n_finite == 0 || add_further_passes (&self, error);
}
