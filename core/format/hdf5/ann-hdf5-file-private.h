/* ann-hdf5-file-private.h: an open file, for its nodes and arrays
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-lock.h"

G_BEGIN_DECLS

/**
 * AnnHdf5File:
 *
 * A file opened read-only: one for each file on disk (device and inode) in the process, however
 * many open it. Reference counted, and immutable but for what locks itself: any thread may use it.
 */
typedef struct _AnnHdf5File AnnHdf5File;

typedef struct _AnnHdf5HeapCache AnnHdf5HeapCache; /* in ann-hdf5-heap.h */

/**
 * AnnHdf5Sizes:
 * @base: where addresses of the file are counted from
 * @address: bytes of an address, at most 8; 0 if addresses are none that can be used here
 * @length: bytes of a length, at most 8
 *
 * How a file counts.
 */
typedef struct {
  guint64 base;
  guint address;
  guint length;
} AnnHdf5Sizes;

AnnHdf5File *_ann_hdf5_file_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnHdf5File *_ann_hdf5_file_ref (AnnHdf5File *self);
void _ann_hdf5_file_unref (AnnHdf5File *self);

hid_t _ann_hdf5_file_get_id (AnnHdf5File *self);
guint64 _ann_hdf5_file_get_size (AnnHdf5File *self);
const AnnHdf5Sizes *_ann_hdf5_file_get_sizes (AnnHdf5File *self);
AnnHdf5HeapCache *_ann_hdf5_file_get_heap_cache (AnnHdf5File *self);

/* The path of another file that this one names, if it lies in the same folder or below: what
 * a file says must not make us read elsewhere. @path is what names it, for the message.
 */
char *_ann_hdf5_file_resolve (AnnHdf5File *self, const char *name, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Reads at an address, outside the lock. */
gboolean _ann_hdf5_file_read (AnnHdf5File *self,
                              guint64 offset,
                              void *bytes,
                              gsize n_bytes,
                              const char *path,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5File, _ann_hdf5_file_unref)

G_END_DECLS
