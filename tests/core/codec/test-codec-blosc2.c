/* test-codec-blosc2.c: frames of Blosc 2 that hold no values, or lie
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec-fixture.h"
#include "codec/ann-codec-private.h"
#include "golden-chunks.h"

#include <math.h>
#include <string.h>

/* Where things are in golden_blosc2_square: of 9 by 11 items of four bytes, in blocks of 4 by 4. */
#define METALAYER_NAME 94
#define METALAYER_OFFSET (METALAYER_NAME + 6)
#define METALAYER_SIZE 108
#define METALAYER 112
#define N_DIMS (METALAYER + 2)
#define SHAPE (METALAYER + 4)
#define CHUNK_SHAPE (METALAYER + 23)
#define BLOCK_SHAPE (METALAYER + 34)
#define CHUNK 165

#define N 35

static AnnCodecChain *
new_chain (void)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  ann_codec_chain_append (chain, _ann_codec_new_blosc2 (5));

  return chain;
}

static guint8 *
decode_frame (const guint8 *frame, gsize size, gsize dest_size)
{
  g_autoptr (AnnCodecChain) chain = new_chain ();
  g_autoptr (GError) error = NULL;
  guint8 *decoded;

  decode (chain, frame, size, dest_size, &decoded, &error);
  g_assert_no_error (error);

  return decoded;
}

static void
assert_refused (const guint8 *frame, gsize size, gsize dest_size, int code)
{
  g_autoptr (AnnCodecChain) chain = new_chain ();
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (decode (chain, frame, size, dest_size, &decoded, &error));
  g_assert_error (error, ANN_ERROR, code);
}

