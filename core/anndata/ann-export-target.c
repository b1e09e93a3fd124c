/* ann-export-target.c: what can be written, and whether its place is free
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-export-private.h"

#include "base/ann-error.h"
#include "store/ann-location.h"
#include "store/ann-place-private.h"
#include "store/ann-store-writer.h"

#include <string.h>

/* What makes a difference for what: the one place that knows. */
#define TEXT_OPTIONS (ANN_WRITE_OPTION_ELEMENTS | ANN_WRITE_OPTION_SKIP_UNREADABLE)
#define STORE_OPTIONS                                                                              \
  (TEXT_OPTIONS | ANN_WRITE_OPTION_COMPRESSION | ANN_WRITE_OPTION_CHUNK_ROWS                       \
   | ANN_WRITE_OPTION_LAYOUT | ANN_WRITE_OPTION_PROFILE | ANN_WRITE_OPTION_KEEP_UNUSED_CATEGORIES)
#define ZARR_OPTIONS (STORE_OPTIONS | ANN_WRITE_OPTION_ZARR_FORMAT | ANN_WRITE_OPTION_SHARD_ROWS)

static const AnnExporter exporters[] = {
  /* name, suffix, format, options, compresses, is_folder, text_element, write */
  { "h5ad", ".h5ad", "HDF5", STORE_OPTIONS, TRUE, FALSE, NULL, _ann_export_write_store },
  { "h5ad", ".h5", "HDF5", STORE_OPTIONS, TRUE, FALSE, NULL, _ann_export_write_store },
  { "h5ad", ".hdf5", "HDF5", STORE_OPTIONS, TRUE, FALSE, NULL, _ann_export_write_store },
  { "zarr", ".zarr", "Zarr", ZARR_OPTIONS, TRUE, TRUE, NULL, _ann_export_write_store },
  { "zarr.zip", ".zarr.zip", "Zarr", ZARR_OPTIONS, TRUE, FALSE, NULL, _ann_export_write_store },
  { "csv", ".csv", "CSV", TEXT_OPTIONS, FALSE, FALSE, "obs", _ann_export_write_csv },
  { "csv", ".csv.gz", "CSV", TEXT_OPTIONS, TRUE, FALSE, "obs", _ann_export_write_csv },
  { "tsv", ".tsv", "TSV", TEXT_OPTIONS, FALSE, FALSE, "obs", _ann_export_write_tsv },
  { "tsv", ".tsv.gz", "TSV", TEXT_OPTIONS, TRUE, FALSE, "obs", _ann_export_write_tsv },
  { "mtx", ".mtx", "Matrix Market", TEXT_OPTIONS, TRUE, TRUE, "X", _ann_export_write_market },
  { "ids", ".txt", "Names", TEXT_OPTIONS, FALSE, FALSE, "obs", _ann_export_write_names },
  { "ids", ".txt.gz", "Names", TEXT_OPTIONS, TRUE, FALSE, "obs", _ann_export_write_names },
};

static gboolean
is_named (const AnnExporter *exporter, const char *format)
{
  return format == NULL || strcmp (exporter->name, format) == 0
         || strcmp (exporter->suffix + 1, format) == 0;
}

gboolean
_ann_export_is_output (const char *target)
{
  return strcmp (target, ANN_TARGET_OUTPUT) == 0;
}

/* A store and a folder have places that are written to again, and text goes by in its order. */
static const AnnExporter *
find_output_exporter (const char *format, GError **error)
{
  for (guint i = 0; format != NULL && i < G_N_ELEMENTS (exporters); i++)
    {
      if (exporters[i].text_element != NULL && !exporters[i].is_folder
          && is_named (&exporters[i], format))
        return &exporters[i];
    }

  if (format == NULL)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                         "Standard output has no name that says what is to be written: say so, "
                         "with the format csv, tsv or ids");
  else
    g_set_error (
        error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
        "%s cannot be written to standard output, for it is not written from its beginning "
        "to its end: csv, tsv and ids can; give it a name",
        format);

  return NULL;
}

