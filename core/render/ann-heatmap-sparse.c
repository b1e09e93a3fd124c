/* ann-heatmap-sparse.c: reading a sparse matrix for its picture
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap-private.h"

#include "base/ann-error.h"

#include <math.h>

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
  const AnnEntries entries = { .start = block->start,
                               .count = block->count,
                               .indptr = ann_buffer_get_data (block->indptr),
                               .indices = block->indices,
                               .values = block->values };

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
          const AnnRun stored = { indptr[row], n_entries };

          if (!_ann_heatmap_stream_long_row (self, start + row, &stored, func, user_data,
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

typedef struct {
  AnnHeatmap *heatmap;
  AnnRun run;
  AnnRun minor; /* where one looks */
  guint n_stripes;
  guint n_parts; /* of one row a stripe; 0 where whole rows are read */
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

static gsize
get_part_size (AnnHeatmap *self)
{
  return MAX (self->stripe_size, MIN (self->chunk_entries, ANN_PART_ENTRIES) * self->entry_size);
}

static void
plan_stripes (Sampling *plan, guint max_stripes)
{
  AnnHeatmap *self = plan->heatmap;
  double budget = (double) plan->budget;
  double row_size = MAX (self->entries_per_major * (double) self->entry_size, 1);
  double affordable = budget / MAX (estimate_cost (self, self->entries_per_major), 1);
  double parts = budget / (double) get_part_size (self);
  double rows;

  max_stripes = (guint) MIN (max_stripes, plan->run.count);
  if (self->indptr != NULL && affordable < sqrt (parts))
    {
      plan->n_stripes = (guint) CLAMP (sqrt (parts), 1, max_stripes);
      plan->n_parts = (guint) CLAMP (parts / plan->n_stripes, 1, ANN_TILE_SIZE);
      plan->rows_per_stripe = 1;
      return;
    }

  plan->n_stripes = (guint) CLAMP (affordable, 1, max_stripes);

  /* As many rows of a stripe as its chunk has; where there are no chunks, as the budget allows. */
  if (self->chunk_entries > 1)
    rows = 2 * (double) self->chunk_entries / MAX (self->entries_per_major, 1);
  else
    rows = budget / plan->n_stripes / row_size;
  rows = MIN (rows, ceil ((double) plan->max_rows / plan->n_stripes));
  plan->rows_per_stripe = (guint64) CLAMP (rows, 1, MAX_STRIPE_ROWS);
}

static gboolean
sample_rows (const Sampling *plan,
             const AnnRun *stripe,
             double *cost,
             AnnEntriesFunc func,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  AnnHeatmap *self = plan->heatmap;
  g_autoptr (AnnBlock) block = read_block (self, stripe->first, stripe->count, cancellable, error);

  if (block == NULL)
    return FALSE;
  *cost = estimate_cost (self, (double) count_entries (block));

  return take_block (block, func, user_data, cancellable, error);
}

/* Of a row that is too long for the budget some parts; one that is not, whole. */
static gboolean
sample_parts (const Sampling *plan,
              guint64 row,
              double *cost,
              AnnEntriesFunc func,
              gpointer user_data,
              GCancellable *cancellable,
              GError **error)
{
  AnnHeatmap *self = plan->heatmap;
  const AnnRun stripe = { row, 1 };
  g_autoptr (AnnBuffer) indptr = ann_sparse_read_indptr (ANN_SPARSE (self->matrix), row, 1,
                                                         cancellable, error);
  AnnRun stored;

  if (indptr == NULL)
    return FALSE;

  stored.first = ((const guint64 *) ann_buffer_get_data (indptr))[0];
  stored.count = ((const guint64 *) ann_buffer_get_data (indptr))[1] - stored.first;
  *cost = (double) plan->n_parts * (double) get_part_size (self);
  if ((double) stored.count * (double) self->entry_size <= *cost)
    return sample_rows (plan, &stripe, cost, func, user_data, cancellable, error);

  return _ann_heatmap_sample_long_row (self, row, &stored, &plan->minor, plan->n_parts, func,
                                       user_data, cancellable, error);
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

  if (plan->n_parts > 0)
    return sample_parts (plan, center, cost, func, user_data, cancellable, error);

  if (center - low > plan->rows_per_stripe / 2)
    low = center - plan->rows_per_stripe / 2;
  high = MIN (high, low + plan->rows_per_stripe);
  stripe.first = low;
  stripe.count = high - low;
  if (self->chunk_entries > 1 && !fit_chunk (self, center, low, high, &stripe, cancellable, error))
    return FALSE;

  return sample_rows (plan, &stripe, cost, func, user_data, cancellable, error);
}

