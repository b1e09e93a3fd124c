/* ann-store-writer.h: objects that are put under keys, all or none
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-file-target.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * AnnStoreWriter:
 *
 * A place of objects that is being made: a folder, an archive, what lies below a key of a bucket.
 * Keys are those of #AnnStore. Nothing is to be seen under the name of the place before
 * _ann_store_writer_commit (), and nothing is left of it when the writer is dropped without that.
 *
 * A bucket cannot rename: there objects appear as they are put, and whoever reads begins at the
 * root's metadata, which is therefore put last.
 */
#define ANN_TYPE_STORE_WRITER (_ann_store_writer_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnStoreWriter, _ann_store_writer, ANN, STORE_WRITER, GObject)

/**
 * AnnStoreWriterClass:
 * @put: stores a whole object, in place of one that had this key. Its bytes are only there until it
 *   returns. Any thread, several at once
 * @commit: all objects are there for good, and then under the place's name
 * @abandon: nothing is left of what was put; called once at most, and not after a @commit that
 *   went well
 * @create: (nullable): opens a file for what is too long for a put; without @key it has no name.
 *   -1 with an error
 * @put_file: (nullable): closes a file of @create, whose content is the object @key
 * @is_remote: puts wait for a network: better many at once
 */
struct _AnnStoreWriterClass {
  GObjectClass parent_class;

  gboolean (*put) (AnnStoreWriter *self,
                   const char *key,
                   GBytes *bytes,
                   GCancellable *cancellable,
                   GError **error);
  gboolean (*commit) (AnnStoreWriter *self, GCancellable *cancellable, GError **error);
  void (*abandon) (AnnStoreWriter *self);
  int (*create) (AnnStoreWriter *self, const char *key, GError **error);
  gboolean (*put_file) (AnnStoreWriter *self,
                        const char *key,
                        int fd,
                        GCancellable *cancellable,
                        GError **error);
  gboolean is_remote;
};

gboolean _ann_store_writer_put (AnnStoreWriter *self,
                                const char *key,
                                GBytes *bytes,
                                GCancellable *cancellable,
                                GError **error);
gboolean _ann_store_writer_commit (AnnStoreWriter *self, GCancellable *cancellable, GError **error);
void _ann_store_writer_abandon (AnnStoreWriter *self);
gboolean _ann_store_writer_is_remote (AnnStoreWriter *self);

/* For what is too long for a put, where _ann_store_writer_new () made no archive: a file that is
 * written to, and then put under @key, which closes it, whatever comes of it. @key: (nullable): for
 * one that has no name, and is gone when it is closed. -1 with @error set.
 */
int _ann_store_writer_create (AnnStoreWriter *self, const char *key, GError **error);
gboolean _ann_store_writer_put_file (AnnStoreWriter *self,
                                     const char *key,
                                     int fd,
                                     GCancellable *cancellable,
                                     GError **error);

/* Bytes put so far, for progress. Any thread. */
guint64 _ann_store_writer_get_n_bytes (AnnStoreWriter *self);

/* Where the place is, for messages; nothing secret. */
const char *_ann_store_writer_get_name (AnnStoreWriter *self);

/* The writer for an address that _ann_location_parse () takes: a path that ends in `.zip` is an
 * archive, any other path a folder, `s3://` a bucket. HTTP cannot be written to:
 * %ANN_ERROR_UNSUPPORTED. What is there already is replaced only if @overwrite, in one step and at
 * the end; else %ANN_ERROR_EXISTS, now, and again at the commit for what came in between. In a
 * bucket an archive is replaced, and what a killed export left is removed; a store is not.
 */
AnnStoreWriter *_ann_store_writer_new (const char *address,
                                       gboolean overwrite,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

AnnStoreWriter *_ann_store_writer_new_for (const AnnTargetSpec *spec,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new folder at @path, or in place of a store that is one. */
AnnStoreWriter *_ann_folder_store_writer_new (const char *path, gboolean overwrite, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Objects in memory, for tests, and (transfer full) the store that reads what was committed. */
AnnStoreWriter *_ann_memory_store_writer_new (void) G_GNUC_WARN_UNUSED_RESULT;
AnnStore *_ann_memory_store_writer_dup_store (AnnStoreWriter *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
