/* bench-task.c: the tasks that other programs are measured by too
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-task.h"

#include "ann-json-writer.h"
#include "bench-measure.h"
#include "bench-usage.h"

#include <string.h>

/* What a task read and found.
 * @is_column: the one piece is a column: its entries are rows, not columns, of the result
 */
typedef struct {
  AnnData *data;
  GPtrArray *pieces;
  guint64 n_rows;
  gboolean is_column;
  gint64 gene;
  gint64 n_obs_columns;
  double open_s;
  double windows_s;
  double singles_s;
} Bench;

static AnnElement *
open_x (Bench *self, GError **error)
{
  g_autoptr (AnnElement) x = ann_data_open_element (self->data, "X", NULL, error);

  if (x != NULL && ann_element_get_error (x) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (x)));
      return NULL;
    }

  return g_steal_pointer (&x);
}

static gboolean
add_piece (Bench *self, AnnBlock *block)
{
  if (block != NULL)
    g_ptr_array_add (self->pieces, block);

  return block != NULL;
}

static gboolean
run_open (Bench *self, const BenchOptions *options G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  self->n_rows = ann_data_get_n_obs (self->data);
  self->n_obs_columns = ann_frame_get_n_columns (ann_data_get_obs (self->data));

  return TRUE;
}

/* What is read of obs: the index, then the columns. */
typedef struct {
  AnnFrame *frame;
  AnnBlock **blocks;
  AnnStrings **labels;
} ObsRead;

/* All of a column, the labels of its categories with it. */
static gboolean
read_column (AnnElement *column, AnnBlock **block, AnnStrings **labels, GError **error)
{
  if (ann_element_get_error (column) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (column)));
      return FALSE;
    }
  if (ANN_IS_CATEGORICAL (column))
    {
      *labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), NULL, error);
      if (*labels == NULL)
        return FALSE;
    }
  *block = ann_element_read_rows (column, 0, ann_element_get_n_rows (column), NULL, error);

  return *block != NULL;
}

