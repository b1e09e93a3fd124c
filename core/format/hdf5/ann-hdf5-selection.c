/* ann-hdf5-selection.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-selection.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

#define STRUCTURE "selection"

typedef enum {
  KIND_NONE = 0,
  KIND_POINTS = 1,
  KIND_BLOCKS = 2,
  KIND_ALL = 3,
} SelectionKind;

#define IS_REGULAR 1

static gboolean
set_damaged (const char *path, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, path, STRUCTURE, what);
}

static gboolean
set_unsupported (const char *path, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: It is put together from %s", path,
               what);

  return FALSE;
}

static gboolean
set_no_memory (const char *path, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "%s: No memory for its " STRUCTURE, path);

  return FALSE;
}

static gboolean
make_axes (AnnHdf5Selection *self, guint64 rank, const char *path, GError **error)
{
  if (rank == 0 || rank > ANN_MAX_RANK)
    return set_damaged (path, "it has too many axes, or none", error);

  self->axes = g_try_new0 (AnnHdf5SelectedAxis, rank);
  if (self->axes == NULL)
    return set_no_memory (path, error);
  self->rank = (guint) rank;

  return TRUE;
}

/* All bits set is as much as there is room for, whatever the size. */
static gboolean
get_extent (AnnHdf5Cursor *cursor, guint size, guint64 *extent)
{
  if (!_ann_hdf5_cursor_get_number (cursor, size, extent))
    return FALSE;
  if (size < 8 && *extent == ((guint64) 1 << 8 * size) - 1)
    *extent = G_MAXUINT64;

  return TRUE;
}

static gboolean
parse_pattern (AnnHdf5Selection *self,
               AnnHdf5Cursor *cursor,
               guint size,
               const char *path,
               GError **error)
{
  for (guint i = 0; i < self->rank; i++)
    {
      AnnHdf5SelectedAxis *axis = &self->axes[i];

      if (!_ann_hdf5_cursor_get_number (cursor, size, &axis->start)
          || !get_extent (cursor, size, &axis->stride) || !get_extent (cursor, size, &axis->count)
          || !get_extent (cursor, size, &axis->block))
        return set_damaged (path, "it is cut off", error);
      if (axis->count > 1 && (axis->stride == 0 || axis->block > axis->stride))
        return set_damaged (path, "its blocks overlap", error);
    }

  return TRUE;
}

static int
compare_intervals (gconstpointer a, gconstpointer b)
{
  const AnnHdf5Interval *first = a, *second = b;

  if (first->start != second->start)
    return first->start < second->start ? -1 : 1;

  return first->size < second->size ? -1 : first->size > second->size;
}

/* Of the intervals that all blocks have on an axis, those that differ, in order. */
static gboolean
set_intervals (AnnHdf5SelectedAxis *axis, guint64 n_blocks, const char *path, GError **error)
{
  guint n = 0;

  qsort (axis->intervals, n_blocks, sizeof *axis->intervals, compare_intervals);
  for (guint64 i = 0; i < n_blocks; i++)
    {
      AnnHdf5Interval interval = axis->intervals[i];

      if (n > 0 && compare_intervals (&axis->intervals[n - 1], &interval) == 0)
        continue;
      if (n > 0 && interval.start - axis->intervals[n - 1].start < axis->intervals[n - 1].size)
        return set_unsupported (path, "blocks that make no grid", error);
      interval.ordinal = axis->size;
      axis->intervals[n++] = interval;
      axis->size += interval.size;
    }
  axis->n_intervals = n;

  return TRUE;
}

/* A list of blocks, the first and the last index of each on all axes. libhdf5 writes one in old
 * files even for what is a pattern; it is understood if the blocks are all of those that some
 * intervals of each axis make.
 */
static gboolean
parse_blocks (AnnHdf5Selection *self,
              AnnHdf5Cursor *cursor,
              guint size,
              const char *path,
              GError **error)
{
  guint64 n_blocks = 0, n = 1;

  if (!_ann_hdf5_cursor_get_number (cursor, size, &n_blocks)
      || n_blocks > _ann_hdf5_cursor_get_left (cursor) / (2 * size * self->rank))
    return set_damaged (path, "it is cut off", error);
  if (n_blocks == 0)
    {
      self->is_none = TRUE;
      return TRUE;
    }

  for (guint i = 0; i < self->rank; i++)
    {
      self->axes[i].intervals = g_try_new (AnnHdf5Interval, n_blocks);
      if (self->axes[i].intervals == NULL)
        return set_no_memory (path, error);
    }

  for (guint64 block = 0; block < n_blocks; block++)
    {
      for (guint end = 0; end < 2; end++)
        for (guint i = 0; i < self->rank; i++)
          {
            AnnHdf5Interval *interval = &self->axes[i].intervals[block];
            guint64 index = 0;

            if (!_ann_hdf5_cursor_get_number (cursor, size, &index))
              return set_damaged (path, "it is cut off", error);
            if (end == 0)
              interval->start = index;
            else if (index < interval->start || index == G_MAXUINT64)
              return set_damaged (path, "a block ends before it begins", error);
            else
              interval->size = index - interval->start + 1;
          }
    }

  for (guint i = 0; i < self->rank; i++)
    {
      if (!set_intervals (&self->axes[i], n_blocks, path, error))
        return FALSE;
      if (!g_uint64_checked_mul (&n, n, self->axes[i].n_intervals))
        n = G_MAXUINT64;
    }

  return n == n_blocks || set_unsupported (path, "blocks that make no grid", error);
}

