/* ann-hdf5-chunk-search.c: which leaf of an index has a chunk, and where that is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-chunk-index-private.h"

/* After so many chunks, whether somebody has cancelled is looked at. */
#define CHUNKS_PER_LOOK 1024

/* Of a file that is far away: who asks for so many chunks will ask for more, in the leaves after.
 */
#define MANY_CHUNKS 64
#define LEAVES_AHEAD 16

/* A question about chunks: the leaf that the last one was in, for the next is mostly there too. */
typedef struct {
  AnnHdf5ChunkIndex *index;
  GCancellable *cancellable;
  AnnHdf5Leaves *leaves;
  AnnHdf5Leaf *leaf;
  const AnnHdf5Chunks *chunks; /* of @leaf */
  AnnHdf5Chunks *owned;        /* (nullable): @chunks, where they are not kept */
} Search;

static void
search_clear (Search *self)
{
  g_clear_pointer (&self->owned, _ann_hdf5_chunks_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static AnnHdf5Leaf *
find_leaf (AnnHdf5Leaves *leaves, guint64 key)
{
  gsize low = 0, high = leaves->n_leaves;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (leaves->leaves[middle].first <= key)
        low = middle + 1;
      else
        high = middle;
    }

  return low > 0 ? &leaves->leaves[low - 1] : NULL;
}

static gboolean
is_in_leaf (const Search *self, const AnnHdf5Leaf *leaf, guint64 key)
{
  const AnnHdf5Leaf *end = self->leaves->leaves + self->leaves->n_leaves;

  return leaf->first <= key && (leaf + 1 == end || key < leaf[1].first);
}

/* Keeps what was read of a leaf, if there is room; else it lasts as long as the search. */
static void
keep_chunks (Search *self, AnnHdf5Leaf *leaf, AnnHdf5Chunks *chunks)
{
  gsize n_kept = (gsize) g_atomic_pointer_add (&self->index->n_kept, (gssize) chunks->n_chunks);

  self->chunks = chunks;
  if (n_kept + chunks->n_chunks <= self->index->max_kept
      && g_atomic_pointer_compare_and_exchange (&leaf->chunks, NULL, chunks))
    return;

  g_atomic_pointer_add (&self->index->n_kept, -(gssize) chunks->n_chunks);
  self->owned = chunks;
}

/* A leaf that has what another should have is in two places, perhaps in very many. */
static gboolean
check_range (Search *self, const AnnHdf5Leaf *leaf, const AnnHdf5Chunks *chunks, GError **error)
{
  return chunks->n_chunks == 0
         || (is_in_leaf (self, leaf, chunks->chunks[0].key)
             && is_in_leaf (self, leaf, chunks->chunks[chunks->n_chunks - 1].key))
         || _ann_hdf5_chunk_index_damaged (self->index, "a chunk is in the wrong part of it",
                                           error);
}

static gboolean
enter_leaf (Search *self, AnnHdf5Leaf *leaf, GError **error)
{
  g_autoptr (AnnHdf5Chunks) chunks = NULL;

  self->leaf = NULL;
  g_clear_pointer (&self->owned, _ann_hdf5_chunks_free);
  self->chunks = g_atomic_pointer_get (&leaf->chunks);
  if (self->chunks == NULL)
    {
      chunks = g_new0 (AnnHdf5Chunks, 1);
      if (!_ann_hdf5_leaf_load (self->index, self->leaves, leaf, chunks, self->cancellable, error)
          || !check_range (self, leaf, chunks, error))
        return FALSE;
      keep_chunks (self, leaf, g_steal_pointer (&chunks));
    }
  self->leaf = leaf;

  return TRUE;
}

static const AnnHdf5Chunk *
find_chunk (const AnnHdf5Chunks *chunks, guint64 key)
{
  gsize low = 0, high = chunks->n_chunks;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (chunks->chunks[middle].key < key)
        low = middle + 1;
      else
        high = middle;
    }

  return low < chunks->n_chunks && chunks->chunks[low].key == key ? &chunks->chunks[low] : NULL;
}

/* Looks for @key; leaves @chunk without an address if it is not there. */
static gboolean
search_find (Search *self, guint64 key, AnnHdf5Chunk *chunk, GError **error)
{
  AnnHdf5Leaf *leaf = self->leaf;
  const AnnHdf5Chunk *found;

  chunk->address = ANN_HDF5_NO_ADDRESS;
  if (leaf == NULL || !is_in_leaf (self, leaf, key))
    leaf = find_leaf (self->leaves, key);
  if (leaf == NULL)
    return TRUE;

  if (leaf->n_entries == 0)
    {
      if (leaf->first == key)
        *chunk = (AnnHdf5Chunk){ key, leaf->address, leaf->length, leaf->filter_mask };
      return TRUE;
    }

  if (leaf != self->leaf && !enter_leaf (self, leaf, error))
    return FALSE;
  found = find_chunk (self->chunks, key);
  if (found != NULL)
    *chunk = *found;

  return TRUE;
}

/* All chunks one after the other, from an address on. */
static void
find_implicit (AnnHdf5ChunkIndex *self, guint64 key, AnnHdf5Chunk *chunk)
{
  guint64 address = self->layout.address;

  if (address != ANN_HDF5_NO_ADDRESS
      && (!g_uint64_checked_mul (&address, key, self->chunk_size)
          || !g_uint64_checked_add (&address, address, self->layout.address)))
    address = ANN_HDF5_NO_ADDRESS - 1;
  *chunk = (AnnHdf5Chunk){ key, address, self->chunk_size, 0 };
}

