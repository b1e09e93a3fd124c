/* ann-hdf5-array-private.h: an array, for the files that read it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "format/hdf5/ann-hdf5-array.h"
#include "format/hdf5/ann-hdf5-dataset.h"
#include "format/hdf5/ann-hdf5-types.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Array:
 * @fields: (nullable): the way from the stored record to the field that this array is
 * @type: of the values: of the field, if it is one; within an array type that of its elements
 * @offset: where the value begins in the stored element
 * @n_outer_axes: the axes of the dataset; those of an array type follow
 * @inner_shape: of the axes that follow
 * @takes_chunks: stored chunks are what the values are, up to codecs
 * @is_in_one_run: stored elements are, and lie in one run
 * @mask_shift: by how much the bits of a filter mask move up: codecs before HDF5's filters
 *
 * Immutable once made. Values come by the way that fits: stored chunks, one run, or stored elements
 * that are converted.
 */
struct _AnnHdf5Array {
  AnnArray parent_instance;

  AnnHdf5Dataset *dataset;
  char **fields;
  AnnHdf5Type type;
  gsize offset;
  guint n_outer_axes;
  guint64 inner_shape[ANN_MAX_RANK];
  gboolean takes_chunks;
  gboolean is_in_one_run;
  guint mask_shift;
};

/* The virtuals that read: ann-hdf5-chunks.c, ann-hdf5-boxes.c, ann-hdf5-strings.c. */
gboolean _ann_hdf5_array_locate (AnnArray *array,
                                 const guint64 *indices,
                                 gsize n,
                                 AnnChunkLocation *locations,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean _ann_hdf5_array_fetch (AnnArray *array,
                                AnnChunkLocation *locations,
                                gsize n,
                                guint8 **bytes,
                                GCancellable *cancellable,
                                GError **error);
gboolean _ann_hdf5_array_read_box (AnnArray *array,
                                   const AnnBox *box,
                                   gpointer values,
                                   GCancellable *cancellable,
                                   GError **error);
AnnStrings *_ann_hdf5_array_read_strings (AnnArray *array,
                                          const AnnBox *box,
                                          GCancellable *cancellable,
                                          GError **error);

/**
 * AnnHdf5Pieces:
 *
 * Cuts a box of elements into pieces of at most `limit` of them, whole chunks where there are
 * chunks, so that each is decoded once. All elements of a piece follow each other in C order, and
 * so do the pieces.
 */
typedef struct {
  AnnBox box;
  guint64 origin[ANN_MAX_RANK];
  guint64 cell[ANN_MAX_RANK];
  guint64 next[ANN_MAX_RANK]; /* where the next piece begins */
  gboolean is_done;
} AnnHdf5Pieces;

/* Bytes of elements that are in memory at once, unless a single one has more. */
#define ANN_HDF5_PIECE_SIZE ((gsize) 4 << 20)

void _ann_hdf5_pieces_init (AnnHdf5Pieces *self,
                            const AnnHdf5Dataset *dataset,
                            const AnnBox *box,
                            gsize limit);
gboolean _ann_hdf5_pieces_next (AnnHdf5Pieces *self, AnnBox *piece);

G_END_DECLS
