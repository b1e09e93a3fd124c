/* ann-folder-store.c: the files in a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_NOATIME, O_PATH, syscall () */

#include "store/ann-stores.h"

#include "base/ann-error.h"
#include "base/ann-file-private.h"
#include "store/ann-store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not blocking, for a pipe may be named so. */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

#define ANN_TYPE_FOLDER_STORE (_ann_folder_store_get_type ())

G_DECLARE_FINAL_TYPE (AnnFolderStore, _ann_folder_store, ANN, FOLDER_STORE, AnnStore)

/* What a file was when a part of it was read. */
typedef struct {
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec modified;
} Stamp;

/* The folder is opened when it is first read, and stays open: what takes its place under its name
 * later is another store. Stamps are kept of files that are read in parts, for only those can be
 * mixed.
 */
struct _AnnFolderStore {
  AnnStore parent_instance;
  char *path;
  pthread_mutex_t lock; /* held for moments */
  int fd;               /* of the folder; -1: not yet */
  GHashTable *stamps;   /* char * → Stamp * */
};

G_DEFINE_FINAL_TYPE (AnnFolderStore, _ann_folder_store, ANN_TYPE_STORE)

/* Set before the first store is made. */
static gboolean can_resolve_below;

/* Whether a key that cannot be opened is one that is not there: also where a folder is a file, or a
 * name is longer than any can be.
 */
static gboolean
is_absence (int number)
{
  return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

static void
set_system_error (GError **error, const char *key, int number)
{
  if (number == EACCES || number == EPERM)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "There is no permission to read “%s”", key);
  else if (number == ELOOP)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "“%s” is a link that leads nowhere", key);
  else if (number == EXDEV)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "“%s” is a link that leads out of the store, and is not followed", key);
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number), "“%s” cannot be read: %s",
                 key, g_strerror (number));
}

/* A duplicate for the caller would cost more than the lock: it stays open as long as the store. */
static int
get_folder (AnnFolderStore *self)
{
  int fd;

  pthread_mutex_lock (&self->lock);
  if (self->fd < 0)
    self->fd = open (self->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  fd = self->fd;
  pthread_mutex_unlock (&self->lock);

  return fd;
}

/* Whether @path, both without links, lies in @folder. */
static gboolean
lies_in (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0
         && (path[length] == '/' || path[length] == '\0' || g_str_equal (folder, "/"));
}

/* What @path is without links, or, where it is not there, the nearest folder above that is. errno
 * is that of @path. Returns: (transfer full): for free()
 */
static char *
resolve_path (const char *path)
{
  g_autofree char *parent = NULL;
  char *target = realpath (path, NULL);
  int number = target != NULL ? 0 : errno;

  if (is_absence (number))
    {
      parent = g_path_get_dirname (path);
      target = resolve_path (parent);
    }
  errno = number;

  return target;
}

/* By names: a link with a whole path may well lead back into the folder, and kernels before 5.6 and
 * some sandboxes do not resolve below a folder.
 */
static int
open_by_path (AnnFolderStore *self, const char *key, int flags)
{
  g_autofree char *path = g_build_filename (self->path, key, NULL);
  char *folder = resolve_path (self->path);
  char *target = resolve_path (path);
  int number = errno;
  int fd = -1;

  if (folder != NULL && target != NULL && !lies_in (target, folder))
    number = EXDEV;
  else if (number == 0)
    {
      fd = open (target, flags | O_NOFOLLOW);
      number = errno;
    }
  free (target);
  free (folder);
  errno = number;

  return fd;
}

static int
resolve_below (int folder, const char *key, int flags)
{
  const struct open_how how = {
    .flags = (guint64) flags,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };

  return (int) syscall (SYS_openat2, folder, key, &how, sizeof how);
}

static int
open_below (AnnFolderStore *self, int folder, const char *key, int flags)
{
  int fd = can_resolve_below ? resolve_below (folder, key, flags) : -1;

  if (fd >= 0 || (can_resolve_below && errno != EXDEV && errno != EAGAIN))
    return fd;

  return open_by_path (self, key, flags);
}

/* -1 with errno; ENOENT only where nothing has that name: a link to nothing is not absent. */
static int
open_key (AnnFolderStore *self, const char *key, int flags)
{
  int folder = get_folder (self);
  struct stat status;
  int fd;

  if (folder < 0)
    return -1;

  fd = open_below (self, folder, key, flags | O_NOATIME);
  if (fd < 0 && errno == EPERM)
    fd = open_below (self, folder, key, flags);
  if (fd >= 0 || errno != ENOENT)
    return fd;

  errno = fstatat (folder, key, &status, AT_SYMLINK_NOFOLLOW) == 0 ? ELOOP : ENOENT;

  return -1;
}

/* Whether @status is that of the file of which the store read a part before, if it did; if this is
 * a part (@is_part), the next ones are compared with it.
 */
static gboolean
check_stamp (AnnFolderStore *self,
             const char *key,
             const struct stat *status,
             gboolean is_part,
             GError **error)
{
  const Stamp *stamp;
  gboolean is_same = TRUE;

  pthread_mutex_lock (&self->lock);
  stamp = g_hash_table_lookup (self->stamps, key);
  if (stamp != NULL)
    {
      is_same = stamp->device == status->st_dev && stamp->inode == status->st_ino
                && stamp->size == status->st_size
                && stamp->modified.tv_sec == status->st_mtim.tv_sec
                && stamp->modified.tv_nsec == status->st_mtim.tv_nsec;
    }
  else if (is_part)
    {
      Stamp *first = g_new (Stamp, 1);

      *first = (Stamp){ status->st_dev, status->st_ino, status->st_size, status->st_mtim };
      g_hash_table_insert (self->stamps, g_strdup (key), first);
    }
  pthread_mutex_unlock (&self->lock);

  if (!is_same)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED, "“%s” was changed since the store was opened",
                 key);

  return is_same;
}

