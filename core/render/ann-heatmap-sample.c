/* ann-heatmap-sample.c: single values, and some
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap-private.h"

#include "base/ann-error.h"

/* As many values as are kept of a sample, about: percentiles need no more, and sorting them must
 * not hold up the first picture.
 */
#define MAX_VALUES (128 * 1024)

/* Every @step-th value is kept, of those that are stored and of the zeros that are not. */
typedef struct {
  AnnHeatmap *heatmap;
  GMutex mutex; /* guards all that follows: patches come from several threads */
  guint64 step;
  guint64 phase; /* values to skip until the next one is kept */
  GArray *non_zeros;
  guint64 n_zeros;
  guint64 n_missing;
  guint64 n_rows;
  guint64 max_rows;
} Sample;

static void
keep_values (Sample *sample, AnnDtype dtype, gconstpointer values, gsize n)
{
  gsize item = ann_dtype_get_size (dtype);
  gsize i;

  for (i = sample->phase; i < n; i += sample->step)
    {
      double value;

      ann_dtype_to_double (dtype, (const guint8 *) values + i * item, 1, &value);
      if (value == 0)
        sample->n_zeros++;
      else if (value != value)
        sample->n_missing++;
      else
        g_array_append_val (sample->non_zeros, value);
    }
  sample->phase = i - n;
}

static gboolean
keep_entries (const AnnEntries *entries,
              gpointer user_data,
              G_GNUC_UNUSED GCancellable *cancellable,
              G_GNUC_UNUSED GError **error)
{
  Sample *sample = user_data;
  gsize n_rows = MIN (entries->count, sample->max_rows - MIN (sample->n_rows, sample->max_rows));
  gsize first = entries->indptr[0], n = entries->indptr[n_rows] - first;
  AnnDtype dtype = ann_buffer_get_dtype (entries->values);
  double n_cells = (double) n_rows * (double) sample->heatmap->n_minor;

  if (entries->n_parts > 0)
    n_cells *= (double) n / (double) entries->n_row;

  keep_values (sample, dtype,
               (const guint8 *) ann_buffer_get_data (entries->values)
                   + first * ann_dtype_get_size (dtype),
               n);
  sample->n_zeros += (guint64) (MAX (n_cells - (double) n, 0) / (double) sample->step);
  if (entries->part + 1 >= entries->n_parts)
    sample->n_rows += n_rows;

  return TRUE;
}

static gboolean
sample_sparse (Sample *sample, GCancellable *cancellable, GError **error)
{
  AnnHeatmap *self = sample->heatmap;
  const AnnRun all = { 0, self->n_major }, minor = { 0, self->n_minor };
  double n_entries = MIN (self->entries_per_major * ANN_SAMPLE_ROWS,
                          (double) ANN_SAMPLE_SIZE / (double) self->entry_size);

  sample->step = (guint64) (n_entries / MAX_VALUES) + 1;
  sample->max_rows = ANN_SAMPLE_ROWS;

  return _ann_heatmap_sample_entries (self, &all, &minor, ANN_SAMPLE_ROWS, ANN_SAMPLE_ROWS,
                                      ANN_SAMPLE_SIZE, keep_entries, sample, cancellable, error);
}

static gboolean
keep_patch (const AnnPatch *patch, gpointer user_data, G_GNUC_UNUSED GError **error)
{
  Sample *sample = user_data;
  gsize item = ann_dtype_get_size (patch->dtype);

  g_mutex_lock (&sample->mutex);
  for (guint64 row = 0; row < patch->major.count; row++)
    keep_values (sample, patch->dtype, (const guint8 *) patch->values + row * patch->stride * item,
                 patch->minor.count);
  g_mutex_unlock (&sample->mutex);

  return TRUE;
}

static gboolean
sample_dense (Sample *sample, GCancellable *cancellable, GError **error)
{
  AnnHeatmap *self = sample->heatmap;
  const AnnRun rows = { 0, self->n_rows }, columns = { 0, self->n_columns };
  g_autoptr (GArray) row_runs = g_array_new (FALSE, FALSE, sizeof (AnnRun));
  g_autoptr (GArray) column_runs = g_array_new (FALSE, FALSE, sizeof (AnnRun));
  double n_cells = 0;

  _ann_heatmap_choose_patches (self, &rows, &columns, ANN_SAMPLE_SIZE, row_runs, column_runs);
  if (row_runs->len > ANN_SAMPLE_ROWS)
    {
      for (guint i = 0; i < ANN_SAMPLE_ROWS; i++)
        g_array_index (row_runs, AnnRun, i) = g_array_index (
            row_runs, AnnRun, (guint) ((guint64) i * row_runs->len / ANN_SAMPLE_ROWS));
      g_array_set_size (row_runs, ANN_SAMPLE_ROWS);
    }

  for (guint i = 0; i < row_runs->len; i++)
    {
      AnnRun *run = &g_array_index (row_runs, AnnRun, i);

      run->count = MIN (run->count, MAX (ANN_SAMPLE_ROWS / row_runs->len, 1));
      sample->n_rows += run->count;
      for (guint j = 0; j < column_runs->len; j++)
        n_cells += (double) run->count * (double) g_array_index (column_runs, AnnRun, j).count;
    }
  sample->step = (guint64) (n_cells / MAX_VALUES) + 1;

  for (guint i = 0; i < row_runs->len; i++)
    for (guint j = 0; j < column_runs->len; j++)
      if (!_ann_heatmap_scan_patches (self, &g_array_index (row_runs, AnnRun, i),
                                      &g_array_index (column_runs, AnnRun, j), keep_patch, sample,
                                      cancellable, error))
        return FALSE;

  return TRUE;
}

