/* ann-codec-blosc.c: Blosc 1 buffers, as HDF5's filter 32001 and Zarr's blosc write them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"

#include <blosc.h>

/* A buffer says by itself what it is: in its first 16 bytes are the version of the format, that
 * of the inner codec's, flags, the size of an item, then in 32 bits each, little-endian, the sizes
 * of what it holds, of a block, and of itself. c-blosc's README_CHUNK_FORMAT.
 */
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
      || header->stored_size < BLOSC_MIN_HEADER_LENGTH || header->stored_size > src_size
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

  if ((header->flags & BLOSC_MEMCPYED) != 0 || inner >= G_N_ELEMENTS (names)
      || blosc_compname_to_compcode (names[inner]) >= 0)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
               "The blosc library of this build has no codec “%s”", names[inner]);

  return FALSE;
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

  if (src_size >= BLOSC_MIN_HEADER_LENGTH)
    read_header (src, &header);
  if (header.size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (!check_header (&header, src_size, error) || !check_inner (&header, error))
    return FALSE;

  if (header.size > 0 && blosc_decompress_ctx (src, dest, header.size, 1) != (int) header.size)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The blosc buffer is damaged");
      return FALSE;
    }
  *dest_size = header.size;

  return TRUE;
}

static guint64
blosc_guess_decoded_size (const guint8 *src, gsize src_size)
{
  return src_size >= BLOSC_MIN_HEADER_LENGTH ? _ann_read_le32 (src + 4) : 0;
}

static const AnnCodecClass blosc_class = {
  .name = "blosc",
  .decode = blosc_decode,
  .guess_decoded_size = blosc_guess_decoded_size,
};

/**
 * ann_codec_new_blosc:
 * @inner: (nullable): the codec inside, such as `lz4`, to be named in the description; a buffer
 *   names its own
 * @level: how hard the writer tried, 0 to 9
 *
 * Returns: (transfer full): a codec for Blosc, of the first major version of its format
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
