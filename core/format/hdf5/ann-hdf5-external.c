/* ann-hdf5-external.c: values in files without a format
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"
#include "base/ann-file-private.h"
#include "format/hdf5/ann-hdf5-sources-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRUCTURE "list of external files"

/* So many bytes are read at once: between two of these reads somebody may cancel. */
#define READ_SIZE ((gsize) 4 << 20)

/* A part of a file; @start is where it begins in the run. */
typedef struct {
  char *path;
  guint64 start;
  guint64 size;
  guint64 offset;
} Piece;

struct _AnnHdf5External {
  AnnHdf5Dataset *dataset; /* its owner */
  GArray *pieces;
};

static void
piece_clear (gpointer data)
{
  Piece *piece = data;

  g_free (piece->path);
}

static gboolean
set_damaged (AnnHdf5External *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->dataset->path, STRUCTURE, what);
}

/* Reads the bytes of a local heap, which has the names. (specification version 3.0, III.D) */
static guint8 *
read_names (AnnHdf5External *self,
            guint64 address,
            gsize *n_bytes,
            GCancellable *cancellable,
            GError **error)
{
  AnnHdf5File *file = self->dataset->file;
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (file);
  gsize size = 8 + 2 * sizes->length + sizes->address;
  g_autofree guint8 *bytes = NULL;
  guint64 heap = 0, heap_size = 0;
  AnnHdf5Cursor cursor;

  bytes = _ann_hdf5_structure_read_plain (file, address, size, STRUCTURE, self->dataset->path,
                                          cancellable, error);
  if (bytes == NULL)
    return NULL;

  cursor = _ann_hdf5_file_get_cursor (file, bytes, size);
  if (!_ann_hdf5_cursor_expect (&cursor, "HEAP", 0) || !_ann_hdf5_cursor_skip (&cursor, 3)
      || !_ann_hdf5_cursor_get_length (&cursor, &heap_size)
      || !_ann_hdf5_cursor_skip (&cursor, sizes->length) /* what is free */
      || !_ann_hdf5_cursor_get_address (&cursor, &heap))
    {
      set_damaged (self, "no heap of names is where one should be", error);
      return NULL;
    }
  *n_bytes = heap_size;

  return _ann_hdf5_structure_read_plain (file, heap, heap_size, STRUCTURE, self->dataset->path,
                                         cancellable, error);
}

static gboolean
add_piece (AnnHdf5External *self,
           AnnHdf5Cursor names,
           guint64 name_offset,
           guint64 offset,
           guint64 size,
           GError **error)
{
  const char *path = self->dataset->path;
  const Piece *last = self->pieces->len > 0
                          ? &g_array_index (self->pieces, Piece, self->pieces->len - 1)
                          : NULL;
  Piece piece = { .offset = offset, .size = size };
  const char *name;

  if (!_ann_hdf5_cursor_skip (&names, name_offset) || !_ann_hdf5_cursor_get_text (&names, 1, &name))
    return set_damaged (self, "a name is not where it should be", error);
  if (!g_utf8_validate (name, -1, NULL))
    return set_damaged (self, "a name is no text", error);
  if (last != NULL && !g_uint64_checked_add (&piece.start, last->start, last->size))
    return set_damaged (self, "a file follows one without an end", error);

  piece.path = _ann_hdf5_file_resolve (self->dataset->file, name, path, error);
  if (piece.path == NULL)
    return FALSE;
  g_array_append_val (self->pieces, piece);

  return TRUE;
}

/* Version 1: three bytes of nothing, slots that there are and that are used, the address of the
 * heap; of each slot where the name is in the heap, and what part of the file it is.
 */
static gboolean
parse (AnnHdf5External *self, AnnHdf5Cursor cursor, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *heap = NULL;
  guint8 version = 0;
  guint16 n_slots = 0;
  guint64 address = 0;
  gsize n_bytes = 0;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version) || version != 1
      || !_ann_hdf5_cursor_skip (&cursor, 5) || !_ann_hdf5_cursor_get_u16 (&cursor, &n_slots)
      || !_ann_hdf5_cursor_get_address (&cursor, &address))
    return set_damaged (self, "it makes no sense", error);

  heap = read_names (self, address, &n_bytes, cancellable, error);
  if (heap == NULL)
    return FALSE;

  for (guint i = 0; i < n_slots; i++)
    {
      guint64 name = 0, offset = 0, size = 0;

      if (!_ann_hdf5_cursor_get_length (&cursor, &name)
          || !_ann_hdf5_cursor_get_length (&cursor, &offset)
          || !_ann_hdf5_cursor_get_length (&cursor, &size))
        return set_damaged (self, "it is cut off", error);
      if (!add_piece (self, _ann_hdf5_file_get_cursor (self->dataset->file, heap, n_bytes), name,
                      offset, size, error))
        return FALSE;
    }

  return TRUE;
}

