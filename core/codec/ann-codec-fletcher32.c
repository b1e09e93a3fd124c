/* ann-codec-fletcher32.c: a checksum behind the bytes, HDF5's filter 3 and numcodecs' fletcher32
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <string.h>

#define CHECKSUM_SIZE 4

/* As many 16-bit words as can be summed before a sum of sums leaves 32 bits. */
#define WORDS_PER_FOLD 360

static guint32
fold (guint32 sum)
{
  return (sum & 0xffff) + (sum >> 16);
}

/* Fletcher's checksum of big-endian 16-bit words; an odd byte counts as the upper half of one. */
static guint32
compute_fletcher32 (const guint8 *data, gsize size)
{
  gsize n_words = size / 2;
  guint32 sum1 = 0;
  guint32 sum2 = 0;

  while (n_words > 0)
    {
      gsize n = MIN (n_words, WORDS_PER_FOLD);

      n_words -= n;
      for (; n > 0; n--, data += 2)
        {
          sum1 += (guint32) data[0] << 8 | data[1];
          sum2 += sum1;
        }
      sum1 = fold (sum1);
      sum2 = fold (sum2);
    }
  if (size % 2 != 0)
    {
      sum1 += (guint32) data[0] << 8;
      sum2 += sum1;
      sum1 = fold (sum1);
      sum2 = fold (sum2);
    }

  return fold (sum2) << 16 | fold (sum1);
}

static gboolean
fletcher32_decode (G_GNUC_UNUSED const AnnCodec *codec,
                   const guint8 *src,
                   gsize src_size,
                   guint8 *dest,
                   gsize capacity,
                   gsize *dest_size,
                   GError **error)
{
  const guint8 *stored;
  gsize n;
  guint32 sum;
  guint32 little;
  guint32 swapped;

  if (src_size < CHECKSUM_SIZE || src_size - CHECKSUM_SIZE > capacity)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The length does not fit the checksum");
      return FALSE;
    }

  /* HDF5 1.6.2 and older stored the bytes of each half swapped, and HDF5 reads both. */
  n = src_size - CHECKSUM_SIZE;
  stored = src + n;
  sum = compute_fletcher32 (src, n);
  little = (guint32) stored[3] << 24 | stored[2] << 16 | stored[1] << 8 | stored[0];
  swapped = (guint32) stored[2] << 24 | stored[3] << 16 | stored[0] << 8 | stored[1];
  if (sum != little && sum != swapped)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The checksum does not fit");
      return FALSE;
    }

  if (n > 0)
    memcpy (dest, src, n);
  *dest_size = n;

  return TRUE;
}

static gsize
fletcher32_get_encoded_size (G_GNUC_UNUSED const AnnCodec *codec, gsize decoded_size)
{
  return decoded_size <= G_MAXSIZE - CHECKSUM_SIZE ? decoded_size + CHECKSUM_SIZE : G_MAXSIZE;
}

static const AnnCodecClass fletcher32_class = {
  .name = "fletcher32",
  .decode = fletcher32_decode,
  .get_encoded_size = fletcher32_get_encoded_size,
};

/**
 * ann_codec_new_fletcher32:
 *
 * Returns: (transfer full): a codec that checks and removes a checksum
 */
AnnCodec *
ann_codec_new_fletcher32 (void)
{
  return _ann_codec_new (&fletcher32_class, 0, g_strdup ("fletcher32"));
}
