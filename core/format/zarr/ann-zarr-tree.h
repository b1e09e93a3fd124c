/* ann-zarr-tree.h: the nodes in a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-metadata.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * AnnZarrTree:
 *
 * A Zarr hierarchy: finds the metadata of its nodes and what lies below them. Shared by its nodes
 * and arrays; any thread.
 *
 * In a store on disk the documents of a node say what is true, and consolidated metadata only stand
 * in for those that are missing. Over a network, where each document is a request, it is the other
 * way round: consolidated metadata are believed, and a node that they do not name is looked for
 * when somebody asks for it by name. Documents that were read are kept, also that they are not
 * there, as far as there is room.
 */
typedef struct _AnnZarrTree AnnZarrTree;

/* %ANN_ERROR_NOT_FOUND where there is no Zarr at @prefix ("" for the whole store). Sets @root to
 * the metadata of its root.
 */
AnnZarrTree *_ann_zarr_tree_open (AnnStore *store,
                                  const char *prefix,
                                  AnnZarrMetadata **root,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnZarrTree *_ann_zarr_tree_ref (AnnZarrTree *self);
void _ann_zarr_tree_unref (AnnZarrTree *self);

guint _ann_zarr_tree_get_version (AnnZarrTree *self);

/* Whether the store has consolidated metadata that cannot be used. */
gboolean _ann_zarr_tree_has_broken_consolidated (AnnZarrTree *self);

AnnStore *_ann_zarr_tree_get_store (AnnZarrTree *self);

/* (transfer full): the key of what is called @name at @path, or of that itself with a %NULL name */
char *_ann_zarr_tree_get_key (AnnZarrTree *self, const char *path, const char *name)
    G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): %NULL without an error where there is no node. */
AnnZarrMetadata *_ann_zarr_tree_find (AnnZarrTree *self,
                                      const char *path,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is a node, without looking further than at what the store tells of it at once. */
gboolean _ann_zarr_tree_has (AnnZarrTree *self,
                             const char *path,
                             gboolean *is_there,
                             GCancellable *cancellable,
                             GError **error);

/* The names of what lies directly below @path, sorted by bytes. Reads their documents, all in one
 * call. @guesses: (nullable): what may lie there, where the store does not tell; the list has those
 * that do.
 */
GPtrArray *_ann_zarr_tree_list (AnnZarrTree *self,
                                const char *path,
                                const char *const *guesses,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether what lies below a node can be told at all. */
gboolean _ann_zarr_tree_can_list (AnnZarrTree *self);

/* Whether each document that is read is a request, and none of them says what the others do. */
gboolean _ann_zarr_tree_reads_documents (AnnZarrTree *self);

/* Whether the node at @path has a document of its own: consolidated metadata may name what is not
 * there. TRUE at once for one whose document was read.
 */
gboolean _ann_zarr_tree_check (AnnZarrTree *self,
                               const char *path,
                               GCancellable *cancellable,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrTree, _ann_zarr_tree_unref)

G_END_DECLS
