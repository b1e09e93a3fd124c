/* ann-hdf5-file.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-file.h"

#include "format/hdf5/ann-hdf5-file-private.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-node.h"

#include <errno.h>
#include <fcntl.h>
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
  char *folder; /* without links */
  int fd;
  hid_t id;
  AnnHdf5Sizes sizes;
  AnnHdf5HeapCache *heap_cache;
};

/* All open files. Held for moments only, and never while entering libhdf5; a file leaves the list
 * when its last reference goes, and may be opened anew while libhdf5 still closes it.
 */
static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *files;

static AnnHdf5File *
find_open (const struct stat *status)
{
  AnnHdf5File *found = NULL;

  pthread_mutex_lock (&files_lock);
  for (guint i = 0; files != NULL && i < files->len && found == NULL; i++)
    {
      AnnHdf5File *file = g_ptr_array_index (files, i);

      if (file->device == status->st_dev && file->inode == status->st_ino)
        found = _ann_hdf5_file_ref (file);
    }
  pthread_mutex_unlock (&files_lock);

  return found;
}

static void
remember (AnnHdf5File *self)
{
  pthread_mutex_lock (&files_lock);
  if (files == NULL)
    files = g_ptr_array_new ();
  g_ptr_array_add (files, self);
  pthread_mutex_unlock (&files_lock);
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
  _ann_hdf5_close (self->id);
  if (self->fd >= 0)
    close (self->fd);
  _ann_hdf5_heap_cache_free (self->heap_cache);
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

hid_t
_ann_hdf5_file_get_id (AnnHdf5File *self)
{
  return self->id;
}

guint64
_ann_hdf5_file_get_size (AnnHdf5File *self)
{
  return self->size;
}

const AnnHdf5Sizes *
_ann_hdf5_file_get_sizes (AnnHdf5File *self)
{
  return &self->sizes;
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

static guint64
get_address (const guint8 *bytes, guint size)
{
  guint64 value = 0;

  for (guint i = 0; i < size; i++)
    value |= (guint64) bytes[i] << 8 * i;

  return value;
}

/* Where the superblock at @start says that the file ends, or 0 if it cannot be told. Of the
 * addresses in it, the base is the first, the end the third; when it does not stand at its base,
 * something was put before the file or cut from its front, and the end has moved along.
 */
static guint64
get_stated_end (const guint8 *block, gsize size, guint64 start)
{
  guint version, address_size, first;
  guint64 base, end;

  if (size < 16)
    return 0;

  version = block[8];
  address_size = version <= 1 ? block[13] : block[9];
  first = version == 0 ? 24 : version == 1 ? 28 : 12;
  if (version > 3 || address_size < 2 || address_size > 8 || size < first + 3 * address_size)
    return 0;

  base = get_address (block + first, address_size);
  end = get_address (block + first + 2 * address_size, address_size);

  return base <= G_MAXINT64 && end <= G_MAXINT64 && end + start > base ? end + start - base : 0;
}

/* What libhdf5 would say in its own words, said in ours: not an HDF5 file, cut off. */
static gboolean
check_superblock (int fd, guint64 file_size, GError **error)
{
  static const guint8 signature[8] = "\211HDF\r\n\032\n";

  for (guint64 offset = 0; offset < file_size; offset = offset == 0 ? 512 : offset * 2)
    {
      guint8 block[64];
      gssize size = read_at (fd, offset, block, sizeof block);
      guint64 end;

      if (size < 0)
        {
          set_system_error (error, errno);
          return FALSE;
        }
      if ((gsize) size < sizeof signature || memcmp (block, signature, sizeof signature) != 0)
        continue;

      end = get_stated_end (block, (gsize) size, offset);
      if (end > file_size)
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "The HDF5 file is cut off: it has %" G_GUINT64_FORMAT
                     " bytes and should have %" G_GUINT64_FORMAT,
                     file_size, end);
      else if (end == 0 && file_size - offset < 48)
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "The HDF5 file is cut off after %" G_GUINT64_FORMAT " bytes", file_size);
      else
        return TRUE;
      return FALSE;
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is not an HDF5 file");

  return FALSE;
}

static int
open_regular (const char *path, struct stat *status, GError **error)
{
  /* Not blocking, for a pipe may be named so. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

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
  else if (check_superblock (fd, (guint64) status->st_size, error))
    return fd;

  close (fd);
  return -1;
}

/* Under the lock. */
static void
read_sizes (AnnHdf5File *self)
{
  g_auto (AnnHdf5Hid) creation = H5Fget_create_plist (self->id);
  size_t address_size, length_size;
  hsize_t user_block;

  if (creation > 0 && H5Pget_sizes (creation, &address_size, &length_size) >= 0
      && H5Pget_userblock (creation, &user_block) >= 0 && address_size <= 8 && length_size <= 8)
    self->sizes = (AnnHdf5Sizes){ user_block, (guint) address_size, (guint) length_size };
}

AnnHdf5File *
_ann_hdf5_file_open (const char *path, GError **error)
{
  struct stat status;
  AnnHdf5File *self;
  char *real_path;
  int fd = open_regular (path, &status, error);

  if (fd < 0)
    return NULL;

  /* Two threads that open the same file meet here: the second one finds what the first opened. */
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  self = find_open (&status);
  if (self != NULL)
    {
      close (fd);
      return self;
    }

  real_path = realpath (path, NULL);
  self = g_new0 (AnnHdf5File, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->device = status.st_dev;
  self->inode = status.st_ino;
  self->size = (guint64) status.st_size;
  self->folder = g_path_get_dirname (real_path != NULL ? real_path : path);
  self->fd = fd;
  self->heap_cache = _ann_hdf5_heap_cache_new ();
  self->id = H5Fopen (real_path != NULL ? real_path : path, H5F_ACC_RDONLY, H5P_DEFAULT);
  free (real_path);
  if (self->id < 0)
    {
      _ann_hdf5_set_error (error, "", "libhdf5 cannot open the file");
      file_free (self);
      return NULL;
    }

  read_sizes (self);
  remember (self);
  _ann_hdf5_count_file ();

  return self;
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

gboolean
_ann_hdf5_file_read (AnnHdf5File *self,
                     guint64 offset,
                     void *bytes,
                     gsize n_bytes,
                     const char *path,
                     GError **error)
{
  gssize n = -1;

  if (offset <= G_MAXINT64 && n_bytes <= G_MAXINT64 - offset)
    n = read_at (self->fd, offset, bytes, n_bytes);
  else
    errno = EINVAL;

  if (n < 0)
    {
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                   "%s: The file cannot be read: %s", path, g_strerror (errno));
      return FALSE;
    }
  if ((gsize) n < n_bytes)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: Its values lie beyond the end of the file", path);
      return FALSE;
    }

  return TRUE;
}

AnnNode *
_ann_hdf5_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnHdf5File) file = NULL;
  g_auto (AnnHdf5Hid) root = H5I_INVALID_HID;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  file = _ann_hdf5_file_open (path, error);
  if (file == NULL)
    return NULL;

  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  root = H5Oopen (file->id, "/", H5P_DEFAULT);
  if (root < 0)
    {
      _ann_hdf5_set_error (error, "", "The root group cannot be opened");
      return NULL;
    }

  return _ann_hdf5_node_new (file, _ann_hdf5_steal (&root), "", "hard", error);
}
