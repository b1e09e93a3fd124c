/* ann-codec-checksum.c: a checksum of 32 bits behind the bytes or in front of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "codec/ann-crc32c-private.h"

#include <libdeflate.h>
#include <string.h>

/* Little-endian. Zarr's crc32c has it behind; numcodecs in front, unless it is told otherwise. */
#define CHECKSUM_SIZE 4

typedef struct {
  AnnCodecClass klass;
  guint32 (*compute) (const guint8 *data, gsize size);
} ChecksumClass;

static guint32
compute_crc32 (const guint8 *data, gsize size)
{
  return libdeflate_crc32 (0, data, size);
}

static guint32
compute_adler32 (const guint8 *data, gsize size)
{
  return libdeflate_adler32 (1, data, size);
}

static gboolean
checksum_decode (const AnnCodec *codec,
                 const guint8 *src,
                 gsize src_size,
                 guint8 *dest,
                 gsize capacity,
                 gsize *dest_size,
                 GError **error)
{
  const ChecksumClass *klass = (const ChecksumClass *) codec->klass;
  gboolean is_in_front = codec->parameter != 0;
  const guint8 *bytes;
  gsize n;

  if (src_size < CHECKSUM_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "There is no room for the checksum %s",
                   klass->klass.name);
      return FALSE;
    }
  n = src_size - CHECKSUM_SIZE;
  if (n > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);

  bytes = is_in_front ? src + CHECKSUM_SIZE : src;
  if (klass->compute (bytes, n) != _ann_read_le32 (is_in_front ? src : src + n))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The checksum %s does not fit",
                   klass->klass.name);
      return FALSE;
    }

  memcpy (dest, bytes, n);
  *dest_size = n;

  return TRUE;
}

static gboolean
checksum_encode (const AnnCodec *codec,
                 const guint8 *src,
                 gsize src_size,
                 guint8 *dest,
                 gsize capacity,
                 gsize *dest_size,
                 GError **error)
{
  const ChecksumClass *klass = (const ChecksumClass *) codec->klass;
  const gboolean is_in_front = codec->parameter != 0;

  if (capacity < CHECKSUM_SIZE || capacity - CHECKSUM_SIZE < src_size)
    return _ann_codec_set_no_room (codec, error);

  memcpy (is_in_front ? dest + CHECKSUM_SIZE : dest, src, src_size);
  _ann_write_le32 (is_in_front ? dest : dest + src_size, klass->compute (src, src_size));
  *dest_size = src_size + CHECKSUM_SIZE;

  return TRUE;
}

static gsize
checksum_get_encoded_size (G_GNUC_UNUSED const AnnCodec *codec, gsize decoded_size)
{
  return decoded_size <= G_MAXSIZE - CHECKSUM_SIZE ? decoded_size + CHECKSUM_SIZE : G_MAXSIZE;
}

#define CHECKSUM_CLASS(NAME, COMPUTE)                                                              \
  {                                                                                                \
    .klass = { .name = NAME,                                                                       \
               .encode = checksum_encode,                                                          \
               .decode = checksum_decode,                                                          \
               .get_encoded_size = checksum_get_encoded_size },                                    \
    .compute = COMPUTE                                                                             \
  }

static const ChecksumClass classes[] = {
  [ANN_CHECKSUM_CRC32C] = CHECKSUM_CLASS ("crc32c", _ann_crc32c),
  [ANN_CHECKSUM_CRC32] = CHECKSUM_CLASS ("crc32", compute_crc32),
  [ANN_CHECKSUM_ADLER32] = CHECKSUM_CLASS ("adler32", compute_adler32),
};

/**
 * ann_codec_new_checksum:
 * @kind: which checksum
 * @is_in_front: where it stands: %FALSE behind the bytes
 *
 * Returns: (transfer full): a codec that adds a checksum, and checks and removes it
 */
AnnCodec *
ann_codec_new_checksum (AnnChecksum kind, gboolean is_in_front)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (classes), NULL);

  return _ann_codec_new (&classes[kind].klass, is_in_front != FALSE,
                         g_strdup (classes[kind].klass.name));
}
