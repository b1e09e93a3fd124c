/* ann-hdf5-types.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-types.h"

#include <string.h>

/* Descriptions name as many fields and nest as deep; the rest is "…". */
#define MAX_FIELDS_DESCRIBED 16
#define MAX_DEPTH_DESCRIBED 4

static char *describe (const AnnHdf5Datatype *type, guint depth);

static const char *
describe_order (const AnnHdf5Datatype *type)
{
  static const char *const orders[] = { ", little-endian", ", big-endian", ", VAX order" };

  return type->size < 2 ? "" : orders[type->order];
}

static gboolean
is_swapped (const AnnHdf5Datatype *type)
{
  return type->size > 1
         && type->order
                != (G_BYTE_ORDER == G_LITTLE_ENDIAN ? ANN_HDF5_LITTLE_ENDIAN : ANN_HDF5_BIG_ENDIAN);
}

/* Whether all bits of an integer or a float count and stand where the machine has them. */
static gboolean
has_all_bits (const AnnHdf5Datatype *type)
{
  return type->precision == 8 * type->size && type->bit_offset == 0
         && (type->size == 1 || type->order != ANN_HDF5_VAX_ORDER);
}

static AnnDtype
get_integer_dtype (const AnnHdf5Datatype *type)
{
  static const AnnDtype dtypes[2][4] = {
    { ANN_DTYPE_UINT8, ANN_DTYPE_UINT16, ANN_DTYPE_UINT32, ANN_DTYPE_UINT64 },
    { ANN_DTYPE_INT8, ANN_DTYPE_INT16, ANN_DTYPE_INT32, ANN_DTYPE_INT64 },
  };
  gsize size = type->size;
  guint log2_size = size <= 1 ? 0 : size <= 2 ? 1 : size <= 4 ? 2 : 3;

  return size > 8 ? ANN_DTYPE_OTHER : dtypes[type->is_signed][log2_size];
}

static gboolean
is_native_integer (const AnnHdf5Datatype *type)
{
  return has_all_bits (type) && ann_dtype_get_size (get_integer_dtype (type)) == type->size;
}

static gboolean
is_ieee_float (const AnnHdf5Datatype *type)
{
  AnnHdf5Datatype ieee[] = {
    { .size = 2, .sign = 15, .exponent = 10, .exponent_size = 5, .mantissa_size = 10, .bias = 15 },
    { .size = 4, .sign = 31, .exponent = 23, .exponent_size = 8, .mantissa_size = 23, .bias = 127 },
    { .size = 8,
      .sign = 63,
      .exponent = 52,
      .exponent_size = 11,
      .mantissa_size = 52,
      .bias = 1023 },
  };

  if (!has_all_bits (type))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (ieee); i++)
    {
      ieee[i].class = ANN_HDF5_CLASS_FLOAT;
      ieee[i].order = type->order;
      ieee[i].precision = type->precision;
      ieee[i].has_hidden_bit = TRUE;
      if (_ann_hdf5_datatype_is_same_float (type, &ieee[i]))
        return TRUE;
    }

  return FALSE;
}

/* Floats that are no IEEE ones go to the next larger that holds them, or to float64; those whose
 * parts nobody has to nothing.
 */
static AnnDtype
get_float_dtype (const AnnHdf5Datatype *type)
{
  if (is_ieee_float (type))
    return type->size == 2   ? ANN_DTYPE_FLOAT16
           : type->size == 4 ? ANN_DTYPE_FLOAT32
                             : ANN_DTYPE_FLOAT64;
  if (type->size > 16 || type->exponent_size == 0 || type->exponent_size > 30)
    return ANN_DTYPE_OTHER;

  return type->size <= 2 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
}

/* The enum {FALSE, TRUE}: over one byte as h5py writes numpy's bool, over more as others do. */
static gboolean
is_boolean (const AnnHdf5Datatype *type)
{
  if (type->size > 8 || _ann_hdf5_datatype_get_n_members (type) != 2)
    return FALSE;

  for (guint i = 0; i < 2; i++)
    {
      const guint8 *stored = type->values + i * type->size;
      guint64 value = _ann_hdf5_datatype_get_integer (type->base, stored);

      if (value > 1
          || strcmp (_ann_hdf5_datatype_get_member (type, i)->name, value == 0 ? "FALSE" : "TRUE")
                 != 0)
        return FALSE;
    }

  return TRUE;
}

