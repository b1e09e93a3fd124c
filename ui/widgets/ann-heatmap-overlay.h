/* ann-heatmap-overlay.h: what is written over and beside the picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-missing-rows.h"
#include "widgets/ann-heatmap-view.h"

G_BEGIN_DECLS

/* Logical pixels a cell from which on numbers and names are written. */
#define ANN_HEATMAP_MIN_ROW_LABEL 12.0
#define ANN_HEATMAP_MIN_COLUMN_LABEL 8.5
#define ANN_HEATMAP_MIN_NUMBER_HEIGHT 24.0
#define ANN_HEATMAP_MIN_NUMBER_WIDTH 30.0

/* The plot within the widget, in logical pixels; labels lie left of it and below. */
typedef struct {
  double x, y, width, height;
  double row_height, column_width; /* of a cell */
  double left, top;                /* cells at the upper left corner, not whole */
  guint64 n_rows, n_columns;
} AnnHeatmapPlot;

void ann_heatmap_draw_labels (GtkWidget *widget,
                              GtkSnapshot *snapshot,
                              const AnnHeatmapPlot *plot,
                              AnnAxisLabels *rows,
                              AnnAxisLabels *columns);
void ann_heatmap_draw_numbers (GtkWidget *widget,
                               GtkSnapshot *snapshot,
                               const AnnHeatmapPlot *plot,
                               AnnHeatmapTiles *tiles,
                               const AnnView *view,
                               AnnColorMap map,
                               gboolean is_integer);
void ann_heatmap_draw_hatch (cairo_t *cr, double x, double y, double width, double height);
void ann_heatmap_draw_missing (GtkSnapshot *snapshot,
                               const AnnHeatmapPlot *plot,
                               const GArray *runs);
void ann_heatmap_draw_crosshair (GtkWidget *widget,
                                 GtkSnapshot *snapshot,
                                 const AnnHeatmapPlot *plot,
                                 const AnnHeatmapPoint *point);

G_END_DECLS
