/* ann-block-iterator-private.h: blocks that come from somewhere else than rows in order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-block-iterator.h"

G_BEGIN_DECLS

/* The next block; %NULL without an error behind the last. Runs in the iterator's thread, one call
 * after the other.
 */
typedef AnnBlock *(*AnnBlockFunc) (gpointer user_data, GCancellable *cancellable, GError **error);

/* Blocks that @func reads. Takes @user_data, which @free_data frees; how many there will be is not
 * known.
 */
AnnBlockIterator *_ann_block_iterator_new_with_func (AnnBlockFunc func,
                                                     gpointer user_data,
                                                     GDestroyNotify free_data,
                                                     guint n_ahead) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
