/* ann-hdf5-write-types.h: our types as HDF5's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"
#include "format/hdf5/ann-hdf5-lock.h"

G_BEGIN_DECLS

/* Types of libhdf5 for values in the file: little-endian, bool as h5py's enum of FALSE and TRUE,
 * complex numbers as pairs of `r` and `i`, texts in UTF-8. An invalid id if libhdf5 complains.
 * Under the lock.
 *
 * @item_size: of texts: their bytes, or 0 for any length; of bytes and opaque values
 */
hid_t _ann_hdf5_new_file_type (AnnDtype dtype, gsize item_size) G_GNUC_WARN_UNUSED_RESULT;

/* As numbers are in memory. */
hid_t _ann_hdf5_new_memory_type (AnnDtype dtype) G_GNUC_WARN_UNUSED_RESULT;

/* As texts of any length are handed over: hvl_t. So they may hold NULs, where libhdf5's own texts
 * end.
 */
hid_t _ann_hdf5_new_memory_text (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
