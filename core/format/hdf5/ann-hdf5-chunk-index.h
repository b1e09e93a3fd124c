/* ann-hdf5-chunk-index.h: where the chunks of a dataset lie
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "format/hdf5/ann-hdf5-dataspace.h"
#include "format/hdf5/ann-hdf5-file-private.h"
#include "format/hdf5/ann-hdf5-layout.h"

G_BEGIN_DECLS

/**
 * AnnHdf5ChunkIndex:
 *
 * Finds chunks by their numbers, whatever kind of index the file has. What is above the leaves of
 * the index is read with the first question, a leaf when a chunk in it is asked for; both are
 * kept, leaves only up to a limit. Any thread may ask, and none waits for another one.
 */
typedef struct _AnnHdf5ChunkIndex AnnHdf5ChunkIndex;

/* Reads nothing yet. @has_filters: the dataset has any. An error if the grid cannot be counted or
 * does not fit the kind of the index. @path: of the object, for messages
 */
AnnHdf5ChunkIndex *_ann_hdf5_chunk_index_new (AnnHdf5File *file,
                                              const AnnHdf5Layout *layout,
                                              const AnnHdf5Dataspace *space,
                                              gboolean has_filters,
                                              const char *path,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_chunk_index_free (AnnHdf5ChunkIndex *self);

/* Where @n chunks lie. Offsets are counted from the first byte of the file; the filter mask is that
 * of the index. A chunk that does not lie in the file is an error.
 */
gboolean _ann_hdf5_chunk_index_locate (AnnHdf5ChunkIndex *self,
                                       const guint64 *indices,
                                       gsize n,
                                       AnnChunkLocation *locations,
                                       GCancellable *cancellable,
                                       GError **error);

/* How many bytes all chunks have; reads all leaves. */
gboolean _ann_hdf5_chunk_index_measure (AnnHdf5ChunkIndex *self,
                                        guint64 *stored_size,
                                        GCancellable *cancellable,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5ChunkIndex, _ann_hdf5_chunk_index_free)

G_END_DECLS
