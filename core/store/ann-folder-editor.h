/* ann-folder-editor.h: the files of a folder store, changed in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-store-writer.h"

G_BEGIN_DECLS

/**
 * ANN_FOLDER_EDITOR_NEW:
 *
 * The key below which there may be anything that is not yet in its place: no reader looks there. It
 * is gone when the editor is, and who edits the store next removes what a killed process has left.
 */
#define ANN_FOLDER_EDITOR_NEW ".ann-edit.part/new"

/* The same, for what its user does not want there. */
#define ANN_FOLDER_EDITOR_OLD ".ann-edit.part/old"

/* A writer into the folder store at @path, which exists. Each put replaces one object by renaming;
 * its commit makes all of it durable; abandoning leaves what was put, but for what is new still.
 * There is one editor of a store at a time: else %ANN_ERROR_DENIED. Nothing is changed through
 * links in the store: %ANN_ERROR_DENIED too.
 */
AnnStoreWriter *_ann_folder_editor_new (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same in a folder beside the store, with the same files, which takes its place in one step
 * when it is committed: nothing is seen before. %ANN_ERROR_CHANGED then if somebody put or removed
 * files in the store meanwhile. Where there cannot be such a folder, in the store itself.
 */
AnnStoreWriter *_ann_folder_editor_new_apart (const char *path,
                                              GCancellable *cancellable,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): where that folder is; %NULL if it is the store itself that is changed. */
const char *_ann_folder_editor_get_apart (AnnStoreWriter *self);

/* Each of these is done, or is not, for a reader and for a process that is killed. A key is that of
 * an object, or of all that is below it. Folders that a new key needs are made.
 */

/* %ANN_ERROR_NOT_FOUND if there is nothing at @from, %ANN_ERROR_DENIED if there is at @to. */
gboolean _ann_folder_editor_move (AnnStoreWriter *self,
                                  const char *from,
                                  const char *to,
                                  GError **error);

/* Each gets the other's place; both are there. Where the system cannot exchange two names, there is
 * nothing at either for a moment.
 */
gboolean _ann_folder_editor_exchange (AnnStoreWriter *self,
                                      const char *a,
                                      const char *b,
                                      GError **error);

/* What was put so far is on the disk: before it is seen under another key. */
gboolean _ann_folder_editor_sync (AnnStoreWriter *self, GError **error);

/* %ANN_ERROR_NOT_FOUND if there is nothing. */
gboolean _ann_folder_editor_remove (AnnStoreWriter *self, const char *key, GError **error);

G_END_DECLS
