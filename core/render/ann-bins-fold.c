/* ann-bins-fold.c: parts of a row into a whole row
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-bins-private.h"

#include <math.h>

/* Of a row of which only some parts were read, one knows: where its indices rise, all of the cells
 * between the first and the last of a part; else as many of all cells, scattered, as the part is of
 * the row. Each pixel gets the mean over the cells that one knows, one without any that of its
 * nearest neighbour, and so the row counts as if it had been read.
 */

static gboolean
is_rising (const gint64 *indices, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (indices[i] < indices[i - 1])
      return FALSE;

  return TRUE;
}

/* Counts the cells that the part tells of. */
static void
see_part (const AnnBins *self,
          const AnnEntries *entries,
          guint64 n_minor,
          const gint64 *indices,
          double *n_seen)
{
  const AnnSpan *minor = &self->minor;
  gsize n = entries->indptr[1];
  guint64 first = entries->offset == 0 ? 0 : (guint64) indices[0];
  guint64 end = entries->offset + n == entries->n_row ? n_minor : (guint64) indices[n - 1] + 1;
  AnnRun run;

  if (!is_rising (indices, n))
    {
      for (gsize pixel = 0; pixel < minor->n_pixels; pixel++)
        n_seen[pixel] += self->n_minor[pixel] * (double) n / (double) entries->n_row;
      return;
    }

  run.first = MAX (first, minor->first);
  end = MIN (end, minor->first + minor->n_cells);
  if (run.first >= end)
    return;
  run.count = end - run.first;
  _ann_span_mark (minor, n_seen, &run);
}

static void
add_row (AnnBins *self, guint64 row, const double *sums, const double *n_seen)
{
  const AnnRun run = { row, 1 };
  gsize n_pixels = self->minor.n_pixels;
  g_autofree gsize *nearest = g_new (gsize, n_pixels);
  double *to = self->sums + ((row - self->major.first) >> self->major.level) * n_pixels;

  _ann_span_find_nearest (n_seen, n_pixels, 0, n_pixels, nearest);
  if (nearest[0] == G_MAXSIZE) /* nothing of it lies here */
    return;

  for (gsize pixel = 0; pixel < n_pixels; pixel++)
    to[pixel] += sums[nearest[pixel]] / n_seen[nearest[pixel]] * self->n_minor[pixel];
  _ann_bins_mark_major (self, &run);
}

/* Adds a part to @sums and @n_seen, one for each minor pixel and all zero before the first part;
 * after the last part adds the row and makes them zero again. The minor span must have been marked.
 */
void
_ann_bins_fold_part (AnnBins *self,
                     const AnnEntries *entries,
                     guint64 n_minor,
                     double *sums,
                     double *n_seen)
{
  gsize n = entries->indptr[1];
  g_autofree gint64 *indices = g_new (gint64, n);
  g_autofree double *values = g_new (double, n);

  ann_dtype_to_int64 (ann_buffer_get_dtype (entries->indices),
                      ann_buffer_get_data (entries->indices), n, indices);
  ann_dtype_to_double (ann_buffer_get_dtype (entries->values),
                       ann_buffer_get_data (entries->values), n, values);

  see_part (self, entries, n_minor, indices, n_seen);
  for (gsize i = 0; i < n; i++)
    {
      guint64 at = (guint64) indices[i] - self->minor.first;

      if (at >= self->minor.n_cells)
        continue;
      at >>= self->minor.level;
      if (isnan (values[i]))
        n_seen[at] = MAX (n_seen[at] - 1, 0);
      else
        sums[at] += values[i];
    }

  if (entries->part + 1 < entries->n_parts)
    return;

  add_row (self, entries->start, sums, n_seen);
  for (gsize pixel = 0; pixel < self->minor.n_pixels; pixel++)
    sums[pixel] = n_seen[pixel] = 0;
}
