/* ann-heatmap-tiles.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-tiles.h"

#include "widgets/ann-heatmap-paint.h"

#include <math.h>
#include <string.h>

/* Three stages lie between a matrix and the screen, each kept as long as what it depends on:
 *
 * - tiles: means of the cells, made by workers, in a cache with a byte budget; they survive
 * everything but another matrix.
 * - paint: a tile's 256 × 256 colours; anew when the colours or the range change.
 * - raster: the paint as it lies on the screen; anew when the zoom changes.
 *
 * Paint and rasters are kept for the visible tiles alone. All of this lives in the main thread.
 */

#define N_WORKERS 2
#define PAINT_BUDGET 8000 /* µs a frame, so that a repaint of all tiles is spread over some */
#define SAMPLES_PER_TILE 2048

/* The range of colours at one pair of levels: means over 128 × 64 cells have other values than
 * cells. */
typedef struct {
  double low, high;
  double share_below, share_above;
  gboolean is_final; /* from the exact tiles: it stays until the colours change */
} Range;

struct _AnnHeatmapTiles {
  AnnHeatmap *heatmap;
  GFunc changed;
  gpointer user_data;

  AnnTileQueue *queue;
  AnnTileCache *cache;
  GHashTable *failed; /* set of AnnTileKey */
  GError *error;
  gboolean is_stopped; /* by the user, until the view changes */
  gboolean is_sample; /* far away, and too much to be read unasked: coarse tiles alone are wanted */
  gboolean was_asked; /* for the exact picture, at this zoom */

  AnnView view;
  GArray *visible; /* of AnnTileKey, exact ones */
  guint n_missing;

  AnnValueSample *sample;
  AnnHeatmapColors colors;
  guint colors_serial;
  GHashTable *ranges; /* level pair → Range */
  GHashTable *paints; /* AnnTileKey → AnnHeatmapPaint */
};

static gpointer
level_pair (const AnnHeatmapTiles *self)
{
  return GUINT_TO_POINTER (1u << 16 | (guint) ann_view_get_row_level (&self->view) << 8
                           | ann_view_get_column_level (&self->view));
}

/* The best there is for a tile: itself, or one that covers its place; borrowed from the cache. */
static AnnTile *
find_tile (AnnHeatmapTiles *self, const AnnTileKey *key)
{
  AnnTile *tile = ann_tile_cache_lookup (self->cache, key);
  g_autoptr (GPtrArray) substitutes = NULL;

  if (tile != NULL)
    return tile;

  substitutes = ann_tile_cache_find_substitutes (self->cache, key);
  tile = substitutes->len > 0 ? g_ptr_array_index (substitutes, 0) : NULL;

  return tile != NULL && tile->key.row_level >= key->row_level
                 && tile->key.column_level >= key->column_level
             ? tile
             : NULL;
}

/* --- The range of colours --- */

/* Some pixels of the visible tiles at their own level; NULL unless each of them is there. */
static AnnValueSample *
sample_pixels (AnnHeatmapTiles *self, gboolean exact_only)
{
  g_autoptr (GArray) non_zeros = g_array_new (FALSE, FALSE, sizeof (double));
  guint64 n_zeros = 0;

  for (guint k = 0; k < self->visible->len; k++)
    {
      const AnnTileKey *key = &g_array_index (self->visible, AnnTileKey, k);
      AnnTileKey coarse = *key;
      AnnTile *tile = ann_tile_cache_lookup (self->cache, key);
      guint step;

      coarse.is_coarse = TRUE;
      if (tile == NULL && !exact_only)
        tile = ann_tile_cache_lookup (self->cache, &coarse);
      if (tile == NULL)
        return NULL;

      step = MAX (1, tile->n_rows * tile->n_columns / SAMPLES_PER_TILE);
      for (guint i = k % step; i < tile->n_rows * tile->n_columns; i += step)
        {
          double value = tile->values[i / tile->n_columns * ANN_TILE_SIZE + i % tile->n_columns];

          if (value == 0)
            n_zeros++;
          else
            g_array_append_val (non_zeros, value);
        }
    }

  return self->visible->len > 0 ? ann_value_sample_new (g_steal_pointer (&non_zeros), n_zeros, 0, 0)
                                : NULL;
}

/* Colours of signed values lie around zero; those of a matrix without negative ones begin there,
 * unless zero hardly occurs in it.
 */
