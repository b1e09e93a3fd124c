/* ann-hdf5-attributes.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"

#include <gio/gio.h>
#include <hdf5.h>

G_BEGIN_DECLS

/* All attributes of @object, which belongs to the caller. One that cannot be read is there as an
 * unknown one. Takes the lock itself, attribute by attribute.
 */
AnnAttributes *_ann_hdf5_read_attributes (hid_t object,
                                          const char *path,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
