/* ann-tile.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* Pixels along each side of a tile. */
#define ANN_TILE_SIZE 256

/* The highest level: one tile of it has 2^63 rows. */
#define ANN_TILE_MAX_LEVEL 55

/**
 * AnnTileKey:
 * @row_level: a pixel is 2^@row_level rows high
 * @column_level: a pixel is 2^@column_level columns wide
 * @is_coarse: made from a bounded sample of the rows, to have something soon
 * @row: number of the tile from the top, in tiles of this level
 * @column: number of the tile from the left
 *
 * Names a tile of a heatmap. The two axes have levels of their own, for a matrix of 10⁸ × 30,000 is
 * looked at in a window of 1.6 : 1. At level 0 a pixel is one value.
 */
typedef struct {
  guint8 row_level;
  guint8 column_level;
  gboolean is_coarse;
  guint64 row;
  guint64 column;
} AnnTileKey;

/**
 * AnnTile:
 * @key: its name
 * @n_rows: rows of pixels that the matrix has here, at most `ANN_TILE_SIZE`
 * @n_columns: columns of pixels
 * @n_seen: how many rows of the matrix were looked at for it (columns, of one that is sparse by
 *   columns): all of its part unless it is coarse
 * @values: `ANN_TILE_SIZE` values a row, each the mean over the cells of its pixel; NaN where there
 *   is none, and in what lies beyond @n_rows and @n_columns
 *
 * The numbers behind a square of the picture. Colours are made from them, again and again,
 * without reading. Reference counted, immutable once made.
 */
typedef struct {
  AnnTileKey key;
  guint n_rows;
  guint n_columns;
  guint64 n_seen;
  /*< private >*/
  gatomicrefcount ref_count;
  /*< public >*/
  float values[ANN_TILE_SIZE * ANN_TILE_SIZE];
} AnnTile;

#define ANN_TYPE_TILE (ann_tile_get_type ())

ANN_API GType ann_tile_get_type (void) G_GNUC_CONST;
ANN_API AnnTile *ann_tile_new (const AnnTileKey *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnTile *ann_tile_ref (AnnTile *self);
ANN_API void ann_tile_unref (AnnTile *self);

ANN_API gboolean ann_tile_key_equal (gconstpointer a, gconstpointer b);
ANN_API guint ann_tile_key_hash (gconstpointer key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTile, ann_tile_unref)

G_END_DECLS
