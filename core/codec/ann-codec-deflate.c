/* ann-codec-deflate.c: deflate in zlib's wrapper (HDF5's filter 1, Zarr's zlib) or in gzip's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"

#include <libdeflate.h>

static void
free_decompressor (gpointer data)
{
  libdeflate_free_decompressor (data);
}

/* 30 KB of tables, one for each thread that decodes. */
static GPrivate decompressors = G_PRIVATE_INIT (free_decompressor);

static struct libdeflate_decompressor *
get_decompressor (GError **error)
{
  struct libdeflate_decompressor *decompressor = g_private_get (&decompressors);

  if (decompressor == NULL)
    {
      decompressor = libdeflate_alloc_decompressor ();
      g_private_set (&decompressors, decompressor);
    }
  if (decompressor == NULL)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress gzip");

  return decompressor;
}

gboolean
_ann_codec_unpack_zlib (const AnnCodec *self,
                        const guint8 *src,
                        gsize src_size,
                        guint8 *dest,
                        gsize n,
                        GError **error)
{
  struct libdeflate_decompressor *decompressor = get_decompressor (error);
  gsize n_decoded = 0;

  if (decompressor == NULL)
    return FALSE;

  return (libdeflate_zlib_decompress (decompressor, src, src_size, dest, n, &n_decoded)
              == LIBDEFLATE_SUCCESS
          && n_decoded == n)
         || _ann_codec_set_damaged (self, error);
}

static gboolean
check_result (const AnnCodec *codec,
              enum libdeflate_result result,
              gsize *dest_size,
              GError **error)
{
  switch (result)
    {
    case LIBDEFLATE_SUCCESS:
      return TRUE;

    case LIBDEFLATE_INSUFFICIENT_SPACE:
      return _ann_codec_set_too_long (codec, dest_size, error);

    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
    default:
      return _ann_codec_set_damaged (codec, error);
    }
}

static gboolean
zlib_decode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  struct libdeflate_decompressor *decompressor = get_decompressor (error);

  return decompressor != NULL
         && check_result (
             codec,
             libdeflate_zlib_decompress (decompressor, src, src_size, dest, capacity, dest_size),
             dest_size, error);
}

/* RFC 1952: a stream is one member or several, one after the other. As gzip does, zeros behind
 * them are passed over.
 */
static gboolean
gzip_decode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  struct libdeflate_decompressor *decompressor = get_decompressor (error);
  gsize n_done = 0;

  if (decompressor == NULL)
    return FALSE;

  do
    {
      gsize n_read = 0;
      gsize n = 0;

      if (!check_result (codec,
                         libdeflate_gzip_decompress_ex (decompressor, src, src_size, dest + n_done,
                                                        capacity - n_done, &n_read, &n),
                         dest_size, error))
        return FALSE;
      src += n_read;
      src_size -= n_read;
      n_done += n;

      for (; src_size > 0 && *src == 0; src_size--)
        src++;
    }
  while (src_size > 0);
  *dest_size = n_done;

  return TRUE;
}

/* The last member's, modulo 2^32. */
static guint64
gzip_guess_decoded_size (const guint8 *src, gsize src_size)
{
  return src_size > 4 ? _ann_read_le32 (src + src_size - 4) : 0;
}

static const AnnCodecClass deflate_class = { .name = "gzip", .decode = zlib_decode };
static const AnnCodecClass zlib_class = { .name = "zlib", .decode = zlib_decode };
static const AnnCodecClass gzip_class = {
  .name = "gzip",
  .decode = gzip_decode,
  .guess_decoded_size = gzip_guess_decoded_size,
};

static AnnCodec *
new_codec (const AnnCodecClass *klass, guint level)
{
  AnnCodec *self = _ann_codec_new (klass, level, g_strdup_printf ("%s %u", klass->name, level));

  self->is_compressor = TRUE;

  return self;
}

/**
 * ann_codec_new_deflate:
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for deflate in the wrapper of zlib, which HDF5 calls gzip
 */
AnnCodec *
ann_codec_new_deflate (guint level)
{
  return new_codec (&deflate_class, level);
}

/**
 * ann_codec_new_zlib:
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for deflate in the wrapper of zlib, as Zarr calls it
 */
AnnCodec *
ann_codec_new_zlib (guint level)
{
  return new_codec (&zlib_class, level);
}

/**
 * ann_codec_new_gzip:
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for deflate in the wrapper of gzip, of any number of members
 */
AnnCodec *
ann_codec_new_gzip (guint level)
{
  return new_codec (&gzip_class, level);
}
