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
  PERIODS, /* short repetitions at all short distances */
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
fill_periods (guint8 *bytes, gsize n_bytes, guint32 *state)
{
  gsize i = 0;

  while (i < n_bytes)
    {
      const gsize period = 1 + next_random (state) % 17;
      const gsize n_repeated = 3 + next_random (state) % 14;

      bytes[i++] = (guint8) next_random (state);
      for (gsize k = 0; k < n_repeated && i < n_bytes; k++, i++)
        bytes[i] = i < period ? 0 : bytes[i - period];
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
    case PERIODS:
      fill_periods (bytes, n_bytes, state);
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

/* By zlib. @end: with %G_CONVERTER_FLUSH others may follow it. */
static GByteArray *
compress_to (GConverterFlags end,
             GZlibCompressorFormat format,
             int level,
             const guint8 *bytes,
             gsize n_bytes)
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

      result = g_converter_convert (G_CONVERTER (compressor), bytes, n_bytes, to, sizeof to, end,
                                    &n_read, &n_written, &error);
      g_assert_no_error (error);
      bytes += n_read;
      n_bytes -= n_read;
      g_byte_array_append (stored, to, (guint) n_written);
    }
  while (result != G_CONVERTER_FINISHED && result != G_CONVERTER_FLUSHED);

  return stored;
}

static GByteArray *
compress (GZlibCompressorFormat format, int level, const guint8 *bytes, gsize n_bytes)
{
  return compress_to (G_CONVERTER_INPUT_AT_END, format, level, bytes, n_bytes);
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
  g_assert_cmpuint (n_decoded[PERIODS], >, 0);
  g_assert_cmpuint (n_decoded[MIXED], >, 0);
  g_assert_cmpuint (n_decoded[NOISE], ==, 0);
  g_assert_cmpuint (n_decoded[ONES], ==, 0);
}

/* Column numbers in blocks that ours takes, behind which something else may stand. */
#define N_BEFORE 6000

static GByteArray *
begin_stream (void)
{
  guint32 state = 2;
  guint8 bytes[N_BEFORE];

  fill (INDICES, bytes, sizeof bytes, &state);

  return compress_to (G_CONVERTER_FLUSH, G_ZLIB_COMPRESSOR_FORMAT_RAW, 4, bytes, sizeof bytes);
}

/* And behind them as many bytes of @kind. */
static GByteArray *
make_stream (Kind kind, guint32 *state)
{
  GByteArray *stored = begin_stream ();
  g_autoptr (GByteArray) more = NULL;
  guint8 bytes[N_BEFORE];

  fill (kind, bytes, sizeof bytes, state);
  more = compress (G_ZLIB_COMPRESSOR_FORMAT_RAW, 4, bytes, sizeof bytes);
  g_byte_array_append (stored, more->data, more->len);

  return stored;
}

/* Nothing is read beyond what there is, in the head of a first and a second block or in what
 * follows, and what is cut is not taken for whole.
 */
static void
test_cut (void)
{
  guint32 state = 2;

  for (guint kind = 0; kind <= MIXED; kind++)
    {
      g_autoptr (GByteArray) stored = make_stream ((Kind) kind, &state);

      g_assert_cmpint (compare (stored->data, stored->len, 2 * N_BEFORE), ==, has_quick_way ());
      for (gsize n = 0; n < stored->len; n++)
        g_assert_false (compare (stored->data, n, 2 * N_BEFORE));
    }
}

/* Nothing is written beyond the room that there is, where there are bytes enough to go on. */
static void
test_room (void)
{
  guint32 state = 5;
  const guint8 behind[64] = { 0 };

  for (guint kind = 0; kind <= MIXED; kind++)
    {
      g_autoptr (GByteArray) stored = make_stream ((Kind) kind, &state);

      g_byte_array_append (stored, behind, sizeof behind);
      for (gsize n = 1; n <= 600; n++)
        g_assert_false (compare (stored->data, stored->len, 2 * N_BEFORE - n));
    }
}

/* --- Blocks by hand --- */

typedef struct {
  GByteArray *bytes;
  guint n_bits; /* of the last byte */
} BitWriter;

/* A number, its lowest bit first. */
static void
put (BitWriter *self, guint number, guint n_bits)
{
  const guint8 empty = 0;

  for (guint i = 0; i < n_bits; i++)
    {
      if (self->n_bits % 8 == 0)
        g_byte_array_append (self->bytes, &empty, 1);
      self->bytes->data[self->bytes->len - 1] |= (guint8) ((number >> i & 1) << self->n_bits++ % 8);
    }
}

/* A code, its highest bit first. */
static void
put_code (BitWriter *self, guint code, guint n_bits)
{
  for (guint i = n_bits; i-- > 0;)
    put (self, code >> i, 1);
}

