/* ann-write-market.c: a matrix as a folder of 10x Genomics, in Matrix Market's text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-text.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "element/ann-cell.h"
#include "element/ann-sparse.h"
#include "store/ann-store-writer.h"
#include "write/ann-text-column-private.h"
#include "write/ann-text-sink.h"

#include <string.h>
#include <unistd.h>

/* Entries that are read together, about; of a dense row, all values. */
#define BLOCK_ENTRIES (1 << 20)
#define MAX_BLOCK_ROWS 65536
#define PIECE_ENTRIES 65536

typedef struct {
  AnnElement *matrix;
  AnnFrame *obs;
  AnnFrame *var;
  const AnnTextTarget *target;
  AnnStoreWriter *folder;
  guint64 n_entries; /* written */
} Market;

/* The rows that lines are made of, and where the lines of each begin. */
typedef struct {
  const AnnBlock *block;
  guint64 n_entries;
} Rows;

static char *
make_name (const Market *self, const char *name)
{
  return g_strconcat (name, self->target->is_gzip ? ".gz" : "", NULL);
}

/* --- The matrix --- */

/* A feature, a cell and a value: counted from 1. */
static void
append_entry (GString *text, guint64 column, guint64 row, AnnDtype dtype, gconstpointer value)
{
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " ", column + 1,
                          row + 1);
  if (dtype == ANN_DTYPE_BOOL)
    g_string_append_c (text, *(const guint8 *) value ? '1' : '0');
  else
    ann_cell_append_number (text, dtype, value);
  g_string_append_c (text, '\n');
}

static void
append_sparse_rows (GString *text, const AnnBlock *block, guint64 first, guint64 n)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);
  const guint8 *indices = ann_buffer_get_data (block->indices);

  for (guint64 row = first; row < first + n; row++)
    {
      for (guint64 entry = pointers[row]; entry < pointers[row + 1]; entry++)
        {
          gint64 column;

          ann_dtype_to_int64 (index_dtype, indices + entry * ann_dtype_get_size (index_dtype), 1,
                              &column);
          append_entry (text, (guint64) column, block->start + row, dtype,
                        values + entry * ann_dtype_get_size (dtype));
        }
    }
}

/* What is not zero. */
static void
append_dense_rows (GString *text, const AnnBlock *block, guint64 first, guint64 n)
{
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const guint8 *values = ann_buffer_get_data (block->values);

  for (guint64 i = first * block->width; i < (first + n) * block->width; i++)
    {
      double value;

      ann_dtype_to_double (dtype, values + i * size, 1, &value);
      if (value != 0)
        append_entry (text, i % block->width, block->start + i / block->width, dtype,
                      values + i * size);
    }
}

static gboolean
make_lines (GString *text,
            guint64 first,
            guint64 n,
            gpointer user_data,
            G_GNUC_UNUSED GError **error)
{
  const AnnBlock *block = user_data;

  if (ann_block_is_sparse (block))
    append_sparse_rows (text, block, first, n);
  else
    append_dense_rows (text, block, first, n);

  return TRUE;
}

static guint64
count_entries (const AnnBlock *block)
{
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  guint64 n = 0;

  if (ann_block_is_sparse (block))
    return ann_buffer_get_n_elements (block->values);

  for (gsize i = 0; i < ann_buffer_get_n_elements (block->values); i++)
    {
      double value;

      ann_dtype_to_double (dtype, values + i * ann_dtype_get_size (dtype), 1, &value);
      n += value != 0;
    }

  return n;
}

static guint64
choose_n_rows (const Market *self)
{
  const guint64 n_rows = ann_element_get_n_rows (self->matrix);
  guint64 per_row = ann_element_get_width (self->matrix);

  if (ANN_IS_SPARSE (self->matrix))
    per_row = ann_sparse_guess_n_stored (ANN_SPARSE (self->matrix)) / MAX (n_rows, 1);

  return CLAMP ((guint64) BLOCK_ENTRIES / MAX (per_row, 1), 1, MAX_BLOCK_ROWS);
}

