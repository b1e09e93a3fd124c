/* ann-hdf5-header.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-header.h"

#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* A header of a group with links, or attributes, in the header itself: 64 KiB each at the most. An
 * array's list of files and its fill value are in it too.
 */
#define MAX_SIZE ((gsize) 256 << 20)

#define FLAG_FAIL_IF_UNKNOWN 0x80

#define HEADER_HAS_ORDER 0x04
#define HEADER_HAS_PHASES 0x10
#define HEADER_HAS_TIMES 0x20

#define LAST_KNOWN_TYPE 0x18

struct _AnnHdf5Header {
  guint version;
  guint flags; /* of version 2 */
  guint n_links;
  GPtrArray *parts; /* the blocks, which own the bytes of the messages */
  GArray *messages;
};

/* What is needed while one is read. */
typedef struct {
  AnnHdf5Header *header;
  AnnHdf5File *file;
  const char *path;
  GArray *continuations; /* of Part, in the order in which they were met */
  GHashTable *seen;      /* their addresses */
  gsize n_bytes;         /* of all parts so far */
  GCancellable *cancellable;
} Reader;

typedef struct {
  guint64 address;
  guint64 size;
} Part;

void
_ann_hdf5_header_free (AnnHdf5Header *self)
{
  g_ptr_array_unref (self->parts);
  g_array_unref (self->messages);
  g_free (self);
}

static gboolean
set_damaged (const char *path, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, path, "header", what);
}

/* Reads a block of the header; parts that overlap for ever end with the bytes of the file. */
static const guint8 *
read_part (Reader *reader, guint64 address, guint64 size, GError **error)
{
  guint8 *bytes;

  if (size > MAX_SIZE - reader->n_bytes
      || reader->n_bytes + size > _ann_hdf5_file_get_size (reader->file))
    {
      set_damaged (reader->path, "it is too large", error);
      return NULL;
    }
  reader->n_bytes += size;

  bytes = _ann_hdf5_structure_read_plain (reader->file, address, size, "header", reader->path,
                                          reader->cancellable, error);
  if (bytes != NULL)
    g_ptr_array_add (reader->header->parts, bytes);

  return bytes;
}

static gboolean
note_continuation (Reader *reader, const AnnHdf5Message *message, GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (reader->file, message->bytes, message->n_bytes);
  Part part;

  if (!_ann_hdf5_cursor_get_address (&cursor, &part.address)
      || !_ann_hdf5_cursor_get_length (&cursor, &part.size))
    return set_damaged (reader->path, "it does not say where it goes on", error);

  if (!g_hash_table_add (reader->seen, g_memdup2 (&part.address, sizeof part.address)))
    return set_damaged (reader->path, "it goes round in a circle", error);
  g_array_append_val (reader->continuations, part);

  return TRUE;
}

static gboolean
add_message (Reader *reader, AnnHdf5Message *message, guint flags, GError **error)
{
  message->is_shared = (flags & ANN_HDF5_MESSAGE_IS_SHARED) != 0;

  if (message->type == ANN_HDF5_MESSAGE_N_LINKS && message->n_bytes >= 5)
    reader->header->n_links = (guint) _ann_hdf5_get_number (message->bytes + 1, 4);
  if (message->type == ANN_HDF5_MESSAGE_CONTINUATION)
    return note_continuation (reader, message, error);
  if (message->type > LAST_KNOWN_TYPE && (flags & FLAG_FAIL_IF_UNKNOWN) != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It has a message of the type %u, without which it must not be read",
                   reader->path, message->type);
      return FALSE;
    }
  if (message->type != ANN_HDF5_MESSAGE_NIL)
    g_array_append_val (reader->header->messages, *message);

  return TRUE;
}

/* Messages of version 1: type, size, flags, three bytes of nothing; and what they say. */
static gboolean
read_messages_1 (Reader *reader, AnnHdf5Cursor *cursor, GError **error)
{
  while (_ann_hdf5_cursor_get_left (cursor) >= 8)
    {
      AnnHdf5Message message = { 0 };
      guint16 type, size;
      guint8 flags;

      if (!_ann_hdf5_cursor_get_u16 (cursor, &type) || !_ann_hdf5_cursor_get_u16 (cursor, &size)
          || !_ann_hdf5_cursor_get_u8 (cursor, &flags) || !_ann_hdf5_cursor_skip (cursor, 3)
          || !_ann_hdf5_cursor_get_bytes (cursor, size, &message.bytes))
        return set_damaged (reader->path, "a message is longer than its room", error);

      message.type = type;
      message.n_bytes = size;
      if (!add_message (reader, &message, flags, error))
        return FALSE;
    }

  return TRUE;
}

/* Messages of version 2: type, size, flags, perhaps a number; what is too short for one is a gap.
 */
static gboolean
read_messages_2 (Reader *reader, AnnHdf5Cursor *cursor, GError **error)
{
  const gsize n_order = (reader->header->flags & HEADER_HAS_ORDER) != 0 ? 2 : 0;

  while (_ann_hdf5_cursor_get_left (cursor) >= 4 + n_order)
    {
      AnnHdf5Message message = { 0 };
      guint8 type, flags;
      guint16 size;

      if (!_ann_hdf5_cursor_get_u8 (cursor, &type) || !_ann_hdf5_cursor_get_u16 (cursor, &size)
          || !_ann_hdf5_cursor_get_u8 (cursor, &flags) || !_ann_hdf5_cursor_skip (cursor, n_order)
          || !_ann_hdf5_cursor_get_bytes (cursor, size, &message.bytes))
        return set_damaged (reader->path, "a message is longer than its room", error);

      message.type = type;
      message.n_bytes = size;
      if (!add_message (reader, &message, flags, error))
        return FALSE;
    }

  return TRUE;
}

