/* ann-tile-grid.h: which tiles a view of a matrix needs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "render/ann-tile.h"

G_BEGIN_DECLS

/**
 * AnnView:
 * @n_rows: rows of the matrix
 * @n_columns: columns of the matrix
 * @top: the row at the upper edge of the window; not whole while scrolling, below 0 where the
 *   matrix begins within the window
 * @left: the column at the left edge
 * @rows_per_pixel: how many rows a device pixel is high; below 1 when zoomed in
 * @columns_per_pixel: how many columns it is wide
 * @width: of the window, in device pixels
 * @height: of the window
 *
 * What part of a matrix a window shows. A value: no owner, no thread. Positions are exact up to
 * 2^53 rows.
 */
typedef struct {
  guint64 n_rows;
  guint64 n_columns;
  double top;
  double left;
  double rows_per_pixel;
  double columns_per_pixel;
  guint width;
  guint height;
} AnnView;

ANN_API guint ann_view_get_row_level (const AnnView *view);
ANN_API guint ann_view_get_column_level (const AnnView *view);
ANN_API GArray *ann_view_list_tiles (const AnnView *view, gboolean coarse)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API GArray *ann_view_list_ring (const AnnView *view) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_view_locate_tile (const AnnView *view,
                                   const AnnTileKey *key,
                                   double *x,
                                   double *y,
                                   double *width,
                                   double *height);
ANN_API gboolean
ann_view_find_cell (const AnnView *view, double x, double y, guint64 *row, guint64 *column);

G_END_DECLS
