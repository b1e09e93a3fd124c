/* ann-hdf5-elements.c: stored elements as bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "array/ann-chunk-cache-private.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-dataset.h"
#include "format/hdf5/ann-hdf5-sources.h"
#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-wanted.h"

#include <string.h>

/* A larger chunk is not decoded: it would be whole in memory. */
#define MAX_CHUNK_SIZE ((guint64) 256 << 20)

/* Chunks of elements are kept in the cache of the process, as bytes. One after the other, so that
 * no two readers wait for each other.
 */

gboolean
_ann_hdf5_dataset_check_readable (const AnnHdf5Dataset *self, GError **error)
{
  AnnCodec *missing = self->codecs != NULL ? ann_codec_chain_get_missing (self->codecs) : NULL;
  guint64 size = self->stored->size;

  if (missing != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
                   "%s: Its values are packed by %s, which this build cannot unpack", self->path,
                   ann_codec_get_description (missing));
      return FALSE;
    }

  for (guint i = 0; self->layout.layout == ANN_LAYOUT_CHUNKED && i < self->layout.rank; i++)
    {
      if (!g_uint64_checked_mul (&size, size, self->layout.chunk_shape[i]))
        size = G_MAXUINT64;
    }
  if (size > MAX_CHUNK_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: Its chunks have more than %" G_GUINT64_FORMAT " MiB each", self->path,
                   MAX_CHUNK_SIZE >> 20);
      return FALSE;
    }

  return TRUE;
}

/* Whether chunk number @index ends beyond the edge of the array. */
static gboolean
is_at_edge (const AnnHdf5Dataset *self, guint64 index)
{
  for (guint i = self->layout.rank; i-- > 0;)
    {
      guint64 shape = self->space.shape[i];
      guint64 chunk = self->layout.chunk_shape[i];
      guint64 n_chunks = (shape - 1) / chunk + 1;

      if (chunk > shape - index % n_chunks * chunk)
        return TRUE;
      index /= n_chunks;
    }

  return FALSE;
}

gboolean
_ann_hdf5_dataset_locate (const AnnHdf5Dataset *self,
                          const guint64 *indices,
                          gsize n,
                          AnnChunkLocation *locations,
                          GCancellable *cancellable,
                          GError **error)
{
  if (!_ann_hdf5_chunk_index_locate (self->index, indices, n, locations, cancellable, error))
    return FALSE;

  for (gsize i = 0; self->layout.edges_are_plain && i < n; i++)
    {
      if (is_at_edge (self, indices[i]))
        locations[i].filter_mask = G_MAXUINT32;
    }

  return TRUE;
}

/* Bytes of a chunk; checked when the read began. */
static gsize
get_chunk_size (const AnnHdf5Dataset *self)
{
  gsize size = self->stored->size;

  for (guint i = 0; i < self->layout.rank; i++)
    size *= self->layout.chunk_shape[i];

  return size;
}

/* @location: of a chunk that is there */
static AnnBuffer *
decode_chunk (AnnHdf5Dataset *self,
              AnnChunkLocation *location,
              GCancellable *cancellable,
              GError **error)
{
  gsize size = get_chunk_size (self);
  g_auto (AnnScratch) stored = { NULL, 0 };
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, size, error);

  if (buffer == NULL || !_ann_scratch_reserve (&stored, location->length, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !_ann_hdf5_file_read (self->file, location->offset, stored.data, location->length,
                               self->path, cancellable, error))
    return NULL;
  _ann_hdf5_count_chunks (1, location->length);

  if (!ann_codec_chain_decode (self->codecs, stored.data, location->length, location->filter_mask,
                               ann_buffer_get_data_for_writing (buffer), size, error))
    {
      g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ", self->path, location->index);
      return NULL;
    }

  return g_steal_pointer (&buffer);
}

