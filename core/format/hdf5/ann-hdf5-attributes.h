/* ann-hdf5-attributes.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/* All attributes of @object in @file, both of which stay the caller's. One that cannot be read is
 * there as an unknown one. Takes the lock itself, attribute by attribute.
 */
AnnAttributes *_ann_hdf5_read_attributes (AnnHdf5File *file,
                                          hid_t object,
                                          const char *path,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
