/* test-codec-zarr.c: each codec against what numcodecs wrote, and against what nobody should write
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-box.h"
#include "codec-fixture.h"
#include "codec/ann-codec-chain-private.h"
#include "codec/ann-crc32c-private.h"
#include "golden-zarr-chunks.h"

#include <blosc.h>
#include <string.h>
#include <zstd.h>

/* What make-golden-zarr.py put in, as item i of a chunk. */
typedef enum {
  WHOLE,   /* get_value (i) */
  REAL,    /* the same, as floats */
  QUARTER, /* get_value (i) / 4 - 3.5 */
  COMPLEX, /* get_value (i) and twice as much; two items */
  BIT,     /* get_value (i) % 2 */
} Values;

/* What can be said of a chunk in which a byte was changed. */
typedef enum {
  MAY_PASS,
  IS_NOTICED,
  MAY_BE_LARGE, /* it may ask for more memory than anybody should */
} Damage;

typedef struct {
  const char *name;
  const guint8 *stored;
  gsize stored_size;
  AnnCodecChain *(*new_chain) (void);
  Values values;
  gsize item_size;
  gsize n;
  gboolean is_big;
  Damage damage;
  gsize n_unused; /* bytes at the end that nobody misses */
} Case;

static AnnCodecChain *
new_chain (AnnCodec *first, AnnCodec *second)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  g_assert_nonnull (first);
  ann_codec_chain_append (chain, first);
  if (second != NULL)
    ann_codec_chain_append (chain, second);

  return chain;
}

#define CHAIN(NAME, FIRST, SECOND)                                                                 \
  static AnnCodecChain *new_##NAME (void)                                                          \
  {                                                                                                \
    return new_chain (FIRST, SECOND);                                                              \
  }

#define NUMBER(DTYPE, IS_BIG)                                                                      \
  &(const AnnStoredNumber)                                                                         \
  {                                                                                                \
    ANN_DTYPE_##DTYPE, IS_BIG                                                                      \
  }

#define DELTA(DECODED, IS_BIG, ENCODED)                                                            \
  ann_codec_new_delta (NUMBER (DECODED, IS_BIG), NUMBER (ENCODED, FALSE), NULL)

#define CAST(NAME, DECODED, ENCODED, IS_BIG)                                                       \
  ann_codec_new_cast (NAME, NUMBER (DECODED, FALSE), NUMBER (ENCODED, IS_BIG), NULL)

#define SCALE(DECODED, ENCODED, IS_BIG)                                                            \
  ann_codec_new_fixed_scale_offset (4, -3.5, NUMBER (DECODED, IS_BIG), NUMBER (ENCODED, IS_BIG),   \
                                    NULL)

/* The filters of lzma's raw cases. */
static const AnnLzmaFilter raw[] = { { 0x21, 0, 0, -1, -1, -1, 0, 0 } };
static const AnnLzmaFilter raw_delta[] = { { 3, -1, 0, -1, -1, -1, 4, 0 },
                                           { G_GUINT64_CONSTANT (0x4000000000000001), 2, 8192, 1, 2,
                                             0, 0, 0 } };
static const AnnLzmaFilter raw_x86[] = { { 4, -1, 0, -1, -1, -1, 0, 4 },
                                         { 0x21, -1, 65536, -1, -1, -1, 0, 0 } };

