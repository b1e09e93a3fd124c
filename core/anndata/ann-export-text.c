/* ann-export-text.c: exports that other programs read as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-export-private.h"

#include "base/ann-error.h"
#include "write/ann-write-text.h"

#include <string.h>

static gboolean
check_sources (gpointer user_data, GError **error)
{
  return _ann_export_check_sources (user_data, error);
}

static AnnTextTarget
make_target (AnnExportJob *job)
{
  return (AnnTextTarget){
    .path = job->target,
    .overwrite = job->options->overwrite,
    .is_gzip = job->exporter->compresses,
    .writer = &job->writer,
    .n_units = job->n_units,
    .row_size = job->survey.n_bytes / MAX (ann_data_get_n_obs (job->data), 1),
    .check = check_sources,
    .user_data = job,
  };
}

/* Of `obs/n` the table that it is a column of. */
static AnnElement *
open_element (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  const char *path = job->options->elements[0];
  const gboolean is_column = g_str_has_prefix (path, "obs/") || g_str_has_prefix (path, "var/");
  g_autofree char *name = is_column ? g_strndup (path, 3) : g_strdup (path);

  return ann_data_open_element (job->data, name, cancellable, error);
}

/* The labels along an axis of an element, by where it lies: obsm/…, varp/…, X. */
static AnnElement *
open_names (AnnExportJob *job,
            const char *path,
            guint dimension,
            GCancellable *cancellable,
            GError **error)
{
  const gboolean is_var = g_str_has_prefix (path, "varm/") || g_str_has_prefix (path, "varp/")
                          || (dimension == 1 && !g_str_has_prefix (path, "obsp/"));

  return ann_frame_open_index (is_var ? ann_data_get_var (job->data) : ann_data_get_obs (job->data),
                               cancellable, error);
}

/* raw has columns of its own. */
static AnnElement *
open_raw_names (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) var = ann_data_open_element (job->data, "raw/var", cancellable, error);

  if (var == NULL || !ANN_IS_FRAME (var))
    return NULL;

  return ann_frame_open_index (ANN_FRAME (var), cancellable, error);
}

static gboolean
is_aligned (const char *path, guint dimension)
{
  static const char *const by_rows[] = { "obsm/", "varm/" };
  static const char *const by_both[] = { "obsp/", "varp/", "layers/" };

  for (guint i = 0; dimension == 0 && i < G_N_ELEMENTS (by_rows); i++)
    {
      if (g_str_has_prefix (path, by_rows[i]))
        return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (by_both); i++)
    {
      if (g_str_has_prefix (path, by_both[i]))
        return TRUE;
    }

  return strcmp (path, "X") == 0 || strcmp (path, "raw/X") == 0;
}

static gboolean
write_separated (AnnExportJob *job, char separator, GCancellable *cancellable, GError **error)
{
  const AnnTextTarget target = make_target (job);
  const char *path = job->options->elements[0];
  g_autoptr (AnnElement) element = open_element (job, cancellable, error);
  g_autoptr (AnnElement) rows = NULL;
  g_autoptr (AnnElement) columns = NULL;

  if (element == NULL)
    return FALSE;
  if (!ANN_IS_FRAME (element) && is_aligned (path, 0))
    {
      rows = open_names (job, path, 0, cancellable, error);
      if (rows == NULL)
        return FALSE;
    }
  if (!ANN_IS_FRAME (element) && is_aligned (path, 1))
    {
      columns = strcmp (path, "raw/X") == 0 ? open_raw_names (job, cancellable, error)
                                            : open_names (job, path, 1, cancellable, error);
      if (columns == NULL)
        return FALSE;
    }

  return _ann_write_table (element, rows, columns, separator, &target, cancellable, error);
}

gboolean
_ann_export_write_csv (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  return write_separated (job, ',', cancellable, error);
}

gboolean
_ann_export_write_tsv (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  return write_separated (job, '\t', cancellable, error);
}

gboolean
_ann_export_write_market (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  const AnnTextTarget target = make_target (job);
  const char *path = job->options->elements[0];
  g_autoptr (AnnElement) matrix = open_element (job, cancellable, error);
  g_autoptr (AnnElement) raw_var = NULL;

  if (matrix == NULL)
    return FALSE;
  if (strcmp (path, "raw/X") == 0)
    {
      raw_var = ann_data_open_element (job->data, "raw/var", cancellable, error);
      if (raw_var == NULL)
        return FALSE;
    }
  else if (strcmp (path, "X") != 0 && !g_str_has_prefix (path, "layers/"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is no matrix of cells and genes: name X, raw/X or a layer", path);
      return FALSE;
    }

  return _ann_write_market (matrix, ann_data_get_obs (job->data),
                            ANN_IS_FRAME (raw_var) ? ANN_FRAME (raw_var)
                                                   : ann_data_get_var (job->data),
                            &target, cancellable, error);
}

gboolean
_ann_export_write_names (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  const AnnTextTarget target = make_target (job);
  const char *path = job->options->elements[0];
  const gboolean is_var = strcmp (path, "var") == 0;
  g_autoptr (AnnElement) names = NULL;

  if (!is_var && strcmp (path, "obs") != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: has no names of its own: name obs or var", path);
      return FALSE;
    }
  names = ann_frame_open_index (
      is_var ? ann_data_get_var (job->data) : ann_data_get_obs (job->data), cancellable, error);

  return names != NULL && _ann_write_names (names, &target, cancellable, error);
}
