/* ann-hdf5-heap.h: where texts and sequences of variable length lie
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Heap:
 *
 * Reads the global heap of a file, to which stored texts refer. What a reference says of a text's
 * length is believed only as far as the heap has room for it: where the two differ libhdf5 1.10
 * writes over memory, and at an object of no length it looks for ever.
 *
 * A reference is the length (4 bytes; of a sequence the number of items), the address of a
 * collection, and the number of an object in it (4 bytes). One reader serves one thread; it keeps
 * the collections it has seen last.
 */
typedef struct _AnnHdf5Heap AnnHdf5Heap;

/* What the readers of one file share: the attributes of many objects lie in few collections, and
 * each object has its own reader. Any thread may use it. Free it after the readers.
 */
AnnHdf5HeapCache *_ann_hdf5_heap_cache_new (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_heap_cache_free (AnnHdf5HeapCache *self);

AnnHdf5Heap *_ann_hdf5_heap_new (AnnHdf5File *file, const char *path, GCancellable *cancellable)
    G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_heap_free (AnnHdf5Heap *self);

/* The bytes that @reference stands for, valid until the next call; (nullable) for none at all.
 * @item_size: of what its length counts: 1 for texts
 */
gboolean _ann_hdf5_heap_get (AnnHdf5Heap *self,
                             const guint8 *reference,
                             gsize item_size,
                             const char **bytes,
                             gsize *n_bytes,
                             GError **error);

/* Brings near the collections at @addresses, which are put in order: objects of them will be read.
 * Where waiting is cheap, nothing is done.
 */
gboolean _ann_hdf5_heap_bring (AnnHdf5Heap *self, GArray *addresses, GError **error);

/* Where the collection is that has what @reference stands for. */
guint64 _ann_hdf5_heap_get_address (AnnHdf5Heap *self, const guint8 *reference);

/* Object @number of the collection at @address, all of it. */
gboolean _ann_hdf5_heap_get_object (AnnHdf5Heap *self,
                                    guint64 address,
                                    guint64 number,
                                    const guint8 **bytes,
                                    gsize *n_bytes,
                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Heap, _ann_hdf5_heap_free)

G_END_DECLS
