/* ann-market.c: matrices as text, read as stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-market-private.h"

#include "anndata/ann-branch-private.h"
#include "anndata/ann-market-reader-private.h"
#include "base/ann-error.h"
#include "format/ann-create.h"
#include "format/hdf5/ann-hdf5-file.h"
#include "view/ann-view-private.h"
#include "write/ann-entry-sorter-private.h"
#include "write/ann-sparse-sink-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* More rows or columns without names than any matrix has that is worth reading: each gets one. */
#define MAX_UNNAMED ((guint64) 1 << 26)

/* A promise of more entries is as good: it only says how many buckets there are. */
#define MAX_EXPECTED ((guint64) 1 << 40)

/* Columns of the table of features: identifier, name, type. What follows is left out. */
#define MAX_FIELDS 3

static const char *const packings[] = { "", ".gz" };

typedef struct {
  char *matrix;
  char *cells; /* NULL with … */
  char *genes; /* … these where the matrix is alone */
} Files;

static void
files_clear (Files *self)
{
  g_free (self->matrix);
  g_free (self->cells);
  g_free (self->genes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

/* --- Which files --- */

/* `matrix.mtx` of a folder, or another name that begins with @prefix. (transfer full) (nullable) */
static char *
find_file (const char *prefix, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (packings); j++)
        {
          g_autofree char *path = g_strconcat (prefix, names[i], packings[j], NULL);

          if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer (&path);
        }
    }

  return NULL;
}

static char *
find_matrix (const char *folder)
{
  static const char *const names[] = { "/matrix.mtx", NULL };

  return find_file (folder, names);
}

static gboolean
has_name (AnnLocation *location)
{
  g_autofree char *name = g_ascii_strdown (ann_location_get_name (location), -1);

  return g_str_has_suffix (name, ".mtx") || g_str_has_suffix (name, ".mtx.gz");
}

gboolean
_ann_market_is_at (AnnLocation *location)
{
  const char *path = ann_location_get_uri (location);
  g_autofree char *matrix = NULL;

  if (ann_location_is_remote (location))
    return has_name (location);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return has_name (location);
  matrix = find_matrix (path);

  return matrix != NULL;
}

/* The names of rows and columns that lie beside a matrix: `barcodes.tsv` and `features.tsv`,
 * `genes.tsv` before Cell Ranger 3; all may have a prefix in common.
 */
static void
find_names (Files *self, const char *prefix)
{
  static const char *const cells[] = { "barcodes.tsv", NULL };
  static const char *const genes[] = { "features.tsv", "genes.tsv", NULL };

  self->cells = find_file (prefix, cells);
  self->genes = find_file (prefix, genes);
}

static gboolean
find_in_folder (Files *self, const char *folder, GError **error)
{
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);

  self->matrix = find_matrix (folder);
  find_names (self, prefix);
  if (self->matrix != NULL && self->cells != NULL && self->genes != NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
               "This folder has a matrix.mtx, but no %s, plain or .gz; the matrix alone can be "
               "opened by its own path",
               self->cells == NULL ? "barcodes.tsv" : "features.tsv or genes.tsv");

  return FALSE;
}

static void
find_beside (Files *self, const char *path)
{
  static const char *const endings[] = { "matrix.mtx", "matrix.mtx.gz" };

  self->matrix = g_strdup (path);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *prefix = NULL;

      if (!g_str_has_suffix (path, endings[i]))
        continue;
      prefix = g_strndup (path, strlen (path) - strlen (endings[i]));
      find_names (self, prefix);
    }
  if (self->cells == NULL || self->genes == NULL)
    {
      g_clear_pointer (&self->cells, g_free);
      g_clear_pointer (&self->genes, g_free);
    }
}

/* --- Names --- */

typedef struct {
  AnnStrings *fields[MAX_FIELDS];
  guint n_fields;
} Names;

