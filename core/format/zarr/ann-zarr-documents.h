/* ann-zarr-documents.h: the metadata objects of nodes, read and kept
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-metadata.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/* The most bytes of one metadata object. */
#define ANN_ZARR_MAX_METADATA ((gsize) 64 * 1024 * 1024)

/**
 * AnnZarrDocuments:
 *
 * What was read of the metadata objects of one version below a prefix. Kept up to a limit, with
 * those that are not there. Any thread.
 */
typedef struct _AnnZarrDocuments AnnZarrDocuments;

AnnZarrDocuments *_ann_zarr_documents_new (AnnStore *store, const char *prefix, guint version)
    G_GNUC_WARN_UNUSED_RESULT;
void _ann_zarr_documents_free (AnnZarrDocuments *self);

/* Reads those of the root of version 2, with the consolidated ones, in one call. @consolidated:
 * (out) (nullable): `.zmetadata`
 */
gboolean _ann_zarr_documents_load_root (AnnZarrDocuments *self,
                                        GBytes **consolidated,
                                        GCancellable *cancellable,
                                        GError **error);

/* Reads those of all nodes of @paths that are not there yet, in one call. */
gboolean _ann_zarr_documents_load (AnnZarrDocuments *self,
                                   GPtrArray *paths,
                                   GCancellable *cancellable,
                                   GError **error);

/* Sets @is_there to whether a node has any, reading them if need be. */
gboolean _ann_zarr_documents_find (AnnZarrDocuments *self,
                                   const char *path,
                                   gboolean *is_there,
                                   GCancellable *cancellable,
                                   GError **error);

/* (transfer full) (nullable): %NULL without an error where the node has none. */
AnnZarrMetadata *_ann_zarr_documents_read (AnnZarrDocuments *self,
                                           const char *path,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether documents of any version have this name, so that no node can. */
gboolean _ann_zarr_is_document_name (const char *name);

/* (transfer full): of the node at @path, @name in it, below the prefix */
char *_ann_zarr_join_key (const char *prefix, const char *path, const char *name)
    G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): parses a metadata object and says which it was if that fails. */
AnnJson *_ann_zarr_parse_document (GBytes *bytes, const char *key, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
