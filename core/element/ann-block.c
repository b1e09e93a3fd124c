/* ann-block.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-block.h"

G_DEFINE_BOXED_TYPE (AnnBlock, ann_block, ann_block_ref, ann_block_unref)

/**
 * ann_block_new:
 * @start: the first row that it holds
 * @count: how many rows
 * @width: the values of each
 *
 * Returns: (transfer full): a block without values; its maker fills in the fields that it has
 */
AnnBlock *
ann_block_new (guint64 start, guint64 count, guint64 width)
{
  AnnBlock *self = g_new0 (AnnBlock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->start = start;
  self->count = count;
  self->width = width;

  return self;
}

/**
 * ann_block_ref:
 * @self: a block
 *
 * Returns: (transfer full): @self
 */
AnnBlock *
ann_block_ref (AnnBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_block_unref:
 * @self: (transfer full): a block
 */
void
ann_block_unref (AnnBlock *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->values, ann_buffer_unref);
  g_clear_pointer (&self->texts, ann_strings_unref);
  g_clear_pointer (&self->missing, ann_buffer_unref);
  g_clear_pointer (&self->indptr, ann_buffer_unref);
  g_clear_pointer (&self->indices, ann_buffer_unref);
  g_free (self);
}

/**
 * ann_block_is_sparse:
 * @self: a block
 *
 * Returns: whether it holds stored values with their places instead of every value
 */
gboolean
ann_block_is_sparse (const AnnBlock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->indptr != NULL;
}

/**
 * ann_block_is_missing:
 * @self: a block that is not sparse
 * @index: which value, in C order
 *
 * Returns: whether the value is masked out. A category code of -1 is missing too, but that only
 *   the categorical knows.
 */
gboolean
ann_block_is_missing (const AnnBlock *self, gsize index)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->missing == NULL || index >= ann_buffer_get_n_elements (self->missing))
    return FALSE;

  return ((const guint8 *) ann_buffer_get_data (self->missing))[index] != 0;
}

/**
 * ann_block_get_size:
 * @self: a block
 *
 * Returns: about how many bytes of memory its values take, for caches with a budget
 */
gsize
ann_block_get_size (const AnnBlock *self)
{
  const AnnBuffer *const buffers[] = { self->values, self->missing, self->indptr, self->indices };
  gsize size = sizeof (AnnBlock);

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    {
      if (buffers[i] != NULL)
        size += ann_buffer_get_size (buffers[i]);
    }

  if (self->texts != NULL)
    {
      gsize n = ann_strings_get_length (self->texts);

      size += n * sizeof (gsize);
      if (n > 0)
        {
          gsize last_length;
          const char *first = ann_strings_get (self->texts, 0, NULL);
          const char *last = ann_strings_get (self->texts, n - 1, &last_length);

          /* All texts lie in one run of bytes. */
          size += (gsize) (last - first) + last_length + 1;
        }
    }

  return size;
}
