/* ann-heatmap-sparse.c: reading a sparse matrix for its picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap-private.h"

#include "base/ann-error.h"

/* "Row" stands for what the matrix is stored by: a column if it is sparse by columns.
 *
 * Row pointers are read in windows, never as a whole: those of 10⁹ rows take 8 GB. Where an
 * element cannot tell them (it need not be stored: a view of others is an element too) the pieces
 * are measured by what came before.
 */

#define INDPTR_WINDOW 65536

/* Rows are read in pieces of at most so many also where they have next to nothing in them. */
#define MAX_PIECE_ROWS 65536
#define MAX_STRIPE_ROWS 8192

static AnnBlock *
read_block (AnnHeatmap *self,
            guint64 start,
            guint64 count,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  if (self->by_columns)
    block = ann_element_read_columns (self->matrix, start, count, cancellable, error);
  else
    block = ann_element_read_rows (self->matrix, start, count, cancellable, error);
  if (block == NULL)
    return NULL;

  if (!ann_block_is_sparse (block))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s gives its values dense although it says that it is sparse",
                   ann_element_get_path (self->matrix));
      return NULL;
    }

  return g_steal_pointer (&block);
}

static gsize
count_entries (const AnnBlock *block)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);

  return indptr[block->count] - indptr[0];
}

static gboolean
take_block (const AnnBlock *block,
            AnnEntriesFunc func,
            gpointer user_data,
            GCancellable *cancellable,
            GError **error)
{
  const AnnEntries entries = { block->start, block->count, ann_buffer_get_data (block->indptr),
                               block->indices, block->values };

  return func (&entries, user_data, cancellable, error);
}

/* --- All rows --- */

/* How many rows from @first on have at most @max_entries entries together; at least one. */
static guint64
fit_rows (const guint64 *indptr, guint64 first, guint64 n_rows, guint64 max_entries)
{
  guint64 low = first + 1, high = MIN (n_rows, first + MAX_PIECE_ROWS);

  while (low < high)
    {
      guint64 middle = low + (high - low + 1) / 2;

      if (indptr[middle] - indptr[first] <= max_entries)
        low = middle;
      else
        high = middle - 1;
    }

  return low - first;
}

static gboolean
check_indices (AnnHeatmap *self, AnnBuffer *indices, guint64 row, GError **error)
{
  gsize n = ann_buffer_get_n_elements (indices);
  gint64 batch[1024];

  for (gsize done = 0; done < n; done += G_N_ELEMENTS (batch))
    {
      gsize n_now = MIN (n - done, G_N_ELEMENTS (batch));
      AnnDtype dtype = ann_buffer_get_dtype (indices);

      ann_dtype_to_int64 (
          dtype, (const guint8 *) ann_buffer_get_data (indices) + done * ann_dtype_get_size (dtype),
          n_now, batch);
      for (gsize i = 0; i < n_now; i++)
        if (batch[i] < 0 || (guint64) batch[i] >= self->n_minor)
          {
            g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                         "%s: index %" G_GINT64_FORMAT " of row %" G_GUINT64_FORMAT
                         " is not within 0 … %" G_GUINT64_FORMAT,
                         ann_element_get_path (self->matrix), batch[i], row, self->n_minor - 1);
            return FALSE;
          }
    }

  return TRUE;
}

/* A row that is longer than a piece: straight from its arrays, a part at a time. */
static gboolean
stream_long_row (AnnHeatmap *self,
                 guint64 row,
                 guint64 first,
                 guint64 end,
                 AnnEntriesFunc func,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  guint64 max_entries = ANN_PIECE_SIZE / self->entry_size;

  while (first < end)
    {
      guint64 n = MIN (end - first, max_entries);
      const guint64 indptr[2] = { 0, n };
      g_autoptr (AnnBuffer) indices = NULL;
      g_autoptr (AnnBuffer) values = NULL;
      AnnEntries entries = { row, 1, indptr, NULL, NULL };

      indices = ann_array_read_range (self->indices, first, n, cancellable, error);
      if (indices == NULL || !check_indices (self, indices, row, error))
        return FALSE;
      values = ann_array_read_range (self->values, first, n, cancellable, error);
      if (values == NULL)
        return FALSE;

      entries.indices = indices;
      entries.values = values;
      if (!func (&entries, user_data, cancellable, error))
        return FALSE;
      first += n;
    }

  return TRUE;
}

