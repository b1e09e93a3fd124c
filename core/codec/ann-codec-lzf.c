/* ann-codec-lzf.c: LZF streams, as HDF5's filter 32000 (h5py's `lzf`) writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

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

/* --- Encoding --- */

#define MAX_LITERALS 32
#define MIN_LENGTH 3
#define MAX_LENGTH (7 + 255 + 2)
#define MAX_DISTANCE 8192
#define HASH_BITS 14

/* Of the next three bytes; multiplied by a prime near the golden section, as usual. */
static inline guint
get_hash (const guint8 *bytes)
{
  const guint32 three = bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16;

  return three * 2654435761u >> (32 - HASH_BITS);
}

static guint8 *
put_literals (guint8 *out, const guint8 *from, gsize n)
{
  while (n > 0)
    {
      const gsize length = MIN (n, MAX_LITERALS);

      *out++ = (guint8) (length - 1);
      memcpy (out, from, length);
      out += length;
      from += length;
      n -= length;
    }

  return out;
}

static guint8 *
put_repetition (guint8 *out, gsize distance, gsize length)
{
  const guint8 high = (guint8) (--distance >> 8);

  length -= 2;
  if (length < 7)
    {
      *out++ = (guint8) (length << 5 | high);
    }
  else
    {
      *out++ = (guint8) (7 << 5 | high);
      *out++ = (guint8) (length - 7);
    }
  *out++ = (guint8) distance;

  return out;
}

/* How many bytes from @place on are those from @earlier on. */
static gsize
count_equal (const guint8 *src, gsize earlier, gsize place, gsize src_size)
{
  const gsize max = MIN (src_size - place, MAX_LENGTH);
  gsize n = 0;

  while (n < max && src[earlier + n] == src[place + n])
    n++;

  return n;
}

/* Looks for the last place with the same three bytes, of which a table holds one for each hash,
 * counted from 1.
 */
static gsize
compress (const guint8 *src, gsize src_size, guint8 *dest, guint32 *table)
{
  guint8 *out = dest;
  gsize literals = 0; /* where those begin that are not written yet */
  gsize i = 0;

  while (i + MIN_LENGTH <= src_size)
    {
      guint32 *entry = &table[get_hash (src + i)];
      const gsize earlier = *entry; /* and one */
      gsize length = 0;

      *entry = (guint32) i + 1;
      if (earlier > 0 && i + 1 - earlier <= MAX_DISTANCE)
        length = count_equal (src, earlier - 1, i, src_size);
      if (length < MIN_LENGTH)
        {
          i++;
          continue;
        }

      out = put_literals (out, src + literals, i - literals);
      out = put_repetition (out, i + 1 - earlier, length);
      i += length;
      literals = i;
    }
  out = put_literals (out, src + literals, src_size - literals);

  return (gsize) (out - dest);
}

/* At worst there is a byte more for each 32. */
static gboolean
lzf_encode (const AnnCodec *codec,
            const guint8 *src,
            gsize src_size,
            guint8 *dest,
            gsize capacity,
            gsize *dest_size,
            GError **error)
{
  g_auto (AnnScratch) table = { NULL, 0 };
  const gsize table_size = sizeof (guint32) << HASH_BITS;

  if (src_size >= G_MAXUINT32 || capacity < src_size + src_size / MAX_LITERALS + 1)
    return _ann_codec_set_no_room (codec, error);
  if (!_ann_scratch_reserve (&table, table_size, error))
    return FALSE;

  memset (table.data, 0, table_size);
  *dest_size = compress (src, src_size, dest, (guint32 *) (gpointer) table.data);

  return TRUE;
}

static const AnnCodecClass lzf_class = {
  .name = "lzf",
  .encode = lzf_encode,
  .decode = lzf_decode,
};

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
