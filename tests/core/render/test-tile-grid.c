/* test-tile-grid.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-grid.h"

#include <math.h>

#define BILLION G_GUINT64_CONSTANT (1000000000)

static void
test_levels (void)
{
  AnnView view = { 10, 10, 0, 0, 1, 1, 100, 100 };
  const struct {
    double cells;
    guint level;
  } cases[] = {
    { 0.01, 0 },
    { 1, 0 },
    { 1.0000001, 1 },
    { 2, 1 },
    { 2.0000001, 2 },
    { 3, 2 },
    { 4, 2 },
    { 125, 7 },
    { 128, 7 },
    { 128.5, 8 },
    { 0x1p40, 40 },
    { 0x1p40 + 1, 41 },
    { 0x1p60, ANN_TILE_MAX_LEVEL },
    { INFINITY, ANN_TILE_MAX_LEVEL },
    { NAN, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      view.rows_per_pixel = cases[i].cells;
      g_assert_cmpuint (ann_view_get_row_level (&view), ==, cases[i].level);
      g_assert_cmpuint (ann_view_get_column_level (&view), ==, 0);
      view.columns_per_pixel = cases[i].cells;
      g_assert_cmpuint (ann_view_get_column_level (&view), ==, cases[i].level);
      view.columns_per_pixel = 1;
    }
}

static gboolean
has_tile (GArray *tiles, const AnnTileKey *key)
{
  for (guint i = 0; i < tiles->len; i++)
    if (ann_tile_key_equal (&g_array_index (tiles, AnnTileKey, i), key))
      return TRUE;

  return FALSE;
}

/* Every pixel of the window that shows a cell lies in a tile of the list, and every tile of the
 * list has a pixel.
 */
static void
check_cover (const AnnView *view)
{
  g_autoptr (GArray) tiles = ann_view_list_tiles (view, FALSE);
  guint row_shift = ann_view_get_row_level (view) + 8;
  guint column_shift = ann_view_get_column_level (view) + 8;

  for (guint y = 0; y < view->height; y += 7)
    for (guint x = 0; x < view->width; x += 7)
      {
        AnnTileKey key = { row_shift - 8, column_shift - 8, FALSE, 0, 0 };
        guint64 row, column;

        if (!ann_view_find_cell (view, x + 0.5, y + 0.5, &row, &column))
          continue;
        key.row = row >> row_shift;
        key.column = column >> column_shift;
        g_assert_true (has_tile (tiles, &key));
      }

  for (guint i = 0; i < tiles->len; i++)
    {
      const AnnTileKey *key = &g_array_index (tiles, AnnTileKey, i);
      double x, y, width, height;

      g_assert_false (key->is_coarse);
      ann_view_locate_tile (view, key, &x, &y, &width, &height);
      g_assert_cmpfloat (x, <, view->width);
      g_assert_cmpfloat (y, <, view->height);
      g_assert_cmpfloat (x + width, >, 0);
      g_assert_cmpfloat (y + height, >, 0);
      /* A pixel of the tile is as large as one of the screen, and less than twice as large. */
      if (view->rows_per_pixel >= 1)
        {
          g_assert_cmpfloat (ldexp (1, key->row_level) / view->rows_per_pixel, >=, 1);
          g_assert_cmpfloat (ldexp (1, key->row_level) / view->rows_per_pixel, <, 2);
        }
    }
}

static void
test_cover (void)
{
  const guint64 lengths[] = { 1, 255, 256, 257, 70000, 100000, BILLION };
  const double zooms[] = { 1. / 24, 0.5, 1, 1.7, 2, 3, 125, 1000, 1e6 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (zooms); j++)
      for (int where = -1; where <= 2; where++)
        {
          AnnView view = { lengths[i], 30000, 0, 0, zooms[j], zooms[j] / 3, 300, 200 };

          view.top = where < 2 ? 0.25 * where * (double) lengths[i]
                               : (double) lengths[i] - 200 * zooms[j];
          check_cover (&view);
        }
}

/* Positions in 10⁹ rows are exact to the last bit: all numbers in them are sums of powers of two.
 */