/* All lines but the header, which says how many there are. */
static gboolean
write_entries (Market *self, AnnTextSink *sink, GCancellable *cancellable, GError **error)
{
  const guint64 n = ann_element_get_n_rows (self->matrix);
  const guint64 n_rows = choose_n_rows (self);
  g_auto (AnnTextColumn) matrix = { .element = NULL };

  if (!_ann_text_column_init (&matrix, g_object_ref (self->matrix), self->target->writer,
                              cancellable, error))
    return FALSE;
  for (guint64 start = 0, count; start < n; start += count)
    {
      guint64 n_entries;

      count = MIN (n_rows, n - start);
      if (!_ann_text_column_limit (&matrix, start, &count, cancellable, error)
          || !_ann_text_column_read (&matrix, start, count, cancellable, error))
        return FALSE;
      n_entries = count_entries (matrix.block);
      self->n_entries += n_entries;
      if (!_ann_text_sink_add_lines (sink, count,
                                     CLAMP (count * PIECE_ENTRIES / MAX (n_entries, 1), 1, count),
                                     make_lines, matrix.block, cancellable, error))
        return FALSE;
      _ann_write_add_done (self->target->writer, count * self->target->row_size);
    }

  return TRUE;
}

static char *
make_header (const Market *self)
{
  const AnnDtype dtype = ann_element_get_dtype (self->matrix);
  const gboolean is_whole = ann_dtype_is_integer (dtype) || dtype == ANN_DTYPE_BOOL;

  return g_strdup_printf ("%%%%MatrixMarket matrix coordinate %s general\n"
                          "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                          is_whole ? "integer" : "real", ann_element_get_width (self->matrix),
                          ann_element_get_n_rows (self->matrix), self->n_entries);
}

/* Closes a file of the folder, which is there if all went well: not before, where it is sent. */
static gboolean
put_file (Market *self,
          const char *name,
          int file,
          gboolean is_written,
          GCancellable *cancellable,
          GError **error)
{
  if (is_written)
    return _ann_store_writer_put_file (self->folder, name, file, cancellable, error);
  if (file >= 0)
    close (file);

  return FALSE;
}

/* The lines go into a file without a name first: how many there are is known when they are made. */
static gboolean
write_matrix (Market *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = make_name (self, "matrix.mtx");
  g_autofree char *header = NULL;
  int file = _ann_store_writer_create (self->folder, name, error);
  int lines = file >= 0 ? _ann_store_writer_create (self->folder, NULL, error) : -1;
  gboolean is_written = FALSE;

  if (lines >= 0)
    {
      g_autoptr (AnnTextSink) sink = _ann_text_sink_new (lines, self->target->path,
                                                         self->target->is_gzip);

      is_written = write_entries (self, sink, cancellable, error);
    }
  if (is_written)
    {
      g_autoptr (AnnTextSink) sink = _ann_text_sink_new (file, self->target->path,
                                                         self->target->is_gzip);

      header = make_header (self);
      is_written = _ann_text_sink_add_text (sink, header, strlen (header), cancellable, error)
                   && _ann_text_sink_add_file (sink, lines, cancellable, error);
    }
  if (lines >= 0)
    _ann_clean_up_close (lines);

  return put_file (self, name, file, is_written, cancellable, error);
}

/* --- Names --- */

/* The field of a feature's symbol. One that has none has its identifier there, as Cell Ranger
 * writes it: readers take an empty one for NaN.
 */
#define SYMBOL 1

/* Lines of a table without a header, in which nothing may be put in quotes. */
typedef struct {
  AnnTextColumn fields[3];
  guint n_fields;
  const char *last; /* (nullable): what stands behind them in each line */
} Lines;

static gboolean
make_name_lines (GString *text, guint64 first, guint64 n, gpointer user_data, GError **error)
{
  const Lines *self = user_data;

  for (guint64 row = first; row < first + n; row++)
    {
      for (guint i = 0; i < self->n_fields; i++)
        {
          const AnnTextColumn *field = &self->fields[i];
          gsize start;

          if (i > 0)
            g_string_append_c (text, '\t');
          start = text->len;
          ann_cell_append_value (text, field->block, field->labels, row, 0);
          if (i == SYMBOL && text->len == start)
            ann_cell_append_value (text, self->fields[0].block, self->fields[0].labels, row, 0);
          if (strpbrk (text->str + start, "\t\r\n") != NULL)
            {
              g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "%s: the text in row %" G_GUINT64_FORMAT
                           " has a tab or a line break, which this format cannot hold",
                           ann_element_get_path (field->element), field->block->start + row);
              return FALSE;
            }
        }
      if (self->last != NULL)
        g_string_append_printf (text, "\t%s", self->last);
      g_string_append_c (text, '\n');
    }

  return TRUE;
}

