/* ann-color-map.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-color-map.h"

#include "render/ann-value-scale-private.h"

#include <math.h>
#include <string.h>

#define N_STOPS 9

#define OPAQUE 0xff000000u

typedef struct {
  const char *name;
  guint32 stops[N_STOPS];
} Map;

static const Map maps[ANN_N_COLOR_MAPS] = {
  [ANN_COLOR_MAP_VIRIDIS] = { "viridis",
                              { 0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x27ad81,
                                0x5cc863, 0xaadc32, 0xfde725 } },
  [ANN_COLOR_MAP_MAGMA] = { "magma",
                            { 0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779, 0xe55064, 0xfb8761,
                              0xfec287, 0xfcfdbf } },
  [ANN_COLOR_MAP_CIVIDIS] = { "cividis",
                              { 0x00224e, 0x1a386f, 0x434e6c, 0x61656f, 0x7d7c78, 0x9a9376,
                                0xbbad6d, 0xddc858, 0xfee838 } },
  [ANN_COLOR_MAP_GREYS] = { "greys",
                            { 0xffffff, 0xdfdfdf, 0xbfbfbf, 0x9f9f9f, 0x808080, 0x606060, 0x404040,
                              0x202020, 0x000000 } },
  [ANN_COLOR_MAP_BLUE_RED] = { "blue-red",
                               { 0x053061, 0x2a71b2, 0x6bacd1, 0xc2ddec, 0xf7f6f6, 0xfbceb7,
                                 0xe58368, 0xbb2a34, 0x67001f } },
};

/* In an order in which neighbours differ for all kinds of colour vision. */
static const guint32 category_colors[ANN_N_CATEGORY_COLORS] = {
  0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0x1f665c, 0xad1414,
  0xffadb8, 0xad0a52, 0x5285ff, 0xc2008f, 0xebb885, 0xff527a, 0xa36647, 0xa35c7a,
  0x8fcce0, 0xcc8f99, 0xd68f52, 0xeb99c2, 0x00661f, 0x295c7a, 0x3347cc, 0x1499cc,
};

/**
 * ann_category_color:
 * @category: the number of a category
 *
 * The palette for categories that the store gives no colours for: 24, then from the beginning.
 *
 * Returns: the colour, opaque, as 0xAARRGGBB
 */
guint32
ann_category_color (guint64 category)
{
  return OPAQUE | category_colors[category % ANN_N_CATEGORY_COLORS];
}

/**
 * ann_color_map_get_name:
 * @map: a colour map
 *
 * Returns: its name, as settings and the command have it
 */
const char *
ann_color_map_get_name (AnnColorMap map)
{
  g_return_val_if_fail ((guint) map < ANN_N_COLOR_MAPS, NULL);

  return maps[map].name;
}

/**
 * ann_color_map_from_name:
 * @name: the name of a colour map
 * @map: (out): the map
 *
 * Returns: whether there is a map of this name
 */
gboolean
ann_color_map_from_name (const char *name, AnnColorMap *map)
{
  g_return_val_if_fail (name != NULL && map != NULL, FALSE);

  for (guint i = 0; i < ANN_N_COLOR_MAPS; i++)
    if (strcmp (maps[i].name, name) == 0)
      {
        *map = (AnnColorMap) i;
        return TRUE;
      }

  return FALSE;
}

static guint
blend (guint32 from, guint32 to, guint shift, double share)
{
  double a = (from >> shift) & 0xff, b = (to >> shift) & 0xff;

  return (guint) (a + share * (b - a) + 0.5) << shift;
}

static guint32
interpolate (const guint32 *stops, guint entry)
{
  double at = entry * (N_STOPS - 1) / (double) (ANN_COLOR_MAP_SIZE - 1);
  guint stop = MIN ((guint) at, N_STOPS - 2);
  double share = at - stop;

  return OPAQUE | blend (stops[stop], stops[stop + 1], 16, share)
         | blend (stops[stop], stops[stop + 1], 8, share)
         | blend (stops[stop], stops[stop + 1], 0, share);
}

/**
 * ann_color_map_get_table: (skip)
 * @map: a colour map
 *
 * Returns: (transfer none): its `ANN_COLOR_MAP_SIZE` colours from low to high, opaque, as
 *   0xAARRGGBB
 */
