/* ann-hdf5-types.h: the types of HDF5 and ours
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"
#include "base/ann-error.h"

#include <hdf5.h>

G_BEGIN_DECLS

/**
 * AnnHdf5Type:
 * @dtype: what the values are for the library
 * @description: the stored type in words
 * @memory: what libhdf5 converts them to: our form of @dtype, or for texts the string of fixed
 *   length or the reference to one of variable length, as it is stored; invalid for records and for
 *   what has no place here
 * @is_native: the stored bytes are those of @dtype, up to the byte order
 * @swap_size: the items whose bytes are to be reversed then, or 0
 * @is_variable: texts of variable length
 * @string_size: the bytes of a text of fixed length, or of a reference
 * @padding: what fills them up
 * @field_names: (nullable): of a record
 * @inner_rank: of an array type, whose numbers have @dtype: how many axes it has; else 0
 * @inner_shape: of these axes
 *
 * A stored type, understood.
 */
typedef struct {
  AnnDtype dtype;
  char *description;
  hid_t memory;
  gboolean is_native;
  gsize swap_size;
  gboolean is_variable;
  gsize string_size;
  H5T_str_t padding;
  char **field_names;
  guint inner_rank;
  hsize_t inner_shape[H5S_MAX_RANK];
} AnnHdf5Type;

/* Under the lock; never fails for a type that has no place here, which is ANN_DTYPE_OTHER.
 * @address_size: bytes of an address in its file
 */
gboolean _ann_hdf5_type_init (AnnHdf5Type *self,
                              hid_t stored,
                              guint address_size,
                              const char *path,
                              GError **error);
void _ann_hdf5_type_clear (AnnHdf5Type *self);

/* The bytes of a value in the file, where what is of variable length is a reference; libhdf5 tells
 * the size in memory. @address_size: of an address in that file. Under the lock.
 */
gsize _ann_hdf5_get_stored_size (hid_t type, guint address_size);

/* Where a field of a record lies in the file. */
gsize _ann_hdf5_get_stored_offset (hid_t record, unsigned field, guint address_size);

/* Lets libhdf5 hand out references to texts as they are stored. Once, under the lock. */
void _ann_hdf5_register_conversions (void);

/* The length of a text within its fixed size. */
gsize _ann_hdf5_type_get_text_length (const AnnHdf5Type *self, const char *text);

G_END_DECLS
