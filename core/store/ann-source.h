/* ann-source.h: a file, wherever it lies
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * AnnSource:
 *
 * One object of known size that is read at any offset: a file on disk, or an object of a store.
 * Formats that are one file (HDF5, zip) read from it. Any thread may use it, and several at once.
 */
#define ANN_TYPE_SOURCE (_ann_source_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnSource, _ann_source, ANN, SOURCE, GObject)

/* A part of it: @bytes has room for @length; %NULL: see _ann_source_prefetch (). */
typedef struct {
  guint64 offset;
  gsize length;
  guint8 *bytes;
} AnnSourcePart;

/**
 * AnnSourceClass:
 * @read: brings all parts, which lie within the size, in whole; there is at least one. A part
 *   without memory, which only a remote source gets, is brought near. %ANN_ERROR_CHANGED if it is
 *   no longer what it was when it was opened
 * @try_read: (nullable): does the same with what is in memory, if all of it is
 */
struct _AnnSourceClass {
  GObjectClass parent_class;

  gboolean (*read) (AnnSource *self,
                    const AnnSourcePart *parts,
                    gsize n,
                    GCancellable *cancellable,
                    GError **error);
  gboolean (*try_read) (AnnSource *self, const AnnSourcePart *parts, gsize n);
};

/* A regular file; opened read-only, without touching its time stamps. %ANN_ERROR_NOT_FOUND,
 * %ANN_ERROR_DENIED, or %ANN_ERROR_FORMAT for what is no regular file. Blocks.
 */
AnnSource *_ann_source_open_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An object of @store: one request brings its first bytes and tells its size. %ANN_ERROR_NOT_FOUND
 * without it. Small parts come through blocks that are kept in memory.
 */
AnnSource *_ann_source_open_object (AnnStore *store,
                                    const char *key,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint64 _ann_source_get_size (AnnSource *self);
gboolean _ann_source_is_remote (AnnSource *self);

/* (nullable): of a file on disk */
const char *_ann_source_get_path (AnnSource *self);

/* What two sources have in common if they are the same file with the same contents, and no others:
 * of a file on disk its device, inode, size and time of writing.
 */
const char *_ann_source_get_identity (AnnSource *self);

/* Brings what is asked for in whole: in one call all parts of which is known that they are needed,
 * for a remote source waits once for each call. %ANN_ERROR_CORRUPT if a part goes beyond the end,
 * %ANN_ERROR_CHANGED if somebody has written to it; what the network says is passed on as it is.
 * After an error the bytes are undefined, and the next call tries again.
 */
gboolean _ann_source_read (AnnSource *self,
                           guint64 offset,
                           void *bytes,
                           gsize n_bytes,
                           GCancellable *cancellable,
                           GError **error);
gboolean _ann_source_read_parts (AnnSource *self,
                                 const AnnSourcePart *parts,
                                 gsize n,
                                 GCancellable *cancellable,
                                 GError **error);

/* Brings near what will be read soon, in one call: after it small reads of these parts do not wait
 * again. Their @bytes are ignored; what lies beyond the end is left out. Does nothing for a source
 * that is not remote.
 */
gboolean _ann_source_prefetch (AnnSource *self,
                               AnnSourcePart *parts,
                               gsize n,
                               GCancellable *cancellable,
                               GError **error);

/* As _ann_source_read_parts (), of what has been brought near and without waiting: %FALSE if any
 * part has not, or lies beyond the end.
 */
gboolean _ann_source_try_read (AnnSource *self, const AnnSourcePart *parts, gsize n);

/* For the kinds of sources: says once what it is. @path: (nullable): @identity is copied too. */
void _ann_source_set_info (AnnSource *self,
                           guint64 size,
                           gboolean is_remote,
                           const char *path,
                           const char *identity);

G_END_DECLS