CHAIN (gzip, ann_codec_new_gzip (5), NULL)
CHAIN (zlib, ann_codec_new_zlib (9), NULL)
CHAIN (lz4, ann_codec_new_lz4 (), NULL)
CHAIN (bz2, ann_codec_new_bzip2 (9), NULL)
CHAIN (lzma, ann_codec_new_lzma (ANN_LZMA_XZ, NULL, 0, NULL), NULL)
CHAIN (lzma_auto, ann_codec_new_lzma (ANN_LZMA_AUTO, NULL, 0, NULL), NULL)
CHAIN (lzma_alone, ann_codec_new_lzma (ANN_LZMA_ALONE, NULL, 0, NULL), NULL)
CHAIN (lzma_raw, ann_codec_new_lzma (ANN_LZMA_RAW, raw, 1, NULL), NULL)
CHAIN (lzma_raw_delta, ann_codec_new_lzma (ANN_LZMA_RAW, raw_delta, 2, NULL), NULL)
CHAIN (lzma_raw_x86, ann_codec_new_lzma (ANN_LZMA_RAW, raw_x86, 2, NULL), NULL)
CHAIN (zstd, ann_codec_new_zstd (3), NULL)
CHAIN (blosc, ann_codec_new_blosc ("lz4", 5), NULL)
CHAIN (crc32c, ann_codec_new_checksum (ANN_CHECKSUM_CRC32C, FALSE), NULL)
CHAIN (crc32c_in_front, ann_codec_new_checksum (ANN_CHECKSUM_CRC32C, TRUE), NULL)
CHAIN (crc32, ann_codec_new_checksum (ANN_CHECKSUM_CRC32, TRUE), NULL)
CHAIN (crc32_behind, ann_codec_new_checksum (ANN_CHECKSUM_CRC32, FALSE), NULL)
CHAIN (adler32, ann_codec_new_checksum (ANN_CHECKSUM_ADLER32, TRUE), NULL)
CHAIN (adler32_behind, ann_codec_new_checksum (ANN_CHECKSUM_ADLER32, FALSE), NULL)
CHAIN (fletcher32, ann_codec_new_fletcher32 (), NULL)
CHAIN (shuffle4_zlib, ann_codec_new_shuffle (4), ann_codec_new_zlib (1))
CHAIN (delta_i4, DELTA (INT32, FALSE, INT32), NULL)
CHAIN (delta_i8_i1, DELTA (INT64, FALSE, INT8), NULL)
CHAIN (delta_i2_big_i4, DELTA (INT16, TRUE, INT32), NULL)
CHAIN (delta_f8_f4, DELTA (FLOAT64, FALSE, FLOAT32), NULL)
CHAIN (delta_f2, DELTA (FLOAT16, FALSE, FLOAT16), NULL)
CHAIN (delta_i4_zlib, DELTA (INT32, FALSE, INT16), ann_codec_new_zlib (1))
CHAIN (delta_c8, DELTA (COMPLEX64, FALSE, COMPLEX64), NULL)
CHAIN (astype_i8_i2, CAST ("astype", INT64, INT16, FALSE), NULL)
CHAIN (astype_u1_f4_big, CAST ("astype", UINT8, FLOAT32, TRUE), NULL)
CHAIN (astype_f8_i2_bz2, CAST ("astype", FLOAT64, INT16, FALSE), ann_codec_new_bzip2 (1))
CHAIN (quantize, CAST ("quantize", FLOAT64, FLOAT32, FALSE), NULL)
CHAIN (fixed_scale_offset, SCALE (FLOAT64, UINT8, FALSE), NULL)
CHAIN (fixed_scale_offset_f4_big, SCALE (FLOAT32, FLOAT32, TRUE), NULL)
CHAIN (fixed_scale_offset_f2, SCALE (FLOAT32, FLOAT16, FALSE), NULL)
CHAIN (packbits, ann_codec_new_packbits (), NULL)
CHAIN (transpose_f,
       ann_codec_new_transpose (2, (const guint64[]){ 8, 13 }, NULL, 4, NULL),
       ann_codec_new_no_op ("bytes"))
CHAIN (
    transpose_120,
    ann_codec_new_transpose (3, (const guint64[]){ 3, 5, 7 }, (const guint[]){ 1, 2, 0 }, 2, NULL),
    ann_codec_new_zstd (1))

#define CASE(NAME, CHAIN, VALUES, ITEM_SIZE, N, ...)                                               \
  {                                                                                                \
    .name = #NAME, .stored = golden_##NAME, .stored_size = sizeof golden_##NAME,                   \
    .new_chain = new_##CHAIN, .values = VALUES, .item_size = ITEM_SIZE, .n = N, __VA_ARGS__        \
  }

