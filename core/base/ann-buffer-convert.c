/* ann-buffer-convert.c: the same values in another type
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-buffer-private.h"

#include "base/ann-error.h"

#include <math.h>
#include <string.h>

/* So many values are taken apart and put together at a time: the choice of the types stays outside
 * the loops, and what lies between them stays in the nearest cache.
 */
#define PIECE 256

/* Values on their way: whole numbers of 64 bits, or doubles. */
typedef struct {
  gboolean is_whole;
  gboolean is_signed; /* of whole ones; else they are guint64 in disguise */
  gsize n;
  gint64 whole[PIECE];
  double real[PIECE];
  double imaginary[PIECE];
} Piece;

static void
load (Piece *piece, AnnDtype dtype, const guint8 *values)
{
  piece->is_whole = dtype <= ANN_DTYPE_UINT64;
  piece->is_signed = ann_dtype_is_signed (dtype);
  memset (piece->imaginary, 0, sizeof piece->imaginary);

  if (piece->is_whole)
    ann_dtype_to_int64 (dtype, values, piece->n, piece->whole);
  else if (!ann_dtype_is_complex (dtype))
    ann_dtype_to_double (dtype, values, piece->n, piece->real);
  else
    {
      for (gsize i = 0; i < piece->n; i++)
        {
          gboolean is_wide = dtype == ANN_DTYPE_COMPLEX128;

          piece->real[i] = is_wide ? ((const double *) values)[2 * i]
                                   : ((const float *) values)[2 * i];
          piece->imaginary[i] = is_wide ? ((const double *) values)[2 * i + 1]
                                        : ((const float *) values)[2 * i + 1];
        }
    }
}

/* Whole numbers for a target of whole numbers. Returns: the first that is none, or the number of
 * them
 */
static gsize
make_whole (Piece *piece)
{
  for (gsize i = 0; !piece->is_whole && i < piece->n; i++)
    {
      double value = piece->real[i];

      /* NaN fails every comparison. */
      if (!(value >= -0x1p63 && value < 0x1p64) || value != trunc (value)
          || piece->imaginary[i] != 0)
        return i;
      piece->whole[i] = value < 0x1p63 ? (gint64) value : (gint64) (guint64) value;
    }

  return piece->n;
}

static void
make_real (Piece *piece)
{
  for (gsize i = 0; piece->is_whole && i < piece->n; i++)
    piece->real[i] = piece->is_signed ? (double) piece->whole[i]
                                      : (double) (guint64) piece->whole[i];
}

/* Whether a number came out of the positive half of 64 bits that no gint64 has. */
static gboolean
is_huge (const Piece *piece, gsize i)
{
  if (piece->is_whole)
    return !piece->is_signed && piece->whole[i] < 0;

  return piece->real[i] >= 0x1p63;
}

#define STORE_WHOLE(CTYPE, MIN, MAX)                                                               \
  for (i = 0; i < piece->n; i++)                                                                   \
    {                                                                                              \
      if (is_huge (piece, i) || piece->whole[i] < (gint64) (MIN)                                   \
          || piece->whole[i] > (gint64) (MAX))                                                     \
        return i;                                                                                  \
      ((CTYPE *) values)[i] = (CTYPE) piece->whole[i];                                             \
    }                                                                                              \
  return i;

static gsize
store_whole (Piece *piece, AnnDtype dtype, guint8 *values)
{
  gsize i = make_whole (piece);

  if (i < piece->n)
    return i;

  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      STORE_WHOLE (guint8, 0, 1)
    case ANN_DTYPE_INT8:
      STORE_WHOLE (gint8, G_MININT8, G_MAXINT8)
    case ANN_DTYPE_INT16:
      STORE_WHOLE (gint16, G_MININT16, G_MAXINT16)
    case ANN_DTYPE_INT32:
      STORE_WHOLE (gint32, G_MININT32, G_MAXINT32)
    case ANN_DTYPE_INT64:
      STORE_WHOLE (gint64, G_MININT64, G_MAXINT64)
    case ANN_DTYPE_UINT8:
      STORE_WHOLE (guint8, 0, G_MAXUINT8)
    case ANN_DTYPE_UINT16:
      STORE_WHOLE (guint16, 0, G_MAXUINT16)
    case ANN_DTYPE_UINT32:
      STORE_WHOLE (guint32, 0, G_MAXUINT32)
    default: /* uint64 */
      for (i = 0; i < piece->n; i++)
        {
          if (piece->whole[i] < 0 && !is_huge (piece, i))
            return i;
          ((guint64 *) values)[i] = (guint64) piece->whole[i];
        }
      return i;
    }
}

guint16
_ann_float_to_half (float value)
{
  guint32 bits;
  guint32 sign;
  guint32 half;
  guint32 rest;
  int exponent;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  exponent = (int) (bits >> 23 & 0xff) - 112;
  bits &= 0x7fffff;
  if (exponent == 143) /* infinity, NaN */
    return (guint16) (sign | 0x7c00 | (bits != 0 ? 0x200 | bits >> 13 : 0));
  if (exponent < -10)
    return (guint16) sign;

  if (exponent > 0)
    {
      half = (guint32) exponent << 10 | bits >> 13;
      rest = (bits & 0x1fff) << 19;
    }
  else /* subnormal */
    {
      bits |= 0x800000;
      half = bits >> (14 - exponent);
      rest = bits << (18 + exponent);
    }
  if (rest > 0x80000000 || (rest == 0x80000000 && (half & 1)))
    half++;

  return (guint16) (sign | MIN (half, 0x7c00));
}

