/* test-codec-encode.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "codec/ann-codec-chain-private.h"
#include "codec/ann-codec-private.h"
#include "codec/ann-compression.h"

#include <string.h>

/* --- Chains --- */

#define MAX_STEPS 3

/* What numcodecs calls them: check-encoded.py reads the names. */
static const struct {
  const char *name;
  const char *steps[MAX_STEPS];
  gboolean grows; /* noise becomes longer, at least by nothing */
} chains[] = {
  { "none", { NULL }, FALSE },
  { "swap4", { "swap4" }, FALSE },
  { "swap8", { "swap8" }, FALSE },
  { "shuffle2", { "shuffle2" }, FALSE },
  { "shuffle3", { "shuffle3" }, FALSE },
  { "shuffle4", { "shuffle4" }, FALSE },
  { "shuffle8", { "shuffle8" }, FALSE },
  { "zlib", { "deflate1" }, TRUE },
  { "zlib0", { "zlib0" }, TRUE },
  { "zlib9", { "zlib9" }, TRUE },
  { "gzip", { "gzip1" }, TRUE },
  { "gzip6", { "gzip6" }, TRUE },
  { "zstd", { "zstd3" }, TRUE },
  { "zstd-7", { "zstd-7" }, TRUE },
  { "zstd19", { "zstd19" }, TRUE },
  { "lz4", { "lz4" }, TRUE },
  { "lzf", { "lzf" }, TRUE },
  { "blosc-zstd4", { "blosc-zstd4" }, TRUE },
  { "blosc-zstd8", { "blosc-zstd8" }, TRUE },
  { "blosc-lz44", { "blosc-lz44" }, TRUE },
  { "blosc-lz41", { "blosc-lz41" }, TRUE },
  { "crc32c", { "crc32c" }, TRUE },
  { "crc32", { "crc32" }, TRUE },
  { "adler32", { "adler32" }, TRUE },
  { "shuffle4-zlib", { "shuffle4", "deflate1" }, TRUE },
  { "swap4-zstd-crc32c", { "swap4", "zstd1", "crc32c" }, TRUE },
};

static AnnCodec *
new_blosc (const char *inner, const char *item_size)
{
  return _ann_codec_new_blosc_writer (inner, 1, (gsize) g_ascii_strtoull (item_size, NULL, 10));
}

static AnnCodec *
new_codec (const char *step)
{
  static const struct {
    const char *prefix;
    AnnCodec *(*new_codec) (guint level);
  } compressors[] = {
    { "deflate", ann_codec_new_deflate },
    { "zlib", ann_codec_new_zlib },
    { "gzip", ann_codec_new_gzip },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (compressors); i++)
    {
      if (g_str_has_prefix (step, compressors[i].prefix))
        return compressors[i].new_codec (
            (guint) g_ascii_strtoull (step + strlen (compressors[i].prefix), NULL, 10));
    }
  if (g_str_has_prefix (step, "swap"))
    return ann_codec_new_byte_swap (g_ascii_strtoull (step + 4, NULL, 10));
  if (g_str_has_prefix (step, "shuffle"))
    return ann_codec_new_shuffle (g_ascii_strtoull (step + 7, NULL, 10));
  if (g_str_has_prefix (step, "zstd"))
    return ann_codec_new_zstd ((int) g_ascii_strtoll (step + 4, NULL, 10));
  if (g_str_has_prefix (step, "blosc-zstd"))
    return new_blosc ("zstd", step + 10);
  if (g_str_has_prefix (step, "blosc-lz4"))
    return new_blosc ("lz4", step + 9);
  if (g_str_equal (step, "lz4"))
    return ann_codec_new_lz4 ();
  if (g_str_equal (step, "lzf"))
    return ann_codec_new_lzf ();
  if (g_str_equal (step, "crc32c"))
    return ann_codec_new_checksum (ANN_CHECKSUM_CRC32C, FALSE);

  return ann_codec_new_checksum (
      g_str_equal (step, "crc32") ? ANN_CHECKSUM_CRC32 : ANN_CHECKSUM_ADLER32, TRUE);
}

static AnnCodecChain *
new_chain (const char *const *steps)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  for (guint i = 0; i < MAX_STEPS && steps[i] != NULL; i++)
    ann_codec_chain_append (chain, new_codec (steps[i]));

  return chain;
}

/* --- Values --- */

