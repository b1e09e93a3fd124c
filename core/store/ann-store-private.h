/* ann-store-private.h: for the kinds of stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-store.h"

G_BEGIN_DECLS

/* Of a store of which some are remote and others not, as what it reads from is. Before its first
 * use.
 */
void _ann_store_set_remote (AnnStore *self);

/* The place says that it lists nothing to us: from now on it cannot list. */
void _ann_store_refuse_lists (AnnStore *self);

/* The first one stays. See _ann_store_get_doubt (). */
void _ann_store_set_doubt (AnnStore *self, const GError *doubt);

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

/* What AnnStoreClass.list () returns. Who adds entries in another order sorts them. */
GPtrArray *_ann_store_entries_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what the key of an object is below a prefix: @rest is the key without that. For keys in
 * order; a key that others lie below, as no folder could have it, is both, object and prefix.
 */
void _ann_store_entries_add (GPtrArray *entries, const char *rest, guint64 size);
void _ann_store_entries_sort (GPtrArray *entries);

G_END_DECLS
