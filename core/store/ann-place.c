/* ann-place.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* F_OFD_SETLK, renameat2 (), syncfs () */

#include "store/ann-place-private.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "base/ann-wait-private.h"
#include "store/ann-address.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PART_MARK ".ann-"
#define PART_END ".part"
#define N_RANDOM 12

#define MAX_LINKS 40

/* How often who waits for a disk looks whether he was cancelled. */
#define SYNC_WAIT_MS 20

/* No store has so many folders in one another. */
#define MAX_DEPTH 512

void
_ann_set_write_error (GError **error, const char *path, int number)
{
  if (number == EACCES || number == EPERM)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "There is no permission to write “%s”", path);
  else if (number == EROFS)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "“%s” cannot be written: its file system is read-only", path);
  else if (number == ENOSPC)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 "“%s” cannot be written: there is no room left on its disk", path);
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
                 "“%s” cannot be written: %s", path, g_strerror (number));
}

gboolean
_ann_address_is_remote (const char *address)
{
  g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);

  return location != NULL && ann_location_is_remote (location);
}

void
_ann_set_unwritable_error (AnnLocation *location, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "“%s” cannot be written to: a file, a folder or a bucket (s3://) can",
               ann_location_get_uri (location));
}

void
_ann_place_set_error (AnnPlace *self, int number, GError **error)
{
  _ann_set_write_error (error, self->path, number);
}

void
_ann_set_exists_error (const char *path, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_EXISTS, "“%s” is there already", path);
}

void
_ann_prefix_look_error (GError **error)
{
  if (error != NULL && !g_error_matches (*error, ANN_ERROR, ANN_ERROR_DENIED))
    g_prefix_error (error, "It cannot be found out whether something is there already: ");
}

int
_ann_write_fully (int fd, gconstpointer bytes, gsize n_bytes, guint64 offset)
{
  for (gsize done = 0; done < n_bytes;)
    {
      gssize n = pwrite (fd, (const char *) bytes + done, n_bytes - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0)
        errno = ENOSPC;
      if (n <= 0)
        return -1;
      done += (gsize) n;
    }

  return 0;
}

/* --- Names of what is not complete --- */

char *
_ann_place_make_part_name (AnnPlace *self)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  const gsize n_rest = strlen (".") + strlen (PART_MARK) + N_RANDOM + strlen (PART_END);
  char random[N_RANDOM + 1] = "";

  for (int i = 0; i < N_RANDOM; i++)
    random[i] = letters[g_random_int_range (0, (int) strlen (letters))];

  /* A name may be as long as names can be. */
  return g_strdup_printf (".%.*s" PART_MARK "%s" PART_END, (int) (NAME_MAX - n_rest), self->name,
                          random);
}

static gboolean
is_part_name (const char *name)
{
  gsize length = strlen (name);
  gsize n_end = strlen (PART_MARK) + N_RANDOM + strlen (PART_END);

  return name[0] == '.' && length > n_end && g_str_has_suffix (name, PART_END)
         && strncmp (name + length - n_end, PART_MARK, strlen (PART_MARK)) == 0;
}

static gboolean
is_still_named (AnnPlace *self, int fd, const char *part)
{
  struct stat status, named;

  return fstat (fd, &status) == 0 && fstatat (self->folder, part, &named, AT_SYMLINK_NOFOLLOW) == 0
         && status.st_dev == named.st_dev && status.st_ino == named.st_ino;
}

/* Of the open file, and not of the process: that would end when any of its threads closes the file
 * once.
 */
int
_ann_place_lock_file (int fd)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_SETLK, &whole);
}

gboolean
_ann_place_hold_file (AnnPlace *self, int fd, const char *part)
{
  (void) _ann_place_lock_file (fd);

  return is_still_named (self, fd, part);
}

gboolean
_ann_place_hold_folder (AnnPlace *self, int fd, const char *part)
{
  (void) flock (fd, LOCK_EX | LOCK_NB);

  return is_still_named (self, fd, part);
}

/* --- Removing --- */

static int remove_tree (int folder, const char *name, guint depth);

