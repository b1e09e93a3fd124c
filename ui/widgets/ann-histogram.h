/* ann-histogram.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_HISTOGRAM (ann_histogram_get_type ())

G_DECLARE_FINAL_TYPE (AnnHistogram, ann_histogram, ANN, HISTOGRAM, GtkWidget)

GtkWidget *ann_histogram_new (void) G_GNUC_WARN_UNUSED_RESULT;

void ann_histogram_set_counts (AnnHistogram *self,
                               double low,
                               double high,
                               const guint64 *counts,
                               guint n_bins);
void ann_histogram_set_selected (AnnHistogram *self, const guint64 *counts);

void ann_histogram_get_cursor (AnnHistogram *self, guint *first, guint *last);
void ann_histogram_get_limits (AnnHistogram *self,
                               guint first,
                               guint last,
                               double *low,
                               double *high);
char *ann_histogram_describe (AnnHistogram *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
