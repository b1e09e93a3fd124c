/* ann-hdf5-chunk-btree1.c: chunks in a B-tree of version 1
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-chunk-index-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* What a node of the tree is for. */
#define NODE_OF_CHUNKS 1

/* With at least two entries a node, a tree in a file of 2^63 bytes is less deep. */
#define MAX_LEVEL 64

/* A node has room for so many, unless its writer was told otherwise. */
#define USUAL_ENTRIES 64

typedef struct {
  AnnHdf5ChunkIndex *index;
  AnnHdf5Leaves *leaves;
  guint64 n_left; /* nodes that the file may have room for */
  GCancellable *cancellable;
} Walk;

/* Signature, what it is for, level, how many entries, two neighbours. */
static guint
get_prefix_size (AnnHdf5ChunkIndex *self)
{
  return 8 + 2 * _ann_hdf5_file_get_sizes (self->file)->address;
}

/* The length and the filter mask of the chunk that follows, and where it begins: one number more
 * than axes, for the bytes of an element.
 */
static guint
get_key_size (AnnHdf5ChunkIndex *self)
{
  return 8 + 8 * (self->layout.rank + 1);
}

gsize
_ann_hdf5_btree1_get_node_size (AnnHdf5ChunkIndex *self)
{
  return get_prefix_size (self) + get_key_size (self)
         + USUAL_ENTRIES * (get_key_size (self) + _ann_hdf5_file_get_sizes (self->file)->address);
}

static gboolean
check_node (AnnHdf5ChunkIndex *self, const guint8 *prefix, guint level, GError **error)
{
  if (memcmp (prefix, "TREE", 4) != 0 || prefix[4] != NODE_OF_CHUNKS)
    return _ann_hdf5_chunk_index_damaged (self, "a part of it is not where it should be", error);
  if (prefix[5] != level)
    return _ann_hdf5_chunk_index_damaged (self, "a node has the wrong level", error);

  return TRUE;
}

/* Reads the entries of the node at @address: pairs of a key and an address. The tree has one key
 * more, which says where the last one ends.
 */
static guint8 *
read_node (AnnHdf5ChunkIndex *self,
           guint64 address,
           guint level,
           guint *n_entries,
           GCancellable *cancellable,
           GError **error)
{
  guint prefix_size = get_prefix_size (self);
  guint8 prefix[8 + 2 * 8];
  guint64 size;

  if (!_ann_hdf5_file_has_range (self->file, address, prefix_size))
    {
      _ann_hdf5_chunk_index_damaged (self, "it lies beyond the end of the file", error);
      return NULL;
    }
  if (!_ann_hdf5_file_read_metadata (self->file, address, prefix, prefix_size, self->path,
                                     cancellable, error)
      || !check_node (self, prefix, level, error))
    return NULL;

  *n_entries = (guint) _ann_hdf5_get_number (prefix + 6, 2);
  size = (guint64) *n_entries
         * (get_key_size (self) + _ann_hdf5_file_get_sizes (self->file)->address);

  return _ann_hdf5_structure_read_plain (self->file, address + prefix_size, size,
                                         ANN_HDF5_INDEX_STRUCTURE, self->path, cancellable, error);
}

/* Takes one entry. A leaf's chunk begins where a chunk of the grid does. */
static gboolean
parse_entry (AnnHdf5ChunkIndex *self,
             AnnHdf5Cursor *cursor,
             AnnHdf5Chunk *chunk,
             gboolean *is_inside,
             GError **error)
{
  guint64 places[ANN_MAX_RANK];
  guint32 length = 0;

  if (!_ann_hdf5_cursor_get_u32 (cursor, &length)
      || !_ann_hdf5_cursor_get_u32 (cursor, &chunk->filter_mask))
    return _ann_hdf5_chunk_index_damaged (self, "a node is too short", error);
  chunk->length = length;

  for (guint i = 0; i < self->layout.rank; i++)
    {
      guint64 start = 0;

      if (!_ann_hdf5_cursor_get_u64 (cursor, &start))
        return _ann_hdf5_chunk_index_damaged (self, "a node is too short", error);
      if (start % self->layout.chunk_shape[i] != 0)
        return _ann_hdf5_chunk_index_damaged (self, "a chunk begins between two", error);
      places[i] = start / self->layout.chunk_shape[i];
    }
  chunk->key = _ann_hdf5_chunk_index_get_key (self, places, is_inside);

  if (!_ann_hdf5_cursor_skip (cursor, 8) || !_ann_hdf5_cursor_get_address (cursor, &chunk->address))
    return _ann_hdf5_chunk_index_damaged (self, "a node is too short", error);

  return TRUE;
}

