/* ann-folder-clone.c
 *
 * Links are made quickly, and take no room.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_NOFOLLOW */

#include "store/ann-folder-clone.h"

#include "base/ann-error.h"
#include "store/ann-place-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* No store has so many folders in one another. */
#define MAX_DEPTH 512

/* What a folder of the original was: a file that is put there or removed changes its time. */
typedef struct {
  char *path; /* below the original; "." for that */
  ino_t inode;
  struct timespec modified;
} Stamp;

struct _AnnFolderClone {
  AnnPlace place;
  int original;
  const char *without;
  GCancellable *cancellable; /* (nullable): while it is made */
  mode_t mode;               /* in the end */
  char *part;                /* (nullable): its name, while that is to be removed with it */
  int fd;
  GArray *stamps;
};

static void
clear_stamp (gpointer data)
{
  g_free (((Stamp *) data)->path);
}

/* --- Cloning --- */

static int clone_folder (AnnFolderClone *self, int from, int to, const char *path, guint depth);

/* Owner and mode are those of the original, where that is allowed. */
static int
clone_child (AnnFolderClone *self,
             int from,
             int to,
             const char *name,
             const struct stat *status,
             const char *path,
             guint depth)
{
  int from_child = openat (from, name, FOLDER_FLAGS);
  int to_child = -1;
  int result = -1;
  int number;

  if (from_child >= 0 && mkdirat (to, name, 0700) == 0)
    to_child = openat (to, name, FOLDER_FLAGS);
  if (to_child >= 0)
    {
      result = clone_folder (self, from_child, to_child, path, depth + 1);
      number = errno;
      (void) fchown (to_child, status->st_uid, status->st_gid);
      (void) fchmod (to_child, status->st_mode & 07777);
      errno = number;
    }
  number = errno;
  if (from_child >= 0)
    close (from_child);
  if (to_child >= 0)
    close (to_child);
  errno = number;

  return result;
}

