/* ann-runs.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-runs-private.h"

#include "array/ann-box-copy-private.h"

gboolean
_ann_runs_add (AnnRuns *self, guint64 from, guint64 to, guint64 count, GError **error)
{
  const gsize n = _ann_runs_get_n (self);
  AnnRun run = { from, to, count };

  if (count == 0)
    return TRUE;
  if (n > 0)
    {
      AnnRun *last = &_ann_runs_get (self)[n - 1];

      if (last->from + last->count == from && last->to + last->count == to)
        {
          last->count += count;
          return TRUE;
        }
    }

  return _ann_pile_append (&self->pile, &run, sizeof run, error);
}

gboolean
_ann_runs_add_selection (AnnRuns *self, const AnnSelection *selection, GError **error)
{
  const guint64 length = ann_selection_get_length (selection);
  guint64 start;
  gint64 step;

  if (ann_selection_is_range (selection, &start, &step) && step == 1)
    return _ann_runs_add (self, start, 0, length, error);

  for (guint64 i = 0; i < length; i++)
    {
      if (!_ann_runs_add (self, ann_selection_get_position (selection, i), i, 1, error))
        return FALSE;
    }

  return TRUE;
}

gsize
_ann_runs_get_n (const AnnRuns *self)
{
  return self->pile.n_bytes / sizeof (AnnRun);
}

AnnRun *
_ann_runs_get (const AnnRuns *self)
{
  return (AnnRun *) self->pile.items;
}

void
_ann_runs_clear (AnnRuns *self)
{
  _ann_pile_clear (&self->pile);
}

/* --- Cells --- */

static int
compare_runs (gconstpointer a, gconstpointer b)
{
  const AnnRun *one = a;
  const AnnRun *other = b;

  if (one->from != other->from)
    return one->from < other->from ? -1 : 1;

  return one->to < other->to ? -1 : one->to > other->to;
}

/* Leaves in @runs those of before without their ends beyond a multiple of @length. */
static gboolean
cut (AnnRuns *runs, guint64 length, GError **error)
{
  const gsize n = _ann_runs_get_n (runs);
  const AnnRun *old = _ann_runs_get (runs);
  g_auto (AnnRuns) pieces = { { NULL, 0, 0 } };
  gsize i = 0;

  while (i < n && old[i].count <= length - old[i].from % length)
    i++;
  if (i == n)
    return TRUE;

  for (i = 0; i < n; i++)
    {
      AnnRun rest = old[i];

      while (rest.count > 0)
        {
          AnnRun piece = rest;

          piece.count = MIN (rest.count, length - rest.from % length);
          if (!_ann_pile_append (&pieces.pile, &piece, sizeof piece, error))
            return FALSE;
          rest.from += piece.count;
          rest.to += piece.count;
          rest.count -= piece.count;
        }
    }

  _ann_runs_clear (runs);
  *runs = pieces;
  pieces = (AnnRuns){ { NULL, 0, 0 } };

  return TRUE;
}

static void
sort (AnnRuns *runs)
{
  const gsize n = _ann_runs_get_n (runs);
  AnnRun *items = _ann_runs_get (runs);
  gsize i = 1;

  while (i < n && items[i - 1].from <= items[i].from)
    i++;
  if (i < n)
    qsort (items, n, sizeof (AnnRun), compare_runs);
}

/* How many of the runs from @first on are in one cell, and where they end. */
static gsize
count_runs_of_cell (const AnnRuns *runs, gsize first, guint64 length, guint64 max_gap, guint64 *end)
{
  const AnnRun *items = _ann_runs_get (runs);
  const gsize n = _ann_runs_get_n (runs);
  gsize i = first;

  *end = items[first].from;
  for (; i < n && items[i].from / length == items[first].from / length; i++)
    {
      if (items[i].from > *end && items[i].from - *end > max_gap)
        break;
      *end = MAX (*end, items[i].from + items[i].count);
    }

  return i - first;
}

gboolean
_ann_cells_init (AnnCells *self, AnnRuns *runs, guint64 length, guint64 max_gap, GError **error)
{
  gsize n;

  *self = (AnnCells){ .runs = *runs };
  *runs = (AnnRuns){ { NULL, 0, 0 } };

  if (!cut (&self->runs, length, error))
    return FALSE;
  sort (&self->runs);

  n = _ann_runs_get_n (&self->runs);
  for (gsize first = 0; first < n;)
    {
      const AnnRun *run = &_ann_runs_get (&self->runs)[first];
      AnnCell cell = { .start = run->from, .first = first };
      guint64 end;

      cell.n = count_runs_of_cell (&self->runs, first, length, max_gap, &end);
      if (max_gap >= length)
        cell.start -= cell.start % length;
      cell.extent = end - cell.start;
      if (!_ann_pile_append (&self->cells, &cell, sizeof cell, error))
        return FALSE;
      first += cell.n;
    }

  return TRUE;
}

gsize
_ann_cells_get_n (const AnnCells *self)
{
  return self->cells.n_bytes / sizeof (AnnCell);
}

const AnnCell *
_ann_cells_get (const AnnCells *self, gsize index)
{
  return &((const AnnCell *) self->cells.items)[index];
}

void
_ann_cells_clear (AnnCells *self)
{
  _ann_runs_clear (&self->runs);
  _ann_pile_clear (&self->cells);
}

/* --- Scattering --- */

/* @from and @to: the first elements at the indices of the axes before @axis. @from_stride and
 * @to_stride: bytes of one index on @axis; from @last on both are alike, and whole.
 */
static void
scatter_axis (const AnnScatter *self,
              guint axis,
              guint last,
              const guint8 *from,
              gsize from_stride,
              guint8 *to,
              gsize to_stride)
{
  const guint64 origin = self->origins[axis];
  gsize next_from_stride;
  gsize next_to_stride;

  if (axis == last)
    {
      for (gsize i = 0; i < self->n_runs[axis]; i++)
        {
          const AnnRun *run = &self->runs[axis][i];

          _ann_copy_run (to + run->to * to_stride, from + (run->from - origin) * from_stride,
                         run->count * from_stride);
        }
      return;
    }

  next_from_stride = from_stride / self->from_shape[axis + 1];
  next_to_stride = to_stride / self->to_shape[axis + 1];
  for (gsize i = 0; i < self->n_runs[axis]; i++)
    {
      const AnnRun *run = &self->runs[axis][i];

      for (guint64 k = 0; k < run->count; k++)
        scatter_axis (self, axis + 1, last, from + (run->from - origin + k) * from_stride,
                      next_from_stride, to + (run->to + k) * to_stride, next_to_stride);
    }
}

/* Puts the elements of a piece in their places; @self has at least one axis. */
void
_ann_scatter (const AnnScatter *self, const guint8 *from, guint8 *to)
{
  gsize from_stride = self->item_size;
  gsize to_stride = self->item_size;
  guint last = self->rank - 1;

  /* Axes that are wanted as a whole, from the last on, move together. */
  while (last > 0 && self->n_runs[last] == 1 && self->from_shape[last] == self->to_shape[last]
         && self->runs[last][0].count == self->from_shape[last])
    last--;

  for (guint i = 1; i < self->rank; i++)
    {
      from_stride *= self->from_shape[i];
      to_stride *= self->to_shape[i];
    }
  scatter_axis (self, 0, last, from, from_stride, to, to_stride);
}
