/* ann-hdf5-chunk-btree2.c: chunks in a B-tree of version 2
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-chunk-index-private.h"

#include "base/ann-error.h"

typedef struct {
  AnnHdf5ChunkIndex *index;
  AnnHdf5Leaves *leaves; /* (nullable): when leaves are listed */
  AnnHdf5Chunks *chunks; /* (nullable): when one is loaded */
  guint64 next;          /* no key that follows is less */
} Walk;

/* A record is an entry of an array, and the places of the chunk in the grid. */
static gboolean
parse_record (AnnHdf5ChunkIndex *self,
              AnnHdf5Cursor record,
              AnnHdf5Chunk *chunk,
              gboolean *is_inside,
              GError **error)
{
  AnnHdf5Cursor entry = record;
  guint64 places[ANN_MAX_RANK];

  entry.end -= 8 * self->layout.rank;
  if (!_ann_hdf5_chunk_index_parse_entry (self, entry, chunk, error))
    return FALSE;

  for (guint i = 0; i < self->layout.rank; i++)
    places[i] = _ann_hdf5_get_number (entry.end + 8 * i, 8);
  chunk->key = _ann_hdf5_chunk_index_get_key (self, places, is_inside);

  return TRUE;
}

static gboolean
take_record (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Walk *walk = data;
  AnnHdf5Chunk chunk = { 0 };
  AnnHdf5Leaf leaf;
  gboolean is_inside;

  if (!parse_record (walk->index, record, &chunk, &is_inside, error))
    return FALSE;
  if (walk->chunks != NULL)
    return !is_inside || _ann_hdf5_chunks_add (walk->chunks, walk->index, &chunk, error);

  /* What a record outside the grid would be asked for, nobody asks for. */
  if (!is_inside)
    {
      walk->next = MAX (walk->next, chunk.key);
      return TRUE;
    }
  leaf = (AnnHdf5Leaf){ .first = chunk.key,
                        .address = chunk.address,
                        .length = chunk.length,
                        .filter_mask = chunk.filter_mask };
  walk->next = chunk.key + 1;

  return _ann_hdf5_leaves_add (walk->leaves, walk->index, &leaf, error);
}

static gboolean
take_leaf (guint64 address, guint n, gpointer data, GError **error)
{
  Walk *walk = data;
  const AnnHdf5Leaf leaf = { .first = walk->next, .address = address, .n_entries = n };

  return _ann_hdf5_leaves_add (walk->leaves, walk->index, &leaf, error);
}

gboolean
_ann_hdf5_chunk_btree2_list (AnnHdf5ChunkIndex *self,
                             AnnHdf5Leaves *leaves,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnHdf5Btree2Type type = self->has_filters ? ANN_HDF5_BTREE2_FILTERED_CHUNKS
                                                   : ANN_HDF5_BTREE2_CHUNKS;
  Walk walk = { .index = self, .leaves = leaves };
  guint record_size, places_size = 8 * self->layout.rank;

  leaves->tree = _ann_hdf5_btree2_open (self->file, self->layout.address, type, self->path,
                                        cancellable, error);
  if (leaves->tree == NULL)
    return FALSE;

  record_size = _ann_hdf5_btree2_get_record_size (leaves->tree);
  if (record_size <= places_size)
    return _ann_hdf5_chunk_index_damaged (self, "its entries have an impossible size", error);

  return _ann_hdf5_chunk_index_check_entry (self, self->has_filters ? 1 : 0,
                                            record_size - places_size, error)
         && _ann_hdf5_btree2_foreach_leaf (leaves->tree, take_record, take_leaf, &walk, cancellable,
                                           error);
}

gboolean
_ann_hdf5_chunk_btree2_load (AnnHdf5ChunkIndex *self,
                             const AnnHdf5Leaves *leaves,
                             const AnnHdf5Leaf *leaf,
                             AnnHdf5Chunks *chunks,
                             GCancellable *cancellable,
                             GError **error)
{
  Walk walk = { .index = self, .chunks = chunks };

  return _ann_hdf5_btree2_read_leaf (leaves->tree, leaf->address, leaf->n_entries, take_record,
                                     &walk, cancellable, error);
}