static void
choose_ends (AnnHeatmapTiles *self, AnnValueSample *sample, Range *range)
{
  range->low = ann_value_sample_get_percentile (sample, self->colors.low_percent);
  range->high = ann_value_sample_get_percentile (sample, self->colors.high_percent);
  if (self->colors.map == ANN_COLOR_MAP_BLUE_RED)
    {
      range->high = MAX (fabs (range->low), fabs (range->high));
      range->low = -range->high;
    }
  else if (ann_value_sample_get_minimum (sample) >= 0
           && ann_value_sample_get_non_zero_share (sample) < 0.95)
    range->low = 0;

  if (!(range->high > range->low))
    range->high = range->low + (range->low == 0 ? 1 : fabs (range->low) * 1e-3);
}

/* Once from whatever is there first, and once more when all exact tiles are: never while scrolling.
 */
static void
update_range (AnnHeatmapTiles *self)
{
  Range *range = g_hash_table_lookup (self->ranges, level_pair (self));
  g_autoptr (AnnValueSample) pixels = NULL;
  gboolean is_exact;
  gboolean is_full_size = ann_view_get_row_level (&self->view) == 0
                          && ann_view_get_column_level (&self->view) == 0;

  if ((range != NULL && range->is_final) || (range != NULL && self->n_missing > 0))
    return;

  pixels = sample_pixels (self, TRUE);
  is_exact = pixels != NULL;
  if (!is_exact)
    pixels = sample_pixels (self, FALSE);
  if (pixels == NULL)
    return;

  range = g_new0 (Range, 1);
  range->is_final = is_exact;
  choose_ends (self, is_full_size && self->sample != NULL ? self->sample : pixels, range);
  ann_value_sample_get_clipped (pixels, range->low, range->high, &range->share_below,
                                &range->share_above);

  g_hash_table_insert (self->ranges, level_pair (self), range);
  self->colors_serial++;
}

/* --- What is wanted --- */

/* Of the visible tiles, as they are wanted: how many are still to come. */
static guint
count_missing (AnnHeatmapTiles *self)
{
  guint n_missing = 0;

  for (guint k = 0; k < self->visible->len; k++)
    {
      AnnTileKey key = g_array_index (self->visible, AnnTileKey, k);
      gboolean is_missing = ann_tile_cache_lookup (self->cache, &key) == NULL
                            && !g_hash_table_contains (self->failed, &key);

      key.is_coarse = TRUE;
      if (self->is_sample)
        is_missing &= ann_tile_cache_lookup (self->cache, &key) == NULL
                      && !g_hash_table_contains (self->failed, &key);
      n_missing += is_missing;
    }

  return n_missing;
}

static void
update_wanted (AnnHeatmapTiles *self)
{
  g_autoptr (GArray) exact = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));
  g_autoptr (GArray) wanted = g_array_new (FALSE, TRUE, sizeof (AnnTileKey));

  for (guint k = 0; k < self->visible->len; k++)
    {
      const AnnTileKey *key = &g_array_index (self->visible, AnnTileKey, k);

      if (ann_tile_cache_lookup (self->cache, key) == NULL
          && !g_hash_table_contains (self->failed, key))
        g_array_append_val (exact, *key);
    }

  /* Something soon: the coarse tiles come before all exact ones. */
  self->is_sample = FALSE;
  if (exact->len > 0
      && ann_heatmap_needs_coarse (self->heatmap, (const AnnTileKey *) exact->data, exact->len))
    {
      self->is_sample = ann_heatmap_is_far (self->heatmap) && !self->was_asked;
      for (guint k = 0; k < exact->len; k++)
        {
          AnnTileKey key = g_array_index (exact, AnnTileKey, k);

          key.is_coarse = TRUE;
          if (ann_tile_cache_lookup (self->cache, &key) == NULL
              && !g_hash_table_contains (self->failed, &key))
            g_array_append_val (wanted, key);
        }
    }
  if (!self->is_sample)
    g_array_append_vals (wanted, exact->data, exact->len);
  self->n_missing = count_missing (self);

  ann_tile_queue_set_wanted (self->queue, (const AnnTileKey *) wanted->data, wanted->len);
}

static void
on_tile_ready (const AnnTileKey *key, AnnTile *tile, const GError *error, gpointer user_data)
{
  AnnHeatmapTiles *self = user_data;

  if (tile != NULL)
    ann_tile_cache_add (self->cache, tile);
  else
    {
      g_hash_table_add (self->failed, g_memdup2 (key, sizeof *key));
      if (self->error == NULL)
        self->error = g_error_copy (error);
    }

  self->n_missing = count_missing (self);
  update_range (self);
  self->changed (self, self->user_data);
}

