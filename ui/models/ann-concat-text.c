/* ann-concat-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-concat-text.h"

#include "models/ann-export-code.h"
#include "models/ann-place.h"

#include <math.h>
#include <string.h>

/* In the order of AnnMerge; the first is what one gets without. */
static const char *const merge_names[] = { NULL, "same", "unique", "first", "only" };

/* Whether the keys are found in the result. */
static gboolean
shows_keys (const AnnConcatOptions *options, const char *target)
{
  return options->label != NULL || options->index_unique != NULL
         || g_str_has_suffix (target, ".h5ads");
}

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_dtostr (digits, sizeof digits, value));
}

/* ---- A command ---- */

static void
append_option (GString *line, const char *option, const char *value)
{
  if (value != NULL)
    ann_export_code_append_argument (line, option, value);
}

/* NULL if a key cannot be said in a list. */
static char *
join_keys (char **keys)
{
  for (guint i = 0; keys[i] != NULL; i++)
    if (strchr (keys[i], ',') != NULL)
      return NULL;

  return g_strjoinv (",", keys);
}

/**
 * ann_concat_text_command:
 * @parts: (element-type AnnConcatPart): stores
 * @options: how they are joined
 * @target: where to
 *
 * Returns: (transfer full) (nullable): the line that does it in a shell; %NULL if none can
 */
char *
ann_concat_text_command (GPtrArray *parts, const AnnConcatOptions *options, const char *target)
{
  g_autoptr (GString) line = g_string_new ("ann concat");

  for (guint i = 0; i < parts->len; i++)
    ann_export_code_append_argument (line, NULL,
                                     ann_concat_part_get_address (g_ptr_array_index (parts, i)));
  ann_export_code_append_argument (line, "-o ", target);
  if (options->axis == ANN_AXIS_VAR)
    append_option (line, "--axis=", "var");
  if (options->join == ANN_JOIN_OUTER)
    append_option (line, "--join=", "outer");
  append_option (line, "--merge=", merge_names[options->merge]);
  append_option (line, "--uns-merge=", merge_names[options->uns_merge]);
  append_option (line, "--label=", options->label);
  if (shows_keys (options, target))
    {
      g_autofree char *keys = join_keys (options->keys);

      if (keys == NULL)
        return NULL;
      append_option (line, "--keys=", keys);
    }
  append_option (line, "--index-unique=", options->index_unique);
  if (options->has_fill_value)
    {
      g_string_append (line, " --fill-value=");
      append_number (line, options->fill_value);
    }
  if (options->pairwise)
    g_string_append (line, " --pairwise");

  return g_strdup (line->str);
}

/* ---- Python ---- */

/* What reads a store is a call around its path. FALSE where anndata has nothing that does. */
static gboolean
append_reader (GString *code, AnnConcatPart *part)
{
  const char *format = ann_data_get_format (ann_concat_part_get_data (part));
  gboolean is_zarr = g_str_has_prefix (format, "Zarr");
  gboolean is_zip = is_zarr && g_str_has_suffix (format, "zip");

  if ((!is_zarr && !g_str_equal (format, "HDF5"))
      || ann_place_is_remote (ann_concat_part_get_place (part)))
    return FALSE;

  g_string_append (code, is_zip    ? "ad.read_zarr(zarr.storage.ZipStore("
                         : is_zarr ? "ad.read_zarr("
                                   : "ad.read_h5ad(");
  ann_export_code_append_python_text (code, ann_concat_part_get_address (part));
  g_string_append (code, is_zip ? ", mode=\"r\"))" : ")");

  return TRUE;
}

static void
append_argument (GString *code, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (code, ", %s=", name);
  ann_export_code_append_python_text (code, value);
}

static void
append_fill_value (GString *code, double value)
{
  g_string_append (code, ", fill_value=");
  if (isfinite (value))
    append_number (code, value);
  else
    g_string_append (code, isnan (value) ? "float(\"nan\")"
                           : value > 0   ? "float(\"inf\")"
                                         : "float(\"-inf\")");
}

static void
append_call (GString *code, const AnnConcatOptions *options)
{
  g_string_append (code, "result = ad.concat(stores");
  if (options->axis == ANN_AXIS_VAR)
    append_argument (code, "axis", "var");
  if (options->join == ANN_JOIN_OUTER)
    append_argument (code, "join", "outer");
  append_argument (code, "merge", merge_names[options->merge]);
  append_argument (code, "uns_merge", merge_names[options->uns_merge]);
  append_argument (code, "label", options->label);
  append_argument (code, "index_unique", options->index_unique);
  if (options->has_fill_value)
    append_fill_value (code, options->fill_value);
  if (options->pairwise)
    g_string_append (code, ", pairwise=True");
  g_string_append (code, ")\n");
}

static void
append_writer (GString *code, const char *target)
{
  if (g_str_has_suffix (target, ".zip"))
    {
      g_string_append (code, "with zarr.storage.ZipStore(");
      ann_export_code_append_python_text (code, target);
      g_string_append (code, ", mode=\"w\") as store:\n    result.write_zarr(store)\n");
      return;
    }
  g_string_append (code, g_str_has_suffix (target, ".zarr") ? "result.write_zarr("
                                                            : "result.write_h5ad(");
  ann_export_code_append_python_text (code, target);
  g_string_append (code, g_str_has_suffix (target, ".zarr") ? ")\n" : ", compression=\"gzip\")\n");
}

/**
 * ann_concat_text_python:
 * @parts: (element-type AnnConcatPart): stores, all open
 * @options: how they are joined
 * @target: where to
 *
 * Returns: (transfer full) (nullable): the lines that do it with anndata; %NULL if it cannot, for
 *   it has no sets, and does not read from addresses
 */
char *
ann_concat_text_python (GPtrArray *parts, const AnnConcatOptions *options, const char *target)
{
  const gboolean has_keys = shows_keys (options, target);
  g_autoptr (GString) code = g_string_new (has_keys ? "stores = {\n" : "stores = [\n");

  if (g_str_has_suffix (target, ".h5ads"))
    return NULL;

  for (guint i = 0; i < parts->len; i++)
    {
      g_string_append (code, "    ");
      if (has_keys)
        {
          ann_export_code_append_python_text (code, options->keys[i]);
          g_string_append (code, ": ");
        }
      if (!append_reader (code, g_ptr_array_index (parts, i)))
        return NULL;
      g_string_append (code, ",\n");
    }
  g_string_append (code, has_keys ? "}\n" : "]\n");
  append_call (code, options);
  append_writer (code, target);
  g_string_prepend (code, strstr (code->str, "zarr.storage.") != NULL
                              ? "import anndata as ad\nimport zarr\n\n"
                              : "import anndata as ad\n\n");

  return g_strdup (code->str);
}
