/* ann-codec-bzip2.c: a bzip2 stream, as HDF5's filter 307 and Zarr's bz2 write it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <bzlib.h>

static gboolean
bzip2_decode (G_GNUC_UNUSED const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  unsigned int n = (unsigned int) MIN (capacity, G_MAXUINT);
  char nothing;

  if (src_size > G_MAXUINT)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                           "A bzip2 stream of more than 4 GiB is not read");
      return FALSE;
    }

  /* It wants an address, even of nothing, and does not change its source. */
  switch (BZ2_bzBuffToBuffDecompress (dest != NULL ? (char *) dest : &nothing, &n, (char *) src,
                                      (unsigned int) src_size, 0, 0))
    {
    case BZ_OK:
      *dest_size = n;
      return TRUE;

    case BZ_MEM_ERROR:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress bzip2");
      return FALSE;

    case BZ_OUTBUFF_FULL:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The bzip2 stream holds more than the chunk");
      return FALSE;

    default:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The bzip2 stream is damaged");
      return FALSE;
    }
}

static const AnnCodecClass bzip2_class = { "bzip2", bzip2_decode };

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