static const Case cases[] = {
  CASE (gzip, gzip, WHOLE, 4, 101),
  CASE (gzip_members, gzip, WHOLE, 4, 101, .n_unused = 3),
  CASE (zlib, zlib, WHOLE, 4, 101),
  CASE (lz4, lz4, WHOLE, 4, 101),
  CASE (bz2, bz2, WHOLE, 4, 101),
  CASE (bz2_streams, bz2, WHOLE, 4, 101),
  CASE (lzma_xz, lzma, WHOLE, 4, 101, .damage = MAY_BE_LARGE),
  CASE (lzma_xz_crc32, lzma_auto, WHOLE, 4, 101, .damage = MAY_BE_LARGE),
  CASE (lzma_alone, lzma_alone, WHOLE, 4, 101, .damage = MAY_BE_LARGE),
  CASE (lzma_raw, lzma_raw, WHOLE, 4, 101),
  CASE (lzma_raw_delta, lzma_raw_delta, WHOLE, 4, 101),
  CASE (lzma_raw_x86, lzma_raw_x86, WHOLE, 4, 101),
  CASE (zstd_checksum, zstd, WHOLE, 4, 101),
  CASE (blosc_lz4, blosc, WHOLE, 8, 101),
  CASE (blosc_zstd, blosc, WHOLE, 4, 303),
  CASE (blosc_zlib, blosc, WHOLE, 4, 303),
  CASE (blosc_bits, blosc, WHOLE, 2, 104),
  CASE (crc32c, crc32c, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (crc32c_in_front, crc32c_in_front, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (crc32, crc32, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (crc32_behind, crc32_behind, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (adler32, adler32, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (adler32_behind, adler32_behind, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (fletcher32, fletcher32, WHOLE, 4, 21, .damage = IS_NOTICED),
  CASE (shuffle4_zlib, shuffle4_zlib, WHOLE, 4, 101),
  CASE (delta_i4, delta_i4, WHOLE, 4, 101),
  CASE (delta_i8_i1, delta_i8_i1, WHOLE, 8, 101),
  CASE (delta_i2_big_i4, delta_i2_big_i4, WHOLE, 2, 101, .is_big = TRUE),
  CASE (delta_f8_f4, delta_f8_f4, REAL, 8, 101),
  CASE (delta_f2, delta_f2, REAL, 2, 101),
  CASE (delta_i4_zlib, delta_i4_zlib, WHOLE, 4, 101),
  CASE (delta_c8, delta_c8, COMPLEX, 4, 202),
  CASE (astype_i8_i2, astype_i8_i2, WHOLE, 8, 101),
  CASE (astype_u1_f4_big, astype_u1_f4_big, WHOLE, 1, 101),
  CASE (astype_f8_i2_bz2, astype_f8_i2_bz2, REAL, 8, 101),
  CASE (quantize, quantize, REAL, 8, 101),
  CASE (fixed_scale_offset, fixed_scale_offset, QUARTER, 8, 101),
  CASE (fixed_scale_offset_f4_big, fixed_scale_offset_f4_big, QUARTER, 4, 101, .is_big = TRUE),
  CASE (fixed_scale_offset_f2, fixed_scale_offset_f2, QUARTER, 4, 101),
  CASE (packbits, packbits, BIT, 1, 101),
  CASE (packbits_whole, packbits, BIT, 1, 104),
  CASE (transpose_f, transpose_f, WHOLE, 4, 104),
  CASE (transpose_120, transpose_120, WHOLE, 2, 105, .is_big = TRUE),
};

static double
get_real (const guint8 *bytes, gsize size, gboolean is_big)
{
  guint64 bits = get_number (bytes, size, is_big);
  guint16 half = (guint16) bits;
  guint32 narrow = (guint32) bits;
  double value;
  float single;

  if (size == 2)
    ann_dtype_to_double (ANN_DTYPE_FLOAT16, &half, 1, &value);
  else if (size == 8)
    memcpy (&value, &bits, sizeof value);
  else
    {
      memcpy (&single, &narrow, sizeof single);
      value = single;
    }

  return value;
}

static void
assert_values (const Case *a_case, const guint8 *decoded)
{
  for (gsize i = 0; i < a_case->n; i++)
    {
      const guint8 *item = decoded + i * a_case->item_size;
      double real;

      switch (a_case->values)
        {
        case WHOLE:
          g_assert_cmpuint (get_number (item, a_case->item_size, a_case->is_big), ==,
                            get_value (i));
          continue;
        case BIT:
          g_assert_cmpuint (*item, ==, get_value (i) % 2);
          continue;
        case QUARTER:
          real = (double) get_value (i) / 4 - 3.5;
          break;
        case COMPLEX:
          real = (double) get_value (i / 2) * (1 + i % 2);
          break;
        case REAL:
        default:
          real = (double) get_value (i);
          break;
        }
      g_assert_cmpfloat (get_real (item, a_case->item_size, a_case->is_big), ==, real);
    }
}

static gsize
get_size (const Case *a_case)
{
  return a_case->n * a_case->item_size;
}

static void
test_golden (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = a_case->new_chain ();
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  decode (chain, a_case->stored, a_case->stored_size, get_size (a_case), &decoded, &error);
  g_assert_no_error (error);
  assert_values (a_case, decoded);
}

static void
test_truncated (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = a_case->new_chain ();

  for (gsize length = 0; length < a_case->stored_size - a_case->n_unused; length++)
    {
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (chain, a_case->stored, length, get_size (a_case), &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

static void
test_wrong_size (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = a_case->new_chain ();
  const gsize size = get_size (a_case);
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

static void
test_damaged (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = a_case->new_chain ();
  g_autofree guint8 *stored = g_memdup2 (a_case->stored, a_case->stored_size);

  for (gsize i = 0; i < a_case->stored_size; i++)
    for (guint change = 1; change < 256; change += change < 4 ? 1 : 36)
      {
        g_autofree guint8 *decoded = NULL;
        g_autoptr (GError) error = NULL;
        gboolean success;

        stored[i] ^= change;
        success = decode (chain, stored, a_case->stored_size, get_size (a_case), &decoded, &error);
        stored[i] ^= change;

        if (success)
          g_assert_cmpint (a_case->damage, !=, IS_NOTICED);
        else if (a_case->damage != MAY_BE_LARGE
                 || !g_error_matches (error, ANN_ERROR, ANN_ERROR_TOO_LARGE))
          g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      }
}

/* The same chunks to those who do not know how large they are. */
static void
test_unsized (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnCodecChain) chain = a_case->new_chain ();
  g_autofree guint8 *stored = g_memdup2 (a_case->stored, a_case->stored_size);
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *nothing = NULL;
  g_autoptr (GError) error = NULL;
  gsize size = 0;

  decoded = _ann_codec_chain_decode_unsized (chain, stored, a_case->stored_size, 0, 4096, &size,
                                             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, get_size (a_case));
  assert_values (a_case, decoded);

  nothing = _ann_codec_chain_decode_unsized (chain, stored, a_case->stored_size, 0,
                                             get_size (a_case) - 1, &size, &error);
  g_assert_null (nothing);
  g_assert_true (error->domain == ANN_ERROR && error->code != ANN_ERROR_MISSING_CODEC);
}

/* A frame that does not say what it holds, as streaming writers make it. */
static void
test_zstd_without_size (void)
{
  g_autoptr (AnnCodecChain) chain = new_zstd ();
  g_autofree guint8 *values = g_malloc0 (100000);
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *unsized = NULL;
  guint8 stored[4096];
  g_autoptr (GError) error = NULL;
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  ZSTD_outBuffer out = { stored, sizeof stored, 0 };
  ZSTD_inBuffer in = { values, 100000, 0 };
  gsize size;

  for (gsize i = 0; i < 100000; i++)
    values[i] = i / 1000;
  g_assert_cmpuint (ZSTD_compressStream2 (context, &out, &in, ZSTD_e_continue), <, 1 << 20);
  g_assert_cmpuint (ZSTD_compressStream2 (context, &out, &in, ZSTD_e_end), ==, 0);
  ZSTD_freeCCtx (context);
  g_assert_true (ZSTD_getFrameContentSize (stored, out.pos) == ZSTD_CONTENTSIZE_UNKNOWN);

  decode (chain, stored, out.pos, 100000, &decoded, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 100000, values, 100000);

  unsized = _ann_codec_chain_decode_unsized (chain, stored, out.pos, 0, 1 << 20, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (unsized, size, values, 100000);
}

/* Blocks with a rest that makes no block and one that makes no item, in streams for each byte of an
 * item, which old writers and other settings make, and in one.
 */
static void
test_blosc_blocks (void)
{
  static const char *const inner[] = { "zlib", "zstd", "lz4" };
  static const int split_modes[] = { BLOSC_ALWAYS_SPLIT, BLOSC_NEVER_SPLIT };
  static const int shuffles[] = { BLOSC_NOSHUFFLE, BLOSC_SHUFFLE, BLOSC_BITSHUFFLE };
  static const gsize sizes[] = { 8003, 8192, 600, 3 };
  g_autoptr (AnnCodecChain) chain = new_blosc ();
  guint8 values[8192];

  for (guint i = 0; i < sizeof values; i++)
    values[i] = i % 4 == 0 ? i / 4 % 29 : i % 4 == 1 ? i / 1000 : 0;
  blosc_init ();
  blosc_set_nthreads (1);

  for (guint c = 0; c < G_N_ELEMENTS (inner); c++)
    for (guint m = 0; m < G_N_ELEMENTS (split_modes); m++)
      for (guint f = 0; f < G_N_ELEMENTS (shuffles); f++)
        for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
          {
            guint8 stored[sizeof values + BLOSC_MAX_OVERHEAD];
            g_autofree guint8 *decoded = NULL;
            g_autoptr (GError) error = NULL;
            int n;

            g_assert_cmpint (blosc_set_compressor (inner[c]), >=, 0);
            blosc_set_splitmode (split_modes[m]);
            blosc_set_blocksize (1024);
            n = blosc_compress (5, shuffles[f], 4, sizes[s], values, stored, sizeof stored);
            g_assert_cmpint (n, >, 0);

            decode (chain, stored, n, sizes[s], &decoded, &error);
            g_assert_no_error (error);
            g_assert_cmpmem (decoded, sizes[s], values, sizes[s]);
          }
  blosc_destroy ();
}

/* A block of 400 bytes split in three: one byte would come from nowhere. */
static void
test_blosc_bad_split (void)
{
  g_autoptr (AnnCodecChain) chain = new_blosc ();
  guint8 stored[16 + 4 + 3 * (4 + 133)] = {
    2, 1, BLOSC_ZSTD_FORMAT << 5, 3, 0x90, 1, 0, 0, 0x90, 1
  };
  const guint32 starts[] = { GUINT32_TO_LE (sizeof stored), GUINT32_TO_LE (20) };
  const guint32 length = GUINT32_TO_LE (133);
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *whole = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (stored + 12, starts, sizeof starts);
  for (guint i = 0; i < 3; i++)
    memcpy (stored + 20 + 137 * i, &length, sizeof length);
  g_assert_false (decode (chain, stored, sizeof stored, 400, &decoded, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_clear_error (&error);

  stored[4] = stored[8] = 399 & 0xff; /* without that byte it is right */
  decode (chain, stored, sizeof stored, 399, &whole, &error);
  g_assert_no_error (error);
}

/* No Python package writes it. */
static void
test_blosc_snappy (void)
{
  g_autoptr (AnnCodecChain) chain = new_blosc ();
  gint32 values[500];
  guint8 stored[sizeof values + BLOSC_MAX_OVERHEAD];
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  int n;

  if (blosc_compname_to_compcode ("snappy") < 0)
    {
      g_test_skip ("this blosc library has no snappy");
      return;
    }
  for (gint32 i = 0; i < 500; i++)
    values[i] = i / 7;
  n = blosc_compress_ctx (5, 1, 4, sizeof values, values, stored, sizeof stored, "snappy", 0, 1);
  g_assert_cmpint (n, >, 0);

  decode (chain, stored, n, sizeof values, &decoded, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, sizeof values, values, sizeof values);
}

/* A size in a header is a guess: it is never taken for more than the limit, nor believed. */
static void
test_lying_sizes (void)
{
  g_autoptr (AnnCodecChain) lz4 = new_lz4 ();
  g_autoptr (AnnCodecChain) gzip = new_gzip ();
  g_autofree guint8 *huge = g_memdup2 (golden_lz4, sizeof golden_lz4);
  g_autofree guint8 *small = g_memdup2 (golden_gzip, sizeof golden_gzip);
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  memset (huge, 0xff, 4);
  decoded = _ann_codec_chain_decode_unsized (lz4, huge, sizeof golden_lz4, 0, 4096, &size, &error);
  g_assert_null (decoded);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);

  /* What gzip says last is checked only when all is decoded. */
  memset (small + sizeof golden_gzip - 4, 0, 4);
  decoded = _ann_codec_chain_decode_unsized (gzip, small, sizeof golden_gzip, 0, 4096, &size,
                                             &error);
  g_assert_null (decoded);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

/* No codecs, or none that does anything. */
static void
test_unsized_copy (void)
{
  g_autoptr (AnnCodecChain) chain = new_chain (ann_codec_new_no_op ("vlen-utf8"), NULL);
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *nothing = NULL;
  g_autofree char *text = ann_codec_chain_to_string (chain);
  g_autoptr (GError) error = NULL;
  gsize size = 0;

  g_assert_cmpstr (text, ==, "vlen-utf8");
  decoded = _ann_codec_chain_decode_unsized (chain, (const guint8 *) "abc", 3, 0, 3, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, size, "abc", 3);
  nothing = _ann_codec_chain_decode_unsized (chain, NULL, 0, 0, 3, &size, &error);
  g_assert_no_error (error);
  g_assert_nonnull (nothing);
  g_assert_cmpuint (size, ==, 0);

  g_assert_null (
      _ann_codec_chain_decode_unsized (chain, (const guint8 *) "abc", 3, 0, 2, &size, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

/* Bit by bit, as RFC 3720 defines it. */
static guint32
compute_crc32c_slowly (const guint8 *data, gsize size)
{
  guint32 crc = ~(guint32) 0;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
    }

  return ~crc;
}

static void
test_crc32c (void)
{
  const gsize sizes[] = { 0, 1, 7, 8, 9, 31, 3071, 3072, 3073, 6144, 10000 };
  g_autofree guint8 *data = g_malloc (10001);

  for (gsize i = 0; i < 10001; i++)
    data[i] = i * i % 251;
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      guint32 expected = compute_crc32c_slowly (data + 1, sizes[s]);

      g_assert_cmphex (_ann_crc32c (data + 1, sizes[s]), ==, expected);
      g_assert_cmphex (_ann_crc32c_by_tables (data + 1, sizes[s]), ==, expected);
    }
  g_assert_cmphex (_ann_crc32c ((const guint8 *) "123456789", 9), ==, 0xe3069283);
}

/* Every order of the axes of some shapes, with items of several sizes. */
static void
test_transpose (void)
{
  static const guint64 shapes[][3] = { { 1, 1, 1 },  { 2, 3, 4 },    { 5, 1, 3 },
                                       { 1, 40, 1 }, { 17, 33, 20 }, { 3, 16, 16 } };
  static const guint orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                     { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  static const gsize item_sizes[] = { 1, 2, 3, 4, 8, 16 };

  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (guint o = 0; o < G_N_ELEMENTS (orders); o++)
      for (guint z = 0; z < G_N_ELEMENTS (item_sizes); z++)
        {
          const guint64 *shape = shapes[s];
          const guint *order = orders[o];
          const gsize item_size = item_sizes[z];
          const gsize size = shape[0] * shape[1] * shape[2] * item_size;
          g_autoptr (AnnCodecChain) chain = new_chain (
              ann_codec_new_transpose (3, shape, order, item_size, NULL), NULL);
          g_autofree guint8 *stored = g_malloc (size);
          g_autofree guint8 *decoded = NULL;
          g_autoptr (GError) error = NULL;
          guint64 at[3];

          for (at[0] = 0; at[0] < shape[0]; at[0]++)
            for (at[1] = 0; at[1] < shape[1]; at[1]++)
              for (at[2] = 0; at[2] < shape[2]; at[2]++)
                {
                  gsize from = (at[0] * shape[1] + at[1]) * shape[2] + at[2];
                  gsize to = (at[order[0]] * shape[order[1]] + at[order[1]]) * shape[order[2]]
                             + at[order[2]];

                  for (gsize j = 0; j < item_size; j++)
                    stored[to * item_size + j] = (from * item_size + j) % 251;
                }

          decode (chain, stored, size, size, &decoded, &error);
          g_assert_no_error (error);
          for (gsize i = 0; i < size; i++)
            g_assert_cmpuint (decoded[i], ==, i % 251);
        }
}

static void
test_transpose_shapes (void)
{
  static const guint64 shape[] = { 2, 3, G_MAXUINT64 };
  guint64 ones[ANN_MAX_RANK];
  g_autoptr (AnnCodec) scalar = NULL;
  g_autoptr (AnnCodec) many = NULL;
  g_autoptr (AnnCodec) empty = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_codec_new_transpose (2, shape, (const guint[]){ 0, 0 }, 4, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_transpose (2, shape, (const guint[]){ 0, 2 }, 4, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_transpose (3, shape, NULL, 4, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);

  for (guint i = 0; i < ANN_MAX_RANK; i++)
    ones[i] = 1 + (i % 11 == 0);
  scalar = ann_codec_new_transpose (0, shape, NULL, 4, &error);
  g_assert_no_error (error);
  many = ann_codec_new_transpose (ANN_MAX_RANK, ones, NULL, 4, &error);
  g_assert_no_error (error);
  empty = ann_codec_new_transpose (2, (const guint64[]){ 0, 3 }, NULL, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ann_codec_get_description (empty), ==, "transpose 1-0");
}

/* 300 as a byte, -1 without a sign, fractions, what no integer is. */
static void
test_cast_as_numpy (void)
{
  const double values[] = { 300, -1, 2.9, -2.9, 0.5 };
  const gint8 expected[] = { 44, -1, 2, -2, 0 };
  const guint8 truths[] = { 1, 1, 1, 1, 1 };
  const guint64 large[] = { G_MAXUINT64, (guint64) 1 << 63 };
  const float rounded[] = { 0x1p64f, 0x1p63f };
  g_autoptr (AnnCodecChain) bytes = new_chain (CAST ("astype", INT8, FLOAT64, FALSE), NULL);
  g_autoptr (AnnCodecChain) bools = new_chain (CAST ("astype", BOOL, FLOAT64, FALSE), NULL);
  g_autoptr (AnnCodecChain) floats = new_chain (CAST ("astype", FLOAT32, UINT64, FALSE), NULL);
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *decoded_bools = NULL;
  g_autofree guint8 *decoded_floats = NULL;
  g_autoptr (GError) error = NULL;

  decode (bytes, (const guint8 *) values, sizeof values, 5, &decoded, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded, 5, expected, 5);
  decode (bools, (const guint8 *) values, sizeof values, 5, &decoded_bools, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded_bools, 5, truths, 5);
  decode (floats, (const guint8 *) large, sizeof large, sizeof rounded, &decoded_floats, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (decoded_floats, sizeof rounded, rounded, sizeof rounded);
}

/* More numbers than are taken at a time. */
static void
test_long_cast (void)
{
  const gsize n = 1001;
  g_autoptr (AnnCodecChain) chain = new_chain (CAST ("astype", FLOAT64, INT16, TRUE), NULL);
  g_autofree guint8 *stored = g_malloc (2 * n);
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    {
      stored[2 * i] = get_value (i) >> 8;
      stored[2 * i + 1] = get_value (i) & 0xff;
    }
  decode (chain, stored, 2 * n, 8 * n, &decoded, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (get_real (decoded + 8 * i, 8, FALSE), ==, (double) get_value (i));
}

static void
test_types_without_codec (void)
{
  const AnnStoredNumber real = { ANN_DTYPE_FLOAT32, FALSE };
  const AnnStoredNumber complex = { ANN_DTYPE_COMPLEX64, FALSE };
  const AnnStoredNumber text = { ANN_DTYPE_STRING, FALSE };
  const AnnStoredNumber truth = { ANN_DTYPE_BOOL, FALSE };
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_codec_new_cast ("astype", &real, &complex, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_cast ("astype", &text, &text, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_delta (&truth, &truth, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_fixed_scale_offset (1, 0, &complex, &complex, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

static void
test_lzma_filters (void)
{
  const AnnLzmaFilter unknown = { 77, -1, 0, -1, -1, -1, 0, 0 };
  const AnnLzmaFilter too_high = { 0x21, 77, 0, -1, -1, -1, 0, 0 };
  const AnnLzmaFilter large = { 0x21, -1, 1u << 30, -1, -1, -1, 0, 0 };
  g_autoptr (AnnCodecChain) chain = NULL;
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_codec_new_lzma (ANN_LZMA_RAW, NULL, 0, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_lzma (ANN_LZMA_RAW, &unknown, 1, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (ann_codec_new_lzma (ANN_LZMA_RAW, &too_high, 1, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);

  chain = new_chain (ann_codec_new_lzma (ANN_LZMA_RAW, &large, 1, NULL), NULL);
  decode (chain, golden_lzma_raw, sizeof golden_lzma_raw, 404, &decoded, &error);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

static void
test_packbits_header (void)
{
  g_autoptr (AnnCodecChain) chain = new_packbits ();
  const guint8 none[] = { 0 };
  const guint8 padding_of_nothing[] = { 3 };
  const guint8 too_much[] = { 8, 0xff, 0xff };
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *nothing = NULL;
  g_autofree guint8 *few = NULL;
  g_autoptr (GError) error = NULL;

  decode (chain, none, sizeof none, 0, &decoded, &error);
  g_assert_no_error (error);
  g_assert_false (decode (chain, padding_of_nothing, 1, 0, &nothing, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (decode (chain, too_much, sizeof too_much, 8, &few, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_refused (void)
{
  g_autoptr (AnnCodecChain) chain = new_chain (
      ann_codec_new_refused ("pickle", "it would run code"), NULL);
  AnnCodec *missing = ann_codec_chain_get_missing (chain);
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (missing);
  g_assert_cmpstr (ann_codec_get_name (missing), ==, "pickle");
  g_assert_cmpstr (ann_codec_get_missing_reason (missing), ==, "it would run code");
  g_assert_false (decode (chain, (const guint8 *) "abc", 3, 3, &decoded, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC);
  g_assert_nonnull (strstr (error->message, "it would run code"));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "golden", test_golden },   { "truncated", test_truncated }, { "wrong-size", test_wrong_size },
    { "damaged", test_damaged }, { "unsized", test_unsized },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint t = 0; t < G_N_ELEMENTS (tests); t++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path = g_strdup_printf ("/codec-zarr/%s/%s", tests[t].name, cases[i].name);

        g_test_add_data_func (path, &cases[i], tests[t].func);
      }
  g_test_add_func ("/codec-zarr/zstd-without-size", test_zstd_without_size);
  g_test_add_func ("/codec-zarr/blosc-blocks", test_blosc_blocks);
  g_test_add_func ("/codec-zarr/blosc-bad-split", test_blosc_bad_split);
  g_test_add_func ("/codec-zarr/blosc-snappy", test_blosc_snappy);
  g_test_add_func ("/codec-zarr/lying-sizes", test_lying_sizes);
  g_test_add_func ("/codec-zarr/unsized-copy", test_unsized_copy);
  g_test_add_func ("/codec-zarr/crc32c", test_crc32c);
  g_test_add_func ("/codec-zarr/transpose", test_transpose);
  g_test_add_func ("/codec-zarr/transpose-shapes", test_transpose_shapes);
  g_test_add_func ("/codec-zarr/cast-as-numpy", test_cast_as_numpy);
  g_test_add_func ("/codec-zarr/long-cast", test_long_cast);
  g_test_add_func ("/codec-zarr/types-without-codec", test_types_without_codec);
  g_test_add_func ("/codec-zarr/lzma-filters", test_lzma_filters);
  g_test_add_func ("/codec-zarr/packbits-header", test_packbits_header);
  g_test_add_func ("/codec-zarr/refused", test_refused);

  return g_test_run ();
}