/* A block of version 2 ends with a checksum, and begins with what @skip bytes are. */
static gboolean
read_checked (Reader *reader, guint64 address, guint64 size, gsize skip, GError **error)
{
  const guint8 *bytes = read_part (reader, address, size, error);
  AnnHdf5Cursor cursor;

  if (bytes == NULL)
    return FALSE;
  if (!_ann_hdf5_has_checksum (bytes, size))
    return set_damaged (reader->path, "its checksum is wrong", error);

  cursor = _ann_hdf5_file_get_cursor (reader->file, bytes + skip, size - skip - 4);

  return read_messages_2 (reader, &cursor, error);
}

static gboolean
read_continuation (Reader *reader, const Part *part, GError **error)
{
  const guint8 *bytes;
  AnnHdf5Cursor cursor;

  if (reader->header->version == 1)
    {
      bytes = read_part (reader, part->address, part->size, error);
      if (bytes == NULL)
        return FALSE;
      cursor = _ann_hdf5_file_get_cursor (reader->file, bytes, part->size);
      return read_messages_1 (reader, &cursor, error);
    }

  if (part->size < 8)
    return set_damaged (reader->path, "a block of it is too short", error);
  if (!read_checked (reader, part->address, part->size, 4, error))
    return FALSE;
  bytes = g_ptr_array_index (reader->header->parts, reader->header->parts->len - 1);
  if (memcmp (bytes, "OCHK", 4) != 0)
    return set_damaged (reader->path, "no block is where it should go on", error);

  return TRUE;
}

/* Version 1: the version, a byte of nothing, how many messages there are, how many links to the
 * object, the size of the messages; they begin at a multiple of 8.
 */
static gboolean
read_first_1 (Reader *reader, guint64 address, const guint8 *start, GError **error)
{
  guint64 size = _ann_hdf5_get_number (start + 8, 4);
  const guint8 *bytes = read_part (reader, address + 16, size, error);
  AnnHdf5Cursor cursor;

  if (bytes == NULL)
    return FALSE;
  reader->header->n_links = (guint) _ann_hdf5_get_number (start + 4, 4);
  cursor = _ann_hdf5_file_get_cursor (reader->file, bytes, size);

  return read_messages_1 (reader, &cursor, error);
}

/* Version 2: signature, version, flags, perhaps times and limits, the size of the messages. */
static gboolean
read_first_2 (Reader *reader, guint64 address, const guint8 *start, GError **error)
{
  guint flags = start[5];
  guint n_size = 1u << (flags & 3);
  gsize skip = 6;
  guint8 size_bytes[8];
  guint64 size;

  skip += (flags & HEADER_HAS_TIMES) != 0 ? 16 : 0;
  skip += (flags & HEADER_HAS_PHASES) != 0 ? 4 : 0;
  reader->header->flags = flags;
  reader->header->n_links = 1; /* unless a message says more, or none */
  if (!_ann_hdf5_file_read_metadata (reader->file, address + skip, size_bytes, n_size, reader->path,
                                     reader->cancellable, error))
    return FALSE;

  size = _ann_hdf5_get_number (size_bytes, n_size);
  skip += n_size;
  if (size > MAX_SIZE)
    return set_damaged (reader->path, "it is too large", error);

  return read_checked (reader, address, skip + size + 4, skip, error);
}

static gboolean
read_all (Reader *reader, guint64 address, GError **error)
{
  guint8 start[16];

  if (!_ann_hdf5_file_has_range (reader->file, address, sizeof start))
    return set_damaged (reader->path, "it lies beyond the end of the file", error);
  if (!_ann_hdf5_file_read_metadata (reader->file, address, start, sizeof start, reader->path,
                                     reader->cancellable, error))
    return FALSE;

  if (memcmp (start, "OHDR\002", 5) == 0)
    reader->header->version = 2;
  else if (start[0] == 1)
    reader->header->version = 1;
  else
    return set_damaged (reader->path, "no header is where one should be", error);

  if (!(reader->header->version == 1 ? read_first_1 : read_first_2) (reader, address, start, error))
    return FALSE;

  for (guint i = 0; i < reader->continuations->len; i++)
    {
      Part part = g_array_index (reader->continuations, Part, i);

      if (!read_continuation (reader, &part, error))
        return FALSE;
    }

  return TRUE;
}

AnnHdf5Header *
_ann_hdf5_header_read (AnnHdf5File *file,
                       guint64 address,
                       const char *path,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnHdf5Header) self = g_new0 (AnnHdf5Header, 1);
  g_autoptr (GArray) continuations = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Reader reader = { self, file, path, continuations, seen, 0, cancellable };

  self->parts = g_ptr_array_new_with_free_func (g_free);
  self->messages = g_array_new (FALSE, FALSE, sizeof (AnnHdf5Message));
  if (!read_all (&reader, address, error))
    return NULL;

  return g_steal_pointer (&self);
}

gboolean
_ann_hdf5_header_is_deleted (const AnnHdf5Header *self)
{
  return self->n_links == 0;
}

guint
_ann_hdf5_header_get_n_messages (const AnnHdf5Header *self)
{
  return self->messages->len;
}

const AnnHdf5Message *
_ann_hdf5_header_get_message (const AnnHdf5Header *self, guint index)
{
  return &g_array_index (self->messages, AnnHdf5Message, index);
}

const AnnHdf5Message *
_ann_hdf5_header_find (const AnnHdf5Header *self, AnnHdf5MessageType type)
{
  for (guint i = 0; i < self->messages->len; i++)
    {
      const AnnHdf5Message *message = &g_array_index (self->messages, AnnHdf5Message, i);

      if (message->type == (guint) type)
        return message;
    }

  return NULL;
}
