/* ann-folder-editor.c
 *
 * What is being written lies in a folder of the store's own and is renamed from there. Removing is
 * renaming to there first. So every step is one call of the system.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* renameat2 (), syncfs () */

#include "store/ann-folder-editor.h"

#include "base/ann-error.h"
#include "store/ann-folder-clone.h"
#include "store/ann-place-private.h"
#include "store/ann-store-writer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define WORK ".ann-edit.part"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

#define ANN_TYPE_FOLDER_EDITOR (_ann_folder_editor_get_type ())

G_DECLARE_FINAL_TYPE (AnnFolderEditor, _ann_folder_editor, ANN, FOLDER_EDITOR, AnnStoreWriter)

struct _AnnFolderEditor {
  AnnStoreWriter parent_instance;
  char *path;
  int lock;              /* of the folder, while it is locked; -1: @fd is that */
  AnnFolderClone *clone; /* (nullable): what is changed instead */
  char *clone_path;
  int fd;     /* of the folder that is changed */
  int work;   /* of the folder for what is new */
  guint next; /* atomically: a name in that */
};

G_DEFINE_FINAL_TYPE (AnnFolderEditor, _ann_folder_editor, ANN_TYPE_STORE_WRITER)

static void
set_error (AnnFolderEditor *self, const char *key, int number, GError **error)
{
  g_autofree char *path = g_build_filename (self->path, key, NULL);

  if (number == ENOENT)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no “%s”", path);
  else if (number == EEXIST)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "“%s” is there already", path);
  else if (number == ELOOP)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "“%s” is or lies behind a link, and nothing is changed there", path);
  else
    _ann_set_write_error (error, path, number);
}

static void
make_name (AnnFolderEditor *self, char name[16])
{
  g_snprintf (name, 16, "%u", __atomic_fetch_add (&self->next, 1, __ATOMIC_RELAXED));
}

/* --- Folders --- */

/* The folder @name, which is made if @is_made. A link is ELOOP. -1 with errno. */
static int
open_child (int folder, const char *name, gboolean is_made)
{
  struct stat status;
  int fd;

  if (is_made && mkdirat (folder, name, 0777) < 0 && errno != EEXIST)
    return -1;
  fd = openat (folder, name, FOLDER_FLAGS);
  if (fd < 0 && errno == ENOTDIR && fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && S_ISLNK (status.st_mode))
    errno = ELOOP;

  return fd;
}

/* The folder that @key is in; @name is the rest of it. -1 with errno. */
static int
open_parent (AnnFolderEditor *self, const char *key, gboolean is_made, const char **name)
{
  int folder = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);

  *name = key;
  for (const char *slash = strchr (key, '/'); slash != NULL && folder >= 0;
       slash = strchr (slash + 1, '/'))
    {
      g_autofree char *segment = g_strndup (*name, (gsize) (slash - *name));
      int child = open_child (folder, segment, is_made);
      int number = errno;

      close (folder);
      errno = number;
      folder = child;
      *name = slash + 1;
    }

  return folder;
}

/* --- Putting --- */

/* A new file in the folder for those, which may then take the place of @old. */
static int
write_new (AnnFolderEditor *self, const char *name, GBytes *bytes, const struct stat *old)
{
  gsize n_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &n_bytes);
  int fd = openat (self->work, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                   old != NULL ? old->st_mode & 0777 : 0666);
  int result, number;

  if (fd < 0)
    return -1;

  result = _ann_write_fully (fd, data, n_bytes, 0);
  if (result == 0 && old != NULL)
    {
      (void) fchmod (fd, old->st_mode & 0777);
      /* Else a crash of the machine could leave the new name with nothing in it. */
      result = self->clone != NULL ? 0 : fsync (fd);
    }
  number = errno;
  if (close (fd) < 0 && result == 0)
    return -1;
  errno = number;

  return result;
}

static int
put_object (AnnFolderEditor *self, int folder, const char *name, GBytes *bytes)
{
  char temporary[16];
  struct stat status;
  gboolean exists = fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  int number;

  if (exists && !S_ISREG (status.st_mode))
    {
      errno = S_ISLNK (status.st_mode) ? ELOOP : EISDIR;
      return -1;
    }

  make_name (self, temporary);
  if (write_new (self, temporary, bytes, exists ? &status : NULL) == 0
      && renameat (self->work, temporary, folder, name) == 0)
    return 0;

  number = errno;
  (void) unlinkat (self->work, temporary, 0);
  errno = number;

  return -1;
}

