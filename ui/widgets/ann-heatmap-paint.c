/* ann-heatmap-paint.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-paint.h"

#include <math.h>
#include <string.h>

#define LARGEST_RASTER 1024 /* device pixels; tiles drawn larger are cut to the window */

typedef struct {
  gint64 x, y; /* in device pixels from the upper left corner of the matrix */
  int width, height;
} Rect;

struct _AnnHeatmapPaint {
  AnnTile *tile; /* what it was painted from */
  guint serial;  /* of the colours */
  guint32 *pixels;
  Rect rect;
  double rows_per_pixel, columns_per_pixel;
  cairo_surface_t *surface;
  GdkTexture *texture;
};

AnnHeatmapPaint *
ann_heatmap_paint_new (void)
{
  return g_new0 (AnnHeatmapPaint, 1);
}

void
ann_heatmap_paint_free (AnnHeatmapPaint *self)
{
  g_clear_pointer (&self->tile, ann_tile_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_object (&self->texture);
  g_free (self->pixels);
  g_free (self);
}

/* --- Colours --- */

gboolean
ann_heatmap_paint_has_pixels (const AnnHeatmapPaint *self)
{
  return self->pixels != NULL;
}

gboolean
ann_heatmap_paint_is_of (const AnnHeatmapPaint *self, const AnnTile *tile, guint serial)
{
  return self->tile == tile && self->serial == serial;
}

void
ann_heatmap_paint_fill (AnnHeatmapPaint *self,
                        AnnTile *tile,
                        const AnnValueScale *scale,
                        AnnColorMap map,
                        guint serial)
{
  if (self->pixels == NULL)
    self->pixels = g_new (guint32, ANN_TILE_SIZE * ANN_TILE_SIZE);
  if (self->tile != tile)
    {
      g_clear_pointer (&self->tile, ann_tile_unref);
      self->tile = ann_tile_ref (tile);
    }
  self->serial = serial;
  ann_tile_paint (tile, scale, map, self->pixels, ANN_TILE_SIZE);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_object (&self->texture);
}

/* --- Place --- */

static gint64
to_pixel (double cell, double cells_per_pixel)
{
  return (gint64) floor (cell / cells_per_pixel + 0.5);
}

static Rect
clip_to_window (Rect rect, const AnnView *view)
{
  gint64 left = to_pixel (view->left, view->columns_per_pixel);
  gint64 top = to_pixel (view->top, view->rows_per_pixel);
  gint64 x0 = MAX (rect.x, left);
  gint64 y0 = MAX (rect.y, top);
  gint64 x1 = MIN (rect.x + rect.width, left + view->width);
  gint64 y1 = MIN (rect.y + rect.height, top + view->height);

  return (Rect){ x0, y0, (int) MAX (x1 - x0, 0), (int) MAX (y1 - y0, 0) };
}

/* Where a tile lies on the screen, whole pixels; its edges do not move against its neighbours'
 * while panning. */
static Rect
locate (const AnnView *view, const AnnTileKey *key)
{
  double top = ldexp (key->row * ANN_TILE_SIZE, key->row_level);
  double left = ldexp (key->column * ANN_TILE_SIZE, key->column_level);
  double bottom = MIN (top + ldexp (ANN_TILE_SIZE, key->row_level), view->n_rows);
  double right = MIN (left + ldexp (ANN_TILE_SIZE, key->column_level), view->n_columns);
  Rect rect;

  rect.x = to_pixel (left, view->columns_per_pixel);
  rect.y = to_pixel (top, view->rows_per_pixel);
  rect.width = (int) MIN (to_pixel (right, view->columns_per_pixel) - rect.x, G_MAXINT / 2);
  rect.height = (int) MIN (to_pixel (bottom, view->rows_per_pixel) - rect.y, G_MAXINT / 2);
  if (rect.width > LARGEST_RASTER || rect.height > LARGEST_RASTER)
    rect = clip_to_window (rect, view);

  return rect;
}

gboolean
ann_heatmap_paint_is_seen (const AnnView *view, const AnnTileKey *key)
{
  const Rect rect = locate (view, key);

  return rect.width > 0 && rect.height > 0;
}

/* Which pixel of the tile lies under each of @n device pixels from @first on. */
static void
map_pixels (int *map,
            gint64 first,
            int n,
            double cells_per_pixel,
            guint level,
            double origin,
            guint limit)
{
  for (int i = 0; i < n; i++)
    {
      double cell = (first + i + 0.5) * cells_per_pixel;

      map[i] = (int) CLAMP (floor (ldexp (cell - origin, -(int) level)), 0, limit - 1);
    }
}

static guint32 *
make_raster (const AnnHeatmapPaint *self, const AnnView *view, Rect rect)
{
  const AnnTile *tile = self->tile;
  guint32 *raster = g_new (guint32, (gsize) rect.width * rect.height);
  g_autofree int *columns = g_new (int, rect.width);
  g_autofree int *rows = g_new (int, rect.height);

  map_pixels (columns, rect.x, rect.width, view->columns_per_pixel, tile->key.column_level,
              ldexp (tile->key.column * ANN_TILE_SIZE, tile->key.column_level), tile->n_columns);
  map_pixels (rows, rect.y, rect.height, view->rows_per_pixel, tile->key.row_level,
              ldexp (tile->key.row * ANN_TILE_SIZE, tile->key.row_level), tile->n_rows);

  for (int y = 0; y < rect.height; y++)
    {
      guint32 *to = raster + (gsize) y * rect.width;
      const guint32 *from = self->pixels + (gsize) rows[y] * ANN_TILE_SIZE;

      if (y > 0 && rows[y] == rows[y - 1])
        memcpy (to, to - rect.width, rect.width * sizeof *to);
      else
        for (int x = 0; x < rect.width; x++)
          to[x] = from[columns[x]];
    }

  return raster;
}

static void
ensure_raster (AnnHeatmapPaint *self, const AnnView *view, Rect rect, gboolean with_cairo)
{
  static const cairo_user_data_key_t owner;
  gboolean is_current = self->rows_per_pixel == view->rows_per_pixel
                        && self->columns_per_pixel == view->columns_per_pixel
                        && memcmp (&self->rect, &rect, sizeof rect) == 0;
  guint32 *raster;

  if (is_current && (with_cairo ? self->surface != NULL : self->texture != NULL))
    return;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_object (&self->texture);
  self->rect = rect;
  self->rows_per_pixel = view->rows_per_pixel;
  self->columns_per_pixel = view->columns_per_pixel;

  raster = make_raster (self, view, rect);
  if (with_cairo)
    {
      self->surface = cairo_image_surface_create_for_data ((guchar *) raster, CAIRO_FORMAT_ARGB32,
                                                           rect.width, rect.height, rect.width * 4);
      cairo_surface_set_user_data (self->surface, &owner, raster, g_free);
    }
  else
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (raster, (gsize) rect.width * rect.height * 4);

      self->texture = gdk_memory_texture_new (rect.width, rect.height, GDK_MEMORY_DEFAULT, bytes,
                                              (gsize) rect.width * 4);
    }
}

void
ann_heatmap_paint_draw (AnnHeatmapPaint *self,
                        const AnnTileKey *key,
                        const AnnView *view,
                        int scale_factor,
                        GtkSnapshot *snapshot,
                        cairo_t *cr)
{
  double x;
  double y;

  ensure_raster (self, view, locate (view, key), cr != NULL);
  x = self->rect.x - to_pixel (view->left, view->columns_per_pixel);
  y = self->rect.y - to_pixel (view->top, view->rows_per_pixel);
  if (cr != NULL)
    {
      cairo_set_source_surface (cr, self->surface, x, y);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_paint (cr);
    }
  else
    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT (x / scale_factor, y / scale_factor,
                                                      (float) self->rect.width / scale_factor,
                                                      (float) self->rect.height / scale_factor));
}
