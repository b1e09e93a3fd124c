/* ann-hdf5-file.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-file.h"

#include "base/ann-file-private.h"
#include "format/hdf5/ann-hdf5-blocks.h"
#include "format/hdf5/ann-hdf5-file-private.h"
#include "format/hdf5/ann-hdf5-header.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-node.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _AnnHdf5File {
  gatomicrefcount ref_count; /* counted down under files_lock */
  dev_t device;
  ino_t inode;
  guint64 size;
  struct timespec modified;
  char *folder; /* without links */
  int fd;
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

static gboolean
is_same (const AnnHdf5File *self, const struct stat *status)
{
  return self->size == (guint64) status->st_size && self->modified.tv_sec == status->st_mtim.tv_sec
         && self->modified.tv_nsec == status->st_mtim.tv_nsec;
}

/* A file that was rewritten in its place is another one. By files_lock. */
static AnnHdf5File *
find_open (const struct stat *status)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      AnnHdf5File *file = g_ptr_array_index (files, i);

      if (file->device == status->st_dev && file->inode == status->st_ino && is_same (file, status))
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
  if (self->fd >= 0)
    close (self->fd);
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

static void
set_system_error (GError **error, int number)
{
  if (number == ENOENT || number == ENOTDIR)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no such file");
  else if (number == EACCES || number == EPERM)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "There is no permission to read the file");
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
                 "The file cannot be opened: %s", g_strerror (number));
}

