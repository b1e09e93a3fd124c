/* ann-number-cast.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-number-cast-private.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"

#include <string.h>

static gboolean
is_number (AnnDtype dtype)
{
  return dtype <= ANN_DTYPE_COMPLEX128;
}

static AnnDtype
get_part (AnnDtype dtype)
{
  if (!ann_dtype_is_complex (dtype))
    return dtype;

  return dtype == ANN_DTYPE_COMPLEX64 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;
}

gboolean
_ann_number_cast_init (AnnNumberCast *self,
                       const char *codec_name,
                       const AnnStoredNumber *decoded,
                       const AnnStoredNumber *encoded,
                       GError **error)
{
  const gboolean is_big_here = G_BYTE_ORDER == G_BIG_ENDIAN;

  if (!is_number (decoded->dtype) || !is_number (encoded->dtype)
      || ann_dtype_is_complex (decoded->dtype) != ann_dtype_is_complex (encoded->dtype))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "The codec %s is not read between values of the types %s and %s", codec_name,
                   ann_dtype_get_name (encoded->dtype), ann_dtype_get_name (decoded->dtype));
      return FALSE;
    }

  self->n_parts = ann_dtype_is_complex (decoded->dtype) ? 2 : 1;
  self->decoded = get_part (decoded->dtype);
  self->encoded = get_part (encoded->dtype);
  self->decoded_size = ann_dtype_get_size (self->decoded);
  self->encoded_size = ann_dtype_get_size (self->encoded);
  self->is_decoded_swapped = self->decoded_size > 1
                             && (decoded->is_big_endian != FALSE) != is_big_here;
  self->is_encoded_swapped = self->encoded_size > 1
                             && (encoded->is_big_endian != FALSE) != is_big_here;

  return TRUE;
}

gboolean
_ann_number_cast_count (const AnnNumberCast *self,
                        const AnnCodec *codec,
                        gsize src_size,
                        gsize capacity,
                        gsize *n,
                        gsize *dest_size,
                        GError **error)
{
  if (src_size % (self->encoded_size * self->n_parts) != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " bytes are not values of the codec %s", src_size,
                   codec->klass->name);
      return FALSE;
    }

  *n = src_size / self->encoded_size;
  if (*n > capacity / self->decoded_size)
    return _ann_codec_set_too_long (codec, dest_size, error);
  *dest_size = *n * self->decoded_size;

  return TRUE;
}

gsize
_ann_number_cast_get_encoded_size (const AnnNumberCast *self, gsize decoded_size)
{
  gsize n = decoded_size / self->decoded_size + (decoded_size % self->decoded_size != 0);
  gsize size;

  return g_size_checked_mul (&size, n, self->encoded_size) ? size : G_MAXSIZE;
}

/* What a piece consists of on its way: whole numbers, or doubles. */
typedef union {
  gint64 whole[ANN_NUMBER_PIECE];
  double real[ANN_NUMBER_PIECE];
} Piece;

/* Puts at most a piece where numbers must lie, in native byte order. */
static void
copy_numbers (const guint8 *src, guint8 *dest, gsize n, gsize size, gboolean is_swapped)
{
  if (is_swapped)
    _ann_codec_swap_bytes (src, dest, n * size, size);
  else
    memcpy (dest, src, n * size);
}

#define STORE(CTYPE, FROM)                                                                         \
  for (gsize i = 0; i < n; i++)                                                                    \
    ((CTYPE *) to)[i] = (CTYPE) FROM[i];                                                           \
  break;

