/* ann-codec-shuffle.c: the first bytes of all items, then the second bytes …: HDF5's filter 2
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The functions below put @n items of two, four, eight or any number of bytes together again and
 * return how many they have done: the vector ones leave a rest of less than sixteen.
 */

#ifdef __SSE2__
static inline __m128i
load (const guint8 *from)
{
  return _mm_loadu_si128 ((const __m128i *) from);
}

static inline void
store (guint8 *to, __m128i value)
{
  _mm_storeu_si128 ((__m128i *) to, value);
}

static gsize
unshuffle2 (const guint8 *src, guint8 *dest, gsize n)
{
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i low = load (src + i);
      __m128i high = load (src + n + i);

      store (dest + 2 * i, _mm_unpacklo_epi8 (low, high));
      store (dest + 2 * i + 16, _mm_unpackhi_epi8 (low, high));
    }

  return i;
}

static gsize
unshuffle4 (const guint8 *src, guint8 *dest, gsize n)
{
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i b0 = load (src + i);
      __m128i b1 = load (src + n + i);
      __m128i b2 = load (src + 2 * n + i);
      __m128i b3 = load (src + 3 * n + i);
      __m128i low01 = _mm_unpacklo_epi8 (b0, b1);
      __m128i high01 = _mm_unpackhi_epi8 (b0, b1);
      __m128i low23 = _mm_unpacklo_epi8 (b2, b3);
      __m128i high23 = _mm_unpackhi_epi8 (b2, b3);

      store (dest + 4 * i, _mm_unpacklo_epi16 (low01, low23));
      store (dest + 4 * i + 16, _mm_unpackhi_epi16 (low01, low23));
      store (dest + 4 * i + 32, _mm_unpacklo_epi16 (high01, high23));
      store (dest + 4 * i + 48, _mm_unpackhi_epi16 (high01, high23));
    }

  return i;
}

static gsize
unshuffle8 (const guint8 *src, guint8 *dest, gsize n)
{
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i pairs[8]; /* of bytes: low and high half of 01, of 23, of 45, of 67 */
      guint8 *to = dest + 8 * i;

      for (guint j = 0; j < 4; j++)
        {
          __m128i even = load (src + 2 * j * n + i);
          __m128i odd = load (src + (2 * j + 1) * n + i);

          pairs[2 * j] = _mm_unpacklo_epi8 (even, odd);
          pairs[2 * j + 1] = _mm_unpackhi_epi8 (even, odd);
        }
      for (guint half = 0; half < 2; half++, to += 64)
        {
          __m128i low0123 = _mm_unpacklo_epi16 (pairs[half], pairs[2 + half]);
          __m128i high0123 = _mm_unpackhi_epi16 (pairs[half], pairs[2 + half]);
          __m128i low4567 = _mm_unpacklo_epi16 (pairs[4 + half], pairs[6 + half]);
          __m128i high4567 = _mm_unpackhi_epi16 (pairs[4 + half], pairs[6 + half]);

          store (to, _mm_unpacklo_epi32 (low0123, low4567));
          store (to + 16, _mm_unpackhi_epi32 (low0123, low4567));
          store (to + 32, _mm_unpacklo_epi32 (high0123, high4567));
          store (to + 48, _mm_unpackhi_epi32 (high0123, high4567));
        }
    }

  return i;
}
#endif

void
_ann_codec_unshuffle (const guint8 *src, guint8 *dest, gsize n, gsize item_size)
{
  gsize n_done = 0;

  if (n == 0) /* items may be of any size then */
    return;

#ifdef __SSE2__
  if (item_size == 2)
    n_done = unshuffle2 (src, dest, n);
  else if (item_size == 4)
    n_done = unshuffle4 (src, dest, n);
  else if (item_size == 8)
    n_done = unshuffle8 (src, dest, n);
#endif

  for (gsize j = 0; j < item_size; j++)
    for (gsize i = n_done; i < n; i++)
      dest[i * item_size + j] = src[j * n + i];
}

/* --- Encoding --- */

#ifdef __SSE2__
static gsize
shuffle2 (const guint8 *src, guint8 *dest, gsize n)
{
  const __m128i low_bytes = _mm_set1_epi16 (0xff);
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i a = load (src + 2 * i);
      __m128i b = load (src + 2 * i + 16);

      store (dest + i,
             _mm_packus_epi16 (_mm_and_si128 (a, low_bytes), _mm_and_si128 (b, low_bytes)));
      store (dest + n + i, _mm_packus_epi16 (_mm_srli_epi16 (a, 8), _mm_srli_epi16 (b, 8)));
    }

  return i;
}

