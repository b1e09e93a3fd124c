/* ann-hdf5-file.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"

G_BEGIN_DECLS

/* Opens an HDF5 file read-only and gives its root group. All that open the same file share what is
 * open of it, which is closed when the last node or array of it is gone.
 */
AnnNode *_ann_hdf5_open (const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
