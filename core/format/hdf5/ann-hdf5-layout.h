/* ann-hdf5-layout.h: where a dataset's values are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "format/hdf5/ann-hdf5-header.h"

G_BEGIN_DECLS

/* How the places of chunks are found. */
typedef enum {
  ANN_HDF5_INDEX_SINGLE = 1,
  ANN_HDF5_INDEX_IMPLICIT = 2,
  ANN_HDF5_INDEX_FIXED_ARRAY = 3,
  ANN_HDF5_INDEX_EXTENSIBLE_ARRAY = 4,
  ANN_HDF5_INDEX_BTREE2 = 5,
  ANN_HDF5_INDEX_BTREE1 = 6, /* the only one before layouts of version 4 */
} AnnHdf5IndexKind;

/**
 * AnnHdf5Layout:
 * @layout: the kind; contiguous for external files too, which another message names
 * @version: of the message
 * @address: of the values, of the index of chunks, or of the collection in the global heap that has
 *   the mappings of a virtual dataset; ANN_HDF5_NO_ADDRESS if there is none (yet)
 * @size: of contiguous values as stated, or %G_MAXUINT64 where it is not
 * @bytes: (nullable) (array length=n_bytes): compact: the values
 * @rank: chunked: the number of axes
 * @chunk_shape: in elements
 * @element_size: bytes of an element, as the layout has it
 * @edges_are_plain: chunks over the edge of the array are stored without filters
 * @is_single_filtered: of a single chunk: @single_size and @single_mask are stated
 * @heap_index: virtual: the object in the collection
 *
 * A layout message, versions 1 to 5. After the HDF5 File Format Specification, IV.A.2.i.
 */
typedef struct {
  AnnLayout layout;
  guint version;
  guint64 address;
  guint64 size;
  guint8 *bytes;
  gsize n_bytes;
  guint rank;
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 element_size;
  gboolean edges_are_plain;
  AnnHdf5IndexKind index;
  gboolean is_single_filtered;
  guint64 single_size;
  guint32 single_mask;
  guint32 heap_index;
} AnnHdf5Layout;

gboolean _ann_hdf5_layout_init (AnnHdf5Layout *self,
                                AnnHdf5Cursor *cursor,
                                const char *path,
                                GError **error);
void _ann_hdf5_layout_clear (AnnHdf5Layout *self);

/* What stands for elements that were never written, if @header says so: @size bytes as stored, or
 * %NULL for zeros. Free it with g_free ().
 */
gboolean _ann_hdf5_read_fill_value (AnnHdf5File *file,
                                    const AnnHdf5Header *header,
                                    gsize size,
                                    guint8 **value,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Layout, _ann_hdf5_layout_clear)

G_END_DECLS
