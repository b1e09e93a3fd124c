/* ann-hdf5-editor.h: an HDF5 file is changed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/ann-create.h"

G_BEGIN_DECLS

/* Works on a copy of the file at @path, which takes its place when all is done. %ANN_ERROR_DENIED
 * if the file may not be written, or another program writes it.
 */
AnnStoreEditor *_ann_hdf5_editor_open (const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