/* --- From a tile to the screen --- */

static gboolean
ensure_painted (AnnHeatmapTiles *self, AnnHeatmapPaint *paint, AnnTile *tile, gint64 deadline)
{
  Range *range = g_hash_table_lookup (self->ranges, level_pair (self));
  AnnValueScale scale;

  if (ann_heatmap_paint_is_of (paint, tile, self->colors_serial))
    return TRUE;
  if (range == NULL)
    return ann_heatmap_paint_has_pixels (paint);
  if (ann_heatmap_paint_has_pixels (paint) && g_get_monotonic_time () > deadline)
    return FALSE;

  scale.transform = self->colors.transform;
  scale.low = range->low;
  scale.high = range->high;
  ann_heatmap_paint_fill (paint, tile, &scale, self->colors.map, self->colors_serial);

  return TRUE;
}

static gboolean
is_not_visible (gpointer key, gpointer value, gpointer user_data)
{
  AnnHeatmapTiles *self = user_data;

  for (guint k = 0; k < self->visible->len; k++)
    {
      if (ann_tile_key_equal (key, &g_array_index (self->visible, AnnTileKey, k)))
        return FALSE;
    }

  return TRUE;
}

/* The paint of a visible tile, ready to draw; NULL while there is nothing to show for it. */
static AnnHeatmapPaint *
prepare_tile (AnnHeatmapTiles *self,
              const AnnTileKey *key,
              const AnnView *view,
              gint64 deadline,
              gboolean *is_late)
{
  AnnTile *tile = find_tile (self, key);
  AnnHeatmapPaint *paint = g_hash_table_lookup (self->paints, key);

  if (!ann_heatmap_paint_is_seen (view, key) || (tile == NULL && paint == NULL))
    return NULL;

  if (paint == NULL)
    {
      paint = ann_heatmap_paint_new ();
      g_hash_table_insert (self->paints, g_memdup2 (key, sizeof *key), paint);
    }
  if (tile != NULL && !ensure_painted (self, paint, tile, deadline))
    *is_late = TRUE;

  return ann_heatmap_paint_has_pixels (paint) ? paint : NULL;
}

/**
 * ann_heatmap_tiles_snapshot:
 * @self: the tiles
 * @snapshot: a snapshot whose origin is the upper left corner of the window
 * @view: what was given to ann_heatmap_tiles_set_view ()
 * @scale_factor: device pixels a logical one
 * @with_cairo: whether the renderer is the cairo one
 *
 * Draws what is there of the visible tiles. What there is no time for in this frame is announced as
 * changed.
 */
void
ann_heatmap_tiles_snapshot (AnnHeatmapTiles *self,
                            GtkSnapshot *snapshot,
                            const AnnView *view,
                            int scale_factor,
                            gboolean with_cairo)
{
  gint64 deadline = g_get_monotonic_time () + PAINT_BUDGET;
  gboolean is_late = FALSE;
  float width = (float) view->width / scale_factor;
  float height = (float) view->height / scale_factor;
  cairo_t *cr = NULL;

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (with_cairo)
    {
      cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
      cairo_scale (cr, 1.0 / scale_factor, 1.0 / scale_factor);
    }

  for (guint k = 0; k < self->visible->len; k++)
    {
      const AnnTileKey *key = &g_array_index (self->visible, AnnTileKey, k);
      AnnHeatmapPaint *paint = prepare_tile (self, key, view, deadline, &is_late);

      if (paint != NULL)
        ann_heatmap_paint_draw (paint, key, view, scale_factor, snapshot, cr);
    }

  g_clear_pointer (&cr, cairo_destroy);
  gtk_snapshot_pop (snapshot);
  g_hash_table_foreach_remove (self->paints, is_not_visible, self);
  if (is_late)
    self->changed (self, self->user_data);
}

/* --- The outside --- */

/**
 * ann_heatmap_tiles_new:
 * @heatmap: where the numbers come from
 * @changed: called in the main thread with the tiles and @user_data when there is something new to
 * draw
 * @user_data: data for @changed
 *
 * Returns: (transfer full): tiles without a view
 */
