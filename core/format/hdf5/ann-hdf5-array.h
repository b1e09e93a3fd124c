/* ann-hdf5-array.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

#define ANN_TYPE_HDF5_ARRAY (_ann_hdf5_array_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnHdf5Array, _ann_hdf5_array, ANN, HDF5_ARRAY, AnnArray)

/* The values of the dataset with @header, which has no null dataspace. */
AnnArray *_ann_hdf5_array_new (AnnHdf5File *file,
                               const AnnHdf5Header *header,
                               const char *path,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