static void
names_clear (Names *self)
{
  for (guint i = 0; i < MAX_FIELDS; i++)
    g_clear_pointer (&self->fields[i], ann_strings_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Names, names_clear)

static guint
count_fields (const char *line)
{
  guint n = 1;

  while (n < MAX_FIELDS && (line = strchr (line, '\t')) != NULL)
    {
      line++;
      n++;
    }

  return n;
}

static gboolean
add_names (Names *self, AnnTextLines *lines, const char *line, gsize length, GError **error)
{
  const char *end = line + length;

  if (!g_utf8_validate_len (line, length, NULL))
    {
      _ann_text_lines_fail (lines, error, "is no text in UTF-8");
      return FALSE;
    }
  for (guint i = 0; i < self->n_fields; i++)
    {
      const char *tab = memchr (line, '\t', (gsize) (end - line));
      const char *stop = tab != NULL ? tab : end;

      if (tab == NULL && i + 1 < self->n_fields)
        {
          _ann_text_lines_fail (lines, error, "has fewer fields than the first");
          return FALSE;
        }
      if (!ann_strings_append (self->fields[i], line, stop - line, error))
        return FALSE;
      line = stop + 1;
    }

  return TRUE;
}

/* @max_fields: what is needed of each line */
static gboolean
read_names (Names *self,
            const char *path,
            guint max_fields,
            guint64 *stored_size,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnTextLines) lines = _ann_text_lines_open (path, cancellable, error);
  g_autoptr (GError) problem = NULL;
  const char *line;
  gsize length;

  if (lines == NULL)
    return FALSE;
  *stored_size += _ann_text_lines_get_stored_size (lines);
  for (guint i = 0; i < MAX_FIELDS; i++)
    self->fields[i] = ann_strings_new ();
  self->n_fields = max_fields;
  while ((line = _ann_text_lines_next (lines, &length, cancellable, &problem)) != NULL)
    {
      if (length == 0)
        continue;
      if (ann_strings_get_length (self->fields[0]) == 0)
        self->n_fields = MIN (count_fields (line), max_fields);
      if (!add_names (self, lines, line, length, error))
        return FALSE;
    }
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

/* As pandas and anndata name what has no names. */
static gboolean
count_names (Names *self, guint64 n, const char *what, GError **error)
{
  char text[24];

  if (n > MAX_UNNAMED)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "The matrix has %" G_GUINT64_FORMAT " %s without names, which are too many", n,
                   what);
      return FALSE;
    }
  self->fields[0] = ann_strings_new ();
  self->n_fields = 1;
  for (guint64 i = 0; i < n; i++)
    {
      const int length = g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, i);

      if (!ann_strings_append (self->fields[0], text, length, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_names (const Names *self, const char *path, guint64 n, const char *what, GError **error)
{
  const gsize n_names = ann_strings_get_length (self->fields[0]);
  g_autofree char *name = NULL;

  if (n_names == n)
    return TRUE;

  name = g_path_get_basename (path);
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "“%s” has %" G_GSIZE_FORMAT " names, but the matrix has %" G_GUINT64_FORMAT " %s",
               name, n_names, n, what);

  return FALSE;
}

/* Identifiers become the names where there are no others. */
static AnnElement *
make_table (const Names *self, const char *path)
{
  g_autoptr (AnnBranch) columns = _ann_branch_new ();
  AnnStrings *index = self->fields[self->n_fields > 1 ? 1 : 0];

  if (self->n_fields > 1)
    _ann_branch_add (columns, "gene_ids",
                     _ann_memory_element_new_texts ("var/gene_ids", self->fields[0], NULL));
  if (self->n_fields > 2)
    _ann_branch_add (columns, "feature_types",
                     _ann_memory_element_new_texts ("var/feature_types", self->fields[2], NULL));

  return _ann_branch_to_frame (g_steal_pointer (&columns), path,
                               _ann_memory_element_new_texts (path, index, NULL), NULL);
}

/* --- The matrix --- */

typedef struct {
  AnnMarketReader *reader;
  gboolean is_transposed; /* columns of the text are rows of X */
  const AnnElementWriter *writer;
} Market;

static gboolean
sort_entry (const Market *self, const AnnMarketEntry *entry, AnnEntrySorter *sorter, GError **error)
{
  return _ann_entry_sorter_add (sorter, self->is_transposed ? entry->column : entry->row,
                                self->is_transposed ? entry->row : entry->column,
                                (const guint8 *) &entry->value, error);
}

/* What an array says of zeros is left out, as of any sparse matrix; what coordinates say stays. */
static gboolean
sort_entries (const Market *self, AnnEntrySorter *sorter, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      AnnMarketEntry entry;
      gboolean is_end;

      if (!_ann_market_reader_next (self->reader, &entry, &is_end, cancellable, error))
        return FALSE;
      if (is_end)
        return TRUE;
      if (self->reader->is_array
          && (self->reader->dtype == ANN_DTYPE_FLOAT64 ? entry.value.real == 0
                                                       : entry.value.integer == 0))
        continue;
      if (!sort_entry (self, &entry, sorter, error))
        return FALSE;
      if (_ann_market_reader_mirror (self->reader, &entry)
          && !sort_entry (self, &entry, sorter, error))
        return FALSE;
    }
}

/* Entries of a row by column, each once: those that are there twice are added up. */
static gboolean
write_rows (AnnEntrySorter *sorter, AnnSparseSink *sink, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (AnnBlock) read = _ann_entry_sorter_next (sorter, cancellable, &problem);
      g_autoptr (AnnBlock) block = NULL;

      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (read == NULL)
        return TRUE;
      block = ann_block_canonicalize (read, error);
      if (block == NULL || !_ann_sparse_sink_append (sink, block, cancellable, error))
        return FALSE;
    }
}

