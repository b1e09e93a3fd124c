/* ann-hdf5-node.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "format/hdf5/ann-hdf5-link.h"

G_BEGIN_DECLS

#define ANN_TYPE_HDF5_NODE (_ann_hdf5_node_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnHdf5Node, _ann_hdf5_node, ANN, HDF5_NODE, AnnNode)

/* Takes what is in @target. */
AnnNode *_ann_hdf5_node_new (AnnHdf5Target *target,
                             const char *path,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