/* What does not fit loses its upper bits, as in C. */
static void
store_whole (AnnDtype dtype, const gint64 *from, gboolean is_unsigned, gpointer to, gsize n)
{
  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      for (gsize i = 0; i < n; i++)
        ((guint8 *) to)[i] = from[i] != 0;
      break;
    case ANN_DTYPE_INT8:
    case ANN_DTYPE_UINT8:
      STORE (guint8, from)
    case ANN_DTYPE_INT16:
    case ANN_DTYPE_UINT16:
      STORE (guint16, from)
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_UINT32:
      STORE (guint32, from)
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT64:
      STORE (guint64, from)
    case ANN_DTYPE_FLOAT16:
      for (gsize i = 0; i < n; i++)
        ((guint16 *) to)[i] = _ann_float_to_half (is_unsigned ? (float) (guint64) from[i]
                                                              : (float) from[i]);
      break;
    case ANN_DTYPE_FLOAT32:
      if (is_unsigned)
        {
          for (gsize i = 0; i < n; i++)
            ((float *) to)[i] = (float) (guint64) from[i];
          break;
        }
      STORE (float, from)
    default:
      if (is_unsigned)
        {
          for (gsize i = 0; i < n; i++)
            ((double *) to)[i] = (double) (guint64) from[i];
          break;
        }
      STORE (double, from)
    }
}

/* Toward zero. What no 64 bits hold, and NaN, becomes the lowest number, as x86 has it. */
static gint64
truncate_double (double value)
{
  if (value >= -0x1p63 && value < 0x1p63)
    return (gint64) value;
  if (value >= 0x1p63 && value < 0x1p64)
    return (gint64) (guint64) value;

  return G_MININT64;
}

static void
store_real (AnnDtype dtype, const double *from, gpointer to, gsize n)
{
  gint64 whole[ANN_NUMBER_PIECE];

  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      for (gsize i = 0; i < n; i++)
        ((guint8 *) to)[i] = from[i] != 0;
      break;
    case ANN_DTYPE_FLOAT16:
      for (gsize i = 0; i < n; i++)
        ((guint16 *) to)[i] = _ann_double_to_half (from[i]);
      break;
    case ANN_DTYPE_FLOAT32:
      STORE (float, from)
    case ANN_DTYPE_FLOAT64:
      memcpy (to, from, n * sizeof (double));
      break;
    default:
      for (gsize i = 0; i < n; i++)
        whole[i] = truncate_double (from[i]);
      store_whole (dtype, whole, FALSE, to, n);
      break;
    }
}

void
_ann_number_cast_load (const AnnNumberCast *self, const guint8 *src, double *to, gsize n)
{
  guint64 numbers[ANN_NUMBER_PIECE];

  copy_numbers (src, (guint8 *) numbers, n, self->encoded_size, self->is_encoded_swapped);
  ann_dtype_to_double (self->encoded, numbers, n, to);
}

void
_ann_number_cast_store (const AnnNumberCast *self, const double *from, guint8 *dest, gsize n)
{
  guint64 numbers[ANN_NUMBER_PIECE];

  store_real (self->decoded, from, numbers, n);
  memcpy (dest, numbers, n * self->decoded_size);
}

void
_ann_number_cast_decode (const AnnNumberCast *self, const guint8 *src, guint8 *dest, gsize n)
{
  if (self->encoded == self->decoded)
    {
      copy_numbers (src, dest, n, self->encoded_size, self->is_encoded_swapped);
      return;
    }

  for (gsize done = 0; done < n; done += ANN_NUMBER_PIECE)
    {
      const guint8 *from = src + done * self->encoded_size;
      guint8 *to = dest + done * self->decoded_size;
      gsize n_now = MIN (n - done, ANN_NUMBER_PIECE);
      guint64 numbers[ANN_NUMBER_PIECE];
      Piece piece;

      if (self->encoded > ANN_DTYPE_UINT64)
        {
          _ann_number_cast_load (self, from, piece.real, n_now);
          _ann_number_cast_store (self, piece.real, to, n_now);
          continue;
        }

      copy_numbers (from, (guint8 *) numbers, n_now, self->encoded_size, self->is_encoded_swapped);
      ann_dtype_to_int64 (self->encoded, numbers, n_now, piece.whole);
      store_whole (self->decoded, piece.whole, self->encoded == ANN_DTYPE_UINT64, numbers, n_now);
      memcpy (to, numbers, n_now * self->decoded_size);
    }
}

void
_ann_number_cast_finish (const AnnNumberCast *self, guint8 *dest, gsize n)
{
  if (self->is_decoded_swapped)
    _ann_codec_swap_bytes (dest, dest, n * self->decoded_size, self->decoded_size);
}
