/* ann-heatmap-view-private.h: what the files of the heatmap share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-heatmap-overlay.h"
#include "widgets/ann-heatmap-view.h"

G_BEGIN_DECLS

struct _AnnHeatmapView {
  GtkWidget parent_instance;

  AnnHeatmap *heatmap;
  AnnHeatmapTiles *tiles;
  AnnAxisLabels *labels[2];
  AnnHeatmapColors colors;
  GArray *missing; /* of AnnRowRun; or NULL */

  GtkAdjustment *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
  gboolean is_configuring; /* the adjustments are ours just now, not the user's */

  double left, top;                /* cells at the upper left corner of the plot */
  double column_width, row_height; /* logical pixels a cell; 0 before the first allocation */
  gboolean is_fit;

  double pointer_x, pointer_y;
  double pinch_start; /* the scale at the last step of a pinch */
  double drag_left, drag_top;

  gboolean is_integer; /* the values are, as far as a sample tells */
  gboolean has_crosshair;
  gboolean has_pointer; /* the crosshair is the pointer's, and not the keyboard's */
  AnnHeatmapPoint point;
  GCancellable *value_cancellable; /* set while a value is being read */
};

AnnHeatmapPlot _ann_heatmap_view_get_plot (AnnHeatmapView *self);
void _ann_heatmap_view_update (AnnHeatmapView *self);
void _ann_heatmap_view_update_point (AnnHeatmapView *self);
void _ann_heatmap_view_emit_point_changed (AnnHeatmapView *self);
void _ann_heatmap_view_follow_pointer (AnnHeatmapView *self);
void _ann_heatmap_view_init_input (AnnHeatmapView *self);
void _ann_heatmap_view_class_init_input (GtkWidgetClass *klass);

G_END_DECLS
