/* ann-column-statistics.h: what a column holds, in numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"
#include "widgets/ann-row-selection.h"

G_BEGIN_DECLS

/* As a class of ann_column_statistics_find_rows (): the rows without a value. */
#define ANN_CLASS_MISSING G_MAXUINT

/**
 * AnnColumnStatistics:
 * @element: the column; one of a matrix is in memory
 * @summary: of all its rows
 * @colors: (nullable): 0xRRGGBB for each category
 * @n_classes: how many bins, or different values, its rows are counted in
 *
 * A column and its summary. Reference counted, does not change.
 */
typedef struct {
  AnnElement *element;
  AnnSummary *summary;
  guint32 *colors;
  guint n_classes;
  /*< private >*/
  GHashTable *classes; /* text → class */
  gatomicrefcount ref_count;
} AnnColumnStatistics;

/**
 * AnnSelectedStatistics:
 * @summary: of some rows: the selected ones, or those that a filter leaves
 * @counts: how many of them are in each class of the column
 */
typedef struct {
  AnnSummary *summary;
  guint64 *counts;
} AnnSelectedStatistics;

AnnColumnStatistics *ann_column_statistics_read (AnnTableModel *model,
                                                 guint64 column,
                                                 AnnProgress *progress,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnColumnStatistics *ann_column_statistics_ref (AnnColumnStatistics *self);
void ann_column_statistics_unref (AnnColumnStatistics *self);

AnnSelectedStatistics *ann_column_statistics_read_selected (AnnColumnStatistics *self,
                                                            AnnSelection *rows,
                                                            AnnProgress *progress,
                                                            GCancellable *cancellable,
                                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void ann_selected_statistics_free (AnnSelectedStatistics *self);

AnnRowSelection *ann_column_statistics_find_rows (AnnColumnStatistics *self,
                                                  guint first_class,
                                                  guint last_class,
                                                  AnnProgress *progress,
                                                  GCancellable *cancellable,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnStatistics, ann_column_statistics_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSelectedStatistics, ann_selected_statistics_free)

G_END_DECLS
