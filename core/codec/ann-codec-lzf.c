/* ann-codec-lzf.c: LZF streams, as HDF5's filter 32000 (h5py's `lzf`) writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <string.h>

/* A stream is a row of instructions. A first byte below 32 says how many bytes, less one, to take
 * as they are. Else its upper three bits are the length of a repetition, less two (7: the next
 * byte is added), its lower five with the next byte say how far back it begins, less one.
 */

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The lzf stream is damaged");

  return FALSE;
}

static gboolean
lzf_decode (G_GNUC_UNUSED const AnnCodec *codec,
            const guint8 *src,
            gsize src_size,
            guint8 *dest,
            gsize capacity,
            gsize *dest_size,
            GError **error)
{
  const guint8 *in = src;
  const guint8 *in_end = src + src_size;
  gsize n_out = 0;

  while (in < in_end)
    {
      guint control = *in++;
      gsize length;
      gsize distance;

      if (control < 32)
        {
          length = control + 1;
          if (length > (gsize) (in_end - in) || length > capacity - n_out)
            return set_damaged (error);
          memcpy (dest + n_out, in, length);
          in += length;
          n_out += length;
          continue;
        }

      length = control >> 5;
      if (length == 7)
        {
          if (in == in_end)
            return set_damaged (error);
          length += *in++;
        }
      length += 2;

      if (in == in_end)
        return set_damaged (error);
      distance = ((gsize) (control & 31) << 8 | *in++) + 1;
      if (distance > n_out || length > capacity - n_out)
        return set_damaged (error);

      if (distance >= length)
        {
          memcpy (dest + n_out, dest + n_out - distance, length);
          n_out += length;
        }
      else /* it repeats what it has just written */
        {
          for (; length > 0; length--, n_out++)
            dest[n_out] = dest[n_out - distance];
        }
    }
  *dest_size = n_out;

  return TRUE;
}

static const AnnCodecClass lzf_class = { .name = "lzf", .decode = lzf_decode };

/**
 * ann_codec_new_lzf:
 *
 * Returns: (transfer full): a codec for LZF
 */
AnnCodec *
ann_codec_new_lzf (void)
{
  AnnCodec *self = _ann_codec_new (&lzf_class, 0, g_strdup ("lzf"));

  self->is_compressor = TRUE;

  return self;
}