typedef enum {
  ZEROS,
  NOISE,
  COUNTS,
  INDICES,
  FAR_APART, /* the same again, beyond what LZF sees */
  N_KINDS
} Kind;

static guint8 *
new_values (Kind kind, gsize size)
{
  guint8 *values = g_malloc0 (size + 8);
  guint32 state = 1;

  for (gsize i = 0; i < size; i++)
    {
      const guint32 index = (guint32) (i / 4 * 7 + i / 400);

      state = state * 1664525u + 1013904223u;
      switch (kind)
        {
        case NOISE:
          values[i] = state >> 24;
          break;
        case COUNTS:
          values[i] = i % 4 == 3 ? 0x3f : i % 4 == 2 && state >> 30 == 0 ? 0x80 : 0;
          break;
        case INDICES:
          values[i] = (guint8) (index >> (8 * (i % 4)));
          break;
        case FAR_APART:
          values[i] = i < 8191 + size % 4 ? state >> 24 : values[i - 8191 - size % 4];
          break;
        case ZEROS:
        case N_KINDS:
        default:
          break;
        }
    }

  return values;
}

static const gsize sizes[] = { 0, 8, 24, 120, 128, 264, 1000, 65536, 65544, 300000, 1500000 };

/* --- Tests --- */

/* Encodes into memory that ends where it has to, and decodes what comes out of it. */
static void
test_round_trip (gconstpointer data)
{
  const gsize which = GPOINTER_TO_SIZE (data);
  g_autoptr (AnnCodecChain) chain = new_chain (chains[which].steps);

  g_assert_cmpint (_ann_codec_chain_has_steps (chain), ==, chains[which].steps[0] != NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (Kind kind = ZEROS; kind < N_KINDS; kind++)
      {
        const gsize size = sizes[i];
        const gsize bound = _ann_codec_chain_get_bound (chain, size);
        g_autofree guint8 *values = new_values (kind, size);
        g_autofree guint8 *src = g_memdup2 (values, size);
        g_autofree guint8 *encoded = g_malloc (bound);
        g_autofree guint8 *stored = NULL;
        g_autofree guint8 *decoded = g_malloc (size);
        g_autoptr (GError) error = NULL;
        gsize n = G_MAXSIZE;

        if (size > 300000 && strstr (chains[which].name, "19") != NULL)
          continue;
        g_assert_true (ann_codec_chain_encode (chain, src, size, encoded, bound, &n, &error));
        g_assert_no_error (error);
        g_assert_cmpuint (n, <=, bound);
        if (size > 0)
          g_assert_cmpmem (src, size, values, size);
        if (kind == NOISE)
          g_assert_cmpint (n > size || size == 0, ==, chains[which].grows || size == 0);
        else if (kind == ZEROS && size > 1000 && chains[which].grows
                 && strpbrk (chains[which].steps[0], "0") == NULL
                 && !g_str_has_suffix (chains[which].steps[0], "32")
                 && !g_str_has_suffix (chains[which].steps[0], "32c"))
          g_assert_cmpuint (n, <, size / 40); /* LZF's best is 3 of 264 */

        stored = g_memdup2 (encoded, n);
        g_assert_true (ann_codec_chain_decode (chain, stored, n, 0, decoded, size, &error));
        g_assert_no_error (error);
        if (size > 0)
          g_assert_cmpmem (decoded, size, values, size);
      }
}

/* One byte less than the bound is refused, before anything is written. */
static void
test_no_room (gconstpointer data)
{
  const gsize which = GPOINTER_TO_SIZE (data);
  g_autoptr (AnnCodecChain) chain = new_chain (chains[which].steps);
  const gsize capacity = _ann_codec_chain_get_bound (chain, 1000) - 1;
  g_autofree guint8 *values = new_values (NOISE, 1000);
  g_autofree guint8 *encoded = g_malloc (capacity);
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_false (ann_codec_chain_encode (chain, values, 1000, encoded, capacity, &n, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

/* The order of bytes by arithmetic. */
static void
test_shuffle (void)
{
  static const gsize item_sizes[] = { 1, 2, 3, 4, 8, 16 };

  for (gsize i = 0; i < G_N_ELEMENTS (item_sizes); i++)
    for (gsize n = 0; n < 70; n++)
      {
        const gsize item_size = item_sizes[i];
        const gsize size = n * item_size + (item_size - 1) / 2; /* with a rest */
        g_autofree guint8 *values = new_values (NOISE, size);
        g_autofree guint8 *shuffled = g_malloc (size + 1);
        g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
        g_autoptr (GError) error = NULL;
        gsize n_encoded;

        ann_codec_chain_append (chain, ann_codec_new_shuffle (item_size));
        g_assert_true (
            ann_codec_chain_encode (chain, values, size, shuffled, size, &n_encoded, &error));
        g_assert_cmpuint (n_encoded, ==, size);
        for (gsize j = 0; j < size; j++)
          g_assert_cmpuint (shuffled[j], ==,
                            j < n * item_size ? values[j % n * item_size + j / n] : values[j]);
      }
}

/* Known sums of `123456789`, from the catalogue of CRCs and RFC 1950's definition. */
static void
test_checksums (void)
{
  static const struct {
    AnnChecksum kind;
    guint32 sum;
  } cases[] = {
    { ANN_CHECKSUM_CRC32C, 0xe3069283 },
    { ANN_CHECKSUM_CRC32, 0xcbf43926 },
    { ANN_CHECKSUM_ADLER32, 0x091e01de },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint is_in_front = 0; is_in_front < 2; is_in_front++)
      {
        g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
        guint8 encoded[13];
        const guint8 *sum = is_in_front ? encoded : encoded + 9;
        gsize n;

        ann_codec_chain_append (chain, ann_codec_new_checksum (cases[i].kind, is_in_front != 0));
        g_assert_true (ann_codec_chain_encode (chain, (const guint8 *) "123456789", 9, encoded,
                                               sizeof encoded, &n, NULL));
        g_assert_cmpuint (n, ==, 13);
        for (guint j = 0; j < 4; j++)
          g_assert_cmphex (sum[j], ==, cases[i].sum >> (8 * j) & 0xff);
        g_assert_cmpmem (is_in_front ? encoded + 4 : encoded, 9, "123456789", 9);
      }
}

/* As liblzf's decoder reads it: `ab` as it is, then 26 bytes that begin two bytes back. */
static void
test_lzf_stream (void)
{
  static const guint8 expected[] = { 2 - 1, 'a', 'b', 7 << 5, 26 - 2 - 7, 2 - 1 };
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  guint8 values[28];
  guint8 encoded[5000];
  gsize n;

  for (gsize i = 0; i < sizeof values; i++)
    values[i] = "ab"[i % 2];
  ann_codec_chain_append (chain, ann_codec_new_lzf ());
  g_assert_true (
      ann_codec_chain_encode (chain, values, sizeof values, encoded, sizeof encoded, &n, NULL));
  g_assert_cmpmem (encoded, n, expected, sizeof expected);
}

static void
test_levels (void)
{
  g_autofree guint8 *values = new_values (INDICES, 400000);
  g_autofree guint8 *encoded = g_malloc (500000);
  static const char *const steps[][2] = { { "gzip9", "gzip1" }, { "zstd15", "zstd-5" } };

  /* One thread takes several levels by turns. */
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (guint round = 0; round < 2; round++)
      {
        gsize n[2];

        for (guint j = 0; j < 2; j++)
          {
            g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();

            ann_codec_chain_append (chain, new_codec (steps[i][j]));
            g_assert_true (
                ann_codec_chain_encode (chain, values, 400000, encoded, 500000, &n[j], NULL));
          }
        g_assert_cmpuint (n[0], <, n[1]);
      }
}

static void
test_cannot (void)
{
  static const guint8 values[16] = { 0 };
  guint8 encoded[10000];
  g_autoptr (AnnCodecChain) bzip2 = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) missing = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) reading = ann_codec_chain_new ();
  g_autoptr (AnnCodecChain) no_op = ann_codec_chain_new ();
  g_autoptr (GError) error = NULL;
  gsize n;

  ann_codec_chain_append (bzip2, ann_codec_new_shuffle (4));
  ann_codec_chain_append (bzip2, ann_codec_new_bzip2 (9));
  g_assert_false (ann_codec_chain_encode (bzip2, values, 16, encoded, 10000, &n, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "bzip2 9"));
  g_clear_error (&error);

  ann_codec_chain_append (missing, ann_codec_new_missing ("jetraw"));
  g_assert_false (ann_codec_chain_encode (missing, values, 16, encoded, 10000, &n, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC);
  g_clear_error (&error);

  ann_codec_chain_append (reading, ann_codec_new_blosc ("lz4", 5));
  g_assert_false (ann_codec_chain_encode (reading, values, 16, encoded, 10000, &n, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  ann_codec_chain_append (no_op, ann_codec_new_no_op ("bitround"));
  g_assert_false (_ann_codec_chain_has_steps (no_op));
  g_assert_true (ann_codec_chain_encode (no_op, values, 16, encoded, 16, &n, &error));
  g_assert_cmpmem (encoded, n, values, 16);
}

static void
test_from_codecs (void)
{
  static const struct {
    const char *steps[MAX_STEPS];
    gboolean is_known;
    const char *expected;
  } cases[] = {
    { { NULL }, TRUE, "none" },
    { { "swap4", "shuffle4" }, TRUE, "none" },
    { { "shuffle4", "deflate6" }, TRUE, "gzip:6" },
    { { "swap4", "gzip5", "crc32c" }, TRUE, "gzip:5" },
    { { "zlib77" }, TRUE, "gzip:9" },
    { { "zstd-3" }, TRUE, "zstd:-3" },
    { { "blosc-zstd4" }, TRUE, "blosc:1" },
    { { "blosc-lz44" }, TRUE, "lz4:1" },
    { { "lzf" }, TRUE, "lzf" },
    { { "lz4" }, TRUE, "lz4:5" },
    { { "adler32" }, FALSE, NULL },
    { { "gzip1", "zstd1" }, FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnCodecChain) chain = new_chain (cases[i].steps);
      AnnCompression compression = { ANN_COMPRESSOR_NONE, 0 };

      g_assert_cmpint (_ann_compression_init_from_codecs (&compression, chain), ==,
                       cases[i].is_known);
      if (cases[i].is_known)
        {
          g_autofree char *text = ann_compression_to_string (&compression);

          g_assert_cmpstr (text, ==, cases[i].expected);
        }
    }
}

/* --- What others read --- */

/* Writes NAME.KIND.SIZE.raw and .encoded for check-encoded.py, run by hand:
 * test-codec-encode --write FOLDER && check-encoded.py FOLDER
 */
static int
write_files (const char *folder)
{
  for (gsize which = 0; which < G_N_ELEMENTS (chains); which++)
    for (gsize i = 1; i < G_N_ELEMENTS (sizes); i++)
      for (Kind kind = ZEROS; kind < N_KINDS; kind++)
        {
          g_autoptr (AnnCodecChain) chain = new_chain (chains[which].steps);
          const gsize bound = _ann_codec_chain_get_bound (chain, sizes[i]);
          g_autofree guint8 *values = new_values (kind, sizes[i]);
          g_autofree guint8 *encoded = g_malloc (bound);
          g_autofree char *stem = g_strdup_printf ("%s/%s.%d.%" G_GSIZE_FORMAT, folder,
                                                   chains[which].name, kind, sizes[i]);
          g_autofree char *raw = g_strconcat (stem, ".raw", NULL);
          g_autofree char *stored = g_strconcat (stem, ".encoded", NULL);
          gsize n = 0;

          if (!ann_codec_chain_encode (chain, values, sizes[i], encoded, bound, &n, NULL)
              || !g_file_set_contents (raw, (const char *) values, (gssize) sizes[i], NULL)
              || !g_file_set_contents (stored, (const char *) encoded, (gssize) n, NULL))
            return 1;
        }

  return 0;
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--write"))
    return write_files (argv[2]);

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autofree char *round_trip = g_strdup_printf ("/codec-encode/round-trip/%s", chains[i].name);
      g_autofree char *no_room = g_strdup_printf ("/codec-encode/no-room/%s", chains[i].name);

      g_test_add_data_func (round_trip, GSIZE_TO_POINTER (i), test_round_trip);
      g_test_add_data_func (no_room, GSIZE_TO_POINTER (i), test_no_room);
    }
  g_test_add_func ("/codec-encode/shuffle", test_shuffle);
  g_test_add_func ("/codec-encode/checksums", test_checksums);
  g_test_add_func ("/codec-encode/lzf-stream", test_lzf_stream);
  g_test_add_func ("/codec-encode/levels", test_levels);
  g_test_add_func ("/codec-encode/cannot", test_cannot);
  g_test_add_func ("/codec-encode/from-codecs", test_from_codecs);

  return g_test_run ();
}
