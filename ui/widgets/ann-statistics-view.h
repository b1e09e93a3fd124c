/* ann-statistics-view.h: what a column holds, as a picture, numbers and a list of values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-column-statistics.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_STATISTICS_VIEW (ann_statistics_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnStatisticsView, ann_statistics_view, ANN, STATISTICS_VIEW, AdwBin)

GtkWidget *ann_statistics_view_new (void) G_GNUC_WARN_UNUSED_RESULT;

void ann_statistics_view_set_statistics (AnnStatisticsView *self, AnnColumnStatistics *statistics);
void ann_statistics_view_set_selected (AnnStatisticsView *self,
                                       const AnnSelectedStatistics *selected,
                                       const char *title);
char *ann_statistics_view_to_text (AnnStatisticsView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
