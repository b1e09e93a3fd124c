/* ann-decoded-chunk.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-decoded-chunk-private.h"

#include "base/ann-buffer-private.h"

guint8 *
_ann_decoded_chunk_reserve (AnnDecodedChunk *self, guint64 n_bytes, GError **error)
{
  guint8 *bytes;

  g_clear_pointer (&self->buffer, ann_buffer_unref);
  if (n_bytes <= ANN_SCRATCH_MAX_KEPT_SIZE)
    {
      if (!_ann_scratch_reserve (&self->scratch, n_bytes, error))
        return NULL;
      bytes = self->scratch.data;
    }
  else
    {
      self->buffer = _ann_buffer_new_unset (ANN_DTYPE_UINT8, 1, &n_bytes, error);
      if (self->buffer == NULL)
        return NULL;
      bytes = ann_buffer_get_data_for_writing (self->buffer);
      _ann_buffer_populate (bytes, n_bytes);
    }
  self->bytes = bytes;
  self->n_bytes = n_bytes;

  return bytes;
}

gboolean
_ann_decoded_chunk_pack (const AnnDecodedChunk *self, gsize item_size, AnnPackedChunk *packed)
{
  if (self->buffer != NULL)
    {
      _ann_packed_chunk_init_buffer (packed, self->buffer, item_size);
      return TRUE;
    }

  return _ann_packed_chunk_init (packed, self->bytes, self->n_bytes, item_size, NULL);
}

void
_ann_decoded_chunk_clear (AnnDecodedChunk *self)
{
  _ann_scratch_clear (&self->scratch);
  g_clear_pointer (&self->buffer, ann_buffer_unref);
}
