/* ann-hdf5-types.h: the types of HDF5 and ours
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"
#include "format/hdf5/ann-hdf5-datatype.h"

G_BEGIN_DECLS

typedef struct _AnnHdf5Type AnnHdf5Type;

/**
 * AnnHdf5Type:
 * @dtype: what the values are for the library
 * @description: the stored type in words
 * @stored: as the file has it
 * @is_native: the stored bytes are those of @dtype, up to the byte order
 * @swap_size: the items whose bytes are to be reversed then, or 0
 * @is_variable: of variable length: texts or sequences, as references into the heap
 * @item: (nullable): of a sequence of numbers: these
 * @field_names: (nullable): of a record
 *
 * A stored type, understood. One that has no place here is ANN_DTYPE_OTHER.
 */
struct _AnnHdf5Type {
  AnnDtype dtype;
  char *description;
  AnnHdf5Datatype *stored;
  gboolean is_native;
  gsize swap_size;
  gboolean is_variable;
  AnnHdf5Type *item;
  char **field_names;
};

void _ann_hdf5_type_init (AnnHdf5Type *self, AnnHdf5Datatype *stored);
void _ann_hdf5_type_clear (AnnHdf5Type *self);

/* The length of a text within its fixed size. Opaque values have it all. */
gsize _ann_hdf5_type_get_text_length (const AnnHdf5Type *self, const char *text);

/* An integer of at most 8 bytes as @type, an integer's, has it stored; one below 0 in two's
 * complement.
 */
guint64 _ann_hdf5_datatype_get_integer (const AnnHdf5Datatype *type, const guint8 *stored);

/* Turns @n stored numbers, one every @stride bytes, into values of the type's dtype, which is a
 * number. They may lie in the same memory if the type is native and @stride is its size.
 */
void _ann_hdf5_type_convert (const AnnHdf5Type *self,
                             const guint8 *from,
                             gsize stride,
                             gsize n,
                             gpointer to);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Type, _ann_hdf5_type_clear)

G_END_DECLS
