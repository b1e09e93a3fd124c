/* ann-hdf5-symbols.h: groups as they were before HDF5 1.8
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-group.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Symbols:
 *
 * The links of a group in a B-tree of version 1, whose leaves are nodes of symbols, with the names
 * in a local heap. After the HDF5 File Format Specification, III.A.1, III.B to III.D.
 */
typedef struct {
  AnnHdf5File *file;
  const char *path;
  GCancellable *cancellable;
  guint64 tree;
  guint64 heap; /* of its bytes */
  guint64 heap_size;
} AnnHdf5Symbols;

/* @message: the group's symbol table message. @path and @cancellable stay the caller's. */
gboolean _ann_hdf5_symbols_init (AnnHdf5Symbols *self,
                                 AnnHdf5File *file,
                                 AnnHdf5Cursor message,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GError **error);

gboolean _ann_hdf5_symbols_find (AnnHdf5Symbols *self,
                                 const char *name,
                                 gboolean *is_found,
                                 AnnHdf5Link *link,
                                 GError **error);

/* Appends the names of all links; or, where @addresses is not %NULL, the objects of hard ones. */
gboolean _ann_hdf5_symbols_list (AnnHdf5Symbols *self,
                                 GPtrArray *names,
                                 GArray *addresses,
                                 GError **error);

G_END_DECLS