static gboolean
read_bytes (int fd, const AnnStoreRead *read, guint64 offset, GError **error)
{
  gsize done = 0;

  while (done < read->n_bytes)
    {
      gssize n = pread (fd, read->bytes + done, read->n_bytes - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_system_error (error, read->key, errno);
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED, "“%s” was cut off while it was read",
                       read->key);
          return FALSE;
        }
      done += (gsize) n;
    }

  return TRUE;
}

static gboolean
read_part (AnnFolderStore *self, int fd, AnnStoreRead *read, GError **error)
{
  struct stat status;
  guint64 offset;

  if (fstat (fd, &status) < 0)
    {
      set_system_error (error, read->key, errno);
      return FALSE;
    }
  if (S_ISDIR (status.st_mode) && *read->key == '\0')
    {
      read->is_absent = TRUE;
      return TRUE;
    }
  if (S_ISDIR (status.st_mode))
    {
      /* Not absent: nobody should take a chunk for one that was never written. */
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” is a folder, not a file", read->key);
      return FALSE;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” is not a regular file", read->key);
      return FALSE;
    }
  if (!_ann_store_read_prepare (read, (guint64) status.st_size, &offset, error)
      || !check_stamp (self, read->key, &status, read->n_bytes < (guint64) status.st_size, error))
    return FALSE;

  return read_bytes (fd, read, offset, error);
}

/* Whether the folder is gone, or another has its name: what is not found in it says nothing then.
 * One that was only moved is what it was.
 */
static gboolean
is_replaced (AnnFolderStore *self)
{
  int folder = get_folder (self);
  struct stat opened, named;

  if (folder < 0 || fstat (folder, &opened) < 0)
    return FALSE;
  if (opened.st_nlink == 0)
    return TRUE;

  return stat (self->path, &named) == 0
         && (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino);
}

/* Opens what @key names: where it is not there, sets is_absent of @read and returns -1 without an
 * error. "" is the store's path, which may be a file.
 */
static int
open_read (AnnFolderStore *self, AnnStoreRead *read, GError **error)
{
  int fd = *read->key == '\0' ? _ann_file_open (self->path)
                              : open_key (self, read->key, READ_FLAGS);

  if (fd >= 0)
    return fd;
  if (!is_absence (errno))
    set_system_error (error, read->key, errno);
  else if (is_replaced (self))
    g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                 "“%s” was replaced by another since it was opened", self->path);
  else
    read->is_absent = TRUE;

  return -1;
}

/* The reads of @n that follow each other and are of one object. */
static gboolean
read_object (AnnFolderStore *self, AnnStoreRead *reads, gsize n, GError **error)
{
  AnnTraffic *traffic = _ann_store_get_traffic (ANN_STORE (self));
  int fd = open_read (self, reads, error);
  gboolean is_done = fd >= 0 || reads[0].is_absent;

  for (gsize i = 0; i < n && is_done; i++)
    {
      _ann_traffic_count_request (traffic, FALSE);
      if (fd < 0)
        reads[i].is_absent = TRUE;
      else
        is_done = read_part (self, fd, &reads[i], error);
      _ann_traffic_add_bytes (traffic, is_done ? reads[i].n_bytes : 0);
    }
  if (fd >= 0)
    close (fd);

  return is_done;
}

