/* ann-tile-grid.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-grid.h"

#include <math.h>

/* Tile numbers along one axis, half open. */
typedef struct {
  guint64 first;
  guint64 end;
} Range;

typedef struct {
  AnnTileKey key;
  double distance; /* of its middle from the window's, in pixels, squared */
} Candidate;

/* Nothing is dropped: a pixel of the level covers at least what a pixel of the screen covers. */
static guint
get_level (double cells_per_pixel)
{
  int exponent;
  double mantissa;

  if (!(cells_per_pixel > 1))
    return 0;
  if (cells_per_pixel >= ldexp (1, ANN_TILE_MAX_LEVEL))
    return ANN_TILE_MAX_LEVEL;

  mantissa = frexp (cells_per_pixel, &exponent); /* in [0.5, 1): exact, unlike log2 () */

  return mantissa > 0.5 ? exponent : exponent - 1;
}

/* How many cells a tile covers: a power of two, so that all that follows is exact. */
static double
get_span (guint level)
{
  return ldexp (ANN_TILE_SIZE, level);
}

static guint64
count_tiles (guint64 n_cells, guint level)
{
  guint shift = level + 8;

  return n_cells == 0 ? 0 : ((n_cells - 1) >> shift) + 1;
}

static Range
find_visible (guint64 n_cells, double start, double cells_per_pixel, guint n_pixels, guint level)
{
  double span = get_span (level);
  double end = start + n_pixels * cells_per_pixel;
  double low = MAX (start, 0);
  double high = MIN (end, (double) n_cells);
  Range range = { 0, 0 };

  if (!isfinite (end) || !(low < high))
    return range;

  range.first = (guint64) floor (low / span);
  range.end = (guint64) ceil (high / span);
  range.end = MIN (range.end, count_tiles (n_cells, level));

  return range;
}

static int
compare_distance (gconstpointer a, gconstpointer b)
{
  const Candidate *first = a, *second = b;

  return (first->distance > second->distance) - (first->distance < second->distance);
}

/**
 * ann_view_get_row_level: (skip)
 * @view: a view
 *
 * Returns: the level whose pixels are as high as the screen's, or less than twice as high
 */
guint
ann_view_get_row_level (const AnnView *view)
{
  g_return_val_if_fail (view != NULL, 0);

  return get_level (view->rows_per_pixel);
}

/**
 * ann_view_get_column_level: (skip)
 * @view: a view
 *
 * Returns: the level whose pixels are as wide as the screen's, or less than twice as wide
 */
guint
ann_view_get_column_level (const AnnView *view)
{
  g_return_val_if_fail (view != NULL, 0);

  return get_level (view->columns_per_pixel);
}

/* The tiles of @rows × @columns but those of @but_rows × @but_columns, from the middle outwards. */
static GArray *
list_tiles (const AnnView *view,
            Range rows,
            Range columns,
            Range but_rows,
            Range but_columns,
            gboolean coarse)
{
  guint row_level = ann_view_get_row_level (view);
  guint column_level = ann_view_get_column_level (view);
  double middle_row = view->top + 0.5 * view->height * view->rows_per_pixel;
  double middle_column = view->left + 0.5 * view->width * view->columns_per_pixel;
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));

  for (guint64 row = rows.first; row < rows.end; row++)
    for (guint64 column = columns.first; column < columns.end; column++)
      {
        Candidate candidate = { { row_level, column_level, coarse, row, column }, 0 };
        double dy = ((row + 0.5) * get_span (row_level) - middle_row) / view->rows_per_pixel;
        double dx = ((column + 0.5) * get_span (column_level) - middle_column)
                    / view->columns_per_pixel;

        if (row >= but_rows.first && row < but_rows.end && column >= but_columns.first
            && column < but_columns.end)
          continue;

        candidate.distance = dx * dx + dy * dy;
        g_array_append_val (candidates, candidate);
      }

  g_array_sort (candidates, compare_distance);
  for (guint i = 0; i < candidates->len; i++)
    g_array_append_val (keys, g_array_index (candidates, Candidate, i).key);

  return keys;
}

static void
find_ranges (const AnnView *view, Range *rows, Range *columns)
{
  *rows = find_visible (view->n_rows, view->top, view->rows_per_pixel, view->height,
                        ann_view_get_row_level (view));
  *columns = find_visible (view->n_columns, view->left, view->columns_per_pixel, view->width,
                           ann_view_get_column_level (view));
}

