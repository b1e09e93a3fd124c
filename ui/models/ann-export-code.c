/* ann-export-code.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-export-code.h"

#include <glib/gi18n.h>
#include <string.h>

/* An argument of a command may have 128 KiB in Linux, and nobody reads a longer line of Python. */
#define MAX_LIST_LENGTH 100000

/* ---- Positions: 1,5,7:9 ---- */

static gboolean
add_position (GString *text, guint64 first, guint64 n)
{
  if (text->len > 0)
    g_string_append_c (text, ',');
  if (n == 1)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, first);
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, first, first + n);

  return text->len <= MAX_LIST_LENGTH;
}

/* %NULL if that is too long. */
static char *
make_list (AnnSelection *rows)
{
  const guint64 n = ann_selection_get_length (rows);
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 first, n_run = 0;
  gint64 step;

  if (n == 0)
    return g_strdup ("0:0");

  first = ann_selection_get_position (rows, 0);
  if (ann_selection_is_range (rows, NULL, &step) && step == 1)
    return add_position (text, first, n) ? g_strdup (text->str) : NULL;
  for (guint64 i = 0; i < n; i++)
    {
      const guint64 row = ann_selection_get_position (rows, i);

      if (n_run > 0 && row == first + n_run)
        {
          n_run++;
          continue;
        }
      if (n_run > 0 && !add_position (text, first, n_run))
        return NULL;
      first = row;
      n_run = 1;
    }

  return add_position (text, first, n_run) ? g_strdup (text->str) : NULL;
}

static char *
dup_list (const AnnExportDraft *draft, AnnAxis axis, GError **error)
{
  char *list = make_list (draft->rows[axis]);

  if (list == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "%s",
                 _ ("The list of rows is too long for this; filter them by an expression instead"));

  return list;
}

/* ---- A command ---- */

static gboolean
is_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_-./:,=@%+", *c) == NULL)
      return FALSE;

  return *text != '\0';
}

/**
 * ann_export_code_append_argument:
 * @command: a command so far
 * @option: (nullable): such as `--obs=`, plain
 * @value: what follows it, or stands alone
 *
 * Appends an argument as a shell reads it.
 */
void
ann_export_code_append_argument (GString *command, const char *option, const char *value)
{
  g_autofree char *quoted = is_plain (value) ? g_strdup (value) : g_shell_quote (value);

  g_string_append_c (command, ' ');
  if (option != NULL)
    g_string_append (command, option);
  g_string_append (command, quoted);
}

/**
 * ann_export_code_append_options:
 * @command: a command so far
 * @options: how something is written
 *
 * Appends those arguments of verbs that write which are not the usual.
 */
void
ann_export_code_append_options (GString *command, const AnnWriteOptions *options)
{
  static const char *const profiles[] = { "portable", "modern", "faithful" };

  if (options->elements != NULL)
    {
      g_autofree char *list = g_strjoinv (",", options->elements);

      ann_export_code_append_argument (command, "--elements=", list);
    }
  if (options->has_compression)
    {
      g_autofree char *compression = ann_compression_to_string (&options->compression);

      ann_export_code_append_argument (command, "--compression=", compression);
    }
  if (options->chunk_rows > 0)
    g_string_append_printf (command, " --chunk-rows=%" G_GUINT64_FORMAT, options->chunk_rows);
  if (options->zarr_format > 0)
    g_string_append_printf (command, " --zarr-format=%u", options->zarr_format);
  if (options->profile != ANN_PROFILE_PORTABLE)
    ann_export_code_append_argument (command, "--profile=", profiles[options->profile]);
  if (options->skip_unreadable)
    g_string_append (command, " --skip-unreadable");
}

/* The expression says more than the rows, where their order is that of the store. */
static gboolean
is_by_expression (const AnnExportRequest *request, AnnAxis axis)
{
  return request->what[axis] == ANN_EXPORT_FILTERED && request->shown[axis].filter != NULL
         && !(request->as_shown && request->shown[axis].order != NULL);
}

/**
 * ann_export_code_command:
 * @draft: what is to be exported
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): a line for a shell that does the same, or %NULL with @error set if that
 *   would be too long
 */
