/* test-codec-chain.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain-private.h"

#include <libdeflate.h>
#include <string.h>
#include <zstd.h>

#define N 50
#define SIZE (4 * N)

static void
fill_values (guint8 *values)
{
  for (guint i = 0; i < SIZE; i++)
    values[i] = i * i % 13;
}

static gsize
deflate (const guint8 *from, gsize size, guint8 *to, gsize capacity)
{
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor (6);
  gsize n = libdeflate_zlib_compress (compressor, from, size, to, capacity);

  g_assert_cmpuint (n, >, 0);
  libdeflate_free_compressor (compressor);

  return n;
}

static AnnCodecChain *
new_swap_shuffle_gzip (void)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  ann_codec_chain_append (chain, ann_codec_new_byte_swap (4));
  ann_codec_chain_append (chain, ann_codec_new_shuffle (4));
  ann_codec_chain_append (chain, ann_codec_new_deflate (6));

  return chain;
}

/* What a writer would store that leaves out the steps of @mask. */
static gsize
encode (guint32 mask, guint8 *stored, gsize capacity)
{
  guint8 values[SIZE];
  guint8 copy[SIZE];

  fill_values (values);
  if ((mask & 1) == 0)
    {
      memcpy (copy, values, SIZE);
      for (guint i = 0; i < SIZE; i++)
        values[i] = copy[i - i % 4 + 3 - i % 4];
    }
  if ((mask & 2) == 0)
    {
      memcpy (copy, values, SIZE);
      for (guint i = 0; i < SIZE; i++)
        values[i % 4 * N + i / 4] = copy[i];
    }
  if ((mask & 4) == 0)
    return deflate (values, SIZE, stored, capacity);

  memcpy (stored, values, SIZE);

  return SIZE;
}

static void
test_filter_masks (void)
{
  g_autoptr (AnnCodecChain) chain = new_swap_shuffle_gzip ();
  guint8 expected[SIZE];

  fill_values (expected);
  for (guint32 mask = 0; mask < 8; mask++)
    {
      guint8 stored[2 * SIZE];
      guint8 decoded[SIZE];
      gsize n = encode (mask, stored, sizeof stored);
      g_autoptr (GError) error = NULL;

      ann_codec_chain_decode (chain, stored, n, mask, decoded, SIZE, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (decoded, SIZE, expected, SIZE);

      /* with any other mask the values cannot be right, except that 32 - 3 bits mean nothing */
      ann_codec_chain_decode (chain, stored, n, mask | 0xfffffff8, decoded, SIZE, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (decoded, SIZE, expected, SIZE);
    }
}

static void
test_no_codecs (void)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  guint8 decoded[3] = { 0, 0, 9 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ann_codec_chain_decode (chain, (const guint8 *) "ab", 2, 0, decoded, 2, &error));
  g_assert_cmpmem (decoded, 3, "ab\t", 3);
  g_assert_true (ann_codec_chain_decode (chain, NULL, 0, 0, NULL, 0, &error));
  g_assert_false (ann_codec_chain_decode (chain, (const guint8 *) "ab", 2, 0, decoded, 3, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

/* HDF5's mask has 32 bits; what comes after is always applied. */
static void
test_many_codecs (void)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  guint8 decoded[4];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 33; i++)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (2));

  ann_codec_chain_decode (chain, (const guint8 *) "abcd", 4, 0, decoded, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 4, "badc", 4);

  ann_codec_chain_decode (chain, (const guint8 *) "abcd", 4, G_MAXUINT32, decoded, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 4, "badc", 4);

  ann_codec_chain_decode (chain, (const guint8 *) "abcd", 4, 1, decoded, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 4, "abcd", 4);
}

static void
test_missing (void)
{
  g_autoptr (AnnCodecChain) chain = new_swap_shuffle_gzip ();
  guint8 stored[2 * SIZE];
  guint8 decoded[SIZE];
  gsize n = encode (0, stored, sizeof stored);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_codec_chain_get_missing (chain));
  ann_codec_chain_append (chain, ann_codec_new_missing ("blosc2"));
  g_assert_nonnull (ann_codec_chain_get_missing (chain));
  g_assert_cmpuint (ann_codec_chain_get_length (chain), ==, 4);
  g_assert_cmpstr (ann_codec_get_name (ann_codec_chain_get_codec (chain, 3)), ==, "blosc2");

  g_assert_false (ann_codec_chain_decode (chain, stored, n, 0, decoded, SIZE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC);
  g_assert_nonnull (strstr (error->message, "blosc2"));
  g_clear_error (&error);

  /* A chunk to which it was not applied does not lack it. */
  ann_codec_chain_decode (chain, stored, n, 8, decoded, SIZE, &error);
  g_assert_no_error (error);
}

static void
test_to_string (void)
{
  g_autoptr (AnnCodecChain) empty = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) chain = new_swap_shuffle_gzip ();
  g_autofree char *nothing = ann_codec_chain_to_string (empty);
  g_autofree char *text = ann_codec_chain_to_string (chain);

  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpstr (text, ==, "byte swap 4, shuffle 4, gzip 6");
}