const AnnExporter *
_ann_export_find_exporter (const char *target, const char *format, GError **error)
{
  g_autoptr (AnnLocation) location = NULL;
  g_autofree char *name = NULL;

  if (_ann_export_is_output (target))
    return find_output_exporter (format, error);

  location = ann_location_parse (target, error);
  if (location == NULL)
    return NULL;
  name = g_ascii_strdown (ann_location_get_name (location), -1);
  for (guint i = 0; i < G_N_ELEMENTS (exporters); i++)
    {
      if (g_str_has_suffix (name, exporters[i].suffix) && is_named (&exporters[i], format))
        return &exporters[i];
    }

  /* Text may have any name; who opens a store goes by it. */
  for (guint i = 0; format != NULL && i < G_N_ELEMENTS (exporters); i++)
    {
      if (exporters[i].text_element != NULL && is_named (&exporters[i], format))
        return &exporters[i];
    }

  if (format != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "“%s” cannot be written as %s: let its name end in .%s", target, format, format);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "The name of “%s” does not say what is to be written: let it end in .h5ad, .zarr, "
                 ".zarr.zip, .csv, .tsv, .mtx or .txt",
                 target);
  return NULL;
}

/**
 * ann_export_find_options:
 * @target: where something is to be written, as for [func@Ann.export_plan]
 * @options: how; of these count those that say what it will be: `format`, `zarr_format` and
 *   `profile`
 * @useful: (out): those that make a difference
 * @error: return location for an error, or %NULL
 *
 * Finds out which options have a meaning for a kind of target: text has no chunks, HDF5 no shards.
 * The others are not looked at. Any thread.
 *
 * Returns: %FALSE with @error set if the name of @target does not say what is to be written
 */
gboolean
ann_export_find_options (const char *target,
                         const AnnWriteOptions *options,
                         AnnWriteOptionFlags *useful,
                         GError **error)
{
  const AnnExporter *exporter;

  g_return_val_if_fail (target != NULL && options != NULL && useful != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  exporter = _ann_export_find_exporter (target, options->format, error);
  if (exporter == NULL)
    return FALSE;

  *useful = exporter->options;
  if (options->zarr_format == 2
      || (options->zarr_format == 0 && options->profile == ANN_PROFILE_PORTABLE))
    *useful &= (AnnWriteOptionFlags) ~ANN_WRITE_OPTION_SHARD_ROWS;

  return TRUE;
}

/* What an address ends in may be something that is no export, such as a set: that is one file. */
static gboolean
is_free_in_bucket (const char *target, GCancellable *cancellable, GError **error)
{
  const AnnExporter *exporter = _ann_export_find_exporter (target, NULL, NULL);
  const AnnTargetSpec spec = { .address = target };
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autoptr (AnnFileTarget) file = NULL;

  if (exporter != NULL && exporter->is_folder)
    writer = _ann_store_writer_new_for (&spec, cancellable, error);
  else
    file = _ann_file_target_open (&spec, cancellable, error);

  return writer != NULL || file != NULL;
}

/**
 * ann_export_check_target:
 * @target: where something is to be written: a path or an address
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds out whether nothing is there yet, without writing: of a bucket by asking it, as an export
 * does when it begins. Whether one may write there shows when one does.
 *
 * Waits for the network; any thread.
 *
 * Returns: %FALSE with @error set: `ANN_ERROR_EXISTS` if something is there that would be replaced
 *   where that is asked for, `ANN_ERROR_DENIED` if it would not, or one may not look
 */
gboolean
ann_export_check_target (const char *target, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (target != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (_ann_export_is_output (target))
    return TRUE;
  if (_ann_address_is_remote (target))
    return is_free_in_bucket (target, cancellable, error);
  if (!g_file_test (target, G_FILE_TEST_EXISTS))
    return TRUE;

  _ann_set_exists_error (target, error);
  return FALSE;
}
