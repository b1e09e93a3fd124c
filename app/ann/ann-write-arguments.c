/* ann-write-arguments.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-write-arguments.h"

#include "ann-command.h"

#include <string.h>

char *ann_write_target;
char *ann_write_format;
gboolean ann_write_is_dry_run;

static char *elements_text;
static char *compression_text;
static char *profile_text;
static gint64 chunk_rows = -1; /* not said */
static gint64 shard_rows = -1;
static int zarr_format = -1;
static gboolean is_csr;
static gboolean is_csc;
static gboolean is_dense;
static gboolean overwrites;
static gboolean keeps_unused_categories;
static gboolean skips_unreadable;

const GOptionEntry ann_write_arguments[] = {
  { "elements", 0, 0, G_OPTION_ARG_STRING, &elements_text,
    "What to write: X, layers/counts, obsm, … (all); obs and var are always there", "LIST" },
  { "compression", 0, 0, G_OPTION_ARG_STRING, &compression_text,
    "none, gzip, zstd, blosc, lz4 or lzf, with a level if wanted: gzip:6", "NAME[:LEVEL]" },
  { "chunk-rows", 0, 0, G_OPTION_ARG_INT64, &chunk_rows, "Rows in a chunk (about 1 MiB)", "N" },
  { "zarr-format", 0, 0, G_OPTION_ARG_INT, &zarr_format, "Version of Zarr", "2|3" },
  { "shard-rows", 0, 0, G_OPTION_ARG_INT64, &shard_rows, "Zarr 3: rows in a shard", "N" },
  { "csr", 0, 0, G_OPTION_ARG_NONE, &is_csr, "X and layers sparse by rows", NULL },
  { "csc", 0, 0, G_OPTION_ARG_NONE, &is_csc, "X and layers sparse by columns", NULL },
  { "dense", 0, 0, G_OPTION_ARG_NONE, &is_dense, "X and layers dense", NULL },
  { "profile", 0, 0, G_OPTION_ARG_STRING, &profile_text,
    "Who is to read it: portable (default: anndata 0.8 on, R, Julia), modern (anndata 0.12 on) or "
    "faithful (as the source)",
    "NAME" },
  { "keep-unused-categories", 0, 0, G_OPTION_ARG_NONE, &keeps_unused_categories,
    "Of selections: categories that no row has stay", NULL },
  { "skip-unreadable", 0, 0, G_OPTION_ARG_NONE, &skips_unreadable,
    "Leave out what cannot be read, with a warning", NULL },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrites, "Replace what is there already", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &ann_write_is_dry_run, "Say what would be done", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document on what is done",
    NULL },
  { NULL },
};

static gboolean
parse_profile (const char *text, AnnProfile *profile)
{
  static const char *const names[] = { "portable", "modern", "faithful" };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (text, names[i]) == 0)
        {
          *profile = (AnnProfile) i;
          return TRUE;
        }
    }

  return text == NULL;
}

static gboolean
parse_format (const char *text)
{
  static const char *const names[] = { "h5ad", "zarr",   "zarr.zip", "csv", "csv.gz",
                                       "tsv",  "tsv.gz", "mtx",      "ids", NULL };

  return text == NULL || g_strv_contains (names, text);
}

/* Names between commas, without empty ones and spaces around them. */
static char **
parse_list (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*g_strstrip (parts[i]) != '\0')
        g_strv_builder_add (names, parts[i]);
    }

  return g_strv_builder_end (names);
}

static AnnMatrixLayout
get_layout (void)
{
  if (is_csr)
    return ANN_MATRIX_LAYOUT_CSR;
  if (is_csc)
    return ANN_MATRIX_LAYOUT_CSC;

  return is_dense ? ANN_MATRIX_LAYOUT_DENSE : ANN_MATRIX_LAYOUT_KEEP;
}

/* What contradicts itself or is out of range; %NULL if all is well. */
static const char *
find_mistake (void)
{
  if (ann_write_target == NULL || *ann_write_target == '\0')
    return "-o OUT is missing: where to write to";
  if (is_csr + is_csc + is_dense > 1)
    return "take one of --csr, --csc and --dense";
  if (chunk_rows < -1 || chunk_rows == 0 || shard_rows < -1 || shard_rows == 0)
    return "--chunk-rows and --shard-rows are numbers of rows, 1 at least";
  if (zarr_format != -1 && zarr_format != 2 && zarr_format != 3)
    return "--zarr-format is 2 or 3";

  return NULL;
}

