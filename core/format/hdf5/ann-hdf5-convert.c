/* ann-hdf5-convert.c: stored numbers to ours
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-types.h"

#include "base/ann-bytes-private.h"

#include <math.h>
#include <string.h>

#define MAX_SIZE 16

/* The bytes of a number, the lowest first, with nothing behind them. */
typedef struct {
  guint8 bytes[MAX_SIZE + 8];
} Bits;

static void
bits_init (Bits *self, const AnnHdf5Datatype *type, const guint8 *stored)
{
  gsize size = type->size;

  memset (self, 0, sizeof *self);
  for (gsize i = 0; i < size; i++)
    {
      gsize from = type->order == ANN_HDF5_LITTLE_ENDIAN ? i : size - 1 - i;

      /* VAX: words of two bytes, which are the other way round in each. */
      if (type->order == ANN_HDF5_VAX_ORDER && size % 2 == 0)
        from ^= 1;
      self->bytes[i] = stored[from];
    }
}

/* @n bits, at most 64, from bit @first on. */
static guint64
bits_get (const Bits *self, guint first, guint n)
{
  const guint8 *bytes = self->bytes + first / 8;
  guint shift = first % 8;
  guint64 value = 0;

  for (guint i = 0; i < 8; i++)
    value |= (guint64) bytes[i] << 8 * i;
  value >>= shift;
  if (shift > 0)
    value |= (guint64) bytes[8] << (64 - shift);

  return n < 64 ? value & (((guint64) 1 << n) - 1) : value;
}

guint64
_ann_hdf5_datatype_get_integer (const AnnHdf5Datatype *type, const guint8 *stored)
{
  guint64 value;
  Bits bits;

  bits_init (&bits, type, stored);
  value = bits_get (&bits, type->bit_offset, type->precision);
  if (type->is_signed && type->precision < 64 && (value >> (type->precision - 1)) != 0)
    value |= G_MAXUINT64 << type->precision;

  return value;
}

/* A mantissa of more than 64 bits loses the last of them, which no float64 has. */
static double
get_float (const AnnHdf5Datatype *type, const guint8 *stored)
{
  guint n_used = MIN (type->mantissa_size, 64);
  guint64 mantissa;
  gint64 exponent, last;
  double value;
  Bits bits;

  bits_init (&bits, type, stored);
  exponent = (gint64) bits_get (&bits, type->exponent, type->exponent_size);
  mantissa = bits_get (&bits, type->mantissa + type->mantissa_size - n_used, n_used);
  last = ((gint64) 1 << type->exponent_size) - 1;

  /* A first bit that is stored counts for 1, as a hidden one does. */
  value = ldexp ((double) mantissa, (int) (type->has_hidden_bit ? 0 : 1) - (int) n_used);
  if (exponent == last)
    value = value == (type->has_hidden_bit ? 0 : 1) || value == 0 ? (double) INFINITY
                                                                  : (double) NAN;
  else
    {
      if (type->has_hidden_bit && exponent > 0)
        value += 1;
      exponent = MAX (exponent, 1) - (gint64) type->bias;
      value = ldexp (value, (int) CLAMP (exponent, -100000, 100000));
    }

  return bits_get (&bits, type->sign, 1) != 0 ? -value : value;
}

static void
convert_integer (const AnnHdf5Type *self, const guint8 *stored, guint8 *to)
{
  const AnnHdf5Datatype *type = self->stored->class == ANN_HDF5_CLASS_ENUM ? self->stored->base
                                                                           : self->stored;

  guint64 value = _ann_hdf5_datatype_get_integer (type, stored);

  if (self->dtype == ANN_DTYPE_BOOL)
    value = value != 0;
  _ann_write_integer (to, ann_dtype_get_size (self->dtype), value);
}

/* @size: of our float */
static void
convert_float (const AnnHdf5Datatype *type, const guint8 *stored, guint8 *to, gsize size)
{
  double value = get_float (type, stored);

  if (size == 4)
    *(float *) (void *) to = (float) value;
  else
    *(double *) (void *) to = value;
}

static void
convert_complex (const AnnHdf5Datatype *type, const guint8 *stored, guint8 *to, gsize size)
{
  const AnnHdf5Datatype *part = type->base;
  gsize offsets[2] = { 0, part != NULL ? part->size : 0 };

  for (guint i = 0; i < 2; i++)
    {
      if (type->class == ANN_HDF5_CLASS_COMPOUND)
        {
          const AnnHdf5Member *member = _ann_hdf5_datatype_get_member (type, i);

          part = member->type;
          offsets[i] = member->offset;
        }
      convert_float (part, stored + offsets[i], to + i * (size / 2), size / 2);
    }
}

static void
convert_one (const AnnHdf5Type *self, const guint8 *stored, guint8 *to)
{
  if (ann_dtype_is_complex (self->dtype))
    convert_complex (self->stored, stored, to, ann_dtype_get_size (self->dtype));
  else if (ann_dtype_is_float (self->dtype))
    convert_float (self->stored, stored, to, ann_dtype_get_size (self->dtype));
  else
    convert_integer (self, stored, to);
}

/* Loops that the compiler turns into vector shuffles. */
static void
swap_bytes (guint8 *values, gsize n_bytes, gsize item_size)
{
  switch (item_size)
    {
    case 2:
      for (gsize i = 0; i < n_bytes / 2; i++)
        ((guint16 *) (void *) values)[i] = GUINT16_SWAP_LE_BE (((guint16 *) (void *) values)[i]);
      break;
    case 4:
      for (gsize i = 0; i < n_bytes / 4; i++)
        ((guint32 *) (void *) values)[i] = GUINT32_SWAP_LE_BE (((guint32 *) (void *) values)[i]);
      break;
    case 8:
      for (gsize i = 0; i < n_bytes / 8; i++)
        ((guint64 *) (void *) values)[i] = GUINT64_SWAP_LE_BE (((guint64 *) (void *) values)[i]);
      break;
    default:
      break;
    }
}

void
_ann_hdf5_type_convert (const AnnHdf5Type *self,
                        const guint8 *from,
                        gsize stride,
                        gsize n,
                        gpointer to)
{
  gsize size = ann_dtype_get_size (self->dtype);
  guint8 *values = to;

  if (!self->is_native)
    {
      for (gsize i = 0; i < n; i++)
        convert_one (self, from + i * stride, values + i * size);
      return;
    }

  if (stride != size)
    for (gsize i = 0; i < n; i++)
      memcpy (values + i * size, from + i * stride, size);
  else if (from != values)
    memcpy (values, from, n * size);
  swap_bytes (values, n * size, self->swap_size);
}
