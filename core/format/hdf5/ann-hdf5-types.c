/* ann-hdf5-types.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-types.h"

#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* Descriptions name as many fields and nest as deep; the rest is "…". */
#define MAX_FIELDS_DESCRIBED 16
#define MAX_DEPTH_DESCRIBED 4

static char *describe (hid_t type, guint depth);

static const char *
describe_order (hid_t type)
{
  if (H5Tget_size (type) < 2)
    return "";

  switch (H5Tget_order (type))
    {
    case H5T_ORDER_LE:
      return ", little-endian";
    case H5T_ORDER_BE:
      return ", big-endian";
    case H5T_ORDER_VAX:
      return ", VAX order";
    case H5T_ORDER_MIXED:
    case H5T_ORDER_NONE:
    case H5T_ORDER_ERROR:
    default:
      return "";
    }
}

static gboolean
is_swapped (hid_t type)
{
  return H5Tget_size (type) > 1 && H5Tget_order (type) != H5Tget_order (H5T_NATIVE_INT);
}

static char *
get_member_name (hid_t type, unsigned index)
{
  char *stored = H5Tget_member_name (type, index);
  char *name = g_strdup (stored != NULL ? stored : "");

  if (stored != NULL)
    H5free_memory (stored);

  return name;
}

/* Whether all bits of an integer or a float count and stand where the machine has them. */
static gboolean
has_all_bits (hid_t type)
{
  H5T_order_t order = H5Tget_order (type);

  return H5Tget_precision (type) == 8 * H5Tget_size (type) && H5Tget_offset (type) == 0
         && (H5Tget_size (type) == 1 || order == H5T_ORDER_LE || order == H5T_ORDER_BE);
}

static AnnDtype
get_integer_dtype (hid_t type)
{
  static const AnnDtype dtypes[2][4] = {
    { ANN_DTYPE_UINT8, ANN_DTYPE_UINT16, ANN_DTYPE_UINT32, ANN_DTYPE_UINT64 },
    { ANN_DTYPE_INT8, ANN_DTYPE_INT16, ANN_DTYPE_INT32, ANN_DTYPE_INT64 },
  };
  gsize size = H5Tget_size (type);
  guint log2_size = size <= 1 ? 0 : size <= 2 ? 1 : size <= 4 ? 2 : 3;

  if (size == 0 || size > 8)
    return ANN_DTYPE_OTHER;

  return dtypes[H5Tget_sign (type) == H5T_SGN_NONE ? 0 : 1][log2_size];
}

/* A float by its parts: sign bit, exponent, mantissa. */
typedef struct {
  gsize size;
  gsize sign, exponent, exponent_size, mantissa, mantissa_size, bias;
} FloatParts;

static const FloatParts ieee_parts[] = {
  { 2, 15, 10, 5, 0, 10, 15 },
  { 4, 31, 23, 8, 0, 23, 127 },
  { 8, 63, 52, 11, 0, 52, 1023 },
};

