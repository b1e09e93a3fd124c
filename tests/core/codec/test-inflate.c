/* test-inflate.c: our decoder of deflate beside libdeflate
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-chain-private.h"
#include "codec/ann-codec-private.h"
#include "codec/ann-inflate-private.h"

#include <gio/gio.h>
#include <libdeflate.h>
#include <string.h>

typedef enum {
  INDICES,      /* of rows of a sparse matrix, 32 bits */
  WIDE_INDICES, /* 64 bits */
  SMALL,        /* numbers below 12, a byte each */
  LABELS,
  NOISE,
  ONES,
  MIXED, /* all of these, one behind the other */
} Kind;

static guint32
next_random (guint32 *state)
{
  *state = *state * 1664525 + 1013904223;

  return *state >> 8;
}

static void
fill_indices (guint8 *bytes, gsize n_bytes, gsize item_size, guint32 *state)
{
  guint64 index = 0;

  for (gsize i = 0; i + item_size <= n_bytes; i += item_size)
    {
      index += 1 + next_random (state) % 48;
      if (index >= 30000)
        index %= 50;
      for (gsize k = 0; k < item_size; k++)
        bytes[i + k] = (guint8) (index >> 8 * k);
    }
}

static void
fill (Kind kind, guint8 *bytes, gsize n_bytes, guint32 *state)
{
  memset (bytes, 1, n_bytes);
  switch (kind)
    {
    case INDICES:
      fill_indices (bytes, n_bytes, 4, state);
      break;
    case WIDE_INDICES:
      fill_indices (bytes, n_bytes, 8, state);
      break;
    case SMALL:
      for (gsize i = 0; i < n_bytes; i++)
        bytes[i] = (guint8) (next_random (state) % 12);
      break;
    case LABELS:
      for (gsize i = 0; i < n_bytes; i++)
        bytes[i] = (guint8) "ACGTACGTACGT-1 "[i % 15 < 10 ? next_random (state) % 4 : i % 15];
      break;
    case NOISE:
      for (gsize i = 0; i < n_bytes; i++)
        bytes[i] = (guint8) next_random (state);
      break;
    case ONES:
      break;
    case MIXED:
    default:
      for (guint i = 0; i < 12; i++)
        fill ((Kind) (i % MIXED), bytes + n_bytes / 12 * i, n_bytes / 12, state);
    }
}

/* By zlib. */
static GByteArray *
compress (GZlibCompressorFormat format, int level, const guint8 *bytes, gsize n_bytes)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (format, level);
  GByteArray *stored = g_byte_array_new ();
  GConverterResult result;

  do
    {
      guint8 to[4096];
      gsize n_read = 0;
      gsize n_written = 0;
      g_autoptr (GError) error = NULL;

      result = g_converter_convert (G_CONVERTER (compressor), bytes, n_bytes, to, sizeof to,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, &error);
      g_assert_no_error (error);
      bytes += n_read;
      n_bytes -= n_read;
      g_byte_array_append (stored, to, (guint) n_written);
    }
  while (result != G_CONVERTER_FINISHED);

  return stored;
}

static gboolean
has_quick_way (void)
{
#if defined __x86_64__ && (defined __GNUC__ || defined __clang__)
  return __builtin_cpu_supports ("avx") && __builtin_cpu_supports ("bmi2");
#else
  return FALSE;
#endif
}

/* What ours decodes the library decodes to the same. Blocks of exactly the size that is needed, so
 * that a sanitizer sees what lies beyond. Returns: whether ours did
 */
static gboolean
compare (const guint8 *bytes, gsize n_bytes, gsize capacity)
{
  g_autofree guint8 *src = g_memdup2 (bytes, MAX (n_bytes, 1));
  g_autofree guint8 *ours = g_malloc (MAX (capacity, 1));
  g_autofree guint8 *theirs = g_malloc (MAX (capacity, 1));
  struct libdeflate_decompressor *library = libdeflate_alloc_decompressor ();
  enum libdeflate_result result;
  gsize n_read = 0;
  gsize n_written = 0;
  gsize their_n_read = 0;
  gsize their_n_written = 0;
  gboolean decoded = _ann_inflate (src, n_bytes, ours, capacity, &n_read, &n_written);

  if (decoded)
    {
      result = libdeflate_deflate_decompress_ex (library, src, n_bytes, theirs, capacity,
                                                 &their_n_read, &their_n_written);
      g_assert_cmpint (result, ==, LIBDEFLATE_SUCCESS);
      g_assert_cmpuint (n_read, ==, their_n_read);
      g_assert_cmpmem (ours, n_written, theirs, their_n_written);
    }
  libdeflate_free_decompressor (library);

  return decoded;
}

