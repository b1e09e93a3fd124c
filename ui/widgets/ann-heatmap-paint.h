/* ann-heatmap-paint.h: a tile of a heatmap as it lies on the screen
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnnHeatmapPaint:
 *
 * The colours of a tile, and these as they lie on the screen: a raster, one device pixel a pixel,
 * nearest neighbour, anew when the zoom changes. It is made here and not by the renderer because
 * GTK 4.8 scales textures with a blur. The cairo renderer gets it as a surface, any other as a
 * texture: cairo would copy a texture in each frame. Main thread.
 */
typedef struct _AnnHeatmapPaint AnnHeatmapPaint;

AnnHeatmapPaint *ann_heatmap_paint_new (void);
void ann_heatmap_paint_free (AnnHeatmapPaint *self);

gboolean ann_heatmap_paint_has_pixels (const AnnHeatmapPaint *self);

/* @serial: of the colours it was filled with. */
gboolean ann_heatmap_paint_is_of (const AnnHeatmapPaint *self, const AnnTile *tile, guint serial);

/* @tile: the exact one, a coarse one, or one of a smaller scale that covers its place. */
void ann_heatmap_paint_fill (AnnHeatmapPaint *self,
                             AnnTile *tile,
                             const AnnValueScale *scale,
                             AnnColorMap map,
                             guint serial);

/* Whether the place of the tile @key is in the window. */
gboolean ann_heatmap_paint_is_seen (const AnnView *view, const AnnTileKey *key);

/* Draws what it was filled with at the place of the tile @key, which is seen, onto @cr or, if that
 * is %NULL, @snapshot; the origin is the upper left corner of the window. @cr counts in device
 * pixels, @scale_factor of which are a logical one.
 */
void ann_heatmap_paint_draw (AnnHeatmapPaint *self,
                             const AnnTileKey *key,
                             const AnnView *view,
                             int scale_factor,
                             GtkSnapshot *snapshot,
                             cairo_t *cr);

G_END_DECLS