static AnnHdf5Cursor
get_entries (AnnHdf5ChunkIndex *self, const guint8 *bytes, guint n_entries)
{
  return _ann_hdf5_file_get_cursor (
      self->file, bytes,
      (gsize) n_entries * (get_key_size (self) + _ann_hdf5_file_get_sizes (self->file)->address));
}

/* Each node takes room in the file, which bounds how many there can be. */
static gboolean
count_node (Walk *walk, GError **error)
{
  if (walk->n_left == 0)
    return _ann_hdf5_chunk_index_damaged (walk->index,
                                          "it has more nodes than the file has room for", error);
  walk->n_left--;

  return TRUE;
}

static gboolean
add_leaf (Walk *walk, const AnnHdf5Chunk *entry, GError **error)
{
  const AnnHdf5Leaf leaf = { .first = entry->key, .address = entry->address, .n_entries = 1 };

  return count_node (walk, error) && _ann_hdf5_leaves_add (walk->leaves, walk->index, &leaf, error);
}

/* Nodes that are read one after the other. */
static gboolean
bring_children (Walk *walk, AnnHdf5Cursor cursor, guint n_entries, GError **error)
{
  AnnHdf5ChunkIndex *self = walk->index;
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, self->file, self->path, walk->cancellable);
  for (guint i = 0; i < n_entries; i++)
    {
      guint64 address;

      if (!_ann_hdf5_cursor_skip (&cursor, get_key_size (self))
          || !_ann_hdf5_cursor_get_address (&cursor, &address))
        return _ann_hdf5_chunk_index_damaged (self, "a node is too short", error);
      if (!_ann_hdf5_wanted_add (&wanted, address, _ann_hdf5_btree1_get_node_size (self), error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

/* Goes down one level with each step. */
static gboolean
list_node (Walk *walk, guint64 address, guint level, GError **error)
{
  AnnHdf5ChunkIndex *self = walk->index;
  g_autofree guint8 *bytes = NULL;
  guint n_entries = 0;
  AnnHdf5Cursor cursor;

  if (!count_node (walk, error))
    return FALSE;
  bytes = read_node (self, address, level, &n_entries, walk->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  cursor = get_entries (self, bytes, n_entries);
  if (level > 1 && !bring_children (walk, cursor, n_entries, error))
    return FALSE;
  for (guint i = 0; i < n_entries; i++)
    {
      AnnHdf5Chunk entry;
      gboolean is_inside;

      if (!parse_entry (self, &cursor, &entry, &is_inside, error)
          || !(level > 1 ? list_node (walk, entry.address, level - 1, error)
                         : add_leaf (walk, &entry, error)))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_btree1_list (AnnHdf5ChunkIndex *self,
                       AnnHdf5Leaves *leaves,
                       GCancellable *cancellable,
                       GError **error)
{
  guint64 address = self->layout.address;
  const AnnHdf5Chunk root = { .address = address };
  Walk walk = { self, leaves, 0, cancellable };
  guint8 prefix[6];

  if (!_ann_hdf5_file_has_range (self->file, address, sizeof prefix))
    return _ann_hdf5_chunk_index_damaged (self, "it lies beyond the end of the file", error);
  if (!_ann_hdf5_file_read_metadata (self->file, address, prefix, sizeof prefix, self->path,
                                     cancellable, error)
      || !check_node (self, prefix, prefix[5], error))
    return FALSE;
  if (prefix[5] > MAX_LEVEL)
    return _ann_hdf5_chunk_index_damaged (self, "it is too deep", error);

  walk.n_left = _ann_hdf5_file_get_size (self->file) / get_prefix_size (self) + 1;

  return prefix[5] == 0 ? add_leaf (&walk, &root, error)
                        : list_node (&walk, address, prefix[5], error);
}

gboolean
_ann_hdf5_btree1_load (AnnHdf5ChunkIndex *self,
                       const AnnHdf5Leaf *leaf,
                       AnnHdf5Chunks *chunks,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree guint8 *bytes = NULL;
  guint n_entries = 0;
  AnnHdf5Cursor cursor;

  bytes = read_node (self, leaf->address, 0, &n_entries, cancellable, error);
  if (bytes == NULL)
    return FALSE;

  cursor = get_entries (self, bytes, n_entries);
  for (guint i = 0; i < n_entries; i++)
    {
      AnnHdf5Chunk chunk;
      gboolean is_inside;

      if (!parse_entry (self, &cursor, &chunk, &is_inside, error)
          || (is_inside && !_ann_hdf5_chunks_add (chunks, self, &chunk, error)))
        return FALSE;
    }

  return TRUE;
}
