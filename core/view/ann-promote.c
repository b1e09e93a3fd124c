/* ann-promote.c: which type holds the values of several
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-promote-private.h"

#include <float.h>
#include <math.h>

static AnnDtype
make_integer (gboolean is_signed, gsize size)
{
  switch (size)
    {
    case 1:
      return is_signed ? ANN_DTYPE_INT8 : ANN_DTYPE_UINT8;
    case 2:
      return is_signed ? ANN_DTYPE_INT16 : ANN_DTYPE_UINT16;
    case 4:
      return is_signed ? ANN_DTYPE_INT32 : ANN_DTYPE_UINT32;
    default:
      return is_signed ? ANN_DTYPE_INT64 : ANN_DTYPE_UINT64;
    }
}

static AnnDtype
promote_integers (AnnDtype one, AnnDtype other)
{
  const gsize size = ann_dtype_get_size (one);
  const gsize other_size = ann_dtype_get_size (other);
  gsize unsigned_size;

  if (ann_dtype_is_signed (one) == ann_dtype_is_signed (other))
    return size >= other_size ? one : other;

  /* A signed type must be wider than the unsigned one, and nothing is wider than uint64. */
  unsigned_size = ann_dtype_is_signed (one) ? other_size : size;
  if (unsigned_size == 8)
    return ANN_DTYPE_FLOAT64;

  return make_integer (TRUE,
                       MAX (2 * unsigned_size, ann_dtype_is_signed (one) ? size : other_size));
}

/* Bytes of the narrowest float that numpy gives to the real or complex values of a type. */
static gsize
get_float_size (AnnDtype dtype)
{
  if (ann_dtype_is_complex (dtype))
    return ann_dtype_get_size (dtype) / 2;
  if (ann_dtype_is_float (dtype))
    return ann_dtype_get_size (dtype);
  if (dtype == ANN_DTYPE_BOOL)
    return 2;

  return MIN (2 * ann_dtype_get_size (dtype), 8);
}

AnnDtype
_ann_dtype_promote (AnnDtype one, AnnDtype other)
{
  gsize size;

  if (one == other || other == ANN_DTYPE_BOOL)
    return one;
  if (one == ANN_DTYPE_BOOL)
    return other;
  if (ann_dtype_is_integer (one) && ann_dtype_is_integer (other))
    return promote_integers (one, other);

  size = MAX (get_float_size (one), get_float_size (other));
  if (ann_dtype_is_complex (one) || ann_dtype_is_complex (other))
    return size <= 4 ? ANN_DTYPE_COMPLEX64 : ANN_DTYPE_COMPLEX128;

  return size <= 2 ? ANN_DTYPE_FLOAT16 : size == 4 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
}

AnnDtype
_ann_dtype_of_fill (double fill)
{
  return fill == trunc (fill) && fabs (fill) < 0x1p63 ? ANN_DTYPE_INT64 : ANN_DTYPE_FLOAT64;
}

static gboolean
integer_holds (AnnDtype dtype, double value)
{
  const guint bits = (guint) (8 * ann_dtype_get_size (dtype));

  if (ann_dtype_is_signed (dtype))
    return value >= -ldexp (1, (int) bits - 1) && value < ldexp (1, (int) bits - 1);

  return value >= 0 && value < ldexp (1, (int) bits);
}

AnnDtype
_ann_dtype_promote_for (AnnDtype dtype, double fill)
{
  if (dtype == ANN_DTYPE_BOOL)
    return _ann_dtype_of_fill (fill);
  if (ann_dtype_is_integer (dtype))
    return _ann_dtype_of_fill (fill) == ANN_DTYPE_FLOAT64 ? ANN_DTYPE_FLOAT64
           : integer_holds (dtype, fill)                  ? dtype
                                         : _ann_dtype_promote (dtype, ANN_DTYPE_INT64);
  if (dtype == ANN_DTYPE_FLOAT16 && isfinite (fill) && fabs (fill) > 65504)
    dtype = ANN_DTYPE_FLOAT32;
  if (dtype == ANN_DTYPE_FLOAT32 && isfinite (fill) && fabs (fill) > FLT_MAX)
    dtype = ANN_DTYPE_FLOAT64;

  return dtype;
}
