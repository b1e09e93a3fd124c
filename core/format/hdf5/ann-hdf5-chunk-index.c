/* ann-hdf5-chunk-index.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-chunk-index.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-chunk-index-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

/* Leaves with more chunks than this together are not kept: 32 MiB. They are read again. */
#define MAX_KEPT_CHUNKS ((gsize) 1 << 20)

/* A leaf takes more bytes of the file than this, or is in a node with as few others. */
#define MIN_LEAF_SIZE 64
#define SPARE_LEAVES 1024

gboolean
_ann_hdf5_chunk_index_damaged (AnnHdf5ChunkIndex *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->path, ANN_HDF5_INDEX_STRUCTURE, what);
}

void
_ann_hdf5_chunks_free (AnnHdf5Chunks *self)
{
  g_free (self->chunks);
  g_free (self);
}

static void
leaves_free (gpointer data)
{
  AnnHdf5Leaves *self = data;

  for (gsize i = 0; i < self->n_leaves; i++)
    g_clear_pointer (&self->leaves[i].chunks, _ann_hdf5_chunks_free);
  g_free (self->leaves);
  g_clear_pointer (&self->tree, _ann_hdf5_btree2_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Leaves, leaves_free)

/* Makes room for one more of @items, of which there are @n; the file says how many come. */
static gboolean
grow (AnnHdf5ChunkIndex *self,
      gpointer *items,
      gsize item_size,
      gsize n,
      gsize *room,
      GError **error)
{
  gsize wanted = MAX (*room * 2, 16);
  gpointer grown;

  if (n < *room)
    return TRUE;

  grown = wanted > G_MAXSIZE / item_size ? NULL : g_try_realloc (*items, wanted * item_size);
  if (grown == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for its " ANN_HDF5_INDEX_STRUCTURE, self->path);
      return FALSE;
    }
  *items = grown;
  *room = wanted;

  return TRUE;
}

gboolean
_ann_hdf5_leaves_add (AnnHdf5Leaves *self,
                      AnnHdf5ChunkIndex *index,
                      const AnnHdf5Leaf *leaf,
                      GError **error)
{
  gpointer items = self->leaves;

  /* Equal where a leaf has nothing but chunks outside the grid. */
  if (self->n_leaves > 0 && leaf->first < self->leaves[self->n_leaves - 1].first)
    return _ann_hdf5_chunk_index_damaged (index, "it is not in order", error);
  if (self->n_leaves > _ann_hdf5_file_get_size (index->file) / MIN_LEAF_SIZE + SPARE_LEAVES)
    return _ann_hdf5_chunk_index_damaged (index, "it has more parts than the file has room for",
                                          error);
  if (!grow (index, &items, sizeof *leaf, self->n_leaves, &self->room, error))
    return FALSE;
  self->leaves = items;
  self->leaves[self->n_leaves++] = *leaf;

  return TRUE;
}

gboolean
_ann_hdf5_chunks_add (AnnHdf5Chunks *self,
                      AnnHdf5ChunkIndex *index,
                      const AnnHdf5Chunk *chunk,
                      GError **error)
{
  gpointer items = self->chunks;

  if (self->n_chunks > 0 && chunk->key <= self->chunks[self->n_chunks - 1].key)
    return _ann_hdf5_chunk_index_damaged (index, "it is not in order", error);
  if (!grow (index, &items, sizeof *chunk, self->n_chunks, &self->room, error))
    return FALSE;
  self->chunks = items;
  self->chunks[self->n_chunks++] = *chunk;

  return TRUE;
}

guint64
_ann_hdf5_chunk_index_get_key (AnnHdf5ChunkIndex *self, const guint64 *places, gboolean *is_inside)
{
  guint64 key = 0;

  *is_inside = TRUE;
  for (guint i = 0; i < self->layout.rank; i++)
    {
      if (places[i] >= self->grid[i])
        {
          *is_inside = FALSE;
          return key + self->grid[i] * self->strides[i];
        }
      key += places[i] * self->strides[i];
    }

  return key;
}

gboolean
_ann_hdf5_chunk_index_check_entry (AnnHdf5ChunkIndex *self,
                                   guint client,
                                   guint entry_size,
                                   GError **error)
{
  guint address_size = _ann_hdf5_file_get_sizes (self->file)->address;

  if (client != (self->has_filters ? 1 : 0))
    return _ann_hdf5_chunk_index_damaged (self, "it is for chunks of another kind", error);
  if (self->has_filters ? entry_size <= address_size + 4 || entry_size > address_size + 12
                        : entry_size != address_size)
    return _ann_hdf5_chunk_index_damaged (self, "its entries have an impossible size", error);

  return TRUE;
}

gboolean
_ann_hdf5_chunk_index_parse_entry (AnnHdf5ChunkIndex *self,
                                   AnnHdf5Cursor entry,
                                   AnnHdf5Chunk *chunk,
                                   GError **error)
{
  guint size = (guint) _ann_hdf5_cursor_get_left (&entry) - entry.address_size - 4;

  chunk->length = self->chunk_size;
  chunk->filter_mask = 0;
  if (!_ann_hdf5_cursor_get_address (&entry, &chunk->address)
      || (self->has_filters
          && (!_ann_hdf5_cursor_get_number (&entry, size, &chunk->length)
              || !_ann_hdf5_cursor_get_u32 (&entry, &chunk->filter_mask))))
    return _ann_hdf5_chunk_index_damaged (self, "an entry is too short", error);

  return TRUE;
}

/* Bytes of a page of an array, or of a block of one that has no pages. */
static gsize
get_entries_size (const AnnHdf5Leaves *leaves, const AnnHdf5Leaf *leaf)
{
  return (leaf->is_page ? 0 : leaves->block_overhead) + (gsize) leaf->n_entries * leaves->entry_size
         + ANN_HDF5_CHECKSUM_SIZE;
}

gboolean
_ann_hdf5_leaf_want (AnnHdf5Leaf *leaf,
                     AnnHdf5ChunkIndex *self,
                     const AnnHdf5Leaves *leaves,
                     AnnHdf5Wanted *wanted,
                     GError **error)
{
  gsize size;

  if (leaf->n_entries == 0 || g_atomic_pointer_get (&leaf->chunks) != NULL)
    return TRUE;

  if (self->layout.index == ANN_HDF5_INDEX_BTREE1)
    size = _ann_hdf5_btree1_get_node_size (self);
  else if (leaves->tree != NULL)
    size = _ann_hdf5_btree2_get_leaf_size (leaves->tree, leaf->n_entries);
  else
    size = get_entries_size (leaves, leaf);

  return _ann_hdf5_wanted_add (wanted, leaf->address, size, error);
}

static gboolean
load_entries (AnnHdf5ChunkIndex *self,
              const AnnHdf5Leaves *leaves,
              const AnnHdf5Leaf *leaf,
              AnnHdf5Chunks *chunks,
              GCancellable *cancellable,
              GError **error)
{
  guint overhead = leaf->is_page ? 0 : leaves->block_overhead;
  gsize size = get_entries_size (leaves, leaf);
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;

  if (leaf->is_page)
    bytes = _ann_hdf5_structure_read_plain (
        self->file, leaf->address, size, ANN_HDF5_INDEX_STRUCTURE, self->path, cancellable, error);
  else
    bytes = _ann_hdf5_structure_read (
        self->file, leaf->address, size,
        self->layout.index == ANN_HDF5_INDEX_FIXED_ARRAY ? "FADB" : "EADB",
        ANN_HDF5_INDEX_STRUCTURE, self->path, &cursor, cancellable, error);
  if (bytes == NULL)
    return FALSE;
  if (leaf->is_page && !_ann_hdf5_has_checksum (bytes, size))
    return _ann_hdf5_chunk_index_damaged (self, "a checksum does not fit", error);

  for (guint32 i = 0; i < leaf->n_entries; i++)
    {
      AnnHdf5Chunk chunk = { .key = leaf->first + i };

      cursor = _ann_hdf5_file_get_cursor (
          self->file, bytes + overhead + (gsize) i * leaves->entry_size, leaves->entry_size);
      if (!_ann_hdf5_chunk_index_parse_entry (self, cursor, &chunk, error)
          || (chunk.address != ANN_HDF5_NO_ADDRESS
              && !_ann_hdf5_chunks_add (chunks, self, &chunk, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
list_leaves (AnnHdf5ChunkIndex *self,
             AnnHdf5Leaves *leaves,
             GCancellable *cancellable,
             GError **error)
{
  const AnnHdf5Layout *layout = &self->layout;
  const AnnHdf5Leaf only = {
    .address = layout->address,
    .length = layout->is_single_filtered ? layout->single_size : self->chunk_size,
    .filter_mask = layout->single_mask,
  };

  if (layout->address == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  switch (layout->index)
    {
    case ANN_HDF5_INDEX_SINGLE:
      return _ann_hdf5_leaves_add (leaves, self, &only, error);
    case ANN_HDF5_INDEX_FIXED_ARRAY:
      return _ann_hdf5_fixed_array_list (self, leaves, cancellable, error);
    case ANN_HDF5_INDEX_EXTENSIBLE_ARRAY:
      return _ann_hdf5_extensible_array_list (self, leaves, cancellable, error);
    case ANN_HDF5_INDEX_BTREE2:
      return _ann_hdf5_chunk_btree2_list (self, leaves, cancellable, error);
    case ANN_HDF5_INDEX_BTREE1:
      return _ann_hdf5_btree1_list (self, leaves, cancellable, error);
    case ANN_HDF5_INDEX_IMPLICIT:
    default:
      return TRUE;
    }
}

gboolean
_ann_hdf5_leaf_load (AnnHdf5ChunkIndex *self,
                     const AnnHdf5Leaves *leaves,
                     const AnnHdf5Leaf *leaf,
                     AnnHdf5Chunks *chunks,
                     GCancellable *cancellable,
                     GError **error)
{
  switch (self->layout.index)
    {
    case ANN_HDF5_INDEX_BTREE1:
      return _ann_hdf5_btree1_load (self, leaf, chunks, cancellable, error);
    case ANN_HDF5_INDEX_BTREE2:
      return _ann_hdf5_chunk_btree2_load (self, leaves, leaf, chunks, cancellable, error);
    case ANN_HDF5_INDEX_FIXED_ARRAY:
    case ANN_HDF5_INDEX_EXTENSIBLE_ARRAY:
    case ANN_HDF5_INDEX_SINGLE:
    case ANN_HDF5_INDEX_IMPLICIT:
    default:
      return load_entries (self, leaves, leaf, chunks, cancellable, error);
    }
}

/* Two threads may read the same at the same time; the first one's is taken, for good. */
AnnHdf5Leaves *
_ann_hdf5_chunk_index_get_leaves (AnnHdf5ChunkIndex *self,
                                  GCancellable *cancellable,
                                  GError **error)
{
  AnnHdf5Leaves *known = g_atomic_pointer_get (&self->leaves);
  g_autoptr (AnnHdf5Leaves) leaves = NULL;

  if (known != NULL)
    return known;

  leaves = g_new0 (AnnHdf5Leaves, 1);
  if (!list_leaves (self, leaves, cancellable, error))
    return NULL;
  if (g_atomic_pointer_compare_and_exchange (&self->leaves, NULL, leaves))
    return g_steal_pointer (&leaves);

  return g_atomic_pointer_get (&self->leaves);
}

static guint64
count_chunks (guint64 extent, guint64 chunk)
{
  return extent > 0 ? (extent - 1) / chunk + 1 : 0;
}

/* Strides of arrays: over the grid that the array may grow to, where the axis without a limit is
 * outermost. The extent of the outermost axis does not matter.
 */
static gboolean
set_growing_strides (AnnHdf5ChunkIndex *self, const AnnHdf5Dataspace *space)
{
  guint rank = self->layout.rank;
  guint unlimited = rank;
  guint64 stride = 1;

  for (guint i = 0; i < rank; i++)
    {
      if (space->max_shape[i] == G_MAXUINT64 && unlimited < rank)
        return FALSE;
      if (space->max_shape[i] == G_MAXUINT64)
        unlimited = i;
    }
  if ((unlimited < rank) != (self->layout.index == ANN_HDF5_INDEX_EXTENSIBLE_ARRAY))
    return FALSE;

  for (guint i = rank; i-- > 0;)
    {
      if (i == unlimited)
        continue;
      self->strides[i] = stride;
      if (i > 0 || unlimited < rank)
        {
          guint64 n = count_chunks (MAX (space->max_shape[i], space->shape[i]),
                                    self->layout.chunk_shape[i]);

          if (!g_uint64_checked_mul (&stride, stride, MAX (n, 1)))
            return FALSE;
        }
    }
  if (unlimited < rank)
    self->strides[unlimited] = stride;

  return TRUE;
}

static gboolean
measure_chunk (AnnHdf5ChunkIndex *self)
{
  self->chunk_size = self->layout.element_size;
  for (guint i = 0; i < self->layout.rank; i++)
    {
      if (self->layout.chunk_shape[i] == 0
          || !g_uint64_checked_mul (&self->chunk_size, self->chunk_size,
                                    self->layout.chunk_shape[i]))
        return FALSE;
    }

  return self->chunk_size > 0;
}

/* The strides of numbers, or those of the index; what is the greatest key. */
static gboolean
measure_grid (AnnHdf5ChunkIndex *self, const AnnHdf5Dataspace *space)
{
  guint rank = self->layout.rank;
  guint64 strides[ANN_MAX_RANK];
  guint64 n = 1;
  gboolean is_empty = FALSE;

  for (guint i = rank; i-- > 0;)
    {
      self->grid[i] = count_chunks (space->shape[i], self->layout.chunk_shape[i]);
      is_empty |= self->grid[i] == 0;
      strides[i] = self->strides[i] = n;
      if (!g_uint64_checked_mul (&n, n, MAX (self->grid[i], 1)))
        return FALSE;
    }

  if (self->layout.index == ANN_HDF5_INDEX_FIXED_ARRAY
      || self->layout.index == ANN_HDF5_INDEX_EXTENSIBLE_ARRAY
      || self->layout.index == ANN_HDF5_INDEX_IMPLICIT)
    {
      if (!set_growing_strides (self, space))
        return FALSE;
    }

  self->keys_are_numbers = TRUE;
  self->n_keys = is_empty ? 0 : 1;
  for (guint i = 0; i < rank && !is_empty; i++)
    {
      guint64 more;

      self->keys_are_numbers &= self->strides[i] == strides[i];
      if (!g_uint64_checked_mul (&more, self->grid[i] - 1, self->strides[i])
          || !g_uint64_checked_add (&self->n_keys, self->n_keys, more))
        return FALSE;
    }

  return TRUE;
}

AnnHdf5ChunkIndex *
_ann_hdf5_chunk_index_new (AnnHdf5File *file,
                           const AnnHdf5Layout *layout,
                           const AnnHdf5Dataspace *space,
                           gboolean has_filters,
                           const char *path,
                           GError **error)
{
  g_autoptr (AnnHdf5ChunkIndex) self = g_new0 (AnnHdf5ChunkIndex, 1);

  self->file = _ann_hdf5_file_ref (file);
  self->path = g_strdup (path);
  self->layout = *layout;
  self->layout.bytes = NULL; /* not ours, and not of chunks */
  self->has_filters = has_filters;
  self->max_kept = MAX_KEPT_CHUNKS;
  if (space->rank != layout->rank)
    _ann_hdf5_chunk_index_damaged (self, "chunks have other axes than the array", error);
  else if (!measure_chunk (self) || !measure_grid (self, space))
    _ann_hdf5_chunk_index_damaged (self, "the chunks cannot be counted", error);
  else
    return g_steal_pointer (&self);

  return NULL;
}

void
_ann_hdf5_chunk_index_free (AnnHdf5ChunkIndex *self)
{
  g_clear_pointer (&self->leaves, leaves_free);
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);
  g_free (self->path);
  g_free (self);
}