/* As float, but to the odd of the two nearest: what is then rounded once more, to fewer bits, comes
 * out as if it had been rounded once.
 */
static float
double_to_odd_float (double value)
{
  float nearest = (float) value;
  guint32 bits;

  if (isnan (value) || isinf (nearest) || (double) nearest == value)
    return nearest;

  memcpy (&bits, &nearest, sizeof bits);
  if (fabs ((double) nearest) > fabs (value))
    bits--;
  bits |= 1;
  memcpy (&nearest, &bits, sizeof nearest);

  return nearest;
}

guint16
_ann_double_to_half (double value)
{
  return _ann_float_to_half (double_to_odd_float (value));
}

/* Returns: whether @value becomes infinite in a narrower type, which it was not. */
static gboolean
store_float (AnnDtype dtype, double value, guint8 *values, gsize i)
{
  float narrow = (float) value;

  switch ((int) dtype)
    {
    case ANN_DTYPE_FLOAT16:
      ((guint16 *) values)[i] = _ann_double_to_half (value);
      return isfinite (value) && (((guint16 *) values)[i] & 0x7c00) == 0x7c00;
    case ANN_DTYPE_FLOAT32:
      ((float *) values)[i] = narrow;
      return isfinite (value) && !isfinite (narrow);
    default:
      ((double *) values)[i] = value;
      return FALSE;
    }
}

static gsize
store_real (Piece *piece, AnnDtype dtype, guint8 *values)
{
  gsize i;

  make_real (piece);
  for (i = 0; i < piece->n; i++)
    {
      if (piece->imaginary[i] != 0 || store_float (dtype, piece->real[i], values, i))
        break;
    }

  return i;
}

static gsize
store_complex (Piece *piece, AnnDtype dtype, guint8 *values)
{
  AnnDtype part = dtype == ANN_DTYPE_COMPLEX64 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
  gsize i;

  make_real (piece);
  for (i = 0; i < piece->n; i++)
    {
      if (store_float (part, piece->real[i], values, 2 * i)
          || store_float (part, piece->imaginary[i], values, 2 * i + 1))
        break;
    }

  return i;
}

/* Returns: the first value that @dtype cannot hold, or the number of them */
static gsize
store (Piece *piece, AnnDtype dtype, guint8 *values)
{
  if (dtype <= ANN_DTYPE_UINT64)
    return store_whole (piece, dtype, values);
  if (ann_dtype_is_complex (dtype))
    return store_complex (piece, dtype, values);

  return store_real (piece, dtype, values);
}

static void
set_error (const Piece *piece, gsize i, gsize position, AnnDtype dtype, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE + 32];

  if (!piece->is_whole)
    g_ascii_formatd (text, sizeof text, "%.17g", piece->real[i]);
  else if (piece->is_signed)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, piece->whole[i]);
  else
    g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, (guint64) piece->whole[i]);

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "The value at %" G_GSIZE_FORMAT ", %s%s, does not fit into %s", position, text,
               piece->imaginary[i] != 0 ? " and something imaginary" : "",
               ann_dtype_get_name (dtype));
}

/**
 * ann_buffer_convert:
 * @self: a buffer
 * @dtype: a type of numbers
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * Gives the same numbers in another type. Nothing happens to them on the way but rounding of a
 * fraction to what a narrower type of floats has, or of a large whole number made a float: a number
 * that @dtype cannot hold (300 in a byte, 1.5 or NaN in an integer, 10³⁰⁰ in float32) is an error
 * that names it.
 *
 * Returns: (transfer full): @self itself if it has that type already, else a new buffer of its
 *   shape, or %NULL with @error set
 */
AnnBuffer *
ann_buffer_convert (AnnBuffer *self, AnnDtype dtype, GError **error)
{
  g_autoptr (AnnBuffer) result = NULL;
  const guint8 *from;
  guint8 *to;
  AnnDtype stored;
  gsize n;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (ann_dtype_get_size (dtype) > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  stored = ann_buffer_get_dtype (self);
  if (stored == dtype)
    return ann_buffer_ref (self);

  result = ann_buffer_new (dtype, ann_buffer_get_rank (self), ann_buffer_get_shape (self), error);
  if (result == NULL)
    return NULL;

  from = ann_buffer_get_data (self);
  to = ann_buffer_get_data_for_writing (result);
  n = ann_buffer_get_n_elements (self);
  for (gsize done = 0; done < n; done += PIECE)
    {
      Piece piece = { .n = MIN (n - done, PIECE) };
      gsize n_stored;

      load (&piece, stored, from + done * ann_dtype_get_size (stored));
      n_stored = store (&piece, dtype, to + done * ann_dtype_get_size (dtype));
      if (n_stored < piece.n)
        {
          set_error (&piece, n_stored, done + n_stored, dtype, error);
          return NULL;
        }
    }

  return g_steal_pointer (&result);
}
