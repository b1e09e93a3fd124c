/* ann-codec-lz4.c: one LZ4 block behind its size, as numcodecs' lz4 writes it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"

#include <lz4.h>

/* In front of the block is its decoded size (32 bits, little-endian). */
#define HEADER_SIZE 4

static gboolean
lz4_decode (const AnnCodec *codec,
            const guint8 *src,
            gsize src_size,
            guint8 *dest,
            gsize capacity,
            gsize *dest_size,
            GError **error)
{
  gsize size;

  if (src_size < HEADER_SIZE || src_size > LZ4_MAX_INPUT_SIZE)
    return _ann_codec_set_damaged (codec, error);

  size = _ann_read_le32 (src);
  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (size > LZ4_MAX_INPUT_SIZE
      || LZ4_decompress_safe ((const char *) src + HEADER_SIZE, (char *) dest,
                              (int) (src_size - HEADER_SIZE), (int) size)
             != (int) size)
    return _ann_codec_set_damaged (codec, error);
  *dest_size = size;

  return TRUE;
}

static guint64
lz4_guess_decoded_size (const guint8 *src, gsize src_size)
{
  return src_size >= HEADER_SIZE ? _ann_read_le32 (src) : 0;
}

static gboolean
lz4_encode (const AnnCodec *codec,
            const guint8 *src,
            gsize src_size,
            guint8 *dest,
            gsize capacity,
            gsize *dest_size,
            GError **error)
{
  int n;

  if (src_size > LZ4_MAX_INPUT_SIZE || capacity < HEADER_SIZE)
    return _ann_codec_set_no_room (codec, error);

  _ann_write_le32 (dest, (guint32) src_size);
  n = LZ4_compress_default ((const char *) src, (char *) dest + HEADER_SIZE, (int) src_size,
                            (int) MIN (capacity - HEADER_SIZE, G_MAXINT));
  if (n <= 0)
    return _ann_codec_set_no_room (codec, error);
  *dest_size = HEADER_SIZE + (gsize) n;

  return TRUE;
}

static const AnnCodecClass lz4_class = {
  .name = "lz4",
  .encode = lz4_encode,
  .decode = lz4_decode,
  .guess_decoded_size = lz4_guess_decoded_size,
};

/**
 * ann_codec_new_lz4:
 *
 * Returns: (transfer full): a codec for LZ4 as numcodecs has it
 */
AnnCodec *
ann_codec_new_lz4 (void)
{
  AnnCodec *self = _ann_codec_new (&lz4_class, 0, g_strdup ("lz4"));

  self->is_compressor = TRUE;

  return self;
}