static gboolean
write_matrix (const Market *self, AnnNodeWriter *root, GCancellable *cancellable, GError **error)
{
  const AnnMarketReader *reader = self->reader;
  const AnnSparseSpec spec = {
    .kind = ANN_ELEMENT_CSR,
    .shape = { self->is_transposed ? reader->n_columns : reader->n_rows,
               self->is_transposed ? reader->n_rows : reader->n_columns },
    .dtype = reader->dtype,
    .index_dtype = ANN_DTYPE_OTHER,
    .n_expected = MIN (reader->n_stored, MAX_EXPECTED),
  };
  AnnEntrySorter sorter = { .buckets = NULL };
  g_autoptr (AnnSparseSink) sink = NULL;
  gboolean is_written;

  sink = _ann_sparse_sink_new (self->writer, root, "X", &spec, cancellable, error);
  if (sink == NULL)
    return FALSE;
  _ann_entry_sorter_init (&sorter, self->writer, spec.shape[0], spec.shape[1], spec.dtype,
                          spec.n_expected);
  _ann_buckets_keep_whole (sorter.buckets);
  is_written = sort_entries (self, &sorter, cancellable, error)
               && write_rows (&sorter, sink, cancellable, error);
  _ann_entry_sorter_clear (&sorter);

  return is_written && _ann_sparse_sink_close (sink, NULL, cancellable, error);
}

/* --- The store --- */

static gboolean
write_table (const Market *self,
             const Names *names,
             AnnNodeWriter *root,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnElement) table = make_table (names, name);

  return _ann_element_write (self->writer, table, root, name, cancellable, error);
}

static gboolean
write_store (const Market *self,
             const Names *cells,
             const Names *genes,
             const char *path,
             GCancellable *cancellable,
             GError **error)
{
  const AnnCreateOptions options = { .overwrite = FALSE };
  g_autoptr (AnnNodeWriter) root = _ann_create_root (path, &options, cancellable, error);
  g_autoptr (AnnAttributes) attributes = NULL;

  if (root == NULL || !write_matrix (self, root, cancellable, error)
      || !write_table (self, cells, root, "obs", cancellable, error)
      || !write_table (self, genes, root, "var", cancellable, error))
    return FALSE;
  attributes = _ann_write_attributes_new (self->writer, NULL, "anndata", "0.1.0", cancellable,
                                          error);

  return attributes != NULL && _ann_node_writer_close (root, attributes, cancellable, error)
         && _ann_node_writer_commit (root, cancellable, error);
}

/* Where large files that nobody keeps are put: what is in memory on many systems is no place. */
static const char *
get_scratch_folder (void)
{
  const char *folder = g_getenv ("TMPDIR");

  if (folder != NULL && *folder != '\0')
    return folder;

  return g_access ("/var/tmp", W_OK) == 0 ? "/var/tmp" : g_get_tmp_dir ();
}

/* The file has a name from when it is whole until it is open. */
static AnnNode *
make_store (Market *self,
            const Names *cells,
            const Names *genes,
            GCancellable *cancellable,
            GError **error)
{
  const char *folder = get_scratch_folder ();
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  const AnnElementWriter writer = { .options = options, .scratch_folder = folder };
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strdup_printf ("ann-%s.h5ad", id);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (AnnSource) source = NULL;
  AnnNode *node = NULL;

  options->profile = ANN_PROFILE_MODERN;
  self->writer = &writer;
  if (!write_store (self, cells, genes, path, cancellable, error))
    return NULL;
  source = _ann_source_open_file (path, error);
  if (source != NULL)
    node = _ann_hdf5_open (source, cancellable, error);
  (void) g_unlink (path);

  return node;
}

static AnnNode *
open_files (const Files *files, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnMarketReader) reader = NULL;
  g_auto (Names) cells = { .n_fields = 0 };
  g_auto (Names) genes = { .n_fields = 0 };
  Market market = { .is_transposed = files->cells != NULL };

  reader = _ann_market_reader_open (files->matrix, cancellable, error);
  if (reader == NULL)
    return NULL;
  market.reader = reader;
  info->stored_size = _ann_text_lines_get_stored_size (reader->lines);
  if (files->cells == NULL)
    {
      if (!count_names (&cells, reader->n_rows, "rows", error)
          || !count_names (&genes, reader->n_columns, "columns", error))
        return NULL;
    }
  else if (!read_names (&cells, files->cells, 1, &info->stored_size, cancellable, error)
           || !read_names (&genes, files->genes, MAX_FIELDS, &info->stored_size, cancellable, error)
           || !check_names (&cells, files->cells, reader->n_columns, "columns", error)
           || !check_names (&genes, files->genes, reader->n_rows, "rows", error))
    return NULL;

  return make_store (&market, &cells, &genes, cancellable, error);
}

AnnNode *
_ann_market_open (AnnLocation *location,
                  AnnStoreInfo *info,
                  GCancellable *cancellable,
                  GError **error)
{
  const char *path = ann_location_get_uri (location);
  g_auto (Files) files = { NULL, NULL, NULL };

  *info = (AnnStoreInfo){ .format = "Matrix Market" };
  if (ann_location_is_remote (location))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "Matrix Market is read from a disk alone: download the file first");
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    find_beside (&files, path);
  else if (!find_in_folder (&files, path, error))
    return NULL;

  return open_files (&files, info, cancellable, error);
}