static gboolean
parse_hyperslab (AnnHdf5Selection *self, AnnHdf5Cursor *cursor, const char *path, GError **error)
{
  guint32 version = 0, rank = 0;
  guint8 flags = 0, size = 8;

  if (!_ann_hdf5_cursor_get_u32 (cursor, &version))
    return set_damaged (path, "it is cut off", error);
  if (version < 1 || version > 3)
    return set_unsupported (path, "selections of a version that is not known here", error);

  if (version == 1)
    size = 4;
  /* Version 1: four bytes of nothing. Then, but for version 3, how long it is. */
  if ((version == 1 ? !_ann_hdf5_cursor_skip (cursor, 4)
                    : !_ann_hdf5_cursor_get_u8 (cursor, &flags))
      || (version == 3 ? !_ann_hdf5_cursor_get_u8 (cursor, &size)
                       : !_ann_hdf5_cursor_skip (cursor, 4))
      || !_ann_hdf5_cursor_get_u32 (cursor, &rank))
    return set_damaged (path, "it is cut off", error);
  if (size != 2 && size != 4 && size != 8)
    return set_damaged (path, "its numbers have an impossible size", error);
  if (!make_axes (self, rank, path, error))
    return FALSE;

  return (flags & IS_REGULAR) != 0 ? parse_pattern (self, cursor, size, path, error)
                                   : parse_blocks (self, cursor, size, path, error);
}

gboolean
_ann_hdf5_selection_init (AnnHdf5Selection *self,
                          AnnHdf5Cursor *cursor,
                          const char *path,
                          GError **error)
{
  guint32 kind = 0;

  *self = (AnnHdf5Selection){ 0 };
  if (!_ann_hdf5_cursor_get_u32 (cursor, &kind))
    return set_damaged (path, "it is cut off", error);

  switch ((SelectionKind) kind)
    {
    case KIND_NONE:
    case KIND_ALL:
      self->is_all = kind == KIND_ALL;
      self->is_none = kind == KIND_NONE;
      /* A version, and eight bytes of nothing. */
      return _ann_hdf5_cursor_skip (cursor, 12) || set_damaged (path, "it is cut off", error);
    case KIND_BLOCKS:
      return parse_hyperslab (self, cursor, path, error);
    case KIND_POINTS:
      return set_unsupported (path, "single elements", error);
    default:
      return set_damaged (path, "it is of no known kind", error);
    }
}

void
_ann_hdf5_selection_clear (AnnHdf5Selection *self)
{
  for (guint i = 0; i < self->rank; i++)
    g_free (self->axes[i].intervals);
  g_clear_pointer (&self->axes, g_free);
  self->rank = 0;
}

static gboolean
is_open (const AnnHdf5SelectedAxis *axis)
{
  return axis->intervals == NULL && (axis->count == G_MAXUINT64 || axis->block == G_MAXUINT64);
}

gboolean
_ann_hdf5_selection_get_open_axis (const AnnHdf5Selection *self, guint *axis)
{
  for (*axis = 0; *axis < self->rank; (*axis)++)
    {
      if (is_open (&self->axes[*axis]))
        return TRUE;
    }

  return FALSE;
}

guint64
_ann_hdf5_selected_axis_set_size (AnnHdf5SelectedAxis *self, guint64 size)
{
  guint64 run;

  if (self->block == G_MAXUINT64)
    self->block = self->stride = MAX (size, 1);
  self->count = size > 0 && self->block > 0 ? (size - 1) / self->block + 1 : 0;
  self->size = self->block > 0 ? size : 0;
  self->is_limited = TRUE;

  return self->size > 0 ? _ann_hdf5_selected_axis_get (self, self->size - 1, &run) + 1 : 0;
}

