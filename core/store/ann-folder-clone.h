/* ann-folder-clone.h: a folder beside another, with the same files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnFolderClone:
 *
 * A folder with a hidden name, beside the one that it is to replace. Its files are links to those
 * there: none of them may be written to, but each may be replaced or removed.
 */
typedef struct _AnnFolderClone AnnFolderClone;

/* @original: open, of the folder at @path; stays the caller's, who has locked it
 * @without: what of it is left out
 * @clone: (nullable) (out): %NULL where the folder beside it cannot be written to, or files cannot
 *   have two names
 * @cancellable: (nullable): for making it: each file is a link
 */
gboolean _ann_folder_clone_new (const char *path,
                                int original,
                                const char *without,
                                AnnFolderClone **clone,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes it, unless it was committed. */
void _ann_folder_clone_free (AnnFolderClone *self);

int _ann_folder_clone_get_fd (const AnnFolderClone *self);
char *_ann_folder_clone_dup_path (const AnnFolderClone *self) G_GNUC_WARN_UNUSED_RESULT;

/* Makes it durable, and puts it in the place of the original, which is removed.
 * %ANN_ERROR_CHANGED if somebody put or removed a file there meanwhile.
 */
gboolean _ann_folder_clone_commit (AnnFolderClone *self, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnFolderClone, _ann_folder_clone_free)

G_END_DECLS