static int
clone_entry (AnnFolderClone *self,
             int from,
             int to,
             const char *name,
             const char *path,
             guint depth)
{
  g_autofree char *child = g_str_equal (path, ".") ? g_strdup (name)
                                                   : g_build_filename (path, name, NULL);
  struct stat status;

  if (fstatat (from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
    return -1;
  if (!S_ISDIR (status.st_mode))
    return linkat (from, name, to, name, 0);
  if (depth < MAX_DEPTH)
    return clone_child (self, from, to, name, &status, child, depth);
  errno = ELOOP;

  return -1;
}

static int
clone_entries (AnnFolderClone *self, DIR *entries, int to, const char *path, guint depth)
{
  const struct dirent *entry;

  while (errno = 0, (entry = readdir (entries)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..")
          || (depth == 0 && self->without != NULL && g_str_equal (entry->d_name, self->without)))
        continue;
      if (g_cancellable_is_cancelled (self->cancellable))
        {
          errno = ECANCELED;
          return -1;
        }
      if (clone_entry (self, dirfd (entries), to, entry->d_name, path, depth) < 0)
        return -1;
    }

  return errno == 0 ? 0 : -1;
}

/* -1 with errno. */
static int
clone_folder (AnnFolderClone *self, int from, int to, const char *path, guint depth)
{
  int fd = openat (from, ".", FOLDER_FLAGS);
  DIR *entries = fd >= 0 ? fdopendir (fd) : NULL;
  struct stat status;
  int result = -1;
  int number;

  if (entries == NULL)
    {
      number = errno;
      if (fd >= 0)
        close (fd);
      errno = number;
      return -1;
    }

  /* Before it is listed: what comes then is seen later. */
  if (fstat (fd, &status) == 0)
    {
      const Stamp stamp = { g_strdup (path), status.st_ino, status.st_mtim };

      g_array_append_val (self->stamps, stamp);
      result = clone_entries (self, entries, to, path, depth);
    }
  number = errno;
  closedir (entries);
  errno = number;

  return result;
}

/* --- Beginning and ending --- */

/* Where it cannot be done, as opposed to where it fails. */
static gboolean
is_impossible (int number)
{
  return number == EACCES || number == EPERM || number == EROFS || number == EXDEV
         || number == EMLINK || number == EOPNOTSUPP || number == ENOSYS || number == EINVAL;
}

/* -1 with errno. */
static int
make_part (AnnFolderClone *self)
{
  do
    {
      g_free (self->part);
      if (self->fd >= 0)
        close (self->fd);
      self->fd = -1;
      self->part = _ann_place_make_part_name (&self->place);
      if (mkdirat (self->place.folder, self->part, 0700) == 0)
        self->fd = openat (self->place.folder, self->part, FOLDER_FLAGS);
      else if (errno != EEXIST)
        {
          g_clear_pointer (&self->part, g_free);
          return -1;
        }
    }
  while (self->fd < 0 || !_ann_place_hold_folder (&self->place, self->fd, self->part));

  return 0;
}

/* Whether the place is where the original is. */
static gboolean
is_place_of (const AnnPlace *place, int original, struct stat *status)
{
  return fstat (original, status) == 0 && place->exists && status->st_dev == place->status.st_dev
         && status->st_ino == place->status.st_ino;
}

gboolean
_ann_folder_clone_new (const char *path,
                       int original,
                       const char *without,
                       AnnFolderClone **clone,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autoptr (AnnFolderClone) self = g_new0 (AnnFolderClone, 1);
  struct stat status;
  int number;

  *clone = NULL;
  self->original = original;
  self->without = without;
  self->cancellable = cancellable;
  self->fd = -1;
  self->stamps = g_array_new (FALSE, FALSE, sizeof (Stamp));
  g_array_set_clear_func (self->stamps, clear_stamp);
  if (!_ann_place_init (&self->place, absolute, TRUE, NULL)
      || !is_place_of (&self->place, original, &status))
    return TRUE;

  if (make_part (self) == 0 && clone_folder (self, original, self->fd, ".", 0) == 0)
    {
      (void) fchown (self->fd, status.st_uid, status.st_gid);
      self->mode = status.st_mode & 07777;
      *clone = g_steal_pointer (&self);
      return TRUE;
    }
  if (is_impossible (errno))
    return TRUE;
  number = errno;
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    _ann_place_set_error (&self->place, number, error);

  return FALSE;
}

void
_ann_folder_clone_free (AnnFolderClone *self)
{
  if (self == NULL)
    return;

  if (self->part != NULL && self->fd >= 0)
    _ann_place_abandon_folder (&self->place, &self->part, &self->fd);
  if (self->fd >= 0)
    close (self->fd);
  _ann_place_clear (&self->place);
  g_array_unref (self->stamps);
  g_free (self->part);
  g_free (self);
}

int
_ann_folder_clone_get_fd (const AnnFolderClone *self)
{
  return self->fd;
}

char *
_ann_folder_clone_dup_path (const AnnFolderClone *self)
{
  g_autofree char *folder = g_path_get_dirname (self->place.path);

  return g_build_filename (folder, self->part, NULL);
}

static gboolean
check_unchanged (const AnnFolderClone *self, GError **error)
{
  for (guint i = 0; i < self->stamps->len; i++)
    {
      const Stamp *stamp = &g_array_index (self->stamps, Stamp, i);
      struct stat status;

      if (fstatat (self->original, stamp->path, &status, AT_SYMLINK_NOFOLLOW) == 0
          && status.st_ino == stamp->inode && status.st_mtim.tv_sec == stamp->modified.tv_sec
          && status.st_mtim.tv_nsec == stamp->modified.tv_nsec)
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                   "“%s” was written to by somebody else meanwhile, and stays what it is: make the "
                   "changes anew",
                   self->place.path);
      return FALSE;
    }

  return TRUE;
}

gboolean
_ann_folder_clone_commit (AnnFolderClone *self, GCancellable *cancellable, GError **error)
{
  AnnPlace *place = &self->place;
  int number;

  (void) fchmod (self->fd, self->mode);
  if (_ann_place_sync_data (self->fd, TRUE, cancellable) < 0)
    {
      number = errno;
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        _ann_place_set_error (place, number, error);
      return FALSE;
    }
  if (!check_unchanged (self, error))
    return FALSE;
  if (_ann_place_exchange_folder (place, &self->part) < 0)
    {
      _ann_place_set_error (place, errno, error);
      return FALSE;
    }

  /* The old one only goes when the new one is there for good. */
  if (_ann_place_sync (place, error))
    {
      if (_ann_remove_tree (place->folder, self->part) < 0)
        g_warning ("What “%s” was before is left as “%s” beside it: %s", place->path, self->part,
                   g_strerror (errno));
      g_clear_pointer (&self->part, g_free);
      return TRUE;
    }
  g_clear_pointer (&self->part, g_free);

  return FALSE;
}
