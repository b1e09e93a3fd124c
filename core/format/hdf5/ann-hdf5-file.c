/* ann-hdf5-file.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-file.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-ahead.h"
#include "format/hdf5/ann-hdf5-blocks.h"
#include "format/hdf5/ann-hdf5-file-private.h"
#include "format/hdf5/ann-hdf5-header.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-node.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A user's own block before the superblock of a file that is not on disk is not looked for beyond
 * this: each place costs a request.
 */
#define MAX_REMOTE_USER_BLOCK ((guint64) 1 << 20)

struct _AnnHdf5File {
  gatomicrefcount ref_count; /* counted down under files_lock */
  AnnSource *source;
  guint64 size;
  char *folder; /* (nullable): without links; NULL if it is not on disk */
  guint64 number;
  AnnHdf5Superblock superblock;
  AnnHdf5Blocks *blocks;
  AnnHdf5HeapCache *heap_cache;
};

/* All open files, and how many there have been. Held for moments only; a file leaves the list when
 * its last reference goes.
 */
static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *files;
static guint64 n_opened;

/* A file that was rewritten in its place is another one. By files_lock. */
static AnnHdf5File *
find_open (AnnSource *source)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      AnnHdf5File *file = g_ptr_array_index (files, i);

      if (g_str_equal (_ann_source_get_identity (file->source), _ann_source_get_identity (source)))
        return _ann_hdf5_file_ref (file);
    }

  return NULL;
}

AnnHdf5File *
_ann_hdf5_file_ref (AnnHdf5File *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
file_free (AnnHdf5File *self)
{
  g_object_unref (self->source);
  _ann_hdf5_heap_cache_free (self->heap_cache);
  _ann_hdf5_blocks_free (self->blocks);
  g_free (self->folder);
  g_free (self);
}

void
_ann_hdf5_file_unref (AnnHdf5File *self)
{
  gboolean is_last;

  /* Under the lock, or find_open () could take a file whose last reference has just gone. */
  pthread_mutex_lock (&files_lock);
  is_last = g_atomic_ref_count_dec (&self->ref_count);
  if (is_last && files != NULL)
    {
      g_ptr_array_remove_fast (files, self);
      if (files->len == 0)
        g_clear_pointer (&files, g_ptr_array_unref);
    }
  pthread_mutex_unlock (&files_lock);

  if (is_last)
    file_free (self);
}

AnnSource *
_ann_hdf5_file_get_source (AnnHdf5File *self)
{
  return self->source;
}

guint64
_ann_hdf5_file_get_number (AnnHdf5File *self)
{
  return self->number;
}

guint64
_ann_hdf5_file_get_size (AnnHdf5File *self)
{
  return self->size;
}

const AnnHdf5Sizes *
_ann_hdf5_file_get_sizes (AnnHdf5File *self)
{
  return &self->superblock.sizes;
}

AnnHdf5HeapCache *
_ann_hdf5_file_get_heap_cache (AnnHdf5File *self)
{
  return self->heap_cache;
}

/* Reads up to @n_bytes at @offset: fewer only at the end of the file. -1 with an error. */
static gssize
read_start (AnnSource *source,
            guint64 offset,
            guint8 *bytes,
            gsize n_bytes,
            GCancellable *cancellable,
            GError **error)
{
  guint64 size = _ann_source_get_size (source);

  n_bytes = offset < size ? MIN (n_bytes, size - offset) : 0;

  return _ann_source_read (source, MIN (offset, size), bytes, n_bytes, cancellable, error)
             ? (gssize) n_bytes
             : -1;
}

/* Finds the superblock: behind nothing, or behind a block of the user's own. */
static gboolean
find_superblock (AnnSource *source,
                 AnnHdf5Superblock *superblock,
                 GCancellable *cancellable,
                 GError **error)
{
  guint64 limit = _ann_source_get_size (source);

  if (_ann_source_is_remote (source))
    limit = MIN (limit, MAX_REMOTE_USER_BLOCK + 1);

  for (guint64 offset = 0; offset < limit; offset = offset == 0 ? 512 : offset * 2)
    {
      guint8 block[ANN_HDF5_SUPERBLOCK_SIZE];
      gssize size = read_start (source, offset, block, sizeof block, cancellable, error);

      if (size < 0)
        return FALSE;
      if (_ann_hdf5_is_superblock (block, (gsize) size))
        return _ann_hdf5_superblock_init (superblock, offset, block, (gsize) size, error);
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is not an HDF5 file");

  return FALSE;
}

/* What HDF5 files come in several, of which this is one. */
static gboolean
check_driver (AnnSource *source,
              const AnnHdf5Superblock *superblock,
              GCancellable *cancellable,
              GError **error)
{
  char words[17] = "";
  guint64 offset;
  gssize size;

  if (superblock->driver_info == ANN_HDF5_NO_ADDRESS
      || !g_uint64_checked_add (&offset, superblock->driver_info, superblock->sizes.base))
    return TRUE;
  size = read_start (source, offset, (guint8 *) words, 16, cancellable, error);
  if (size < 0)
    return FALSE;

  /* A version, 3 bytes of nothing, the length of what follows; then who wrote it. */
  if (size < 16 || words[0] != 0
      || (strcmp (words + 8, "NCSAfami") != 0 && strcmp (words + 8, "NCSAmult") != 0))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "This is one of several files that make up an HDF5 file (driver “%s”)",
               strcmp (words + 8, "NCSAfami") == 0 ? "family" : "multi");

  return FALSE;
}

static gboolean
check_size (guint64 file_size, const AnnHdf5Superblock *superblock, GError **error)
{
  if (superblock->end <= file_size)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "The HDF5 file is cut off: it has %" G_GUINT64_FORMAT
               " bytes and should have %" G_GUINT64_FORMAT,
               file_size, superblock->end);

  return FALSE;
}

