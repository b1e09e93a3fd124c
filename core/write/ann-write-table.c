/* ann-write-table.c: tables and matrices as CSV and TSV
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-text.h"

#include "base/ann-error.h"
#include "element/ann-cell.h"
#include "store/ann-file-target.h"
#include "write/ann-text-column-private.h"
#include "write/ann-text-sink.h"

#include <string.h>

/* What the values of the rows that are read together may take, about; and the rows, at most. */
#define BLOCK_SIZE (16 << 20)
#define MAX_BLOCK_ROWS 65536

/* Values in a piece of lines that one thread makes. */
#define PIECE_VALUES 65536

typedef struct {
  GArray *columns; /* AnnTextColumn: the names of the rows first, where there are some */
  GString *header;
  guint64 n_rows;
  guint64 width; /* of all columns together */
  char separator;
  const AnnTextTarget *target;
} Table;

static void
table_clear (Table *self)
{
  g_array_unref (self->columns);
  g_string_free (self->header, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* Readers pass over an empty line: a line of one text that is empty says so. */
static void
end_line (GString *text, gsize start, const Table *self)
{
  if (self->width == 1 && text->len == start)
    g_string_append (text, "\"\"");
  g_string_append_c (text, '\n');
}

/* --- What stands where --- */

static void
append_name (Table *self, const char *name)
{
  if (self->width > 0)
    g_string_append_c (self->header, self->separator);
  ann_cell_append_separated (self->header, name, -1, self->separator);
}

static gboolean
check_column (AnnElement *element, GError **error)
{
  const GError *reason = ann_element_get_error (element);

  if (reason != NULL)
    {
      g_propagate_error (error, g_error_copy (reason));
      return FALSE;
    }
  if (ann_element_get_rank (element) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is no table, matrix or vector, and cannot become one in text; name another "
                   "element",
                   ann_element_get_path (element));
      return FALSE;
    }

  return TRUE;
}

/* Takes @element. */
static gboolean
add_column (Table *self, AnnElement *element, GCancellable *cancellable, GError **error)
{
  AnnTextColumn column;
  gboolean is_open = _ann_text_column_init (&column, element, self->target->writer, cancellable,
                                            error);

  g_array_append_val (self->columns, column);
  if (!is_open || !check_column (element, error))
    return FALSE;
  if (self->columns->len > 1 && ann_element_get_n_rows (element) != self->n_rows)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: has %" G_GUINT64_FORMAT " rows, where the table has %" G_GUINT64_FORMAT,
                   ann_element_get_path (element), ann_element_get_n_rows (element), self->n_rows);
      return FALSE;
    }

  self->n_rows = ann_element_get_n_rows (element);
  self->width += ann_element_get_width (element);

  return TRUE;
}

static gboolean
is_wanted (AnnFrame *frame, const char *column, const AnnWriteOptions *options)
{
  g_autofree char *path = g_strconcat (ann_element_get_path (ANN_ELEMENT (frame)), "/", column,
                                       NULL);

  return options == NULL || ann_write_options_takes (options, path);
}

