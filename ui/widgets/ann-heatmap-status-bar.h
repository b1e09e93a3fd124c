/* ann-heatmap-status-bar.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-heatmap-view.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_HEATMAP_STATUS_BAR (ann_heatmap_status_bar_get_type ())

G_DECLARE_FINAL_TYPE (AnnHeatmapStatusBar, ann_heatmap_status_bar, ANN, HEATMAP_STATUS_BAR, GtkBox)

/* @view: beside it, and destroyed no sooner than it. @rows, @columns: of the matrix. */
GtkWidget *ann_heatmap_status_bar_new (AnnHeatmapView *view,
                                       AnnAxisLabels *rows,
                                       AnnAxisLabels *columns);

/* Shows what @view shows now. */
void ann_heatmap_status_bar_update (AnnHeatmapStatusBar *self);

G_END_DECLS
