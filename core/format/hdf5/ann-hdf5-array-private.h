/* ann-hdf5-array-private.h: an array, for the files that read it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "format/hdf5/ann-hdf5-array.h"
#include "format/hdf5/ann-hdf5-types.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Array:
 * @dataset: its own reference on the id
 * @fields: (nullable): the way from the stored record to the field that this array is
 * @type: of the values: of the field, if it is one
 * @memory: what libhdf5 reads into: @type's, wrapped in as many records as @fields has names
 * @stored_item_size: bytes of a whole stored element, as it lies in the file
 * @text_offset: where the text, or the reference to it, begins in that
 * @takes_elements: texts: stored elements can be had without libhdf5's reading
 * @has_fill_text: a text of variable length stands for those that were never written
 * @address: where the elements lie in one run, if they can be taken from there; or HADDR_UNDEF
 * @mask_shift: by how much the bits of a filter mask move up: codecs before HDF5's filters
 * @edges_are_plain: chunks over the edge of the array are stored without filters
 * @chunks_are_plain: no chunk has filters
 * @are_sizes_checked: by lock: many such chunks have been found to be as large as they should be
 *
 * Immutable once made, but for what it remembers of a check. Values come by the way that fits:
 * stored chunks, reads by address, or libhdf5's own reading.
 */
struct _AnnHdf5Array {
  AnnArray parent_instance;

  AnnHdf5File *file;
  hid_t dataset;
  char **fields;
  AnnHdf5Type type;
  hid_t memory;
  gsize stored_item_size;
  gsize text_offset;
  gboolean takes_elements;
  gboolean has_fill_text;
  haddr_t address;
  guint mask_shift;
  gboolean edges_are_plain;
  gboolean chunks_are_plain;
  gboolean are_sizes_checked;
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
 * Cuts a box into pieces that libhdf5 reads in one short call each: whole chunks where there are
 * chunks, so that each is decoded once. Pieces are cells of a grid that begins where the first
 * chunk of the box does, of at most `limit` elements each. With `in_order` all elements of a piece
 * follow each other in C order, and so do the pieces.
 */
typedef struct {
  AnnBox box;
  guint64 origin[ANN_MAX_RANK];
  guint64 cell[ANN_MAX_RANK];
  guint64 next[ANN_MAX_RANK]; /* where the next piece begins */
  gboolean is_done;
} AnnHdf5Pieces;

void _ann_hdf5_pieces_init (AnnHdf5Pieces *self,
                            AnnHdf5Array *array,
                            const AnnBox *box,
                            gsize limit,
                            gboolean in_order);
gboolean _ann_hdf5_pieces_next (AnnHdf5Pieces *self, AnnBox *piece);

/* The stored elements of @piece as a dataspace with a selection; under the lock. */
hid_t _ann_hdf5_array_select (AnnHdf5Array *self, const AnnBox *piece);

/* The stored elements of @piece, side by side: by address, or out of decoded chunks. */
gboolean _ann_hdf5_array_read_elements (AnnHdf5Array *self,
                                        const AnnBox *piece,
                                        guint8 *elements,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean _ann_hdf5_array_read_by_address (AnnHdf5Array *self,
                                          const AnnBox *box,
                                          guint8 *elements,
                                          GCancellable *cancellable,
                                          GError **error);

/* An error instead of a read if a codec is missing or a chunk would be too much for memory. */
gboolean _ann_hdf5_array_check_readable (AnnHdf5Array *self, GError **error);

G_END_DECLS
