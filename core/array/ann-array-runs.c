/* ann-array-runs.c: elements of an array in any order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-runs-private.h"

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker.h"

/* Of an array without chunks: what is read at once, and what is read over rather than left out. */
#define MAX_PIECE_SIZE ((gsize) 4 * 1024 * 1024)
#define MAX_GAP_SIZE ((gsize) 32 * 1024)

/* Cells on each axis that has runs; on the stack of a read. */
typedef struct {
  guint rank;
  AnnCells cells[ANN_MAX_RANK];
} Axes;

static void
axes_clear (Axes *axes)
{
  for (guint i = 0; i < axes->rank; i++)
    _ann_cells_clear (&axes->cells[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axes, axes_clear)

static gboolean
check_runs (AnnArray *self, guint axis, const AnnRuns *runs, guint64 result_length, GError **error)
{
  const guint64 length = ann_array_get_shape (self)[axis];
  const AnnRun *items = _ann_runs_get (runs);

  for (gsize i = 0; i < _ann_runs_get_n (runs); i++)
    {
      if (items[i].from > length || items[i].count > length - items[i].from
          || items[i].to > result_length || items[i].count > result_length - items[i].to)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                       "%s: Axis %u ends at %" G_GUINT64_FORMAT ", asked for %" G_GUINT64_FORMAT
                       " from %" G_GUINT64_FORMAT,
                       ann_array_get_path (self), axis, length, items[i].count, items[i].from);
          return FALSE;
        }
    }

  return TRUE;
}

/* --- Chunks --- */

static gboolean
read_chunks (AnnArray *self,
             AnnRuns *const *runs,
             const guint64 *shape,
             gpointer values,
             GCancellable *cancellable,
             GError **error)
{
  const AnnChunkGrid *grid = _ann_array_get_grid (self);
  const AnnCells *cells[ANN_MAX_RANK];
  g_auto (Axes) axes = { .rank = grid->rank };
  AnnBox box;

  ann_box_init_whole (&box, grid->rank, shape);
  for (guint i = 0; i < grid->rank; i++)
    {
      cells[i] = runs[i] != NULL ? &axes.cells[i] : NULL;
      if (runs[i] != NULL
          && !_ann_cells_init (&axes.cells[i], runs[i], grid->chunk_shape[i], G_MAXUINT64, error))
        return FALSE;
    }

  return _ann_chunk_reader_read_cells (self, grid, &box, cells, values, cancellable, error);
}

/* --- Pieces of an array without chunks --- */

typedef struct {
  AnnArray *array;
  const Axes *axes;
  const guint64 *shape;
  gsize item_size;
  guint8 *values;
  AnnRunsFunc func; /* of a scan */
  gpointer user_data;
} PieceRead;

/* Sets @box to the piece, and @scatter to the way out of it. */
static void
get_piece (const PieceRead *read, gsize item, AnnBox *box, AnnScatter *scatter)
{
  box->rank = read->axes->rank;
  *scatter = (AnnScatter){ .rank = box->rank,
                           .item_size = read->item_size,
                           .from_shape = box->count,
                           .to_shape = read->shape };
  for (guint i = box->rank; i-- > 0;)
    {
      const AnnCells *cells = &read->axes->cells[i];
      const gsize n_cells = _ann_cells_get_n (cells);
      const AnnCell *cell = _ann_cells_get (cells, item % n_cells);

      item /= n_cells;
      box->start[i] = scatter->origins[i] = cell->start;
      box->count[i] = cell->extent;
      scatter->runs[i] = &_ann_runs_get (&cells->runs)[cell->first];
      scatter->n_runs[i] = cell->n;
    }
}

/* Where a piece can be read without a copy: it is one run of the result. Returns: %NULL if not */
static guint8 *
find_place (const PieceRead *read, const AnnBox *box, const AnnScatter *scatter)
{
  gsize offset = 0;
  guint i = 0;

  for (guint k = 0; k < box->rank; k++)
    {
      if (scatter->n_runs[k] != 1)
        return NULL;
      offset = offset * read->shape[k] + scatter->runs[k][0].to;
    }

  while (i < box->rank && box->count[i] == 1)
    i++;
  for (i++; i < box->rank; i++)
    {
      if (box->count[i] != read->shape[i])
        return NULL;
    }

  return read->values + offset * read->item_size;
}

static gboolean
read_piece (const PieceRead *read, gsize item, GCancellable *cancellable, GError **error)
{
  const AnnArrayClass *klass = ANN_ARRAY_GET_CLASS (read->array);
  g_auto (AnnScratch) piece = { NULL, 0 };
  gsize size = read->item_size;
  guint8 *place = NULL;
  AnnScatter scatter;
  AnnBox box;

  get_piece (read, item, &box, &scatter);
  if (read->func == NULL)
    place = find_place (read, &box, &scatter);
  if (place != NULL)
    return klass->read_box (read->array, &box, place, cancellable, error);

  for (guint i = 0; i < box.rank; i++) /* a piece has a few MiB, or one element */
    size *= box.count[i];
  if (!_ann_scratch_reserve (&piece, size, error)
      || !klass->read_box (read->array, &box, piece.data, cancellable, error))
    return FALSE;
  if (read->func != NULL)
    return read->func (piece.data, box.start[0], scatter.runs[0], scatter.n_runs[0],
                       read->user_data, error);

  _ann_scatter (&scatter, piece.data, read->values);

  return TRUE;
}

