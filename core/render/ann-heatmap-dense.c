/* ann-heatmap-dense.c: reading a dense matrix for its picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap-private.h"

#include <math.h>

/* The array behind the element is read in boxes, chunk by chunk, each binned where it was decoded.
 * An element without an array of its own (a view of others) is read by whole rows.
 */

typedef struct {
  AnnHeatmap *heatmap;
  AnnPatchFunc func;
  gpointer user_data;
} Scan;

static gboolean
scan_chunk (const AnnBox *box, gconstpointer values, gpointer user_data, GError **error)
{
  const Scan *scan = user_data;
  const AnnPatch patch = { { box->start[0], box->count[0] },
                           { box->start[1], box->count[1] },
                           ann_element_get_dtype (scan->heatmap->matrix),
                           values,
                           box->count[1] };

  return scan->func (&patch, scan->user_data, error);
}

static gboolean
scan_rows (AnnHeatmap *self,
           const AnnRun *rows,
           const AnnRun *columns,
           AnnPatchFunc func,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  guint64 n_rows_at_once = ANN_PIECE_SIZE / self->entry_size / MAX (self->n_columns, 1);

  n_rows_at_once = MAX (n_rows_at_once, 1);
  for (guint64 done = 0; done < rows->count;)
    {
      guint64 n = MIN (rows->count - done, n_rows_at_once);
      g_autoptr (AnnBlock) block = NULL;
      AnnPatch patch = { { rows->first + done, n }, *columns, ANN_DTYPE_OTHER, NULL, 0 };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      block = ann_element_read_rows (self->matrix, rows->first + done, n, cancellable, error);
      if (block == NULL)
        return FALSE;

      patch.dtype = ann_buffer_get_dtype (block->values);
      patch.values = (const guint8 *) ann_buffer_get_data (block->values)
                     + columns->first * ann_dtype_get_size (patch.dtype);
      patch.stride = block->width;
      if (!func (&patch, user_data, error))
        return FALSE;
      done += n;
    }

  return TRUE;
}

/* Hands out the values of @rows × @columns in boxes, in any order. */
gboolean
_ann_heatmap_scan_patches (AnnHeatmap *self,
                           const AnnRun *rows,
                           const AnnRun *columns,
                           AnnPatchFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error)
{
  Scan scan = { self, func, user_data };
  AnnBox box = { .rank = 2,
                 .start = { rows->first, columns->first },
                 .count = { rows->count, columns->count } };

  if (self->values != NULL)
    return ann_array_scan (self->values, &box, scan_chunk, &scan, cancellable, error);

  return scan_rows (self, rows, columns, func, user_data, cancellable, error);
}

/* Chunks of @length that @run touches. */
static double
count_chunks (const AnnRun *run, guint64 length)
{
  return (double) ((run->first + run->count - 1) / length - run->first / length + 1);
}

/* Chooses @n chunks, evenly spread, and adds what of @run lies in them. */
static void
add_runs (GArray *runs, const AnnRun *run, guint64 chunk, double n)
{
  guint64 first_chunk = run->first / chunk;
  guint64 n_chunks = (guint64) count_chunks (run, chunk);
  guint64 last_added = G_MAXUINT64;

  for (guint64 i = 0; i < (guint64) n; i++)
    {
      guint64 at = first_chunk + (guint64) (((double) i + 0.5) * (double) n_chunks / n);
      AnnRun part;

      at = MIN (at, first_chunk + n_chunks - 1);
      if (at == last_added)
        continue;
      last_added = at;

      part.first = MAX (at * chunk, run->first);
      part.count = MIN (run->first + run->count - part.first, chunk - (part.first - at * chunk));
      g_array_append_val (runs, part);
    }
}

/* Chooses runs of rows and of columns such that their boxes are whole chunks as far as they lie in
 * @rows × @columns, evenly spread, and not much more than @budget bytes are decoded for them. One
 * chunk at least.
 */
void
_ann_heatmap_choose_patches (AnnHeatmap *self,
                             const AnnRun *rows,
                             const AnnRun *columns,
                             gsize budget,
                             GArray *row_runs,
                             GArray *column_runs)
{
  double chunk_size = (double) self->chunk_rows * (double) self->chunk_columns
                      * (double) self->entry_size;
  double affordable = MAX (floor ((double) budget / chunk_size), 1);
  double n_rows, n_columns, max_rows, max_columns;

  if (rows->count == 0 || columns->count == 0)
    return;

  max_rows = count_chunks (rows, self->chunk_rows);
  max_columns = count_chunks (columns, self->chunk_columns);
  n_columns = CLAMP (floor (sqrt (affordable)), 1, max_columns);
  n_rows = CLAMP (floor (affordable / n_columns), 1, max_rows);
  n_columns = CLAMP (floor (affordable / n_rows), 1, max_columns);

  add_runs (row_runs, rows, self->chunk_rows, n_rows);
  add_runs (column_runs, columns, self->chunk_columns, n_columns);
}

/* --- The picture --- */

typedef struct {
  AnnBins *bins;
  GMutex mutex;
} Binning;

static gboolean
add_patch (const AnnPatch *patch, gpointer user_data, GError **error)
{
  Binning *binning = user_data;

  return _ann_bins_add_patch (binning->bins, patch, &binning->mutex, error);
}

/* Fills @bins; in a coarse picture from about @budget bytes, until the time is up. */
gboolean
_ann_heatmap_bin_dense (AnnHeatmap *self,
                        AnnBins *bins,
                        gboolean coarse,
                        gsize budget,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnRun rows = { bins->major.first, bins->major.n_cells };
  const AnnRun columns = { bins->minor.first, bins->minor.n_cells };
  g_autoptr (GArray) row_runs = g_array_new (FALSE, FALSE, sizeof (AnnRun));
  g_autoptr (GArray) column_runs = g_array_new (FALSE, FALSE, sizeof (AnnRun));
  Binning binning = { .bins = bins };
  gint64 deadline = coarse ? _ann_heatmap_get_deadline (self, budget) : G_MAXINT64;
  gboolean is_done = TRUE;
  guint n_bits;

  if (coarse)
    _ann_heatmap_choose_patches (self, &rows, &columns, budget, row_runs, column_runs);
  else
    {
      g_array_append_val (row_runs, rows);
      g_array_append_val (column_runs, columns);
    }

  g_mutex_init (&binning.mutex);
  for (guint i = 0; i < column_runs->len; i++)
    _ann_bins_mark_minor (bins, &g_array_index (column_runs, AnnRun, i));
  n_bits = row_runs->len > 1 ? g_bit_storage (row_runs->len - 1) : 0;
  for (guint i = 0; i < 1u << n_bits && is_done; i++)
    {
      guint row = _ann_reverse_bits (i, n_bits);

      if (row >= row_runs->len)
        continue;
      if (i > 0 && g_get_monotonic_time () >= deadline)
        break;
      _ann_bins_mark_major (bins, &g_array_index (row_runs, AnnRun, row));
      for (guint k = 0; k < column_runs->len && is_done; k++)
        is_done = _ann_heatmap_scan_patches (self, &g_array_index (row_runs, AnnRun, row),
                                             &g_array_index (column_runs, AnnRun, k), add_patch,
                                             &binning, cancellable, error);
    }
  g_mutex_clear (&binning.mutex);

  return is_done;
}
