/* ann-heatmap-tiles.h: the tiles of a heatmap as a widget draws them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnnHeatmapColors:
 * @transform: applied to values before they become colours
 * @map: from positions to colours
 * @low_percent: the lower end of the colour bar, as a percentile of what is shown
 * @high_percent: the upper end
 *
 * How numbers become colours. Changing it repaints and never reads.
 */
typedef struct {
  AnnTransform transform;
  AnnColorMap map;
  double low_percent;
  double high_percent;
} AnnHeatmapColors;

typedef struct _AnnHeatmapTiles AnnHeatmapTiles;

AnnHeatmapTiles *ann_heatmap_tiles_new (AnnHeatmap *heatmap, GFunc changed, gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void ann_heatmap_tiles_free (AnnHeatmapTiles *self);

void ann_heatmap_tiles_set_sample (AnnHeatmapTiles *self, AnnValueSample *sample);
void ann_heatmap_tiles_set_colors (AnnHeatmapTiles *self, const AnnHeatmapColors *colors);
void ann_heatmap_tiles_set_view (AnnHeatmapTiles *self, const AnnView *view);

void ann_heatmap_tiles_snapshot (AnnHeatmapTiles *self,
                                 GtkSnapshot *snapshot,
                                 const AnnView *view,
                                 int scale_factor,
                                 gboolean with_cairo);

gboolean ann_heatmap_tiles_get_scale (AnnHeatmapTiles *self,
                                      AnnValueScale *scale,
                                      double *share_below,
                                      double *share_above);
gboolean ann_heatmap_tiles_get_mean (AnnHeatmapTiles *self,
                                     const AnnView *view,
                                     guint64 row,
                                     guint64 column,
                                     double *mean,
                                     gboolean *is_coarse);
guint ann_heatmap_tiles_get_n_missing (AnnHeatmapTiles *self);
gboolean ann_heatmap_tiles_is_sample (AnnHeatmapTiles *self, guint64 *n_seen);
gboolean ann_heatmap_tiles_has_picture (AnnHeatmapTiles *self);
gboolean ann_heatmap_tiles_has_any (AnnHeatmapTiles *self);
const GError *ann_heatmap_tiles_get_error (AnnHeatmapTiles *self);
void ann_heatmap_tiles_stop (AnnHeatmapTiles *self);
gboolean ann_heatmap_tiles_is_stopped (AnnHeatmapTiles *self);
void ann_heatmap_tiles_retry (AnnHeatmapTiles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHeatmapTiles, ann_heatmap_tiles_free)

G_END_DECLS
