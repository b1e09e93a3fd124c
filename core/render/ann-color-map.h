/* ann-color-map.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "render/ann-tile.h"
#include "render/ann-value-scale.h"

G_BEGIN_DECLS

/**
 * AnnColorMap:
 * @ANN_COLOR_MAP_VIRIDIS: for values from 0
 * @ANN_COLOR_MAP_MAGMA: for values from 0
 * @ANN_COLOR_MAP_CIVIDIS: for values from 0; the same to those who see red and green alike
 * @ANN_COLOR_MAP_GREYS: white to black
 * @ANN_COLOR_MAP_BLUE_RED: for signed values, white in the middle
 */
typedef enum {
  ANN_COLOR_MAP_VIRIDIS,
  ANN_COLOR_MAP_MAGMA,
  ANN_COLOR_MAP_CIVIDIS,
  ANN_COLOR_MAP_GREYS,
  ANN_COLOR_MAP_BLUE_RED,
} AnnColorMap;

#define ANN_N_COLOR_MAPS 5
#define ANN_N_CATEGORY_COLORS 24

/* Colours in a table of a map. */
#define ANN_COLOR_MAP_SIZE 256

ANN_API guint32 ann_category_color (guint64 category) G_GNUC_CONST;

ANN_API const char *ann_color_map_get_name (AnnColorMap map) G_GNUC_CONST;
ANN_API gboolean ann_color_map_from_name (const char *name, AnnColorMap *map);
ANN_API const guint32 *ann_color_map_get_table (AnnColorMap map);
ANN_API guint32 ann_color_map_get_color (AnnColorMap map, double position);
ANN_API void ann_tile_paint (const AnnTile *tile,
                             const AnnValueScale *scale,
                             AnnColorMap map,
                             guint32 *pixels,
                             gsize stride);

G_END_DECLS
