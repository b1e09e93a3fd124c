/* ann-hdf5-btree2.h: B-trees of version 2
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-cursor.h"
#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Btree2Type:
 *
 * What the records of a tree are (specification version 3.0, III.A.2).
 */
typedef enum {
  ANN_HDF5_BTREE2_HUGE = 1,
  ANN_HDF5_BTREE2_FILTERED_HUGE = 2,
  ANN_HDF5_BTREE2_DIRECT_HUGE = 3,
  ANN_HDF5_BTREE2_FILTERED_DIRECT_HUGE = 4,
  ANN_HDF5_BTREE2_LINK_NAMES = 5,
  ANN_HDF5_BTREE2_LINK_ORDER = 6,
  ANN_HDF5_BTREE2_SHARED_MESSAGES = 7,
  ANN_HDF5_BTREE2_ATTRIBUTE_NAMES = 8,
  ANN_HDF5_BTREE2_ATTRIBUTE_ORDER = 9,
  ANN_HDF5_BTREE2_CHUNKS = 10,
  ANN_HDF5_BTREE2_FILTERED_CHUNKS = 11,
} AnnHdf5Btree2Type;

/**
 * AnnHdf5Btree2:
 *
 * Sorted records in nodes: links and attributes by the hashes of their names, chunks by their
 * places, objects of a heap by their numbers. Immutable: any thread may read it.
 */
typedef struct _AnnHdf5Btree2 AnnHdf5Btree2;

/* Tells where what is looked for is: less than 0 if it is after @record, 0 for a match, more than
 * 0 if it is before.
 */
typedef int (*AnnHdf5RecordCompare) (AnnHdf5Cursor record, gconstpointer data);

/* Takes one record; FALSE with an error ends the walk. */
typedef gboolean (*AnnHdf5RecordFunc) (AnnHdf5Cursor record, gpointer data, GError **error);

/* Takes a leaf that is not read yet: its address and how many records it has. */
typedef gboolean (*AnnHdf5LeafFunc) (guint64 address, guint n, gpointer data, GError **error);

/* @address: of the header. @path: of the object, for messages. */
AnnHdf5Btree2 *_ann_hdf5_btree2_open (AnnHdf5File *file,
                                      guint64 address,
                                      AnnHdf5Btree2Type type,
                                      const char *path,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_btree2_free (AnnHdf5Btree2 *self);

guint64 _ann_hdf5_btree2_get_n_records (AnnHdf5Btree2 *self);
guint _ann_hdf5_btree2_get_record_size (AnnHdf5Btree2 *self);

/* Bytes of a leaf with @n records. */
gsize _ann_hdf5_btree2_get_leaf_size (AnnHdf5Btree2 *self, guint n);

/* Every record, in the order of the tree. */
gboolean _ann_hdf5_btree2_foreach (AnnHdf5Btree2 *self,
                                   AnnHdf5RecordFunc func,
                                   gpointer data,
                                   GCancellable *cancellable,
                                   GError **error);

/* The records for which @compare gives 0, reading no node that cannot have one. Several names may
 * have one hash, so there may be several.
 */
gboolean _ann_hdf5_btree2_find (AnnHdf5Btree2 *self,
                                AnnHdf5RecordCompare compare,
                                gconstpointer key,
                                AnnHdf5RecordFunc func,
                                gpointer data,
                                GCancellable *cancellable,
                                GError **error);

/* Reads no leaf: gives the records of the nodes above, and between them where the leaves are. */
gboolean _ann_hdf5_btree2_foreach_leaf (AnnHdf5Btree2 *self,
                                        AnnHdf5RecordFunc func,
                                        AnnHdf5LeafFunc leaf,
                                        gpointer data,
                                        GCancellable *cancellable,
                                        GError **error);

/* The records of one leaf that the function above has given. */
gboolean _ann_hdf5_btree2_read_leaf (AnnHdf5Btree2 *self,
                                     guint64 address,
                                     guint n,
                                     AnnHdf5RecordFunc func,
                                     gpointer data,
                                     GCancellable *cancellable,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Btree2, _ann_hdf5_btree2_free)

G_END_DECLS
