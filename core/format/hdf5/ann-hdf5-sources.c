/* ann-hdf5-sources.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-sources.h"

#include "format/hdf5/ann-hdf5-sources-private.h"

/* One of the two. */
struct _AnnHdf5Sources {
  AnnHdf5External *external;
  AnnHdf5Virtual *virtual;
};

AnnHdf5Sources *
_ann_hdf5_sources_new (AnnHdf5Dataset *dataset,
                       const AnnHdf5Header *header,
                       guint depth,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnHdf5Sources) self = g_new0 (AnnHdf5Sources, 1);

  if (dataset->layout.layout == ANN_LAYOUT_EXTERNAL)
    self->external = _ann_hdf5_external_new (dataset, header, cancellable, error);
  else
    self->virtual = _ann_hdf5_virtual_new (dataset, depth, cancellable, error);
  if (self->external == NULL && self->virtual == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_hdf5_sources_free (AnnHdf5Sources *self)
{
  g_clear_pointer (&self->external, _ann_hdf5_external_free);
  g_clear_pointer (&self->virtual, _ann_hdf5_virtual_free);
  g_free (self);
}

gboolean
_ann_hdf5_sources_read (AnnHdf5Sources *self,
                        const AnnBox *box,
                        guint8 *elements,
                        GCancellable *cancellable,
                        GError **error)
{
  return self->external != NULL
             ? _ann_hdf5_external_read (self->external, box, elements, cancellable, error)
             : _ann_hdf5_virtual_read (self->virtual, box, elements, cancellable, error);
}