static gboolean
read_superblock (AnnSource *source,
                 AnnHdf5Superblock *superblock,
                 GCancellable *cancellable,
                 GError **error)
{
  if (_ann_source_get_size (source) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "The file is empty");
      return FALSE;
    }

  return find_superblock (source, superblock, cancellable, error)
         && check_driver (source, superblock, cancellable, error)
         && check_size (_ann_source_get_size (source), superblock, error);
}

static AnnHdf5File *
file_new (AnnSource *source, const AnnHdf5Superblock *superblock)
{
  AnnHdf5File *self = g_new0 (AnnHdf5File, 1);
  const char *path = _ann_source_get_path (source);
  char *real_path = path != NULL ? realpath (path, NULL) : NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->source = g_object_ref (source);
  self->size = _ann_source_get_size (source);
  self->superblock = *superblock;
  if (path != NULL)
    self->folder = g_path_get_dirname (real_path != NULL ? real_path : path);
  self->blocks = _ann_hdf5_blocks_new ();
  self->heap_cache = _ann_hdf5_heap_cache_new ();
  free (real_path);

  return self;
}

AnnHdf5File *
_ann_hdf5_file_new_view (AnnHdf5File *self, AnnSource *source)
{
  return file_new (source, &self->superblock);
}

/* Two threads that open the same file meet here: the second one finds what the first opened.
 * @self: (transfer full)
 */
static AnnHdf5File *
share (AnnHdf5File *self)
{
  AnnHdf5File *other;

  pthread_mutex_lock (&files_lock);
  other = find_open (self->source);
  if (other == NULL)
    {
      if (files == NULL)
        files = g_ptr_array_new ();
      g_ptr_array_add (files, self);
      self->number = ++n_opened;
    }
  pthread_mutex_unlock (&files_lock);

  if (other != NULL)
    {
      file_free (self);
      return other;
    }
  _ann_hdf5_count_file ();

  return self;
}

/* What the extension may say that makes the file unreadable for us: newer files name a driver
 * there, and a file may have its structures in one image in place of where they belong.
 */
static gboolean
check_extension (AnnHdf5File *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnHdf5Header) header = NULL;
  const char *why = NULL;

  if (self->superblock.extension == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  header = _ann_hdf5_header_read (self, self->superblock.extension, "", cancellable, error);
  if (header == NULL)
    return FALSE;
  if (_ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_DRIVER) != NULL)
    why = "This is one of several files that make up an HDF5 file";
  else if (_ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_CACHE_IMAGE) != NULL)
    why = "The HDF5 file has an image of its writer's cache, which cannot be read";
  if (why != NULL)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, why);

  return why == NULL;
}

AnnHdf5File *
_ann_hdf5_file_open (AnnSource *source, GCancellable *cancellable, GError **error)
{
  AnnHdf5Superblock superblock;
  g_autoptr (AnnHdf5File) self = NULL;

  if (!read_superblock (source, &superblock, cancellable, error))
    return NULL;
  self = share (file_new (source, &superblock));

  return check_extension (self, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
lies_in_folder (const char *file, const char *folder)
{
  gsize length = strlen (folder);

  if (length > 0 && folder[length - 1] == '/') /* the root */
    length--;

  return strncmp (file, folder, length) == 0 && file[length] == '/';
}

char *
_ann_hdf5_file_resolve (AnnHdf5File *self, const char *name, const char *path, GError **error)
{
  g_autofree char *canonical = NULL;
  char *real_path = NULL;
  char *result = NULL;

  if (self->folder == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It names another file, “%s”; only beside a file on disk can that be opened",
                   path, name);
      return NULL;
    }

  /* By the name first: not even whether a file elsewhere exists is our business. */
  canonical = g_canonicalize_filename (name, self->folder);
  if (lies_in_folder (canonical, self->folder))
    {
      real_path = realpath (canonical, NULL);
      if (real_path == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "%s: The file “%s” that it names is not there", path, name);
          return NULL;
        }
      if (lies_in_folder (real_path, self->folder))
        result = g_strdup (real_path);
      free (real_path);
    }

  if (result == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "%s: It names the file “%s” outside the folder of the store, which is not opened",
                 path, name);

  return result;
}

