/* ann-hdf5-dataspace.h: how many elements there are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "format/hdf5/ann-hdf5-cursor.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Dataspace:
 * @is_null: there are none at all
 * @is_scalar: there is one, without axes
 * @max_shape: how far the array may grow: G_MAXUINT64 for any length
 *
 * A dataspace message, versions 1 and 2. After the HDF5 File Format Specification, IV.A.2.b.
 */
typedef struct {
  gboolean is_null;
  gboolean is_scalar;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 max_shape[ANN_MAX_RANK];
} AnnHdf5Dataspace;

gboolean _ann_hdf5_dataspace_init (AnnHdf5Dataspace *self,
                                   AnnHdf5Cursor *cursor,
                                   const char *path,
                                   GError **error);

G_END_DECLS
