/* ann-hdf5-filter-message.h: the filters of a dataset or heap, as the file lists them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-cursor.h"

G_BEGIN_DECLS

#define ANN_HDF5_MAX_FILTERS 32

/**
 * AnnHdf5Filter:
 * @id: its number in The HDF Group's register
 * @flags: bit 0: a chunk that it could not be applied to may do without it
 * @name: as it is stored, or empty
 * @n_values: how many there are
 * @values: (array length=n_values): its parameters
 */
typedef struct {
  guint id;
  guint flags;
  char name[64];
  guint n_values;
  guint32 *values;
} AnnHdf5Filter;

/**
 * AnnHdf5FilterList:
 * @n_filters: how many there are
 * @filters: in the order of writing
 */
typedef struct {
  guint n_filters;
  AnnHdf5Filter filters[ANN_HDF5_MAX_FILTERS];
} AnnHdf5FilterList;

/* Understands a filter pipeline message, version 1 or 2 (specification version 3.0, IV.A.2.l). To
 * be cleared in either case. @structure: what it belongs to, for messages
 */
gboolean _ann_hdf5_filter_list_init (AnnHdf5FilterList *self,
                                     AnnHdf5Cursor message,
                                     const char *structure,
                                     const char *path,
                                     GError **error);
void _ann_hdf5_filter_list_clear (AnnHdf5FilterList *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5FilterList, _ann_hdf5_filter_list_clear)

G_END_DECLS
