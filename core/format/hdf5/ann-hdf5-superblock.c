/* ann-hdf5-superblock.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-superblock.h"

#include "format/hdf5/ann-hdf5-cursor.h"

#include <string.h>

static const guint8 signature[8] = "\211HDF\r\n\032\n";

gboolean
_ann_hdf5_is_superblock (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes >= sizeof signature && memcmp (bytes, signature, sizeof signature) == 0;
}

/* Sizes of 16 and 32 bytes are in the specification, and in no file. */
static gboolean
set_sizes (AnnHdf5Superblock *self, AnnHdf5Cursor *cursor, guint address, guint length)
{
  self->sizes.address = cursor->address_size = address;
  self->sizes.length = cursor->length_size = length;

  return address >= 2 && address <= 8 && length >= 2 && length <= 8;
}

/* After the base comes what is of no use for reading (where free space is), the end, and the
 * driver's words; then the root group as an entry of a group, whose name is the first field.
 */
static gboolean
read_old (AnnHdf5Superblock *self, AnnHdf5Cursor *cursor, guint version, guint64 *base)
{
  guint8 address, length;
  guint64 unused;

  return _ann_hdf5_cursor_skip (cursor, 4) && _ann_hdf5_cursor_get_u8 (cursor, &address)
         && _ann_hdf5_cursor_get_u8 (cursor, &length) && set_sizes (self, cursor, address, length)
         && _ann_hdf5_cursor_skip (cursor, version == 0 ? 9 : 13)
         && _ann_hdf5_cursor_get_address (cursor, base)
         && _ann_hdf5_cursor_get_address (cursor, &unused)
         && _ann_hdf5_cursor_get_address (cursor, &self->end)
         && _ann_hdf5_cursor_get_address (cursor, &self->driver_info)
         && _ann_hdf5_cursor_get_length (cursor, &unused)
         && _ann_hdf5_cursor_get_address (cursor, &self->root);
}

static gboolean
read_new (AnnHdf5Superblock *self, AnnHdf5Cursor *cursor, guint64 *base)
{
  guint8 address, length;

  return _ann_hdf5_cursor_get_u8 (cursor, &address) && _ann_hdf5_cursor_get_u8 (cursor, &length)
         && set_sizes (self, cursor, address, length) && _ann_hdf5_cursor_skip (cursor, 1)
         && _ann_hdf5_cursor_get_address (cursor, base)
         && _ann_hdf5_cursor_get_address (cursor, &self->extension)
         && _ann_hdf5_cursor_get_address (cursor, &self->end)
         && _ann_hdf5_cursor_get_address (cursor, &self->root) && _ann_hdf5_cursor_skip (cursor, 4);
}

/* When it does not stand at its base, something was put before the file or cut from its front, and
 * the end has moved along.
 */
static gboolean
move_to (AnnHdf5Superblock *self, guint64 offset, guint64 base)
{
  self->sizes.base = offset;
  if (self->end > G_MAXINT64 || base > G_MAXINT64 || offset > G_MAXINT64
      || self->end + offset < base)
    return FALSE;
  self->end = self->end + offset - base;

  return TRUE;
}

gboolean
_ann_hdf5_superblock_init (AnnHdf5Superblock *self,
                           guint64 offset,
                           const guint8 *bytes,
                           gsize n_bytes,
                           GError **error)
{
  AnnHdf5Cursor cursor = { bytes + sizeof signature, bytes + n_bytes, 8, 8 };
  guint8 version;
  guint64 base;
  gboolean is_read;

  *self = (AnnHdf5Superblock){ .extension = ANN_HDF5_NO_ADDRESS,
                               .driver_info = ANN_HDF5_NO_ADDRESS };
  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version))
    version = 0;
  if (version > 3)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "The HDF5 file begins with a superblock of version %d, which is newer than what "
                   "can be read",
                   version);
      return FALSE;
    }

  is_read = version <= 1 ? read_old (self, &cursor, version, &base)
                         : read_new (self, &cursor, &base);
  if (!is_read && n_bytes < ANN_HDF5_SUPERBLOCK_SIZE)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "The HDF5 file is cut off after %" G_GUINT64_FORMAT " bytes", offset + n_bytes);
  else if (version >= 2 && is_read && !_ann_hdf5_has_checksum (bytes, (gsize) (cursor.at - bytes)))
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "The HDF5 file is damaged: the checksum of its superblock is wrong");
  else if (!is_read || !move_to (self, offset, base))
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "The HDF5 file is damaged: its superblock makes no sense");
  else
    return TRUE;

  return FALSE;
}