/* RFC 1951, 3.2.6. */
static void
put_fixed (BitWriter *self, guint symbol)
{
  if (symbol < 144)
    put_code (self, 0x30 + symbol, 8);
  else if (symbol < 256)
    put_code (self, 0x190 + symbol - 144, 9);
  else if (symbol < 280)
    put_code (self, symbol - 256, 7);
  else
    put_code (self, 0xc0 + symbol - 280, 8);
}

static void
put_fixed_head (BitWriter *self)
{
  put (self, 1, 1);
  put (self, 1, 2);
}

static void
put_stored_head (BitWriter *self, guint n, guint n_inverted)
{
  put (self, 1, 1);
  put (self, 0, 2);
  put (self, 0, 5); /* up to a byte, as streams begin at one */
  put (self, n, 16);
  put (self, n_inverted, 16);
}

/* A dynamic block whose only symbols are 256, as 0, and 257, as 1, without distances. */
static void
put_head_without_distances (BitWriter *self)
{
  static const guint8 lengths[18] = { [2] = 1, [3] = 2, [17] = 2 }; /* of 18, 0 and 1 */

  put (self, 1, 1);
  put (self, 2, 2);
  put (self, 1, 5);
  put (self, 0, 5);
  put (self, 14, 4);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    put (self, lengths[i], 3);
  put_code (self, 0, 1);
  put (self, 138 - 11, 7);
  put_code (self, 0, 1);
  put (self, 118 - 11, 7);
  put_code (self, 3, 2);
  put_code (self, 3, 2);
  put_code (self, 2, 2);
}

typedef enum {
  BYTES,
  LONGEST,
  EMPTY_WITHOUT_DISTANCES,
  STORED,
  STORED_BEYOND_SOURCE, /* from here on what is wrong */
  STORED_BEYOND_ROOM,
  STORED_INVERTED_WRONG,
  LENGTH_286,
  LENGTH_287,
  DISTANCE_30,
  DISTANCE_31,
  DISTANCE_TOO_FAR,
  REPEATED_BEFORE_FIRST,
  NO_DISTANCE,
  KIND_3,
  CUT_BEFORE_END, /* which is seven zeros, as if they were there */
} HandMade;

static void
put_repetition (BitWriter *self, guint symbol, guint distance, guint extra, guint n_extra)
{
  put_fixed_head (self);
  put_fixed (self, symbol);
  put_code (self, distance, 5);
  put (self, extra, n_extra);
  put_fixed (self, 256);
}

static void
put_block (BitWriter *self, HandMade kind)
{
  switch (kind)
    {
    case BYTES:
      put_fixed_head (self);
      for (guint i = 0; i <= 256; i++)
        put_fixed (self, i);
      break;
    case LONGEST:
      put_repetition (self, 285, 3, 0, 0);
      break;
    case EMPTY_WITHOUT_DISTANCES:
      put_head_without_distances (self);
      put_code (self, 0, 1);
      put (self, 0, 8); /* behind it */
      break;
    case STORED:
    case STORED_BEYOND_SOURCE:
      put_stored_head (self, 5, 0xfffa);
      put (self, 0x01020304, 32);
      if (kind == STORED)
        put (self, 5, 8);
      break;
    case STORED_BEYOND_ROOM:
      put_stored_head (self, 400, 0xfe6f);
      for (guint i = 0; i < 400; i++)
        put (self, i, 8);
      break;
    case STORED_INVERTED_WRONG:
      put_stored_head (self, 5, 0xfff8);
      put (self, 0x01020304, 32);
      put (self, 5, 8);
      break;
    case LENGTH_286:
    case LENGTH_287:
      put_repetition (self, kind == LENGTH_286 ? 286 : 287, 3, 0, 0);
      break;
    case DISTANCE_30:
    case DISTANCE_31:
      put_repetition (self, 257, kind == DISTANCE_30 ? 30 : 31, 0, 13);
      break;
    case DISTANCE_TOO_FAR:
      put_repetition (self, 257, 25, N_BEFORE + 1 - 6145, 11);
      break;
    case REPEATED_BEFORE_FIRST: /* the only codes of lengths are 16 and 0 */
      put (self, 1, 1);
      put (self, 2, 2);
      put (self, 0, 14);
      put (self, 1, 3);
      put (self, 0, 6);
      put (self, 1, 3);
      for (guint i = 0; i < 100; i++)
        put (self, 1 + 2 * 3, 3);
      break;
    case NO_DISTANCE:
      put_head_without_distances (self);
      put_code (self, 1, 1);
      put (self, 0, 32);
      break;
    case KIND_3:
      put (self, 7, 3);
      put (self, 0, 32);
      break;
    case CUT_BEFORE_END:
    default:
      put_fixed_head (self);
      for (guint i = 0; i < 5; i++)
        put_fixed (self, 200 + i);
      break;
    }
}

