/* ann-text-column-private.h: some columns of a text, out of one element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "write/ann-write-order-private.h"

G_BEGIN_DECLS

/**
 * AnnTextColumn:
 * @element: owned
 * @labels: (nullable): of a categorical
 * @block: (nullable): the rows that were read last; the entries of a sparse one rise
 * @rows: of a matrix that is stored by columns: its rows, which come once, in order
 * @sorted: (nullable): those of @rows that come next
 */
typedef struct {
  AnnElement *element;
  AnnStrings *labels;
  AnnBlock *block;
  AnnLineFlow rows;
  AnnBlock *sorted;
} AnnTextColumn;

/* Takes @element, also where it fails: to be cleared in any case.
 * @writer: (nullable): sorts the entries of a matrix that is stored by columns, each of which would
 *   else be looked at for each block of rows; then these are to be read from the first to the last
 */
gboolean _ann_text_column_init (AnnTextColumn *self,
                                AnnElement *element,
                                const AnnElementWriter *writer,
                                GCancellable *cancellable,
                                GError **error);

/* Lowers @count to how many rows can be read from @start on. */
gboolean _ann_text_column_limit (AnnTextColumn *self,
                                 guint64 start,
                                 guint64 *count,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean _ann_text_column_read (AnnTextColumn *self,
                                guint64 start,
                                guint64 count,
                                GCancellable *cancellable,
                                GError **error);
void _ann_text_column_clear (AnnTextColumn *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnTextColumn, _ann_text_column_clear)

G_END_DECLS
