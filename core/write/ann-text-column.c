/* ann-text-column.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-text-column-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"

#include <string.h>

gboolean
_ann_text_column_init (AnnTextColumn *self,
                       AnnElement *element,
                       const AnnElementWriter *writer,
                       GCancellable *cancellable,
                       GError **error)
{
  *self = (AnnTextColumn){ .element = element };
  if (writer != NULL && ann_element_get_error (element) == NULL
      && ann_element_get_kind (element) == ANN_ELEMENT_CSC)
    {
      _ann_line_flow_init (&self->rows, writer, element);
      _ann_line_flow_turn (&self->rows, writer, TRUE);
    }
  if (!ANN_IS_CATEGORICAL (element))
    return TRUE;

  self->labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), cancellable, error);

  return self->labels != NULL;
}

gboolean
_ann_text_column_limit (AnnTextColumn *self,
                        guint64 start,
                        guint64 *count,
                        GCancellable *cancellable,
                        GError **error)
{
  if (self->rows.blocks == NULL)
    return TRUE;

  while (self->sorted == NULL || start >= self->sorted->start + self->sorted->count)
    {
      g_clear_pointer (&self->sorted, ann_block_unref);
      if (!ann_block_iterator_next (self->rows.blocks, &self->sorted, cancellable, error))
        return FALSE;
      if (self->sorted == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "The rows of a matrix end before row %" G_GUINT64_FORMAT
                       ", which is to be written as text",
                       start);
          return FALSE;
        }
    }
  *count = MIN (*count, self->sorted->start + self->sorted->count - start);

  return TRUE;
}

/* Some entries of @buffer. */
static AnnBuffer *
copy_entries (AnnBuffer *buffer, guint64 first, guint64 n, GError **error)
{
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (buffer));
  AnnBuffer *copy = ann_buffer_new_vector (ann_buffer_get_dtype (buffer), n, error);

  if (copy != NULL && n > 0)
    memcpy (ann_buffer_get_data_for_writing (copy),
            (const guint8 *) ann_buffer_get_data (buffer) + first * size, n * size);

  return copy;
}

static AnnBlock *
copy_rows (const AnnBlock *from, guint64 start, guint64 count, GError **error)
{
  g_autoptr (AnnBlock) block = ann_block_new (start, count, from->width);
  const guint64 *pointers = (const guint64 *) ann_buffer_get_data (from->indptr) + start
                            - from->start;
  const guint64 n = pointers[count] - pointers[0];
  guint64 *to;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, count + 1, error);
  if (block->indptr == NULL)
    return NULL;
  to = ann_buffer_get_data_for_writing (block->indptr);
  for (guint64 i = 0; i <= count; i++)
    to[i] = pointers[i] - pointers[0];
  block->indices = copy_entries (from->indices, pointers[0], n, error);
  if (block->indices == NULL)
    return NULL;
  block->values = copy_entries (from->values, pointers[0], n, error);

  return block->values != NULL ? g_steal_pointer (&block) : NULL;
}

gboolean
_ann_text_column_read (AnnTextColumn *self,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  g_clear_pointer (&self->block, ann_block_unref);
  block = self->sorted != NULL
              ? copy_rows (self->sorted, start, count, error)
              : ann_element_read_rows (self->element, start, count, cancellable, error);
  if (block == NULL)
    return FALSE;
  self->block = ann_block_is_sparse (block) ? ann_block_canonicalize (block, error)
                                            : g_steal_pointer (&block);

  return self->block != NULL;
}

void
_ann_text_column_clear (AnnTextColumn *self)
{
  g_clear_object (&self->element);
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_clear_pointer (&self->block, ann_block_unref);
  g_clear_pointer (&self->sorted, ann_block_unref);
  _ann_line_flow_clear (&self->rows);
}
