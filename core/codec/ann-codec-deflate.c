/* ann-codec-deflate.c: deflate in zlib's wrapper (HDF5's filter 1, Zarr's zlib) or in gzip's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "codec/ann-inflate-private.h"

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

/* Below, the tables take _ann_inflate() longer than it saves: at 16 KB of column numbers it was as
 * quick as libdeflate, at 2 KB nearly half.
 */
#define MIN_QUICK_SIZE ((gsize) 32 * 1024)

/* RFC 1950: two bytes, deflate, a checksum. Returns: %FALSE if it was left to the library */
static gboolean
unpack_zlib_quickly (const guint8 *src,
                     gsize src_size,
                     guint8 *dest,
                     gsize capacity,
                     gsize *dest_size)
{
  gsize n_read;

  if (capacity < MIN_QUICK_SIZE || src_size < 6 || (src[0] & 0x8f) != 8
      || (src[0] << 8 | src[1]) % 31 != 0 || (src[1] & 0x20) != 0)
    return FALSE;

  return _ann_inflate (src + 2, src_size - 6, dest, capacity, &n_read, dest_size)
         && libdeflate_adler32 (1, dest, *dest_size) == _ann_read_be32 (src + 2 + n_read);
}

/* RFC 1952: ten bytes of a member without names and comments, deflate, a checksum and the size.
 * More than one member, and what may follow, is left to the library.
 */
static gboolean
unpack_gzip_quickly (const guint8 *src,
                     gsize src_size,
                     guint8 *dest,
                     gsize capacity,
                     gsize *dest_size)
{
  gsize n_read;

  if (capacity < MIN_QUICK_SIZE || src_size < 18 || src[0] != 0x1f || src[1] != 0x8b || src[2] != 8
      || src[3] != 0 || _ann_read_le32 (src + src_size - 4) > capacity)
    return FALSE;

  return _ann_inflate (src + 10, src_size - 18, dest, capacity, &n_read, dest_size)
         && n_read == src_size - 18
         && libdeflate_crc32 (0, dest, *dest_size) == _ann_read_le32 (src + 10 + n_read)
         && (guint32) *dest_size == _ann_read_le32 (src + 14 + n_read);
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
  struct libdeflate_decompressor *decompressor;

  if (unpack_zlib_quickly (src, src_size, dest, capacity, dest_size))
    return TRUE;

  decompressor = get_decompressor (error);

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
  struct libdeflate_decompressor *decompressor;
  gsize n_done = 0;

  if (unpack_gzip_quickly (src, src_size, dest, capacity, dest_size))
    return TRUE;

  decompressor = get_decompressor (error);
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

/* --- Encoding --- */

typedef struct {
  struct libdeflate_compressor *compressor;
  int level;
} Compressor;

static void
free_compressor (gpointer data)
{
  Compressor *self = data;

  libdeflate_free_compressor (self->compressor);
  g_free (self);
}

/* Some 100 KB up to 1 MB, one for each thread that encodes, of the level that it used last. */
static GPrivate compressors = G_PRIVATE_INIT (free_compressor);

static struct libdeflate_compressor *
get_compressor (int level, GError **error)
{
  Compressor *self = g_private_get (&compressors);

  if (self == NULL)
    {
      self = g_new0 (Compressor, 1);
      g_private_set (&compressors, self);
    }
  if (self->compressor == NULL || self->level != level)
    {
      g_clear_pointer (&self->compressor, libdeflate_free_compressor);
      self->compressor = libdeflate_alloc_compressor (level);
      self->level = level;
    }
  if (self->compressor == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "There is no memory to compress by gzip at level %d", level);

  return self->compressor;
}

typedef size_t (*Compress) (struct libdeflate_compressor *compressor,
                            const void *src,
                            size_t src_size,
                            void *dest,
                            size_t capacity);

static gboolean
compress_by (Compress compress,
             const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  struct libdeflate_compressor *compressor = get_compressor (codec->parameter, error);

  if (compressor == NULL)
    return FALSE;

  *dest_size = compress (compressor, src, src_size, dest, capacity);

  return *dest_size > 0 || _ann_codec_set_no_room (codec, error);
}

static gboolean
zlib_encode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  return compress_by (libdeflate_zlib_compress, codec, src, src_size, dest, capacity, dest_size,
                      error);
}

static gboolean
gzip_encode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  return compress_by (libdeflate_gzip_compress, codec, src, src_size, dest, capacity, dest_size,
                      error);
}

static const AnnCodecClass deflate_class = {
  .name = "gzip",
  .encode = zlib_encode,
  .decode = zlib_decode,
};
static const AnnCodecClass zlib_class = {
  .name = "zlib",
  .encode = zlib_encode,
  .decode = zlib_decode,
};
static const AnnCodecClass gzip_class = {
  .name = "gzip",
  .encode = gzip_encode,
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
