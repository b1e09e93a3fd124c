/* ann-store-private.h: for the kinds of stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-store.h"

G_BEGIN_DECLS

/* Where the part that @read wants lies in an object of @size bytes: sets @offset (inside, or its
 * end), and of @read the size of the object, n_bytes, and bytes, if it had none and more than its
 * limit is not wanted. Memory is taken even for no bytes, so that an empty object has some.
 */
gboolean _ann_store_read_prepare (AnnStoreRead *read,
                                  guint64 size,
                                  guint64 *offset,
                                  GError **error);

/* The order in which what lies below a key comes directly after it, and names are in the order of
 * their bytes: a slash is less than any other byte.
 */
int _ann_store_compare_keys (const char *a, const char *b);

/* Lists as AnnStoreClass.list () does: made by add, in any order, then sorted. */
GPtrArray *_ann_store_entries_new (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_store_entries_sort (GPtrArray *entries);

G_END_DECLS