AnnHdf5File *
_ann_hdf5_file_open_other (AnnHdf5File *self,
                           const char *name,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autofree char *other_path = _ann_hdf5_file_resolve (self, name, path, error);
  g_autoptr (AnnSource) source = NULL;
  AnnHdf5File *other = NULL;

  if (other_path == NULL)
    return NULL;

  source = _ann_source_open_file (other_path, error);
  if (source != NULL)
    other = _ann_hdf5_file_open (source, cancellable, error);
  if (other == NULL)
    g_prefix_error (error, "%s: The file “%s” that it names cannot be opened: ", path, name);

  return other;
}

gboolean
_ann_hdf5_file_read_parts (AnnHdf5File *self,
                           const AnnSourcePart *parts,
                           gsize n,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  if (_ann_source_read_parts (self->source, parts, n, cancellable, error))
    return TRUE;
  if (path[0] != '\0')
    g_prefix_error (error, "%s: ", path);

  return FALSE;
}

gboolean
_ann_hdf5_file_read (AnnHdf5File *self,
                     guint64 offset,
                     void *bytes,
                     gsize n_bytes,
                     const char *path,
                     GCancellable *cancellable,
                     GError **error)
{
  const AnnSourcePart part = { offset, n_bytes, bytes };

  return _ann_hdf5_file_read_parts (self, &part, 1, path, cancellable, error);
}

gboolean
_ann_hdf5_file_has_range (AnnHdf5File *self, guint64 address, guint64 n_bytes)
{
  guint64 room = self->size - self->superblock.sizes.base;

  return address <= room && n_bytes <= room - address;
}

AnnHdf5Cursor
_ann_hdf5_file_get_cursor (AnnHdf5File *self, const guint8 *bytes, gsize n_bytes)
{
  return (AnnHdf5Cursor){ bytes, bytes + n_bytes, self->superblock.sizes.address,
                          self->superblock.sizes.length };
}

guint64
_ann_hdf5_file_get_root (AnnHdf5File *self)
{
  return self->superblock.root;
}

guint64
_ann_hdf5_file_get_extension (AnnHdf5File *self)
{
  return self->superblock.extension;
}

/* Reads the block @number into @block; the last one of the file may be shorter. */
static gboolean
read_block (AnnHdf5File *self,
            guint64 number,
            guint8 *block,
            const char *path,
            GCancellable *cancellable,
            GError **error)
{
  guint64 offset = number * ANN_HDF5_BLOCK_SIZE;
  gsize n = MIN (ANN_HDF5_BLOCK_SIZE, self->size - offset);

  if (!_ann_hdf5_file_read (self, offset, block, n, path, cancellable, error))
    return FALSE;

  _ann_hdf5_count_metadata ();
  _ann_hdf5_blocks_put (self->blocks, number, block, n);

  return TRUE;
}

gboolean
_ann_hdf5_file_read_metadata (AnnHdf5File *self,
                              guint64 address,
                              void *to,
                              gsize n_bytes,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error)
{
  guint64 offset = self->superblock.sizes.base + address;
  guint8 *bytes = to;

  if (!_ann_hdf5_file_has_range (self, address, n_bytes))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s%sIts values lie beyond the end of the file", path,
                   path[0] != '\0' ? ": " : "");
      return FALSE;
    }
  if (n_bytes > ANN_HDF5_BLOCK_SIZE)
    {
      _ann_hdf5_count_metadata ();
      return _ann_hdf5_file_read (self, offset, bytes, n_bytes, path, cancellable, error);
    }

  while (n_bytes > 0)
    {
      guint64 number = offset / ANN_HDF5_BLOCK_SIZE;
      gsize skip = offset % ANN_HDF5_BLOCK_SIZE;
      gsize n = MIN (n_bytes, ANN_HDF5_BLOCK_SIZE - skip);

      if (!_ann_hdf5_blocks_get (self->blocks, number, skip, bytes, n))
        {
          guint8 block[ANN_HDF5_BLOCK_SIZE];

          if (!read_block (self, number, block, path, cancellable, error))
            return FALSE;
          memcpy (bytes, block + skip, n);
        }
      bytes += n;
      offset += n;
      n_bytes -= n;
    }

  return TRUE;
}

AnnNode *
_ann_hdf5_open (AnnSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnHdf5File) file = NULL;
  g_auto (AnnHdf5Target) target = { .file = NULL };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  file = _ann_hdf5_file_open (source, cancellable, error);
  if (file == NULL || !_ann_hdf5_read_ahead (file, cancellable, error)
      || !_ann_hdf5_open_address (file, file->superblock.root, "", &target, cancellable, error))
    return NULL;

  return _ann_hdf5_node_new (&target, "", cancellable, error);
}
