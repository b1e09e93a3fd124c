/* ann-dtype.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-dtype.h"

#include <string.h>

typedef struct {
  guint8 size;
  const char *name;
  const char
      *numpy_name; /* little-endian, as the library's values are on a little-endian machine */
} DtypeInfo;

static const DtypeInfo infos[] = {
  [ANN_DTYPE_BOOL] = { 1, "bool", "|b1" },
  [ANN_DTYPE_INT8] = { 1, "int8", "|i1" },
  [ANN_DTYPE_INT16] = { 2, "int16", "<i2" },
  [ANN_DTYPE_INT32] = { 4, "int32", "<i4" },
  [ANN_DTYPE_INT64] = { 8, "int64", "<i8" },
  [ANN_DTYPE_UINT8] = { 1, "uint8", "|u1" },
  [ANN_DTYPE_UINT16] = { 2, "uint16", "<u2" },
  [ANN_DTYPE_UINT32] = { 4, "uint32", "<u4" },
  [ANN_DTYPE_UINT64] = { 8, "uint64", "<u8" },
  [ANN_DTYPE_FLOAT16] = { 2, "float16", "<f2" },
  [ANN_DTYPE_FLOAT32] = { 4, "float32", "<f4" },
  [ANN_DTYPE_FLOAT64] = { 8, "float64", "<f8" },
  [ANN_DTYPE_COMPLEX64] = { 8, "complex64", "<c8" },
  [ANN_DTYPE_COMPLEX128] = { 16, "complex128", "<c16" },
  [ANN_DTYPE_STRING] = { 0, "string", "|O" },
  [ANN_DTYPE_BYTES] = { 0, "bytes", "|S" },
  [ANN_DTYPE_RECORD] = { 0, "record", "|V" },
  [ANN_DTYPE_OPAQUE] = { 0, "opaque", "|V" },
  [ANN_DTYPE_SEQUENCE] = { 0, "sequence", "|O" },
  [ANN_DTYPE_OTHER] = { 0, "other", "|V" },
};

/**
 * ann_dtype_get_size:
 * @dtype: a type
 *
 * Returns: the bytes of one value, or 0 for the types whose values do not lie in a buffer
 */
gsize
ann_dtype_get_size (AnnDtype dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (infos), 0);

  return infos[dtype].size;
}

/**
 * ann_dtype_get_name:
 * @dtype: a type
 *
 * Returns: its name as people write it, such as `float32`
 */
const char *
ann_dtype_get_name (AnnDtype dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (infos), "other");

  return infos[dtype].name;
}

/**
 * ann_dtype_get_numpy_name:
 * @dtype: a type
 *
 * Returns: its name in numpy's array protocol, such as `<f4`
 */
const char *
ann_dtype_get_numpy_name (AnnDtype dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (infos), "|V");

  return infos[dtype].numpy_name;
}

gboolean
ann_dtype_is_integer (AnnDtype dtype)
{
  return dtype >= ANN_DTYPE_INT8 && dtype <= ANN_DTYPE_UINT64;
}

/**
 * ann_dtype_is_signed:
 * @dtype: a type
 *
 * Returns: whether it can hold a negative real number
 */
gboolean
ann_dtype_is_signed (AnnDtype dtype)
{
  return (dtype >= ANN_DTYPE_INT8 && dtype <= ANN_DTYPE_INT64) || ann_dtype_is_float (dtype);
}

gboolean
ann_dtype_is_float (AnnDtype dtype)
{
  return dtype >= ANN_DTYPE_FLOAT16 && dtype <= ANN_DTYPE_FLOAT64;
}

gboolean
ann_dtype_is_complex (AnnDtype dtype)
{
  return dtype == ANN_DTYPE_COMPLEX64 || dtype == ANN_DTYPE_COMPLEX128;
}

/**
 * ann_dtype_is_real:
 * @dtype: a type
 *
 * Returns: whether its values are bools, integers or floats: what can be drawn, summed, compared
 */
gboolean
ann_dtype_is_real (AnnDtype dtype)
{
  return dtype <= ANN_DTYPE_FLOAT64;
}

/**
 * ann_dtype_comes_as_strings:
 * @dtype: a type
 *
 * Returns: whether values are read by [method@Ann.Array.read_strings] and not into a buffer: texts,
 * and what is a run of bytes for each value
 */
gboolean
ann_dtype_comes_as_strings (AnnDtype dtype)
{
  return dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES || dtype == ANN_DTYPE_OPAQUE
         || dtype == ANN_DTYPE_SEQUENCE;
}

