/* ann-filter-source.c: how the values of columns and genes come to a filter
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "anndata/ann-data-set-private.h"
#include "array/ann-time-type-private.h"
#include "base/ann-error.h"

#include <string.h>

AnnFilterSource *
_ann_filter_source_new (AnnElement *element)
{
  AnnFilterSource *self = g_new0 (AnnFilterSource, 1);

  self->element = g_object_ref (element);

  return self;
}

/* A matrix that is stored by lines gives one for what it holds. Any other is gone through once, in
 * step with the rows, whatever the number of lines.
 */
AnnFilterSource *
_ann_filter_source_new_lines (AnnElement *matrix, gboolean by_column)
{
  AnnFilterSource *self = _ann_filter_source_new (matrix);
  const AnnElementKind kind = ann_element_get_kind (matrix);

  self->lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->by_column = by_column;
  self->is_whole = by_column ? kind == ANN_ELEMENT_CSC : kind != ANN_ELEMENT_CSC;
  self->whole = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_block_unref);

  return self;
}

void
_ann_filter_source_free (gpointer data)
{
  AnnFilterSource *self = data;

  g_object_unref (self->element);
  g_clear_pointer (&self->lines, g_array_unref);
  g_clear_pointer (&self->whole, g_ptr_array_unref);
  g_clear_pointer (&self->block, ann_block_unref);
  g_free (self->unknown);
  g_free (self->ones);
  g_free (self);
}

guint
_ann_filter_source_add_line (AnnFilterSource *self, guint64 line)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      if (g_array_index (self->lines, guint64, i) == line)
        return i;
    }
  g_array_append_val (self->lines, line);

  return self->lines->len - 1;
}

/* --- What is not there --- */

guint8 *
_ann_filter_new_marks (guint64 n, GError **error)
{
  guint8 *marks = n < G_MAXSIZE ? g_try_malloc0 (MAX (n, 1)) : NULL;

  if (marks == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "No memory for a list of %" G_GUINT64_FORMAT " rows", n);

  return marks;
}

gboolean
_ann_filter_source_find_unknown (AnnFilterSource *self, GError **error)
{
  gboolean has_line = FALSE;

  self->unknown = _ann_filter_new_marks (ann_element_get_n_rows (self->element), error);
  if (self->unknown == NULL)
    return FALSE;
  if (!ann_data_set_mark_missing (self->element, self->unknown))
    {
      g_clear_pointer (&self->unknown, g_free);
      return TRUE;
    }
  if (self->lines == NULL || self->by_column)
    return TRUE;

  for (guint i = 0; i < self->lines->len; i++)
    has_line |= self->unknown[g_array_index (self->lines, guint64, i)];
  if (has_line)
    {
      const guint64 n = ann_element_get_length (self->element, 1);

      self->ones = _ann_filter_new_marks (n, error);
      if (self->ones == NULL)
        return FALSE;
      memset (self->ones, 1, n);
    }

  return TRUE;
}

/* The rows of a matrix may be columns of the table: one that is not known is so for all. */
const guint8 *
_ann_filter_source_peek_unknown (const AnnFilterSource *self, guint line)
{
  if (self->unknown == NULL || self->lines == NULL || self->by_column)
    return self->unknown;

  return self->unknown[g_array_index (self->lines, guint64, line)] ? self->ones : NULL;
}

/* --- Reading --- */

static gboolean
load_whole (AnnFilterSource *self, GCancellable *cancellable, GError **error)
{
  while (self->whole->len < self->lines->len)
    {
      const guint64 line = g_array_index (self->lines, guint64, self->whole->len);
      g_autoptr (AnnBlock) block = NULL;
      AnnBlock *canonical;

      block = self->by_column
                  ? ann_element_read_columns (self->element, line, 1, cancellable, error)
                  : ann_element_read_rows (self->element, line, 1, cancellable, error);
      if (block == NULL)
        return FALSE;
      canonical = ann_block_canonicalize (block, error);
      if (canonical == NULL)
        return FALSE;
      g_ptr_array_add (self->whole, canonical);
    }

  return TRUE;
}

static AnnBlock *
read_lines (AnnFilterSource *self,
            guint64 start,
            guint64 n,
            GCancellable *cancellable,
            GError **error)
{
  const guint line_axis = self->by_column ? 1 : 0;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSelection) lines = NULL;
  g_autoptr (AnnBlock) block = NULL;

  rows = ann_selection_new_range (start, n, 1,
                                  ann_element_get_length (self->element, 1 - line_axis), error);
  if (rows == NULL)
    return NULL;
  lines = ann_selection_new_from_indices ((const gint64 *) (gpointer) self->lines->data,
                                          self->lines->len,
                                          ann_element_get_length (self->element, line_axis), error);
  if (lines == NULL)
    return NULL;

  block = self->by_column ? ann_element_read (self->element, rows, lines, cancellable, error)
                          : ann_element_read (self->element, lines, rows, cancellable, error);

  return block != NULL ? ann_block_canonicalize (block, error) : NULL;
}

gboolean
_ann_filter_source_load (AnnFilterSource *self,
                         guint64 start,
                         guint64 n,
                         GCancellable *cancellable,
                         GError **error)
{
  g_clear_pointer (&self->block, ann_block_unref);

  if (self->is_whole)
    return load_whole (self, cancellable, error);
  if (self->lines != NULL)
    self->block = read_lines (self, start, n, cancellable, error);
  else
    self->block = ann_element_read_rows (self->element, start, n, cancellable, error);

  return self->block != NULL;
}

/* Bytes that are there for these rows alone. */
gsize
_ann_filter_source_get_size (const AnnFilterSource *self)
{
  return self->block != NULL ? ann_block_get_size (self->block) : 0;
}

/* --- Handing out --- */

