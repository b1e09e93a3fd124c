/* ann-hdf5-chunk-index-private.h: for the kinds of indexes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-btree2.h"
#include "format/hdf5/ann-hdf5-chunk-index.h"
#include "format/hdf5/ann-hdf5-wanted.h"

G_BEGIN_DECLS

/* In messages. */
#define ANN_HDF5_INDEX_STRUCTURE "index of chunks"

/**
 * AnnHdf5Chunk:
 * @key: of which chunk it is; see AnnHdf5ChunkIndex
 * @address: where it lies
 * @length: bytes
 * @filter_mask: bit n set: filter n was not applied
 */
typedef struct {
  guint64 key;
  guint64 address;
  guint64 length;
  guint32 filter_mask;
} AnnHdf5Chunk;

/**
 * AnnHdf5Chunks:
 *
 * The chunks of one leaf that are there, by rising keys.
 */
typedef struct {
  gsize n_chunks;
  gsize room;
  AnnHdf5Chunk *chunks;
} AnnHdf5Chunks;

/**
 * AnnHdf5Leaf:
 * @first: no chunk in it has a lesser key; those of the next leaf begin with its own
 * @address: of a node or page; with @n_entries 0 of the only chunk, which has the key @first
 * @length: of that chunk
 * @filter_mask: of that chunk
 * @n_entries: how many it has, where that is known without reading it
 * @is_page: entries and a checksum, nothing else
 * @chunks: (nullable): what is in it, once it has been read; set by one thread, never changed
 */
typedef struct {
  guint64 first;
  guint64 address;
  guint64 length;
  guint32 filter_mask;
  guint32 n_entries;
  gboolean is_page;
  AnnHdf5Chunks *chunks;
} AnnHdf5Leaf;

/**
 * AnnHdf5Leaves:
 * @entry_size: bytes of an entry of an array
 * @block_overhead: bytes of a block of an array that are not entries, without the checksum
 * @tree: (nullable): if it is a version 2 B-tree
 *
 * What was read of an index: by rising @first.
 */
typedef struct {
  gsize n_leaves;
  gsize room;
  AnnHdf5Leaf *leaves;
  guint entry_size;
  guint block_overhead;
  AnnHdf5Btree2 *tree;
} AnnHdf5Leaves;

/**
 * AnnHdf5ChunkIndex:
 * @chunk_size: bytes of a chunk without filters
 * @grid: chunks along each axis of the array as it is now
 * @n_keys: keys in the grid are less
 * @strides: the key of a chunk is the sum of its places in the grid, times these. In trees keys are
 *   numbers in the grid. Arrays count in the grid that the array may grow to, the axis without a
 *   limit outermost.
 * @leaves: (nullable): once they are known; set by one thread
 * @n_kept: chunks of leaves that are kept, by all threads
 * @max_kept: how many may be
 */
struct _AnnHdf5ChunkIndex {
  AnnHdf5File *file;
  char *path;
  AnnHdf5Layout layout;
  gboolean has_filters;
  guint64 chunk_size;
  guint64 grid[ANN_MAX_RANK];
  guint64 n_keys;
  guint64 strides[ANN_MAX_RANK];
  gboolean keys_are_numbers;
  AnnHdf5Leaves *leaves;
  gsize n_kept;
  gsize max_kept;
};

/* Sets an error about the index. FALSE. */
gboolean _ann_hdf5_chunk_index_damaged (AnnHdf5ChunkIndex *self, const char *what, GError **error);

/* The key of a chunk in a tree, whose keys are sorted by places. A place outside the grid, which an
 * array that was larger has left, gives the key of the next one that is not.
 */
guint64 _ann_hdf5_chunk_index_get_key (AnnHdf5ChunkIndex *self,
                                       const guint64 *places,
                                       gboolean *is_inside);

/* Adds in order; an error if it is not, or without memory. */
gboolean _ann_hdf5_leaves_add (AnnHdf5Leaves *self,
                               AnnHdf5ChunkIndex *index,
                               const AnnHdf5Leaf *leaf,
                               GError **error);
gboolean _ann_hdf5_chunks_add (AnnHdf5Chunks *self,
                               AnnHdf5ChunkIndex *index,
                               const AnnHdf5Chunk *chunk,
                               GError **error);

/* The entry of an array: an address, with filters also a length and a mask. Leaves out @key. */
gboolean _ann_hdf5_chunk_index_parse_entry (AnnHdf5ChunkIndex *self,
                                            AnnHdf5Cursor entry,
                                            AnnHdf5Chunk *chunk,
                                            GError **error);

/* Whether entries of arrays can have this size, with what the header says of filters. */
gboolean _ann_hdf5_chunk_index_check_entry (AnnHdf5ChunkIndex *self,
                                            guint client,
                                            guint entry_size,
                                            GError **error);

/* The leaves, read when they are first asked for; owned by the index. */
AnnHdf5Leaves *_ann_hdf5_chunk_index_get_leaves (AnnHdf5ChunkIndex *self,
                                                 GCancellable *cancellable,
                                                 GError **error);

/* Reads what is in a leaf. */
gboolean _ann_hdf5_leaf_load (AnnHdf5ChunkIndex *self,
                              const AnnHdf5Leaves *leaves,
                              const AnnHdf5Leaf *leaf,
                              AnnHdf5Chunks *chunks,
                              GCancellable *cancellable,
                              GError **error);
void _ann_hdf5_chunks_free (AnnHdf5Chunks *self);

/* Notes that the leaf will be read, unless it has been. */
gboolean _ann_hdf5_leaf_want (AnnHdf5Leaf *leaf,
                              AnnHdf5ChunkIndex *self,
                              const AnnHdf5Leaves *leaves,
                              AnnHdf5Wanted *wanted,
                              GError **error);

/* How many bytes a node of a version 1 B-tree of chunks may have. */
gsize _ann_hdf5_btree1_get_node_size (AnnHdf5ChunkIndex *self);

/* Each kind: what its leaves are, and what is in one. The address is there. */
gboolean _ann_hdf5_btree1_list (AnnHdf5ChunkIndex *self,
                                AnnHdf5Leaves *leaves,
                                GCancellable *cancellable,
                                GError **error);
gboolean _ann_hdf5_btree1_load (AnnHdf5ChunkIndex *self,
                                const AnnHdf5Leaf *leaf,
                                AnnHdf5Chunks *chunks,
                                GCancellable *cancellable,
                                GError **error);
gboolean _ann_hdf5_chunk_btree2_list (AnnHdf5ChunkIndex *self,
                                      AnnHdf5Leaves *leaves,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean _ann_hdf5_chunk_btree2_load (AnnHdf5ChunkIndex *self,
                                      const AnnHdf5Leaves *leaves,
                                      const AnnHdf5Leaf *leaf,
                                      AnnHdf5Chunks *chunks,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean _ann_hdf5_fixed_array_list (AnnHdf5ChunkIndex *self,
                                     AnnHdf5Leaves *leaves,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean _ann_hdf5_extensible_array_list (AnnHdf5ChunkIndex *self,
                                          AnnHdf5Leaves *leaves,
                                          GCancellable *cancellable,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Chunks, _ann_hdf5_chunks_free)

G_END_DECLS
