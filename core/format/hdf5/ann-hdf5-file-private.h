/* ann-hdf5-file-private.h: an open file, for its nodes and arrays
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-cursor.h"
#include "format/hdf5/ann-hdf5-stats.h"
#include "format/hdf5/ann-hdf5-superblock.h"
#include "store/ann-source.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnHdf5File:
 *
 * A file opened read-only: one for each file in the process (see the identity of a source), however
 * many open it. Reference counted, and immutable but for what locks itself: any thread may use it.
 */
typedef struct _AnnHdf5File AnnHdf5File;

typedef struct _AnnHdf5HeapCache AnnHdf5HeapCache; /* in ann-hdf5-heap.h */

AnnHdf5File *_ann_hdf5_file_open (AnnSource *source, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
AnnHdf5File *_ann_hdf5_file_ref (AnnHdf5File *self);
void _ann_hdf5_file_unref (AnnHdf5File *self);

/* The same file, read from another source that has its bytes: alone, for one reader. */
AnnHdf5File *_ann_hdf5_file_new_view (AnnHdf5File *self, AnnSource *source)
    G_GNUC_WARN_UNUSED_RESULT;

/* Where its bytes come from. */
AnnSource *_ann_hdf5_file_get_source (AnnHdf5File *self);

/* A number that no other file of this process has. */
guint64 _ann_hdf5_file_get_number (AnnHdf5File *self);
guint64 _ann_hdf5_file_get_size (AnnHdf5File *self);
const AnnHdf5Sizes *_ann_hdf5_file_get_sizes (AnnHdf5File *self);
AnnHdf5HeapCache *_ann_hdf5_file_get_heap_cache (AnnHdf5File *self);

/* The path of another file that this one names, if both are on disk, and it lies in the same folder
 * or below: what a file says must not make us read elsewhere. @path is what names it, for the
 * message.
 */
char *_ann_hdf5_file_resolve (AnnHdf5File *self, const char *name, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Opens another HDF5 file that this one names; as above. */
AnnHdf5File *_ann_hdf5_file_open_other (AnnHdf5File *self,
                                        const char *name,
                                        const char *path,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads values at an offset: what lies there is the caller's matter. ANN_ERROR_CHANGED if the file
 * is no longer what it was when it was opened. @path: of the object, for the message.
 */
gboolean _ann_hdf5_file_read (AnnHdf5File *self,
                              guint64 offset,
                              void *bytes,
                              gsize n_bytes,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error);

/* The same for many parts in one call. */
gboolean _ann_hdf5_file_read_parts (AnnHdf5File *self,
                                    const AnnSourcePart *parts,
                                    gsize n,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GError **error);

/* Reads a structure at an address, which is counted from the file's base: what is small comes
 * from the blocks that were read last.
 */
gboolean _ann_hdf5_file_read_metadata (AnnHdf5File *self,
                                       guint64 address,
                                       void *to,
                                       gsize n_bytes,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GError **error);

/* Whether @n_bytes at an address lie in the file. */
gboolean _ann_hdf5_file_has_range (AnnHdf5File *self, guint64 address, guint64 n_bytes);

/* A place in memory, for this file's sizes. */
AnnHdf5Cursor _ann_hdf5_file_get_cursor (AnnHdf5File *self, const guint8 *bytes, gsize n_bytes);

/* The root group's header. */
guint64 _ann_hdf5_file_get_root (AnnHdf5File *self);

/* The superblock's extension, a header, or ANN_HDF5_NO_ADDRESS. */
guint64 _ann_hdf5_file_get_extension (AnnHdf5File *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5File, _ann_hdf5_file_unref)

G_END_DECLS