AnnWriteOptions *
ann_write_arguments_get (const char *verb)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (GError) error = NULL;
  const char *mistake = find_mistake ();

  if (mistake != NULL)
    {
      ann_command_fail_usage (verb, "%s", mistake);
      return NULL;
    }
  if (!parse_profile (profile_text, &options->profile))
    {
      ann_command_fail_usage (verb, "--profile %s: portable, modern or faithful", profile_text);
      return NULL;
    }
  if (!parse_format (ann_write_format))
    {
      ann_command_fail_usage (
          verb, "--format %s: h5ad, zarr, zarr.zip, csv, tsv, csv.gz, tsv.gz, mtx or ids",
          ann_write_format);
      return NULL;
    }
  if (compression_text != NULL
      && !ann_compression_parse (compression_text, &options->compression, &error))
    {
      ann_command_fail_usage (verb, "--compression %s", error->message);
      return NULL;
    }

  options->has_compression = compression_text != NULL;
  options->format = g_strdup (ann_write_format);
  options->elements = elements_text != NULL ? parse_list (elements_text) : NULL;
  options->chunk_rows = (guint64) MAX (chunk_rows, 0);
  options->shard_rows = (guint64) MAX (shard_rows, 0);
  options->zarr_format = (guint) MAX (zarr_format, 0);
  options->layout = get_layout ();
  options->keep_unused_categories = keeps_unused_categories;
  options->skip_unreadable = skips_unreadable;
  options->overwrite = overwrites;

  return g_steal_pointer (&options);
}

gboolean
ann_write_arguments_check (const char *verb, const char *target, AnnWriteOptionFlags useful)
{
  const struct {
    gboolean is_given;
    AnnWriteOptionFlags option;
    const char *name;
  } given[] = {
    { elements_text != NULL, ANN_WRITE_OPTION_ELEMENTS, "--elements" },
    { compression_text != NULL, ANN_WRITE_OPTION_COMPRESSION, "--compression" },
    { chunk_rows > 0, ANN_WRITE_OPTION_CHUNK_ROWS, "--chunk-rows" },
    { zarr_format > 0, ANN_WRITE_OPTION_ZARR_FORMAT, "--zarr-format" },
    { shard_rows > 0, ANN_WRITE_OPTION_SHARD_ROWS, "--shard-rows" },
    { is_csr, ANN_WRITE_OPTION_LAYOUT, "--csr" },
    { is_csc, ANN_WRITE_OPTION_LAYOUT, "--csc" },
    { is_dense, ANN_WRITE_OPTION_LAYOUT, "--dense" },
    { profile_text != NULL, ANN_WRITE_OPTION_PROFILE, "--profile" },
    { keeps_unused_categories, ANN_WRITE_OPTION_KEEP_UNUSED_CATEGORIES,
      "--keep-unused-categories" },
    { skips_unreadable, ANN_WRITE_OPTION_SKIP_UNREADABLE, "--skip-unreadable" },
  };
  g_autofree char *name = ann_command_make_name (target);

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    {
      const gboolean is_zarr = (useful & ANN_WRITE_OPTION_ZARR_FORMAT) != 0;

      if (!given[i].is_given || (useful & given[i].option) != 0)
        continue;
      ann_command_fail_usage (verb, "%s makes no difference for %s%s", given[i].name, name,
                              is_zarr ? ": shards need --zarr-format 3" : "");
      return FALSE;
    }

  return TRUE;
}

gboolean
ann_write_arguments_check_target (const char *verb,
                                  const char *target,
                                  const AnnWriteOptions *options)
{
  AnnWriteOptionFlags useful;

  /* What a name does not say is told by what writes. */
  if (!ann_export_find_options (target, options, &useful, NULL))
    return TRUE;

  return ann_write_arguments_check (verb, target, useful);
}

gboolean
ann_write_arguments_check_place (const char *target, const AnnWriteOptions *options, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (ann_export_check_target (target, NULL, &reason)
      || (options->overwrite && g_error_matches (reason, ANN_ERROR, ANN_ERROR_EXISTS)))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}