/* What does not get smaller gets a little larger, and must fit between two codecs all the same. */
static void
test_two_compressors (void)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  const gsize size = 100 * 1000;
  g_autofree guint8 *values = g_malloc (size);
  g_autofree guint8 *once = g_malloc (2 * size);
  g_autofree guint8 *twice = g_malloc (2 * size);
  g_autofree guint8 *decoded = g_malloc (size);
  g_autoptr (GError) error = NULL;
  gsize n;

  for (gsize i = 0; i < size; i++)
    values[i] = g_rand_int (random);
  ann_codec_chain_append (chain, ann_codec_new_zstd (1));
  ann_codec_chain_append (chain, ann_codec_new_deflate (1));
  n = ZSTD_compress (once, 2 * size, values, size, 1);
  g_assert_cmpuint (n, >, size);
  n = deflate (once, n, twice, 2 * size);

  ann_codec_chain_decode (chain, twice, n, 0, decoded, size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, size, values, size);
}

#define LONG_SIZE ((gsize) 600 * 1000)

/* Every start of a zstd frame is what stands there, and no more than the bytes for it are needed.
 */
static void
test_start (void)
{
  static const gsize sizes[] = { 1, 100, 131071, 131072, 131073, 300000, LONG_SIZE - 1, LONG_SIZE };
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  g_autofree guint8 *values = g_malloc (LONG_SIZE);
  g_autofree guint8 *stored = g_malloc (LONG_SIZE);
  g_autofree guint8 *decoded = g_malloc (LONG_SIZE);
  gsize n;

  for (gsize i = 0; i < LONG_SIZE; i++)
    values[i] = (guint8) (i * i % 251 + i / 1000);
  n = ZSTD_compress (stored, LONG_SIZE, values, LONG_SIZE, 1);
  g_assert_false (ZSTD_isError (n));
  ann_codec_chain_append (chain, ann_codec_new_zstd (1));
  g_assert_true (_ann_codec_chain_decodes_starts (chain, 0));
  g_assert_false (_ann_codec_chain_decodes_starts (chain, 1));

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      decoded[sizes[i] - 1] = (guint8) ~values[sizes[i] - 1];
      g_assert_true (
          _ann_codec_chain_decode_start (chain, stored, n, 0, decoded, sizes[i], LONG_SIZE));
      g_assert_cmpmem (decoded, sizes[i], values, sizes[i]);
    }

  /* Cut off behind what is wanted, before it, and within its head; nothing; of another size. */
  g_assert_true (_ann_codec_chain_decode_start (chain, stored, n - 10, 0, decoded, 100, LONG_SIZE));
  g_assert_false (
      _ann_codec_chain_decode_start (chain, stored, n / 2, 0, decoded, LONG_SIZE - 1, LONG_SIZE));
  for (gsize k = 0; k < 20; k++)
    g_assert_false (_ann_codec_chain_decode_start (chain, stored, k, 0, decoded, 100, LONG_SIZE));
  g_assert_false (_ann_codec_chain_decode_start (chain, stored, n, 0, decoded, 100, LONG_SIZE + 1));
  g_assert_false (
      _ann_codec_chain_decode_start (chain, stored, n, 0, decoded, LONG_SIZE, LONG_SIZE - 1));

  /* What failed leaves nothing behind. */
  g_assert_true (ann_codec_chain_decode (chain, stored, n, 0, decoded, LONG_SIZE, NULL));
  g_assert_cmpmem (decoded, LONG_SIZE, values, LONG_SIZE);
}