/* Sets @chunk, or leaves it if the chunk is absent. */
static gboolean
make_chunk (AnnHdf5Dataset *self,
            guint64 index,
            AnnBuffer **chunk,
            GCancellable *cancellable,
            GError **error)
{
  AnnChunkLocation location;

  if (!_ann_hdf5_dataset_locate (self, &index, 1, &location, cancellable, error))
    return FALSE;
  if (location.is_absent)
    return TRUE;
  if (location.length > _ann_chunk_get_stored_limit (get_chunk_size (self)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s, chunk %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
                   " stored bytes cannot be a chunk of %" G_GSIZE_FORMAT,
                   self->path, index, location.length, get_chunk_size (self));
      return FALSE;
    }
  *chunk = decode_chunk (self, &location, cancellable, error);

  return *chunk != NULL;
}

static gboolean
get_chunk (AnnHdf5Dataset *self,
           guint64 index,
           AnnBuffer **chunk,
           GCancellable *cancellable,
           GError **error)
{
  const AnnChunkKey key = { self->cache_id, index };

  *chunk = NULL;
  if (!_ann_chunk_cache_wants (get_chunk_size (self)))
    return make_chunk (self, index, chunk, cancellable, error);

  switch (_ann_chunk_cache_begin (&key, TRUE, chunk, cancellable, error))
    {
    case ANN_CHUNK_HIT:
      return TRUE;
    case ANN_CHUNK_MINE:
    case ANN_CHUNK_MINE_AGAIN:
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

/* Copies the part of @chunk, the one at @place in the grid, that lies in @box; without a chunk puts
 * the fill value there.
 */
static void
copy_part (AnnHdf5Dataset *self,
           AnnBuffer *chunk,
           const guint64 *place,
           const AnnBox *box,
           guint8 *elements)
{
  const guint64 *chunk_shape = self->layout.chunk_shape;
  guint64 from[ANN_MAX_RANK], to[ANN_MAX_RANK], count[ANN_MAX_RANK];

  for (guint i = 0; i < box->rank; i++)
    {
      guint64 origin = place[i] * chunk_shape[i];
      guint64 start = MAX (origin, box->start[i]);

      from[i] = start - origin;
      to[i] = start - box->start[i];
      count[i] = MIN (chunk_shape[i] - from[i], box->count[i] - to[i]);
    }

  if (chunk != NULL)
    _ann_box_copy (box->rank, self->stored->size, count, ann_buffer_get_data (chunk), chunk_shape,
                   from, elements, box->count, to);
  else
    _ann_box_fill (box->rank, self->stored->size, count, self->fill_value, elements, box->count,
                   to);
}

/* The chunks that a box touches, in the grid: which one is the first, and how many along each axis.
 */
typedef struct {
  AnnHdf5Dataset *dataset;
  guint rank;
  guint64 first[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK];
} Touched;

static void
touched_init (Touched *self, AnnHdf5Dataset *dataset, const AnnBox *box)
{
  const guint64 *chunk_shape = dataset->layout.chunk_shape;

  self->dataset = dataset;
  self->rank = box->rank;
  for (guint i = 0; i < box->rank; i++)
    {
      self->first[i] = box->start[i] / chunk_shape[i];
      self->count[i] = (box->start[i] + box->count[i] - 1) / chunk_shape[i] - self->first[i] + 1;
    }
}

/* The number of a chunk, by its index among those touched; and its place in the grid. */
static guint64
touched_get_number (const Touched *self, const guint64 *index, guint64 *place)
{
  const AnnHdf5Dataset *dataset = self->dataset;
  guint64 number = 0;

  for (guint i = 0; i < self->rank; i++)
    {
      place[i] = self->first[i] + index[i];
      number = number * ((dataset->space.shape[i] - 1) / dataset->layout.chunk_shape[i] + 1)
               + place[i];
    }

  return number;
}

/* Of a file that is far away: brings the next chunks from @from on, as many as are brought at once,
 * but for those that are kept.
 */
static gboolean
bring_chunks (const Touched *touched,
              const guint64 *from,
              GCancellable *cancellable,
              GError **error)
{
  AnnHdf5Dataset *self = touched->dataset;
  guint64 index[ANN_MAX_RANK], place[ANN_MAX_RANK], numbers[ANN_HDF5_MAX_WANTED];
  AnnChunkLocation locations[ANN_HDF5_MAX_WANTED];
  AnnHdf5Wanted wanted;
  gsize n = 0;

  memcpy (index, from, sizeof index);
  do
    numbers[n++] = touched_get_number (touched, index, place);
  while (n < ANN_HDF5_MAX_WANTED && _ann_box_next_index (touched->rank, index, touched->count));
  if (!_ann_hdf5_dataset_locate (self, numbers, n, locations, cancellable, error))
    return FALSE;

  _ann_hdf5_wanted_init (&wanted, self->file, self->path, cancellable);
  for (gsize i = 0; i < n; i++)
    {
      const AnnChunkKey key = { self->cache_id, numbers[i] };
      g_autoptr (AnnBuffer) chunk = _ann_chunk_cache_peek (&key);

      if (chunk == NULL && !locations[i].is_absent
          && !_ann_hdf5_wanted_add (
              &wanted, locations[i].offset - _ann_hdf5_file_get_sizes (self->file)->base,
              locations[i].length, error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

static gboolean
read_from_chunks (AnnHdf5Dataset *self,
                  const AnnBox *box,
                  guint8 *elements,
                  GCancellable *cancellable,
                  GError **error)
{
  const gboolean is_remote = _ann_source_is_remote (_ann_hdf5_file_get_source (self->file));
  guint64 index[ANN_MAX_RANK] = { 0 };
  guint64 place[ANN_MAX_RANK];
  Touched touched;
  gsize n = 0;

  touched_init (&touched, self, box);
  do
    {
      g_autoptr (AnnBuffer) chunk = NULL;

      if (is_remote && n++ % ANN_HDF5_MAX_WANTED == 0
          && !bring_chunks (&touched, index, cancellable, error))
        return FALSE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !get_chunk (self, touched_get_number (&touched, index, place), &chunk, cancellable,
                         error))
        return FALSE;
      copy_part (self, chunk, place, box, elements);
    }
  while (_ann_box_next_index (box->rank, index, touched.count));

  return TRUE;
}

static void
fill (AnnHdf5Dataset *self, const AnnBox *box, guint8 *elements)
{
  const guint64 start[ANN_MAX_RANK] = { 0 };

  _ann_box_fill (box->rank, self->stored->size, box->count, self->fill_value, elements, box->count,
                 start);
}

static gboolean
read_compact (AnnHdf5Dataset *self, const AnnBox *box, guint8 *elements, GError **error)
{
  const guint64 start[ANN_MAX_RANK] = { 0 };
  guint64 size = self->stored->size;

  for (guint i = 0; i < self->space.rank; i++)
    size *= self->space.shape[i];
  if (self->layout.n_bytes < size)
    return _ann_hdf5_set_damaged (error, self->path, "layout", "it has not all its values");

  _ann_box_copy (box->rank, self->stored->size, box->count, self->layout.bytes, self->space.shape,
                 box->start, elements, box->count, start);

  return TRUE;
}

gboolean
_ann_hdf5_dataset_read (AnnHdf5Dataset *self,
                        const AnnBox *box,
                        guint8 *elements,
                        GCancellable *cancellable,
                        GError **error)
{
  switch (self->layout.layout)
    {
    case ANN_LAYOUT_CHUNKED:
      return read_from_chunks (self, box, elements, cancellable, error);
    case ANN_LAYOUT_COMPACT:
      return read_compact (self, box, elements, error);
    case ANN_LAYOUT_EXTERNAL:
    case ANN_LAYOUT_VIRTUAL:
      fill (self, box, elements);
      return _ann_hdf5_sources_read (self->sources, box, elements, cancellable, error);
    case ANN_LAYOUT_CONTIGUOUS:
      if (self->layout.address != ANN_HDF5_NO_ADDRESS)
        return _ann_hdf5_dataset_read_run (self, box, elements, cancellable, error);
      fill (self, box, elements);
      return TRUE;
    case ANN_LAYOUT_MEMORY:
    default:
      return FALSE;
    }
}
