/* ann-hdf5-datatype.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-datatype.h"

#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* Types in types in types. */
#define MAX_DEPTH 32

/* A message, as it is read. */
typedef struct {
  AnnHdf5Cursor *cursor;
  guint version;
  guint bits; /* the 24 that say more about the class */
  guint depth;
} Reader;

static AnnHdf5Datatype *read_type (AnnHdf5Cursor *cursor, guint depth);

static void
member_clear (gpointer data)
{
  AnnHdf5Member *member = data;

  g_free (member->name);
  g_clear_pointer (&member->type, _ann_hdf5_datatype_unref);
}

static void
datatype_clear (gpointer data)
{
  AnnHdf5Datatype *self = data;

  g_clear_pointer (&self->members, g_array_unref);
  g_clear_pointer (&self->values, g_free);
  g_clear_pointer (&self->base, _ann_hdf5_datatype_unref);
}

AnnHdf5Datatype *
_ann_hdf5_datatype_ref (AnnHdf5Datatype *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
_ann_hdf5_datatype_unref (AnnHdf5Datatype *self)
{
  g_atomic_rc_box_release_full (self, datatype_clear);
}

static void
read_order (AnnHdf5Datatype *self, guint bits)
{
  self->order = (bits & 0x01) != 0 ? ANN_HDF5_BIG_ENDIAN : ANN_HDF5_LITTLE_ENDIAN;
}

/* Where the bits that count are. */
static gboolean
read_bits (AnnHdf5Datatype *self, Reader *reader)
{
  guint16 offset, precision;

  if (!_ann_hdf5_cursor_get_u16 (reader->cursor, &offset)
      || !_ann_hdf5_cursor_get_u16 (reader->cursor, &precision))
    return FALSE;
  self->bit_offset = offset;
  self->precision = precision;

  return precision > 0 && (gsize) offset + precision <= 8 * self->size;
}

static gboolean
read_integer (AnnHdf5Datatype *self, Reader *reader)
{
  read_order (self, reader->bits);
  self->is_signed = self->class == ANN_HDF5_CLASS_INTEGER && (reader->bits & 0x08) != 0;

  return read_bits (self, reader);
}

static gboolean
read_float (AnnHdf5Datatype *self, Reader *reader)
{
  guint8 exponent, exponent_size, mantissa, mantissa_size;
  guint32 bias;

  read_order (self, reader->bits);
  if ((reader->bits & 0x41) == 0x41)
    self->order = ANN_HDF5_VAX_ORDER;
  self->has_hidden_bit = (reader->bits >> 4 & 3) == 2;
  self->sign = reader->bits >> 8 & 0xff;
  if (!read_bits (self, reader) || !_ann_hdf5_cursor_get_u8 (reader->cursor, &exponent)
      || !_ann_hdf5_cursor_get_u8 (reader->cursor, &exponent_size)
      || !_ann_hdf5_cursor_get_u8 (reader->cursor, &mantissa)
      || !_ann_hdf5_cursor_get_u8 (reader->cursor, &mantissa_size)
      || !_ann_hdf5_cursor_get_u32 (reader->cursor, &bias))
    return FALSE;

  self->exponent = exponent;
  self->exponent_size = exponent_size;
  self->mantissa = mantissa;
  self->mantissa_size = mantissa_size;
  self->bias = bias;

  return self->sign < 8 * self->size && (gsize) exponent + exponent_size <= 8 * self->size
         && (gsize) mantissa + mantissa_size <= 8 * self->size;
}

static gboolean
read_string (AnnHdf5Datatype *self, Reader *reader)
{
  self->padding = (AnnHdf5Padding) (reader->bits & 0x0f);
  self->is_utf8 = (reader->bits >> 4 & 0x0f) == 1;

  return TRUE;
}

/* How many bytes offsets in a compound of @size bytes have, from version 3 on. */
static guint
get_offset_size (gsize size)
{
  guint n = 1;

  while (n < 4 && size >> 8 * n > 0)
    n++;

  return n;
}

/* In version 1 a field that is an array said so itself. Of more axes than four nobody can tell. */
static gboolean
wrap_in_array (AnnHdf5Member *member, guint rank, const guint32 *shape)
{
  AnnHdf5Datatype *array = g_atomic_rc_box_new0 (AnnHdf5Datatype);

  array->class = ANN_HDF5_CLASS_ARRAY;
  array->base = g_steal_pointer (&member->type);
  array->rank = rank;
  array->size = array->base->size;
  member->type = array;
  for (guint i = 0; i < rank; i++)
    {
      array->shape[i] = shape[i];
      if (shape[i] == 0 || !g_size_checked_mul (&array->size, array->size, shape[i]))
        return FALSE;
    }

  return TRUE;
}

/* The offset, the axes of version 1, and the type; the name has been read. */
static gboolean
read_field (AnnHdf5Datatype *self, Reader *reader, AnnHdf5Member *member)
{
  guint offset_size = reader->version >= 3 ? get_offset_size (self->size) : 4;
  guint8 rank = 0;
  guint32 shape[4];
  guint64 offset;

  if (!_ann_hdf5_cursor_get_number (reader->cursor, offset_size, &offset))
    return FALSE;
  member->offset = offset;
  if (reader->version == 1)
    {
      if (!_ann_hdf5_cursor_get_u8 (reader->cursor, &rank) || rank > 4
          || !_ann_hdf5_cursor_skip (reader->cursor, 11))
        return FALSE;
      for (guint i = 0; i < 4; i++)
        {
          if (!_ann_hdf5_cursor_get_u32 (reader->cursor, &shape[i]))
            return FALSE;
        }
    }

  member->type = read_type (reader->cursor, reader->depth + 1);
  if (member->type == NULL || (rank > 0 && !wrap_in_array (member, rank, shape)))
    return FALSE;

  return member->type->size <= self->size && member->offset <= self->size - member->type->size;
}

/* Names of members: padded to a multiple of 8 before version 3. */
static char *
read_name (Reader *reader)
{
  const char *name;

  if (!_ann_hdf5_cursor_get_text (reader->cursor, reader->version >= 3 ? 1 : 8, &name))
    return NULL;

  return g_strdup (name);
}

static gboolean
read_compound (AnnHdf5Datatype *self, Reader *reader)
{
  guint n_members = reader->bits & 0xffff;

  self->members = g_array_new (FALSE, TRUE, sizeof (AnnHdf5Member));
  g_array_set_clear_func (self->members, member_clear);
  for (guint i = 0; i < n_members; i++)
    {
      AnnHdf5Member member = { .name = read_name (reader) };
      gboolean is_read = member.name != NULL && read_field (self, reader, &member);

      g_array_append_val (self->members, member);
      if (!is_read)
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_base (AnnHdf5Datatype *self, Reader *reader)
{
  self->base = read_type (reader->cursor, reader->depth + 1);

  return self->base != NULL;
}

static gboolean
read_enum (AnnHdf5Datatype *self, Reader *reader)
{
  guint n_members = reader->bits & 0xffff;
  const guint8 *values;

  if (!read_base (self, reader) || self->base->class != ANN_HDF5_CLASS_INTEGER
      || self->base->size != self->size)
    return FALSE;

  self->members = g_array_new (FALSE, TRUE, sizeof (AnnHdf5Member));
  g_array_set_clear_func (self->members, member_clear);
  for (guint i = 0; i < n_members; i++)
    {
      AnnHdf5Member member = { .name = read_name (reader), .offset = i * self->size };

      if (member.name == NULL)
        return FALSE;
      g_array_append_val (self->members, member);
    }

  if (!_ann_hdf5_cursor_get_bytes (reader->cursor, n_members * (guint64) self->size, &values))
    return FALSE;
  self->values = g_memdup2 (values, n_members * self->size);

  return TRUE;
}

/* The length in 4 bytes, the address of a collection, the number in it in 4 bytes. */
static gboolean
read_sequence (AnnHdf5Datatype *self, Reader *reader)
{
  self->is_string = (reader->bits & 0x0f) == 1;
  self->padding = (AnnHdf5Padding) (reader->bits >> 4 & 0x0f);
  self->is_utf8 = (reader->bits >> 8 & 0x0f) == 1;

  return read_base (self, reader) && self->size == 8 + reader->cursor->address_size;
}

static gboolean
read_array (AnnHdf5Datatype *self, Reader *reader)
{
  guint8 rank;
  gsize n = 1;

  if (!_ann_hdf5_cursor_get_u8 (reader->cursor, &rank) || rank == 0 || rank > ANN_MAX_RANK
      || (reader->version < 3 && !_ann_hdf5_cursor_skip (reader->cursor, 3)))
    return FALSE;

  self->rank = rank;
  for (guint i = 0; i < rank; i++)
    {
      guint32 length;

      if (!_ann_hdf5_cursor_get_u32 (reader->cursor, &length) || length == 0
          || !g_size_checked_mul (&n, n, length))
        return FALSE;
      self->shape[i] = length;
    }

  return (reader->version >= 3 || _ann_hdf5_cursor_skip (reader->cursor, 4 * (guint64) rank))
         && read_base (self, reader) && n <= self->size / self->base->size
         && n * self->base->size == self->size;
}

static gboolean
read_complex (AnnHdf5Datatype *self, Reader *reader)
{
  return read_base (self, reader) && self->base->class == ANN_HDF5_CLASS_FLOAT
         && self->size == 2 * self->base->size;
}

/* What follows the class, its bits and the size. */
static gboolean
read_properties (AnnHdf5Datatype *self, Reader *reader)
{
  guint16 precision;

  switch (self->class)
    {
    case ANN_HDF5_CLASS_INTEGER:
    case ANN_HDF5_CLASS_BIT_FIELD:
      return read_integer (self, reader);
    case ANN_HDF5_CLASS_FLOAT:
      return read_float (self, reader);
    case ANN_HDF5_CLASS_TIME:
      return _ann_hdf5_cursor_get_u16 (reader->cursor, &precision);
    case ANN_HDF5_CLASS_STRING:
      return read_string (self, reader);
    case ANN_HDF5_CLASS_OPAQUE:
      return _ann_hdf5_cursor_skip (reader->cursor, reader->bits & 0xff);
    case ANN_HDF5_CLASS_COMPOUND:
      return read_compound (self, reader);
    case ANN_HDF5_CLASS_REFERENCE:
      self->reference = (AnnHdf5ReferenceKind) (reader->bits & 0x0f);
      return TRUE;
    case ANN_HDF5_CLASS_ENUM:
      return read_enum (self, reader);
    case ANN_HDF5_CLASS_SEQUENCE:
      return read_sequence (self, reader);
    case ANN_HDF5_CLASS_ARRAY:
      return read_array (self, reader);
    case ANN_HDF5_CLASS_COMPLEX:
      return read_complex (self, reader);
    default:
      return FALSE;
    }
}

/* Returns: (nullable): %NULL for what makes no sense; every type takes 8 bytes of the message at
 * least, so there is an end.
 */
static AnnHdf5Datatype *
read_type (AnnHdf5Cursor *cursor, guint depth)
{
  g_autoptr (AnnHdf5Datatype) self = g_atomic_rc_box_new0 (AnnHdf5Datatype);
  Reader reader = { .cursor = cursor, .depth = depth };
  guint8 class_and_version;
  guint64 bits;
  guint32 size;

  if (depth > MAX_DEPTH || !_ann_hdf5_cursor_get_u8 (cursor, &class_and_version)
      || !_ann_hdf5_cursor_get_number (cursor, 3, &bits)
      || !_ann_hdf5_cursor_get_u32 (cursor, &size) || size == 0)
    return NULL;

  self->class = (AnnHdf5Class) (class_and_version & 0x0f);
  self->size = size;
  reader.version = class_and_version >> 4;
  reader.bits = (guint) bits;
  if (reader.version < 1 || reader.version > 5 || !read_properties (self, &reader))
    return NULL;

  return g_steal_pointer (&self);
}

AnnHdf5Datatype *
_ann_hdf5_datatype_new (AnnHdf5Cursor *cursor, const char *path, GError **error)
{
  AnnHdf5Datatype *self = read_type (cursor, 0);

  if (self == NULL)
    _ann_hdf5_set_damaged (error, path, "type", "it makes no sense");

  return self;
}

guint
_ann_hdf5_datatype_get_n_members (const AnnHdf5Datatype *self)
{
  return self->members != NULL ? self->members->len : 0;
}

const AnnHdf5Member *
_ann_hdf5_datatype_get_member (const AnnHdf5Datatype *self, guint index)
{
  return &g_array_index (self->members, AnnHdf5Member, index);
}

const AnnHdf5Member *
_ann_hdf5_datatype_find_member (const AnnHdf5Datatype *self, const char *name)
{
  for (guint i = 0; i < _ann_hdf5_datatype_get_n_members (self); i++)
    {
      const AnnHdf5Member *member = _ann_hdf5_datatype_get_member (self, i);

      if (strcmp (member->name, name) == 0)
        return member;
    }

  return NULL;
}

gboolean
_ann_hdf5_datatype_is_same_float (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b)
{
  return a->class == ANN_HDF5_CLASS_FLOAT && b->class == ANN_HDF5_CLASS_FLOAT && a->size == b->size
         && a->order == b->order && a->bit_offset == b->bit_offset && a->precision == b->precision
         && a->sign == b->sign && a->exponent == b->exponent && a->exponent_size == b->exponent_size
         && a->mantissa == b->mantissa && a->mantissa_size == b->mantissa_size && a->bias == b->bias
         && a->has_hidden_bit == b->has_hidden_bit;
}

static gboolean has_same_members (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b);

gboolean
_ann_hdf5_datatype_is_same (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b)
{
  if (a->class != b->class || a->size != b->size || a->order != b->order)
    return FALSE;

  switch (a->class)
    {
    case ANN_HDF5_CLASS_INTEGER:
    case ANN_HDF5_CLASS_BIT_FIELD:
      return a->is_signed == b->is_signed && a->bit_offset == b->bit_offset
             && a->precision == b->precision;
    case ANN_HDF5_CLASS_FLOAT:
      return _ann_hdf5_datatype_is_same_float (a, b);
    case ANN_HDF5_CLASS_STRING:
      return a->padding == b->padding;
    case ANN_HDF5_CLASS_COMPOUND:
      return has_same_members (a, b);
    case ANN_HDF5_CLASS_ARRAY:
      return a->rank == b->rank && memcmp (a->shape, b->shape, a->rank * sizeof *a->shape) == 0
             && _ann_hdf5_datatype_is_same (a->base, b->base);
    case ANN_HDF5_CLASS_ENUM:
    case ANN_HDF5_CLASS_SEQUENCE:
    case ANN_HDF5_CLASS_COMPLEX:
      return _ann_hdf5_datatype_is_same (a->base, b->base);
    case ANN_HDF5_CLASS_REFERENCE:
      return a->reference == b->reference;
    case ANN_HDF5_CLASS_TIME:
    case ANN_HDF5_CLASS_OPAQUE:
    default:
      return TRUE;
    }
}

static gboolean
has_same_members (const AnnHdf5Datatype *a, const AnnHdf5Datatype *b)
{
  guint n = _ann_hdf5_datatype_get_n_members (a);

  if (n != _ann_hdf5_datatype_get_n_members (b))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const AnnHdf5Member *first = _ann_hdf5_datatype_get_member (a, i);
      const AnnHdf5Member *second = _ann_hdf5_datatype_get_member (b, i);

      if (strcmp (first->name, second->name) != 0 || first->offset != second->offset
          || !_ann_hdf5_datatype_is_same (first->type, second->type))
        return FALSE;
    }

  return TRUE;
}