/* The compound {r, i} of two equal floats, as h5py writes numpy's complex: the float, or %NULL. */
static const AnnHdf5Datatype *
get_complex_part (const AnnHdf5Datatype *type)
{
  const AnnHdf5Member *real, *imaginary;

  if (type->class == ANN_HDF5_CLASS_COMPLEX)
    return type->base;
  if (type->class != ANN_HDF5_CLASS_COMPOUND || _ann_hdf5_datatype_get_n_members (type) != 2)
    return NULL;

  real = _ann_hdf5_datatype_get_member (type, 0);
  imaginary = _ann_hdf5_datatype_get_member (type, 1);
  if (strcmp (real->name, "r") != 0 || strcmp (imaginary->name, "i") != 0
      || !_ann_hdf5_datatype_is_same_float (real->type, imaginary->type) || real->type->size < 4
      || !is_ieee_float (real->type))
    return NULL;

  return real->type;
}

static AnnDtype
get_complex_dtype (const AnnHdf5Datatype *part)
{
  AnnDtype dtype = get_float_dtype (part);

  if (dtype == ANN_DTYPE_OTHER)
    return dtype;

  return dtype == ANN_DTYPE_FLOAT64 ? ANN_DTYPE_COMPLEX128 : ANN_DTYPE_COMPLEX64;
}

/* Where the imaginary part is. */
static gsize
get_imaginary_offset (const AnnHdf5Datatype *type)
{
  return type->class == ANN_HDF5_CLASS_COMPLEX ? type->base->size
                                               : _ann_hdf5_datatype_get_member (type, 1)->offset;
}

static gsize
get_real_offset (const AnnHdf5Datatype *type)
{
  return type->class == ANN_HDF5_CLASS_COMPLEX ? 0
                                               : _ann_hdf5_datatype_get_member (type, 0)->offset;
}

/* Native if it is packed. */
static void
init_complex (AnnHdf5Type *self, const AnnHdf5Datatype *part)
{
  const AnnHdf5Datatype *stored = self->stored;

  self->dtype = get_complex_dtype (part);
  self->is_native = is_ieee_float (part) && part->size >= 4 && stored->size == 2 * part->size
                    && get_real_offset (stored) == 0 && get_imaginary_offset (stored) == part->size;
  if (self->is_native && is_swapped (part))
    self->swap_size = part->size;
}

static void
init_record (AnnHdf5Type *self)
{
  guint n_fields = _ann_hdf5_datatype_get_n_members (self->stored);

  self->dtype = ANN_DTYPE_RECORD;
  self->field_names = g_new0 (char *, (gsize) n_fields + 1);
  for (guint i = 0; i < n_fields; i++)
    self->field_names[i] = g_strdup (_ann_hdf5_datatype_get_member (self->stored, i)->name);
}

static void
init_number (AnnHdf5Type *self, AnnDtype dtype, gboolean is_native, const AnnHdf5Datatype *number)
{
  self->dtype = dtype;
  self->is_native = is_native;
  if (is_native && is_swapped (number))
    self->swap_size = number->size;
}

/* Sequences of anything but numbers are not read. */
static void
init_sequence (AnnHdf5Type *self)
{
  AnnHdf5Type item;

  self->is_variable = TRUE;
  if (self->stored->is_string)
    {
      self->dtype = ANN_DTYPE_STRING;
      return;
    }

  _ann_hdf5_type_init (&item, self->stored->base);
  if (ann_dtype_get_size (item.dtype) > 0)
    {
      self->dtype = ANN_DTYPE_SEQUENCE;
      self->item = g_memdup2 (&item, sizeof item);
    }
  else
    _ann_hdf5_type_clear (&item);
}