static gboolean
folder_editor_put (AnnStoreWriter *writer,
                   const char *key,
                   GBytes *bytes,
                   G_GNUC_UNUSED GCancellable *cancellable,
                   GError **error)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (writer);
  const char *name;
  int folder = open_parent (self, key, TRUE, &name);
  int result = -1;
  int number = errno;

  if (folder >= 0)
    {
      result = put_object (self, folder, name, bytes);
      number = errno;
      close (folder);
    }
  if (result < 0)
    set_error (self, key, number, error);

  return result == 0;
}

/* --- Moving --- */

static gboolean
is_there (int folder, const char *name)
{
  struct stat status;

  return fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* -1 with errno, EEXIST where @to is something. Where the system cannot do it in one, it is looked
 * first: the store has one editor.
 */
static int
rename_to_free (int from_folder, const char *from, int to_folder, const char *to)
{
  if (renameat2 (from_folder, from, to_folder, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  if (is_there (to_folder, to))
    {
      errno = EEXIST;
      return -1;
    }

  return renameat (from_folder, from, to_folder, to);
}

/* What is not found under its key any more is not in the store; it is then only a matter of room.
 */
static int
throw_away (AnnFolderEditor *self, int folder, const char *name)
{
  char temporary[16];

  make_name (self, temporary);
  if (rename_to_free (folder, name, self->work, temporary) < 0)
    return -1;
  (void) _ann_remove_tree (self->work, temporary);

  return 0;
}

static int
exchange (AnnFolderEditor *self, int a_folder, const char *a, int b_folder, const char *b)
{
  char temporary[16];
  int number;

  if (renameat2 (a_folder, a, b_folder, b, RENAME_EXCHANGE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;

  make_name (self, temporary);
  if (rename_to_free (b_folder, b, self->work, temporary) < 0)
    return -1;
  if (renameat (a_folder, a, b_folder, b) == 0)
    {
      if (renameat (self->work, temporary, a_folder, a) == 0)
        return 0;
      number = errno;
      (void) renameat (b_folder, b, a_folder, a);
    }
  else
    number = errno;

  /* It would go with the work folder. */
  (void) renameat (self->work, temporary, b_folder, b);
  errno = number;

  return -1;
}

static gboolean
move (AnnFolderEditor *self, const char *from, const char *to, gboolean is_exchange, GError **error)
{
  const char *from_name, *to_name;
  const char *key = from;
  int from_folder = open_parent (self, from, FALSE, &from_name);
  int number = errno;
  int to_folder = -1;
  int result = -1;

  if (from_folder >= 0 && !is_there (from_folder, from_name))
    number = ENOENT;
  else if (from_folder >= 0)
    {
      key = to;
      to_folder = open_parent (self, to, TRUE, &to_name);
      number = errno;
    }
  if (to_folder >= 0)
    {
      result = is_exchange ? exchange (self, from_folder, from_name, to_folder, to_name)
                           : rename_to_free (from_folder, from_name, to_folder, to_name);
      number = errno;
      close (to_folder);
    }
  if (from_folder >= 0)
    close (from_folder);
  if (result < 0)
    set_error (self, key, number, error);

  return result == 0;
}

gboolean
_ann_folder_editor_move (AnnStoreWriter *self, const char *from, const char *to, GError **error)
{
  g_return_val_if_fail (ANN_IS_FOLDER_EDITOR (self), FALSE);
  g_return_val_if_fail (*from != '\0' && *to != '\0', FALSE);
  g_return_val_if_fail (_ann_store_is_key (from) && _ann_store_is_key (to), FALSE);

  return move (ANN_FOLDER_EDITOR (self), from, to, FALSE, error);
}

gboolean
_ann_folder_editor_exchange (AnnStoreWriter *self, const char *a, const char *b, GError **error)
{
  g_return_val_if_fail (ANN_IS_FOLDER_EDITOR (self), FALSE);
  g_return_val_if_fail (*a != '\0' && *b != '\0', FALSE);
  g_return_val_if_fail (_ann_store_is_key (a) && _ann_store_is_key (b), FALSE);

  return move (ANN_FOLDER_EDITOR (self), a, b, TRUE, error);
}

gboolean
_ann_folder_editor_sync (AnnStoreWriter *writer, GError **error)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (writer);

  /* A clone is made durable in the end: until then nothing is seen. */
  if (self->clone != NULL || syncfs (self->fd) == 0)
    return TRUE;

  _ann_set_write_error (error, self->path, errno);

  return FALSE;
}

gboolean
_ann_folder_editor_remove (AnnStoreWriter *writer, const char *key, GError **error)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (writer);
  const char *name;
  int folder, result, number;

  g_return_val_if_fail (*key != '\0' && _ann_store_is_key (key), FALSE);

  folder = open_parent (self, key, FALSE, &name);
  number = errno;
  result = folder >= 0 ? throw_away (self, folder, name) : -1;
  if (folder >= 0)
    {
      number = errno;
      close (folder);
    }
  if (result < 0)
    set_error (self, key, number, error);

  return result == 0;
}

/* --- The class --- */

static gboolean
folder_editor_commit (AnnStoreWriter *writer, GCancellable *cancellable, GError **error)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (writer);

  if (self->clone != NULL && _ann_remove_tree (self->fd, WORK) < 0)
    {
      _ann_set_write_error (error, self->path, errno);
      return FALSE;
    }
  if (self->clone != NULL)
    return _ann_folder_clone_commit (self->clone, cancellable, error);

  if (!_ann_folder_editor_sync (writer, error))
    return FALSE;
  (void) _ann_remove_tree (self->fd, WORK);

  return TRUE;
}

static void
folder_editor_abandon (AnnStoreWriter *writer)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (writer);

  if (self->work >= 0 && self->clone == NULL)
    (void) _ann_remove_tree (self->fd, WORK);
  g_clear_pointer (&self->clone, _ann_folder_clone_free);
}

static void
_ann_folder_editor_finalize (GObject *object)
{
  AnnFolderEditor *self = ANN_FOLDER_EDITOR (object);

  if (self->work >= 0)
    close (self->work);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->clone, _ann_folder_clone_free);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->clone_path);
  g_free (self->path);

  G_OBJECT_CLASS (_ann_folder_editor_parent_class)->finalize (object);
}

