/* ann-sparse-sink-private.h: a sparse matrix that is being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "write/ann-element-writer-private.h"

G_BEGIN_DECLS

/**
 * AnnSparseSink:
 *
 * Takes the lines of a sparse matrix in order. Values and indices are two arrays that are written
 * side by side; the pointers are kept, 8 bytes a line, and written last, when the number of entries
 * decides of their type: FORMAT §11.2.
 */
typedef struct _AnnSparseSink AnnSparseSink;

/**
 * AnnSparseSpec:
 * @kind: %ANN_ELEMENT_CSR or %ANN_ELEMENT_CSC
 * @shape: rows and columns; of lines, that is the rows of CSR, %ANN_LENGTH_UNKNOWN if they come
 * until there are no more
 * @dtype: of the values
 * @index_dtype: of the source; what is no integer for none
 * @n_expected: about so many entries
 * @like: (nullable): the source's values
 */
typedef struct {
  AnnElementKind kind;
  guint64 shape[2];
  AnnDtype dtype;
  AnnDtype index_dtype;
  guint64 n_expected;
  AnnArray *like;
} AnnSparseSpec;

AnnSparseSink *_ann_sparse_sink_new (const AnnElementWriter *writer,
                                     AnnNodeWriter *parent,
                                     const char *name,
                                     const AnnSparseSpec *spec,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_sparse_sink_free (AnnSparseSink *self);

/* Adds lines; entries before the first line complete it, and those of a block of no lines begin it.
 */
gboolean _ann_sparse_sink_append (AnnSparseSink *self,
                                  const AnnBlock *block,
                                  GCancellable *cancellable,
                                  GError **error);

/* Adds entries alone: the pointers of all lines are set apart. @indices may be of any type. */
gboolean _ann_sparse_sink_append_entries (AnnSparseSink *self,
                                          AnnBuffer *values,
                                          AnnBuffer *indices,
                                          GCancellable *cancellable,
                                          GError **error);

/* For those who know them: one more than there are lines, to be filled; the sink's. */
guint64 *_ann_sparse_sink_get_pointers (AnnSparseSink *self);

/* @element: (nullable): whose attributes are carried over */
gboolean _ann_sparse_sink_close (AnnSparseSink *self,
                                 AnnElement *element,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSparseSink, _ann_sparse_sink_free)

G_END_DECLS
