/* test-codec.c: each codec against what HDF5 wrote, and against what nobody should write
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "codec-fixture.h"
#include "codec/ann-codec-chain.h"
#include "codec/ann-codec-private.h"
#include "golden-chunks.h"

#include <string.h>
#include <zstd.h>

typedef enum {
  NONE,
  GZIP,
  LZF,
  ZSTD,
  FLETCHER32,
  SHUFFLE, /* by the size of the case's items */
  SWAP,
  BZIP2,
  LZ4,
  BLOSC,
  BLOSC2,     /* in some builds */
  BITSHUFFLE, /* from here on by the case's parameters */
  SZIP,
  SCALE_OFFSET,
  NBIT,
} Step;

typedef struct {
  const char *name;
  const guint8 *stored;
  gsize stored_size;
  gsize item_size;
  gsize n;
  Step steps[4]; /* up to NONE */
  const guint32 *parameters;
  gsize n_parameters;
  guint shift;     /* the values' place in their items */
  gboolean is_big; /* as decoded */
  gsize n_unused;  /* bytes at the end of the stored ones that nobody misses */
} Case;

#define CASE(NAME, ITEM_SIZE, N, ...)                                                              \
  {                                                                                                \
    .name = #NAME, .stored = golden_##NAME, .stored_size = sizeof golden_##NAME,                   \
    .item_size = ITEM_SIZE, .n = N, .steps = {                                                     \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }

#define CASE_BY_PARAMETERS(NAME, ITEM_SIZE, N, ...)                                                \
  {                                                                                                \
    .name = #NAME, .stored = golden_##NAME, .stored_size = sizeof golden_##NAME,                   \
    .item_size = ITEM_SIZE, .n = N, .steps = { __VA_ARGS__ },                                      \
    .parameters = golden_##NAME##_parameters,                                                      \
    .n_parameters = G_N_ELEMENTS (golden_##NAME##_parameters)                                      \
  }

#define CASE_IN_PLACE(NAME, ITEM_SIZE, N, STEP, SHIFT, IS_BIG, N_UNUSED)                           \
  {                                                                                                \
    .name = #NAME, .stored = golden_##NAME, .stored_size = sizeof golden_##NAME,                   \
    .item_size = ITEM_SIZE, .n = N, .steps = { STEP }, .parameters = golden_##NAME##_parameters,   \
    .n_parameters = G_N_ELEMENTS (golden_##NAME##_parameters), .shift = SHIFT, .is_big = IS_BIG,   \
    .n_unused = N_UNUSED                                                                           \
  }

static const Case cases[] = {
  CASE (gzip, 4, 101, GZIP),
  CASE (gzip9, 8, 200, GZIP),
  CASE (shuffle2_gzip, 2, 101, SHUFFLE, GZIP),
  CASE (shuffle4_gzip, 4, 101, SHUFFLE, GZIP),
  CASE (shuffle8_gzip, 8, 101, SHUFFLE, GZIP),
  CASE (shuffle4, 4, 37, SHUFFLE),
  CASE (big_shuffle4_gzip, 4, 101, SWAP, SHUFFLE, GZIP),
  CASE (big8, 8, 19, SWAP),
  CASE (lzf, 4, 101, LZF),
  CASE (shuffle4_lzf, 4, 500, SHUFFLE, LZF),
  CASE (zstd, 4, 101, ZSTD),
  CASE (shuffle4_zstd, 4, 101, SHUFFLE, ZSTD),
  CASE (fletcher32, 2, 37, FLETCHER32),
  CASE (odd_fletcher32, 1, 37, FLETCHER32),
  CASE (long_fletcher32_gzip, 4, 2000, GZIP, FLETCHER32),
  CASE (shuffle4_gzip_fletcher32, 4, 101, SHUFFLE, GZIP, FLETCHER32),
  CASE (bzip2, 4, 101, BZIP2),
  CASE (lz4, 4, 101, LZ4),
  CASE (lz4_blocks, 4, 300, LZ4),
  CASE (lz4_whole_blocks, 1, 101, LZ4),
  CASE (blosc_blosclz, 4, 500, BLOSC),
  CASE (blosc_lz4, 4, 500, BLOSC),
  CASE (blosc_lz4hc, 8, 500, BLOSC),
  CASE (blosc_zlib, 2, 500, BLOSC),
  CASE (blosc_zstd_bits, 4, 512, BLOSC),
  CASE (blosc_level0, 2, 51, BLOSC),
  CASE (shuffle4_blosc, 4, 101, SHUFFLE, BLOSC),
#ifdef ANN_HAVE_BLOSC2
  CASE (blosc2, 4, 101, BLOSC2),
  CASE (blosc2_blosclz, 8, 101, BLOSC2),
  CASE (blosc2_lz4_bits, 4, 200, BLOSC2),
  CASE (blosc2_zlib, 2, 101, BLOSC2),
  CASE (blosc2_delta, 4, 200, BLOSC2),
  CASE (blosc2_copied, 4, 51, BLOSC2),
  CASE (blosc2_square, 4, 99, BLOSC2),
  CASE (blosc2_cube, 2, 126, BLOSC2),
#endif
  CASE_BY_PARAMETERS (bitshuffle1, 1, 101, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle2, 2, 101, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle4_few, 4, 7, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle4_blocks, 4, 45, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle8_gzip, 8, 1101, BITSHUFFLE, GZIP),
  CASE_BY_PARAMETERS (bitshuffle4_lz4, 4, 101, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle8_lz4_blocks, 8, 500, BITSHUFFLE),
  CASE_BY_PARAMETERS (bitshuffle2_zstd, 2, 500, BITSHUFFLE),
  CASE_BY_PARAMETERS (szip1, 1, 101, SZIP),
  CASE_IN_PLACE (szip2_big, 2, 101, SZIP, 0, TRUE, 0),
  CASE_BY_PARAMETERS (szip2_entropy, 2, 96, SZIP),
  CASE_BY_PARAMETERS (szip4, 4, 101, SZIP),
  CASE_IN_PLACE (szip4_lines, 4, 700, SZIP, 0, FALSE, 1),
  CASE_BY_PARAMETERS (szip8, 8, 128, SZIP),
  CASE_BY_PARAMETERS (scale_offset1, 1, 101, SCALE_OFFSET),
  CASE_IN_PLACE (scale_offset2_big, 2, 101, SCALE_OFFSET, 0, TRUE, 0),
  CASE_BY_PARAMETERS (scale_offset4, 4, 101, SCALE_OFFSET),
  CASE_BY_PARAMETERS (scale_offset4_11_bits, 4, 101, SCALE_OFFSET),
  CASE_BY_PARAMETERS (scale_offset4_all_bits, 4, 37, SCALE_OFFSET),
  CASE_BY_PARAMETERS (scale_offset8, 8, 101, SCALE_OFFSET),
  CASE_IN_PLACE (scale_offset8_40_bits, 8, 101, SCALE_OFFSET, 0, FALSE, 1),
  CASE_BY_PARAMETERS (shuffle4_scale_offset, 4, 101, SHUFFLE, SCALE_OFFSET),
  CASE_BY_PARAMETERS (nbit_nothing, 4, 37, NBIT),
  CASE_BY_PARAMETERS (nbit4, 4, 101, NBIT),
  CASE_IN_PLACE (nbit4_offset, 4, 101, NBIT, 6, FALSE, 0),
  CASE_IN_PLACE (nbit2_big, 2, 101, NBIT, 3, TRUE, 0),
  CASE_IN_PLACE (nbit8_big, 8, 101, NBIT, 7, TRUE, 0),
};

static AnnCodec *
new_bitshuffle (const guint32 *parameters, gsize n_parameters)
{
  static const AnnBitshuffle inner[] = { ANN_BITSHUFFLE_PLAIN, ANN_BITSHUFFLE_PLAIN,
                                         ANN_BITSHUFFLE_LZ4, ANN_BITSHUFFLE_ZSTD };

  return ann_codec_new_bitshuffle (parameters[2], n_parameters > 3 ? parameters[3] : 0,
                                   inner[n_parameters > 4 ? parameters[4] : 0]);
}

static AnnCodec *
new_codec (Step step, const Case *a_case)
{
  const guint32 *parameters = a_case->parameters;

  switch (step)
    {
    case GZIP:
      return ann_codec_new_deflate (4);
    case LZF:
      return ann_codec_new_lzf ();
    case ZSTD:
      return ann_codec_new_zstd (3);
    case FLETCHER32:
      return ann_codec_new_fletcher32 ();
    case SHUFFLE:
      return ann_codec_new_shuffle (a_case->item_size);
    case SWAP:
      return ann_codec_new_byte_swap (a_case->item_size);
    case BZIP2:
      return ann_codec_new_bzip2 (9);
    case LZ4:
      return ann_codec_new_lz4_blocks ();
    case BLOSC:
      return ann_codec_new_blosc ("lz4", 5);
    case BITSHUFFLE:
      return new_bitshuffle (parameters, a_case->n_parameters);
    case SZIP:
      return ann_codec_new_szip (parameters[0], parameters[1], parameters[2], parameters[3]);
    case SCALE_OFFSET:
      return ann_codec_new_scale_offset (parameters, a_case->n_parameters);
    case NBIT:
      return ann_codec_new_nbit (parameters, a_case->n_parameters);
    case BLOSC2:
#ifdef ANN_HAVE_BLOSC2
      return _ann_codec_new_blosc2 (5);
#endif
    case NONE:
    default:
      g_assert_not_reached ();
    }
}

static AnnCodecChain *
new_chain (const Case *a_case)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  for (guint i = 0; i < G_N_ELEMENTS (a_case->steps) && a_case->steps[i] != NONE; i++)
    ann_codec_chain_append (chain, new_codec (a_case->steps[i], a_case));

  return chain;
}

/* What make-golden.py put in. */
static void
assert_values (const Case *a_case, const guint8 *decoded)
{
  for (gsize i = 0; i < a_case->n; i++)
    g_assert_cmpuint (
        get_number (decoded + i * a_case->item_size, a_case->item_size, a_case->is_big), ==,
        get_value (i) << a_case->shift);
}

static void
test_golden (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = new_chain (a_case);
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  decode (chain, a_case->stored, a_case->stored_size, a_case->n * a_case->item_size, &decoded,
          &error);
  g_assert_no_error (error);
  assert_values (a_case, decoded);
}

static void
test_truncated (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = new_chain (a_case);

  for (gsize length = 0; length < a_case->stored_size - a_case->n_unused; length++)
    {
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (
          decode (chain, a_case->stored, length, a_case->n * a_case->item_size, &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

static void
test_wrong_size (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = new_chain (a_case);
  const gsize size = a_case->n * a_case->item_size;
  const gsize sizes[] = { 0, 1, size / 2, size - 1, size + 1, 2 * size };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (
          decode (chain, a_case->stored, a_case->stored_size, sizes[i], &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

/* Any byte changed in any way: what has a checksum says so, nothing reads or writes astray. A frame
 * of Blosc 2 can name codecs that are none of the library's.
 */
static void
test_damaged (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = new_chain (a_case);
  g_autofree guint8 *stored = g_memdup2 (a_case->stored, a_case->stored_size);
  gboolean has_checksum = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (a_case->steps); i++)
    has_checksum |= a_case->steps[i] == FLETCHER32;

  for (gsize i = 0; i < a_case->stored_size; i++)
    for (guint change = 1; change < 256; change += change < 4 ? 1 : 36)
      {
        g_autofree guint8 *decoded = NULL;
        g_autoptr (GError) error = NULL;
        gboolean success;

        stored[i] ^= change;
        success = decode (chain, stored, a_case->stored_size, a_case->n * a_case->item_size,
                          &decoded, &error);
        stored[i] ^= change;

        if (success)
          g_assert_false (has_checksum);
        else if (a_case->steps[0] != BLOSC2
                 || !g_error_matches (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC))
          g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      }
}

static void
test_garbage (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = new_chain (a_case);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 500; i++)
    {
      gsize length = g_rand_int_range (random, 0, 300);
      g_autofree guint8 *stored = g_malloc (length);
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < length; j++)
        stored[j] = g_rand_int (random);
      if (!decode (chain, stored, length, 64, &decoded, &error))
        g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

/* HDF5 1.6.2 swapped the bytes of each half of the checksum. */
static void
test_old_fletcher32 (void)
{
  g_autoptr (AnnCodecChain) chain = new_chain (&(const Case){ .steps = { FLETCHER32 } });
  const Case *a_case = &cases[12];
  g_autofree guint8 *stored = g_memdup2 (a_case->stored, a_case->stored_size);
  guint8 *sum = stored + a_case->stored_size - 4;
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  guint8 first = sum[0];
  guint8 third = sum[2];

  g_assert_cmpstr (a_case->name, ==, "fletcher32");
  sum[0] = sum[1];
  sum[1] = first;
  sum[2] = sum[3];
  sum[3] = third;

  decode (chain, stored, a_case->stored_size, 2 * a_case->n, &decoded, &error);
  g_assert_no_error (error);
  assert_values (a_case, decoded);
}

/* Items larger than the chunk are a rest. It takes no time, however large they claim to be. */
static void
test_unshuffle_nothing (void)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  const guint8 stored[] = { 1, 2, 3 };
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  ann_codec_chain_append (chain, ann_codec_new_shuffle (G_MAXINT64));
  decode (chain, stored, sizeof stored, sizeof stored, &decoded, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, sizeof stored, stored, sizeof stored);
}

/* All item sizes, and all numbers of items round the width of a vector, with and without a rest. */
static void
test_unshuffle (void)
{
  const gsize item_sizes[] = { 1, 2, 3, 4, 5, 8, 16 };

  for (guint s = 0; s < G_N_ELEMENTS (item_sizes); s++)
    for (gsize n = 0; n < 70; n++)
      for (gsize rest = 0; rest < item_sizes[s]; rest++)
        {
          const gsize item_size = item_sizes[s];
          const gsize size = n * item_size + rest;
          g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
          g_autofree guint8 *shuffled = g_malloc (size);
          g_autofree guint8 *decoded = NULL;
          g_autoptr (GError) error = NULL;

          ann_codec_chain_append (chain, ann_codec_new_shuffle (item_size));
          for (gsize i = 0; i < size; i++)
            {
              gsize place = i < n * item_size ? i % item_size * n + i / item_size : i;

              shuffled[place] = i * 7 % 251;
            }

          decode (chain, shuffled, size, size, &decoded, &error);
          g_assert_no_error (error);
          for (gsize i = 0; i < size; i++)
            g_assert_cmpuint (decoded[i], ==, i * 7 % 251);
        }
}

static void
test_byte_swap (void)
{
  const gsize item_sizes[] = { 1, 2, 4, 8, 10 };

  for (guint s = 0; s < G_N_ELEMENTS (item_sizes); s++)
    {
      const gsize item_size = item_sizes[s];
      g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
      guint8 stored[40];
      g_autofree guint8 *decoded = NULL;
      g_autofree guint8 *odd = NULL;
      g_autoptr (GError) error = NULL;

      ann_codec_chain_append (chain, ann_codec_new_byte_swap (item_size));
      for (guint i = 0; i < sizeof stored; i++)
        stored[i] = i;
      decode (chain, stored, sizeof stored, sizeof stored, &decoded, &error);
      g_assert_no_error (error);
      for (gsize i = 0; i < sizeof stored; i++)
        g_assert_cmpuint (decoded[i], ==, i - i % item_size + item_size - 1 - i % item_size);

      if (item_size > 1)
        {
          g_assert_false (decode (chain, stored, 39, 39, &odd, &error));
          g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
        }
    }
}

/* Repetitions that reach back by one and by the most that there is, over their own end. */
static void
test_lzf_repetitions (void)
{
  const guint8 run[] = { 0, 'a', 0xe0, 200, 0 };    /* a, then 209 from one back */
  const guint8 pair[] = { 1, 'a', 'b', 0x60, 1 };   /* ab, then 5 from two back */
  const guint8 before[] = { 0, 'a', 0x20, 1 };      /* from before the beginning */
  const guint8 unfinished[] = { 0, 'a', 0xe0 };     /* no length */
  const guint8 no_distance[] = { 0, 'a', 0xe0, 1 }; /* no distance */
  const guint8 few_literals[] = { 5, 'a', 'b' };    /* fewer than said */
  g_autoptr (AnnCodecChain) chain = new_chain (&(const Case){ .steps = { LZF } });
  const struct {
    const guint8 *stored;
    gsize size;
  } broken[] = {
    { before, sizeof before },
    { unfinished, sizeof unfinished },
    { no_distance, sizeof no_distance },
    { few_literals, sizeof few_literals },
  };
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *decoded_pair = NULL;

  decode (chain, run, sizeof run, 210, &decoded, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 210; i++)
    g_assert_cmpuint (decoded[i], ==, 'a');

  decode (chain, pair, sizeof pair, 7, &decoded_pair, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded_pair, 7, "abababa", 7);

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autofree guint8 *nothing = NULL;

      g_assert_false (
          decode (chain, broken[i].stored, broken[i].size, 100, &nothing, &local_error));
      g_assert_error (local_error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

/* Two frames one after the other are one stream. */
static void
test_zstd_frames (void)
{
  g_autoptr (AnnCodecChain) chain = new_chain (&(const Case){ .steps = { ZSTD } });
  guint8 stored[200];
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  gsize first = ZSTD_compress (stored, sizeof stored, "one ", 4, 1);
  gsize second = ZSTD_compress (stored + first, sizeof stored - first, "two", 3, 1);

  decode (chain, stored, first + second, 7, &decoded, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 7, "one two", 7);
}

static void
test_describe (void)
{
  g_autoptr (AnnCodec) gzip = ann_codec_new_deflate (6);
  g_autoptr (AnnCodec) missing = ann_codec_new_missing ("szip");

  g_assert_cmpstr (ann_codec_get_name (gzip), ==, "gzip");
  g_assert_cmpstr (ann_codec_get_description (gzip), ==, "gzip 6");
  g_assert_false (ann_codec_is_missing (gzip));
  g_assert_cmpstr (ann_codec_get_name (missing), ==, "szip");
  g_assert_true (ann_codec_is_missing (missing));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "golden", test_golden },   { "truncated", test_truncated }, { "wrong-size", test_wrong_size },
    { "damaged", test_damaged }, { "garbage", test_garbage },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint t = 0; t < G_N_ELEMENTS (tests); t++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path = g_strdup_printf ("/codec/%s/%s", tests[t].name, cases[i].name);

        g_test_add_data_func (path, &cases[i], tests[t].func);
      }
  g_test_add_func ("/codec/old-fletcher32", test_old_fletcher32);
  g_test_add_func ("/codec/unshuffle", test_unshuffle);
  g_test_add_func ("/codec/unshuffle-nothing", test_unshuffle_nothing);
  g_test_add_func ("/codec/byte-swap", test_byte_swap);
  g_test_add_func ("/codec/lzf-repetitions", test_lzf_repetitions);
  g_test_add_func ("/codec/zstd-frames", test_zstd_frames);
  g_test_add_func ("/codec/describe", test_describe);

  return g_test_run ();
}
