/* ann-codec-byte-swap.c: values of the other byte order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <string.h>

/* One loop a width, which the compiler vectorises. */
#define SWAP_LOOP(TYPE, SWAP)                                                                      \
  for (gsize i = 0; i + sizeof (TYPE) <= size; i += sizeof (TYPE))                                 \
    {                                                                                              \
      TYPE value;                                                                                  \
                                                                                                   \
      memcpy (&value, src + i, sizeof value);                                                      \
      value = SWAP (value);                                                                        \
      memcpy (dest + i, &value, sizeof value);                                                     \
    }

void
_ann_codec_swap_bytes (const guint8 *src, guint8 *dest, gsize size, gsize item_size)
{
  switch (item_size)
    {
    case 2:
      SWAP_LOOP (guint16, GUINT16_SWAP_LE_BE)
      break;

    case 4:
      SWAP_LOOP (guint32, GUINT32_SWAP_LE_BE)
      break;

    case 8:
      SWAP_LOOP (guint64, GUINT64_SWAP_LE_BE)
      break;

    default:
      for (gsize i = 0; i < size; i += item_size)
        for (gsize j = 0; j < item_size; j++)
          dest[i + j] = src[i + item_size - 1 - j];
      break;
    }
}

/* Both ways. */
static gboolean
byte_swap (const AnnCodec *codec,
           const guint8 *src,
           gsize src_size,
           guint8 *dest,
           gsize capacity,
           gsize *dest_size,
           GError **error)
{
  gsize item_size = codec->parameter;

  if (src_size > capacity || src_size % item_size != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " bytes are not the values of the chunk", src_size);
      return FALSE;
    }

  _ann_codec_swap_bytes (src, dest, src_size, item_size);
  *dest_size = src_size;

  return TRUE;
}

static const AnnCodecClass byte_swap_class = { .name = "byte swap",
                                               .encode = byte_swap,
                                               .decode = byte_swap };

/**
 * ann_codec_new_byte_swap:
 * @item_size: the bytes of one number, at least 1; for a complex type those of its real part
 *
 * Returns: (transfer full): a codec that turns the bytes of each number round
 */
AnnCodec *
ann_codec_new_byte_swap (gsize item_size)
{
  g_return_val_if_fail (item_size > 0, NULL);

  return _ann_codec_new (&byte_swap_class, item_size,
                         g_strdup_printf ("byte swap %" G_GSIZE_FORMAT, item_size));
}