static gboolean
is_ieee_float (hid_t type)
{
  FloatParts parts = { .size = H5Tget_size (type), .bias = H5Tget_ebias (type) };

  if (!has_all_bits (type) || H5Tget_norm (type) != H5T_NORM_IMPLIED
      || H5Tget_fields (type, &parts.sign, &parts.exponent, &parts.exponent_size, &parts.mantissa,
                        &parts.mantissa_size)
             < 0)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (ieee_parts); i++)
    {
      if (memcmp (&parts, &ieee_parts[i], sizeof parts) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Floats that are no IEEE ones go to the next larger that holds them, or to float64. */
static AnnDtype
get_float_dtype (hid_t type)
{
  gsize size = H5Tget_size (type);

  if (is_ieee_float (type))
    return size == 2 ? ANN_DTYPE_FLOAT16 : size == 4 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;

  return size <= 2 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
}

/* HDF5 before 1.14 has no half of its own. */
static hid_t
copy_half (void)
{
  hid_t half = H5Tcopy (H5T_NATIVE_FLOAT);

  H5Tset_fields (half, 15, 10, 5, 0, 10);
  H5Tset_size (half, 2);
  H5Tset_ebias (half, 15);

  return half;
}

static hid_t
copy_complex (hid_t part)
{
  gsize size = H5Tget_size (part);
  hid_t type = H5Tcreate (H5T_COMPOUND, 2 * size);

  H5Tinsert (type, "r", 0, part);
  H5Tinsert (type, "i", size, part);

  return type;
}

/* A type of libhdf5 of its own for values of @dtype in memory, or an invalid id. */
static hid_t
copy_memory_type (AnnDtype dtype)
{
  switch (dtype)
    {
    case ANN_DTYPE_BOOL:
    case ANN_DTYPE_INT8:
      return H5Tcopy (H5T_NATIVE_INT8);
    case ANN_DTYPE_INT16:
      return H5Tcopy (H5T_NATIVE_INT16);
    case ANN_DTYPE_INT32:
      return H5Tcopy (H5T_NATIVE_INT32);
    case ANN_DTYPE_INT64:
      return H5Tcopy (H5T_NATIVE_INT64);
    case ANN_DTYPE_UINT8:
      return H5Tcopy (H5T_NATIVE_UINT8);
    case ANN_DTYPE_UINT16:
      return H5Tcopy (H5T_NATIVE_UINT16);
    case ANN_DTYPE_UINT32:
      return H5Tcopy (H5T_NATIVE_UINT32);
    case ANN_DTYPE_UINT64:
      return H5Tcopy (H5T_NATIVE_UINT64);
    case ANN_DTYPE_FLOAT16:
      return copy_half ();
    case ANN_DTYPE_FLOAT32:
      return H5Tcopy (H5T_NATIVE_FLOAT);
    case ANN_DTYPE_FLOAT64:
      return H5Tcopy (H5T_NATIVE_DOUBLE);
    case ANN_DTYPE_COMPLEX64:
      return copy_complex (H5T_NATIVE_FLOAT);
    case ANN_DTYPE_COMPLEX128:
      return copy_complex (H5T_NATIVE_DOUBLE);
    case ANN_DTYPE_STRING:
    case ANN_DTYPE_BYTES:
    case ANN_DTYPE_RECORD:
    case ANN_DTYPE_OTHER:
    default:
      return H5I_INVALID_HID;
    }
}

/* The enum {FALSE, TRUE} over one byte, as h5py writes numpy's bool. */
static gboolean
is_boolean (hid_t type)
{
  if (H5Tget_size (type) != 1 || H5Tget_nmembers (type) != 2)
    return FALSE;

  for (unsigned i = 0; i < 2; i++)
    {
      g_autofree char *name = get_member_name (type, i);
      gint8 value = -1;

      if (H5Tget_member_value (type, i, &value) < 0
          || g_strcmp0 (name, value == 0 ? "FALSE" : "TRUE") != 0 || (value != 0 && value != 1))
        return FALSE;
    }

  return TRUE;
}

/* The compound {r, i} of two equal floats, as h5py writes numpy's complex. Packed, or native is
 * unset.
 */
static gboolean
is_complex (hid_t type, AnnHdf5Type *self)
{
  g_auto (AnnHdf5Hid) real = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) imaginary = H5I_INVALID_HID;
  g_autofree char *real_name = NULL;
  g_autofree char *imaginary_name = NULL;
  gsize size;

  if (H5Tget_nmembers (type) != 2)
    return FALSE;

  real_name = get_member_name (type, 0);
  imaginary_name = get_member_name (type, 1);
  real = H5Tget_member_type (type, 0);
  imaginary = H5Tget_member_type (type, 1);
  if (strcmp (real_name, "r") != 0 || strcmp (imaginary_name, "i") != 0 || real < 0
      || H5Tget_class (real) != H5T_FLOAT || H5Tequal (real, imaginary) <= 0)
    return FALSE;

  size = H5Tget_size (real);
  if (size < 4 || !is_ieee_float (real))
    return FALSE;

  self->dtype = size == 4 ? ANN_DTYPE_COMPLEX64 : ANN_DTYPE_COMPLEX128;
  self->is_native = H5Tget_size (type) == 2 * size && H5Tget_member_offset (type, 0) == 0
                    && H5Tget_member_offset (type, 1) == size;
  if (self->is_native && is_swapped (real))
    self->swap_size = size;

  return TRUE;
}

static void
init_string (AnnHdf5Type *self, hid_t type, guint address_size)
{
  H5T_cset_t charset = H5Tget_cset (type);

  self->is_variable = H5Tis_variable_str (type) > 0;
  self->padding = H5Tget_strpad (type);
  if (self->is_variable)
    {
      self->dtype = ANN_DTYPE_STRING;
      self->string_size = _ann_hdf5_get_stored_size (type, address_size);
      self->memory = H5Tcreate (H5T_OPAQUE, self->string_size);
      return;
    }

  /* Numpy's bytes are stored so. So are texts of old files: the element above knows which. */
  self->dtype = charset == H5T_CSET_UTF8 ? ANN_DTYPE_STRING : ANN_DTYPE_BYTES;
  self->string_size = H5Tget_size (type);
  self->memory = H5Tcopy (type);
}

static void
init_record (AnnHdf5Type *self, hid_t type)
{
  int n_fields = H5Tget_nmembers (type);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < n_fields; i++)
    g_ptr_array_add (names, get_member_name (type, (unsigned) i));
  g_ptr_array_add (names, NULL);

  self->dtype = ANN_DTYPE_RECORD;
  self->field_names = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void init_by_class (AnnHdf5Type *self, hid_t type, guint address_size);

/* Arrays of numbers: more axes of what holds them. Those of texts and records are left alone. */
static void
init_array (AnnHdf5Type *self, hid_t type, guint address_size)
{
  g_auto (AnnHdf5Hid) base = H5Tget_super (type);
  g_auto (AnnHdf5Hid) memory = H5I_INVALID_HID;
  AnnHdf5Type item = { .dtype = ANN_DTYPE_OTHER, .memory = H5I_INVALID_HID };
  int rank = H5Tget_array_ndims (type);

  if (base < 0 || H5Tget_class (base) == H5T_ARRAY || rank < 1 || rank > H5S_MAX_RANK
      || H5Tget_array_dims2 (type, self->inner_shape) != rank)
    return;

  init_by_class (&item, base, address_size);
  memory = copy_memory_type (item.dtype);
  if (memory > 0)
    self->memory = H5Tarray_create2 (memory, (unsigned) rank, self->inner_shape);
  if (self->memory > 0)
    {
      self->dtype = item.dtype;
      self->inner_rank = (guint) rank;
    }
  _ann_hdf5_type_clear (&item);
}

static void
init_by_class (AnnHdf5Type *self, hid_t type, guint address_size)
{
  g_auto (AnnHdf5Hid) base = H5I_INVALID_HID;

  switch (H5Tget_class (type))
    {
    case H5T_INTEGER:
      self->dtype = get_integer_dtype (type);
      self->is_native = has_all_bits (type)
                        && ann_dtype_get_size (self->dtype) == H5Tget_size (type);
      break;
    case H5T_FLOAT:
      self->dtype = get_float_dtype (type);
      self->is_native = is_ieee_float (type);
      break;
    case H5T_ENUM:
      base = H5Tget_super (type);
      self->dtype = is_boolean (type) ? ANN_DTYPE_BOOL : get_integer_dtype (base);
      self->is_native = has_all_bits (base)
                        && ann_dtype_get_size (self->dtype) == H5Tget_size (base);
      if (self->is_native && is_swapped (base))
        self->swap_size = H5Tget_size (base);
      break;
    case H5T_STRING:
      init_string (self, type, address_size);
      break;
    case H5T_COMPOUND:
      if (!is_complex (type, self))
        init_record (self, type);
      break;
    case H5T_ARRAY:
      init_array (self, type, address_size);
      break;
    case H5T_BITFIELD:
    case H5T_OPAQUE:
    case H5T_REFERENCE:
    case H5T_VLEN:
    case H5T_TIME:
    case H5T_NO_CLASS:
    case H5T_NCLASSES:
    default:
      break;
    }

  if ((ann_dtype_is_integer (self->dtype) || ann_dtype_is_float (self->dtype)) && self->is_native
      && base <= 0 && is_swapped (type))
    self->swap_size = H5Tget_size (type);
}

gboolean
_ann_hdf5_type_init (AnnHdf5Type *self,
                     hid_t stored,
                     guint address_size,
                     const char *path,
                     GError **error)
{
  *self = (AnnHdf5Type){ .dtype = ANN_DTYPE_OTHER, .memory = H5I_INVALID_HID };
  if (stored < 0)
    {
      _ann_hdf5_set_error (error, path, "The type cannot be read");
      return FALSE;
    }

  init_by_class (self, stored, address_size);
  self->description = describe (stored, 0);
  if (self->memory <= 0)
    self->memory = copy_memory_type (self->dtype);
  H5Eclear2 (H5E_DEFAULT);

  return TRUE;
}

void
_ann_hdf5_type_clear (AnnHdf5Type *self)
{
  _ann_hdf5_close (self->memory);
  self->memory = H5I_INVALID_HID;
  g_clear_pointer (&self->description, g_free);
  g_clear_pointer (&self->field_names, g_strfreev);
}

/* By how much a field is larger in the file than in memory; may be less than nothing. */
static gssize
get_growth (hid_t record, unsigned field, guint address_size)
{
  g_auto (AnnHdf5Hid) type = H5Tget_member_type (record, field);

  return (gssize) _ann_hdf5_get_stored_size (type, address_size) - (gssize) H5Tget_size (type);
}

gsize
_ann_hdf5_get_stored_size (hid_t type, guint address_size)
{
  g_auto (AnnHdf5Hid) base = H5I_INVALID_HID;
  gsize size = H5Tget_size (type);
  gsize base_size;

  switch (H5Tget_class (type))
    {
    case H5T_STRING:
      return H5Tis_variable_str (type) > 0 ? 4 + address_size + 4 : size;
    case H5T_VLEN:
      return 4 + address_size + 4;
    case H5T_ARRAY:
      base = H5Tget_super (type);
      base_size = MAX (H5Tget_size (base), 1);
      return size / base_size * _ann_hdf5_get_stored_size (base, address_size);
    case H5T_COMPOUND:
      for (int i = 0; i < H5Tget_nmembers (type); i++)
        size += (gsize) get_growth (type, (unsigned) i, address_size);
      return size;
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_TIME:
    case H5T_BITFIELD:
    case H5T_OPAQUE:
    case H5T_REFERENCE:
    case H5T_ENUM:
    case H5T_NO_CLASS:
    case H5T_NCLASSES:
    default:
      return size;
    }
}

gsize
_ann_hdf5_get_stored_offset (hid_t record, unsigned field, guint address_size)
{
  gsize offset = H5Tget_member_offset (record, field);
  gsize stored_offset = offset;

  for (int i = 0; i < H5Tget_nmembers (record); i++)
    {
      if (H5Tget_member_offset (record, (unsigned) i) < offset)
        stored_offset += (gsize) get_growth (record, (unsigned) i, address_size);
    }

  return stored_offset;
}

gsize
_ann_hdf5_type_get_text_length (const AnnHdf5Type *self, const char *text)
{
  gsize length = self->string_size;

  if (self->padding == H5T_STR_NULLTERM)
    return strnlen (text, length);

  while (length > 0 && text[length - 1] == '\0')
    length--;
  while (self->padding == H5T_STR_SPACEPAD && length > 0 && text[length - 1] == ' ')
    length--;

  return length;
}

/* From a stored text of variable length to opaque bytes: the reference to it, which is left as it
 * is. libhdf5 has no such conversion; its own one, to texts, is not safe (ann-hdf5-heap.h).
 */
static herr_t
keep_reference (hid_t from,
                hid_t to,
                H5T_cdata_t *data,
                size_t n G_GNUC_UNUSED,
                size_t stride G_GNUC_UNUSED,
                size_t background_stride G_GNUC_UNUSED,
                void *buffer G_GNUC_UNUSED,
                void *background G_GNUC_UNUSED,
                hid_t transfer G_GNUC_UNUSED)
{
  if (data->command == H5T_CONV_INIT)
    data->need_bkg = H5T_BKG_NO;

  return data->command == H5T_CONV_FREE || H5Tget_size (from) == H5Tget_size (to) ? 0 : -1;
}

void
_ann_hdf5_register_conversions (void)
{
  g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
  g_auto (AnnHdf5Hid) opaque = H5Tcreate (H5T_OPAQUE, 16);

  H5Tset_size (text, H5T_VARIABLE);
  if (H5Tregister (H5T_PERS_SOFT, "ann-reference", text, opaque, keep_reference) < 0)
    g_warning ("libhdf5 does not take a conversion");
}

static char *
describe_string (hid_t type)
{
  static const char *const paddings[] = { "null-terminated", "null-padded", "space-padded" };
  const char *charset = H5Tget_cset (type) == H5T_CSET_UTF8 ? "UTF-8" : "ASCII";
  H5T_str_t padding = H5Tget_strpad (type);

  if (H5Tis_variable_str (type) > 0)
    return g_strdup_printf ("string of variable length, %s", charset);

  return g_strdup_printf (
      "string of %" G_GSIZE_FORMAT " bytes, %s, %s", H5Tget_size (type),
      padding >= 0 && (gsize) padding < G_N_ELEMENTS (paddings) ? paddings[padding] : "padded",
      charset);
}

static char *
describe_record (hid_t type, guint depth)
{
  int n_fields = H5Tget_nmembers (type);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "record of %d field%s", n_fields, n_fields == 1 ? "" : "s");
  if (n_fields <= 0 || depth >= MAX_DEPTH_DESCRIBED)
    return g_string_free (g_steal_pointer (&text), FALSE);

  for (int i = 0; i < MIN (n_fields, MAX_FIELDS_DESCRIBED); i++)
    {
      g_autofree char *name = get_member_name (type, (unsigned) i);
      g_auto (AnnHdf5Hid) field = H5Tget_member_type (type, (unsigned) i);
      g_autofree char *field_text = describe (field, depth + 1);

      g_string_append_printf (text, "%s%s: %s", i == 0 ? " {" : "; ", name, field_text);
    }
  g_string_append (text, n_fields > MAX_FIELDS_DESCRIBED ? "; …}" : "}");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_enum (hid_t type, guint depth)
{
  g_auto (AnnHdf5Hid) base = H5Tget_super (type);
  g_autofree char *base_text = describe (base, depth + 1);

  if (is_boolean (type))
    return g_strdup_printf ("bool (enum over %s)", base_text);

  return g_strdup_printf ("enum of %d names over %s", H5Tget_nmembers (type), base_text);
}

static char *
describe_array (hid_t type, guint depth)
{
  g_auto (AnnHdf5Hid) base = H5Tget_super (type);
  g_autofree char *base_text = describe (base, depth + 1);
  g_autoptr (GString) text = g_string_new ("array ");
  hsize_t shape[H5S_MAX_RANK];
  int rank = H5Tget_array_ndims (type);

  if (rank > 0 && rank <= H5S_MAX_RANK && H5Tget_array_dims2 (type, shape) >= 0)
    {
      for (int i = 0; i < rank; i++)
        g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i == 0 ? "" : " × ",
                                (guint64) shape[i]);
    }
  g_string_append_printf (text, " of %s", base_text);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_number (hid_t type)
{
  gsize size = H5Tget_size (type);
  gboolean is_float = H5Tget_class (type) == H5T_FLOAT;
  gboolean is_plain = is_float ? is_ieee_float (type)
                               : has_all_bits (type)
                                     && ann_dtype_get_size (get_integer_dtype (type)) == size;
  const char *kind = is_float                             ? "float"
                     : H5Tget_sign (type) == H5T_SGN_NONE ? "unsigned integer"
                                                          : "integer";

  if (is_plain)
    return g_strdup_printf (
        "%s%s", ann_dtype_get_name (is_float ? get_float_dtype (type) : get_integer_dtype (type)),
        describe_order (type));

  return g_strdup_printf ("%s of %" G_GSIZE_FORMAT " bits in %" G_GSIZE_FORMAT " bytes%s", kind,
                          H5Tget_precision (type), size, describe_order (type));
}

/* The stored type in words; bounded, whatever the file says. */
static char *
describe (hid_t type, guint depth)
{
  AnnHdf5Type complex = { 0 };
  g_auto (AnnHdf5Hid) base = H5I_INVALID_HID;
  g_autofree char *base_text = NULL;

  if (depth > MAX_DEPTH_DESCRIBED)
    return g_strdup ("…");

  switch (H5Tget_class (type))
    {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return describe_number (type);
    case H5T_STRING:
      return describe_string (type);
    case H5T_ENUM:
      return describe_enum (type, depth);
    case H5T_COMPOUND:
      if (!is_complex (type, &complex))
        return describe_record (type, depth);
      base = H5Tget_member_type (type, 0);
      return g_strdup_printf ("%s%s", ann_dtype_get_name (complex.dtype), describe_order (base));
    case H5T_ARRAY:
      return describe_array (type, depth);
    case H5T_VLEN:
      base = H5Tget_super (type);
      base_text = describe (base, depth + 1);
      return g_strdup_printf ("sequence of variable length of %s", base_text);
    case H5T_BITFIELD:
      return g_strdup_printf ("bit field of %" G_GSIZE_FORMAT " bits", H5Tget_precision (type));
    case H5T_OPAQUE:
      return g_strdup_printf ("opaque, %" G_GSIZE_FORMAT " bytes", H5Tget_size (type));
    case H5T_REFERENCE:
      return g_strdup (H5Tequal (type, H5T_STD_REF_DSETREG) > 0 ? "region reference"
                                                                : "object reference");
    case H5T_TIME:
      return g_strdup ("time");
    case H5T_NO_CLASS:
    case H5T_NCLASSES:
    default:
      return g_strdup ("unknown type");
    }
}
