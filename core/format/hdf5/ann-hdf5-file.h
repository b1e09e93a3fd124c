/* ann-hdf5-file.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "store/ann-source.h"

G_BEGIN_DECLS

/* Gives the root group of an HDF5 file. All that open the same file share what is open of it, which
 * is closed when the last node or array of it is gone. Any thread.
 */
AnnNode *_ann_hdf5_open (AnnSource *source, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