static gboolean
add_frame (Table *self, AnnFrame *frame, GCancellable *cancellable, GError **error)
{
  const char *index_name = ann_frame_get_index_name (frame);
  AnnElement *index = ann_frame_open_index (frame, cancellable, error);

  if (index == NULL)
    return FALSE;
  append_name (self, g_strcmp0 (index_name, "_index") != 0 && index_name != NULL ? index_name : "");
  if (!add_column (self, index, cancellable, error))
    return FALSE;

  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      const char *name = ann_frame_get_column_name (frame, i);
      AnnElement *column;

      if (!is_wanted (frame, name, self->target->writer->options))
        continue;
      column = ann_frame_open_column (frame, i, cancellable, error);
      if (column == NULL)
        return FALSE;
      append_name (self, name);
      if (!add_column (self, column, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* The names of the columns of a matrix: those that there are, or numbers. */
static gboolean
append_names (Table *self, AnnElement *names, guint64 n, GCancellable *cancellable, GError **error)
{
  g_auto (AnnTextColumn) column = { .element = NULL };
  g_autoptr (GString) name = g_string_new (NULL);

  if (names != NULL
      && !_ann_text_column_init (&column, g_object_ref (names), NULL, cancellable, error))
    return FALSE;

  for (guint64 start = 0; start < n; start += MAX_BLOCK_ROWS)
    {
      const guint64 count = MIN (MAX_BLOCK_ROWS, n - start);

      if (names != NULL && !_ann_text_column_read (&column, start, count, cancellable, error))
        return FALSE;
      for (guint64 i = 0; i < count; i++)
        {
          g_string_truncate (name, 0);
          if (names == NULL)
            g_string_append_printf (name, "%" G_GUINT64_FORMAT, start + i);
          else
            ann_cell_append_value (name, column.block, column.labels, i, 0);
          if (self->width > 0 || start + i > 0)
            g_string_append_c (self->header, self->separator);
          ann_cell_append_separated (self->header, name->str, (gssize) name->len, self->separator);
        }
    }

  return TRUE;
}

static gboolean
add_matrix (Table *self,
            AnnElement *matrix,
            AnnElement *row_names,
            AnnElement *column_names,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 width = ann_element_get_width (matrix);

  if (!check_column (matrix, error))
    return FALSE;
  if (row_names != NULL && !add_column (self, g_object_ref (row_names), cancellable, error))
    return FALSE;
  if (column_names != NULL && ann_element_get_n_rows (column_names) != width)
    column_names = NULL;
  if (!append_names (self, column_names, width, cancellable, error))
    return FALSE;

  return add_column (self, g_object_ref (matrix), cancellable, error);
}

/* --- Lines --- */

/* All values of a row of a sparse block whose entries rise. */
static void
append_sparse_row (GString *text, const Table *self, const AnnBlock *block, guint64 row)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  const gsize index_size = ann_dtype_get_size (index_dtype);
  const guint8 *values = ann_buffer_get_data (block->values);
  const guint8 *indices = ann_buffer_get_data (block->indices);
  guint64 column = 0;

  for (guint64 entry = pointers[row]; entry <= pointers[row + 1]; entry++)
    {
      gint64 next = (gint64) block->width;

      if (entry < pointers[row + 1])
        ann_dtype_to_int64 (index_dtype, indices + entry * index_size, 1, &next);
      for (; column < (guint64) next; column++)
        {
          if (column > 0)
            g_string_append_c (text, self->separator);
          g_string_append_c (text, '0');
        }
      if (entry == pointers[row + 1])
        break;
      if (column > 0)
        g_string_append_c (text, self->separator);
      ann_cell_append_number (text, dtype, values + entry * size);
      column++;
    }
}

static void
append_row (GString *text,
            GString *cell,
            const Table *self,
            const AnnTextColumn *source,
            guint64 row)
{
  const AnnBlock *block = source->block;

  if (ann_block_is_sparse (block))
    {
      append_sparse_row (text, self, block, row);
      return;
    }

  for (guint64 column = 0; column < block->width; column++)
    {
      if (column > 0)
        g_string_append_c (text, self->separator);
      g_string_truncate (cell, 0);
      if (ann_cell_append_value (cell, block, source->labels, row, column))
        ann_cell_append_separated (text, cell->str, (gssize) cell->len, self->separator);
    }
}

static gboolean
make_lines (GString *text,
            guint64 first,
            guint64 n,
            gpointer user_data,
            G_GNUC_UNUSED GError **error)
{
  const Table *self = user_data;
  g_autoptr (GString) cell = g_string_new (NULL);

  for (guint64 row = first; row < first + n; row++)
    {
      const gsize start = text->len;

      for (guint i = 0; i < self->columns->len; i++)
        {
          if (i > 0)
            g_string_append_c (text, self->separator);
          append_row (text, cell, self, &g_array_index (self->columns, AnnTextColumn, i), row);
        }
      end_line (text, start, self);
    }

  return TRUE;
}

AnnFileTarget *
_ann_text_target_open (const AnnTextTarget *self, GCancellable *cancellable, GError **error)
{
  const AnnTargetSpec spec = { .address = self->path,
                               .overwrite = self->overwrite,
                               .progress = self->writer->progress,
                               .n_units = self->n_units };

  return _ann_file_target_open (&spec, cancellable, error);
}

gboolean
_ann_text_target_check (const AnnTextTarget *self, GError **error)
{
  return self->check == NULL || self->check (self->user_data, error);
}

static void
add_done (const AnnTextTarget *target, guint64 n_rows)
{
  _ann_write_add_done (target->writer, n_rows * target->row_size);
}

static gboolean
write_rows (Table *self, AnnTextSink *sink, GCancellable *cancellable, GError **error)
{
  const guint64 per_row = 16 * MAX (self->width, 1);
  const guint64 n_rows = CLAMP (BLOCK_SIZE / per_row, 1, MAX_BLOCK_ROWS);
  const guint64 lines_per_piece = CLAMP (PIECE_VALUES / MAX (self->width, 1), 1, n_rows);

  for (guint64 start = 0, count; start < self->n_rows; start += count)
    {
      count = MIN (n_rows, self->n_rows - start);
      for (guint i = 0; i < self->columns->len; i++)
        {
          if (!_ann_text_column_limit (&g_array_index (self->columns, AnnTextColumn, i), start,
                                       &count, cancellable, error))
            return FALSE;
        }
      for (guint i = 0; i < self->columns->len; i++)
        {
          if (!_ann_text_column_read (&g_array_index (self->columns, AnnTextColumn, i), start,
                                      count, cancellable, error))
            return FALSE;
        }
      if (!_ann_text_sink_add_lines (sink, count, lines_per_piece, make_lines, self, cancellable,
                                     error))
        return FALSE;
      add_done (self->target, count);
    }

  return TRUE;
}

static gboolean
write_file (Table *self, GCancellable *cancellable, GError **error)
{
  const AnnTextTarget *target = self->target;
  g_autoptr (AnnFileTarget) file = _ann_text_target_open (target, cancellable, error);
  g_autoptr (AnnTextSink) sink = NULL;

  if (file == NULL)
    return FALSE;

  sink = _ann_text_sink_new (_ann_file_target_get_fd (file), target->path, target->is_gzip);
  if (self->width > 0)
    end_line (self->header, 0, self);

  return _ann_text_sink_add_text (sink, self->header->str, self->header->len, cancellable, error)
         && write_rows (self, sink, cancellable, error) && _ann_text_target_check (target, error)
         && _ann_file_target_commit (file, cancellable, error);
}

gboolean
_ann_write_table (AnnElement *element,
                  AnnElement *row_names,
                  AnnElement *column_names,
                  char separator,
                  const AnnTextTarget *target,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (Table) table = {
    .columns = g_array_new (FALSE, FALSE, sizeof (AnnTextColumn)),
    .header = g_string_new (NULL),
    .separator = separator,
    .target = target,
  };
  gboolean is_planned;

  g_array_set_clear_func (table.columns, (GDestroyNotify) _ann_text_column_clear);
  if (ANN_IS_FRAME (element))
    is_planned = add_frame (&table, ANN_FRAME (element), cancellable, error);
  else
    is_planned = add_matrix (&table, element, row_names, column_names, cancellable, error);

  return is_planned && write_file (&table, cancellable, error);
}

/* A line break would make two names of one. */
static gboolean
make_names (GString *text, guint64 first, guint64 n, gpointer user_data, GError **error)
{
  const AnnTextColumn *names = user_data;

  for (guint64 i = first; i < first + n; i++)
    {
      const gsize start = text->len;

      ann_cell_append_value (text, names->block, names->labels, i, 0);
      if (memchr (text->str + start, '\n', text->len - start) != NULL
          || memchr (text->str + start, '\r', text->len - start) != NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                       "%s: the name in row %" G_GUINT64_FORMAT
                       " has a line break, and a list of names has one a line",
                       ann_element_get_path (names->element), names->block->start + i);
          return FALSE;
        }
      g_string_append_c (text, '\n');
    }

  return TRUE;
}

gboolean
_ann_write_names (AnnElement *names,
                  const AnnTextTarget *target,
                  GCancellable *cancellable,
                  GError **error)
{
  const guint64 n = ann_element_get_n_rows (names);
  g_auto (AnnTextColumn) column = { .element = NULL };
  g_autoptr (AnnFileTarget) file = _ann_text_target_open (target, cancellable, error);
  g_autoptr (AnnTextSink) sink = NULL;

  if (file == NULL
      || !_ann_text_column_init (&column, g_object_ref (names), NULL, cancellable, error))
    return FALSE;

  sink = _ann_text_sink_new (_ann_file_target_get_fd (file), target->path, target->is_gzip);
  for (guint64 start = 0; start < n; start += MAX_BLOCK_ROWS)
    {
      const guint64 count = MIN (MAX_BLOCK_ROWS, n - start);

      if (!_ann_text_column_read (&column, start, count, cancellable, error)
          || !_ann_text_sink_add_lines (sink, count, PIECE_VALUES, make_names, &column, cancellable,
                                        error))
        return FALSE;
      add_done (target, count);
    }

  return _ann_text_target_check (target, error)
         && _ann_file_target_commit (file, cancellable, error);
}