static void
_ann_folder_editor_class_init (AnnFolderEditorClass *klass)
{
  AnnStoreWriterClass *writer_class = ANN_STORE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_folder_editor_finalize;
  writer_class->put = folder_editor_put;
  writer_class->commit = folder_editor_commit;
  writer_class->abandon = folder_editor_abandon;
}

static void
_ann_folder_editor_init (AnnFolderEditor *self)
{
  self->fd = -1;
  self->lock = -1;
  self->work = -1;
}

/* Where the file system knows no locks, there is none. */
static gboolean
lock_folder (AnnFolderEditor *self, GError **error)
{
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "“%s” is being changed by somebody else",
               self->path);

  return FALSE;
}

/* Who waited for the lock of a folder that another took the place of has nothing. */
static gboolean
check_current (AnnFolderEditor *self, GError **error)
{
  struct stat locked, named;

  if (fstat (self->fd, &locked) == 0 && stat (self->path, &named) == 0
      && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
               "“%s” was replaced by somebody else just now: open it anew", self->path);

  return FALSE;
}

/* What is changed from here on is the clone, if there can be one. */
static gboolean
go_apart (AnnFolderEditor *self, GCancellable *cancellable, GError **error)
{
  if (!_ann_folder_clone_new (self->path, self->fd, WORK, &self->clone, cancellable, error))
    return FALSE;
  if (self->clone == NULL)
    return TRUE;

  self->lock = self->fd;
  self->clone_path = _ann_folder_clone_dup_path (self->clone);
  self->fd = fcntl (_ann_folder_clone_get_fd (self->clone), F_DUPFD_CLOEXEC, 0);
  if (self->fd < 0)
    _ann_set_write_error (error, self->path, errno);

  return self->fd >= 0;
}

static AnnStoreWriter *
new_editor (const char *path, gboolean is_apart, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnFolderEditor) self = g_object_new (ANN_TYPE_FOLDER_EDITOR, NULL);

  self->path = g_strdup (path);
  _ann_store_writer_set_name (ANN_STORE_WRITER (self), path);
  self->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->fd < 0)
    {
      set_error (self, NULL, errno, error);
      return NULL;
    }
  if (!lock_folder (self, error) || !check_current (self, error)
      || (is_apart && !go_apart (self, cancellable, error)))
    return NULL;

  if (_ann_remove_tree (self->fd, WORK) == 0 && mkdirat (self->fd, WORK, 0700) == 0)
    {
      self->work = openat (self->fd, WORK, FOLDER_FLAGS);
      if (self->work >= 0 && mkdirat (self->work, "new", 0700) == 0)
        return ANN_STORE_WRITER (g_steal_pointer (&self));
    }
  _ann_set_write_error (error, self->path, errno);

  return NULL;
}

AnnStoreWriter *
_ann_folder_editor_new (const char *path, GError **error)
{
  return new_editor (path, FALSE, NULL, error);
}

AnnStoreWriter *
_ann_folder_editor_new_apart (const char *path, GCancellable *cancellable, GError **error)
{
  return new_editor (path, TRUE, cancellable, error);
}

const char *
_ann_folder_editor_get_apart (AnnStoreWriter *self)
{
  g_return_val_if_fail (ANN_IS_FOLDER_EDITOR (self), NULL);

  return ANN_FOLDER_EDITOR (self)->clone_path;
}
