/* ann-zarr-editor.h: a folder store of Zarr is changed in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/ann-create.h"

G_BEGIN_DECLS

/* Changes the hierarchy in the folder at @path, which is its root: beside it, in a folder that
 * takes its place when committed, see _ann_folder_editor_new_apart (). Where there cannot be such a
 * folder, each step is one renaming in the store, so that a reader, and what a killed process
 * leaves, has it or has it not; what was not committed is undone in the end. %ANN_ERROR_NOT_FOUND
 * where there is no Zarr, %ANN_ERROR_DENIED while somebody else changes it.
 */
AnnStoreEditor *_ann_zarr_editor_open (const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
