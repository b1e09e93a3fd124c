/* ann-codec-lz4-blocks.c: LZ4 blocks in a row, as HDF5's filter 32004 writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"

#include <lz4.h>
#include <string.h>

/* The size of all that was compressed (64 bits) and of a block of it (32 bits), then each block
 * behind its own stored size (32 bits), which for a block that is not compressed is its size. All
 * numbers are big-endian. The last block may be shorter.
 */
#define HEADER_SIZE 12

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The lz4 stream is damaged");

  return FALSE;
}

/* Takes one block of @n bytes from @src to @dest. */
static gboolean
decode_block (const guint8 *src, gsize stored_size, guint8 *dest, gsize n)
{
  if (stored_size == n)
    {
      memcpy (dest, src, n);
      return TRUE;
    }

  return stored_size <= G_MAXINT && n <= G_MAXINT
         && LZ4_decompress_safe ((const char *) src, (char *) dest, (int) stored_size, (int) n)
                == (int) n;
}

static gboolean
lz4_blocks_decode (const AnnCodec *codec,
                   const guint8 *src,
                   gsize src_size,
                   guint8 *dest,
                   gsize capacity,
                   gsize *dest_size,
                   GError **error)
{
  const guint8 *src_end = src + src_size;
  guint64 size;
  gsize block_size;
  gsize n_done = 0;

  if (src_size < HEADER_SIZE)
    return set_damaged (error);

  size = _ann_read_be64 (src);
  block_size = _ann_read_be32 (src + 8);
  src += HEADER_SIZE;
  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (size > 0 && block_size == 0)
    return set_damaged (error);

  while (n_done < size)
    {
      gsize n = MIN (block_size, size - n_done);
      gsize stored_size;

      if (src_end - src < 4)
        return set_damaged (error);
      stored_size = _ann_read_be32 (src);
      src += 4;
      if (stored_size > (gsize) (src_end - src)
          || !decode_block (src, stored_size, dest + n_done, n))
        return set_damaged (error);
      src += stored_size;
      n_done += n;
    }
  *dest_size = n_done;

  return TRUE;
}

static const AnnCodecClass lz4_blocks_class = { .name = "lz4", .decode = lz4_blocks_decode };

/**
 * ann_codec_new_lz4_blocks:
 *
 * Returns: (transfer full): a codec for LZ4 in the blocks of HDF5's filter
 */
AnnCodec *
ann_codec_new_lz4_blocks (void)
{
  AnnCodec *self = _ann_codec_new (&lz4_blocks_class, 0, g_strdup ("lz4"));

  self->is_compressor = TRUE;

  return self;
}
