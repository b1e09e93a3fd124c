/* ann-codec-bzip2.c: bzip2 streams, as HDF5's filter 307 and Zarr's bz2 write them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <bzlib.h>

static void
clear_stream (bz_stream *stream)
{
  BZ2_bzDecompressEnd (stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (bz_stream, clear_stream)

/* Its counters have 32 bits. */
static void
set_room (bz_stream *stream, gsize n_in, gsize n_out)
{
  stream->avail_in = (unsigned int) MIN (n_in, G_MAXUINT);
  stream->avail_out = (unsigned int) MIN (n_out, G_MAXUINT);
}

/* Takes one stream. Sets how much it read and wrote. */
static int
decode_stream (const guint8 *src,
               gsize src_size,
               guint8 *dest,
               gsize capacity,
               gsize *n_in,
               gsize *n_out)
{
  g_auto (bz_stream) stream = { .next_in = (char *) src, .next_out = (char *) dest };
  int status = BZ2_bzDecompressInit (&stream, 0, 0);

  *n_in = *n_out = 0;
  while (status == BZ_OK)
    {
      gsize before;

      set_room (&stream, src_size - *n_in, capacity - *n_out);
      before = (gsize) stream.avail_in + stream.avail_out;
      *n_in += stream.avail_in;
      *n_out += stream.avail_out;
      status = BZ2_bzDecompress (&stream);
      *n_in -= stream.avail_in;
      *n_out -= stream.avail_out;
      if (status == BZ_OK && before == (gsize) stream.avail_in + stream.avail_out)
        return *n_out == capacity ? BZ_OUTBUFF_FULL : BZ_UNEXPECTED_EOF;
    }

  return status;
}

/* As bzip2 does, takes streams that follow each other, and what is none behind them as nothing. */
static gboolean
bzip2_decode (const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  gsize n_done = 0;
  gboolean is_first = TRUE;

  for (;; is_first = FALSE)
    {
      gsize n_in;
      gsize n_out;

      switch (decode_stream (src, src_size, dest + n_done, capacity - n_done, &n_in, &n_out))
        {
        case BZ_STREAM_END:
          src += n_in;
          src_size -= n_in;
          n_done += n_out;
          if (src_size > 0)
            continue;
          break;

        case BZ_DATA_ERROR_MAGIC:
          if (is_first)
            return _ann_codec_set_damaged (codec, error);
          break;

        case BZ_MEM_ERROR:
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                               "No memory to decompress bzip2");
          return FALSE;

        case BZ_OUTBUFF_FULL:
          return _ann_codec_set_too_long (codec, dest_size, error);

        default:
          return _ann_codec_set_damaged (codec, error);
        }

      *dest_size = n_done;
      return TRUE;
    }
}

static const AnnCodecClass bzip2_class = { .name = "bzip2", .decode = bzip2_decode };

/**
 * ann_codec_new_bzip2:
 * @level: the writer's block size in 100,000 bytes, 1 to 9
 *
 * Returns: (transfer full): a codec for bzip2
 */
AnnCodec *
ann_codec_new_bzip2 (guint level)
{
  AnnCodec *self = _ann_codec_new (&bzip2_class, level, g_strdup_printf ("bzip2 %u", level));

  self->is_compressor = TRUE;

  return self;
}
