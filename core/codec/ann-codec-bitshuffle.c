/* ann-codec-bitshuffle.c: the first bits of all items, then the second bits …: HDF5's filter 32008
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <lz4.h>
#include <string.h>
#include <zstd.h>

/* Items are taken in blocks of a multiple of eight, each shuffled by itself; the last block may be
 * shorter, and up to seven items that make no eight are kept as they are. In a block, row 8 j + k
 * has bit k of byte j of each item, the lowest bits of its bytes first.
 *
 * If blocks are compressed, there is in front the size of all that was compressed (64 bits) and of
 * a block (32 bits), and in front of each block its stored size (32 bits), all big-endian.
 */
#define HEADER_SIZE 12
#define DEFAULT_BLOCK_BYTES 8192
#define MIN_DEFAULT_BLOCK 128

typedef struct {
  gsize item_size;
  gsize block_items; /* of a writer that was asked for it; 0: by the rule */
  AnnBitshuffle inner;
} Parameters;

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The bitshuffle stream is damaged");

  return FALSE;
}

/* Turns a square of 8 by 8 bits, one row in each byte, about its diagonal. */
static inline guint64
transpose_bits (guint64 x)
{
  guint64 t;

  t = (x ^ (x >> 7)) & G_GUINT64_CONSTANT (0x00aa00aa00aa00aa);
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & G_GUINT64_CONSTANT (0x0000cccc0000cccc);
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & G_GUINT64_CONSTANT (0x00000000f0f0f0f0);

  return x ^ t ^ (t << 28);
}

/* Puts the bits of @n items, a multiple of eight, together to bytes: @bytes has then the first
 * bytes of all items, the second bytes … The eight rows of a byte are first mixed like the bytes of
 * items of eight, for which there are vector instructions.
 */
static void
join_bits (const guint8 *src, guint8 *bytes, gsize n, gsize item_size)
{
  for (gsize j = 0; j < item_size; j++, src += n, bytes += n)
    {
      _ann_codec_unshuffle (src, bytes, n / 8, 8);
      for (gsize i = 0; i < n; i += 8)
        {
          guint64 x = GUINT64_TO_LE (transpose_bits (_ann_read_le64 (bytes + i)));

          memcpy (bytes + i, &x, sizeof x);
        }
    }
}

/* @bytes is room for as much as a block has. */
static void
unshuffle_block (const guint8 *src, guint8 *bytes, guint8 *dest, gsize n, gsize item_size)
{
  join_bits (src, bytes, n, item_size);
  _ann_codec_unshuffle (bytes, dest, n, item_size);
}

/* Takes one block behind its stored size; returns where the next begins, or %NULL. */
static const guint8 *
decompress_block (AnnBitshuffle inner,
                  const guint8 *src,
                  const guint8 *src_end,
                  guint8 *dest,
                  gsize n_bytes)
{
  gsize stored_size;
  gsize n = G_MAXSIZE;

  if (src_end - src < 4)
    return NULL;
  stored_size = _ann_read_be32 (src);
  src += 4;
  if (stored_size > (gsize) (src_end - src))
    return NULL;

  if (inner == ANN_BITSHUFFLE_ZSTD)
    n = ZSTD_decompress (dest, n_bytes, src, stored_size);
  else if (stored_size <= G_MAXINT && n_bytes <= G_MAXINT)
    n = (gsize) LZ4_decompress_safe ((const char *) src, (char *) dest, (int) stored_size,
                                     (int) n_bytes);

  return n == n_bytes ? src + stored_size : NULL;
}

/* Takes all blocks of @n_items items, each of at most @block_items. */
static gboolean
decode_blocks (const Parameters *parameters,
               const guint8 *src,
               const guint8 *src_end,
               gsize block_items,
               guint8 *dest,
               gsize n_items,
               GError **error)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };
  gsize item_size = parameters->item_size;
  gsize n_shuffled = n_items / 8 * 8;
  gsize n_rest = (n_items - n_shuffled) * item_size;
  gsize block_bytes = MIN (block_items, n_shuffled) * item_size;
  guint8 *bytes;
  guint8 *block;

  if (!_ann_scratch_reserve (&scratch, 2 * block_bytes, error))
    return FALSE;
  bytes = scratch.data;
  block = scratch.data + block_bytes;

  for (gsize first = 0; first < n_shuffled; first += block_items)
    {
      gsize n = MIN (block_items, n_shuffled - first);
      const guint8 *shuffled = block;

      if (parameters->inner == ANN_BITSHUFFLE_PLAIN)
        {
          shuffled = src;
          src += n * item_size;
        }
      else
        {
          src = decompress_block (parameters->inner, src, src_end, block, n * item_size);
          if (src == NULL)
            return set_damaged (error);
        }
      unshuffle_block (shuffled, bytes, dest + first * item_size, n, item_size);
    }

  if (n_rest > (gsize) (src_end - src))
    return set_damaged (error);
  if (n_rest > 0)
    memcpy (dest + n_shuffled * item_size, src, n_rest);

  return TRUE;
}

static gsize
get_default_block (gsize item_size)
{
  return MAX (DEFAULT_BLOCK_BYTES / item_size / 8 * 8, MIN_DEFAULT_BLOCK);
}

static gboolean
bitshuffle_decode (const AnnCodec *codec,
                   const guint8 *src,
                   gsize src_size,
                   guint8 *dest,
                   gsize capacity,
                   gsize *dest_size,
                   GError **error)
{
  const Parameters *parameters = codec->data;
  const guint8 *src_end = src + src_size;
  gsize block_items = parameters->block_items;
  guint64 size = src_size;

  if (parameters->inner != ANN_BITSHUFFLE_PLAIN)
    {
      if (src_size < HEADER_SIZE)
        return set_damaged (error);
      size = _ann_read_be64 (src);
      block_items = _ann_read_be32 (src + 8) / parameters->item_size;
      src += HEADER_SIZE;
    }
  if (block_items == 0)
    block_items = get_default_block (parameters->item_size);

  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (size % parameters->item_size != 0 || block_items % 8 != 0)
    return set_damaged (error);
  if (!decode_blocks (parameters, src, src_end, block_items, dest, size / parameters->item_size,
                      error))
    return FALSE;
  *dest_size = size;

  return TRUE;
}

static const AnnCodecClass bitshuffle_class = { .name = "bitshuffle", .decode = bitshuffle_decode };

/**
 * ann_codec_new_bitshuffle:
 * @item_size: the bytes of one value, at least 1
 * @block_items: how many values a block has that is not compressed; 0 if the writer chose
 * @inner: how blocks are compressed
 *
 * Returns: (transfer full): a codec that puts shuffled bits back
 */
AnnCodec *
ann_codec_new_bitshuffle (gsize item_size, gsize block_items, AnnBitshuffle inner)
{
  static const char *const names[] = { "", " lz4", " zstd" };
  AnnCodec *self;
  Parameters *parameters;

  g_return_val_if_fail (item_size > 0, NULL);
  g_return_val_if_fail ((gsize) inner < G_N_ELEMENTS (names), NULL);

  self = _ann_codec_new (
      &bitshuffle_class, (gint64) item_size,
      g_strdup_printf ("bitshuffle %" G_GSIZE_FORMAT "%s", item_size, names[inner]));
  parameters = g_new (Parameters, 1);
  *parameters = (Parameters){ item_size, block_items, inner };
  self->data = parameters;
  self->is_compressor = inner != ANN_BITSHUFFLE_PLAIN;

  return self;
}