/* Each behind blocks that ours takes, else it would leave it for its size or its codes. */
static void
test_by_hand (void)
{
  for (guint kind = 0; kind <= CUT_BEFORE_END; kind++)
    {
      g_autoptr (GByteArray) stored = begin_stream ();
      BitWriter writer = { stored, 0 };

      put_block (&writer, (HandMade) kind);
      g_test_message ("block %u", kind);
      g_assert_cmpint (compare (stored->data, stored->len, N_BEFORE + 300), ==,
                       kind < STORED_BEYOND_SOURCE && has_quick_way ());
    }
}

/* They make nothing, and there may be more of them than a program has time for, if each takes
 * longer than a few bits should.
 */
static void
test_empty_blocks (void)
{
  const gsize n_bytes = 30 * 1000 * 1000;
  g_autoptr (GByteArray) stored = begin_stream ();
  BitWriter writer = { stored, 0 };
  const guint n = stored->len;

  for (guint i = 0; i < 4; i++) /* ten bits each */
    {
      put (&writer, 0, 1);
      put (&writer, 1, 2);
      put_fixed (&writer, 256);
    }
  g_byte_array_set_size (stored, n + (guint) n_bytes);
  for (gsize i = 5; i < n_bytes; i++)
    stored->data[n + i] = stored->data[n + i - 5];
  put_block (&writer, BYTES);
  g_assert_cmpint (compare (stored->data, stored->len, 2 * n_bytes), ==, has_quick_way ());
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
  if (has_quick_way ())
    g_assert_cmpuint (n_decoded, >, 0);
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

/* Heads and checksums of the wrappers hold here as well. */
static void
test_zlib (void)
{
  static const guint8 heads[][2] = {
    { 0x88, 0x1c }, /* a window of 64 KiB */
    { 0x78, 0x5f }, /* no multiple of 31 */
    { 0x77, 0x85 }, /* another method */
    { 0x78, 0x7d }, /* a dictionary */
  };
  guint32 state = 4;
  guint8 bytes[40000];
  g_autoptr (GByteArray) stored = NULL;

  fill (INDICES, bytes, sizeof bytes, &state);
  stored = compress (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 4, bytes, sizeof bytes);
  g_assert_cmpint (compare (stored->data + 2, stored->len - 6, sizeof bytes), ==, has_quick_way ());
  g_assert_true (decode (ann_codec_new_zlib (4), stored->data, stored->len, bytes, sizeof bytes));
  for (guint i = 1; i <= 4; i++)
    {
      stored->data[stored->len - i] ^= 0x10;
      g_assert_false (
          decode (ann_codec_new_zlib (4), stored->data, stored->len, bytes, sizeof bytes));
      stored->data[stored->len - i] ^= 0x10;
    }
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      memcpy (stored->data, heads[i], 2);
      g_assert_false (
          decode (ann_codec_new_zlib (4), stored->data, stored->len, bytes, sizeof bytes));
    }
}

static void
test_gzip (void)
{
  guint32 state = 4;
  guint8 bytes[80000];
  g_autoptr (GByteArray) stored = NULL;
  g_autoptr (GByteArray) second = NULL;

  fill (INDICES, bytes, sizeof bytes, &state);
  stored = compress (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 4, bytes, sizeof bytes / 2);
  second = compress (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 4, bytes + sizeof bytes / 2, sizeof bytes / 2);
  g_assert_true (
      decode (ann_codec_new_gzip (4), stored->data, stored->len, bytes, sizeof bytes / 2));
  for (guint i = 1; i <= 8; i++)
    {
      stored->data[stored->len - i] ^= 0x10;
      g_assert_false (
          decode (ann_codec_new_gzip (4), stored->data, stored->len, bytes, sizeof bytes / 2));
      stored->data[stored->len - i] ^= 0x10;
    }

  g_byte_array_append (stored, second->data, second->len);
  g_assert_true (decode (ann_codec_new_gzip (4), stored->data, stored->len, bytes, sizeof bytes));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inflate/kinds", test_kinds);
  g_test_add_func ("/inflate/cut", test_cut);
  g_test_add_func ("/inflate/room", test_room);
  g_test_add_func ("/inflate/by-hand", test_by_hand);
  g_test_add_func ("/inflate/empty-blocks", test_empty_blocks);
  g_test_add_func ("/inflate/damaged", test_damaged);
  g_test_add_func ("/inflate/zlib", test_zlib);
  g_test_add_func ("/inflate/gzip", test_gzip);

  return g_test_run ();
}