/* Hands out some rows of @run: at most @max_stripes stripes of neighbours, evenly spread, and about
 * @max_rows rows, for which not much more than @budget bytes are decoded, until the time is up. One
 * stripe at least.
 * Where the budget pays for a handful of rows only, it hands out parts of more of them: around
 * @minor, if they are in order, and evenly spread.
 */
gboolean
_ann_heatmap_sample_entries (AnnHeatmap *self,
                             const AnnRun *run,
                             const AnnRun *minor,
                             guint max_stripes,
                             guint64 max_rows,
                             gsize budget,
                             AnnEntriesFunc func,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error)
{
  Sampling plan = {
    .heatmap = self, .run = *run, .minor = *minor, .max_rows = max_rows, .budget = budget
  };
  gint64 deadline = _ann_heatmap_get_deadline (self, budget);
  double spent = 0;
  guint n_bits;

  if (run->count == 0)
    return TRUE;

  plan_stripes (&plan, max_stripes);
  n_bits = plan.n_stripes > 1 ? g_bit_storage (plan.n_stripes - 1) : 0;
  for (guint i = 0; i < 1u << n_bits && spent < (double) budget; i++)
    {
      guint stripe = _ann_reverse_bits (i, n_bits);
      double cost = 0;

      if (stripe >= plan.n_stripes)
        continue;
      if (i > 0 && g_get_monotonic_time () >= deadline)
        break;
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

/* Parts of a long row come one after the other: what they say of each pixel. */
typedef struct {
  AnnHeatmap *heatmap;
  AnnBins *bins;
  double *sums;
  double *n_seen;
} Coarse;

static gboolean
add_some (const AnnEntries *entries,
          gpointer user_data,
          G_GNUC_UNUSED GCancellable *cancellable,
          GError **error)
{
  Coarse *coarse = user_data;
  const AnnRun run = { entries->start, entries->count };

  if (entries->n_parts > 0)
    {
      _ann_bins_fold_part (coarse->bins, entries, coarse->heatmap->n_minor, coarse->sums,
                           coarse->n_seen);
      return TRUE;
    }

  _ann_bins_mark_major (coarse->bins, &run);

  return _ann_bins_add_entries (coarse->bins, entries, error);
}

static gboolean
bin_coarse (AnnHeatmap *self,
            AnnBins *bins,
            const AnnRun *major,
            const AnnRun *minor,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree double *sums = g_try_new0 (double, bins->minor.n_pixels);
  g_autofree double *n_seen = g_try_new0 (double, bins->minor.n_pixels);
  Coarse coarse = { self, bins, sums, n_seen };

  if (sums == NULL || n_seen == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for a picture of %" G_GSIZE_FORMAT " pixels across",
                   bins->minor.n_pixels);
      return FALSE;
    }

  return _ann_heatmap_sample_entries (self, major, minor, 2 * ANN_TILE_SIZE, G_MAXUINT64,
                                      ANN_COARSE_BAND_SIZE, add_some, &coarse, cancellable, error);
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
    return bin_coarse (self, bins, &major, &minor, cancellable, error);

  _ann_bins_mark_major (bins, &major);

  return _ann_heatmap_stream_entries (self, &major, add_all, bins, cancellable, error);
}
