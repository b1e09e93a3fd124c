/* ann-summary-grid.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_SUMMARY_GRID (ann_summary_grid_get_type ())

G_DECLARE_FINAL_TYPE (AnnSummaryGrid, ann_summary_grid, ANN, SUMMARY_GRID, AdwBin)

GtkWidget *ann_summary_grid_new (void) G_GNUC_WARN_UNUSED_RESULT;

void ann_summary_grid_set_summaries (AnnSummaryGrid *self,
                                     const AnnSummary *all,
                                     const AnnSummary *some,
                                     const char *title);
char *ann_summary_grid_to_text (AnnSummaryGrid *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
