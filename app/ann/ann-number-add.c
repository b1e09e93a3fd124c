/* ann-number-add.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-number-add.h"

#include <math.h>
#include <string.h>

/* The half float nearest to @value, ties to even. */
static guint16
make_half (float value)
{
  guint16 sign = signbit (value) ? 0x8000 : 0;
  float magnitude = fabsf (value);
  int exponent;

  if (isnan (value))
    return 0x7e00;
  if (magnitude >= 65520)
    return sign | 0x7c00;
  if (magnitude == 0)
    return sign;

  /* In steps of 2^-24 below the smallest normal number, else of 2^-10 of its power of two. The bits
   * of exponent and mantissa run on, so rounding up into the next power just works.
   */
  frexpf (magnitude, &exponent);
  exponent = MAX (exponent, -13);

  return (guint16) (sign + ((guint) (exponent + 13) << 10)
                    + (guint) nearbyintf (ldexpf (magnitude, 11 - exponent)));
}

#define ADD(Type)                                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    Type a, b;                                                                                     \
    memcpy (&a, to, sizeof a);                                                                     \
    memcpy (&b, value, sizeof b);                                                                  \
    a = (Type) (a + b);                                                                            \
    memcpy (to, &a, sizeof a);                                                                     \
  }                                                                                                \
  G_STMT_END

/* Adds in the type itself, as numpy does: integers wrap around, bools are joined by `or`. This
 * is how several entries of a sparse matrix for one cell become its value.
 */
void
ann_number_add (AnnDtype dtype, gpointer to, gconstpointer value)
{
  gsize half = ann_dtype_get_size (dtype) / 2;
  float sum, other;
  guint16 bits;

  switch (dtype)
    {
    case ANN_DTYPE_BOOL:
      *(guint8 *) to |= *(const guint8 *) value;
      break;
    case ANN_DTYPE_INT8:
    case ANN_DTYPE_UINT8:
      ADD (guint8);
      break;
    case ANN_DTYPE_INT16:
    case ANN_DTYPE_UINT16:
      ADD (guint16);
      break;
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_UINT32:
      ADD (guint32);
      break;
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT64:
      ADD (guint64);
      break;
    case ANN_DTYPE_FLOAT16:
      ann_dtype_to_float (dtype, to, 1, &sum);
      ann_dtype_to_float (dtype, value, 1, &other);
      bits = make_half (sum + other);
      memcpy (to, &bits, sizeof bits);
      break;
    case ANN_DTYPE_FLOAT32:
      ADD (float);
      break;
    case ANN_DTYPE_FLOAT64:
      ADD (double);
      break;
    case ANN_DTYPE_COMPLEX64:
    case ANN_DTYPE_COMPLEX128:
      dtype = dtype == ANN_DTYPE_COMPLEX64 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
      ann_number_add (dtype, to, value);
      ann_number_add (dtype, (guint8 *) to + half, (const guint8 *) value + half);
      break;
    case ANN_DTYPE_STRING:
    case ANN_DTYPE_BYTES:
    case ANN_DTYPE_RECORD:
    case ANN_DTYPE_OPAQUE:
    case ANN_DTYPE_SEQUENCE:
    case ANN_DTYPE_OTHER:
    default:
      g_assert_not_reached ();
    }
}

#undef ADD