static void
init_by_class (AnnHdf5Type *self)
{
  const AnnHdf5Datatype *stored = self->stored;
  const AnnHdf5Datatype *part = get_complex_part (stored);

  switch (stored->class)
    {
    case ANN_HDF5_CLASS_INTEGER:
      init_number (self, get_integer_dtype (stored), is_native_integer (stored), stored);
      break;
    case ANN_HDF5_CLASS_FLOAT:
      init_number (self, get_float_dtype (stored), is_ieee_float (stored), stored);
      break;
    case ANN_HDF5_CLASS_ENUM:
      if (is_boolean (stored))
        init_number (self, ANN_DTYPE_BOOL, stored->size == 1 && has_all_bits (stored->base),
                     stored->base);
      else
        init_number (self, get_integer_dtype (stored->base), is_native_integer (stored->base),
                     stored->base);
      break;
    case ANN_HDF5_CLASS_STRING:
      /* Numpy's bytes are stored so. So are texts of old files: the element above knows which. */
      self->dtype = stored->is_utf8 ? ANN_DTYPE_STRING : ANN_DTYPE_BYTES;
      break;
    case ANN_HDF5_CLASS_SEQUENCE:
      init_sequence (self);
      break;
    case ANN_HDF5_CLASS_OPAQUE:
      self->dtype = ANN_DTYPE_OPAQUE;
      break;
    case ANN_HDF5_CLASS_COMPOUND:
    case ANN_HDF5_CLASS_COMPLEX:
      if (part != NULL)
        init_complex (self, part);
      else
        init_record (self);
      break;
    case ANN_HDF5_CLASS_TIME:
    case ANN_HDF5_CLASS_BIT_FIELD:
    case ANN_HDF5_CLASS_REFERENCE:
    case ANN_HDF5_CLASS_ARRAY:
    default:
      break;
    }
}

void
_ann_hdf5_type_init (AnnHdf5Type *self, AnnHdf5Datatype *stored)
{
  *self = (AnnHdf5Type){ .dtype = ANN_DTYPE_OTHER, .stored = _ann_hdf5_datatype_ref (stored) };
  init_by_class (self);
  self->description = describe (stored, 0);
}

void
_ann_hdf5_type_clear (AnnHdf5Type *self)
{
  g_clear_pointer (&self->stored, _ann_hdf5_datatype_unref);
  g_clear_pointer (&self->description, g_free);
  g_clear_pointer (&self->field_names, g_strfreev);
  if (self->item != NULL)
    _ann_hdf5_type_clear (self->item);
  g_clear_pointer (&self->item, g_free);
}

gsize
_ann_hdf5_type_get_text_length (const AnnHdf5Type *self, const char *text)
{
  gsize length = self->stored->size;

  if (self->dtype == ANN_DTYPE_OPAQUE)
    return length;
  if (self->stored->padding == ANN_HDF5_NUL_TERMINATED)
    return strnlen (text, length);

  while (length > 0 && text[length - 1] == '\0')
    length--;
  while (self->stored->padding == ANN_HDF5_SPACE_PADDED && length > 0 && text[length - 1] == ' ')
    length--;

  return length;
}

static char *
describe_string (const AnnHdf5Datatype *type)
{
  static const char *const paddings[] = { "null-terminated", "null-padded", "space-padded" };
  const char *charset = type->is_utf8 ? "UTF-8" : "ASCII";

  if (type->class == ANN_HDF5_CLASS_SEQUENCE)
    return g_strdup_printf ("string of variable length, %s", charset);

  return g_strdup_printf (
      "string of %" G_GSIZE_FORMAT " bytes, %s, %s", type->size,
      type->padding < G_N_ELEMENTS (paddings) ? paddings[type->padding] : "padded", charset);
}

static char *
describe_record (const AnnHdf5Datatype *type, guint depth)
{
  guint n_fields = _ann_hdf5_datatype_get_n_members (type);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "record of %u field%s", n_fields, n_fields == 1 ? "" : "s");
  if (n_fields == 0 || depth >= MAX_DEPTH_DESCRIBED)
    return g_string_free (g_steal_pointer (&text), FALSE);

  for (guint i = 0; i < MIN (n_fields, MAX_FIELDS_DESCRIBED); i++)
    {
      const AnnHdf5Member *field = _ann_hdf5_datatype_get_member (type, i);
      g_autofree char *field_text = describe (field->type, depth + 1);

      g_string_append_printf (text, "%s%s: %s", i == 0 ? " {" : "; ", field->name, field_text);
    }
  g_string_append (text, n_fields > MAX_FIELDS_DESCRIBED ? "; …}" : "}");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_enum (const AnnHdf5Datatype *type, guint depth)
{
  g_autofree char *base_text = describe (type->base, depth + 1);

  if (is_boolean (type))
    return g_strdup_printf ("bool (enum over %s)", base_text);

  return g_strdup_printf ("enum of %u names over %s", _ann_hdf5_datatype_get_n_members (type),
                          base_text);
}

