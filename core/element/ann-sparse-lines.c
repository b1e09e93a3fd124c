/* ann-sparse-lines.c: any lines of the major axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "array/ann-array-private.h"
#include "array/ann-array-runs-private.h"
#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "base/ann-worker.h"

#include <string.h>

/* A line at a time looks up pointers for so many. */
#define PIECE_LINES (1024 * 1024)

/* The stored pointers of the lines, those of neighbours with one more at their end. */
static AnnBuffer *
read_stored_pointers (AnnSparse *self,
                      const AnnSelection *majors,
                      guint64 first,
                      guint64 n,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  AnnRuns *const of_axis[] = { &runs };
  guint64 n_pointers = 0;

  for (guint64 i = first; i < first + n;)
    {
      guint64 n_neighbors = _ann_selection_count_neighbors (majors, i, first + n - i);

      if (!_ann_runs_add (&runs, ann_selection_get_position (majors, i), n_pointers,
                          n_neighbors + 1, error))
        return NULL;
      n_pointers += n_neighbors + 1;
      i += n_neighbors;
    }

  return _ann_array_read_runs (_ann_sparse_get_indptr (self), of_axis, &n_pointers, cancellable,
                               error);
}

gboolean
_ann_sparse_add_lines (AnnSparse *self,
                       const AnnSelection *majors,
                       guint64 first,
                       guint64 n,
                       AnnPile *lines,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnBuffer) stored = NULL;
  g_autoptr (AnnBuffer) pointers = NULL;
  gint64 *values;

  stored = read_stored_pointers (self, majors, first, n, cancellable, error);
  if (stored == NULL)
    return FALSE;
  pointers = ann_buffer_new_vector (ANN_DTYPE_INT64, ann_buffer_get_n_elements (stored), error);
  if (pointers == NULL)
    return FALSE;
  values = ann_buffer_get_data_for_writing (pointers);
  ann_dtype_to_int64 (ann_buffer_get_dtype (stored), ann_buffer_get_data (stored),
                      ann_buffer_get_n_elements (stored), values);

  for (guint64 i = first; i < first + n;)
    {
      guint64 n_neighbors = _ann_selection_count_neighbors (majors, i, first + n - i);

      if (!_ann_sparse_convert_pointers (self, ann_selection_get_position (majors, i), n_neighbors,
                                         values, cancellable, error))
        return FALSE;
      for (guint64 k = 0; k < n_neighbors; k++)
        {
          const AnnRun line = { (guint64) values[k], i + k, (guint64) (values[k + 1] - values[k]) };

          if (line.count > 0 && !_ann_pile_append (lines, &line, sizeof line, error))
            return FALSE;
        }
      values += n_neighbors + 1;
      i += n_neighbors;
    }

  return TRUE;
}

gboolean
_ann_sparse_read_stored_lengths (AnnSparse *self,
                                 AnnSelection *majors,
                                 guint64 *lengths,
                                 GCancellable *cancellable,
                                 GError **error)
{
  const guint64 length = ann_selection_get_length (majors);

  memset (lengths, 0, length * sizeof (guint64));
  for (guint64 first = 0; first < length; first += PIECE_LINES)
    {
      g_auto (AnnPile) lines = { NULL, 0, 0 };
      const AnnRun *items;

      if (!_ann_sparse_add_lines (self, majors, first, MIN (length - first, PIECE_LINES), &lines,
                                  cancellable, error))
        return FALSE;
      items = (const AnnRun *) lines.items;
      for (gsize i = 0; i < lines.n_bytes / sizeof (AnnRun); i++)
        lengths[items[i].to] = items[i].count;
    }

  return TRUE;
}

/* --- Lines as they are --- */

/* Makes the pointers of @block, and the runs of its entries. */
static gboolean
sum_lines (AnnBlock *block, const AnnPile *lines, AnnRuns *runs, AnnRuns *copy, GError **error)
{
  const AnnRun *items = (const AnnRun *) lines->items;
  const gsize n = lines->n_bytes / sizeof (AnnRun);
  guint64 *pointers;
  guint64 sum = 0;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, block->count + 1, error);
  if (block->indptr == NULL)
    return FALSE;

  pointers = ann_buffer_get_data_for_writing (block->indptr);
  for (gsize i = 0; i < n; i++)
    {
      if (!_ann_runs_add (runs, items[i].from, sum, items[i].count, error)
          || !_ann_runs_add (copy, items[i].from, sum, items[i].count, error))
        return FALSE;
      pointers[items[i].to + 1] = items[i].count;
      if (!g_uint64_checked_add (&sum, sum, items[i].count))
        {
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                               "There are more entries than can be numbered");
          return FALSE;
        }
    }
  for (guint64 i = 0; i < block->count; i++)
    pointers[i + 1] += pointers[i];

  return TRUE;
}

/* Finds the line that the entry at @position of the block is in; says what is wrong with it. */
static void
set_index_error (AnnSparse *self,
                 const AnnPile *lines,
                 gsize position,
                 gint64 index,
                 AnnSelection *majors,
                 GError **error)
{
  const AnnRun *line = (const AnnRun *) lines->items;
  gsize before = 0;

  while (before + line->count <= position)
    before += line++->count;

  _ann_sparse_set_index_error (self, line->from + (position - before),
                               ann_selection_get_position (majors, line->to), index, error);
}

/* The two arrays of entries, at the same time. */
typedef struct {
  AnnArray *arrays[2];
  AnnRuns *runs[2];
  AnnBuffer *buffers[2];
  guint64 n;
} EntriesRead;

static gboolean
read_some_entries (gsize first,
                   gsize n,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  EntriesRead *read = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      read->buffers[i] = _ann_array_read_runs (read->arrays[i], &read->runs[i], &read->n,
                                               cancellable, error);
      if (read->buffers[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

AnnBlock *
_ann_sparse_read_majors (AnnSparse *self,
                         AnnSelection *majors,
                         GCancellable *cancellable,
                         GError **error)
{
  const guint64 length = ann_selection_get_length (majors);
  g_autoptr (AnnBlock) block = ann_block_new (0, length, ann_sparse_get_n_minor (self));
  g_auto (AnnPile) lines = { NULL, 0, 0 };
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  g_auto (AnnRuns) copy = { { NULL, 0, 0 } };
  EntriesRead read = { .arrays = { _ann_sparse_get_indices (self), _ann_sparse_get_data (self) },
                       .runs = { &runs, &copy } };
  gsize position;
  gint64 index;
  gboolean success;

  for (guint64 first = 0; first < length; first += PIECE_LINES)
    {
      if (!_ann_sparse_add_lines (self, majors, first, MIN (length - first, PIECE_LINES), &lines,
                                  cancellable, error))
        return NULL;
    }
  if (!sum_lines (block, &lines, &runs, &copy, error))
    return NULL;

  read.n = ((const guint64 *) ann_buffer_get_data (block->indptr))[length];
  success = _ann_array_parallel (read.arrays[0], 2, read_some_entries, &read, cancellable, error);
  block->indices = read.buffers[0];
  block->values = read.buffers[1];
  if (!success)
    return NULL;
  if (!_ann_sparse_check_indices (self, ann_buffer_get_data (block->indices),
                                  ann_buffer_get_n_elements (block->indices), &position, &index))
    {
      set_index_error (self, &lines, position, index, majors, error);
      return NULL;
    }

  return g_steal_pointer (&block);
}