char *
ann_export_code_command (const AnnExportDraft *draft, GError **error)
{
  static const char *const options[] = { "--obs=", "--var=" };
  const AnnExportRequest *request = draft->request;
  g_autofree char *path = ann_data_dup_filename (request->data);
  g_autoptr (GString) command = g_string_new ("ann export");

  ann_export_code_append_argument (command, NULL,
                                   path != NULL ? path : ann_data_get_uri (request->data));
  for (guint axis = 0; axis < 2; axis++)
    {
      g_autofree char *list = NULL;

      if (draft->rows[axis] == NULL)
        continue;
      list = is_by_expression (request, (AnnAxis) axis) ? g_strdup (request->shown[axis].filter)
                                                        : dup_list (draft, (AnnAxis) axis, error);
      if (list == NULL)
        return NULL;
      ann_export_code_append_argument (command, options[axis], list);
    }
  ann_export_code_append_options (command, request->options);
  ann_export_code_append_argument (command, "-o ", request->target);

  return g_strdup (command->str);
}

/* ---- Python ---- */

/**
 * ann_export_code_append_python_text:
 * @code: Python so far
 * @text: a text
 *
 * Appends the text as Python reads it.
 */
void
ann_export_code_append_python_text (GString *code, const char *text)
{
  char others[0x81];
  g_autofree char *escaped = NULL;

  /* What is no ASCII stands for itself. */
  for (guint i = 0; i < 0x80; i++)
    others[i] = (char) (0x80 + i);
  others[0x80] = '\0';
  escaped = g_strescape (text, others);
  g_string_append_printf (code, "\"%s\"", escaped);
}

/* h5py takes no addresses. */
static gboolean
is_remote_file (AnnData *data)
{
  g_autofree char *path = ann_data_dup_filename (data);

  return path == NULL && strcmp (ann_data_get_format (data), "HDF5") == 0;
}

static void
append_reading (GString *code, AnnData *data)
{
  g_autofree char *path = ann_data_dup_filename (data);
  const char *place = path != NULL ? path : ann_data_get_uri (data);
  const gboolean is_zarr = g_str_has_prefix (ann_data_get_format (data), "Zarr");

  if (is_zarr && g_str_has_suffix (place, ".zip"))
    {
      g_string_append (code, "adata = ad.read_zarr(zarr.storage.ZipStore(");
      ann_export_code_append_python_text (code, place);
      g_string_append (code, ", mode=\"r\"))\n");
      return;
    }
  if (is_remote_file (data))
    {
      g_string_append (code, "with fsspec.open(");
      ann_export_code_append_python_text (code, place);
      g_string_append (code, ") as file:\n    adata = ad.read_h5ad(file)\n");
      return;
    }
  g_string_append (code, is_zarr ? "adata = ad.read_zarr(" : "adata = ad.read_h5ad(");
  ann_export_code_append_python_text (code, place);
  g_string_append (code, ")\n");
}

static gboolean
append_rows (GString *code, const AnnExportDraft *draft, GError **error)
{
  static const char *const names[] = { "obs", "var" };
  const gboolean by_axis[] = { draft->rows[0] != NULL, draft->rows[1] != NULL };

  if (!by_axis[0] && !by_axis[1])
    return TRUE;

  for (guint axis = 0; axis < 2; axis++)
    {
      g_autofree char *list = NULL;

      if (!by_axis[axis])
        continue;
      list = dup_list (draft, (AnnAxis) axis, error);
      if (list == NULL)
        return FALSE;
      g_string_append_printf (code, "%s = np.r_[%s]", names[axis], list);
      if (is_by_expression (draft->request, (AnnAxis) axis))
        g_string_append_printf (code, "  # %s", draft->request->shown[axis].filter);
      g_string_append_c (code, '\n');
    }
  g_string_append_printf (code, "adata = adata[%s, %s].copy()\n", by_axis[0] ? "obs" : ":",
                          by_axis[1] ? "var" : ":");

  return TRUE;
}