static void
lines_clear (Lines *self)
{
  for (guint i = 0; i < self->n_fields; i++)
    _ann_text_column_clear (&self->fields[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lines, lines_clear)

/* Takes @element. */
static gboolean
add_field (Lines *self, AnnElement *element, GCancellable *cancellable, GError **error)
{
  return element != NULL
         && _ann_text_column_init (&self->fields[self->n_fields++], element, NULL, cancellable,
                                   error);
}

static gboolean
write_name_rows (Lines *self,
                 guint64 n,
                 AnnTextSink *sink,
                 GCancellable *cancellable,
                 GError **error)
{
  for (guint64 start = 0; start < n; start += MAX_BLOCK_ROWS)
    {
      const guint64 count = MIN (MAX_BLOCK_ROWS, n - start);

      for (guint i = 0; i < self->n_fields; i++)
        {
          if (!_ann_text_column_read (&self->fields[i], start, count, cancellable, error))
            return FALSE;
        }
      if (!_ann_text_sink_add_lines (sink, count, PIECE_ENTRIES, make_name_lines, self, cancellable,
                                     error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_lines (Market *self,
             Lines *lines,
             const char *name,
             guint64 n,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree char *file_name = make_name (self, name);
  int file = _ann_store_writer_create (self->folder, file_name, error);
  g_autoptr (AnnTextSink) sink = NULL;
  gboolean is_written;

  if (file < 0)
    return FALSE;

  sink = _ann_text_sink_new (file, self->target->path, self->target->is_gzip);
  is_written = write_name_rows (lines, n, sink, cancellable, error);

  return put_file (self, file_name, file, is_written, cancellable, error);
}

static gboolean
write_barcodes (Market *self, GCancellable *cancellable, GError **error)
{
  g_auto (Lines) lines = { .n_fields = 0 };
  AnnElement *names = ann_frame_open_index (self->obs, cancellable, error);

  return add_field (&lines, names, cancellable, error)
         && write_lines (self, &lines, "barcodes.tsv", ann_element_get_n_rows (names), cancellable,
                         error);
}

/* The first of these columns that var has, or its names where it has none of them. */
static AnnElement *
open_column (Market *self, const char *const *names, GCancellable *cancellable, GError **error)
{
  guint column;

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (ann_frame_find_column (self->var, names[i], &column))
        return ann_frame_open_column (self->var, column, cancellable, error);
    }

  return ann_frame_open_index (self->var, cancellable, error);
}

static gboolean
write_features (Market *self, GCancellable *cancellable, GError **error)
{
  /* Scanpy calls so what of the identifiers and symbols is not the index; CELLxGENE has symbols as
   * feature_name.
   */
  static const char *const ids[] = { "gene_ids", NULL };
  static const char *const symbols[] = { "gene_symbols", "feature_name", NULL };
  static const char *const types[] = { "feature_types", NULL };
  static const char *const none[] = { NULL };
  g_auto (Lines) lines = { .n_fields = 0 };
  guint column;
  gboolean has_ids = ann_frame_find_column (self->var, ids[0], &column);
  gboolean has_types = ann_frame_find_column (self->var, types[0], &column);

  if (!add_field (&lines, open_column (self, ids, cancellable, error), cancellable, error)
      || !add_field (&lines, open_column (self, has_ids ? none : symbols, cancellable, error),
                     cancellable, error))
    return FALSE;
  if (!has_types)
    lines.last = "Gene Expression";
  else if (!add_field (&lines, open_column (self, types, cancellable, error), cancellable, error))
    return FALSE;

  return write_lines (self, &lines, "features.tsv", ann_element_get_width (self->matrix),
                      cancellable, error);
}

static gboolean
check_matrix (AnnElement *matrix, GError **error)
{
  const AnnDtype dtype = ann_element_get_dtype (matrix);

  if (ann_element_get_error (matrix) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (matrix)));
      return FALSE;
    }
  if (!ann_element_is_matrix (matrix) || (!ann_dtype_is_real (dtype) && dtype != ANN_DTYPE_BOOL))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is no matrix of real numbers, which is what Matrix Market holds",
                   ann_element_get_path (matrix));
      return FALSE;
    }

  return TRUE;
}

gboolean
_ann_write_market (AnnElement *matrix,
                   AnnFrame *obs,
                   AnnFrame *var,
                   const AnnTextTarget *target,
                   GCancellable *cancellable,
                   GError **error)
{
  Market self = { .matrix = matrix, .obs = obs, .var = var, .target = target };
  g_autoptr (AnnStoreWriter) folder = NULL;

  if (!check_matrix (matrix, error))
    return FALSE;
  folder = _ann_store_writer_new (target->path, target->overwrite, cancellable, error);
  if (folder == NULL)
    return FALSE;

  self.folder = folder;

  return write_barcodes (&self, cancellable, error) && write_features (&self, cancellable, error)
         && write_matrix (&self, cancellable, error) && _ann_text_target_check (target, error)
         && _ann_store_writer_commit (folder, cancellable, error);
}
