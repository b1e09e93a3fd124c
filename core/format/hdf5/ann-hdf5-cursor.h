/* ann-hdf5-cursor.h: the fields of HDF5's structures, one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The address of nothing: all bits set, in as many bytes as the file has for addresses. */
#define ANN_HDF5_NO_ADDRESS G_MAXUINT64

/**
 * AnnHdf5Cursor:
 * @at: the next byte
 * @end: behind the last one
 * @address_size: bytes of an address in this file, 1 to 8
 * @length_size: bytes of a length in this file, 1 to 8
 *
 * A place in bytes that lie in memory. All fields are little-endian. A function that would go
 * beyond the end gives %FALSE and moves nothing, so a structure can be read in one condition.
 */
typedef struct {
  const guint8 *at;
  const guint8 *end;
  guint address_size;
  guint length_size;
} AnnHdf5Cursor;

/* The bytes that are left. */
static inline gsize
_ann_hdf5_cursor_get_left (const AnnHdf5Cursor *self)
{
  return (gsize) (self->end - self->at);
}

/* A number of @size bytes, at most 8, at @bytes. */
static inline guint64
_ann_hdf5_get_number (const guint8 *bytes, guint size)
{
  guint64 value = 0;

  for (guint i = 0; i < size; i++)
    value |= (guint64) bytes[i] << 8 * i;

  return value;
}

gboolean _ann_hdf5_cursor_get_u8 (AnnHdf5Cursor *self, guint8 *value);
gboolean _ann_hdf5_cursor_get_u16 (AnnHdf5Cursor *self, guint16 *value);
gboolean _ann_hdf5_cursor_get_u32 (AnnHdf5Cursor *self, guint32 *value);
gboolean _ann_hdf5_cursor_get_u64 (AnnHdf5Cursor *self, guint64 *value);

/* @size: at most 8 */
gboolean _ann_hdf5_cursor_get_number (AnnHdf5Cursor *self, guint size, guint64 *value);

/* ANN_HDF5_NO_ADDRESS if all bits are set. */
gboolean _ann_hdf5_cursor_get_address (AnnHdf5Cursor *self, guint64 *value);

/* All bits set is G_MAXUINT64 whatever the size: "unlimited" in dataspaces. */
gboolean _ann_hdf5_cursor_get_length (AnnHdf5Cursor *self, guint64 *value);

/* @bytes: (transfer none): the next @n ones */
gboolean _ann_hdf5_cursor_get_bytes (AnnHdf5Cursor *self, guint64 n, const guint8 **bytes);

/* A text with a NUL at its end, which is passed by too; it may be padded to a multiple of
 * @multiple bytes, the padding missing at the end of the message. @text: (transfer none)
 */
gboolean _ann_hdf5_cursor_get_text (AnnHdf5Cursor *self, gsize multiple, const char **text);

gboolean _ann_hdf5_cursor_skip (AnnHdf5Cursor *self, guint64 n);

/* Four letters and the version that follows them: whether they are @signature and @version. */
gboolean _ann_hdf5_cursor_expect (AnnHdf5Cursor *self, const char *signature, guint8 version);

/* Jenkins' lookup3 over @n bytes, as the format uses it for checksums. */
guint32 _ann_hdf5_checksum (const guint8 *bytes, gsize n);

/* Whether the last four of @n bytes are the checksum of those before them. */
gboolean _ann_hdf5_has_checksum (const guint8 *bytes, gsize n);

G_END_DECLS
