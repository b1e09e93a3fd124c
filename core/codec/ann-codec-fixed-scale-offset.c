/* ann-codec-fixed-scale-offset.c: numbers less an offset, times a scale: numcodecs'
 * fixedscaleoffset
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-number-cast-private.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"

typedef struct {
  AnnNumberCast cast;
  double scale;
  double offset;
} Parameters;

/* To what the type of the stored numbers holds: in it, or in doubles where they are whole, numpy
 * divides and adds. The sum or quotient of two such floats comes out the same by way of doubles.
 */
static double
round_to (AnnDtype dtype, double value)
{
  if (dtype == ANN_DTYPE_FLOAT32)
    return (float) value;
  if (dtype == ANN_DTYPE_FLOAT16)
    {
      guint16 half = _ann_double_to_half (value);

      ann_dtype_to_double (ANN_DTYPE_FLOAT16, &half, 1, &value);
    }

  return value;
}

static gboolean
fixed_scale_offset_decode (const AnnCodec *codec,
                           const guint8 *src,
                           gsize src_size,
                           guint8 *dest,
                           gsize capacity,
                           gsize *dest_size,
                           GError **error)
{
  const Parameters *parameters = codec->data;
  const AnnNumberCast *cast = &parameters->cast;
  gsize n;

  if (!_ann_number_cast_count (cast, codec, src_size, capacity, &n, dest_size, error))
    return FALSE;

  for (gsize done = 0; done < n; done += ANN_NUMBER_PIECE)
    {
      gsize n_now = MIN (n - done, ANN_NUMBER_PIECE);
      double values[ANN_NUMBER_PIECE];

      _ann_number_cast_load (cast, src + done * cast->encoded_size, values, n_now);
      for (gsize i = 0; i < n_now; i++)
        {
          values[i] = round_to (cast->encoded, values[i] / parameters->scale);
          values[i] = round_to (cast->encoded, values[i] + parameters->offset);
        }
      _ann_number_cast_store (cast, values, dest + done * cast->decoded_size, n_now);
    }
  _ann_number_cast_finish (cast, dest, n);

  return TRUE;
}

static gsize
fixed_scale_offset_get_encoded_size (const AnnCodec *codec, gsize decoded_size)
{
  const Parameters *parameters = codec->data;

  return _ann_number_cast_get_encoded_size (&parameters->cast, decoded_size);
}

static const AnnCodecClass fixed_scale_offset_class = {
  .name = "fixedscaleoffset",
  .decode = fixed_scale_offset_decode,
  .get_encoded_size = fixed_scale_offset_get_encoded_size,
};

static char *
describe (double scale, double offset)
{
  char scale_text[G_ASCII_DTOSTR_BUF_SIZE];
  char offset_text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (scale_text, sizeof scale_text, "%.6g", scale);
  g_ascii_formatd (offset_text, sizeof offset_text, "%.6g", offset);

  return g_strdup_printf ("fixedscaleoffset %s %s", scale_text, offset_text);
}

/**
 * ann_codec_new_fixed_scale_offset:
 * @scale: what stored numbers are divided by
 * @offset: what is then added
 * @decoded: the values
 * @encoded: what is stored of them
 * @error: return location for an `ANN_ERROR_UNSUPPORTED`
 *
 * Returns: (transfer full): a codec for numbers that were scaled, or %NULL if they are no real
 *   numbers
 */
AnnCodec *
ann_codec_new_fixed_scale_offset (double scale,
                                  double offset,
                                  const AnnStoredNumber *decoded,
                                  const AnnStoredNumber *encoded,
                                  GError **error)
{
  g_autofree Parameters *parameters = g_new0 (Parameters, 1);
  AnnCodec *self;

  if (!_ann_number_cast_init (&parameters->cast, "fixedscaleoffset", decoded, encoded, error))
    return NULL;
  if (parameters->cast.n_parts > 1)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "The codec fixedscaleoffset is not read for complex numbers");
      return NULL;
    }

  /* A number beside an array takes the array's type. */
  parameters->scale = round_to (parameters->cast.encoded, scale);
  parameters->offset = round_to (parameters->cast.encoded, offset);
  self = _ann_codec_new (&fixed_scale_offset_class, 0, describe (scale, offset));
  self->data = g_steal_pointer (&parameters);

  return self;
}
