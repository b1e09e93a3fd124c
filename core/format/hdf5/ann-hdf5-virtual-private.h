/* ann-hdf5-virtual-private.h: the parts of a virtual dataset
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-selection.h"
#include "format/hdf5/ann-hdf5-sources-private.h"
#include "format/hdf5/ann-hdf5-types.h"

G_BEGIN_DECLS

/* A dataset that parts come from. @space: what it was when this one was opened. */
typedef struct {
  char *file;
  char *name;
  AnnHdf5Dataspace space;
  AnnHdf5Dataset *dataset; /* (nullable): opened for each read */
} AnnHdf5Source;

/* Two parts with equally many elements on each axis, but for axes with one element. */
typedef struct {
  guint source;
  AnnHdf5Selection there;
  AnnHdf5Selection here;
} AnnHdf5Mapping;

struct _AnnHdf5Virtual {
  AnnHdf5Dataset *dataset; /* its owner */
  guint depth;
  GArray *sources;
  GArray *mappings;           /* a later one is over the ones before it */
  GHashTable *numbers;        /* of sources, by file and name; while they are listed */
  guint64 ends[ANN_MAX_RANK]; /* where the last part here ends */
  gboolean grows[ANN_MAX_RANK];
};

/* How elements of a source become those here: as numbers of one type, of which only the storage
 * differs; bools of several bytes as the integers that they are stored as. %FALSE, with both types
 * as they are called, if they are not of one.
 */
gboolean _ann_hdf5_virtual_init_types (AnnHdf5Datatype *stored_here,
                                       AnnHdf5Datatype *stored_there,
                                       AnnHdf5Type *here,
                                       AnnHdf5Type *there);

/* Opens a source by our rules for links and files. (transfer full) */
AnnHdf5Dataset *_ann_hdf5_virtual_open_source (AnnHdf5Virtual *self,
                                               const char *file_name,
                                               const char *name,
                                               GCancellable *cancellable,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
