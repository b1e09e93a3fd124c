/* test-color-map.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-color-map.h"

#include <math.h>
#include <string.h>

static void
test_tables (void)
{
  const guint32 *viridis = ann_color_map_get_table (ANN_COLOR_MAP_VIRIDIS);
  const guint32 *greys = ann_color_map_get_table (ANN_COLOR_MAP_GREYS);

  g_assert_cmphex (viridis[0], ==, 0xff440154);
  g_assert_cmphex (viridis[255], ==, 0xfffde725);
  /* Entry 51 lies at 1.6 of the 8 steps between the stops: 0x47 … 0x3b at 0.6. */
  g_assert_cmphex (viridis[51], ==, 0xff404385);
  g_assert_cmphex (ann_color_map_get_table (ANN_COLOR_MAP_BLUE_RED)[0], ==, 0xff053061);
  g_assert_cmphex (ann_color_map_get_table (ANN_COLOR_MAP_MAGMA)[255], ==, 0xfffcfdbf);
  g_assert_cmphex (ann_color_map_get_table (ANN_COLOR_MAP_CIVIDIS)[0], ==, 0xff00224e);

  for (guint i = 0; i < 256; i++)
    {
      guint grey = greys[i] & 0xff;

      g_assert_cmphex (greys[i], ==, 0xff000000 | grey << 16 | grey << 8 | grey);
      g_assert_cmpuint (grey, <=, 255 - i + 1);
      g_assert_cmpuint (grey + 1, >=, 255 - i);
    }
}

static void
test_names (void)
{
  for (guint i = 0; i < ANN_N_COLOR_MAPS; i++)
    {
      AnnColorMap map = ANN_N_COLOR_MAPS;

      g_assert_true (ann_color_map_from_name (ann_color_map_get_name ((AnnColorMap) i), &map));
      g_assert_cmpuint (map, ==, i);
      g_assert_false (ann_color_map_from_name ("jet", &map));
    }
}

static void
test_categories (void)
{
  g_assert_cmphex (ann_category_color (0), ==, 0xff0072b2);
  g_assert_cmphex (ann_category_color (23), ==, 0xff1499cc);
  g_assert_cmphex (ann_category_color (24), ==, 0xff0072b2);
  for (guint i = 0; i < ANN_N_CATEGORY_COLORS; i++)
    for (guint k = 0; k < i; k++)
      g_assert_cmphex (ann_category_color (i), !=, ann_category_color (k));
}

static AnnTile *
make_tile (guint n_rows, guint n_columns)
{
  const AnnTileKey key = { 0 };
  AnnTile *tile = ann_tile_new (&key, NULL);

  tile->n_rows = n_rows;
  tile->n_columns = n_columns;

  return tile;
}

/* Every painted pixel is what the scale and the table say of its value, but for rounding at the
 * border between two entries.
 */
static void
check_paint (const AnnValueScale *scale, AnnColorMap map)
{
  g_autoptr (AnnTile) tile = make_tile (256, 256);
  g_autofree guint32 *pixels = g_new0 (guint32, 256 * 256);
  const guint32 *table = ann_color_map_get_table (map);

  for (guint i = 0; i < 256 * 256; i++)
    tile->values[i] = (float) (scale->low + (i / 65536. * 1.4 - 0.2) * (scale->high - scale->low));
  tile->values[0] = -INFINITY;
  tile->values[1] = INFINITY;
  tile->values[2] = NAN;
  tile->values[3] = 0;
  tile->values[4] = -0.f;

  ann_tile_paint (tile, scale, map, pixels, 256);
  for (guint i = 0; i < 256 * 256; i++)
    {
      double position = ann_value_scale_get_position (scale, tile->values[i]);
      double entry = CLAMP (position * 255 + 0.5, 0, 255);

      g_assert_cmphex (ann_color_map_get_color (map, position), ==,
                       isnan (position) ? 0 : table[(guint) CLAMP (position * 255 + 0.5, 0, 255)]);
      if (isnan (position))
        g_assert_cmphex (pixels[i], ==, 0);
      else if (pixels[i] != table[(guint) entry])
        g_assert_true (pixels[i] == table[(guint) MAX (entry - 1e-3, 0)]
                       || pixels[i] == table[(guint) MIN (entry + 1e-3, 255)]);
    }
}

static void
test_paint (void)
{
  const AnnValueScale scales[] = {
    { ANN_TRANSFORM_LINEAR, 0, 1 },     { ANN_TRANSFORM_LINEAR, -3, 11 },
    { ANN_TRANSFORM_LINEAR, 2, 2 },     { ANN_TRANSFORM_LOG1P, 0, 40 },
    { ANN_TRANSFORM_LOG1P, 0.5, 1e6 },  { ANN_TRANSFORM_LOG1P, -0.9, 3 },
    { ANN_TRANSFORM_LINEAR, 0, 1e-30 }, { ANN_TRANSFORM_LINEAR, 0, 1e30 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    check_paint (&scales[i], (AnnColorMap) (i % ANN_N_COLOR_MAPS));
}

/* What lies beyond the rows and columns of the tile is left alone. */
static void
test_paint_edge (void)
{
  const AnnValueScale scale = { ANN_TRANSFORM_LINEAR, 0, 1 };
  g_autoptr (AnnTile) tile = make_tile (3, 5);
  guint32 pixels[4 * 7];

  memset (pixels, 0x5a, sizeof pixels);
  for (guint i = 0; i < G_N_ELEMENTS (tile->values); i++)
    tile->values[i] = 1;
  ann_tile_paint (tile, &scale, ANN_COLOR_MAP_GREYS, pixels, 7);

  for (guint row = 0; row < 4; row++)
    for (guint column = 0; column < 7; column++)
      g_assert_cmphex (pixels[row * 7 + column], ==,
                       row < 3 && column < 5 ? 0xff000000 : 0x5a5a5a5a);
}

/* Only run as a benchmark (-m perf). */
static void
test_paint_speed (void)
{
  const AnnValueScale scale = { ANN_TRANSFORM_LOG1P, 0, 8 };
  g_autoptr (AnnTile) tile = make_tile (256, 256);
  g_autofree guint32 *pixels = g_new0 (guint32, 256 * 256);

  if (!g_test_perf ())
    {
      g_test_skip ("a benchmark");
      return;
    }

  for (guint dense = 0; dense < 2; dense++)
    {
      double best = INFINITY;

      for (guint i = 0; i < 256 * 256; i++)
        tile->values[i] = dense || i % 10 == 0 ? (float) (i % 997) / 100.f : 0;
      for (guint n = 0; n < 50; n++)
        {
          g_test_timer_start ();
          ann_tile_paint (tile, &scale, ANN_COLOR_MAP_VIRIDIS, pixels, 256);
          best = MIN (best, g_test_timer_elapsed ());
        }
      g_test_minimized_result (best, "%s tile, log1p: %.3f ms", dense ? "dense" : "sparse",
                               best * 1e3);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/color-map/tables", test_tables);
  g_test_add_func ("/color-map/names", test_names);
  g_test_add_func ("/color-map/categories", test_categories);
  g_test_add_func ("/color-map/paint", test_paint);
  g_test_add_func ("/color-map/paint-edge", test_paint_edge);
  g_test_add_func ("/color-map/paint-speed", test_paint_speed);

  return g_test_run ();
}
