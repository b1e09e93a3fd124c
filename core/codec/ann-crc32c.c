/* ann-crc32c.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-crc32c-private.h"

#include "base/ann-bytes-private.h"

/* The polynomial 0x1edc6f41, the lowest bit first: RFC 3720, appendix B.4. */
#define POLYNOMIAL 0x82f63b78u

/* Table t gives what a byte adds that has t bytes behind it. */
static guint32 tables[8][256];

static void
fill_tables (void)
{
  static gsize is_filled;

  if (!g_once_init_enter (&is_filled))
    return;

  for (guint32 i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
      tables[0][i] = crc;
    }
  for (guint t = 1; t < 8; t++)
    for (guint i = 0; i < 256; i++)
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];

  g_once_init_leave (&is_filled, 1);
}

static guint32
update_by_tables (guint32 crc, const guint8 *data, gsize size)
{
  fill_tables ();

  for (; size >= 8; data += 8, size -= 8)
    {
      guint64 x = _ann_read_le64 (data) ^ crc;

      crc = 0;
      for (guint i = 0; i < 8; i++, x >>= 8)
        crc ^= tables[7 - i][x & 0xff];
    }
  for (; size > 0; data++, size--)
    crc = (crc >> 8) ^ tables[0][(crc ^ *data) & 0xff];

  return crc;
}

/* x86 has had an instruction for it since 2008, of which three can be under way at once: 24 bytes
 * of three thirds of a block, put together by what a third of zeros does to a checksum.
 */
#if defined __x86_64__ && (defined __GNUC__ || defined __clang__)
#include <nmmintrin.h>

#define THIRD 1024 /* in bytes, a power of two */

/* What a THIRD of zeros makes of each bit of a checksum. */
static guint32 zeros[32];

static void
fill_zeros (void)
{
  static gsize is_filled;
  static const guint8 nothing[THIRD];

  if (!g_once_init_enter (&is_filled))
    return;

  for (guint i = 0; i < 32; i++)
    zeros[i] = update_by_tables ((guint32) 1 << i, nothing, THIRD);

  g_once_init_leave (&is_filled, 1);
}

static guint32
shift_by_third (guint32 crc)
{
  guint32 shifted = 0;

  for (guint i = 0; i < 32; i++)
    shifted ^= zeros[i] & -(crc >> i & 1);

  return shifted;
}

__attribute__ ((target ("sse4.2"))) static guint32
update_by_instruction (guint32 crc, const guint8 *data, gsize size)
{
  guint64 wide = crc;

  if (size >= 3 * THIRD)
    fill_zeros ();
  for (; size >= 3 * THIRD; data += 3 * THIRD, size -= 3 * THIRD)
    {
      guint64 second = 0;
      guint64 third = 0;

      for (gsize i = 0; i < THIRD; i += 8)
        {
          wide = _mm_crc32_u64 (wide, _ann_read_le64 (data + i));
          second = _mm_crc32_u64 (second, _ann_read_le64 (data + THIRD + i));
          third = _mm_crc32_u64 (third, _ann_read_le64 (data + 2 * THIRD + i));
        }
      wide = shift_by_third (shift_by_third ((guint32) wide) ^ (guint32) second) ^ (guint32) third;
    }
  for (; size >= 8; data += 8, size -= 8)
    wide = _mm_crc32_u64 (wide, _ann_read_le64 (data));
  crc = (guint32) wide;
  for (; size > 0; data++, size--)
    crc = _mm_crc32_u8 (crc, *data);

  return crc;
}
#endif

guint32
_ann_crc32c_by_tables (const guint8 *data, gsize size)
{
  return ~update_by_tables (~(guint32) 0, data, size);
}

guint32
_ann_crc32c (const guint8 *data, gsize size)
{
#if defined __x86_64__ && (defined __GNUC__ || defined __clang__)
  if (__builtin_cpu_supports ("sse4.2"))
    return ~update_by_instruction (~(guint32) 0, data, size);
#endif

  return _ann_crc32c_by_tables (data, size);
}