/**
 * ann_view_list_tiles: (skip)
 * @view: a view
 * @coarse: whether the coarse tiles are asked for, or the exact ones
 *
 * Lists the tiles that the window shows something of, those in its middle first: the order in
 * which [method@Ann.TileQueue.set_wanted] wants them.
 *
 * Returns: (transfer full) (element-type AnnTileKey): the tiles, none if nothing is visible
 */
GArray *
ann_view_list_tiles (const AnnView *view, gboolean coarse)
{
  const Range none = { 0, 0 };
  Range rows, columns;

  g_return_val_if_fail (view != NULL, NULL);

  find_ranges (view, &rows, &columns);

  return list_tiles (view, rows, columns, none, none, coarse);
}

/**
 * ann_view_list_ring: (skip)
 * @view: a view
 *
 * Lists the exact tiles that lie just outside the window, one on each side: what a small step of
 * the hand will show next. Wanted after all visible ones.
 *
 * Returns: (transfer full) (element-type AnnTileKey): the tiles, nearest first
 */
GArray *
ann_view_list_ring (const AnnView *view)
{
  Range rows, columns, more_rows, more_columns;

  g_return_val_if_fail (view != NULL, NULL);

  find_ranges (view, &rows, &columns);
  more_rows = rows;
  more_columns = columns;
  if (rows.first < rows.end && columns.first < columns.end)
    {
      more_rows.first -= rows.first > 0;
      more_columns.first -= columns.first > 0;
      more_rows.end += rows.end < count_tiles (view->n_rows, ann_view_get_row_level (view));
      more_columns.end += columns.end
                          < count_tiles (view->n_columns, ann_view_get_column_level (view));
    }

  return list_tiles (view, more_rows, more_columns, rows, columns, FALSE);
}

/* From the edge of the window to the tile's edge, and its length, both in pixels of the screen. */
static void
locate (guint64 n_cells,
        guint64 tile,
        guint level,
        double start,
        double cells_per_pixel,
        double *position,
        double *length)
{
  double first = tile * get_span (level);
  double n_pixels = ceil ((n_cells - first) / ldexp (1, level));

  *position = (first - start) / cells_per_pixel;
  *length = ldexp (CLAMP (n_pixels, 0, ANN_TILE_SIZE), level) / cells_per_pixel;
}

/**
 * ann_view_locate_tile: (skip)
 * @view: a view
 * @key: a tile of any level, visible or not
 * @x: (out): its left edge in the window, in device pixels
 * @y: (out): its upper edge
 * @width: (out): its width: that of its @n_columns pixels; 0 outside the matrix
 * @height: (out): its height: that of its @n_rows pixels
 *
 * Says where a tile is drawn. The rectangle has whole pixels of the tile, so at the right and at
 * the bottom it may reach beyond the matrix by less than one of them: clip the drawing to the
 * matrix.
 */
void
ann_view_locate_tile (const AnnView *view,
                      const AnnTileKey *key,
                      double *x,
                      double *y,
                      double *width,
                      double *height)
{
  g_return_if_fail (view != NULL && key != NULL);
  g_return_if_fail (x != NULL && y != NULL && width != NULL && height != NULL);

  locate (view->n_columns, key->column, key->column_level, view->left, view->columns_per_pixel, x,
          width);
  locate (view->n_rows, key->row, key->row_level, view->top, view->rows_per_pixel, y, height);
}

/**
 * ann_view_find_cell: (skip)
 * @view: a view
 * @x: a place in the window, in device pixels
 * @y: a place in the window
 * @row: (out): the row of the matrix there
 * @column: (out): the column there
 *
 * Returns: whether there is a cell
 */
gboolean
ann_view_find_cell (const AnnView *view, double x, double y, guint64 *row, guint64 *column)
{
  double at_row, at_column;

  g_return_val_if_fail (view != NULL && row != NULL && column != NULL, FALSE);

  at_row = floor (view->top + y * view->rows_per_pixel);
  at_column = floor (view->left + x * view->columns_per_pixel);
  if (!(at_row >= 0 && at_row < (double) view->n_rows)
      || !(at_column >= 0 && at_column < (double) view->n_columns))
    return FALSE;

  *row = (guint64) at_row;
  *column = (guint64) at_column;

  return TRUE;
}
