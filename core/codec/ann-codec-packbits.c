/* ann-codec-packbits.c: eight truth values in a byte, as numcodecs' packbits writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

/* First is a byte that says how many bits of the last byte mean nothing; the first value of a byte
 * is its highest bit.
 */
static gboolean
packbits_decode (const AnnCodec *codec,
                 const guint8 *src,
                 gsize src_size,
                 guint8 *dest,
                 gsize capacity,
                 gsize *dest_size,
                 GError **error)
{
  gsize n_bytes = src_size - 1;
  gsize n;

  if (src_size == 0 || src[0] > 7 || (n_bytes == 0 && src[0] > 0) || n_bytes > G_MAXSIZE / 8)
    return _ann_codec_set_damaged (codec, error);

  n = n_bytes * 8 - src[0];
  if (n > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);

  src++;
  for (gsize i = 0; i < n; i++)
    dest[i] = src[i / 8] >> (7 - i % 8) & 1;
  *dest_size = n;

  return TRUE;
}

static gsize
packbits_get_encoded_size (G_GNUC_UNUSED const AnnCodec *codec, gsize decoded_size)
{
  return 1 + decoded_size / 8 + (decoded_size % 8 != 0);
}

static const AnnCodecClass packbits_class = {
  .name = "packbits",
  .decode = packbits_decode,
  .get_encoded_size = packbits_get_encoded_size,
};

/**
 * ann_codec_new_packbits:
 *
 * Returns: (transfer full): a codec that gives each bit a byte
 */
AnnCodec *
ann_codec_new_packbits (void)
{
  return _ann_codec_new (&packbits_class, 0, g_strdup ("packbits"));
}
