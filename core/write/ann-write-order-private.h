/* ann-write-order-private.h: matrices in another order or form than they are stored in
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "write/ann-element-writer-private.h"

G_BEGIN_DECLS

/**
 * AnnLineFlow:
 * @blocks: lines in order: rows, or columns if @by_columns; sparse ones have pointers
 * @n_lines: how many there are
 * @width: places in a line
 * @dtype: of the values
 * @index_dtype: of the indices, %ANN_DTYPE_OTHER where there were none
 * @is_sparse: whether blocks are sparse
 * @n_entries: about so many entries
 * @n_sortings: how often they go through buckets
 *
 * A matrix on its way from where it is read to where it is written. Each step below takes one and
 * makes another.
 */
typedef struct {
  AnnBlockIterator *blocks;
  gboolean by_columns;
  guint64 n_lines;
  guint64 width;
  AnnDtype dtype;
  AnnDtype index_dtype;
  gboolean is_sparse;
  guint64 n_entries;
  guint n_sortings;
} AnnLineFlow;

/* The lines of the major axis of a matrix, of dense ones the rows; where a selection has them in
 * another order than they are stored in, each chunk is read once, and they go through buckets.
 */
void _ann_line_flow_init (AnnLineFlow *self, const AnnElementWriter *writer, AnnElement *matrix);
void _ann_line_flow_clear (AnnLineFlow *self);

/* Lines of the other axis, of sparse ones. @whole_lines: a line comes in one block; else a long one
 * is begun by blocks of no lines
 */
void _ann_line_flow_turn (AnnLineFlow *self, const AnnElementWriter *writer, gboolean whole_lines);

/* Dense rows as sparse ones: what is zero is no entry. */
void _ann_line_flow_compress (AnnLineFlow *self);

/* Sparse rows as dense ones: what is there twice adds up. */
void _ann_line_flow_spread (AnnLineFlow *self);

/* Whether a sparse matrix is joined of others whose rows cannot be read one after the other: all of
 * a part would be searched for each block. What is filled in is not among the entries of any part.
 */
gboolean _ann_is_stacked_across (const AnnLineFlow *self, AnnElement *matrix);

/* The rows of such a one: each part is read once, in the order of its own storage. */
AnnBlockIterator *_ann_write_unstack (const AnnLineFlow *flow,
                                      const AnnElementWriter *writer,
                                      AnnElement *stack);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnLineFlow, _ann_line_flow_clear)

G_END_DECLS
