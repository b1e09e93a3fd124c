/* ann-text-column-private.h: some columns of a text, out of one element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/**
 * AnnTextColumn:
 * @element: owned
 * @labels: (nullable): of a categorical
 * @block: (nullable): the rows that were read last; the entries of a sparse one rise
 */
typedef struct {
  AnnElement *element;
  AnnStrings *labels;
  AnnBlock *block;
} AnnTextColumn;

/* Takes @element, also where it fails: to be cleared in any case. */
gboolean _ann_text_column_init (AnnTextColumn *self,
                                AnnElement *element,
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