static gboolean
read_some_pieces (gsize first,
                  gsize n,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  for (gsize i = first; i < first + n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !read_piece (user_data, i, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Cuts the axes, from the last on, so that no piece is larger than it may be. */
static gboolean
init_pieces (Axes *axes, AnnArray *self, AnnRuns *const *runs, GError **error)
{
  const guint64 *shape = ann_array_get_shape (self);
  gsize piece_size = ann_dtype_get_size (ann_array_get_dtype (self));
  gsize stride = piece_size; /* from one index to the next on the axis, no less than 1 */

  for (guint i = axes->rank; i-- > 0;)
    {
      const guint64 length = MAX (MAX_PIECE_SIZE / piece_size, 1);
      guint64 extent = 0;
      AnnRuns all = { { NULL, 0, 0 } };

      if (runs[i] == NULL && !_ann_runs_add (&all, 0, 0, shape[i], error))
        return FALSE;
      /* A piece is never as long as an axis may be, so the gap makes it end with its runs. */
      if (!_ann_cells_init (&axes->cells[i], runs[i] != NULL ? runs[i] : &all, length,
                            MIN (MAX_GAP_SIZE / stride, length - 1), error))
        return FALSE;

      for (gsize k = 0; k < _ann_cells_get_n (&axes->cells[i]); k++)
        extent = MAX (extent, _ann_cells_get (&axes->cells[i], k)->extent);
      piece_size *= MAX (extent, 1);
      if (!g_size_checked_mul (&stride, stride, MAX (shape[i], 1)))
        stride = G_MAXSIZE;
    }

  return TRUE;
}

static gboolean
read_pieces (PieceRead *read, AnnRuns *const *runs, GCancellable *cancellable, GError **error)
{
  g_auto (Axes) axes = { .rank = ann_array_get_rank (read->array) };
  gsize n_pieces = 1;

  if (!init_pieces (&axes, read->array, runs, error))
    return FALSE;

  read->axes = &axes;
  read->item_size = ann_dtype_get_size (ann_array_get_dtype (read->array));
  for (guint i = 0; i < axes.rank; i++) /* no more than the result has elements */
    n_pieces *= _ann_cells_get_n (&axes.cells[i]);

  return _ann_array_parallel (read->array, n_pieces, read_some_pieces, read, cancellable, error);
}

/* --- Reading and scanning --- */

static gboolean
read_runs_into (AnnArray *self,
                AnnRuns *const *runs,
                const guint64 *shape,
                gpointer values,
                gsize size,
                GCancellable *cancellable,
                GError **error)
{
  const guint rank = ann_array_get_rank (self);
  gboolean is_empty = FALSE;
  PieceRead read = { .array = self, .shape = shape, .values = values };

  if (!_ann_array_check_readable (self, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (guint i = 0; i < rank; i++)
    {
      if (runs[i] != NULL && !check_runs (self, i, runs[i], shape[i], error))
        return FALSE;
      is_empty |= shape[i] == 0 || (runs[i] != NULL && _ann_runs_get_n (runs[i]) == 0);
    }
  if (is_empty || size == 0)
    return TRUE;
  if (_ann_array_get_grid (self) != NULL)
    return read_chunks (self, runs, shape, values, cancellable, error);

  return read_pieces (&read, runs, cancellable, error);
}

AnnBuffer *
_ann_array_read_runs (AnnArray *self,
                      AnnRuns *const *runs,
                      const guint64 *shape,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnBuffer) result = NULL;

  if (!_ann_array_check_readable (self, error))
    return NULL;

  result = ann_buffer_new (ann_array_get_dtype (self), ann_array_get_rank (self), shape, error);
  if (result == NULL)
    {
      g_prefix_error (error, "%s: ", ann_array_get_path (self));
      return NULL;
    }
  if (!read_runs_into (self, runs, shape, ann_buffer_get_data_for_writing (result),
                       ann_buffer_get_size (result), cancellable, error))
    return NULL;

  return g_steal_pointer (&result);
}

AnnBuffer *
_ann_array_read_selections (AnnArray *self,
                            AnnSelection *const *selections,
                            guint n_selections,
                            GCancellable *cancellable,
                            GError **error)
{
  const guint rank = ann_array_get_rank (self);
  AnnRuns runs[ANN_MAX_RANK];
  AnnRuns *of_axes[ANN_MAX_RANK] = { NULL };
  guint64 shape[ANN_MAX_RANK];
  AnnBuffer *result = NULL;
  gboolean success = TRUE;

  for (guint i = 0; i < rank; i++)
    {
      const AnnSelection *selection = i < n_selections ? selections[i] : NULL;

      runs[i] = (AnnRuns){ { NULL, 0, 0 } };
      shape[i] = ann_array_get_shape (self)[i];
      if (selection == NULL || ann_selection_is_all (selection))
        continue;
      of_axes[i] = &runs[i];
      shape[i] = ann_selection_get_length (selection);
      success = success && _ann_runs_add_selection (&runs[i], selection, error);
    }

  if (success)
    result = _ann_array_read_runs (self, of_axes, shape, cancellable, error);
  for (guint i = 0; i < rank; i++)
    _ann_runs_clear (&runs[i]);

  return result;
}

gboolean
_ann_array_scan_runs (AnnArray *self,
                      AnnRuns *runs,
                      AnnRunsFunc func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  const AnnChunkGrid *grid = _ann_array_get_grid (self);
  PieceRead read = { .array = self, .func = func, .user_data = user_data };
  g_auto (AnnCells) cells = { { { NULL, 0, 0 } }, { NULL, 0, 0 } };

  if (!_ann_array_check_readable (self, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_runs (self, 0, runs, G_MAXUINT64, error))
    return FALSE;
  if (_ann_runs_get_n (runs) == 0)
    return TRUE;
  if (grid == NULL)
    return read_pieces (&read, &runs, cancellable, error);

  return _ann_cells_init (&cells, runs, grid->chunk_shape[0], G_MAXUINT64, error)
         && _ann_chunk_reader_scan_cells (self, grid, &cells, func, user_data, cancellable, error);
}