const guint32 *
ann_color_map_get_table (AnnColorMap map)
{
  static guint32 tables[ANN_N_COLOR_MAPS][ANN_COLOR_MAP_SIZE];
  static gsize is_ready;

  g_return_val_if_fail ((guint) map < ANN_N_COLOR_MAPS, NULL);

  if (g_once_init_enter (&is_ready))
    {
      for (guint i = 0; i < ANN_N_COLOR_MAPS; i++)
        for (guint entry = 0; entry < ANN_COLOR_MAP_SIZE; entry++)
          tables[i][entry] = interpolate (maps[i].stops, entry);
      g_once_init_leave (&is_ready, 1);
    }

  return tables[map];
}

/**
 * ann_color_map_get_color:
 * @map: a colour map
 * @position: from 0 to 1; beyond them the colour of that end
 *
 * Returns: the colour, opaque, as 0xAARRGGBB, or 0 (nothing) for NaN
 */
guint32
ann_color_map_get_color (AnnColorMap map, double position)
{
  g_return_val_if_fail ((guint) map < ANN_N_COLOR_MAPS, 0);

  if (isnan (position))
    return 0;

  return ann_color_map_get_table (
      map)[(guint) (CLAMP (position, 0, 1) * (ANN_COLOR_MAP_SIZE - 1) + 0.5)];
}

/* What turns a value into an entry of the table: entry = value (or its log1p) × factor + offset. */
typedef struct {
  const guint32 *table;
  AnnTransform transform;
  float factor;
  float offset;
  guint32 zero; /* the colour of 0: in a sparse matrix nearly every value, so not computed again */
} Brush;

static inline guint32
pick (const Brush *brush, float value)
{
  float entry;

  if (value == 0)
    return brush->zero;
  if (value != value)
    return 0;
  if (brush->transform == ANN_TRANSFORM_LOG1P)
    value = copysignf (log1pf (fabsf (value)), value);

  entry = value * brush->factor + brush->offset;

  return brush->table[(guint) CLAMP (entry, 0.f, (float) (ANN_COLOR_MAP_SIZE - 1))];
}

/* A scale without extent: up to its value the one end of the colours, above it the other. */
static void
paint_steps (const AnnTile *tile,
             const AnnValueScale *scale,
             const guint32 *table,
             guint32 *pixels,
             gsize stride)
{
  for (guint row = 0; row < tile->n_rows; row++)
    {
      const float *values = tile->values + (gsize) row * ANN_TILE_SIZE;
      guint32 *line = pixels + row * stride;

      for (guint column = 0; column < tile->n_columns; column++)
        if (isnan (values[column]))
          line[column] = 0;
        else
          line[column] = table[values[column] <= scale->low ? 0 : ANN_COLOR_MAP_SIZE - 1];
    }
}

/**
 * ann_tile_paint: (skip)
 * @tile: a tile
 * @scale: from values to places on the colour bar
 * @map: from there to colours
 * @pixels: (out caller-allocates): room for @n_rows lines of @n_columns pixels of @tile
 * @stride: pixels from a line to the next (not bytes)
 *
 * Paints a tile as cairo's `CAIRO_FORMAT_ARGB32` and GDK's `GDK_MEMORY_DEFAULT` have it:
 * premultiplied, in the machine's byte order. Pixels without a value are transparent, values
 * outside the scale get the colours of its ends. What lies beyond the tile's rows and columns is
 * not touched. Runs in any thread.
 */
void
ann_tile_paint (const AnnTile *tile,
                const AnnValueScale *scale,
                AnnColorMap map,
                guint32 *pixels,
                gsize stride)
{
  Brush brush;
  double low, high, factor, offset;

  g_return_if_fail (tile != NULL && scale != NULL && pixels != NULL);
  g_return_if_fail ((guint) map < ANN_N_COLOR_MAPS);
  g_return_if_fail (stride >= tile->n_columns);

  low = _ann_transform_apply (scale->transform, scale->low);
  high = _ann_transform_apply (scale->transform, scale->high);
  factor = (ANN_COLOR_MAP_SIZE - 1) / (high - low);
  offset = 0.5 - low * factor;
  brush.table = ann_color_map_get_table (map);
  brush.transform = scale->transform;
  brush.factor = (float) factor;
  brush.offset = (float) offset;
  if (!(low < high) || !isfinite (brush.factor) || !isfinite (brush.offset))
    {
      paint_steps (tile, scale, brush.table, pixels, stride);
      return;
    }
  brush.zero = brush.table[(guint) CLAMP (offset, 0., ANN_COLOR_MAP_SIZE - 1.)];

  for (guint row = 0; row < tile->n_rows; row++)
    {
      const float *values = tile->values + (gsize) row * ANN_TILE_SIZE;
      guint32 *line = pixels + row * stride;

      for (guint column = 0; column < tile->n_columns; column++)
        line[column] = pick (&brush, values[column]);
    }
}
