/* ann-hdf5-datatype.h: a type as the file has it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "format/hdf5/ann-hdf5-cursor.h"

G_BEGIN_DECLS

typedef enum {
  ANN_HDF5_CLASS_INTEGER = 0,
  ANN_HDF5_CLASS_FLOAT = 1,
  ANN_HDF5_CLASS_TIME = 2,
  ANN_HDF5_CLASS_STRING = 3,
  ANN_HDF5_CLASS_BIT_FIELD = 4,
  ANN_HDF5_CLASS_OPAQUE = 5,
  ANN_HDF5_CLASS_COMPOUND = 6,
  ANN_HDF5_CLASS_REFERENCE = 7,
  ANN_HDF5_CLASS_ENUM = 8,
  ANN_HDF5_CLASS_SEQUENCE = 9,
  ANN_HDF5_CLASS_ARRAY = 10,
  ANN_HDF5_CLASS_COMPLEX = 11,
} AnnHdf5Class;

typedef enum {
  ANN_HDF5_LITTLE_ENDIAN,
  ANN_HDF5_BIG_ENDIAN,
  ANN_HDF5_VAX_ORDER,
} AnnHdf5Order;

/* What stands in the rest of a text's room. */
typedef enum {
  ANN_HDF5_NUL_TERMINATED,
  ANN_HDF5_NUL_PADDED,
  ANN_HDF5_SPACE_PADDED,
} AnnHdf5Padding;

/* What a reference of the kinds before HDF5 1.12 leads to, and those after it. */
typedef enum {
  ANN_HDF5_OBJECT_REFERENCE,
  ANN_HDF5_REGION_REFERENCE,
  ANN_HDF5_NEW_OBJECT_REFERENCE,
  ANN_HDF5_NEW_REGION_REFERENCE,
  ANN_HDF5_ATTRIBUTE_REFERENCE,
} AnnHdf5ReferenceKind;

typedef struct _AnnHdf5Datatype AnnHdf5Datatype;

/* A field of a compound, or a name of an enum. */
typedef struct {
  char *name;
  gsize offset;          /* in the stored record; in @values of an enum */
  AnnHdf5Datatype *type; /* (nullable): not for an enum */
} AnnHdf5Member;

/**
 * AnnHdf5Datatype:
 * @size: bytes of a stored element; of a reference for what is of variable length
 * @order: of numbers
 * @is_signed: of integers
 * @bit_offset: where the bits that count begin
 * @precision: how many bits count
 * @sign: the bit of a float's sign; and so on
 * @has_hidden_bit: the first bit of the mantissa is not stored, for it is set; the usual case
 * @is_string: of variable length: a text, not a sequence
 * @padding: of texts
 * @is_utf8: of texts
 * @reference: what references lead to
 * @members: (nullable): of a compound or an enum, AnnHdf5Member each
 * @values: (nullable): of an enum: those of its names, as stored, @base's size each
 * @base: (nullable): of an enum, a sequence, an array, a complex number
 * @rank: of an array
 * @shape: of an array
 *
 * A datatype message, versions 1 to 5, as a tree: sizes and offsets are those in the file, and
 * have been checked. Reference counted, immutable once made. After the HDF5 File Format
 * Specification, IV.A.2.d.
 */
struct _AnnHdf5Datatype {
  AnnHdf5Class class;
  gsize size;
  AnnHdf5Order order;
  gboolean is_signed;
  guint bit_offset;
  guint precision;
  guint sign;
  guint exponent;
  guint exponent_size;
  guint mantissa;
  guint mantissa_size;
  guint64 bias;
  gboolean has_hidden_bit;
  gboolean is_string;
  AnnHdf5Padding padding;
  gboolean is_utf8;
  AnnHdf5ReferenceKind reference;
  GArray *members;
  guint8 *values;
  AnnHdf5Datatype *base;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
};

AnnHdf5Datatype *_ann_hdf5_datatype_new (AnnHdf5Cursor *cursor, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
AnnHdf5Datatype *_ann_hdf5_datatype_ref (AnnHdf5Datatype *self);
void _ann_hdf5_datatype_unref (AnnHdf5Datatype *self);

/* Of a compound or an enum. */
guint _ann_hdf5_datatype_get_n_members (const AnnHdf5Datatype *self);
const AnnHdf5Member *_ann_hdf5_datatype_get_member (const AnnHdf5Datatype *self, guint index);

/* Returns: (nullable): the field of this name */
const AnnHdf5Member *_ann_hdf5_datatype_find_member (const AnnHdf5Datatype *self, const char *name);

/* Whether two floats are stored alike. */
gboolean _ann_hdf5_datatype_is_same_float (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b);

/* Whether elements of the two are stored alike, names of fields included. */
gboolean _ann_hdf5_datatype_is_same (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Datatype, _ann_hdf5_datatype_unref)

G_END_DECLS
