/* ann-hdf5-shared.c: messages that are kept elsewhere
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-fractal-heap.h"
#include "format/hdf5/ann-hdf5-header.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* The file's messages that several objects have are in the heap that has messages of their type. A
 * list of the heaps stands where the superblock's extension says.
 */
#define MAX_TABLES 8
#define HEAP_ID_SIZE 8

/* How a reference says where the message is, from version 3 on. */
#define KEPT_IN_HEAP 1

static gboolean
set_damaged (const char *path, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, path, "reference to what objects share", what);
}

void
_ann_hdf5_body_clear (AnnHdf5Body *self)
{
  g_clear_pointer (&self->owned, g_free);
}

gboolean
_ann_hdf5_body_copy (AnnHdf5Body *self, AnnHdf5Cursor from, const char *path, GError **error)
{
  gsize size = _ann_hdf5_cursor_get_left (&from);

  self->owned = g_try_malloc (MAX (size, 1));
  if (self->owned == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for %" G_GSIZE_FORMAT " bytes of its header", path, size);
      return FALSE;
    }
  memcpy (self->owned, from.at, size);
  self->cursor = from;
  self->cursor.at = self->owned;
  self->cursor.end = self->owned + size;

  return TRUE;
}

/* From the header of a named type. That one is not kept elsewhere again. */
static gboolean
init_from_header (AnnHdf5Body *self,
                  AnnHdf5File *file,
                  guint type,
                  guint64 address,
                  const char *path,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnHdf5Header) header = _ann_hdf5_header_read (file, address, path, cancellable,
                                                            error);
  const AnnHdf5Message *message;

  if (header == NULL)
    return FALSE;
  message = _ann_hdf5_header_find (header, type);
  if (message == NULL || message->is_shared)
    return set_damaged (path, "it leads to an object that has no such thing", error);

  return _ann_hdf5_body_copy (
      self, _ann_hdf5_file_get_cursor (file, message->bytes, message->n_bytes), path, error);
}

/* The list: where the heap for messages of @type is. Each entry: version, kind of index, types as
 * bits, limits, number of messages, the index, the heap.
 */
static gboolean
find_heap (AnnHdf5File *file,
           guint64 table,
           guint n_tables,
           guint type,
           guint64 *heap,
           const char *path,
           GCancellable *cancellable,
           GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (file);
  guint64 size = 4 + n_tables * (guint64) (14 + 2 * sizes->address) + 4;
  g_autofree guint8 *bytes = _ann_hdf5_structure_read_plain (
      file, table, size, "table of what objects share", path, cancellable, error);
  AnnHdf5Cursor cursor;

  if (bytes == NULL)
    return FALSE;
  if (memcmp (bytes, "SMTB", 4) != 0 || !_ann_hdf5_has_checksum (bytes, size))
    return set_damaged (path, "the table of shared messages is damaged", error);

  cursor = _ann_hdf5_file_get_cursor (file, bytes + 4, size - 8);
  for (guint i = 0; i < n_tables; i++)
    {
      guint16 version_and_kind, types;
      guint64 index;

      if (_ann_hdf5_cursor_get_u16 (&cursor, &version_and_kind)
          && _ann_hdf5_cursor_get_u16 (&cursor, &types) && _ann_hdf5_cursor_skip (&cursor, 10)
          && _ann_hdf5_cursor_get_address (&cursor, &index)
          && _ann_hdf5_cursor_get_address (&cursor, heap) && type < 16 && (types & 1u << type) != 0)
        return TRUE;
    }

  return set_damaged (path, "the file shares no messages of this type", error);
}

gboolean
_ann_hdf5_body_init_from_heap (AnnHdf5Body *self,
                               AnnHdf5File *file,
                               guint type,
                               const guint8 *id,
                               const char *path,
                               GCancellable *cancellable,
                               GError **error)
{
  guint64 extension = _ann_hdf5_file_get_extension (file);
  g_autoptr (AnnHdf5Header) header = NULL;
  g_autoptr (AnnHdf5FractalHeap) heap = NULL;
  const AnnHdf5Message *message;
  guint64 table, heap_address;
  guint8 version, n_tables;
  AnnHdf5Cursor cursor;

  if (extension == ANN_HDF5_NO_ADDRESS)
    return set_damaged (path, "the file shares no messages", error);
  header = _ann_hdf5_header_read (file, extension, path, cancellable, error);
  if (header == NULL)
    return FALSE;
  message = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_SHARED_TABLE);
  if (message == NULL)
    return set_damaged (path, "the file shares no messages", error);

  cursor = _ann_hdf5_file_get_cursor (file, message->bytes, message->n_bytes);
  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version)
      || !_ann_hdf5_cursor_get_address (&cursor, &table)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &n_tables) || n_tables > MAX_TABLES)
    return set_damaged (path, "the table of shared messages cannot be found", error);
  if (!find_heap (file, table, n_tables, type, &heap_address, path, cancellable, error))
    return FALSE;

  heap = _ann_hdf5_fractal_heap_open (file, heap_address, path, cancellable, error);

  return heap != NULL && _ann_hdf5_fractal_heap_get (heap, id, HEAP_ID_SIZE, &cursor, error)
         && _ann_hdf5_body_copy (self, cursor, path, error);
}

gboolean
_ann_hdf5_body_init_shared (AnnHdf5Body *self,
                            AnnHdf5File *file,
                            guint type,
                            AnnHdf5Cursor *cursor,
                            const char *path,
                            GCancellable *cancellable,
                            GError **error)
{
  const guint8 *id;
  guint8 version, kind;
  guint64 index, address;

  *self = (AnnHdf5Body){ .owned = NULL };
  if (!_ann_hdf5_cursor_get_u8 (cursor, &version) || !_ann_hdf5_cursor_get_u8 (cursor, &kind)
      || version < 1 || version > 3)
    return set_damaged (path, "it is of an unknown kind", error);

  if (version == 3 && kind == KEPT_IN_HEAP)
    {
      if (!_ann_hdf5_cursor_get_bytes (cursor, HEAP_ID_SIZE, &id))
        return set_damaged (path, "it is too short", error);
      return _ann_hdf5_body_init_from_heap (self, file, type, id, path, cancellable, error);
    }

  /* Version 1 has six bytes of nothing, and a number that nobody uses. */
  if ((version == 1
       && (!_ann_hdf5_cursor_skip (cursor, 6) || !_ann_hdf5_cursor_get_length (cursor, &index)))
      || !_ann_hdf5_cursor_get_address (cursor, &address))
    return set_damaged (path, "it is too short", error);

  return init_from_header (self, file, type, address, path, cancellable, error);
}

gboolean
_ann_hdf5_body_init (AnnHdf5Body *self,
                     AnnHdf5File *file,
                     const AnnHdf5Message *message,
                     const char *path,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (file, message->bytes, message->n_bytes);

  if (message->is_shared)
    return _ann_hdf5_body_init_shared (self, file, message->type, &cursor, path, cancellable,
                                       error);

  *self = (AnnHdf5Body){ cursor, NULL };

  return TRUE;
}

gboolean
_ann_hdf5_header_open (const AnnHdf5Header *self,
                       AnnHdf5MessageType type,
                       AnnHdf5Body *body,
                       AnnHdf5File *file,
                       const char *path,
                       GCancellable *cancellable,
                       GError **error)
{
  const AnnHdf5Message *message = _ann_hdf5_header_find (self, type);

  if (message == NULL)
    return _ann_hdf5_set_damaged (error, path, "header", "a message is missing");

  return _ann_hdf5_body_init (body, file, message, path, cancellable, error);
}