static int
remove_entries (int fd, guint depth)
{
  DIR *entries = fdopendir (fd);
  const struct dirent *entry;
  int number = 0;

  if (entries == NULL)
    {
      close (fd);
      return -1;
    }
  while (errno = 0, (entry = readdir (entries)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      if (remove_tree (dirfd (entries), entry->d_name, depth + 1) < 0)
        number = errno;
    }
  if (errno != 0)
    number = errno;
  closedir (entries);
  errno = number;

  return number == 0 ? 0 : -1;
}

static int
remove_tree (int folder, const char *name, guint depth)
{
  int fd;

  if (unlinkat (folder, name, 0) == 0 || errno == ENOENT)
    return 0;
  if (errno != EISDIR && errno != EPERM)
    return -1;
  if (depth >= MAX_DEPTH)
    {
      errno = ELOOP;
      return -1;
    }

  fd = openat (folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    {
      errno = errno == ENOTDIR ? EPERM : errno;
      return -1;
    }
  if (remove_entries (fd, depth) < 0)
    return -1;

  return unlinkat (folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

int
_ann_remove_tree (int folder, const char *name)
{
  return remove_tree (folder, name, 0);
}

/* A folder that is to go, with what it takes to hold it until then. */
typedef struct {
  AnnPlace place;
  char *part;
  int fd;
} Leftover;

static void
remove_leftover (gpointer data)
{
  Leftover *self = data;

  if (_ann_remove_tree (self->place.folder, self->part) < 0)
    g_warning ("What was written for “%s” is left as “%s” beside it: %s", self->place.path,
               self->part, g_strerror (errno));
  close (self->fd);
  _ann_place_clear (&self->place);
  g_free (self->part);
  g_free (self);
}

void
_ann_place_abandon_folder (AnnPlace *self, char **part, int *fd)
{
  Leftover *leftover = g_new (Leftover, 1);

  *leftover = (Leftover){ *self, g_steal_pointer (part), *fd };
  *self = (AnnPlace){ .folder = -1 };
  *fd = -1;
  _ann_clean_up_later (remove_leftover, leftover);
}

/* Only what is ours, and what nobody holds. Who has the lock and finds the name there still is the
 * only one who does: a maker gives up the lock after it gave up the name.
 */
static void
remove_if_stale (AnnPlace *self, const char *part)
{
  const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  gboolean is_held = TRUE;
  struct stat status;
  int fd;

  if (fstatat (self->folder, part, &status, AT_SYMLINK_NOFOLLOW) < 0 || status.st_uid != geteuid ())
    return;

  if (S_ISREG (status.st_mode))
    {
      fd = openat (self->folder, part, O_RDWR | flags);
      is_held = fd < 0 || _ann_place_lock_file (fd) < 0;
    }
  else if (S_ISDIR (status.st_mode))
    {
      fd = openat (self->folder, part, O_RDONLY | O_DIRECTORY | flags);
      is_held = fd < 0 || flock (fd, LOCK_EX | LOCK_NB) < 0;
    }
  else
    return;

  if (!is_held && is_still_named (self, fd, part))
    (void) _ann_remove_tree (self->folder, part);
  if (fd >= 0)
    close (fd);
}

static void
remove_stale (AnnPlace *self)
{
  int fd = openat (self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  if (entries == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (entries)) != NULL)
    if (is_part_name (entry->d_name))
      remove_if_stale (self, entry->d_name);
  closedir (entries);
}

/* --- The place --- */

/* (nullable): where @path leads, if it is a link: that is what is written then, and the link stays.
 * The folders above it are the system's matter.
 */
static char *
follow_links (const char *path, GError **error)
{
  g_autofree char *place = g_strdup (path);

  for (int i = 0; i < MAX_LINKS; i++)
    {
      gsize length = _ann_address_trim (place, strlen (place));
      g_autofree char *folder = NULL;
      g_autofree char *target = NULL;

      place[length > 0 ? length : (gsize) (*place == '/')] = '\0';
      target = g_file_read_link (place, NULL);
      if (target == NULL)
        return g_steal_pointer (&place);
      folder = g_path_get_dirname (place);
      g_free (place);
      place = g_path_is_absolute (target) ? g_steal_pointer (&target)
                                          : g_build_filename (folder, target, NULL);
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "“%s” is a link that leads in a circle", path);

  return NULL;
}

static gboolean
open_folder (AnnPlace *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  self->folder = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder >= 0)
    return TRUE;

  if (errno == ENOENT || errno == ENOTDIR)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                 "“%s” cannot be written: there is no folder “%s”", self->path, folder);
  else
    _ann_set_write_error (error, folder, errno);

  return FALSE;
}

gboolean
_ann_place_look (AnnPlace *self, GError **error)
{
  self->exists = fstatat (self->folder, self->name, &self->status, AT_SYMLINK_NOFOLLOW) == 0;
  if (!self->exists && errno != ENOENT)
    {
      _ann_place_set_error (self, errno, error);
      return FALSE;
    }
  if (self->exists && !self->overwrite)
    {
      _ann_set_exists_error (self->path, error);
      return FALSE;
    }

  return TRUE;
}

gboolean
_ann_place_init (AnnPlace *self, const char *path, gboolean overwrite, GError **error)
{
  *self = (AnnPlace){ .folder = -1, .overwrite = overwrite };
  self->path = follow_links (path, error);
  if (self->path == NULL || !open_folder (self, error))
    return FALSE;

  self->name = g_path_get_basename (self->path);
  if (*self->path == '\0' || g_str_equal (self->name, ".") || g_str_equal (self->name, "..")
      || g_str_equal (self->name, "/"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                   "“%s” names no file or folder that could be written", path);
      return FALSE;
    }

  if (!_ann_place_look (self, error))
    return FALSE;
  remove_stale (self);

  return TRUE;
}

void
_ann_place_clear (AnnPlace *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->name, g_free);
  if (self->folder >= 0)
    close (self->folder);
  self->folder = -1;
}

/* Where the system does not know how to rename without replacing, a second name does it; and where
 * a file has only one, or is a folder, somebody could still come between the look and the renaming.
 */
int
_ann_place_move_new (AnnPlace *self, const char *part)
{
  struct stat status;

  if (renameat2 (self->folder, part, self->folder, self->name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;

  if (linkat (self->folder, part, self->folder, self->name, 0) == 0)
    {
      (void) unlinkat (self->folder, part, 0);
      return 0;
    }
  if (errno == EEXIST)
    return -1;
  if (fstatat (self->folder, self->name, &status, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return -1;
    }

  return renameat (self->folder, part, self->folder, self->name);
}

/* Where the system cannot exchange two names. For a moment nothing has the name of the place: a
 * process that is killed then leaves the old one under a name that nobody removes.
 */
static int
exchange_in_two (AnnPlace *self, char **part)
{
  g_autofree char *hidden = _ann_place_make_part_name (self);
  g_autofree char *old = g_strconcat (hidden, ".old", NULL);
  int number;

  if (renameat (self->folder, self->name, self->folder, old) < 0)
    return -1;
  if (renameat (self->folder, *part, self->folder, self->name) < 0)
    {
      number = errno;
      (void) renameat (self->folder, old, self->folder, self->name);
      errno = number;
      return -1;
    }

  g_free (*part);
  *part = g_steal_pointer (&old);

  return 0;
}

int
_ann_place_exchange_folder (AnnPlace *self, char **part)
{
  if (renameat2 (self->folder, *part, self->folder, self->name, RENAME_EXCHANGE) == 0)
    return 0;

  return errno == EINVAL || errno == ENOSYS ? exchange_in_two (self, part) : -1;
}

/* Shared by who waits and by who does it. */
typedef struct {
  gatomicrefcount ref_count;
  int fd;
  gboolean has_others;
  pthread_mutex_t lock; /* for what follows */
  pthread_cond_t done;
  gboolean is_done;
  int number; /* errno, or 0 */
} Sync;

static int
sync_now (int fd, gboolean has_others)
{
  return has_others ? syncfs (fd) : fsync (fd);
}

static void
sync_unref (Sync *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  close (self->fd);
  pthread_cond_destroy (&self->done);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
run_sync (gpointer data)
{
  Sync *self = data;
  int number = sync_now (self->fd, self->has_others) < 0 ? errno : 0;

  pthread_mutex_lock (&self->lock);
  self->number = number;
  self->is_done = TRUE;
  pthread_cond_signal (&self->done);
  pthread_mutex_unlock (&self->lock);
  sync_unref (self);
}

/* Returns: 0 or errno */
static int
wait_for_sync (Sync *self, GCancellable *cancellable)
{
  int number;

  pthread_mutex_lock (&self->lock);
  while (!self->is_done && !g_cancellable_is_cancelled (cancellable))
    {
      const struct timespec until = _ann_cond_get_time_after (SYNC_WAIT_MS);

      pthread_cond_timedwait (&self->done, &self->lock, &until);
    }
  number = self->is_done ? self->number : ECANCELED;
  pthread_mutex_unlock (&self->lock);

  return number;
}

int
_ann_place_sync_data (int fd, gboolean has_others, GCancellable *cancellable)
{
  int copy = cancellable != NULL ? fcntl (fd, F_DUPFD_CLOEXEC, 0) : -1;
  Sync *self;
  int number;

  if (copy < 0)
    return sync_now (fd, has_others);

  self = g_new0 (Sync, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count);
  self->fd = copy;
  self->has_others = has_others;
  pthread_mutex_init (&self->lock, NULL);
  _ann_cond_init (&self->done);
  _ann_clean_up_later (run_sync, self);
  number = wait_for_sync (self, cancellable);
  sync_unref (self);
  errno = number;

  return number == 0 ? 0 : -1;
}

/* Some file systems have nothing to do there, and say that it is no request. */
gboolean
_ann_place_sync (AnnPlace *self, GError **error)
{
  if (fsync (self->folder) == 0 || errno == EINVAL || errno == EROFS)
    return TRUE;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
               "“%s” is complete, but its disk does not tell whether it keeps it: %s", self->path,
               g_strerror (errno));

  return FALSE;
}
