/* ann-hdf5-attributes.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

/* All attributes of the object with @header. One that cannot be read is there as an unknown one. */
AnnAttributes *_ann_hdf5_read_attributes (AnnHdf5File *file,
                                          const AnnHdf5Header *header,
                                          const char *path,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The attribute @name as a reference to an object: the address of its header. %FALSE without an
 * error if it is not there or something else.
 */
gboolean _ann_hdf5_read_reference (AnnHdf5File *file,
                                   const AnnHdf5Header *header,
                                   const char *name,
                                   guint64 *address,
                                   const char *path,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