static guint64
get_key_of_number (AnnHdf5ChunkIndex *self, guint64 number)
{
  guint64 key = 0;

  if (self->keys_are_numbers)
    return number;

  for (guint i = self->layout.rank; i-- > 0;)
    {
      key += number % self->grid[i] * self->strides[i];
      number /= self->grid[i];
    }

  return key;
}

static gboolean
is_remote (AnnHdf5ChunkIndex *self)
{
  return _ann_source_is_remote (_ann_hdf5_file_get_source (self->file));
}

/* Of a file that is far away: brings the leaves that have the chunks in one call, and some of those
 * that follow where many chunks are asked for, for the next ones will be too.
 */
static gboolean
bring_leaves (Search *search, const guint64 *indices, gsize n, GError **error)
{
  AnnHdf5Leaves *leaves = search->leaves;
  const AnnHdf5Leaf *end = leaves->leaves + leaves->n_leaves;
  AnnHdf5Leaf *last = NULL;
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, search->index->file, search->index->path, search->cancellable);
  for (gsize i = 0; i < n; i++)
    {
      guint64 key = get_key_of_number (search->index, indices[i]);
      AnnHdf5Leaf *leaf = find_leaf (leaves, key);

      if (leaf == NULL || leaf == last)
        continue;
      last = leaf;
      if (!_ann_hdf5_leaf_want (leaf, search->index, leaves, &wanted, error))
        return FALSE;
    }

  /* Only with one that is waited for anyway. */
  for (gsize i = 0; i < LEAVES_AHEAD && wanted.n > 0 && n >= MANY_CHUNKS && ++last < end; i++)
    {
      if (!_ann_hdf5_leaf_want (last, search->index, leaves, &wanted, error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

static gboolean
set_location (AnnHdf5ChunkIndex *self,
              const AnnHdf5Chunk *chunk,
              AnnChunkLocation *location,
              GError **error)
{
  if (chunk->address == ANN_HDF5_NO_ADDRESS || chunk->length == 0)
    {
      location->is_absent = TRUE;
      return TRUE;
    }

  if (!self->has_filters && chunk->length != self->chunk_size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: Chunk %" G_GUINT64_FORMAT " has not the size of a chunk", self->path,
                   location->index);
      return FALSE;
    }
  if (!_ann_hdf5_file_has_range (self->file, chunk->address, chunk->length))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: Chunk %" G_GUINT64_FORMAT " claims %" G_GUINT64_FORMAT
                   " bytes, more than the file has where it should lie",
                   self->path, location->index, chunk->length);
      return FALSE;
    }
  location->offset = chunk->address + _ann_hdf5_file_get_sizes (self->file)->base;
  location->length = chunk->length;
  location->filter_mask = chunk->filter_mask;

  return TRUE;
}

gboolean
_ann_hdf5_chunk_index_locate (AnnHdf5ChunkIndex *self,
                              const guint64 *indices,
                              gsize n,
                              AnnChunkLocation *locations,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (Search) search = { .index = self,
                             .cancellable = cancellable,
                             .leaves = _ann_hdf5_chunk_index_get_leaves (self, cancellable,
                                                                         error) };

  if (search.leaves == NULL || (is_remote (self) && !bring_leaves (&search, indices, n, error)))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      AnnHdf5Chunk chunk;
      guint64 key = get_key_of_number (self, indices[i]);

      if (i % CHUNKS_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      locations[i] = (AnnChunkLocation){ .index = indices[i], .offset = G_MAXUINT64 };
      if (self->layout.index == ANN_HDF5_INDEX_IMPLICIT)
        find_implicit (self, key, &chunk);
      else if (!search_find (&search, key, &chunk, error))
        return FALSE;
      if (!set_location (self, &chunk, &locations[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
bring_leaves_from (Search *search, gsize first, GError **error)
{
  gsize n = MIN (search->leaves->n_leaves - first, ANN_HDF5_MAX_WANTED);
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, search->index->file, search->index->path, search->cancellable);
  for (gsize i = first; i < first + n; i++)
    {
      if (!_ann_hdf5_leaf_want (&search->leaves->leaves[i], search->index, search->leaves, &wanted,
                                error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

static gboolean
measure_implicit (AnnHdf5ChunkIndex *self, guint64 *stored_size, GError **error)
{
  guint64 size = self->layout.address != ANN_HDF5_NO_ADDRESS ? self->chunk_size : 0;

  for (guint i = 0; i < self->layout.rank; i++)
    {
      if (!g_uint64_checked_mul (&size, size, self->grid[i]))
        return _ann_hdf5_chunk_index_damaged (self, "the chunks cannot be counted", error);
    }
  *stored_size = size;

  return TRUE;
}

gboolean
_ann_hdf5_chunk_index_measure (AnnHdf5ChunkIndex *self,
                               guint64 *stored_size,
                               GCancellable *cancellable,
                               GError **error)
{
  g_auto (Search) search = { .index = self,
                             .cancellable = cancellable,
                             .leaves = _ann_hdf5_chunk_index_get_leaves (self, cancellable,
                                                                         error) };

  *stored_size = 0;
  if (search.leaves == NULL)
    return FALSE;
  if (self->layout.index == ANN_HDF5_INDEX_IMPLICIT)
    return measure_implicit (self, stored_size, error);

  for (gsize i = 0; i < search.leaves->n_leaves; i++)
    {
      AnnHdf5Leaf *leaf = &search.leaves->leaves[i];

      if (i % ANN_HDF5_MAX_WANTED == 0 && !bring_leaves_from (&search, i, error))
        return FALSE;
      *stored_size += leaf->length;
      if (leaf->n_entries == 0)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !enter_leaf (&search, leaf, error))
        return FALSE;
      for (gsize j = 0; j < search.chunks->n_chunks; j++)
        *stored_size += search.chunks->chunks[j].length;
    }

  return TRUE;
}
