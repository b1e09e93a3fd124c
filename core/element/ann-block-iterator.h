/* ann-block-iterator.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/**
 * AnnBlockIterator:
 *
 * Goes through the rows of an element in blocks, while a thread of its own reads the next ones.
 * For one thread at a time.
 */
typedef struct _AnnBlockIterator AnnBlockIterator;

#define ANN_TYPE_BLOCK_ITERATOR (ann_block_iterator_get_type ())

ANN_API GType ann_block_iterator_get_type (void) G_GNUC_CONST;
ANN_API AnnBlockIterator *ann_block_iterator_new (AnnElement *element,
                                                  guint64 n_rows,
                                                  guint n_ahead) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlockIterator *ann_block_iterator_ref (AnnBlockIterator *self);
ANN_API void ann_block_iterator_unref (AnnBlockIterator *self);

ANN_API gboolean ann_block_iterator_next (AnnBlockIterator *self,
                                          AnnBlock **block,
                                          GCancellable *cancellable,
                                          GError **error);
ANN_API guint64 ann_block_iterator_get_n_blocks (const AnnBlockIterator *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBlockIterator, ann_block_iterator_unref)

G_END_DECLS