static float
half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 0x1f;
  guint32 mantissa = half & 0x3ff;
  guint32 bits;
  float value;

  if (exponent == 0x1f) /* infinity, NaN */
    bits = sign | 0x7f800000 | mantissa << 13;
  else if (exponent != 0)
    bits = sign | (exponent + 112) << 23 | mantissa << 13;
  else /* zero and subnormals: exact in float32 */
    {
      value = (float) mantissa * 0x1p-24f;
      return sign ? -value : value;
    }

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* One loop a type, so that the choice of the type stays outside it and the loop can be vectorised.
 */
#define CONVERT_CASE(DTYPE, CTYPE, TARGET)                                                         \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n_values; i++)                                                           \
      to[i] = (TARGET) ((const CTYPE *) values)[i];                                                \
    return TRUE;

#define CONVERT(TARGET)                                                                            \
  switch (dtype)                                                                                   \
    {                                                                                              \
      CONVERT_CASE (ANN_DTYPE_BOOL, guint8, TARGET)                                                \
      CONVERT_CASE (ANN_DTYPE_INT8, gint8, TARGET)                                                 \
      CONVERT_CASE (ANN_DTYPE_INT16, gint16, TARGET)                                               \
      CONVERT_CASE (ANN_DTYPE_INT32, gint32, TARGET)                                               \
      CONVERT_CASE (ANN_DTYPE_INT64, gint64, TARGET)                                               \
      CONVERT_CASE (ANN_DTYPE_UINT8, guint8, TARGET)                                               \
      CONVERT_CASE (ANN_DTYPE_UINT16, guint16, TARGET)                                             \
      CONVERT_CASE (ANN_DTYPE_UINT32, guint32, TARGET)                                             \
      CONVERT_CASE (ANN_DTYPE_UINT64, guint64, TARGET)                                             \
      CONVERT_CASE (ANN_DTYPE_FLOAT32, float, TARGET)                                              \
      CONVERT_CASE (ANN_DTYPE_FLOAT64, double, TARGET)                                             \
    case ANN_DTYPE_FLOAT16:                                                                        \
      for (gsize i = 0; i < n_values; i++)                                                         \
        to[i] = (TARGET) half_to_float (((const guint16 *) values)[i]);                            \
      return TRUE;                                                                                 \
    case ANN_DTYPE_COMPLEX64:                                                                      \
    case ANN_DTYPE_COMPLEX128:                                                                     \
    case ANN_DTYPE_STRING:                                                                         \
    case ANN_DTYPE_BYTES:                                                                          \
    case ANN_DTYPE_RECORD:                                                                         \
    case ANN_DTYPE_OPAQUE:                                                                         \
    case ANN_DTYPE_SEQUENCE:                                                                       \
    case ANN_DTYPE_OTHER:                                                                          \
    default:                                                                                       \
      return FALSE;                                                                                \
    }

/**
 * ann_dtype_to_double: (skip)
 * @dtype: the type of @values
 * @values: (array length=n_values): values in native byte order
 * @n_values: how many
 * @to: (out caller-allocates) (array length=n_values): room for as many doubles
 *
 * Returns: %FALSE if values of this type are not real numbers
 */
gboolean
ann_dtype_to_double (AnnDtype dtype, gconstpointer values, gsize n_values, double *to){
  CONVERT (double)
}

/**
 * ann_dtype_to_float: (skip)
 * @dtype: the type of @values
 * @values: (array length=n_values): values in native byte order
 * @n_values: how many
 * @to: (out caller-allocates) (array length=n_values): room for as many floats
 *
 * Returns: %FALSE if values of this type are not real numbers
 */
gboolean ann_dtype_to_float (AnnDtype dtype, gconstpointer values, gsize n_values, float *to){
  CONVERT (float)
}

/**
 * ann_dtype_to_int64: (skip)
 * @dtype: an integer type, or bool
 * @values: (array length=n_values): values in native byte order
 * @n_values: how many
 * @to: (out caller-allocates) (array length=n_values): room for as many integers
 *
 * Unsigned values above `G_MAXINT64` wrap; callers for whom they would be wrong anyway
 * (row pointers, category codes) see a negative number.
 *
 * Returns: %FALSE if @dtype is neither an integer type nor bool
 */
gboolean ann_dtype_to_int64 (AnnDtype dtype, gconstpointer values, gsize n_values, gint64 *to)
{
  if (dtype > ANN_DTYPE_UINT64)
    return FALSE;

  CONVERT (gint64)
}