/* Reads up to @n_bytes at @offset: fewer only at the end of the file. -1 with errno. */
static gssize
read_at (int fd, guint64 offset, void *bytes, gsize n_bytes)
{
  gsize done = 0;

  while (done < n_bytes)
    {
      gssize n = pread (fd, (guint8 *) bytes + done, n_bytes - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }

  return (gssize) done;
}

/* Finds the superblock: behind nothing, or behind a block of the user's own. */
static gboolean
find_superblock (int fd, guint64 file_size, AnnHdf5Superblock *superblock, GError **error)
{
  for (guint64 offset = 0; offset < file_size; offset = offset == 0 ? 512 : offset * 2)
    {
      guint8 block[ANN_HDF5_SUPERBLOCK_SIZE];
      gssize size = read_at (fd, offset, block, sizeof block);

      if (size < 0)
        {
          set_system_error (error, errno);
          return FALSE;
        }
      if (_ann_hdf5_is_superblock (block, (gsize) size))
        return _ann_hdf5_superblock_init (superblock, offset, block, (gsize) size, error);
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is not an HDF5 file");

  return FALSE;
}

/* What HDF5 files come in several, of which this is one. */
static gboolean
check_driver (int fd, const AnnHdf5Superblock *superblock, GError **error)
{
  char words[17] = "";
  guint64 offset;

  if (superblock->driver_info == ANN_HDF5_NO_ADDRESS
      || !g_uint64_checked_add (&offset, superblock->driver_info, superblock->sizes.base)
      || offset > G_MAXINT64 || read_at (fd, offset, words, 16) < 16 || words[0] != 0)
    return TRUE;

  /* A version, 3 bytes of nothing, the length of what follows; then who wrote it. */
  if (strcmp (words + 8, "NCSAfami") != 0 && strcmp (words + 8, "NCSAmult") != 0)
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

static int
open_regular (const char *path, struct stat *status, AnnHdf5Superblock *superblock, GError **error)
{
  int fd = _ann_file_open (path);

  if (fd < 0)
    {
      set_system_error (error, errno);
      return -1;
    }

  if (fstat (fd, status) < 0)
    set_system_error (error, errno);
  else if (S_ISDIR (status->st_mode))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is a folder, not an HDF5 file");
  else if (!S_ISREG (status->st_mode))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is not a regular file");
  else if (status->st_size == 0)
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "The file is empty");
  else if (find_superblock (fd, (guint64) status->st_size, superblock, error)
           && check_driver (fd, superblock, error)
           && check_size ((guint64) status->st_size, superblock, error))
    return fd;

  close (fd);
  return -1;
}

static AnnHdf5File *
file_new (const char *path, const struct stat *status, const AnnHdf5Superblock *superblock, int fd)
{
  AnnHdf5File *self = g_new0 (AnnHdf5File, 1);
  char *real_path = realpath (path, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->device = status->st_dev;
  self->inode = status->st_ino;
  self->size = (guint64) status->st_size;
  self->modified = status->st_mtim;
  self->superblock = *superblock;
  self->folder = g_path_get_dirname (real_path != NULL ? real_path : path);
  self->fd = fd;
  self->blocks = _ann_hdf5_blocks_new ();
  self->heap_cache = _ann_hdf5_heap_cache_new ();
  free (real_path);

  return self;
}

/* Two threads that open the same file meet here: the second one finds what the first opened.
 * @self: (transfer full)
 */
static AnnHdf5File *
share (AnnHdf5File *self, const struct stat *status)
{
  AnnHdf5File *other;

  pthread_mutex_lock (&files_lock);
  other = find_open (status);
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
check_extension (AnnHdf5File *self, GError **error)
{
  g_autoptr (AnnHdf5Header) header = NULL;
  const char *why = NULL;

  if (self->superblock.extension == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  header = _ann_hdf5_header_read (self, self->superblock.extension, "", error);
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
_ann_hdf5_file_open (const char *path, GError **error)
{
  struct stat status;
  AnnHdf5Superblock superblock;
  g_autoptr (AnnHdf5File) self = NULL;
  int fd = open_regular (path, &status, &superblock, error);

  if (fd < 0)
    return NULL;
  self = share (file_new (path, &status, &superblock, fd), &status);

  return check_extension (self, error) ? g_steal_pointer (&self) : NULL;
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
  /* By the name first: not even whether a file elsewhere exists is our business. */
  g_autofree char *canonical = g_canonicalize_filename (name, self->folder);
  char *real_path = NULL;
  char *result = NULL;

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

/* Sets an error for a read that brought @n bytes, or failed if that is negative. */
static void
set_read_error (gssize n, const char *path, GError **error)
{
  const char *separator = path[0] != '\0' ? ": " : "";

  if (n < 0)
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                 "%s%sThe file cannot be read: %s", path, separator, g_strerror (errno));
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "%s%sIts values lie beyond the end of the file", path, separator);
}

/* A writer may be at work in the file, or have been. */
static gboolean
check_unchanged (AnnHdf5File *self, const char *path, GError **error)
{
  struct stat status;

  if (fstat (self->fd, &status) < 0 || is_same (self, &status))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
               "%s%sThe file was changed since it was opened; open it again", path,
               path[0] != '\0' ? ": " : "");

  return FALSE;
}

gboolean
_ann_hdf5_file_read (AnnHdf5File *self,
                     guint64 offset,
                     void *bytes,
                     gsize n_bytes,
                     const char *path,
                     GError **error)
{
  gssize n = 0;

  if (offset <= G_MAXINT64 && n_bytes <= G_MAXINT64 - offset)
    n = read_at (self->fd, offset, bytes, n_bytes);
  if (n >= 0 && !check_unchanged (self, path, error))
    return FALSE;
  if (n < 0 || (gsize) n < n_bytes)
    {
      set_read_error (n, path, error);
      return FALSE;
    }

  return TRUE;
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

/* Reads the block @number into @block; its size, or -1 with an error. */
static gssize
read_block (AnnHdf5File *self, guint64 number, guint8 *block, const char *path, GError **error)
{
  gssize n = read_at (self->fd, number * ANN_HDF5_BLOCK_SIZE, block, ANN_HDF5_BLOCK_SIZE);

  if (n < 0)
    set_read_error (n, path, error);
  if (n < 0 || !check_unchanged (self, path, error))
    return -1;

  _ann_hdf5_count_metadata ();
  _ann_hdf5_blocks_put (self->blocks, number, block, (gsize) n);

  return n;
}

gboolean
_ann_hdf5_file_read_metadata (AnnHdf5File *self,
                              guint64 address,
                              void *to,
                              gsize n_bytes,
                              const char *path,
                              GError **error)
{
  guint64 offset = self->superblock.sizes.base + address;
  guint8 *bytes = to;

  if (!_ann_hdf5_file_has_range (self, address, n_bytes))
    {
      set_read_error (0, path, error);
      return FALSE;
    }
  if (n_bytes > ANN_HDF5_BLOCK_SIZE)
    {
      _ann_hdf5_count_metadata ();
      return _ann_hdf5_file_read (self, offset, bytes, n_bytes, path, error);
    }

  while (n_bytes > 0)
    {
      guint64 number = offset / ANN_HDF5_BLOCK_SIZE;
      gsize skip = offset % ANN_HDF5_BLOCK_SIZE;
      gsize n = MIN (n_bytes, ANN_HDF5_BLOCK_SIZE - skip);

      if (!_ann_hdf5_blocks_get (self->blocks, number, skip, bytes, n))
        {
          guint8 block[ANN_HDF5_BLOCK_SIZE];
          gssize size = read_block (self, number, block, path, error);

          if (size < 0)
            return FALSE;
          if ((gsize) size < skip + n)
            {
              set_read_error (0, path, error);
              return FALSE;
            }
          memcpy (bytes, block + skip, n);
        }
      bytes += n;
      offset += n;
      n_bytes -= n;
    }

  return TRUE;
}

AnnNode *
_ann_hdf5_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnHdf5File) file = NULL;
  g_auto (AnnHdf5Target) target = { .file = NULL };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  file = _ann_hdf5_file_open (path, error);
  if (file == NULL || !_ann_hdf5_open_address (file, file->superblock.root, "", &target, error))
    return NULL;

  return _ann_hdf5_node_new (&target, "", error);
}