guint64
_ann_hdf5_selected_axis_get_end (const AnnHdf5SelectedAxis *self)
{
  const AnnHdf5Interval *last;
  guint64 end;

  if (self->n_intervals > 0)
    {
      last = &self->intervals[self->n_intervals - 1];
      return last->start + last->size;
    }
  if (self->count == 0 || self->block == 0)
    return 0;

  return g_uint64_checked_mul (&end, self->count - 1, self->stride)
                 && g_uint64_checked_add (&end, end, self->start)
                 && g_uint64_checked_add (&end, end, self->block)
             ? end
             : G_MAXUINT64;
}

/* Gives an open pattern the end of its axis, which may be within a block. */
static void
limit_pattern (AnnHdf5SelectedAxis *axis, guint64 extent)
{
  guint64 room = extent > axis->start ? extent - axis->start : 0;
  guint64 count = axis->stride > 0 && room > 0 ? (room - 1) / axis->stride : 0;
  guint64 size = room;

  /* All blocks but the last one are whole. */
  if (axis->block != G_MAXUINT64)
    size = room > 0 ? count * axis->block + MIN (axis->block, room - count * axis->stride) : 0;
  _ann_hdf5_selected_axis_set_size (axis, size);
}

static gboolean
bind_axis (AnnHdf5SelectedAxis *axis, guint64 extent)
{
  if (is_open (axis))
    limit_pattern (axis, extent);
  if (axis->is_limited)
    return TRUE;
  if (_ann_hdf5_selected_axis_get_end (axis) > extent)
    return FALSE;

  if (axis->intervals == NULL)
    axis->size = axis->count * axis->block;
  if (axis->count == 1)
    axis->stride = MAX (axis->block, 1);

  return TRUE;
}

gboolean
_ann_hdf5_selection_bind (AnnHdf5Selection *self,
                          guint rank,
                          const guint64 *shape,
                          const char *path,
                          GError **error)
{
  if (self->is_none)
    return TRUE;

  if (self->is_all && rank > 0)
    {
      if (!make_axes (self, rank, path, error))
        return FALSE;
      for (guint i = 0; i < rank; i++)
        self->axes[i] = (AnnHdf5SelectedAxis){ .stride = 1, .count = 1, .block = shape[i] };
    }
  if (self->rank != rank)
    return set_damaged (path, "it has other axes than what it is of", error);

  for (guint i = 0; i < rank; i++)
    {
      if (!bind_axis (&self->axes[i], shape[i]))
        return set_damaged (path, "it reaches beyond what it is of", error);
      self->is_none |= self->axes[i].size == 0;
    }

  return TRUE;
}

/* The interval that has @ordinal. */
static const AnnHdf5Interval *
find_interval (const AnnHdf5SelectedAxis *self, guint64 ordinal)
{
  guint low = 0, high = self->n_intervals;

  while (low + 1 < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->intervals[middle].ordinal <= ordinal)
        low = middle;
      else
        high = middle;
    }

  return &self->intervals[low];
}

guint64
_ann_hdf5_selected_axis_get (const AnnHdf5SelectedAxis *self, guint64 ordinal, guint64 *run)
{
  if (self->intervals != NULL)
    {
      const AnnHdf5Interval *interval = find_interval (self, ordinal);

      *run = interval->size - (ordinal - interval->ordinal);
      return interval->start + (ordinal - interval->ordinal);
    }

  if (self->stride == self->block)
    {
      *run = self->size - ordinal;
      return self->start + ordinal;
    }

  *run = self->block - ordinal % self->block;
  return self->start + ordinal / self->block * self->stride + ordinal % self->block;
}

/* The first interval that does not end before @index; n_intervals if there is none. */
static guint
find_interval_at (const AnnHdf5SelectedAxis *self, guint64 index)
{
  guint low = 0, high = self->n_intervals;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->intervals[middle].start + self->intervals[middle].size <= index)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

guint64
_ann_hdf5_selected_axis_find (const AnnHdf5SelectedAxis *self, guint64 index)
{
  guint64 skip;

  if (self->intervals != NULL)
    {
      guint n = find_interval_at (self, index);
      const AnnHdf5Interval *interval = &self->intervals[n];

      if (n == self->n_intervals)
        return self->size;
      return interval->ordinal + (index > interval->start ? index - interval->start : 0);
    }

  skip = index > self->start ? index - self->start : 0;
  if (skip / self->stride >= self->count)
    return self->size;

  return skip / self->stride * self->block + MIN (skip % self->stride, self->block);
}

guint
_ann_hdf5_selection_skip_single (const AnnHdf5Selection *self, guint i)
{
  while (i < self->rank && self->axes[i].size == 1)
    i++;

  return i;
}