static void
test_kinds (void)
{
  static const gsize sizes[] = { 0, 1, 3, 15, 16, 17, 47, 48, 64, 333, 4096, 40000, 117188 };
  guint32 state = 1;
  guint n_decoded[MIXED + 1] = { 0 };

  for (guint kind = 0; kind <= MIXED; kind++)
    for (int level = 0; level <= 9; level++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autofree guint8 *bytes = g_malloc (sizes[i] + 1);
          g_autoptr (GByteArray) stored = NULL;

          fill ((Kind) kind, bytes, sizes[i], &state);
          stored = compress (G_ZLIB_COMPRESSOR_FORMAT_RAW, level, bytes, sizes[i]);
          n_decoded[kind] += compare (stored->data, stored->len, sizes[i]);
          compare (stored->data, stored->len, sizes[i] + 100);
          if (sizes[i] > 0)
            g_assert_false (compare (stored->data, stored->len, sizes[i] - 1));
        }

  if (!has_quick_way ())
    {
      g_test_skip ("this processor has no quick way");
      return;
    }
  g_assert_cmpuint (n_decoded[INDICES], >=, 27); /* the three longest at nine levels */
  g_assert_cmpuint (n_decoded[WIDE_INDICES], >=, 27);
  g_assert_cmpuint (n_decoded[SMALL], >=, 27);
  g_assert_cmpuint (n_decoded[LABELS], >, 0);
  g_assert_cmpuint (n_decoded[NOISE], ==, 0);
  g_assert_cmpuint (n_decoded[ONES], ==, 0);
}

/* Nothing is read or written beyond, and nothing taken for right that the library does not. */
static void
test_cut (void)
{
  guint32 state = 2;
  guint8 bytes[6000];
  g_autoptr (GByteArray) stored = NULL;

  fill (INDICES, bytes, sizeof bytes, &state);
  stored = compress (G_ZLIB_COMPRESSOR_FORMAT_RAW, 4, bytes, sizeof bytes);
  g_assert_cmpint (compare (stored->data, stored->len, sizeof bytes), ==, has_quick_way ());
  for (gsize n = 0; n < stored->len; n++)
    g_assert_false (compare (stored->data, n, sizeof bytes));
}

static void
test_damaged (void)
{
  guint32 state = 3;
  guint8 bytes[3000];
  guint n_decoded = 0;

  for (guint kind = 0; kind <= MIXED; kind++)
    {
      g_autoptr (GByteArray) stored = NULL;

      fill ((Kind) kind, bytes, sizeof bytes, &state);
      stored = compress (G_ZLIB_COMPRESSOR_FORMAT_RAW, 4, bytes, sizeof bytes);
      for (gsize bit = 0; bit < 8 * (gsize) stored->len; bit++)
        {
          stored->data[bit / 8] ^= (guint8) (1 << bit % 8);
          n_decoded += compare (stored->data, stored->len, sizeof bytes);
          stored->data[bit / 8] ^= (guint8) (1 << bit % 8);
        }
    }
  g_test_message ("%u streams with a wrong bit were decoded", n_decoded);
}

static gboolean
decode (AnnCodec *codec,
        const guint8 *stored,
        gsize stored_size,
        const guint8 *bytes,
        gsize n_bytes)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  g_autofree guint8 *decoded = g_malloc (n_bytes);
  g_autoptr (GError) error = NULL;

  ann_codec_chain_append (chain, codec);
  if (!ann_codec_chain_decode (chain, stored, stored_size, 0, decoded, n_bytes, &error))
    return FALSE;
  g_assert_cmpmem (decoded, n_bytes, bytes, n_bytes);

  return TRUE;
}

/* The checksums of the wrappers hold here as well: with any byte of one wrong it is an error. */
static void
test_wrappers (void)
{
  guint32 state = 4;
  guint8 bytes[20000];
  g_autoptr (GByteArray) zlib = NULL;
  g_autoptr (GByteArray) gzip = NULL;

  fill (INDICES, bytes, sizeof bytes, &state);
  zlib = compress (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 4, bytes, sizeof bytes);
  gzip = compress (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 4, bytes, sizeof bytes);
  g_assert_cmpint (compare (zlib->data + 2, zlib->len - 6, sizeof bytes), ==, has_quick_way ());

  g_assert_true (decode (ann_codec_new_zlib (4), zlib->data, zlib->len, bytes, sizeof bytes));
  g_assert_true (decode (ann_codec_new_gzip (4), gzip->data, gzip->len, bytes, sizeof bytes));
  for (guint i = 1; i <= 4; i++)
    {
      zlib->data[zlib->len - i] ^= 0x10;
      g_assert_false (decode (ann_codec_new_zlib (4), zlib->data, zlib->len, bytes, sizeof bytes));
      zlib->data[zlib->len - i] ^= 0x10;
    }
  for (guint i = 1; i <= 8; i++)
    {
      gzip->data[gzip->len - i] ^= 0x10;
      g_assert_false (decode (ann_codec_new_gzip (4), gzip->data, gzip->len, bytes, sizeof bytes));
      gzip->data[gzip->len - i] ^= 0x10;
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inflate/kinds", test_kinds);
  g_test_add_func ("/inflate/cut", test_cut);
  g_test_add_func ("/inflate/damaged", test_damaged);
  g_test_add_func ("/inflate/wrappers", test_wrappers);

  return g_test_run ();
}
