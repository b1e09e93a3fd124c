/* ann-sha256.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-sha256.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const guint32 constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static gboolean
has_instructions (void)
{
  guint a, b, c, d;

  return __get_cpuid_count (7, 0, &a, &b, &c, &d) && (b & (1u << 29)) != 0;
}

/* As Intel's paper on these instructions has it: the state is kept as (a b e f) and (c d g h). */
__attribute__ ((target ("sha,sse4.1"))) static void
process_blocks (guint32 *state, const guint8 *data, gsize n_blocks)
{
  const __m128i order = _mm_set_epi64x (0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i low = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) state), 0xb1);
  __m128i high = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) (state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8 (low, high, 8);
  __m128i cdgh = _mm_blend_epi16 (high, low, 0xf0);

  for (; n_blocks > 0; n_blocks--, data += ANN_SHA256_BLOCK)
    {
      __m128i abef_before = abef, cdgh_before = cdgh;
      __m128i words[4];

#pragma GCC unroll 16
      for (guint i = 0; i < 16; i++)
        {
          __m128i *word = &words[i % 4];
          __m128i sum;

          if (i < 4)
            *word = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i *) data + i), order);
          else
            {
              const __m128i *last = &words[(i + 3) % 4];

              sum = _mm_add_epi32 (_mm_sha256msg1_epu32 (*word, words[(i + 1) % 4]),
                                   _mm_alignr_epi8 (*last, words[(i + 2) % 4], 4));
              *word = _mm_sha256msg2_epu32 (sum, *last);
            }
          sum = _mm_add_epi32 (*word, _mm_loadu_si128 ((const __m128i *) (constants + 4 * i)));
          cdgh = _mm_sha256rnds2_epu32 (cdgh, abef, sum);
          abef = _mm_sha256rnds2_epu32 (abef, cdgh, _mm_shuffle_epi32 (sum, 0x0e));
        }
      abef = _mm_add_epi32 (abef, abef_before);
      cdgh = _mm_add_epi32 (cdgh, cdgh_before);
    }

  low = _mm_shuffle_epi32 (abef, 0x1b);
  high = _mm_shuffle_epi32 (cdgh, 0xb1);
  _mm_storeu_si128 ((__m128i *) state, _mm_blend_epi16 (low, high, 0xf0));
  _mm_storeu_si128 ((__m128i *) (state + 4), _mm_alignr_epi8 (high, low, 8));
}

#else

static gboolean
has_instructions (void)
{
  return FALSE;
}

static void
process_blocks (guint32 *state G_GNUC_UNUSED,
                const guint8 *data G_GNUC_UNUSED,
                gsize n_blocks G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

#endif

void
ann_sha256_init (AnnSha256 *self)
{
  static const guint32 start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

  *self = (AnnSha256){ 0 };
  memcpy (self->state, start, sizeof start);
  if (!has_instructions ())
    self->portable = g_checksum_new (G_CHECKSUM_SHA256);
}

void
ann_sha256_clear (AnnSha256 *self)
{
  g_clear_pointer (&self->portable, g_checksum_free);
}

void
ann_sha256_update (AnnSha256 *self, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  gsize n_rest = self->n_bytes % ANN_SHA256_BLOCK;

  self->n_bytes += size;
  if (self->portable != NULL)
    {
      g_checksum_update (self->portable, bytes, (gssize) size);
      return;
    }

  if (n_rest > 0)
    {
      gsize n = MIN (size, ANN_SHA256_BLOCK - n_rest);

      memcpy (self->rest + n_rest, bytes, n);
      bytes += n;
      size -= n;
      if (n_rest + n < ANN_SHA256_BLOCK)
        return;
      process_blocks (self->state, self->rest, 1);
    }
  process_blocks (self->state, bytes, size / ANN_SHA256_BLOCK);
  if (size % ANN_SHA256_BLOCK > 0)
    memcpy (self->rest, bytes + size - size % ANN_SHA256_BLOCK, size % ANN_SHA256_BLOCK);
}

/* A one bit, zeros, and the length in bits: to the end of a block. */
static void
finish (AnnSha256 *self)
{
  static const guint8 padding[ANN_SHA256_BLOCK] = { 0x80 };
  guint64 n_bits = GUINT64_TO_BE (self->n_bytes * 8);
  gsize n_rest = self->n_bytes % ANN_SHA256_BLOCK;

  ann_sha256_update (self, padding, (n_rest < 56 ? 56 : ANN_SHA256_BLOCK + 56) - n_rest);
  ann_sha256_update (self, &n_bits, sizeof n_bits);
}

/* In hex. Nothing can be added after that. */
const char *
ann_sha256_get_text (AnnSha256 *self)
{
  if (self->portable != NULL)
    return g_checksum_get_string (self->portable);

  if (self->text[0] == '\0')
    {
      finish (self);
      for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
        g_snprintf (self->text + 8 * i, 9, "%08x", self->state[i]);
    }

  return self->text;
}

/* Reverses the bytes of each item. */
static void
reverse_bytes (guint8 *to, const guint8 *from, gsize n_items, gsize size)
{
  for (gsize i = 0; i < n_items; i++)
    {
      for (gsize j = 0; j < size; j++)
        to[i * size + j] = from[i * size + size - 1 - j];
    }
}

/* Values as little-endian bytes, whatever this machine has. */
void
ann_sha256_update_values (AnnSha256 *self, AnnDtype dtype, gconstpointer values, gsize n_values)
{
  const guint8 *bytes = values;
  gsize size = ann_dtype_get_size (dtype);
  gsize n_bytes = n_values * size;

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN || size == 1)
    {
      ann_sha256_update (self, bytes, n_bytes);
      return;
    }

  size = ann_dtype_is_complex (dtype) ? size / 2 : size;
  while (n_bytes > 0)
    {
      guint8 swapped[1024];
      gsize n = MIN (n_bytes, sizeof swapped);

      reverse_bytes (swapped, bytes, n / size, size);
      ann_sha256_update (self, swapped, n);
      bytes += n;
      n_bytes -= n;
    }
}

/* Integers of any width, widened to int64: what a hash of positions is made of. %FALSE if they
 * are no integers.
 */
gboolean
ann_sha256_update_as_int64 (AnnSha256 *self, AnnDtype dtype, gconstpointer values, gsize n_values)
{
  const guint8 *bytes = values;
  gsize size = ann_dtype_get_size (dtype);
  gint64 wide[1024];

  while (n_values > 0)
    {
      gsize n = MIN (n_values, G_N_ELEMENTS (wide));

      if (!ann_dtype_to_int64 (dtype, bytes, n, wide))
        return FALSE;
      ann_sha256_update_values (self, ANN_DTYPE_INT64, wide, n);
      bytes += n * size;
      n_values -= n;
    }

  return TRUE;
}
