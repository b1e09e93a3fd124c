/* ann-codec-blosc.c: Blosc 1 buffers, as HDF5's filter 32001 and Zarr's blosc write them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <blosc.h>
#include <string.h>

/* A buffer says by itself what it is: in its first 16 bytes are the version of the format, that
 * of the inner codec's, flags, the size of an item, then in 32 bits each, little-endian, the sizes
 * of what it holds, of a block, and of itself. c-blosc's README_CHUNK_FORMAT.
 */
#define HEADER_SIZE BLOSC_MIN_HEADER_LENGTH
#define START_SIZE 4

/* Bits of the flags; the upper three are the inner codec. */
#define IS_BYTE_SHUFFLED BLOSC_DOSHUFFLE
#define IS_COPIED BLOSC_MEMCPYED
#define IS_BIT_SHUFFLED BLOSC_DOBITSHUFFLE
#define IS_NOT_SPLIT 0x10

/* A block is split into the first bytes of all items, the second bytes …, if items have at most so
 * many and there are so many items at least.
 */
#define MAX_SPLIT_ITEM 16
#define MIN_SPLIT_ITEMS 128

typedef struct {
  guint version;
  guint flags;
  guint item_size;
  guint32 size;
  guint32 block_size;
  guint32 stored_size;
} Header;

static void
read_header (const guint8 *src, Header *header)
{
  header->version = src[0];
  header->flags = src[2];
  header->item_size = src[3];
  header->size = _ann_read_le32 (src + 4);
  header->block_size = _ann_read_le32 (src + 8);
  header->stored_size = _ann_read_le32 (src + 12);
}

/* All that c-blosc computes with, which is not told how many bytes there are. */
static gboolean
check_header (const Header *header, gsize src_size, GError **error)
{
  if (header->version != BLOSC_VERSION_FORMAT || header->size > BLOSC_MAX_BUFFERSIZE
      || header->stored_size < HEADER_SIZE || header->stored_size > src_size
      || (header->size > 0
          && (header->item_size == 0 || header->block_size == 0
              || header->block_size > header->size)))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The header of the blosc buffer is damaged");
      return FALSE;
    }

  return TRUE;
}

/* c-blosc can be built without some of its inner codecs, and says of it no more than of damage. */
static gboolean
check_inner (const Header *header, GError **error)
{
  static const char *const names[] = { "blosclz", "lz4", "snappy", "zlib", "zstd" };
  guint inner = header->flags >> 5;

  if ((header->flags & IS_COPIED) != 0 || inner >= G_N_ELEMENTS (names)
      || blosc_compname_to_compcode (names[inner]) >= 0)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
               "The blosc library of this build has no codec “%s”", names[inner]);

  return FALSE;
}

/* --- Blocks that are unpacked here ---
 *
 * c-blosc makes a context for each block by zstd, and takes zlib for what libdeflate does in a
 * third of the time: up to 80 % more than is needed.
 */

typedef gboolean (*Unpack) (const AnnCodec *codec,
                            const guint8 *src,
                            gsize src_size,
                            guint8 *dest,
                            gsize n,
                            GError **error);

/* %NULL where c-blosc does all. */
static Unpack
find_unpack (const Header *header)
{
  if ((header->flags & (IS_COPIED | IS_BIT_SHUFFLED)) != 0)
    return NULL;

  switch (header->flags >> 5)
    {
    case BLOSC_ZLIB_FORMAT:
      return _ann_codec_unpack_zlib;
    case BLOSC_ZSTD_FORMAT:
      return _ann_codec_unpack_zstd;
    default:
      return NULL;
    }
}

/* Takes the streams of a block of @n bytes, each behind its length; one that has not become shorter
 * is kept as it is.
 */
static gboolean
unpack_block (const AnnCodec *codec,
              Unpack unpack,
              const guint8 *src,
              gsize n_left,
              guint n_streams,
              guint8 *dest,
              gsize n,
              GError **error)
{
  const gsize n_each = n / n_streams;

  if (n % n_streams != 0)
    return _ann_codec_set_damaged (codec, error);

  for (guint i = 0; i < n_streams; i++, dest += n_each)
    {
      gsize length;

      if (n_left < 4)
        return _ann_codec_set_damaged (codec, error);
      length = _ann_read_le32 (src);
      src += 4;
      n_left -= 4;
      if (length > n_left)
        return _ann_codec_set_damaged (codec, error);
      if (length == n_each)
        memcpy (dest, src, n_each);
      else if (!unpack (codec, src, length, dest, n_each, error))
        return FALSE;
      src += length;
      n_left -= length;
    }

  return TRUE;
}

static guint
get_n_streams (const Header *header, gboolean is_whole)
{
  const gboolean is_split = is_whole && (header->flags & IS_NOT_SPLIT) == 0
                            && header->item_size <= MAX_SPLIT_ITEM
                            && header->block_size / header->item_size >= MIN_SPLIT_ITEMS;

  return is_split ? header->item_size : 1;
}

