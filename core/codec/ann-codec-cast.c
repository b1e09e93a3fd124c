/* ann-codec-cast.c: numbers stored as numbers of another type: numcodecs' astype and quantize
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-number-cast-private.h"

static gboolean
cast_decode (const AnnCodec *codec,
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
  _ann_number_cast_finish (cast, dest, n);

  return TRUE;
}

static gsize
cast_get_encoded_size (const AnnCodec *codec, gsize decoded_size)
{
  return _ann_number_cast_get_encoded_size (codec->data, decoded_size);
}

static const AnnCodecClass cast_class = {
  .name = "astype",
  .decode = cast_decode,
  .get_encoded_size = cast_get_encoded_size,
};

/**
 * ann_codec_new_cast:
 * @name: what the store calls the codec, such as `astype`, for its description
 * @decoded: the values
 * @encoded: what is stored of them
 * @error: return location for an `ANN_ERROR_UNSUPPORTED`
 *
 * Numbers change as numpy's `astype ()` changes them: fractions are cut off, what does not fit
 * loses its upper bits.
 *
 * Returns: (transfer full): a codec that gives numbers their type back, or %NULL if they are no
 *   numbers, or complex on one side alone
 */
AnnCodec *
ann_codec_new_cast (const char *name,
                    const AnnStoredNumber *decoded,
                    const AnnStoredNumber *encoded,
                    GError **error)
{
  g_autofree AnnNumberCast *cast = g_new0 (AnnNumberCast, 1);
  AnnCodec *self;

  if (!_ann_number_cast_init (cast, name, decoded, encoded, error))
    return NULL;

  self = _ann_codec_new (&cast_class, 0,
                         g_strdup_printf ("%s %s", name, ann_dtype_get_name (encoded->dtype)));
  self->data = g_steal_pointer (&cast);

  return self;
}
