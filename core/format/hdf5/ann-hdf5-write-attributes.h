/* ann-hdf5-write-attributes.h: attributes of a group or dataset that is written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "format/hdf5/ann-hdf5-output.h"

G_BEGIN_DECLS

/* Writes @attributes in their order, in place of those of the same name. One that has no value, but
 * a description, is left out, as in Zarr: what another format has. Who copies a store tells of it.
 */
gboolean _ann_hdf5_write_attributes (AnnHdf5Output *output,
                                     hid_t object,
                                     const char *path,
                                     AnnAttributes *attributes,
                                     GError **error);

G_END_DECLS