/* What is not wanted is taken out before it is written. */
static void
append_removals (GString *code, const AnnWriteOptions *options)
{
  static const char *const mappings[] = { "layers", "obsm", "varm", "obsp", "varp", "uns" };

  if (options->elements == NULL)
    return;

  if (!ann_write_options_takes (options, "X"))
    g_string_append (code, "adata.X = None\n");
  for (guint i = 0; i < G_N_ELEMENTS (mappings); i++)
    if (!ann_write_options_takes (options, mappings[i]))
      g_string_append_printf (code, "adata.%s.clear()\n", mappings[i]);
  if (!ann_write_options_takes (options, "raw"))
    g_string_append (code, "adata.raw = None\n");
}

static void
append_writing (GString *code, const AnnExportRequest *request)
{
  const AnnWriteOptions *options = request->options;

  if (g_str_has_suffix (request->target, ".zarr.zip"))
    {
      g_string_append (code, "with zarr.storage.ZipStore(");
      ann_export_code_append_python_text (code, request->target);
      g_string_append (code, ", mode=\"w\") as store:\n    adata.write_zarr(store)\n");
      return;
    }
  if (g_str_has_suffix (request->target, ".zarr"))
    {
      g_string_append (code, "adata.write_zarr(");
      ann_export_code_append_python_text (code, request->target);
      g_string_append (code, ")\n");
      return;
    }

  g_string_append (code, "adata.write_h5ad(");
  ann_export_code_append_python_text (code, request->target);
  if (options->has_compression && options->compression.compressor == ANN_COMPRESSOR_LZF)
    g_string_append (code, ", compression=\"lzf\"");
  else if (options->has_compression && options->compression.compressor == ANN_COMPRESSOR_GZIP)
    g_string_append_printf (code, ", compression=\"gzip\", compression_opts=%d",
                            options->compression.level);
  else if (!options->has_compression)
    g_string_append (code, ", compression=\"gzip\"");
  g_string_append (code, ")\n");
}

static gboolean
is_zip (const char *place)
{
  return g_str_has_suffix (place, ".zip");
}

/* What keys, regions and endpoints are called there is another matter than what they are here. */
static gboolean
is_in_bucket (AnnData *data)
{
  AnnLocation *location = ann_data_get_location (data);

  return location != NULL && ann_location_get_kind (location) == ANN_LOCATION_S3;
}

static gboolean
check_python (const AnnExportRequest *request, GError **error)
{
  const char *format = ann_data_get_format (request->data);
  const char *reason = NULL;

  if (ann_data_set_get_of (request->data) != NULL)
    reason = _ ("A set of stores is not read by anndata; copy the command instead");
  else if (!g_str_has_prefix (format, "Zarr") && strcmp (format, "HDF5") != 0)
    reason = _ ("Only H5AD and Zarr are read so; copy the command instead");
  else if (is_in_bucket (request->data))
    reason = _ ("How Python signs in to a bucket is not known here; copy the command instead");
  else if (strstr (request->target, ".zarr") == NULL
           && !g_str_has_suffix (request->target, ".h5ad"))
    reason = _ ("Only H5AD and Zarr are written by anndata; copy the command instead");
  if (reason != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s", reason);

  return reason == NULL;
}

/**
 * ann_export_code_python:
 * @draft: what is to be exported
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): lines for Python's anndata that write the same values, though not the
 *   same chunks, or %NULL with @error set if they cannot be written so
 */
char *
ann_export_code_python (const AnnExportDraft *draft, GError **error)
{
  const AnnExportRequest *request = draft->request;
  const gboolean is_zarr = strstr (request->target, ".zarr") != NULL;
  g_autoptr (GString) code = g_string_new ("import anndata as ad\n");

  if (!check_python (request, error))
    return NULL;

  if (is_remote_file (request->data))
    g_string_append (code, "import fsspec\n");
  if (draft->rows[0] != NULL || draft->rows[1] != NULL)
    g_string_append (code, "import numpy as np\n");
  if (is_zip (request->target) || is_zip (ann_data_get_uri (request->data)))
    g_string_append (code, "import zarr\n");
  g_string_append_c (code, '\n');
  if (is_zarr && request->options->zarr_format > 0)
    g_string_append_printf (code, "ad.settings.zarr_write_format = %u\n",
                            request->options->zarr_format);
  append_reading (code, request->data);
  if (!append_rows (code, draft, error))
    return NULL;
  append_removals (code, request->options);
  append_writing (code, request);

  return g_strdup (code->str);
}