/* A frame with a checksum is decoded as a whole, so that damage behind what is wanted shows. */
static void
test_start_of_checked (void)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  g_autofree guint8 *values = g_malloc0 (LONG_SIZE);
  g_autofree guint8 *stored = g_malloc (LONG_SIZE);
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  gsize n;

  ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
  n = ZSTD_compress2 (context, stored, LONG_SIZE, values, LONG_SIZE);
  ZSTD_freeCCtx (context);
  g_assert_false (ZSTD_isError (n));
  ann_codec_chain_append (chain, ann_codec_new_zstd (1));

  g_assert_false (_ann_codec_chain_decode_start (chain, stored, n, 0, values, 100, LONG_SIZE));
  g_assert_true (ann_codec_chain_decode (chain, stored, n, 0, values, LONG_SIZE, NULL));
  stored[n - 1] ^= 1;
  g_assert_false (ann_codec_chain_decode (chain, stored, n, 0, values, LONG_SIZE, NULL));
}

/* Behind another codec nothing starts early. */
static void
test_start_of_two (void)
{
  g_autoptr (AnnCodecChain) shuffled = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) none = ann_codec_chain_new ();
  guint8 byte = 0;

  ann_codec_chain_append (shuffled, ann_codec_new_shuffle (4));
  ann_codec_chain_append (shuffled, ann_codec_new_zstd (1));
  g_assert_false (_ann_codec_chain_decodes_starts (shuffled, 0));
  g_assert_true (_ann_codec_chain_decodes_starts (shuffled, 1)); /* which was left out */
  g_assert_false (_ann_codec_chain_decodes_starts (shuffled, 2));
  g_assert_false (_ann_codec_chain_decodes_starts (none, 0));
  g_assert_false (_ann_codec_chain_decode_start (none, &byte, 1, 0, &byte, 1, 1));
}

/* A megabyte of zeros for a chunk of 200 bytes, as the last step and before another one. */
static void
test_bomb (void)
{
  g_autoptr (AnnCodecChain) last = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) between = new_swap_shuffle_gzip ();
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);
  guint8 stored[4096];
  guint8 decoded[SIZE];
  gsize n = deflate (zeros, 1 << 20, stored, sizeof stored);
  g_autoptr (GError) error = NULL;

  ann_codec_chain_append (last, ann_codec_new_deflate (6));
  g_assert_false (ann_codec_chain_decode (last, stored, n, 0, decoded, SIZE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (ann_codec_chain_decode (between, stored, n, 0, decoded, SIZE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

/* A size that no memory has, which only the shape of a chunk can claim. */
static void
test_no_memory (void)
{
  g_autoptr (AnnCodecChain) chain = new_swap_shuffle_gzip ();
  guint8 nothing[1] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (ann_codec_chain_decode (chain, nothing, 1, 0, nothing, G_MAXSIZE - 8, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

typedef struct {
  AnnCodecChain *chain;
  guint8 stored[2 * SIZE];
  gsize stored_size;
} Shared;

static gboolean
decode_many (gsize first,
             gsize n,
             gpointer user_data,
             G_GNUC_UNUSED GCancellable *cancellable,
             GError **error)
{
  const Shared *shared = user_data;
  guint8 expected[SIZE];

  fill_values (expected);
  for (gsize i = first; i < first + n; i++)
    {
      guint8 decoded[SIZE];

      if (!ann_codec_chain_decode (shared->chain, shared->stored, shared->stored_size, 0, decoded,
                                   SIZE, error))
        return FALSE;
      g_assert_cmpmem (decoded, SIZE, expected, SIZE);
    }

  return TRUE;
}

static void
test_threads (void)
{
  g_autoptr (AnnCodecChain) chain = new_swap_shuffle_gzip ();
  Shared shared = { .chain = chain };
  g_autoptr (GError) error = NULL;

  shared.stored_size = encode (0, shared.stored, sizeof shared.stored);
  ann_worker_set_n_threads (4);
  ann_worker_parallel (4000, 10, decode_many, &shared, NULL, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec-chain/filter-masks", test_filter_masks);
  g_test_add_func ("/codec-chain/no-codecs", test_no_codecs);
  g_test_add_func ("/codec-chain/many-codecs", test_many_codecs);
  g_test_add_func ("/codec-chain/missing", test_missing);
  g_test_add_func ("/codec-chain/to-string", test_to_string);
  g_test_add_func ("/codec-chain/two-compressors", test_two_compressors);
  g_test_add_func ("/codec-chain/start", test_start);
  g_test_add_func ("/codec-chain/start-of-checked", test_start_of_checked);
  g_test_add_func ("/codec-chain/start-of-two", test_start_of_two);
  g_test_add_func ("/codec-chain/bomb", test_bomb);
  g_test_add_func ("/codec-chain/no-memory", test_no_memory);
  g_test_add_func ("/codec-chain/threads", test_threads);

  return g_test_run ();
}
