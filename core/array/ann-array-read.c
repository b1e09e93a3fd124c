/* ann-array-read.c: the numbers of an array
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-private.h"

#include "array/ann-chunk-reader-private.h"
#include "array/ann-slabs-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker-private.h"

/* A format reads with its lock held, and a cancelled caller waits for the call: so pieces. */
#define MAX_SLAB_SIZE ((gsize) 4 * 1024 * 1024)

static gboolean
is_empty (const AnnBox *box)
{
  for (guint i = 0; i < box->rank; i++)
    {
      if (box->count[i] == 0)
        return TRUE;
    }

  return FALSE;
}

static gsize
get_item_size (AnnArray *self)
{
  return ann_dtype_get_size (ann_array_get_dtype (self));
}

/* --- Reads --- */

typedef struct {
  AnnArray *array;
  AnnSlabs slabs;
  guint8 *values;
} SlabRead;

static gboolean
read_some_slabs (gsize first,
                 gsize n,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  SlabRead *read = user_data;
  gsize item_size = get_item_size (read->array);

  for (gsize i = first; i < first + n; i++)
    {
      AnnBox slab;
      guint8 *place = read->values + _ann_slabs_get (&read->slabs, i, &slab) * item_size;
      gsize n_elements;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (ann_box_get_n_elements (&slab, &n_elements))
        _ann_buffer_populate (place, n_elements * item_size);
      if (!ANN_ARRAY_GET_CLASS (read->array)
               ->read_box (read->array, &slab, place, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* An array that is read in boxes: slabs, each at its place in the result. Several at once, for
 * half of the time goes into fresh pages; what reads under a lock has its turn.
 */
static gboolean
read_slabs (AnnArray *self,
            const AnnBox *box,
            guint8 *values,
            GCancellable *cancellable,
            GError **error)
{
  SlabRead read = { .array = self, .values = values };

  _ann_slabs_init (&read.slabs, box, MAX_SLAB_SIZE / get_item_size (self));

  return _ann_array_parallel (self, read.slabs.n_slabs, read_some_slabs, &read, cancellable, error);
}

/* @box lies in the array, and @values has room for it. */
static gboolean
read_values (AnnArray *self,
             const AnnBox *box,
             gpointer values,
             GCancellable *cancellable,
             GError **error)
{
  const AnnChunkGrid *grid = _ann_array_get_grid (self);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (is_empty (box))
    return TRUE;
  if (grid != NULL)
    return _ann_chunk_reader_read (&(AnnChunkRead){ self, grid, box, values }, 1, cancellable,
                                   error);

  return read_slabs (self, box, values, cancellable, error);
}

/**
 * ann_array_read: (skip)
 * @self: an array of numbers
 * @box: which elements
 * @cancellable: (nullable): looked at before every chunk
 * @error: return location for an error, or %NULL
 *
 * Reads a box of elements, touching only the chunks that it overlaps. Chunks are decoded on all
 * cores; those of a small box are kept in the cache of the process, a large box goes past it.
 *
 * Blocks; any thread. From the main thread, use a task: [func@Ann.worker_run_task].
 *
 * Returns: (transfer full): a buffer of the shape of @box, or %NULL with @error set
 */
AnnBuffer *
ann_array_read (AnnArray *self, const AnnBox *box, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBuffer) result = NULL;

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);
  g_return_val_if_fail (box != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!_ann_array_check_box (self, box, error) || !_ann_array_check_readable (self, error))
    return NULL;

  result = _ann_buffer_new_unset (ann_array_get_dtype (self), box->rank, box->count, error);
  if (result == NULL)
    {
      g_prefix_error (error, "%s: ", ann_array_get_path (self));
      return NULL;
    }
  if (!read_values (self, box, ann_buffer_get_data_for_writing (result), cancellable, error))
    return NULL;

  return g_steal_pointer (&result);
}

static void
init_range (AnnBox *box, guint64 start, guint64 count)
{
  box->rank = 1;
  box->start[0] = start;
  box->count[0] = count;
}

/**
 * ann_array_read_range:
 * @self: an array of numbers with one axis
 * @start: the first element
 * @count: how many
 * @cancellable: (nullable): looked at before every chunk
 * @error: return location for an error, or %NULL
 *
 * Does what [method@Ann.Array.read] does.
 *
 * Returns: (transfer full): the elements, or %NULL with @error set
 */
AnnBuffer *
ann_array_read_range (AnnArray *self,
                      guint64 start,
                      guint64 count,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnBox box;

  init_range (&box, start, count);

  return ann_array_read (self, &box, cancellable, error);
}

/* Ranges of two arrays, at the same time. */
typedef struct {
  AnnArray *const *arrays;
  AnnBuffer **buffers;
  const AnnBox *range;
} PairRead;

static gboolean
read_some_of_pair (gsize first,
                   gsize n,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  const PairRead *read = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      if (!read_values (read->arrays[i], read->range,
                        ann_buffer_get_data_for_writing (read->buffers[i]), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_array_read_pair (AnnArray *const *arrays,
                      guint64 start,
                      guint64 count,
                      AnnBuffer **buffers,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnBox range;
  PairRead read = { arrays, buffers, &range };
  AnnChunkRead reads[2];
  guint n_reads = 0;

  init_range (&range, start, count);
  for (guint i = 0; i < 2; i++)
    {
      const AnnChunkGrid *grid = _ann_array_get_grid (arrays[i]);

      if (!_ann_array_check_box (arrays[i], &range, error)
          || !_ann_array_check_readable (arrays[i], error))
        return FALSE;
      buffers[i] = _ann_buffer_new_unset (ann_array_get_dtype (arrays[i]), 1, &count, error);
      if (buffers[i] == NULL)
        {
          g_prefix_error (error, "%s: ", ann_array_get_path (arrays[i]));
          return FALSE;
        }
      if (grid != NULL)
        reads[n_reads++] = (AnnChunkRead){ arrays[i], grid, &range,
                                           ann_buffer_get_data_for_writing (buffers[i]) };
    }

  if (count > 0 && n_reads == 2)
    return _ann_chunk_reader_read (reads, 2, cancellable, error);

  return _ann_array_parallel (arrays[0], 2, read_some_of_pair, &read, cancellable, error);
}

/**
 * ann_array_read_into: (skip)
 * @self: an array of numbers
 * @box: which elements
 * @values: (out caller-allocates): room for them, in C order
 * @size: bytes of room, which must be what the elements take
 * @cancellable: (nullable): looked at before every chunk
 * @error: return location for an error, or %NULL
 *
 * Does what [method@Ann.Array.read] does, into memory of the caller. @values may be written to
 * even if it fails.
 *
 * Returns: %FALSE with @error set if it fails
 */
gboolean
ann_array_read_into (AnnArray *self,
                     const AnnBox *box,
                     gpointer values,
                     gsize size,
                     GCancellable *cancellable,
                     GError **error)
{
  gsize needed;

  g_return_val_if_fail (ANN_IS_ARRAY (self), FALSE);
  g_return_val_if_fail (box != NULL, FALSE);
  g_return_val_if_fail (values != NULL || size == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_ann_array_check_box (self, box, error) || !_ann_array_check_readable (self, error))
    return FALSE;

  if (!ann_box_get_n_elements (box, &needed)
      || !g_size_checked_mul (&needed, needed, get_item_size (self)) || needed != size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%s: %" G_GSIZE_FORMAT " bytes of room are not those of the elements asked for",
                   ann_array_get_path (self), size);
      return FALSE;
    }

  return read_values (self, box, values, cancellable, error);
}

/* --- Scans --- */

typedef struct {
  AnnArray *array;
  AnnSlabs slabs;
  AnnChunkFunc func;
  gpointer user_data;
} SlabScan;

static gboolean
scan_slabs (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  SlabScan *scan = user_data;
  gsize item_size = get_item_size (scan->array);
  g_auto (AnnScratch) piece = { NULL, 0 };

  if (!_ann_scratch_reserve (&piece, scan->slabs.max_elements * item_size, error))
    return FALSE;

  for (gsize i = first; i < first + n; i++)
    {
      AnnBox slab;

      _ann_slabs_get (&scan->slabs, i, &slab);
      if (!ANN_ARRAY_GET_CLASS (scan->array)
               ->read_box (scan->array, &slab, piece.data, cancellable, error)
          || !scan->func (&slab, piece.data, scan->user_data, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * ann_array_scan: (skip)
 * @self: an array of numbers
 * @box: which elements
 * @func: (scope call): is given each of them once, in pieces
 * @user_data: data for @func
 * @cancellable: (nullable): looked at before every chunk
 * @error: return location for an error, or %NULL
 *
 * Goes through elements piece by piece: a chunk, or what of it lies in @box, or some megabytes of
 * an array without chunks. The pieces come in any order, in several threads at once; memory is
 * bounded by the chunks in flight. Nothing is put into the cache.
 *
 * Returns: %FALSE with @error set if reading or @func failed
 */
gboolean
ann_array_scan (AnnArray *self,
                const AnnBox *box,
                AnnChunkFunc func,
                gpointer user_data,
                GCancellable *cancellable,
                GError **error)
{
  const AnnChunkGrid *grid;
  SlabScan scan;
  gsize n_elements;

  g_return_val_if_fail (ANN_IS_ARRAY (self), FALSE);
  g_return_val_if_fail (box != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_ann_array_check_box (self, box, error) || !_ann_array_check_readable (self, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (is_empty (box))
    return TRUE;
  if (!ann_box_get_n_elements (box, &n_elements))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there are more elements than can be numbered", ann_array_get_path (self));
      return FALSE;
    }
  grid = _ann_array_get_grid (self);
  if (grid != NULL)
    return _ann_chunk_reader_scan (self, grid, box, func, user_data, cancellable, error);

  scan.array = self;
  scan.func = func;
  scan.user_data = user_data;
  _ann_slabs_init (&scan.slabs, box, MAX_SLAB_SIZE / get_item_size (self));

  return _ann_array_parallel (self, scan.slabs.n_slabs, scan_slabs, &scan, cancellable, error);
}