/* Rows whose row pointers are at hand, @indptr[0] being that of row @start. */
static gboolean
stream_window (AnnHeatmap *self,
               guint64 start,
               const guint64 *indptr,
               guint64 n_rows,
               AnnEntriesFunc func,
               gpointer user_data,
               GCancellable *cancellable,
               GError **error)
{
  guint64 max_entries = MAX (ANN_PIECE_SIZE / self->entry_size, 1);

  for (guint64 row = 0; row < n_rows;)
    {
      guint64 n = fit_rows (indptr, row, n_rows, max_entries);
      guint64 n_entries = indptr[row + n] - indptr[row];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (n_entries > max_entries)
        {
          if (!stream_long_row (self, start + row, indptr[row], indptr[row + 1], func, user_data,
                                cancellable, error))
            return FALSE;
        }
      else if (n_entries > 0)
        {
          g_autoptr (AnnBlock) block = read_block (self, start + row, n, cancellable, error);

          if (block == NULL || !take_block (block, func, user_data, cancellable, error))
            return FALSE;
        }
      row += n;
    }

  return TRUE;
}

static gboolean
stream_by_indptr (AnnHeatmap *self,
                  const AnnRun *run,
                  AnnEntriesFunc func,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  for (guint64 done = 0; done < run->count; done += INDPTR_WINDOW)
    {
      guint64 n = MIN (run->count - done, INDPTR_WINDOW);
      g_autoptr (AnnBuffer) indptr = ann_sparse_read_indptr (
          ANN_SPARSE (self->matrix), run->first + done, n, cancellable, error);

      if (indptr == NULL
          || !stream_window (self, run->first + done, ann_buffer_get_data (indptr), n, func,
                             user_data, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
stream_by_experience (AnnHeatmap *self,
                      const AnnRun *run,
                      AnnEntriesFunc func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  guint64 max_entries = MAX (ANN_PIECE_SIZE / self->entry_size, 1);
  guint64 n = CLAMP (max_entries / MAX (self->n_minor, 1), 1, MAX_PIECE_ROWS);

  for (guint64 done = 0; done < run->count;)
    {
      guint64 n_now = MIN (n, run->count - done);
      g_autoptr (AnnBlock) block = NULL;
      guint64 n_entries;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      block = read_block (self, run->first + done, n_now, cancellable, error);
      if (block == NULL || !take_block (block, func, user_data, cancellable, error))
        return FALSE;
      done += n_now;

      /* Half of what would just fit, and at most twice as many as before. */
      n_entries = MAX (count_entries (block), 1);
      n = CLAMP (max_entries / 2 / (n_entries / n_now + 1), 1, MIN (2 * n, MAX_PIECE_ROWS));
    }

  return TRUE;
}

/* Hands out all rows of @run in order, in pieces of bounded size. */
gboolean
_ann_heatmap_stream_entries (AnnHeatmap *self,
                             const AnnRun *run,
                             AnnEntriesFunc func,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error)
{
  if (self->indptr != NULL)
    return stream_by_indptr (self, run, func, user_data, cancellable, error);

  return stream_by_experience (self, run, func, user_data, cancellable, error);
}

/* --- Some rows --- */

/* The rows around @center, of [@low, @high), whose entries lie in the same chunk as its first: all
 * that comes with it when that is decoded. At least @center itself.
 */
static gboolean
fit_chunk (AnnHeatmap *self,
           guint64 center,
           guint64 low,
           guint64 high,
           AnnRun *stripe,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (AnnBuffer) buffer = NULL;
  const guint64 *indptr;
  guint64 chunk_first, chunk_end, first = center, end = center + 1;

  buffer = ann_sparse_read_indptr (ANN_SPARSE (self->matrix), low, high - low, cancellable, error);
  if (buffer == NULL)
    return FALSE;
  indptr = ann_buffer_get_data (buffer);

  chunk_first = indptr[center - low] / self->chunk_entries * self->chunk_entries;
  chunk_end = chunk_first + self->chunk_entries;
  while (first > low && indptr[first - 1 - low] >= chunk_first)
    first--;
  while (end < high && indptr[end + 1 - low] <= chunk_end)
    end++;

  stripe->first = first;
  stripe->count = end - first;

  return TRUE;
}

/* 0, 1/2, 1/4, 3/4, 1/8 …: wherever one stops in it, what one has is spread evenly. */
static guint
reverse_bits (guint value, guint n_bits)
{
  guint reversed = 0;

  for (guint i = 0; i < n_bits; i++)
    reversed |= (value >> i & 1) << (n_bits - 1 - i);

  return reversed;
}

typedef struct {
  AnnHeatmap *heatmap;
  AnnRun run;
  guint n_stripes;
  guint64 rows_per_stripe;
  guint64 max_rows;
  gsize budget;
} Sampling;

/* What it takes to decode @n_entries that lie together: a chunk of each array, and what is more. */
static double
estimate_cost (AnnHeatmap *self, double n_entries)
{
  double more = MAX (n_entries - (double) self->chunk_entries, 0);

  return (double) self->stripe_size + more * (double) self->entry_size;
}

static void
plan_stripes (Sampling *plan, guint max_stripes)
{
  AnnHeatmap *self = plan->heatmap;
  double row_size = MAX (self->entries_per_major * (double) self->entry_size, 1);
  double affordable = (double) plan->budget
                      / MAX (estimate_cost (self, self->entries_per_major), 1);
  double rows;

  plan->n_stripes = (guint) CLAMP (affordable, 1, MIN (max_stripes, plan->run.count));

  /* As many rows of a stripe as its chunk has; where there are no chunks, as the budget allows. */
  if (self->chunk_entries > 1)
    rows = 2 * (double) self->chunk_entries / MAX (self->entries_per_major, 1);
  else
    rows = (double) plan->budget / plan->n_stripes / row_size;
  rows = MIN (rows, (double) plan->max_rows / plan->n_stripes);
  plan->rows_per_stripe = (guint64) CLAMP (rows, 1, MAX_STRIPE_ROWS);
}

/* Reads one stripe; sets what it cost. */
static gboolean
sample_stripe (const Sampling *plan,
               guint stripe_number,
               double *cost,
               AnnEntriesFunc func,
               gpointer user_data,
               GCancellable *cancellable,
               GError **error)
{
  AnnHeatmap *self = plan->heatmap;
  /* Its part of the run, and the row in the middle of that; no stripe leaves its part. */
  guint64 part = plan->run.count / plan->n_stripes, rest = plan->run.count % plan->n_stripes;
  guint64 low = plan->run.first + part * stripe_number + MIN (stripe_number, rest);
  guint64 high = low + part + (stripe_number < rest);
  guint64 center = low + (high - low) / 2;
  AnnRun stripe;
  g_autoptr (AnnBlock) block = NULL;

  if (center - low > plan->rows_per_stripe / 2)
    low = center - plan->rows_per_stripe / 2;
  high = MIN (high, low + plan->rows_per_stripe);
  stripe.first = low;
  stripe.count = high - low;
  if (self->chunk_entries > 1 && !fit_chunk (self, center, low, high, &stripe, cancellable, error))
    return FALSE;

  block = read_block (self, stripe.first, stripe.count, cancellable, error);
  if (block == NULL)
    return FALSE;
  *cost = estimate_cost (self, (double) count_entries (block));

  return take_block (block, func, user_data, cancellable, error);
}

/* Hands out some rows of @run: at most @max_stripes stripes of neighbours, evenly spread, and about
 * @max_rows rows, for which not much more than @budget bytes are decoded. One stripe at least.
 */
gboolean
_ann_heatmap_sample_entries (AnnHeatmap *self,
                             const AnnRun *run,
                             guint max_stripes,
                             guint64 max_rows,
                             gsize budget,
                             AnnEntriesFunc func,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error)
{
  Sampling plan = { self, *run, 0, 0, max_rows, budget };
  double spent = 0;
  guint n_bits;

  if (run->count == 0)
    return TRUE;

  plan_stripes (&plan, max_stripes);
  n_bits = plan.n_stripes > 1 ? g_bit_storage (plan.n_stripes - 1) : 0;
  for (guint i = 0; i < 1u << n_bits && spent < (double) budget; i++)
    {
      guint stripe = reverse_bits (i, n_bits);
      double cost = 0;

      if (stripe >= plan.n_stripes)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !sample_stripe (&plan, stripe, &cost, func, user_data, cancellable, error))
        return FALSE;
      spent += cost;
    }

  return TRUE;
}

/* --- The picture --- */

static gboolean
add_all (const AnnEntries *entries,
         gpointer user_data,
         G_GNUC_UNUSED GCancellable *cancellable,
         GError **error)
{
  return _ann_bins_add_entries (user_data, entries, error);
}

static gboolean
add_some (const AnnEntries *entries,
          gpointer user_data,
          G_GNUC_UNUSED GCancellable *cancellable,
          GError **error)
{
  const AnnRun run = { entries->start, entries->count };

  _ann_bins_mark_major (user_data, &run);

  return _ann_bins_add_entries (user_data, entries, error);
}

/* Fills @bins, which have one tile along the major axis. */
gboolean
_ann_heatmap_bin_sparse (AnnHeatmap *self,
                         AnnBins *bins,
                         gboolean coarse,
                         GCancellable *cancellable,
                         GError **error)
{
  const AnnRun major = { bins->major.first, bins->major.n_cells };
  const AnnRun minor = { bins->minor.first, bins->minor.n_cells };
  double size = (double) major.count * self->entries_per_major * (double) self->entry_size;

  _ann_bins_mark_minor (bins, &minor);

  if (coarse && size > ANN_COARSE_BAND_SIZE)
    return _ann_heatmap_sample_entries (self, &major, 2 * ANN_TILE_SIZE, G_MAXUINT64,
                                        ANN_COARSE_BAND_SIZE, add_some, bins, cancellable, error);

  _ann_bins_mark_major (bins, &major);

  return _ann_heatmap_stream_entries (self, &major, add_all, bins, cancellable, error);
}
