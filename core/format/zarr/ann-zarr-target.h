/* ann-zarr-target.h: where a hierarchy is put that is being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "store/ann-store-writer.h"

G_BEGIN_DECLS

/**
 * AnnZarrTarget:
 *
 * The store of a hierarchy that is being written, with the metadata of its nodes, which are put
 * into one document at the end. Over a network objects wait until there are some that can go at the
 * same time. Shared by the writers of nodes; for one thread at a time.
 */
typedef struct _AnnZarrTarget AnnZarrTarget;

/**
 * AnnZarrObject:
 * @key: (transfer full): owned by who made it
 */
typedef struct {
  char *key;
  GBytes *bytes;
} AnnZarrObject;

/* Takes @store. @prefix: the key below which all is put; "" for the whole store */
AnnZarrTarget *_ann_zarr_target_new (AnnStoreWriter *store, guint zarr_format, const char *prefix)
    G_GNUC_WARN_UNUSED_RESULT;
AnnZarrTarget *_ann_zarr_target_ref (AnnZarrTarget *self);
void _ann_zarr_target_unref (AnnZarrTarget *self);

guint _ann_zarr_target_get_format (const AnnZarrTarget *self);
AnnStoreWriter *_ann_zarr_target_get_store (const AnnZarrTarget *self);

/* Puts objects, whose keys are those below the prefix, in any order, some perhaps later: see
 * _ann_zarr_target_flush (). Takes keys and bytes. @are_copied: the bytes may be kept; else they
 * are only there until this returns
 */
gboolean _ann_zarr_target_put (AnnZarrTarget *self,
                               AnnZarrObject *objects,
                               gsize n,
                               gboolean are_copied,
                               GCancellable *cancellable,
                               GError **error);

/* Puts a document, and notes it for the consolidated metadata. Takes @json. */
gboolean _ann_zarr_target_put_document (AnnZarrTarget *self,
                                        const char *path,
                                        const char *name,
                                        GString *json,
                                        GCancellable *cancellable,
                                        GError **error);

/* Puts `.zattrs`; nothing for none. @attributes: (nullable) */
gboolean _ann_zarr_target_put_attributes (AnnZarrTarget *self,
                                          const char *path,
                                          AnnAttributes *attributes,
                                          GCancellable *cancellable,
                                          GError **error);

/* Puts the documents of a group, that of the root in version 3 with the consolidated metadata of
 * all that was noted.
 */
gboolean _ann_zarr_target_put_group (AnnZarrTarget *self,
                                     const char *path,
                                     AnnAttributes *attributes,
                                     GCancellable *cancellable,
                                     GError **error);

/* Puts the consolidated metadata of version 2; nothing in version 3. */
gboolean _ann_zarr_target_put_consolidated (AnnZarrTarget *self,
                                            GCancellable *cancellable,
                                            GError **error);

/* Notes that there is a node at @path, and tells whether there is. */
void _ann_zarr_target_add_node (AnnZarrTarget *self, const char *path);
gboolean _ann_zarr_target_has_node (AnnZarrTarget *self, const char *path);

/* Sees to it that there are groups between the node at @path, which is one, and @below it, which is
 * to be a node: plain ones, that nobody writes. %ANN_ERROR_FORMAT if there is a node in between.
 */
gboolean _ann_zarr_target_put_between (AnnZarrTarget *self,
                                       const char *path,
                                       const char *below,
                                       GCancellable *cancellable,
                                       GError **error);

/* Everything that was handed over is put when this returns. */
gboolean _ann_zarr_target_flush (AnnZarrTarget *self, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrTarget, _ann_zarr_target_unref)

G_END_DECLS
