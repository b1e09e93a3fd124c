/* ann-hdf5-group.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-group.h"

#include "format/hdf5/ann-hdf5-btree2.h"
#include "format/hdf5/ann-hdf5-fractal-heap.h"
#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-symbols.h"

#include <string.h>

#define HAS_ORDER 0x04
#define HAS_KIND 0x08
#define HAS_CHARSET 0x10

#define HEAP_ID_SIZE 7

void
_ann_hdf5_link_clear (AnnHdf5Link *self)
{
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->object_path, g_free);
}

gboolean
_ann_hdf5_header_is_group (const AnnHdf5Header *header)
{
  return _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_SYMBOL_TABLE) != NULL
         || _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_LINK_INFO) != NULL;
}

static gboolean
set_damaged (const char *path, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, path, "list of children", what);
}

/* The name of a link message; @cursor moves behind it, where what it leads to is. After the HDF5
 * File Format Specification, IV.A.2.g.
 */
static gboolean
read_name (AnnHdf5Cursor *cursor, guint8 *kind, const guint8 **name, guint64 *length)
{
  guint8 version, flags;

  *kind = ANN_HDF5_LINK_HARD;

  return _ann_hdf5_cursor_get_u8 (cursor, &version) && version == 1
         && _ann_hdf5_cursor_get_u8 (cursor, &flags)
         && ((flags & HAS_KIND) == 0 || _ann_hdf5_cursor_get_u8 (cursor, kind))
         && ((flags & HAS_ORDER) == 0 || _ann_hdf5_cursor_skip (cursor, 8))
         && ((flags & HAS_CHARSET) == 0 || _ann_hdf5_cursor_skip (cursor, 1))
         && _ann_hdf5_cursor_get_number (cursor, 1u << (flags & 3), length)
         && _ann_hdf5_cursor_get_bytes (cursor, *length, name);
}

/* An external link: version and flags in a byte, the file, the object. */
static gboolean
read_external (AnnHdf5Link *link, AnnHdf5Cursor value)
{
  const char *file_name, *object_path;
  guint8 flags;

  if (!_ann_hdf5_cursor_get_u8 (&value, &flags) || flags >> 4 != 0
      || !_ann_hdf5_cursor_get_text (&value, 1, &file_name)
      || !_ann_hdf5_cursor_get_text (&value, 1, &object_path))
    return FALSE;
  link->value = g_strdup (file_name);
  link->object_path = g_strdup (object_path);

  return TRUE;
}

static gboolean
read_target (AnnHdf5Link *link, guint kind, AnnHdf5Cursor *cursor)
{
  AnnHdf5Cursor value = *cursor;
  guint16 size;

  *link = (AnnHdf5Link){ .kind = kind };
  if (kind == ANN_HDF5_LINK_HARD)
    return _ann_hdf5_cursor_get_address (cursor, &link->address);

  if (!_ann_hdf5_cursor_get_u16 (cursor, &size)
      || !_ann_hdf5_cursor_get_bytes (cursor, size, &value.at))
    return FALSE;
  value.end = value.at + size;
  if (kind == ANN_HDF5_LINK_EXTERNAL)
    return read_external (link, value);
  if (kind == ANN_HDF5_LINK_SOFT)
    link->value = g_strndup ((const char *) value.at, size);

  return TRUE;
}

/* What is done with each link: it is compared with a name, or its name or object is noted. */
typedef struct {
  AnnHdf5File *file;
  const char *path;
  AnnHdf5FractalHeap *heap;
  const char *wanted; /* or NULL */
  AnnHdf5Link *link;
  gboolean is_found;
  GPtrArray *names;
  GHashTable *objects; /* (nullable): with the names of hard links, their objects */
  GArray *addresses;   /* (nullable): the objects are noted in place of the names */
  GCancellable *cancellable;
} Visit;

gboolean
_ann_hdf5_is_link_name (const char *name)
{
  return name[0] != '\0' && strchr (name, '/') == NULL && strcmp (name, ".") != 0;
}

/* Of links that have the same name, which is damage, the first is found. */
static void
note_object (Visit *visit, const char *name, guint64 address)
{
  if (_ann_hdf5_is_link_name (name) && !g_hash_table_contains (visit->objects, name))
    g_hash_table_insert (visit->objects, g_strdup (name), g_memdup2 (&address, sizeof address));
}

static gboolean
visit_link (Visit *visit, AnnHdf5Cursor *cursor, GError **error)
{
  const guint8 *name;
  guint64 length, address;
  guint8 kind;

  if (!read_name (cursor, &kind, &name, &length) || length > G_MAXUINT16)
    return set_damaged (visit->path, "a link makes no sense", error);

  if (visit->addresses != NULL)
    {
      if (kind == ANN_HDF5_LINK_HARD && _ann_hdf5_cursor_get_address (cursor, &address))
        g_array_append_val (visit->addresses, address);
      return TRUE;
    }
  if (visit->wanted == NULL)
    {
      char *copy = g_strndup ((const char *) name, length);

      g_ptr_array_add (visit->names, copy);
      if (visit->objects != NULL && kind == ANN_HDF5_LINK_HARD
          && _ann_hdf5_cursor_get_address (cursor, &address))
        note_object (visit, copy, address);
      return TRUE;
    }
  if (visit->is_found || strlen (visit->wanted) != length
      || memcmp (visit->wanted, name, length) != 0)
    return TRUE;

  visit->is_found = TRUE;
  if (!read_target (visit->link, kind, cursor))
    return set_damaged (visit->path, "a link makes no sense", error);

  return TRUE;
}

