/* ann-block.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"
#include "base/ann-strings.h"

G_BEGIN_DECLS

/**
 * AnnBlock:
 * @start: the first row (or column) that was asked for; means nothing where that was a list
 * @count: how many
 * @width: values in each: 1 for a vector, the other axis' length for a matrix, the product
 *   of all further axes above that
 * @values: (nullable): numbers, @count × @width of them in C order; category codes (int32, -1
 *   missing, -2 not a category); the stored values of a sparse block
 * @texts: (nullable): texts, @count × @width of them, where the values are text
 * @missing: (nullable): bools, @count × @width, where something may be missing. What lies
 *   under a true one in @values or @texts means nothing
 * @indptr: (nullable): uint64, @count + 1, beginning at 0: of a sparse block
 * @indices: (nullable): of a sparse block, each in [0, @width): in stored order and in the type in
 *   which they are stored; or, where a matrix was searched across its order (columns of CSR, rows
 *   of CSC), in rising order, int32 or, if @width is too large for that, int64; places in a
 *   selection of columns have these types too
 *
 * Some rows of an element (or columns: sparse by columns, say), as [method@Ann.Element.read_rows]
 * and [method@Ann.Element.read] hand them out: what every view and writer is made from. Reference
 * counted and immutable. One of @values and @texts is set; @indptr and @indices go together.
 */
typedef struct {
  guint64 start;
  guint64 count;
  guint64 width;
  AnnBuffer *values;
  AnnStrings *texts;
  AnnBuffer *missing;
  AnnBuffer *indptr;
  AnnBuffer *indices;
  /*< private >*/
  gatomicrefcount ref_count;
} AnnBlock;

#define ANN_TYPE_BLOCK (ann_block_get_type ())

ANN_API GType ann_block_get_type (void) G_GNUC_CONST;
ANN_API AnnBlock *ann_block_new (guint64 start, guint64 count, guint64 width)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlock *ann_block_ref (AnnBlock *self);
ANN_API void ann_block_unref (AnnBlock *self);

ANN_API gboolean ann_block_is_sparse (const AnnBlock *self);
ANN_API gboolean ann_block_is_missing (const AnnBlock *self, gsize index);
ANN_API gsize ann_block_get_size (const AnnBlock *self);
ANN_API AnnBlock *ann_block_canonicalize (AnnBlock *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBlock, ann_block_unref)

G_END_DECLS
