/* ann-summary.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-progress.h"
#include "base/ann-selection.h"
#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_SUMMARY_N_QUANTILES 5
#define ANN_SUMMARY_MAX_BINS 50
#define ANN_SUMMARY_MAX_TEXTS 1000

/**
 * AnnValueCount:
 * @text: a value as text, valid UTF-8
 * @count: how often it occurs
 */
typedef struct {
  char *text;
  guint64 count;
} AnnValueCount;

/**
 * AnnSummary:
 * @n: values looked at, missing ones among them; of a matrix: all cells
 * @n_missing: NaN, masked, a categorical's code -1, or a date that is none (numpy's NaT)
 * @n_invalid: codes that are no category
 * @n_distinct: how many different values there are, missing ones not counted
 * @n_distinct_is_exact: else there are more than @n_distinct
 * @is_numeric: numbers, but not bools; the fields up to @bins tell of them
 * @is_integral: every finite value is a whole number
 * @n_finite: values that are neither missing nor infinite
 * @n_infinite: values that are infinite
 * @n_zero: values that are 0
 * @n_negative: values below 0
 * @n_stored: of a sparse matrix: the entries that are stored for these cells
 * @minimum: as those that follow, of the finite values; NaN when there is none
 * @maximum: the largest
 * @mean: the mean, from an exact sum
 * @sd: the standard deviation with n - 1; NaN for less than two values
 * @quantiles: (array fixed-size=5): at 5, 25, 50, 75 and 95 %, interpolated as numpy does
 * @histogram_low: where the first bin begins
 * @histogram_high: where the last bin ends; it is part of that bin
 * @n_bins: how many bins there are, 50 at most; a bin for each whole number where that is enough
 * @bins: (array fixed-size=50): how many values lie in each
 * @values: (array length=n_values) (nullable): of categories: all, in their order; of texts and
 *   bools: the most frequent first, 1000 at most
 * @n_values: how many of them there are
 *
 * What a column or a matrix holds, in numbers. Reference counted and immutable.
 *
 * Numbers are looked at as doubles: integers above 2^53 are rounded, except in @n_distinct.
 * The entries of a sparse matrix are looked at as they are stored: of several for one cell, each.
 */
typedef struct {
  guint64 n;
  guint64 n_missing;
  guint64 n_invalid;
  guint64 n_distinct;
  gboolean n_distinct_is_exact;
  gboolean is_numeric;
  gboolean is_integral;
  guint64 n_finite;
  guint64 n_infinite;
  guint64 n_zero;
  guint64 n_negative;
  guint64 n_stored;
  double minimum;
  double maximum;
  double mean;
  double sd;
  double quantiles[ANN_SUMMARY_N_QUANTILES];
  double histogram_low;
  double histogram_high;
  guint n_bins;
  guint64 bins[ANN_SUMMARY_MAX_BINS];
  AnnValueCount *values;
  gsize n_values;
  /*< private >*/
  gatomicrefcount ref_count;
  double edges[ANN_SUMMARY_MAX_BINS + 1]; /* of the bins: n_bins + 1 of them */
  double bins_per_half;                   /* bins in each half of the histogram's width */
} AnnSummary;

#define ANN_TYPE_SUMMARY (ann_summary_get_type ())

ANN_API GType ann_summary_get_type (void) G_GNUC_CONST;
ANN_API AnnSummary *ann_summary_new_for_element (AnnElement *element,
                                                 AnnSelection *rows,
                                                 AnnProgress *progress,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_summary_compute_async (AnnElement *element,
                                        AnnSelection *rows,
                                        AnnProgress *progress,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
ANN_API AnnSummary *ann_summary_compute_finish (GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSummary *ann_summary_ref (AnnSummary *self);
ANN_API void ann_summary_unref (AnnSummary *self);

ANN_API double ann_summary_get_bin_edge (const AnnSummary *self, guint index);
ANN_API guint ann_summary_find_bin (const AnnSummary *self, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSummary, ann_summary_unref)

G_END_DECLS
