/* ann-heatmap-view.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-axis-labels.h"
#include "widgets/ann-heatmap-tiles.h"

G_BEGIN_DECLS

/**
 * AnnHeatmapPoint:
 * @row: the row under the crosshair
 * @column: the column
 * @row_label: (nullable): its name, %NULL while it is read
 * @column_label: (nullable): its name
 * @has_value: the stored value has been read
 * @value: the stored value
 * @has_mean: the pixel is there
 * @mean: what the pixel shows
 * @is_mean_coarse: that is from a sample so far
 * @rows: how many rows the pixel covers
 * @columns: how many columns
 */
typedef struct {
  guint64 row;
  guint64 column;
  char *row_label;
  char *column_label;
  gboolean is_missing;
  gboolean has_value;
  double value;
  gboolean has_mean;
  double mean;
  gboolean is_mean_coarse;
  guint64 rows;
  guint64 columns;
} AnnHeatmapPoint;

#define ANN_TYPE_HEATMAP_VIEW (ann_heatmap_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnHeatmapView, ann_heatmap_view, ANN, HEATMAP_VIEW, GtkWidget)

GtkWidget *ann_heatmap_view_new (AnnHeatmap *heatmap, AnnAxisLabels *rows, AnnAxisLabels *columns);

void ann_heatmap_view_set_colors (AnnHeatmapView *self, const AnnHeatmapColors *colors);
void ann_heatmap_view_set_sample (AnnHeatmapView *self, AnnValueSample *sample);
void ann_heatmap_view_set_missing (AnnHeatmapView *self, GArray *rows);
void ann_heatmap_view_retry (AnnHeatmapView *self);
AnnHeatmapTiles *ann_heatmap_view_get_tiles (AnnHeatmapView *self);
gboolean ann_heatmap_view_is_complete (AnnHeatmapView *self);
void ann_heatmap_view_get_view (AnnHeatmapView *self, AnnView *view);
gboolean ann_heatmap_view_get_point (AnnHeatmapView *self, AnnHeatmapPoint *point);
void ann_heatmap_point_clear (AnnHeatmapPoint *point);

void ann_heatmap_view_zoom (AnnHeatmapView *self, double factor);
void ann_heatmap_view_zoom_at (AnnHeatmapView *self, double factor, double x, double y);
void ann_heatmap_view_fit (AnnHeatmapView *self);
void ann_heatmap_view_set_crosshair (AnnHeatmapView *self, guint64 row, guint64 column);
void ann_heatmap_view_reveal (AnnHeatmapView *self, guint64 row, guint64 column);
void ann_heatmap_view_clear_crosshair (AnnHeatmapView *self);

char *ann_heatmap_format_point (const AnnHeatmapPoint *point) G_GNUC_WARN_UNUSED_RESULT;
char *ann_heatmap_format_mean (const AnnHeatmapPoint *point) G_GNUC_WARN_UNUSED_RESULT;
char *ann_heatmap_format_value (double value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
