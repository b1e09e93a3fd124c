/* ann-hdf5-cursor.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-cursor.h"

#include <string.h>

gboolean
_ann_hdf5_cursor_get_number (AnnHdf5Cursor *self, guint size, guint64 *value)
{
  if (size > _ann_hdf5_cursor_get_left (self))
    return FALSE;

  *value = _ann_hdf5_get_number (self->at, size);
  self->at += size;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_u8 (AnnHdf5Cursor *self, guint8 *value)
{
  guint64 number;

  if (!_ann_hdf5_cursor_get_number (self, 1, &number))
    return FALSE;
  *value = (guint8) number;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_u16 (AnnHdf5Cursor *self, guint16 *value)
{
  guint64 number;

  if (!_ann_hdf5_cursor_get_number (self, 2, &number))
    return FALSE;
  *value = (guint16) number;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_u32 (AnnHdf5Cursor *self, guint32 *value)
{
  guint64 number;

  if (!_ann_hdf5_cursor_get_number (self, 4, &number))
    return FALSE;
  *value = (guint32) number;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_u64 (AnnHdf5Cursor *self, guint64 *value)
{
  return _ann_hdf5_cursor_get_number (self, 8, value);
}

/* All bits set stays so when there are fewer than 64. */
static gboolean
get_widened (AnnHdf5Cursor *self, guint size, guint64 *value)
{
  if (!_ann_hdf5_cursor_get_number (self, size, value))
    return FALSE;
  if (size < 8 && *value == ((guint64) 1 << 8 * size) - 1)
    *value = G_MAXUINT64;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_address (AnnHdf5Cursor *self, guint64 *value)
{
  return get_widened (self, self->address_size, value);
}

gboolean
_ann_hdf5_cursor_get_length (AnnHdf5Cursor *self, guint64 *value)
{
  return get_widened (self, self->length_size, value);
}

gboolean
_ann_hdf5_cursor_get_bytes (AnnHdf5Cursor *self, guint64 n, const guint8 **bytes)
{
  if (n > _ann_hdf5_cursor_get_left (self))
    return FALSE;

  *bytes = self->at;
  self->at += n;

  return TRUE;
}

gboolean
_ann_hdf5_cursor_get_text (AnnHdf5Cursor *self, gsize multiple, const char **text)
{
  gsize left = _ann_hdf5_cursor_get_left (self);
  const guint8 *end = left > 0 ? memchr (self->at, '\0', left) : NULL;
  gsize size;

  if (end == NULL)
    return FALSE;

  *text = (const char *) self->at;
  size = (gsize) (end - self->at) + 1;
  size = (size + multiple - 1) / multiple * multiple;
  self->at += MIN (size, left);

  return TRUE;
}

gboolean
_ann_hdf5_cursor_skip (AnnHdf5Cursor *self, guint64 n)
{
  const guint8 *skipped;

  return _ann_hdf5_cursor_get_bytes (self, n, &skipped);
}

gboolean
_ann_hdf5_cursor_expect (AnnHdf5Cursor *self, const char *signature, guint8 version)
{
  if (_ann_hdf5_cursor_get_left (self) < 5 || memcmp (self->at, signature, 4) != 0
      || self->at[4] != version)
    return FALSE;
  self->at += 5;

  return TRUE;
}

static inline guint32
rotate (guint32 value, guint n)
{
  return value << n | value >> (32 - n);
}

/* The three words between two blocks of twelve bytes: each step changes one of them. */
static inline void
mix (guint32 *words)
{
  static const guint8 shifts[6] = { 4, 6, 8, 16, 19, 4 };

  for (guint i = 0; i < 6; i++)
    {
      guint32 *a = &words[i % 3], *b = &words[(i + 1) % 3], *c = &words[(i + 2) % 3];

      *a -= *c;
      *a ^= rotate (*c, shifts[i]);
      *c += *b;
    }
}

/* The three words behind the last block. */
static inline void
finish (guint32 *words)
{
  static const guint8 shifts[7] = { 14, 11, 25, 16, 4, 14, 24 };

  for (guint i = 0; i < 7; i++)
    {
      guint32 *to = &words[(i + 2) % 3];
      guint32 from = words[(i + 1) % 3];

      *to ^= from;
      *to -= rotate (from, shifts[i]);
    }
}

static inline void
add_block (guint32 *words, const guint8 *block)
{
  for (guint i = 0; i < 3; i++)
    words[i] += (guint32) _ann_hdf5_get_number (block + 4 * i, 4);
}

guint32
_ann_hdf5_checksum (const guint8 *bytes, gsize n)
{
  guint32 start = 0xdeadbeef + (guint32) n;
  guint32 words[3] = { start, start, start };
  guint8 last[12] = { 0 };

  if (n == 0)
    return start;

  for (; n > 12; n -= 12, bytes += 12)
    {
      add_block (words, bytes);
      mix (words);
    }
  memcpy (last, bytes, n);
  add_block (words, last);
  finish (words);

  return words[2];
}

gboolean
_ann_hdf5_has_checksum (const guint8 *bytes, gsize n)
{
  return n >= 4 && _ann_hdf5_get_number (bytes + n - 4, 4) == _ann_hdf5_checksum (bytes, n - 4);
}