static gboolean
_ann_folder_store_read (AnnStore *store,
                        AnnStoreRead *reads,
                        gsize n,
                        GCancellable *cancellable,
                        GError **error)
{
  gsize start = 0;

  while (start < n)
    {
      gsize end = start + 1;

      while (end < n && g_str_equal (reads[end].key, reads[start].key))
        end++;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !read_object (ANN_FOLDER_STORE (store), reads + start, end - start, error))
        return FALSE;
      start = end;
    }

  return TRUE;
}

/* A link is what it leads to. One that leads out may be a folder: who reads below it hears that it
 * is not followed.
 */
static gboolean
is_folder (AnnFolderStore *self, const char *prefix, const struct dirent *item)
{
  g_autofree char *key = NULL;
  struct stat status = { 0 };
  int fd;

  if (item->d_type != DT_LNK && item->d_type != DT_UNKNOWN)
    return item->d_type == DT_DIR;

  key = *prefix != '\0' ? g_strconcat (prefix, "/", item->d_name, NULL) : g_strdup (item->d_name);
  fd = open_below (self, get_folder (self), key, O_PATH | O_CLOEXEC);
  if (fd < 0)
    return errno == EXDEV;
  if (fstat (fd, &status) < 0)
    status.st_mode = 0;
  close (fd);

  return S_ISDIR (status.st_mode);
}

static gboolean
list_entries (AnnFolderStore *self,
              const char *prefix,
              DIR *folder,
              GPtrArray *entries,
              GCancellable *cancellable,
              GError **error)
{
  const struct dirent *item;

  while (errno = 0, (item = readdir (folder)) != NULL)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (_ann_store_is_key (item->d_name))
        g_ptr_array_add (entries,
                         _ann_store_entry_new (item->d_name, is_folder (self, prefix, item),
                                               ANN_STORE_SIZE_UNKNOWN));
    }
  if (errno == 0)
    return TRUE;

  set_system_error (error, prefix, errno);

  return FALSE;
}

static GPtrArray *
_ann_folder_store_list (AnnStore *store,
                        const char *prefix,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnFolderStore *self = ANN_FOLDER_STORE (store);
  g_autoptr (GPtrArray) entries = _ann_store_entries_new ();
  int fd = open_key (self, *prefix != '\0' ? prefix : ".", READ_FLAGS | O_DIRECTORY);
  DIR *folder;
  gboolean is_done;

  if (fd < 0 && is_absence (errno))
    return g_steal_pointer (&entries);
  folder = fd >= 0 ? fdopendir (fd) : NULL;
  if (folder == NULL)
    {
      set_system_error (error, *prefix != '\0' ? prefix : self->path, errno);
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  is_done = list_entries (self, prefix, folder, entries, cancellable, error);
  closedir (folder);
  if (!is_done)
    return NULL;

  _ann_store_entries_sort (entries);

  return g_steal_pointer (&entries);
}

static void
_ann_folder_store_finalize (GObject *object)
{
  AnnFolderStore *self = ANN_FOLDER_STORE (object);

  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->stamps);
  pthread_mutex_destroy (&self->lock);
  g_free (self->path);

  G_OBJECT_CLASS (_ann_folder_store_parent_class)->finalize (object);
}

static void
_ann_folder_store_class_init (AnnFolderStoreClass *klass)
{
  int fd = resolve_below (AT_FDCWD, ".", O_PATH | O_CLOEXEC);

  can_resolve_below = fd >= 0;
  if (fd >= 0)
    close (fd);

  G_OBJECT_CLASS (klass)->finalize = _ann_folder_store_finalize;
  ANN_STORE_CLASS (klass)->read = _ann_folder_store_read;
  ANN_STORE_CLASS (klass)->list = _ann_folder_store_list;
}

static void
_ann_folder_store_init (AnnFolderStore *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->fd = -1;
  self->stamps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

AnnStore *
_ann_folder_store_new (const char *path)
{
  AnnFolderStore *self = g_object_new (ANN_TYPE_FOLDER_STORE, NULL);

  self->path = g_canonicalize_filename (path, NULL);
  _ann_store_set_name (ANN_STORE (self), path);

  return ANN_STORE (self);
}