/**
 * ann_heatmap_sample_values: (skip)
 * @self: a heatmap
 * @cancellable: (nullable): looked at before each piece that is read
 * @error: return location for an error, or %NULL
 *
 * Looks at some values, to choose a range of colours and to guess what the matrix holds: at most 64
 * rows (columns, if it is stored by columns), evenly spread, for which about 8 MiB are decoded at
 * the most. Runs in any thread; must not run in the main loop's.
 *
 * Returns: (transfer full): the sample, or %NULL with @error set
 */
AnnValueSample *
ann_heatmap_sample_values (AnnHeatmap *self, GCancellable *cancellable, GError **error)
{
  Sample sample = { .heatmap = self };
  gboolean is_done;

  g_return_val_if_fail (ANN_IS_HEATMAP (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  g_mutex_init (&sample.mutex);
  sample.non_zeros = g_array_new (FALSE, FALSE, sizeof (double));
  is_done = self->is_sparse ? sample_sparse (&sample, cancellable, error)
                            : sample_dense (&sample, cancellable, error);
  g_mutex_clear (&sample.mutex);
  if (!is_done)
    {
      g_array_unref (sample.non_zeros);
      return NULL;
    }

  return ann_value_sample_new (sample.non_zeros, sample.n_zeros, sample.n_missing, sample.n_rows);
}

/* --- One value --- */

typedef struct {
  guint64 minor;
  double sum;
} Search;

static gboolean
add_matching (const AnnEntries *entries,
              gpointer user_data,
              G_GNUC_UNUSED GCancellable *cancellable,
              G_GNUC_UNUSED GError **error)
{
  Search *search = user_data;
  AnnDtype dtype = ann_buffer_get_dtype (entries->indices);
  const guint8 *indices = ann_buffer_get_data (entries->indices);
  gsize item = ann_dtype_get_size (dtype);
  gint64 batch[512];

  for (gsize at = entries->indptr[0]; at < entries->indptr[1]; at += G_N_ELEMENTS (batch))
    {
      gsize n = MIN (entries->indptr[1] - at, G_N_ELEMENTS (batch));

      ann_dtype_to_int64 (dtype, indices + at * item, n, batch);
      for (gsize i = 0; i < n; i++)
        if ((guint64) batch[i] == search->minor)
          search->sum += ann_buffer_get_double (entries->values, at + i);
    }

  return TRUE;
}

static gboolean
take_first (const AnnPatch *patch, gpointer user_data, G_GNUC_UNUSED GError **error)
{
  ann_dtype_to_double (patch->dtype, patch->values, 1, user_data);

  return TRUE;
}

/**
 * ann_heatmap_read_value: (skip)
 * @self: a heatmap
 * @row: a row
 * @column: a column
 * @value: (out): the value there; entries that name the cell twice are added up
 * @cancellable: (nullable): looked at before each piece that is read
 * @error: return location for an error, or %NULL
 *
 * Reads one cell: of a sparse matrix its row, or its column if it is stored by columns, which need
 * not be in order. What it decodes stays in the chunk cache for the neighbours. Runs in any
 * thread; must not run in the main loop's.
 *
 * Returns: %FALSE with @error set; `ANN_ERROR_BOUNDS` outside the matrix
 */
gboolean
ann_heatmap_read_value (AnnHeatmap *self,
                        guint64 row,
                        guint64 column,
                        double *value,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnRun rows = { row, 1 }, columns = { column, 1 };
  Search search = { self->by_columns ? row : column, 0 };

  g_return_val_if_fail (ANN_IS_HEATMAP (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (row >= self->n_rows || column >= self->n_columns)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%s has %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                   " values, none at row %" G_GUINT64_FORMAT ", column %" G_GUINT64_FORMAT,
                   ann_element_get_path (self->matrix), self->n_rows, self->n_columns, row, column);
      return FALSE;
    }

  if (!self->is_sparse)
    return _ann_heatmap_scan_patches (self, &rows, &columns, take_first, value, cancellable, error);

  if (!_ann_heatmap_stream_entries (self, self->by_columns ? &columns : &rows, add_matching,
                                    &search, cancellable, error))
    return FALSE;
  *value = search.sum;

  return TRUE;
}
