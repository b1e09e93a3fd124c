/* ann-summary-private.h: for the files that make a summary
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "query/ann-summary.h"

G_BEGIN_DECLS

/**
 * AnnSummarySource:
 * @n_rows: of the element, or of the selection
 * @n_values: in all of them
 *
 * The values that are looked at.
 */
typedef struct {
  AnnElement *element;
  AnnSelection *rows;    /* NULL: all */
  AnnProgress *progress; /* may be NULL */
  GCancellable *cancellable;
  guint64 n_rows;
  guint64 n_values;
} AnnSummarySource;

/* Takes some numbers and (nullable) which of them are missing. Any thread, several at once. */
typedef gboolean (*AnnSummaryNumbersFunc) (AnnDtype dtype,
                                           gconstpointer values,
                                           const guint8 *missing,
                                           gsize n_values,
                                           gpointer user_data,
                                           GError **error);

/* Takes the blocks one after the other. */
typedef gboolean (*AnnSummaryBlockFunc) (const AnnBlock *block, gpointer user_data, GError **error);

/* How many values a scan will hand out: those that are stored. */
guint64 _ann_summary_source_count_values (const AnnSummarySource *self);
gboolean _ann_summary_source_scan_numbers (const AnnSummarySource *self,
                                           AnnSummaryNumbersFunc func,
                                           gpointer user_data,
                                           GError **error);
gboolean _ann_summary_source_scan_blocks (const AnnSummarySource *self,
                                          AnnSummaryBlockFunc func,
                                          gpointer user_data,
                                          GError **error);

/* Once the ends of the histogram and the number of its bins are known. */
void _ann_summary_set_edges (AnnSummary *self);

/* Each fills in @summary for its kind of values. */
gboolean _ann_summary_add_numbers (AnnSummary *summary,
                                   const AnnSummarySource *source,
                                   GError **error);
gboolean _ann_summary_add_texts (AnnSummary *summary,
                                 const AnnSummarySource *source,
                                 GError **error);
gboolean _ann_summary_add_categories (AnnSummary *summary,
                                      const AnnSummarySource *source,
                                      GError **error);

G_END_DECLS