static void
put_value (AnnBuffer *from, gsize index, AnnBuffer *to, guint64 place)
{
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (from));

  memcpy ((guint8 *) ann_buffer_get_data_for_writing (to) + place * size,
          (const guint8 *) ann_buffer_get_data (from) + index * size, size);
}

static guint64
get_index (AnnBuffer *indices, gsize i)
{
  gint64 index = 0;

  ann_dtype_to_int64 (ann_buffer_get_dtype (indices),
                      (const guint8 *) ann_buffer_get_data (indices)
                          + i * ann_dtype_get_size (ann_buffer_get_dtype (indices)),
                      1, &index);

  return (guint64) index;
}

/* The first entry of [@low, @high), whose indices rise, with an index of at least @wanted. */
static gsize
find_entry (AnnBuffer *indices, gsize low, gsize high, guint64 wanted)
{
  while (low < high)
    {
      const gsize middle = low + (high - low) / 2;

      if (get_index (indices, middle) < wanted)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Puts the entries of row @row of a canonical block whose indices are in [@start, @start + @n) in
 * their places.
 */
static void
spread_row (const AnnBlock *block, guint64 row, guint64 start, guint64 n, AnnBuffer *to)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);
  const gsize end = (gsize) indptr[row + 1];

  for (gsize i = find_entry (block->indices, (gsize) indptr[row], end, start); i < end; i++)
    {
      const guint64 place = get_index (block->indices, i) - start;

      if (place >= n)
        break;
      put_value (block->values, i, to, place);
    }
}

/* Puts the entry of each row that is in column @column in its place. */
static void
spread_column (const AnnBlock *block, guint64 column, AnnBuffer *to)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++)
    {
      const gsize end = (gsize) indptr[row + 1];
      const gsize entry = find_entry (block->indices, (gsize) indptr[row], end, column);

      if (entry < end && get_index (block->indices, entry) == column)
        put_value (block->values, entry, to, row);
    }
}

/* One column of a dense block of several. */
static void
gather_column (const AnnBlock *block, guint64 column, AnnBuffer *to)
{
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (to));
  const guint8 *from = (const guint8 *) ann_buffer_get_data (block->values) + column * size;
  guint8 *data = ann_buffer_get_data_for_writing (to);

  for (guint64 row = 0; row < block->count; row++)
    memcpy (data + row * size, from + row * block->width * size, size);
}

static gboolean
get_line (const AnnFilterSource *self,
          guint line,
          guint64 start,
          guint64 n,
          AnnFilterVector *vector,
          AnnBuffer **spread,
          GError **error)
{
  const AnnBlock *block = self->is_whole ? g_ptr_array_index (self->whole, line) : self->block;
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const guint64 row = self->is_whole ? 0 : line;
  const guint64 first = self->is_whole ? start : 0;
  const gboolean by_row = self->is_whole || !self->by_column;

  if (!ann_block_is_sparse (block) && (by_row || block->width == 1))
    {
      vector->dtype = dtype;
      vector->values = (const guint8 *) ann_buffer_get_data (block->values)
                       + (by_row ? (row * block->width + first) * size : 0);
      return TRUE;
    }

  /* All zeros. */
  *spread = ann_buffer_new_vector (dtype, n, error);
  if (*spread == NULL)
    return FALSE;
  if (!ann_block_is_sparse (block))
    gather_column (block, line, *spread);
  else if (by_row)
    spread_row (block, row, first, n, *spread);
  else
    spread_column (block, line, *spread);
  vector->dtype = dtype;
  vector->values = ann_buffer_get_data (*spread);

  return TRUE;
}

/* Dates that are none beside what is missing already. */
static gboolean
mark_no_dates (AnnFilterVector *vector, guint64 n, guint8 **marks, GError **error)
{
  *marks = _ann_filter_new_marks (n, error);
  if (*marks == NULL)
    return FALSE;
  _ann_time_find_missing (vector->values, n, *marks);
  for (guint64 i = 0; vector->missing != NULL && i < n; i++)
    (*marks)[i] |= vector->missing[i] != 0;
  vector->missing = *marks;

  return TRUE;
}

gboolean
_ann_filter_source_get_vector (const AnnFilterSource *self,
                               guint line,
                               guint64 start,
                               guint64 n,
                               AnnFilterVector *vector,
                               AnnBuffer **spread,
                               guint8 **no_dates,
                               GError **error)
{
  g_clear_pointer (spread, ann_buffer_unref);
  g_clear_pointer (no_dates, g_free);
  memset (vector, 0, sizeof *vector);
  if (self->lines != NULL)
    {
      const guint8 *unknown = _ann_filter_source_peek_unknown (self, line);

      /* A vector says by itself what is missing; a sparse matrix has zeros there. */
      vector->missing = unknown != NULL ? unknown + start : NULL;
      if (!get_line (self, line, start, n, vector, spread, error))
        return FALSE;
    }
  else
    {
      if (self->block->values != NULL)
        {
          vector->dtype = ann_buffer_get_dtype (self->block->values);
          vector->values = ann_buffer_get_data (self->block->values);
        }
      vector->texts = self->block->texts;
      if (self->block->missing != NULL)
        vector->missing = ann_buffer_get_data (self->block->missing);
    }

  return ann_element_get_time_type (self->element) == NULL || vector->dtype != ANN_DTYPE_INT64
         || mark_no_dates (vector, n, no_dates, error);
}

AnnFilterVector
_ann_filter_vector_skip (const AnnFilterVector *self, gsize first)
{
  AnnFilterVector vector = *self;

  if (vector.values != NULL)
    vector.values += first * ann_dtype_get_size (vector.dtype);
  if (vector.missing != NULL)
    vector.missing += first;
  vector.first_text += first;

  return vector;
}
