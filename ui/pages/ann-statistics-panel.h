/* ann-statistics-panel.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-column-statistics.h"
#include "widgets/ann-table-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_STATISTICS_PANEL (ann_statistics_panel_get_type ())

G_DECLARE_FINAL_TYPE (AnnStatisticsPanel, ann_statistics_panel, ANN, STATISTICS_PANEL, AdwBin)

GtkWidget *ann_statistics_panel_new (AnnTableView *view) G_GNUC_WARN_UNUSED_RESULT;

gboolean ann_statistics_panel_is_idle (AnnStatisticsPanel *self);
const AnnColumnStatistics *ann_statistics_panel_get_statistics (AnnStatisticsPanel *self);
const AnnSelectedStatistics *ann_statistics_panel_get_selected (AnnStatisticsPanel *self);

G_END_DECLS
