/* ann-create.h: which container an address to be written names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-writer.h"
#include "base/ann-progress.h"

G_BEGIN_DECLS

/**
 * AnnCreateOptions:
 * @zarr_format: 2 or 3, where the address names a Zarr store
 * @overwrite: whether what is there already may be replaced, in one step and at the end
 * @progress: (nullable): where sending a file to a bucket is counted, with @n_units
 * @n_units: for all of it
 * @removals: (nullable): as in #AnnTargetSpec
 */
typedef struct {
  guint zarr_format;
  gboolean overwrite;
  AnnProgress *progress;
  guint64 n_units;
  GPtrArray *removals;
} AnnCreateOptions;

/* The root of a new store. `.h5ad`, `.h5`, `.hdf5`, `.h5ads` are HDF5; `.zarr` and `.zarr.zip` are
 * Zarr, on a disk or in a bucket; another name is %ANN_ERROR_UNSUPPORTED with those that are not.
 */
AnnNodeWriter *_ann_create_root (const char *address,
                                 const AnnCreateOptions *options,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * AnnStoreEditor:
 *
 * A store that exists and is changed in place. Everything that is added lies under names that no
 * reader looks at until it is moved; the steps below are each whole or not there, for a reader and
 * for a killed process. HDF5: the work is done on a copy of the file beside it (a clone where the
 * file system can), which takes its place when committed. Zarr: on a folder beside the store with
 * links to its files, which takes its place when committed; consolidated metadata are written anew
 * then. Where files cannot have two names it is the store itself that is changed, step by step.
 */
typedef struct _AnnStoreEditor AnnStoreEditor;

AnnStoreEditor *_ann_store_editor_open (const char *address,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_store_editor_free (AnnStoreEditor *self);

/* A group for what is new; each child of it is moved to its place by _ann_store_editor_place ().
 * Stays the editor's, and is not closed.
 */
AnnNodeWriter *_ann_store_editor_get_new (AnnStoreEditor *self);

/* Moves @name of the new group, closed, to @path, in place of what may be there. The group it goes
 * to must exist.
 */
gboolean _ann_store_editor_place (AnnStoreEditor *self,
                                  const char *name,
                                  const char *path,
                                  GCancellable *cancellable,
                                  GError **error);

/* Gives a node another path, in place of what may be there. */
gboolean _ann_store_editor_move (AnnStoreEditor *self,
                                 const char *from,
                                 const char *to,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean _ann_store_editor_remove (AnnStoreEditor *self,
                                   const char *path,
                                   GCancellable *cancellable,
                                   GError **error);

/* Sets attributes of a node; those that are not named stay. */
gboolean _ann_store_editor_set_attributes (AnnStoreEditor *self,
                                           const char *path,
                                           AnnAttributes *attributes,
                                           GCancellable *cancellable,
                                           GError **error);
gboolean _ann_store_editor_commit (AnnStoreEditor *self, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnStoreEditor, _ann_store_editor_free)

G_END_DECLS
