/* ann-bytes-private.h: numbers out of bytes that lie anywhere, and back
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <string.h>

static inline guint32
_ann_read_le32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);

  return GUINT32_FROM_LE (value);
}

static inline guint64
_ann_read_le64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);

  return GUINT64_FROM_LE (value);
}

static inline guint32
_ann_read_be32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);

  return GUINT32_FROM_BE (value);
}

static inline guint64
_ann_read_be64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);

  return GUINT64_FROM_BE (value);
}

static inline void
_ann_write_le32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

/* The lower @size bytes of @value, 1, 2, 4 or 8, in native byte order. */
static inline void
_ann_write_integer (guint8 *to, gsize size, guint64 value)
{
  const guint16 two = (guint16) value;
  const guint32 four = (guint32) value;

  switch (size)
    {
    case 1:
      *to = (guint8) value;
      break;
    case 2:
      memcpy (to, &two, sizeof two);
      break;
    case 4:
      memcpy (to, &four, sizeof four);
      break;
    default:
      memcpy (to, &value, sizeof value);
      break;
    }
}

static inline gboolean
_ann_bytes_are_zero (const guint8 *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (bytes[i] != 0)
        return FALSE;
    }

  return TRUE;
}
