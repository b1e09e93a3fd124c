/* test-codec.c: each codec against what HDF5 wrote, and against what nobody should write
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "codec/ann-codec-chain.h"
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
} Step;

typedef struct {
  const char *name;
  const guint8 *stored;
  gsize stored_size;
  gsize item_size;
  gsize n;
  Step steps[4]; /* up to NONE */
} Case;

#define CASE(NAME, ITEM_SIZE, N, ...)                                                              \
  {                                                                                                \
#NAME, golden_##NAME, sizeof golden_##NAME, ITEM_SIZE, N,                                      \
    {                                                                                              \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
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
};

static AnnCodec *
new_codec (Step step, gsize item_size)
{
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
      return ann_codec_new_shuffle (item_size);
    case SWAP:
      return ann_codec_new_byte_swap (item_size);
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
    ann_codec_chain_append (chain, new_codec (a_case->steps[i], a_case->item_size));

  return chain;
}

/* What make-golden.py put in, little-endian. */
static void
assert_values (const Case *a_case, const guint8 *decoded)
{
  for (gsize i = 0; i < a_case->n; i++)
    {
      guint64 value = 0;

      for (gsize j = a_case->item_size; j-- > 0;)
        value = value << 8 | decoded[i * a_case->item_size + j];
      g_assert_cmpuint (value, ==, (i * i) % 97 + i / 16);
    }
}

/* Decodes from and into memory that ends exactly where it should, for the address sanitizer. */
static gboolean
decode (AnnCodecChain *chain,
        const guint8 *stored,
        gsize stored_size,
        gsize dest_size,
        guint8 **decoded,
        GError **error)
{
  g_autofree guint8 *src = g_memdup2 (stored, stored_size);

  *decoded = g_malloc (dest_size);

  return ann_codec_chain_decode (chain, src, stored_size, 0, *decoded, dest_size, error);
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

  for (gsize length = 0; length < a_case->stored_size; length++)
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

/* Any byte changed in any way: what has a checksum says so, nothing reads or writes astray. */
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
        else
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
  g_test_add_func ("/codec/byte-swap", test_byte_swap);
  g_test_add_func ("/codec/lzf-repetitions", test_lzf_repetitions);
  g_test_add_func ("/codec/zstd-frames", test_zstd_frames);
  g_test_add_func ("/codec/describe", test_describe);

  return g_test_run ();
}
