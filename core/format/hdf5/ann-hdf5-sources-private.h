/* ann-hdf5-sources-private.h: the two kinds of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-sources.h"

G_BEGIN_DECLS

/**
 * AnnHdf5External:
 *
 * The values lie in one run, of which each piece is a part of a file without a format.
 */
typedef struct _AnnHdf5External AnnHdf5External;

AnnHdf5External *_ann_hdf5_external_new (AnnHdf5Dataset *dataset,
                                         const AnnHdf5Header *header,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_external_free (AnnHdf5External *self);
gboolean _ann_hdf5_external_read (AnnHdf5External *self,
                                  const AnnBox *box,
                                  guint8 *elements,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * AnnHdf5Virtual:
 *
 * The values are those of parts of other datasets, in this file or others.
 */
typedef struct _AnnHdf5Virtual AnnHdf5Virtual;

AnnHdf5Virtual *_ann_hdf5_virtual_new (AnnHdf5Dataset *dataset,
                                       guint depth,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_virtual_free (AnnHdf5Virtual *self);
gboolean _ann_hdf5_virtual_read (AnnHdf5Virtual *self,
                                 const AnnBox *box,
                                 guint8 *elements,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5External, _ann_hdf5_external_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Virtual, _ann_hdf5_virtual_free)

G_END_DECLS