/* Transposes 16 items of four or eight bytes: each round sorts by one bit of the byte's place in
 * its item.
 */
static inline void
interleave (__m128i *items, guint n)
{
  __m128i sorted[8];

  for (guint i = 0; i < n / 2; i++)
    {
      sorted[2 * i] = _mm_unpacklo_epi8 (items[i], items[n / 2 + i]);
      sorted[2 * i + 1] = _mm_unpackhi_epi8 (items[i], items[n / 2 + i]);
    }
  memcpy (items, sorted, n * sizeof *items);
}

static gsize
shuffle4 (const guint8 *src, guint8 *dest, gsize n)
{
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i items[4];

      for (guint j = 0; j < 4; j++)
        items[j] = load (src + 4 * i + 16 * j);
      for (guint round = 0; round < 4; round++)
        interleave (items, 4);
      for (guint j = 0; j < 4; j++)
        store (dest + j * n + i, items[j]);
    }

  return i;
}

static gsize
shuffle8 (const guint8 *src, guint8 *dest, gsize n)
{
  gsize i;

  for (i = 0; i + 16 <= n; i += 16)
    {
      __m128i items[8];

      for (guint j = 0; j < 8; j++)
        items[j] = load (src + 8 * i + 16 * j);
      for (guint round = 0; round < 4; round++)
        interleave (items, 8);
      for (guint j = 0; j < 8; j++)
        store (dest + j * n + i, items[j]);
    }

  return i;
}
#endif

void
_ann_codec_shuffle (const guint8 *src, guint8 *dest, gsize n, gsize item_size)
{
  gsize n_done = 0;

  if (n == 0)
    return;

#ifdef __SSE2__
  if (item_size == 2)
    n_done = shuffle2 (src, dest, n);
  else if (item_size == 4)
    n_done = shuffle4 (src, dest, n);
  else if (item_size == 8)
    n_done = shuffle8 (src, dest, n);
#endif

  for (gsize j = 0; j < item_size; j++)
    for (gsize i = n_done; i < n; i++)
      dest[j * n + i] = src[i * item_size + j];
}

static gboolean
shuffle_encode (const AnnCodec *codec,
                const guint8 *src,
                gsize src_size,
                guint8 *dest,
                gsize capacity,
                gsize *dest_size,
                GError **error)
{
  const gsize item_size = codec->parameter;
  const gsize n_items = src_size / item_size;
  const gsize n_shuffled = n_items * item_size;

  if (src_size > capacity)
    return _ann_codec_set_no_room (codec, error);

  _ann_codec_shuffle (src, dest, n_items, item_size);
  memcpy (dest + n_shuffled, src + n_shuffled, src_size - n_shuffled);
  *dest_size = src_size;

  return TRUE;
}

static gboolean
shuffle_decode (const AnnCodec *codec,
                const guint8 *src,
                gsize src_size,
                guint8 *dest,
                gsize capacity,
                gsize *dest_size,
                GError **error)
{
  gsize item_size = codec->parameter;
  gsize n_items = src_size / item_size;
  gsize n_shuffled = n_items * item_size;

  if (src_size > capacity)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " shuffled bytes are more than the chunk", src_size);
      return FALSE;
    }

  if (n_items > 0) /* or a loop over the bytes of an item that is not there */
    _ann_codec_unshuffle (src, dest, n_items, item_size);
  if (n_shuffled < src_size) /* a rest that makes no item is kept as it is */
    memcpy (dest + n_shuffled, src + n_shuffled, src_size - n_shuffled);
  *dest_size = src_size;

  return TRUE;
}

static const AnnCodecClass shuffle_class = { .name = "shuffle",
                                             .encode = shuffle_encode,
                                             .decode = shuffle_decode };

/**
 * ann_codec_new_shuffle:
 * @item_size: the bytes of one value, at least 1
 *
 * Returns: (transfer full): a codec that shuffles bytes, and puts them back
 */
AnnCodec *
ann_codec_new_shuffle (gsize item_size)
{
  g_return_val_if_fail (item_size > 0, NULL);

  return _ann_codec_new (&shuffle_class, item_size,
                         g_strdup_printf ("shuffle %" G_GSIZE_FORMAT, item_size));
}