static void
test_repeated (void)
{
  static const struct {
    const guint8 *frame;
    gsize size;
    guint64 value;
  } frames[] = {
    { golden_blosc2_zeros, sizeof golden_blosc2_zeros, 0 },
    { golden_blosc2_unwritten, sizeof golden_blosc2_unwritten, 0 },
    { golden_blosc2_sevens, sizeof golden_blosc2_sevens, 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autofree guint8 *decoded = decode_frame (frames[i].frame, frames[i].size, 4 * N);

      for (gsize j = 0; j < N; j++)
        g_assert_cmpuint (get_number (decoded + 4 * j, 4, FALSE), ==, frames[i].value);
    }
}

static void
test_nan (void)
{
  g_autofree guint8 *floats = decode_frame (golden_blosc2_nan4, sizeof golden_blosc2_nan4,
                                            N * sizeof (float));
  g_autofree guint8 *doubles = decode_frame (golden_blosc2_nan8, sizeof golden_blosc2_nan8,
                                             N * sizeof (double));

  for (gsize i = 0; i < N; i++)
    {
      float single;
      double full;

      memcpy (&single, floats + i * sizeof single, sizeof single);
      memcpy (&full, doubles + i * sizeof full, sizeof full);
      g_assert_true (isnan (single));
      g_assert_true (isnan (full));
    }
}

/* What a chunk is full of stands in the offset's highest byte, the last but the trailer, or in the
 * highest bits but one of the header's last byte.
 */
static void
test_special (void)
{
  g_autofree guint8 *zeros = g_memdup2 (golden_blosc2_zeros, sizeof golden_blosc2_zeros);
  g_autofree guint8 *sevens = g_memdup2 (golden_blosc2_sevens, sizeof golden_blosc2_sevens);
  g_autofree guint8 *decoded = NULL;
  const gsize header_size = get_number (sevens + 11, 4, TRUE);
  guint8 *offset = zeros + get_number (zeros + 11, 4, TRUE) + 32;

  g_assert_cmpuint (offset[7], ==, 0x81);
  offset[7] = 0x80; /* nothing */
  assert_refused (zeros, sizeof golden_blosc2_zeros, 4 * N, ANN_ERROR_CORRUPT);
  offset[7] = 0x83; /* a value, which is nowhere */
  assert_refused (zeros, sizeof golden_blosc2_zeros, 4 * N, ANN_ERROR_CORRUPT);
  offset[7] = 0x85; /* unknown */
  assert_refused (zeros, sizeof golden_blosc2_zeros, 4 * N, ANN_ERROR_CORRUPT);
  offset[7] = 0x82; /* NaN, of two bytes */
  zeros[51] = 2;
  assert_refused (zeros, sizeof golden_blosc2_zeros, 4 * N, ANN_ERROR_CORRUPT);

  g_assert_cmpuint (sevens[header_size + 31], ==, 0x30);
  sevens[header_size + 31] = 0x50; /* unknown */
  assert_refused (sevens, sizeof golden_blosc2_sevens, 4 * N, ANN_ERROR_CORRUPT);
  sevens[header_size + 31] = 0x30;
  sevens[header_size + 12]--; /* values of three bytes, with which no chunk ends */
  assert_refused (sevens, sizeof golden_blosc2_sevens, 4 * N, ANN_ERROR_CORRUPT);
  sevens[header_size + 12] = 32; /* of none */
  assert_refused (sevens, sizeof golden_blosc2_sevens, 4 * N, ANN_ERROR_CORRUPT);
  sevens[header_size + 31] = 0x10; /* zeros need none */
  decoded = decode_frame (sevens, sizeof golden_blosc2_sevens, 4 * N);
  for (gsize i = 0; i < 4 * N; i++)
    g_assert_cmpuint (decoded[i], ==, 0);
}

/* One byte that is wrong. */
static void
test_lies (void)
{
  static const struct {
    gsize place;
    guint8 before;
    guint8 after;
    int code;
  } lies[] = {
    { 4, 'f', 'F', ANN_ERROR_CORRUPT },    /* no frame */
    { 12, 0, 1, ANN_ERROR_CORRUPT },       /* the header is longer than all */
    { 14, CHUNK, 90, ANN_ERROR_CORRUPT },  /* and shorter than it can be */
    { 20, 0, 1, ANN_ERROR_CORRUPT },       /* the frame is longer than all */
    { 25, 0x12, 0x02, ANN_ERROR_CORRUPT }, /* offsets of 32 bits */
    { 26, 0, 1, ANN_ERROR_CORRUPT },       /* chunks in files of their own */
    { 34, 0, 1, ANN_ERROR_CORRUPT },       /* more than one chunk */
    { 42, 0, 1, ANN_ERROR_CORRUPT },       /* chunks longer than all */
    { 51, 4, 0, ANN_ERROR_CORRUPT },       /* items of no size */
    { 51, 4, 8, ANN_ERROR_CORRUPT },       /* and of another one */
    { 91, 0xde, 0xdc, ANN_ERROR_CORRUPT }, /* no map of metalayers */
    { 93, 1, 0, ANN_ERROR_CORRUPT },       /* none: the blocks' rest is too much */
    { METALAYER_NAME, 0xa4, 0xbf, ANN_ERROR_CORRUPT },
    { METALAYER_NAME, 0xa4, 0x94, ANN_ERROR_CORRUPT },
    { METALAYER_NAME + 5, 0xd2, 0xd3, ANN_ERROR_CORRUPT },
    { METALAYER_OFFSET, 0, 1, ANN_ERROR_CORRUPT },
    { METALAYER_OFFSET + 2, 0, 1, ANN_ERROR_CORRUPT },
    { METALAYER_OFFSET + 3, 107, 163, ANN_ERROR_CORRUPT },
    { METALAYER_OFFSET + 3, 107, 106, ANN_ERROR_CORRUPT },
    { METALAYER_SIZE + 2, 0, 1, ANN_ERROR_CORRUPT },
    { METALAYER_SIZE + 3, 53, 2, ANN_ERROR_CORRUPT },
    { METALAYER_SIZE + 3, 53, 20, ANN_ERROR_CORRUPT },
    { N_DIMS, 2, 0, ANN_ERROR_CORRUPT },
    { N_DIMS, 2, 3, ANN_ERROR_CORRUPT },
    { N_DIMS, 2, 16, ANN_ERROR_CORRUPT },
    { SHAPE, 0xd3, 0xd2, ANN_ERROR_CORRUPT },
    { SHAPE + 1, 0, 0x80, ANN_ERROR_CORRUPT },
    { SHAPE + 8, 9, 0, ANN_ERROR_CORRUPT },
    { SHAPE + 8, 9, 10, ANN_ERROR_CORRUPT },
    { CHUNK_SHAPE + 4, 9, 8, ANN_ERROR_CORRUPT },
    { BLOCK_SHAPE + 4, 4, 0, ANN_ERROR_CORRUPT },
    { BLOCK_SHAPE + 4, 4, 5, ANN_ERROR_CORRUPT },
    { BLOCK_SHAPE + 4, 4, 12, ANN_ERROR_CORRUPT }, /* one block, with as many items as before */
    { CHUNK, 5, 6, ANN_ERROR_MISSING_CODEC },
    { CHUNK + 2, 0x95, 0x94, ANN_ERROR_CORRUPT },       /* the short header */
    { CHUNK + 2, 0x95, 0xd5, ANN_ERROR_MISSING_CODEC }, /* a codec of somebody's */
    { CHUNK + 3, 4, 0, ANN_ERROR_CORRUPT },
    { CHUNK + 4, 64, 0, ANN_ERROR_CORRUPT }, /* less than the frame */
    { CHUNK + 5, 2, 3, ANN_ERROR_CORRUPT },  /* more than the frame */
    { CHUNK + 8, 64, 0, ANN_ERROR_CORRUPT },
    { CHUNK + 8, 64, 1, ANN_ERROR_CORRUPT }, /* more blocks than there are bytes */
    { CHUNK + 9, 0, 3, ANN_ERROR_CORRUPT },
    { CHUNK + 14, 0, 1, ANN_ERROR_CORRUPT },          /* the chunk is longer than all */
    { CHUNK + 15, 0, 0x80, ANN_ERROR_CORRUPT },       /* negative */
    { CHUNK + 16, 0, 35, ANN_ERROR_MISSING_CODEC },   /* a filter of somebody's */
    { CHUNK + 31, 0, 0x01, ANN_ERROR_MISSING_CODEC }, /* a dictionary */
    { CHUNK + 31, 0, 0x08, ANN_ERROR_CORRUPT },       /* bytes in a file */
    { CHUNK + 31, 0, 0x80, ANN_ERROR_CORRUPT },       /* times instead of values */
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree guint8 *frame = g_memdup2 (golden_blosc2_square, sizeof golden_blosc2_square);

      g_test_message ("place %u: %u", (guint) lies[i].place, lies[i].after);
      g_assert_cmpuint (frame[lies[i].place], ==, lies[i].before);
      frame[lies[i].place] = lies[i].after;
      assert_refused (frame, sizeof golden_blosc2_square, 4 * 99, lies[i].code);
    }
}

/* The offset of the only chunk, behind the header of 32 bytes of the chunk of offsets. */
static void
test_offset (void)
{
  g_autofree guint8 *frame = g_memdup2 (golden_blosc2_square, sizeof golden_blosc2_square);
  const gsize chunks_size = get_number (frame + 39, 8, TRUE);
  guint8 *offsets = frame + CHUNK + chunks_size;

  for (gsize offset = 0; offset < 3 * chunks_size; offset++)
    {
      g_autofree guint8 *decoded = NULL;

      offsets[32] = offset & 0xff;
      offsets[33] = offset >> 8;
      if (offset == 0)
        decoded = decode_frame (frame, sizeof golden_blosc2_square, 4 * 99);
      else
        assert_refused (frame, sizeof golden_blosc2_square, 4 * 99, ANN_ERROR_CORRUPT);
    }

  offsets[32] = offsets[33] = 0;
  offsets[4] = 16; /* two of them */
  assert_refused (frame, sizeof golden_blosc2_square, 4 * 99, ANN_ERROR_CORRUPT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec-blosc2/repeated", test_repeated);
  g_test_add_func ("/codec-blosc2/nan", test_nan);
  g_test_add_func ("/codec-blosc2/special", test_special);
  g_test_add_func ("/codec-blosc2/lies", test_lies);
  g_test_add_func ("/codec-blosc2/offset", test_offset);

  return g_test_run ();
}
