/* ann-hdf5-file.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"

G_BEGIN_DECLS

/* Opens an HDF5 file read-only and gives its root group. One libhdf5 handle a path and process,
 * shared by all that open it; closed when the last node or array of it is gone. Internal.
 */
AnnNode *_ann_hdf5_open (const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
