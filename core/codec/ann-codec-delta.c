/* ann-codec-delta.c: differences between numbers that follow each other: numcodecs' delta
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-number-cast-private.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"

#include <string.h>

/* One loop a type. Sums of whole numbers wrap. The first number is not added to a zero, which
 * would cost it its sign if it is one too.
 */
#define SUM_LOOP(CTYPE, ADD)                                                                       \
  for (guint part = 0; part < n_parts && part < n; part++)                                         \
    {                                                                                              \
      CTYPE sum;                                                                                   \
                                                                                                   \
      memcpy (&sum, values + part * sizeof sum, sizeof sum);                                       \
      for (gsize i = part + n_parts; i < n; i += n_parts)                                          \
        {                                                                                          \
          CTYPE value;                                                                             \
                                                                                                   \
          memcpy (&value, values + i * sizeof value, sizeof value);                                \
          sum = (CTYPE) ADD (sum, value);                                                          \
          memcpy (values + i * sizeof sum, &sum, sizeof sum);                                      \
        }                                                                                          \
    }                                                                                              \
  break;

#define ADD_NUMBERS(A, B) ((A) + (B))

static guint16
add_halves (guint16 a, guint16 b)
{
  const guint16 halves[] = { a, b };
  float values[2];

  ann_dtype_to_float (ANN_DTYPE_FLOAT16, halves, 2, values);

  return _ann_float_to_half (values[0] + values[1]);
}

/* Native numbers of @dtype, in place. Sums have the type that they get, and its rounding. */
static void
sum_up (AnnDtype dtype, guint8 *values, gsize n, guint n_parts)
{
  switch ((int) dtype)
    {
    case ANN_DTYPE_INT8:
    case ANN_DTYPE_UINT8:
      SUM_LOOP (guint8, ADD_NUMBERS)
    case ANN_DTYPE_INT16:
    case ANN_DTYPE_UINT16:
      SUM_LOOP (guint16, ADD_NUMBERS)
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_UINT32:
      SUM_LOOP (guint32, ADD_NUMBERS)
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT64:
      SUM_LOOP (guint64, ADD_NUMBERS)
    case ANN_DTYPE_FLOAT16:
      SUM_LOOP (guint16, add_halves)
    case ANN_DTYPE_FLOAT32:
      SUM_LOOP (float, ADD_NUMBERS)
    case ANN_DTYPE_FLOAT64:
    default:
      SUM_LOOP (double, ADD_NUMBERS)
    }
}

static gboolean
delta_decode (const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  const AnnNumberCast *cast = codec->data;
  gsize n;

  if (!_ann_number_cast_count (cast, codec, src_size, capacity, &n, dest_size, error))
    return FALSE;

  _ann_number_cast_decode (cast, src, dest, n);
  sum_up (cast->decoded, dest, n, cast->n_parts);
  _ann_number_cast_finish (cast, dest, n);

  return TRUE;
}

static gsize
delta_get_encoded_size (const AnnCodec *codec, gsize decoded_size)
{
  return _ann_number_cast_get_encoded_size (codec->data, decoded_size);
}

static const AnnCodecClass delta_class = {
  .name = "delta",
  .decode = delta_decode,
  .get_encoded_size = delta_get_encoded_size,
};

/**
 * ann_codec_new_delta:
 * @decoded: the values
 * @encoded: their differences, as stored
 * @error: return location for an `ANN_ERROR_UNSUPPORTED`
 *
 * Returns: (transfer full): a codec that sums differences up, or %NULL if they are no numbers, or
 *   of kinds that cannot be summed
 */
AnnCodec *
ann_codec_new_delta (const AnnStoredNumber *decoded, const AnnStoredNumber *encoded, GError **error)
{
  g_autofree AnnNumberCast *cast = g_new0 (AnnNumberCast, 1);
  AnnCodec *self;

  if (decoded->dtype == ANN_DTYPE_BOOL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "The codec delta is not read for values of the type bool");
      return NULL;
    }
  if (!_ann_number_cast_init (cast, "delta", decoded, encoded, error))
    return NULL;

  self = _ann_codec_new (&delta_class, 0,
                         g_strdup_printf ("delta %s", ann_dtype_get_name (encoded->dtype)));
  self->data = g_steal_pointer (&cast);

  return self;
}