AnnHeatmapTiles *
ann_heatmap_tiles_new (AnnHeatmap *heatmap, GFunc changed, gpointer user_data)
{
  AnnHeatmapTiles *self = g_new0 (AnnHeatmapTiles, 1);

  self->heatmap = g_object_ref (heatmap);
  self->changed = changed;
  self->user_data = user_data;
  self->cache = ann_tile_cache_new (ANN_TILE_CACHE_DEFAULT_SIZE);
  self->failed = g_hash_table_new_full (ann_tile_key_hash, ann_tile_key_equal, g_free, NULL);
  self->visible = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));
  self->ranges = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->paints = g_hash_table_new_full (ann_tile_key_hash, ann_tile_key_equal, g_free,
                                        (GDestroyNotify) ann_heatmap_paint_free);
  self->queue = ann_heatmap_new_queue (heatmap, N_WORKERS, on_tile_ready, self);

  return self;
}

void
ann_heatmap_tiles_free (AnnHeatmapTiles *self)
{
  ann_tile_queue_free (self->queue);
  g_hash_table_unref (self->paints);
  g_hash_table_unref (self->ranges);
  g_hash_table_unref (self->failed);
  g_array_unref (self->visible);
  ann_tile_cache_free (self->cache);
  g_clear_pointer (&self->sample, ann_value_sample_unref);
  g_clear_error (&self->error);
  g_object_unref (self->heatmap);
  g_free (self);
}

/**
 * ann_heatmap_tiles_set_sample:
 * @self: the tiles
 * @sample: values of single cells, for the range of colours where a pixel is a cell
 */
void
ann_heatmap_tiles_set_sample (AnnHeatmapTiles *self, AnnValueSample *sample)
{
  g_clear_pointer (&self->sample, ann_value_sample_unref);
  self->sample = ann_value_sample_ref (sample);
  g_hash_table_remove_all (self->ranges);
  update_range (self);
  self->changed (self, self->user_data);
}

void
ann_heatmap_tiles_set_colors (AnnHeatmapTiles *self, const AnnHeatmapColors *colors)
{
  self->colors = *colors;
  self->colors_serial++;
  g_hash_table_remove_all (self->ranges);
  update_range (self);
  self->changed (self, self->user_data);
}

/**
 * ann_heatmap_tiles_set_view:
 * @self: the tiles
 * @view: what the window shows now; copied
 *
 * Replaces what is wanted: work on tiles that are no longer visible is dropped or cancelled.
 */
void
ann_heatmap_tiles_set_view (AnnHeatmapTiles *self, const AnnView *view)
{
  if (memcmp (&self->view, view, sizeof *view) == 0)
    return;

  self->is_stopped = FALSE;
  if (ann_view_get_row_level (view) != ann_view_get_row_level (&self->view)
      || ann_view_get_column_level (view) != ann_view_get_column_level (&self->view))
    self->was_asked = FALSE;
  self->view = *view;
  g_array_unref (self->visible);
  self->visible = ann_view_list_tiles (view, FALSE);
  update_wanted (self);
  update_range (self);
}

/**
 * ann_heatmap_tiles_get_scale:
 * @self: the tiles
 * @scale: (out): from values to positions on the colour bar, at the level shown
 * @share_below: (out): of the pixels shown, how many lie below it: 0 to 1
 * @share_above: (out): how many lie above it
 *
 * Returns: %FALSE while nothing is known of the values
 */
gboolean
ann_heatmap_tiles_get_scale (AnnHeatmapTiles *self,
                             AnnValueScale *scale,
                             double *share_below,
                             double *share_above)
{
  Range *range = g_hash_table_lookup (self->ranges, level_pair (self));

  if (range == NULL)
    return FALSE;

  scale->transform = self->colors.transform;
  scale->low = range->low;
  scale->high = range->high;
  *share_below = range->share_below;
  *share_above = range->share_above;

  return TRUE;
}

/**
 * ann_heatmap_tiles_get_mean:
 * @self: the tiles
 * @view: what was given to ann_heatmap_tiles_set_view ()
 * @row: a row
 * @column: a column
 * @mean: (out): the mean over the pixel that shows the cell
 * @is_coarse: (out): whether it is that of a sample, the exact one being on its way
 *
 * Returns: %FALSE while neither is there
 */