static gboolean
read_some_columns (gsize first,
                   gsize n,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  ObsRead *read = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      g_autoptr (AnnElement) column = i == 0
                                          ? ann_frame_open_index (read->frame, cancellable, error)
                                          : ann_frame_open_column (read->frame, (guint) i - 1,
                                                                   cancellable, error);

      if (column == NULL || !read_column (column, &read->blocks[i], &read->labels[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
run_obs (Bench *self, const BenchOptions *options G_GNUC_UNUSED, GError **error)
{
  AnnFrame *obs = ann_data_get_obs (self->data);
  const gsize n = (gsize) ann_frame_get_n_columns (obs) + 1;
  ObsRead read = { obs, g_new0 (AnnBlock *, n), g_new0 (AnnStrings *, n) };
  gboolean success = ann_worker_parallel_waits (n, ANN_WORKER_MAX_WAITS, read_some_columns, &read,
                                                NULL, error);

  for (gsize i = 0; i < n; i++)
    {
      add_piece (self, read.blocks[i]);
      g_clear_pointer (&read.labels[i], ann_strings_unref);
    }
  g_free (read.blocks);
  g_free (read.labels);
  self->n_rows = ann_data_get_n_obs (self->data);
  self->n_obs_columns = ann_frame_get_n_columns (obs);

  return success;
}

static gboolean
run_slice (Bench *self, const BenchOptions *options, GError **error)
{
  g_autoptr (AnnElement) x = open_x (self, error);
  guint64 n_window_rows = (guint64) options->n_window_rows;
  guint64 n_rows = x != NULL ? ann_element_get_n_rows (x) : 0;
  double start = bench_get_seconds ();

  if (x == NULL)
    return FALSE;
  if (n_rows < n_window_rows)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS, "X has only %" G_GUINT64_FORMAT " rows",
                   n_rows);
      return FALSE;
    }

  for (int i = 0; i < options->n_windows; i++)
    {
      guint64 first = bench_mix ((guint64) i) % (n_rows - n_window_rows + 1);

      if (!add_piece (self, ann_element_read_rows (x, first, n_window_rows, NULL, error)))
        return FALSE;
    }
  self->windows_s = bench_get_seconds () - start;
  start = bench_get_seconds ();
  for (int i = 0; i < options->n_singles; i++)
    {
      guint64 row = bench_mix (1000000 + (guint64) i) % n_rows;

      if (!add_piece (self, ann_element_read_rows (x, row, 1, NULL, error)))
        return FALSE;
    }
  self->singles_s = bench_get_seconds () - start;
  self->n_rows = (guint64) options->n_windows * n_window_rows + (guint64) options->n_singles;

  return TRUE;
}

static gboolean
run_full (Bench *self, const BenchOptions *options G_GNUC_UNUSED, GError **error)
{
  g_autoptr (AnnElement) x = open_x (self, error);

  if (x == NULL)
    return FALSE;
  self->n_rows = ann_element_get_n_rows (x);

  return add_piece (self, ann_element_read_rows (x, 0, self->n_rows, NULL, error));
}

static gboolean
run_genecol (Bench *self, const BenchOptions *options, GError **error)
{
  g_autoptr (AnnElement) x = open_x (self, error);

  if (x == NULL)
    return FALSE;
  self->n_rows = ann_element_get_n_rows (x);
  self->gene = options->gene >= 0 ? options->gene : (gint64) (ann_element_get_width (x) / 3);
  self->is_column = TRUE;

  return add_piece (self, ann_element_read_columns (x, (guint64) self->gene, 1, NULL, error));
}

static const struct {
  const char *name;
  gboolean has_checksum;
  gboolean (*run) (Bench *self, const BenchOptions *options, GError **error);
} tasks[] = {
  { "open", FALSE, run_open }, { "obs", FALSE, run_obs },        { "slice", TRUE, run_slice },
  { "full", TRUE, run_full },  { "genecol", TRUE, run_genecol },
};

/* A block of columns turned by a quarter: what was along the columns is down the rows. */
static void
add_column_checksum (const AnnBlock *block, double *checksum, guint64 *nnz)
{
  const guint64 *indptr;

  if (!ann_block_is_sparse (block))
    {
      for (guint64 row = 0; row < block->width; row++)
        {
          double number = ann_buffer_get_double (block->values, (gsize) row);

          *checksum += number * (double) (row % 17 + 1);
          *nnz += number != 0;
        }
      return;
    }

  indptr = ann_buffer_get_data (block->indptr);
  for (guint64 i = 0; i < indptr[1]; i++)
    {
      double row = ann_buffer_get_double (block->indices, (gsize) i);

      *checksum += ann_buffer_get_double (block->values, (gsize) i)
                   * (double) ((guint64) row % 17 + 1);
    }
  *nnz += indptr[1];
}

static void
write_results (AnnJsonWriter *json, Bench *self, gboolean has_checksum)
{
  double checksum = 0;
  guint64 nnz = 0;

  for (guint i = 0; has_checksum && i < self->pieces->len; i++)
    {
      const AnnBlock *piece = g_ptr_array_index (self->pieces, i);

      if (self->is_column)
        add_column_checksum (piece, &checksum, &nnz);
      else
        bench_add_checksum (piece, &checksum, &nnz);
    }

  bench_write_count (json, "rows", self->n_rows);
  if (has_checksum)
    {
      bench_write_count (json, "nnz", nnz);
      ann_json_writer_name (json, "checksum");
      ann_json_writer_double (json, checksum);
    }
  bench_write_seconds (json, "open_s", self->open_s);
  bench_write_count (json, "n_vars", ann_data_get_n_var (self->data));
  if (self->n_obs_columns >= 0)
    bench_write_count (json, "obs_cols", (guint64) self->n_obs_columns);
  if (self->gene >= 0)
    bench_write_count (json, "gene", (guint64) self->gene);
  if (self->windows_s > 0)
    bench_write_seconds (json, "windows_s", self->windows_s);
  if (self->singles_s > 0)
    bench_write_seconds (json, "singles_s", self->singles_s);
}

static gboolean
measure (Bench *self, guint task, const char *uri, const BenchOptions *options, GError **error)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  AnnTrafficStats traffic = { 0 };
  BenchUsage usage;

  bench_usage_begin (&usage);
  self->data = ann_data_open (uri, NULL, error);
  if (self->data == NULL)
    return FALSE;
  self->open_s = bench_get_seconds () - usage.start;
  if (!tasks[task].run (self, options, error))
    return FALSE;
  bench_usage_end (&usage);
  if (ann_data_get_traffic (self->data) != NULL)
    ann_traffic_get_stats (ann_data_get_traffic (self->data), &traffic);

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  bench_usage_write (&usage, json, tasks[task].name, options->how, uri);
  bench_write_count (json, "requests", traffic.n_requests);
  bench_write_count (json, "bytes", traffic.n_bytes);
  write_results (json, self, tasks[task].has_checksum);
  ann_json_writer_end_object (json);
  ann_json_writer_finish (json);

  return TRUE;
}

/* Runs @task on the store and prints one line. */
gboolean
bench_run (const char *task, const char *uri, const BenchOptions *options, GError **error)
{
  Bench self = { .gene = -1, .n_obs_columns = -1 };
  gboolean done = FALSE;
  guint i = 0;

  while (i < G_N_ELEMENTS (tasks) && strcmp (task, tasks[i].name) != 0)
    i++;
  if (i == G_N_ELEMENTS (tasks))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "there is no such task");
      return FALSE;
    }

  self.pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_block_unref);
  done = measure (&self, i, uri, options, error);
  g_ptr_array_unref (self.pieces);
  g_clear_object (&self.data);

  return done;
}
