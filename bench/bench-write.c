/* bench-write.c: a store is written from others, and read again
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-write.h"

#include "bench-measure.h"
#include "bench-usage.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_GENES 2000
#define ONE_OF_ROWS 10

/* So many rows are read at a time for the checksum, in which rows weigh by their number % 17. */
#define ROWS_AT_ONCE (17 * 60)

/* --- The subset that every program picks --- */

typedef struct {
  guint64 key;
  gint64 gene;
} Gene;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const Gene *one = a;
  const Gene *other = b;

  return one->key < other->key ? -1 : one->key > other->key;
}

static int
compare_genes (gconstpointer a, gconstpointer b)
{
  const gint64 *one = a;
  const gint64 *other = b;

  return *one < *other ? -1 : *one > *other;
}

static AnnSelection *
pick_rows (guint64 n_obs, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 i = 0; i < (gint64) n_obs; i++)
    {
      if (bench_mix ((guint64) i) % ONE_OF_ROWS == 0)
        g_array_append_val (rows, i);
    }

  return ann_selection_new_from_indices ((const gint64 *) (gpointer) rows->data, rows->len, n_obs,
                                         error);
}

/* Those of the least numbers, in the order in which they are stored. */
static AnnSelection *
pick_genes (guint64 n_vars, GError **error)
{
  g_autofree Gene *genes = g_new (Gene, n_vars);
  const gsize n = MIN (n_vars, N_GENES);
  g_autofree gint64 *picked = g_new (gint64, n);

  for (guint64 i = 0; i < n_vars; i++)
    genes[i] = (Gene){ .key = bench_mix (1000000000 + i), .gene = (gint64) i };
  qsort (genes, n_vars, sizeof *genes, compare_keys);
  for (gsize i = 0; i < n; i++)
    picked[i] = genes[i].gene;
  qsort (picked, n, sizeof *picked, compare_genes);

  return ann_selection_new_from_indices (picked, n, n_vars, error);
}

/* --- Tasks --- */

static AnnData *
open_subset (char **uris, const BenchOptions *options G_GNUC_UNUSED, GError **error)
{
  g_autoptr (AnnData) data = ann_data_open (uris[0], NULL, error);
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSelection) genes = NULL;

  if (data == NULL)
    return NULL;
  rows = pick_rows (ann_data_get_n_obs (data), error);
  genes = rows != NULL ? pick_genes (ann_data_get_n_var (data), error) : NULL;

  return genes != NULL ? ann_data_select (data, rows, genes, NULL, error) : NULL;
}

static AnnData *
open_all (char **uris, const BenchOptions *options G_GNUC_UNUSED, GError **error)
{
  return ann_data_open (uris[0], NULL, error);
}

static AnnData *
open_concat (char **uris, const BenchOptions *options, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (AnnConcatOptions) how = ann_concat_options_new ();

  how->join = g_str_equal (options->join, "outer") ? ANN_JOIN_OUTER : ANN_JOIN_INNER;
  for (char **uri = uris; *uri != NULL; uri++)
    {
      AnnData *part = ann_data_open (*uri, NULL, error);

      if (part == NULL)
        return NULL;
      g_ptr_array_add (parts, part);
    }

  return ann_data_concat ((AnnData **) parts->pdata, parts->len, how, NULL, NULL, error);
}

static const struct {
  const char *name;
  AnnData *(*open) (char **uris, const BenchOptions *options, GError **error);
} tasks[] = {
  { "subset", open_subset },
  { "convert", open_all },
  { "concat", open_concat },
};

static gboolean
write_store (guint task, char **uris, const BenchOptions *options, GError **error)
{
  g_autoptr (AnnWriteOptions) how = ann_write_options_new ();
  g_autoptr (AnnData) data = NULL;

  how->overwrite = TRUE;
  if (g_str_has_suffix (options->out, ".zarr"))
    how->profile = ANN_PROFILE_MODERN;
  if (options->compression != NULL)
    {
      how->has_compression = TRUE;
      if (!ann_compression_parse (options->compression, &how->compression, error))
        return FALSE;
    }
  data = tasks[task].open (uris, options, error);

  return data != NULL && ann_export_run (data, options->out, how, NULL, NULL, NULL, error);
}

/* --- What was written --- */

static guint64
get_size (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  GStatBuf status;
  guint64 size = 0;
  const char *name;

  if (folder == NULL)
    return g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      size += get_size (child);
    }

  return size;
}

static gboolean
write_result (AnnJsonWriter *json, const char *path, GError **error)
{
  g_autoptr (AnnData) data = ann_data_open (path, NULL, error);
  g_autoptr (AnnElement) x = data != NULL ? ann_data_open_element (data, "X", NULL, error) : NULL;
  double checksum = 0;
  guint64 nnz = 0;
  guint64 n_rows;

  if (x == NULL)
    return FALSE;

  n_rows = ann_element_get_n_rows (x);
  for (guint64 row = 0; row < n_rows; row += ROWS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (x, row, MIN (ROWS_AT_ONCE, n_rows - row),
                                                          NULL, error);

      if (block == NULL)
        return FALSE;
      bench_add_checksum (block, &checksum, &nnz);
    }

  bench_write_count (json, "rows", n_rows);
  bench_write_count (json, "nnz", nnz);
  ann_json_writer_name (json, "checksum");
  ann_json_writer_double (json, checksum);
  bench_write_count (json, "out_vars", ann_element_get_width (x));
  bench_write_count (json, "out_bytes", get_size (path));

  return TRUE;
}

static guint
find_task (const char *name)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (tasks) && strcmp (name, tasks[i].name) != 0)
    i++;

  return i;
}

gboolean
bench_is_writing_task (const char *task)
{
  return find_task (task) < G_N_ELEMENTS (tasks);
}

gboolean
bench_run_writing (const char *task, char **uris, const BenchOptions *options, GError **error)
{
  const guint which = find_task (task);
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  g_autofree char *how = g_strdup_printf ("%s%s%s", options->how,
                                          which == 2 && *options->how != '\0' ? "-" : "",
                                          which == 2 ? options->join : "");
  BenchUsage usage;

  if (options->out == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "say with --out what to write");
      return FALSE;
    }

  bench_usage_begin (&usage);
  if (!write_store (which, uris, options, error))
    return FALSE;
  bench_usage_end (&usage);

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  bench_usage_write (&usage, json, task, how, uris[0]);
  if (!write_result (json, options->out, error))
    return FALSE;
  ann_json_writer_end_object (json);
  ann_json_writer_finish (json);

  return TRUE;
}