AnnHdf5External *
_ann_hdf5_external_new (AnnHdf5Dataset *dataset,
                        const AnnHdf5Header *header,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (AnnHdf5External) self = g_new0 (AnnHdf5External, 1);
  g_auto (AnnHdf5Body) body = { .owned = NULL };

  self->dataset = dataset;
  self->pieces = g_array_new (FALSE, TRUE, sizeof (Piece));
  g_array_set_clear_func (self->pieces, piece_clear);
  if (!_ann_hdf5_header_open (header, ANN_HDF5_MESSAGE_EXTERNAL_FILES, &body, dataset->file,
                              dataset->path, cancellable, error)
      || !parse (self, body.cursor, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_hdf5_external_free (AnnHdf5External *self)
{
  g_array_unref (self->pieces);
  g_free (self);
}

static gboolean
set_read_error (AnnHdf5External *self, const Piece *piece, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
               "%s: The file “%s” with its values cannot be read: %s", self->dataset->path,
               piece->path, g_strerror (number));

  return FALSE;
}

/* What the file does not have any more was never written: it is left as it is. */
static gboolean
read_file (AnnHdf5External *self,
           const Piece *piece,
           int fd,
           guint64 offset,
           guint8 *to,
           gsize n_bytes,
           GCancellable *cancellable,
           GError **error)
{
  while (n_bytes > 0)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = pread (fd, to, MIN (n_bytes, READ_SIZE), (off_t) offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_read_error (self, piece, errno, error);
      if (n == 0)
        break;
      _ann_hdf5_count_slab ((gsize) n);
      to += n;
      offset += (guint64) n;
      n_bytes -= (gsize) n;
    }

  return TRUE;
}

static gboolean
read_piece (AnnHdf5External *self,
            const Piece *piece,
            guint64 skip,
            guint8 *to,
            gsize n_bytes,
            GCancellable *cancellable,
            GError **error)
{
  guint64 offset, end;
  struct stat status;
  gboolean is_read;
  int fd;

  if (!g_uint64_checked_add (&offset, piece->offset, skip)
      || !g_uint64_checked_add (&end, offset, n_bytes) || end > G_MAXINT64)
    return set_damaged (self, "a part lies beyond what files can have", error);

  fd = _ann_file_open (piece->path);
  if (fd < 0)
    return set_read_error (self, piece, errno, error);
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: “%s”, which should have its values, is no regular file",
                   self->dataset->path, piece->path);
      close (fd);
      return FALSE;
    }

  is_read = read_file (self, piece, fd, offset, to, n_bytes, cancellable, error);
  close (fd);

  return is_read;
}

/* @n_bytes of the run from @start on; what no file has is zeros. */
static gboolean
read_bytes (AnnHdf5External *self,
            guint64 start,
            guint8 *to,
            gsize n_bytes,
            GCancellable *cancellable,
            GError **error)
{
  memset (to, 0, n_bytes);
  for (guint i = 0; i < self->pieces->len && n_bytes > 0; i++)
    {
      const Piece *piece = &g_array_index (self->pieces, Piece, i);
      guint64 skip = start - piece->start;
      gsize n;

      if (skip >= piece->size)
        continue;
      n = MIN (n_bytes, piece->size - skip);
      if (!read_piece (self, piece, skip, to, n, cancellable, error))
        return FALSE;
      start += n;
      to += n;
      n_bytes -= n;
    }

  return TRUE;
}

gboolean
_ann_hdf5_external_read (AnnHdf5External *self,
                         const AnnBox *box,
                         guint8 *elements,
                         GCancellable *cancellable,
                         GError **error)
{
  const AnnHdf5Dataset *dataset = self->dataset;
  guint64 index[ANN_MAX_RANK] = { 0 };
  guint64 count[ANN_MAX_RANK];
  gsize run = dataset->stored->size;
  guint inner = box->rank;

  /* Inner axes that are taken whole make one run with the first that is not. */
  memcpy (count, box->count, sizeof count);
  while (inner > 0)
    {
      inner--;
      run *= count[inner];
      count[inner] = 1;
      if (box->count[inner] < dataset->space.shape[inner])
        break;
    }

  do
    {
      guint64 start = 0;

      for (guint i = 0; i < box->rank; i++)
        start = start * dataset->space.shape[i] + box->start[i] + index[i];
      if (!read_bytes (self, start * dataset->stored->size, elements, run, cancellable, error))
        return FALSE;
      elements += run;
    }
  while (_ann_box_next_index (box->rank, index, count));

  return TRUE;
}