gboolean
ann_heatmap_tiles_get_mean (AnnHeatmapTiles *self,
                            const AnnView *view,
                            guint64 row,
                            guint64 column,
                            double *mean,
                            gboolean *is_coarse)
{
  AnnTileKey key = { 0 };
  AnnTile *tile;

  key.row_level = ann_view_get_row_level (view);
  key.column_level = ann_view_get_column_level (view);
  key.row = (row >> key.row_level) / ANN_TILE_SIZE;
  key.column = (column >> key.column_level) / ANN_TILE_SIZE;
  tile = ann_tile_cache_lookup (self->cache, &key);
  if (tile == NULL)
    {
      key.is_coarse = TRUE;
      tile = ann_tile_cache_lookup (self->cache, &key);
    }
  if (tile == NULL)
    return FALSE;

  *is_coarse = key.is_coarse;
  *mean = tile->values[(row >> key.row_level) % ANN_TILE_SIZE * ANN_TILE_SIZE
                       + (column >> key.column_level) % ANN_TILE_SIZE];

  return TRUE;
}

/**
 * ann_heatmap_tiles_get_n_missing:
 * @self: the tiles
 *
 * Returns: how many visible tiles are still to come: in their exact form, or as a sample where that
 *   is all that is wanted
 */
guint
ann_heatmap_tiles_get_n_missing (AnnHeatmapTiles *self)
{
  return self->n_missing;
}

/**
 * ann_heatmap_tiles_is_sample:
 * @self: the tiles
 * @n_seen: (out): how many rows were looked at for it (columns, of a matrix that is sparse by
 *   columns)
 *
 * Returns: whether the picture is made from a part of the values and stays so until
 *   ann_heatmap_tiles_retry () asks for the exact one
 */
gboolean
ann_heatmap_tiles_is_sample (AnnHeatmapTiles *self, guint64 *n_seen)
{
  const gboolean by_columns = ann_element_get_kind (ann_heatmap_get_matrix (self->heatmap))
                              == ANN_ELEMENT_CSC;

  *n_seen = 0;
  if (!self->is_sample || self->n_missing > 0)
    return FALSE;

  /* Tiles beside each other have looked at the same ones. */
  for (guint k = 0; k < self->visible->len; k++)
    {
      const AnnTileKey *first = &g_array_index (self->visible, AnnTileKey, 0);
      AnnTileKey key = g_array_index (self->visible, AnnTileKey, k);
      AnnTile *tile;

      key.is_coarse = TRUE;
      tile = ann_tile_cache_lookup (self->cache, &key);
      if (tile != NULL && (by_columns ? key.row == first->row : key.column == first->column))
        *n_seen += tile->n_seen;
    }

  return TRUE;
}

/**
 * ann_heatmap_tiles_has_picture:
 * @self: the tiles
 *
 * Returns: whether there is something to see in place of each visible tile, coarse or exact
 */
gboolean
ann_heatmap_tiles_has_picture (AnnHeatmapTiles *self)
{
  for (guint k = 0; k < self->visible->len; k++)
    {
      if (find_tile (self, &g_array_index (self->visible, AnnTileKey, k)) == NULL)
        return FALSE;
    }

  return self->visible->len > 0 && g_hash_table_contains (self->ranges, level_pair (self));
}

/**
 * ann_heatmap_tiles_has_any:
 * @self: the tiles
 *
 * Returns: whether there is something to see in place of one of the visible tiles
 */
gboolean
ann_heatmap_tiles_has_any (AnnHeatmapTiles *self)
{
  for (guint k = 0; k < self->visible->len; k++)
    {
      if (find_tile (self, &g_array_index (self->visible, AnnTileKey, k)) != NULL)
        return TRUE;
    }

  return FALSE;
}

/**
 * ann_heatmap_tiles_get_error:
 * @self: the tiles
 *
 * Returns: (transfer none) (nullable): why a tile could not be made
 */
const GError *
ann_heatmap_tiles_get_error (AnnHeatmapTiles *self)
{
  return self->error;
}

/* Leaves the picture as it is: what is being made is cancelled. The next view, or a retry, goes on.
 */
void
ann_heatmap_tiles_stop (AnnHeatmapTiles *self)
{
  self->is_stopped = TRUE;
  ann_tile_queue_set_wanted (self->queue, NULL, 0);
  self->changed (self, self->user_data);
}

gboolean
ann_heatmap_tiles_is_stopped (AnnHeatmapTiles *self)
{
  return self->is_stopped;
}

/* Goes on after a stop, asks again for the tiles that failed, and where the picture is a sample for
 * the exact one.
 */
void
ann_heatmap_tiles_retry (AnnHeatmapTiles *self)
{
  self->was_asked |= self->is_sample && self->n_missing == 0 && self->error == NULL;
  self->is_stopped = FALSE;
  g_hash_table_remove_all (self->failed);
  g_clear_error (&self->error);
  update_wanted (self);
  self->changed (self, self->user_data);
}
