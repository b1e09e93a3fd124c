/* ann-codec-deflate.c: deflate in zlib's wrapper, as HDF5's filter 1 and Zarr's zlib write it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

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
get_decompressor (void)
{
  struct libdeflate_decompressor *decompressor = g_private_get (&decompressors);

  if (decompressor == NULL)
    {
      decompressor = libdeflate_alloc_decompressor ();
      g_private_set (&decompressors, decompressor);
    }

  return decompressor;
}

static gboolean
deflate_decode (G_GNUC_UNUSED const AnnCodec *codec,
                const guint8 *src,
                gsize src_size,
                guint8 *dest,
                gsize capacity,
                gsize *dest_size,
                GError **error)
{
  struct libdeflate_decompressor *decompressor = get_decompressor ();

  if (decompressor == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress gzip");
      return FALSE;
    }

  switch (libdeflate_zlib_decompress (decompressor, src, src_size, dest, capacity, dest_size))
    {
    case LIBDEFLATE_SUCCESS:
      return TRUE;

    case LIBDEFLATE_INSUFFICIENT_SPACE:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The gzip stream holds more than the chunk");
      return FALSE;

    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
    default:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The gzip stream is damaged");
      return FALSE;
    }
}

static const AnnCodecClass deflate_class = { "gzip", deflate_decode };

/**
 * ann_codec_new_deflate:
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for deflate in the wrapper of zlib
 */
AnnCodec *
ann_codec_new_deflate (guint level)
{
  AnnCodec *self = _ann_codec_new (&deflate_class, level, g_strdup_printf ("gzip %u", level));

  self->is_compressor = TRUE;

  return self;
}
