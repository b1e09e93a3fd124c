/* ann-entry-sorter.c: entries of a sparse matrix, in the order of its lines
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-entry-sorter-private.h"

#include "base/ann-error.h"

void
_ann_entry_sorter_init (AnnEntrySorter *self,
                        const AnnElementWriter *writer,
                        guint64 n_lines,
                        guint64 width,
                        AnnDtype dtype,
                        guint64 n_entries)
{
  self->index_size = width <= (guint64) G_MAXINT32 ? sizeof (gint32) : sizeof (gint64);
  self->value_size = ann_dtype_get_size (dtype);
  self->dtype = dtype;
  self->width = width;
  self->progress = writer->progress != NULL ? ann_progress_ref (writer->progress) : NULL;
  self->buckets = _ann_buckets_new (
      writer->scratch_folder, 0, n_lines, self->index_size + self->value_size,
      n_entries * (sizeof (guint32) + self->index_size + self->value_size));
}

void
_ann_entry_sorter_clear (AnnEntrySorter *self)
{
  g_clear_pointer (&self->buckets, _ann_buckets_free);
  g_clear_pointer (&self->progress, ann_progress_unref);
}

/* A third of what there is to do with it: the rest is done when it is written. */
void
_ann_entry_sorter_add_done (AnnEntrySorter *self, const AnnBlock *block)
{
  if (self->progress != NULL)
    ann_progress_add_done (self->progress, ann_block_get_size (block) / 3);
}

static gboolean
make_buffers (const AnnEntrySorter *self, AnnBlock *block, guint64 n_entries, GError **error)
{
  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, block->count + 1, error);
  if (block->indptr == NULL)
    return FALSE;
  block->indices = ann_buffer_new_vector (
      self->index_size == sizeof (gint32) ? ANN_DTYPE_INT32 : ANN_DTYPE_INT64, n_entries, error);
  if (block->indices == NULL)
    return FALSE;
  block->values = ann_buffer_new_vector (self->dtype, n_entries, error);

  return block->values != NULL;
}

/* Puts the records of a piece into a block, line by line, those of a line as they came. A part of a
 * long line is a block of no lines.
 */
static AnnBlock *
arrange (const AnnEntrySorter *self, const AnnBucketPiece *piece, GError **error)
{
  const gsize record_size = sizeof (guint32) + self->index_size + self->value_size;
  g_autoptr (AnnBlock) block = ann_block_new (piece->first_line, piece->n_lines, self->width);
  g_autofree guint64 *next = g_try_new0 (guint64, piece->n_lines + 1);
  guint64 *pointers;
  guint8 *indices;
  guint8 *values;

  if (next == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to sort lines");
      return NULL;
    }
  if (!make_buffers (self, block, piece->n, error))
    return NULL;
  pointers = ann_buffer_get_data_for_writing (block->indptr);
  indices = ann_buffer_get_data_for_writing (block->indices);
  values = ann_buffer_get_data_for_writing (block->values);

  for (gsize i = 0; piece->n_lines > 0 && i < piece->n; i++)
    {
      guint32 line;

      memcpy (&line, piece->records + i * record_size, sizeof line);
      pointers[line + 1]++;
    }
  for (guint64 i = 0; i < piece->n_lines; i++)
    {
      pointers[i + 1] += pointers[i];
      next[i + 1] = pointers[i + 1];
    }
  for (gsize i = 0; i < piece->n; i++)
    {
      const guint8 *record = piece->records + i * record_size;
      guint32 line;
      guint64 to;

      memcpy (&line, record, sizeof line);
      to = next[line]++;
      memcpy (indices + to * self->index_size, record + sizeof line, self->index_size);
      memcpy (values + to * self->value_size, record + sizeof line + self->index_size,
              self->value_size);
    }

  return g_steal_pointer (&block);
}

AnnBlock *
_ann_entry_sorter_next (AnnEntrySorter *self, GCancellable *cancellable, GError **error)
{
  AnnBucketPiece piece;
  gboolean is_end;

  if (!_ann_buckets_next (self->buckets, &piece, &is_end, cancellable, error) || is_end)
    return NULL;

  return arrange (self, &piece, error);
}