static void
test_billion (void)
{
  AnnView view = { BILLION, 8, 999999000.125, 0, 0.5, 0.015625, 512, 2000 };
  g_autoptr (GArray) tiles = ann_view_list_tiles (&view, TRUE);
  guint64 row, column;
  double x, y, width, height;
  AnnTileKey last = { 0, 0, TRUE, (BILLION - 1) / 256, 0 };

  g_assert_cmpuint (tiles->len, ==, 4);
  g_assert_true (has_tile (tiles, &last));

  ann_view_locate_tile (&view, &last, &x, &y, &width, &height);
  g_assert_cmpfloat (x, ==, 0);
  g_assert_cmpfloat (y, ==, (999999744. - 999999000.125) * 2);
  g_assert_cmpfloat (width, ==, 512);
  g_assert_cmpfloat (height, ==, 256 * 2);

  g_assert_true (ann_view_find_cell (&view, 511, 1999, &row, &column));
  g_assert_cmpuint (row, ==, BILLION - 1);
  g_assert_cmpuint (column, ==, 7);
  g_assert_false (ann_view_find_cell (&view, 511, 2000, &row, &column));
  g_assert_false (ann_view_find_cell (&view, 512, 0, &row, &column));
  g_assert_false (ann_view_find_cell (&view, -1, 0, &row, &column));
}

/* The last tile has fewer pixels, and the last of these is not cut. */
static void
test_edge (void)
{
  AnnView view = { 1001, 3, 0, 0, 3, 2, 100, 400 };
  const AnnTileKey key = { 2, 1, FALSE, 0, 0 };
  const AnnTileKey outside = { 2, 1, FALSE, 1, 1 };
  double x, y, width, height;

  ann_view_locate_tile (&view, &key, &x, &y, &width, &height);
  g_assert_cmpfloat (width, ==, 2);
  g_assert_cmpfloat (height, ==, 251 * 4 / 3.);

  ann_view_locate_tile (&view, &outside, &x, &y, &width, &height);
  g_assert_cmpfloat (width, ==, 0);
  g_assert_cmpfloat (height, ==, 0);
}

static void
test_nothing (void)
{
  const AnnView views[] = {
    { 0, 10, 0, 0, 1, 1, 100, 100 },     { 10, 0, 0, 0, 1, 1, 100, 100 },
    { 10, 10, 0, 0, 1, 1, 0, 0 },        { 10, 10, 10, 0, 1, 1, 100, 100 },
    { 10, 10, -100, 0, 1, 1, 100, 100 }, { 10, 10, NAN, 0, 1, 1, 100, 100 },
    { 10, 10, 0, 0, NAN, 1, 100, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (GArray) tiles = ann_view_list_tiles (&views[i], FALSE);
      g_autoptr (GArray) ring = ann_view_list_ring (&views[i]);

      g_assert_cmpuint (tiles->len, ==, 0);
      g_assert_cmpuint (ring->len, ==, 0);
    }
}

static void
test_order (void)
{
  const AnnView view = { 100000, 100000, 1000, 1000, 1, 1, 1280, 768 };
  g_autoptr (GArray) tiles = ann_view_list_tiles (&view, FALSE);
  double last = 0;

  g_assert_cmpuint (tiles->len, ==, 6 * 4);
  for (guint i = 0; i < tiles->len; i++)
    {
      double x, y, width, height, distance;

      ann_view_locate_tile (&view, &g_array_index (tiles, AnnTileKey, i), &x, &y, &width, &height);
      distance = hypot (x + width / 2 - 640, y + height / 2 - 384);
      g_assert_cmpfloat (distance, >=, last);
      last = distance;
    }
}

static void
test_ring (void)
{
  AnnView view = { 100000, 100000, 1024, 1024, 1, 1, 512, 512 };
  g_autoptr (GArray) tiles = ann_view_list_tiles (&view, FALSE);
  g_autoptr (GArray) ring = ann_view_list_ring (&view);
  g_autoptr (GArray) corner = NULL;

  g_assert_cmpuint (tiles->len, ==, 4);
  g_assert_cmpuint (ring->len, ==, 12);
  for (guint i = 0; i < ring->len; i++)
    {
      const AnnTileKey *key = &g_array_index (ring, AnnTileKey, i);

      g_assert_false (has_tile (tiles, key));
      g_assert_cmpuint (key->row, >=, 3);
      g_assert_cmpuint (key->row, <=, 6);
    }

  view.top = view.left = 0;
  view.n_columns = 300;
  corner = ann_view_list_ring (&view);
  g_assert_cmpuint (corner->len, ==, 2); /* below alone */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tile-grid/levels", test_levels);
  g_test_add_func ("/tile-grid/cover", test_cover);
  g_test_add_func ("/tile-grid/billion", test_billion);
  g_test_add_func ("/tile-grid/edge", test_edge);
  g_test_add_func ("/tile-grid/nothing", test_nothing);
  g_test_add_func ("/tile-grid/order", test_order);
  g_test_add_func ("/tile-grid/ring", test_ring);

  return g_test_run ();
}