/* A record of the index: the hash of the name, where in the heap the link is. */
static gboolean
visit_record (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Visit *visit = data;
  AnnHdf5Cursor link;
  const guint8 *id;
  guint32 hash;

  if (g_cancellable_set_error_if_cancelled (visit->cancellable, error))
    return FALSE;
  if (!_ann_hdf5_cursor_get_u32 (&record, &hash)
      || !_ann_hdf5_cursor_get_bytes (&record, HEAP_ID_SIZE, &id))
    return set_damaged (visit->path, "its index makes no sense", error);

  return _ann_hdf5_fractal_heap_get (visit->heap, id, HEAP_ID_SIZE, &link, error)
         && visit_link (visit, &link, error);
}

static int
compare_hash (AnnHdf5Cursor record, gconstpointer data)
{
  const guint32 *wanted = data;
  guint32 hash = 0;

  _ann_hdf5_cursor_get_u32 (&record, &hash);

  return *wanted > hash ? -1 : *wanted < hash;
}

/* Many links lie in a heap, with an index by the hashes of their names. */
static gboolean
visit_dense (Visit *visit, guint64 heap_address, guint64 index_address, GError **error)
{
  g_autoptr (AnnHdf5FractalHeap) heap = NULL;
  g_autoptr (AnnHdf5Btree2) index = NULL;
  guint32 hash;

  heap = _ann_hdf5_fractal_heap_open (visit->file, heap_address, visit->path, visit->cancellable,
                                      error);
  if (heap == NULL)
    return FALSE;
  index = _ann_hdf5_btree2_open (visit->file, index_address, ANN_HDF5_BTREE2_LINK_NAMES,
                                 visit->path, visit->cancellable, error);
  if (index == NULL)
    return FALSE;

  visit->heap = heap;
  if (visit->wanted == NULL)
    return _ann_hdf5_btree2_foreach (index, visit_record, visit, visit->cancellable, error);

  hash = _ann_hdf5_checksum ((const guint8 *) visit->wanted, strlen (visit->wanted));

  return _ann_hdf5_btree2_find (index, compare_hash, &hash, visit_record, visit, visit->cancellable,
                                error);
}

/* Link info: version, flags, perhaps the largest order so far, where heap and index are. */
static gboolean
visit_by_info (Visit *visit, const AnnHdf5Message *message, GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (visit->file, message->bytes, message->n_bytes);
  guint64 heap_address, index_address;
  guint8 version, flags;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version) || version != 0
      || !_ann_hdf5_cursor_get_u8 (&cursor, &flags)
      || ((flags & 1) != 0 && !_ann_hdf5_cursor_skip (&cursor, 8))
      || !_ann_hdf5_cursor_get_address (&cursor, &heap_address)
      || !_ann_hdf5_cursor_get_address (&cursor, &index_address))
    return set_damaged (visit->path, "it is not said where it is", error);

  return heap_address == ANN_HDF5_NO_ADDRESS
         || visit_dense (visit, heap_address, index_address, error);
}

static gboolean
visit_links (Visit *visit, const AnnHdf5Header *header, GError **error)
{
  for (guint i = 0; i < _ann_hdf5_header_get_n_messages (header); i++)
    {
      const AnnHdf5Message *message = _ann_hdf5_header_get_message (header, i);
      AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (visit->file, message->bytes,
                                                        message->n_bytes);

      if (message->type == ANN_HDF5_MESSAGE_LINK && !visit_link (visit, &cursor, error))
        return FALSE;
      if (message->type == ANN_HDF5_MESSAGE_LINK_INFO && !visit_by_info (visit, message, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_group_find (AnnHdf5File *file,
                      const AnnHdf5Header *header,
                      const char *name,
                      gboolean *is_found,
                      AnnHdf5Link *link,
                      const char *path,
                      GCancellable *cancellable,
                      GError **error)
{
  const AnnHdf5Message *table = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_SYMBOL_TABLE);
  Visit visit = {
    .file = file, .path = path, .wanted = name, .link = link, .cancellable = cancellable
  };
  AnnHdf5Symbols symbols;

  *is_found = FALSE;
  if (table != NULL)
    return _ann_hdf5_symbols_init (&symbols, file,
                                   _ann_hdf5_file_get_cursor (file, table->bytes, table->n_bytes),
                                   path, cancellable, error)
           && _ann_hdf5_symbols_find (&symbols, name, is_found, link, error);

  if (!visit_links (&visit, header, error))
    return FALSE;
  *is_found = visit.is_found;

  return TRUE;
}

/* Notes of all links what @visit says. */
static gboolean
visit_all (Visit *visit, const AnnHdf5Header *header, GError **error)
{
  const AnnHdf5Message *table = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_SYMBOL_TABLE);
  AnnHdf5Symbols symbols;

  if (table == NULL)
    return visit_links (visit, header, error);

  return _ann_hdf5_symbols_init (
             &symbols, visit->file,
             _ann_hdf5_file_get_cursor (visit->file, table->bytes, table->n_bytes), visit->path,
             visit->cancellable, error)
         && _ann_hdf5_symbols_list (&symbols, visit->names, visit->addresses, error);
}

gboolean
_ann_hdf5_group_list_objects (AnnHdf5File *file,
                              const AnnHdf5Header *header,
                              GArray *addresses,
                              GCancellable *cancellable,
                              const char *path,
                              GError **error)
{
  Visit visit = { .file = file, .path = path, .addresses = addresses, .cancellable = cancellable };

  return visit_all (&visit, header, error);
}

gboolean
_ann_hdf5_group_list (AnnHdf5File *file,
                      const AnnHdf5Header *header,
                      GPtrArray *names,
                      GHashTable *objects,
                      GCancellable *cancellable,
                      const char *path,
                      GError **error)
{
  Visit visit = {
    .file = file, .path = path, .names = names, .objects = objects, .cancellable = cancellable
  };

  return visit_all (&visit, header, error);
}
