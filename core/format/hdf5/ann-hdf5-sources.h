/* ann-hdf5-sources.h: datasets whose values are elsewhere
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-dataset.h"
#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

/* Understands where the values of @dataset are: in other datasets, or in files without a format.
 * All of them are looked at, so that what cannot be read is told when the array is opened: no file
 * outside the folder of the store is read. @dataset stays the caller's, and owns the result.
 * @depth: how many datasets lead to this one. Reads no values.
 */
AnnHdf5Sources *_ann_hdf5_sources_new (AnnHdf5Dataset *dataset,
                                       const AnnHdf5Header *header,
                                       guint depth,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_sources_free (AnnHdf5Sources *self);

/* The stored elements of @box, side by side. Any thread may read. */
gboolean _ann_hdf5_sources_read (AnnHdf5Sources *self,
                                 const AnnBox *box,
                                 guint8 *elements,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Sources, _ann_hdf5_sources_free)

G_END_DECLS