static char *
describe_array (const AnnHdf5Datatype *type, guint depth)
{
  g_autofree char *base_text = describe (type->base, depth + 1);
  g_autoptr (GString) text = g_string_new ("array ");

  for (guint i = 0; i < type->rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i == 0 ? "" : " × ", type->shape[i]);
  g_string_append_printf (text, " of %s", base_text);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_number (const AnnHdf5Datatype *type)
{
  gboolean is_float = type->class == ANN_HDF5_CLASS_FLOAT;
  const char *kind = is_float ? "float" : type->is_signed ? "integer" : "unsigned integer";

  if (is_float ? is_ieee_float (type) : is_native_integer (type))
    return g_strdup_printf (
        "%s%s", ann_dtype_get_name (is_float ? get_float_dtype (type) : get_integer_dtype (type)),
        describe_order (type));

  return g_strdup_printf ("%s of %u bits in %" G_GSIZE_FORMAT " bytes%s", kind, type->precision,
                          type->size, describe_order (type));
}

static char *
describe_compound (const AnnHdf5Datatype *type, guint depth)
{
  const AnnHdf5Datatype *part = get_complex_part (type);
  AnnDtype dtype = part != NULL ? get_complex_dtype (part) : ANN_DTYPE_OTHER;
  g_autofree char *part_text = NULL;

  if (part == NULL)
    return describe_record (type, depth);
  if (is_ieee_float (part) && part->size >= 4)
    return g_strdup_printf ("%s%s", ann_dtype_get_name (dtype), describe_order (part));

  part_text = describe (part, depth + 1);

  return g_strdup_printf ("complex number of %s", part_text);
}

/* The stored type in words; bounded, whatever the file says. */
static char *
describe (const AnnHdf5Datatype *type, guint depth)
{
  g_autofree char *base_text = NULL;

  if (depth > MAX_DEPTH_DESCRIBED)
    return g_strdup ("…");

  switch (type->class)
    {
    case ANN_HDF5_CLASS_INTEGER:
    case ANN_HDF5_CLASS_FLOAT:
      return describe_number (type);
    case ANN_HDF5_CLASS_STRING:
      return describe_string (type);
    case ANN_HDF5_CLASS_ENUM:
      return describe_enum (type, depth);
    case ANN_HDF5_CLASS_COMPOUND:
    case ANN_HDF5_CLASS_COMPLEX:
      return describe_compound (type, depth);
    case ANN_HDF5_CLASS_ARRAY:
      return describe_array (type, depth);
    case ANN_HDF5_CLASS_SEQUENCE:
      if (type->is_string)
        return describe_string (type);
      base_text = describe (type->base, depth + 1);
      return g_strdup_printf ("sequence of variable length of %s", base_text);
    case ANN_HDF5_CLASS_BIT_FIELD:
      return g_strdup_printf ("bit field of %u bits", type->precision);
    case ANN_HDF5_CLASS_OPAQUE:
      return g_strdup_printf ("opaque, %" G_GSIZE_FORMAT " bytes", type->size);
    case ANN_HDF5_CLASS_REFERENCE:
      return g_strdup (type->reference == ANN_HDF5_REGION_REFERENCE
                               || type->reference == ANN_HDF5_NEW_REGION_REFERENCE
                           ? "region reference"
                       : type->reference == ANN_HDF5_ATTRIBUTE_REFERENCE ? "attribute reference"
                                                                         : "object reference");
    case ANN_HDF5_CLASS_TIME:
      return g_strdup ("time");
    default:
      return g_strdup ("unknown type");
    }
}
