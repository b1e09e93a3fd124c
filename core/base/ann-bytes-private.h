/* ann-bytes-private.h: numbers out of bytes that lie anywhere
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