/* @header was checked, and @dest has room for its size. */
static gboolean
decode_blocks (const AnnCodec *codec,
               const Header *header,
               Unpack unpack,
               const guint8 *src,
               guint8 *dest,
               GError **error)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };
  const gsize item_size = header->item_size;
  const gboolean is_shuffled = (header->flags & IS_BYTE_SHUFFLED) != 0 && item_size > 1;
  const gsize n_blocks = (header->size - 1) / header->block_size + 1;

  if (n_blocks > (header->stored_size - HEADER_SIZE) / START_SIZE)
    return _ann_codec_set_damaged (codec, error);
  if (is_shuffled && !_ann_scratch_reserve (&scratch, header->block_size, error))
    return FALSE;

  for (gsize i = 0; i < n_blocks; i++)
    {
      const gsize n = MIN (header->block_size, header->size - i * header->block_size);
      const gsize start = _ann_read_le32 (src + HEADER_SIZE + START_SIZE * i);
      guint8 *block = dest + i * header->block_size;
      guint8 *unpacked = is_shuffled ? scratch.data : block;

      if (start > header->stored_size)
        return _ann_codec_set_damaged (codec, error);
      if (!unpack_block (codec, unpack, src + start, header->stored_size - start,
                         get_n_streams (header, n == header->block_size), unpacked, n, error))
        return FALSE;
      if (is_shuffled)
        {
          const gsize n_items = n / item_size;

          _ann_codec_unshuffle (unpacked, block, n_items, item_size);
          memcpy (block + n_items * item_size, unpacked + n_items * item_size, n % item_size);
        }
    }

  return TRUE;
}

static gboolean
blosc_decode (const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  Header header = { .size = 0 };
  Unpack unpack;

  if (src_size >= HEADER_SIZE)
    read_header (src, &header);
  if (header.size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (!check_header (&header, src_size, error) || !check_inner (&header, error))
    return FALSE;

  *dest_size = header.size;
  if (header.size == 0)
    return TRUE;

  unpack = find_unpack (&header);
  if (unpack != NULL)
    return decode_blocks (codec, &header, unpack, src, dest, error);
  if (blosc_decompress_ctx (src, dest, header.size, 1) != (int) header.size)
    return _ann_codec_set_damaged (codec, error);

  return TRUE;
}

static guint64
blosc_guess_decoded_size (const guint8 *src, gsize src_size)
{
  return src_size >= HEADER_SIZE ? _ann_read_le32 (src + 4) : 0;
}

/* --- Encoding --- */

/* Of blocks, c-blosc makes more than zstd can use: with one for a chunk of 512 KiB it takes a fifth
 * less time, and the result is 2 to 5 % smaller.
 */
#define MAX_BLOCK_SIZE ((gsize) 1024 * 1024)

/* What a writer says beyond the level. */
typedef struct {
  char *inner;
  gsize item_size;
} Writing;

static void
free_writing (gpointer data)
{
  Writing *self = data;

  if (self != NULL)
    g_free (self->inner);
  g_free (self);
}

static gboolean
blosc_encode (const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  const Writing *writing = codec->data;
  int n;

  if (writing == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "Nothing says with what Blosc shall compress");
      return FALSE;
    }
  if (src_size > BLOSC_MAX_BUFFERSIZE)
    return _ann_codec_set_no_room (codec, error);

  n = blosc_compress_ctx ((int) codec->parameter, BLOSC_SHUFFLE, writing->item_size, src_size, src,
                          dest, capacity, writing->inner, MIN (src_size, MAX_BLOCK_SIZE), 1);
  if (n <= 0)
    return _ann_codec_set_no_room (codec, error);
  *dest_size = (gsize) n;

  return TRUE;
}

static const AnnCodecClass blosc_class = {
  .name = "blosc",
  .encode = blosc_encode,
  .decode = blosc_decode,
  .guess_decoded_size = blosc_guess_decoded_size,
  .free_data = free_writing,
};

/**
 * ann_codec_new_blosc:
 * @inner: (nullable): the codec inside, such as `lz4`, to be named in the description; a buffer
 *   names its own
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for Blosc, of the first major version of its format, which only
 *   reads
 */
AnnCodec *
ann_codec_new_blosc (const char *inner, guint level)
{
  AnnCodec *self = _ann_codec_new (&blosc_class, level,
                                   inner != NULL ? g_strdup_printf ("blosc %s %u", inner, level)
                                                 : g_strdup ("blosc"));

  self->is_compressor = TRUE;

  return self;
}

AnnCodec *
_ann_codec_new_blosc_writer (const char *inner, guint level, gsize item_size)
{
  AnnCodec *self = ann_codec_new_blosc (inner, level);
  Writing *writing = g_new (Writing, 1);

  writing->inner = g_strdup (inner);
  writing->item_size = item_size <= BLOSC_MAX_TYPESIZE ? item_size : 1;
  self->data = writing;

  return self;
}
