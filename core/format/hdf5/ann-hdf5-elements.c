/* ann-hdf5-elements.c: stored elements as bytes, past libhdf5's conversions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "array/ann-chunk-cache-private.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"

#include <string.h>

/* A stored chunk may be larger than the decoded one, but not by any amount. */
#define MAX_EXTRA_SIZE ((gsize) 64 << 10)

/* Chunks of elements are kept in the cache of the process, as bytes: an array of texts has no other
 * chunks there. One after the other, so that no two readers wait for each other.
 */

/* Bytes of a chunk; checked when the read began. */
static gsize
get_chunk_size (AnnHdf5Array *self)
{
  AnnArray *array = ANN_ARRAY (self);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  gsize size = self->stored_item_size;

  for (guint i = 0; i < ann_array_get_rank (array); i++)
    size *= chunk_shape[i];

  return size;
}

/* @location: of a chunk that is there */
static AnnBuffer *
decode_chunk (AnnHdf5Array *self,
              AnnChunkLocation *location,
              GCancellable *cancellable,
              GError **error)
{
  AnnArray *array = ANN_ARRAY (self);
  gsize size = get_chunk_size (self);
  g_auto (AnnScratch) stored = { NULL, 0 };
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, size, error);

  if (buffer == NULL || !_ann_scratch_reserve (&stored, location->length, error)
      || !_ann_hdf5_array_fetch (array, location, 1, &stored.data, cancellable, error))
    return NULL;

  if (!ann_codec_chain_decode (ann_array_get_codecs (array), stored.data, location->length,
                               location->filter_mask, ann_buffer_get_data_for_writing (buffer),
                               size, error))
    {
      g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ", ann_array_get_path (array),
                      location->index);
      return NULL;
    }

  return g_steal_pointer (&buffer);
}

/* Sets @chunk, or leaves it if the chunk is absent. */
static gboolean
make_chunk (AnnHdf5Array *self,
            guint64 index,
            AnnBuffer **chunk,
            GCancellable *cancellable,
            GError **error)
{
  const char *path = ann_array_get_path (ANN_ARRAY (self));
  AnnChunkLocation location;

  if (!_ann_hdf5_array_locate (ANN_ARRAY (self), &index, 1, &location, cancellable, error))
    return FALSE;

  if (location.is_absent && self->has_fill_text)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Texts that were never written have a fill value, which cannot be read",
                   path);
      return FALSE;
    }
  if (location.is_absent)
    return TRUE;
  if (location.length > 2 * get_chunk_size (self) + MAX_EXTRA_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s, chunk %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
                   " stored bytes cannot be a chunk of %" G_GSIZE_FORMAT,
                   path, index, location.length, get_chunk_size (self));
      return FALSE;
    }
  *chunk = decode_chunk (self, &location, cancellable, error);

  return *chunk != NULL;
}

static gboolean
get_chunk (AnnHdf5Array *self,
           guint64 index,
           AnnBuffer **chunk,
           GCancellable *cancellable,
           GError **error)
{
  const AnnChunkKey key = { _ann_array_get_id (ANN_ARRAY (self)), index };

  *chunk = NULL;
  if (!_ann_chunk_cache_wants (get_chunk_size (self)))
    return make_chunk (self, index, chunk, cancellable, error);

  switch (_ann_chunk_cache_begin (&key, TRUE, chunk, cancellable, error))
    {
    case ANN_CHUNK_HIT:
      return TRUE;
    case ANN_CHUNK_MINE:
      break;
    case ANN_CHUNK_FAILED:
    default:
      return FALSE;
    }

  if (!make_chunk (self, index, chunk, cancellable, error))
    {
      _ann_chunk_cache_abandon (&key);
      return FALSE;
    }
  if (*chunk != NULL)
    _ann_chunk_cache_put (&key, *chunk);
  else
    _ann_chunk_cache_abandon (&key);

  return TRUE;
}

/* Copies the part of @chunk, the one at @place in the grid, that lies in @piece. */
static void
copy_part (AnnHdf5Array *self,
           AnnBuffer *chunk,
           const guint64 *place,
           const AnnBox *piece,
           guint8 *elements)
{
  const guint64 *chunk_shape = ann_array_get_chunk_shape (ANN_ARRAY (self));
  guint64 from[ANN_MAX_RANK], to[ANN_MAX_RANK], count[ANN_MAX_RANK];

  for (guint i = 0; i < piece->rank; i++)
    {
      guint64 origin = place[i] * chunk_shape[i];
      guint64 start = MAX (origin, piece->start[i]);

      from[i] = start - origin;
      to[i] = start - piece->start[i];
      count[i] = MIN (chunk_shape[i] - from[i], piece->count[i] - to[i]);
    }
  _ann_box_copy (piece->rank, self->stored_item_size, count, ann_buffer_get_data (chunk),
                 chunk_shape, from, elements, piece->count, to);
}

static gboolean
read_from_chunks (AnnHdf5Array *self,
                  const AnnBox *piece,
                  guint8 *elements,
                  GCancellable *cancellable,
                  GError **error)
{
  AnnArray *array = ANN_ARRAY (self);
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  guint64 index[ANN_MAX_RANK] = { 0 };
  guint64 first[ANN_MAX_RANK], count[ANN_MAX_RANK], place[ANN_MAX_RANK];

  for (guint i = 0; i < piece->rank; i++)
    {
      first[i] = piece->start[i] / chunk_shape[i];
      count[i] = (piece->start[i] + piece->count[i] - 1) / chunk_shape[i] - first[i] + 1;
    }

  do
    {
      g_autoptr (AnnBuffer) chunk = NULL;
      guint64 number = 0;

      for (guint i = 0; i < piece->rank; i++)
        {
          place[i] = first[i] + index[i];
          number = number * ((shape[i] - 1) / chunk_shape[i] + 1) + place[i];
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !get_chunk (self, number, &chunk, cancellable, error))
        return FALSE;
      if (chunk != NULL)
        copy_part (self, chunk, place, piece, elements);
    }
  while (_ann_box_next_index (piece->rank, index, count));

  return TRUE;
}

/* What is absent is zeros: references to nothing, or empty texts. */
gboolean
_ann_hdf5_array_read_elements (AnnHdf5Array *self,
                               const AnnBox *piece,
                               guint8 *elements,
                               GCancellable *cancellable,
                               GError **error)
{
  gsize n = 0;

  if (self->address != HADDR_UNDEF)
    return _ann_hdf5_array_read_by_address (self, piece, elements, cancellable, error);

  ann_box_get_n_elements (piece, &n);
  memset (elements, 0, n * self->stored_item_size);

  return read_from_chunks (self, piece, elements, cancellable, error);
}
