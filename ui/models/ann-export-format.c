/* ann-export-format.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-export-format.h"

#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

#define TABLES "obs", "var", "X", "layers/", "obsm/", "varm/", NULL

const AnnExportFormat ann_export_formats[ANN_N_EXPORT_FORMATS] = {
  { N_ ("H5AD (HDF5)"), ".h5ad", 0, FALSE, { NULL } },
  { N_ ("Zarr v3"), ".zarr", 3, FALSE, { NULL } },
  { N_ ("Zarr v2"), ".zarr", 2, FALSE, { NULL } },
  { N_ ("Zarr v3 in a zip file"), ".zarr.zip", 3, FALSE, { NULL } },
  { N_ ("Matrix Market (folder as of 10x)"), ".mtx", 0, TRUE, { "X", "layers/", "raw/X", NULL } },
  { N_ ("CSV"), ".csv", 0, TRUE, { TABLES } },
  { N_ ("TSV"), ".tsv", 0, TRUE, { TABLES } },
  { N_ ("List of names"), ".txt", 0, TRUE, { "obs", "var", NULL } },
};

const AnnExportCompression ann_export_compressions[ANN_N_EXPORT_COMPRESSIONS] = {
  { N_ ("Usual"), ANN_COMPRESSOR_NONE, 0, 0 },
  { N_ ("None"), ANN_COMPRESSOR_NONE, 0, 0 },
  { N_ ("gzip"), ANN_COMPRESSOR_GZIP, 0, 9 },
  { N_ ("Zstandard"), ANN_COMPRESSOR_ZSTD, -7, 22 },
  { N_ ("Blosc"), ANN_COMPRESSOR_BLOSC, 0, 9 },
  { N_ ("LZ4"), ANN_COMPRESSOR_LZ4, 0, 9 },
  { N_ ("LZF (HDF5)"), ANN_COMPRESSOR_LZF, 0, 0 },
};

/* Of raw its matrix alone: a plan knows it as one element. */
static gboolean
is_element (const char *path, const char *wanted)
{
  const gsize length = strlen (wanted);

  if (g_str_has_suffix (wanted, "/"))
    return g_str_has_prefix (path, wanted) && strchr (path + length, '/') == NULL;

  return g_str_equal (path, wanted) || (g_str_equal (path, "raw") && g_str_equal (wanted, "raw/X"));
}

/**
 * ann_export_format_list_elements:
 * @self: a format of text
 * @paths: all elements of a store
 *
 * Returns: (transfer full): those that can be written so
 */
char **
ann_export_format_list_elements (const AnnExportFormat *self, const char *const *paths)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();

  for (guint i = 0; self->elements[i] != NULL; i++)
    for (guint k = 0; paths[k] != NULL; k++)
      if (is_element (paths[k], self->elements[i]))
        {
          g_strv_builder_add (found, g_str_has_suffix (self->elements[i], "/") ? paths[k]
                                                                               : self->elements[i]);
          if (!g_str_has_suffix (self->elements[i], "/"))
            break;
        }

  return g_strv_builder_end (found);
}

/* `cells.zarr.zip` → `cells` */
static char *
get_base_name (AnnData *data)
{
  static const char *const suffixes[] = { ".zip", ".zarr", ".h5ad", ".h5ads", ".h5" };
  g_autoptr (GFile) place = g_file_new_for_commandline_arg (ann_data_get_uri (data));
  char *name = ann_place_dup_name (place);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]) && strlen (name) > strlen (suffixes[i]))
      name[strlen (name) - strlen (suffixes[i])] = '\0';

  return name;
}

/**
 * ann_export_format_make_target:
 * @self: a format
 * @data: a store
 * @part: what is exported of it, in a word
 *
 * Returns: (transfer full): a path to propose: beside the store, if that is on this computer
 */
char *
ann_export_format_make_target (const AnnExportFormat *self, AnnData *data, const char *part)
{
  g_autofree char *path = ann_data_dup_filename (data);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : g_strdup (g_get_home_dir ());
  g_autofree char *base = get_base_name (data);
  g_autofree char *name = g_strconcat (base, "-", part, self->suffix, NULL);

  return g_build_filename (folder, g_strdelimit (name, "/", '-'), NULL);
}
