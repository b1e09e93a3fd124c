/* ann-hdf5-layout.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-layout.h"

#include "base/ann-bytes-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

/* Classes of layouts, as stored. */
enum { COMPACT, CONTIGUOUS, CHUNKED, VIRTUAL };

#define EDGES_ARE_PLAIN 0x01
#define SINGLE_IS_FILTERED 0x02

static gboolean
read_compact (AnnHdf5Layout *self, AnnHdf5Cursor *cursor, guint n_size)
{
  const guint8 *bytes;
  guint64 size;

  self->layout = ANN_LAYOUT_COMPACT;
  if (!_ann_hdf5_cursor_get_number (cursor, n_size, &size)
      || !_ann_hdf5_cursor_get_bytes (cursor, size, &bytes))
    return FALSE;
  self->n_bytes = size;
  self->bytes = g_memdup2 (bytes, size);

  return TRUE;
}

/* Chunks have an axis more than the array: the bytes of an element. @rank counts it. */
static gboolean
read_chunk_shape (AnnHdf5Layout *self, AnnHdf5Cursor *cursor, guint rank, guint n_length)
{
  if (rank < 1 || rank > ANN_MAX_RANK + 1 || n_length < 1 || n_length > 8)
    return FALSE;

  self->rank = rank - 1;
  for (guint i = 0; i < self->rank; i++)
    {
      if (!_ann_hdf5_cursor_get_number (cursor, n_length, &self->chunk_shape[i])
          || self->chunk_shape[i] == 0)
        return FALSE;
    }

  return _ann_hdf5_cursor_get_number (cursor, n_length, &self->element_size);
}

/* Versions 1 and 2: rank, class, five bytes of nothing, the address but for compact ones, axes. */
static gboolean
read_old (AnnHdf5Layout *self, AnnHdf5Cursor *cursor)
{
  guint8 rank, class;

  if (!_ann_hdf5_cursor_get_u8 (cursor, &rank) || !_ann_hdf5_cursor_get_u8 (cursor, &class)
      || !_ann_hdf5_cursor_skip (cursor, 5)
      || (class != COMPACT && !_ann_hdf5_cursor_get_address (cursor, &self->address)))
    return FALSE;

  switch (class)
    {
    case COMPACT:
      return _ann_hdf5_cursor_skip (cursor, 4 * (guint64) rank) && read_compact (self, cursor, 4);
    case CONTIGUOUS:
      self->layout = ANN_LAYOUT_CONTIGUOUS;
      return TRUE;
    case CHUNKED:
      self->layout = ANN_LAYOUT_CHUNKED;
      self->index = ANN_HDF5_INDEX_BTREE1;
      return read_chunk_shape (self, cursor, rank, 4);
    default:
      return FALSE;
    }
}

static gboolean
read_chunked_3 (AnnHdf5Layout *self, AnnHdf5Cursor *cursor)
{
  guint8 rank;

  self->index = ANN_HDF5_INDEX_BTREE1;

  return _ann_hdf5_cursor_get_u8 (cursor, &rank)
         && _ann_hdf5_cursor_get_address (cursor, &self->address)
         && read_chunk_shape (self, cursor, rank, 4);
}

/* What the writer chose when it made the index; the index's own header has the rest again. */
static gboolean
read_index (AnnHdf5Layout *self, AnnHdf5Cursor *cursor)
{
  switch (self->index)
    {
    case ANN_HDF5_INDEX_SINGLE:
      return !self->is_single_filtered
             || (_ann_hdf5_cursor_get_length (cursor, &self->single_size)
                 && _ann_hdf5_cursor_get_u32 (cursor, &self->single_mask));
    case ANN_HDF5_INDEX_IMPLICIT:
      return TRUE;
    case ANN_HDF5_INDEX_FIXED_ARRAY:
      return _ann_hdf5_cursor_skip (cursor, 1); /* size of pages */
    case ANN_HDF5_INDEX_EXTENSIBLE_ARRAY:
      return _ann_hdf5_cursor_skip (cursor, 5); /* sizes of all kinds of blocks */
    case ANN_HDF5_INDEX_BTREE2:
      return _ann_hdf5_cursor_skip (cursor, 6); /* node size, when to split, when to merge */
    case ANN_HDF5_INDEX_BTREE1:
    default:
      return FALSE;
    }
}

static gboolean
read_chunked_4 (AnnHdf5Layout *self, AnnHdf5Cursor *cursor)
{
  guint8 flags, rank, n_length, index;

  if (!_ann_hdf5_cursor_get_u8 (cursor, &flags) || !_ann_hdf5_cursor_get_u8 (cursor, &rank)
      || !_ann_hdf5_cursor_get_u8 (cursor, &n_length)
      || !read_chunk_shape (self, cursor, rank, n_length)
      || !_ann_hdf5_cursor_get_u8 (cursor, &index))
    return FALSE;

  self->edges_are_plain = (flags & EDGES_ARE_PLAIN) != 0;
  self->is_single_filtered = (flags & SINGLE_IS_FILTERED) != 0;
  self->index = (AnnHdf5IndexKind) index;

  return read_index (self, cursor) && _ann_hdf5_cursor_get_address (cursor, &self->address);
}

