/* ann-bins.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-bins-private.h"

#include "base/ann-error.h"

#include <math.h>

/* Describes @n_tiles tiles from @first_tile of an axis of @n_cells. The first must lie within it.
 */
void
_ann_span_init (AnnSpan *span, guint64 n_cells, guint level, guint64 first_tile, gsize n_tiles)
{
  guint64 tile_cells = (guint64) ANN_TILE_SIZE << level;

  span->level = level;
  span->first = first_tile * tile_cells;
  span->n_cells = n_cells - span->first;
  if (span->n_cells / tile_cells >= n_tiles)
    span->n_cells = n_tiles * tile_cells;
  span->n_pixels = ((span->n_cells - 1) >> level) + 1;
}

static double *
allocate (gsize n, gsize m, GError **error)
{
  gsize size;
  double *values = NULL;

  if (g_size_checked_mul (&size, n, m) && g_size_checked_mul (&size, size, sizeof (double)))
    values = g_try_malloc0 (size);
  if (values == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "No memory for a picture of %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT
                 " pixels. Close something and try again",
                 n, m);

  return values;
}

AnnBins *
_ann_bins_new (const AnnSpan *major, const AnnSpan *minor, GError **error)
{
  g_autoptr (AnnBins) self = g_new0 (AnnBins, 1);

  self->major = *major;
  self->minor = *minor;
  self->sums = allocate (major->n_pixels, minor->n_pixels, error);
  if (self->sums == NULL)
    return NULL;
  self->n_major = allocate (major->n_pixels, 1, error);
  if (self->n_major == NULL)
    return NULL;
  self->n_minor = allocate (minor->n_pixels, 1, error);
  if (self->n_minor == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_bins_free (AnnBins *self)
{
  g_free (self->sums);
  g_free (self->n_missing);
  g_free (self->n_major);
  g_free (self->n_minor);
  g_free (self);
}

/* To be called before a NaN is counted. */
gboolean
_ann_bins_need_missing (AnnBins *self, GError **error)
{
  if (self->n_missing == NULL)
    self->n_missing = allocate (self->major.n_pixels, self->minor.n_pixels, error);

  return self->n_missing != NULL;
}

/* Adds the cells of @run, which lies within @span, to those that its pixels have seen. */
void
_ann_span_mark (const AnnSpan *span, double *n_seen, const AnnRun *run)
{
  guint64 at = run->first - span->first;
  guint64 end = at + run->count;

  while (at < end)
    {
      guint64 pixel = at >> span->level;
      guint64 pixel_end = (pixel + 1) << span->level;
      guint64 stop = MIN (end, pixel_end);

      n_seen[pixel] += (double) (stop - at);
      at = stop;
    }
}

/* Says that the cells of @run along the major axis have been, or will be, added. */
void
_ann_bins_mark_major (AnnBins *self, const AnnRun *run)
{
  _ann_span_mark (&self->major, self->n_major, run);
}

void
_ann_bins_mark_minor (AnnBins *self, const AnnRun *run)
{
  _ann_span_mark (&self->minor, self->n_minor, run);
}

/* For each of pixels [@first, @first + @n): the nearest one of the whole span that has seen
 * something, the former of two; G_MAXSIZE if none has.
 */
void
_ann_span_find_nearest (const double *n_seen, gsize n_pixels, gsize first, gsize n, gsize *nearest)
{
  gsize before = G_MAXSIZE, after = first;

  for (gsize i = first + 1; i-- > 0 && before == G_MAXSIZE;)
    if (n_seen[i] > 0)
      before = i;

  for (gsize pixel = first; pixel < first + n; pixel++)
    {
      if (n_seen[pixel] > 0)
        before = pixel;
      after = MAX (after, pixel);
      while (after < n_pixels && n_seen[after] == 0)
        after++;

      if (before == G_MAXSIZE && after == n_pixels)
        nearest[pixel - first] = G_MAXSIZE;
      else if (after == n_pixels || (before != G_MAXSIZE && pixel - before <= after - pixel))
        nearest[pixel - first] = before;
      else
        nearest[pixel - first] = after;
    }
}

static float
get_mean (AnnBins *self, gsize major, gsize minor)
{
  gsize index;
  double n;

  if (major == G_MAXSIZE || minor == G_MAXSIZE)
    return NAN;

  index = major * self->minor.n_pixels + minor;
  n = self->n_major[major] * self->n_minor[minor];
  if (self->n_missing != NULL)
    n -= self->n_missing[index];

  return n > 0 ? (float) (self->sums[index] / n) : NAN;
}

/* Cuts out the tile @key, which lies within the bins. With @by_columns the major axis is that of
 * the columns.
 */
AnnTile *
_ann_bins_make_tile (AnnBins *self, const AnnTileKey *key, gboolean by_columns, GError **error)
{
  const AnnSpan *row_span = by_columns ? &self->minor : &self->major;
  const AnnSpan *column_span = by_columns ? &self->major : &self->minor;
  gsize first_row = key->row * ANN_TILE_SIZE - (row_span->first >> row_span->level);
  gsize first_column = key->column * ANN_TILE_SIZE - (column_span->first >> column_span->level);
  gsize rows[ANN_TILE_SIZE], columns[ANN_TILE_SIZE];
  AnnTile *tile = ann_tile_new (key, error);

  if (tile == NULL)
    return NULL;

  tile->n_rows = MIN (row_span->n_pixels - first_row, ANN_TILE_SIZE);
  tile->n_columns = MIN (column_span->n_pixels - first_column, ANN_TILE_SIZE);
  _ann_span_find_nearest (by_columns ? self->n_minor : self->n_major, row_span->n_pixels, first_row,
                          tile->n_rows, rows);
  _ann_span_find_nearest (by_columns ? self->n_major : self->n_minor, column_span->n_pixels,
                          first_column, tile->n_columns, columns);

  for (guint i = 0; i < (by_columns ? tile->n_columns : tile->n_rows); i++)
    tile->n_seen += (guint64) self->n_major[(by_columns ? first_column : first_row) + i];

  for (guint row = 0; row < tile->n_rows; row++)
    for (guint column = 0; column < tile->n_columns; column++)
      tile->values[row * ANN_TILE_SIZE + column] = by_columns
                                                       ? get_mean (self, columns[column], rows[row])
                                                       : get_mean (self, rows[row],
                                                                   columns[column]);

  return tile;
}
