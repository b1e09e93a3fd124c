/* ann-selected-private.h: the elements that selections are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element-private.h"
#include "element/ann-sparse.h"

G_BEGIN_DECLS

/* Rows, and of a matrix columns, of what has values in rows, of records, and of what has children.
 * @kind: that of @of, or ANN_ELEMENT_DENSE for the codes of a categorical
 * @rows: (nullable): %NULL for all, as @columns
 * Both are of the length of the axis.
 */
AnnElement *_ann_selected_new (AnnElement *of,
                               AnnElementKind kind,
                               AnnSelection *rows,
                               AnnSelection *columns,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* … of a sparse matrix. */
AnnElement *_ann_selected_sparse_new (AnnSparse *of,
                                      AnnSelection *rows,
                                      AnnSelection *columns,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What @self selects of what: %FALSE if it is no selection, or one of a table or a categorical.
 * (transfer none)
 */
gboolean _ann_selected_peek (AnnElement *self,
                             AnnElement **of,
                             AnnSelection **rows,
                             AnnSelection **columns);

/* … of a sparse matrix. */
gboolean _ann_selected_sparse_peek (AnnElement *self,
                                    AnnElement **of,
                                    AnnSelection **rows,
                                    AnnSelection **columns);

/* The child of something that is selected. Takes @child. What cannot be selected is a broken
 * element.
 */
AnnElement *_ann_selected_take_child (AnnElement *child, AnnSelection *rows, AnnSelection *columns);

/* As _ann_selection_compose (), where %NULL is all. */
gboolean _ann_selection_compose_nullable (AnnSelection *inner,
                                          AnnSelection *outer,
                                          AnnSelection **result,
                                          GError **error);

/* @block as rows from @start on: itself, or one that shares its values. Takes @block, nullable. */
AnnBlock *_ann_block_move (AnnBlock *block, guint64 start);

G_END_DECLS