static gboolean
read_new (AnnHdf5Layout *self, AnnHdf5Cursor *cursor)
{
  guint8 class;

  if (!_ann_hdf5_cursor_get_u8 (cursor, &class))
    return FALSE;

  switch (class)
    {
    case COMPACT:
      return read_compact (self, cursor, 2);
    case CONTIGUOUS:
      self->layout = ANN_LAYOUT_CONTIGUOUS;
      return _ann_hdf5_cursor_get_address (cursor, &self->address)
             && _ann_hdf5_cursor_get_length (cursor, &self->size);
    case CHUNKED:
      self->layout = ANN_LAYOUT_CHUNKED;
      return self->version == 3 ? read_chunked_3 (self, cursor) : read_chunked_4 (self, cursor);
    case VIRTUAL:
      self->layout = ANN_LAYOUT_VIRTUAL;
      return self->version >= 4 && _ann_hdf5_cursor_get_address (cursor, &self->address)
             && _ann_hdf5_cursor_get_u32 (cursor, &self->heap_index);
    default:
      return FALSE;
    }
}

gboolean
_ann_hdf5_layout_init (AnnHdf5Layout *self, AnnHdf5Cursor *cursor, const char *path, GError **error)
{
  guint8 version;

  *self = (AnnHdf5Layout){ .address = ANN_HDF5_NO_ADDRESS, .size = G_MAXUINT64 };
  if (!_ann_hdf5_cursor_get_u8 (cursor, &version))
    return _ann_hdf5_set_damaged (error, path, "layout", "it makes no sense");

  self->version = version;
  if (version > 5)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Its layout has version %u, which is newer than what can be read", path,
                   version);
      return FALSE;
    }
  if (version < 1 || !(version <= 2 ? read_old : read_new) (self, cursor))
    return _ann_hdf5_set_damaged (error, path, "layout", "it makes no sense");

  return TRUE;
}

void
_ann_hdf5_layout_clear (AnnHdf5Layout *self)
{
  g_clear_pointer (&self->bytes, g_free);
}

/* The size and the bytes. A writer may say that there is no value by a size of -1. */
static gboolean
read_sized (AnnHdf5Cursor *cursor, const guint8 **bytes, guint32 *size)
{
  if (!_ann_hdf5_cursor_get_u32 (cursor, size))
    return FALSE;
  if (*size > G_MAXINT32)
    *size = 0;

  return _ann_hdf5_cursor_get_bytes (cursor, *size, bytes);
}

/* Sets @size to 0 if the value is not stated: zeros. */
static gboolean
read_fill_message (AnnHdf5Cursor *cursor, guint type, const guint8 **bytes, guint32 *size)
{
  guint8 version, flags, is_defined;

  *size = 0;
  if (type == ANN_HDF5_MESSAGE_OLD_FILL_VALUE)
    return read_sized (cursor, bytes, size);
  if (!_ann_hdf5_cursor_get_u8 (cursor, &version))
    return FALSE;

  switch (version)
    {
    case 1:
      return _ann_hdf5_cursor_skip (cursor, 3) && read_sized (cursor, bytes, size);
    case 2:
      return _ann_hdf5_cursor_skip (cursor, 2) && _ann_hdf5_cursor_get_u8 (cursor, &is_defined)
             && (is_defined == 0 || read_sized (cursor, bytes, size));
    case 3:
      return _ann_hdf5_cursor_get_u8 (cursor, &flags)
             && ((flags & 0x20) == 0 || read_sized (cursor, bytes, size));
    default:
      return FALSE;
    }
}

gboolean
_ann_hdf5_read_fill_value (AnnHdf5File *file,
                           const AnnHdf5Header *header,
                           gsize size,
                           guint8 **value,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  const AnnHdf5Message *message = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_FILL_VALUE);
  g_auto (AnnHdf5Body) body = { .owned = NULL };
  const guint8 *bytes = NULL;
  guint32 n_bytes;

  *value = NULL;
  if (message == NULL)
    message = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_OLD_FILL_VALUE);
  if (message == NULL)
    return TRUE;

  if (!_ann_hdf5_body_init (&body, file, message, path, cancellable, error))
    return FALSE;
  if (!read_fill_message (&body.cursor, message->type, &bytes, &n_bytes))
    return _ann_hdf5_set_damaged (error, path, "fill value", "it makes no sense");
  if (n_bytes == 0)
    return TRUE;
  if (n_bytes != size)
    return _ann_hdf5_set_damaged (error, path, "fill value", "it has not the size of an element");
  if (!_ann_bytes_are_zero (bytes, size))
    *value = g_memdup2 (bytes, size);

  return TRUE;
}
