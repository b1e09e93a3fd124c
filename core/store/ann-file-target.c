/* ann-file-target.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_TMPFILE */

#include "store/ann-file-target.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "store/ann-location.h"
#include "store/ann-place-private.h"
#include "store/ann-s3-put.h"
#include "store/ann-s3-removal.h"
#include "store/ann-stores.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define APPEND_STEP ((gsize) 8 << 20)

/* While it is written, nobody but its owner gets at it. */
#define MODE_WHILE_WRITTEN 0600

/* @place: for objects and standard output only its path, for messages */
struct _AnnFileTarget {
  AnnPlace place;
  int fd;
  char *part;    /* (nullable): the name that it has meanwhile */
  char *fd_path; /* (nullable): what can be given a name, while it has none */
  mode_t mode;   /* in the end */
  guint64 n_appended;
  gboolean is_output; /* which has no places to write to */
  gboolean is_committed;

  /* of an object */
  AnnS3Store *store; /* NULL for none */
  gboolean is_new;
  AnnProgress *progress;
  guint64 n_units;
  GPtrArray *removals; /* (nullable): AnnS3Removal */
};

static gboolean
check_place (AnnFileTarget *self, GError **error)
{
  if (!self->place.exists || S_ISREG (self->place.status.st_mode))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
               S_ISDIR (self->place.status.st_mode)
                   ? "“%s” is a folder, and is not replaced by a file"
                   : "“%s” is neither a file nor a folder, and is not replaced",
               self->place.path);

  return FALSE;
}

/* Without /proc such a file could not be given a name later. */
static gboolean
open_unnamed (AnnFileTarget *self, mode_t mode)
{
  self->fd = openat (self->place.folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
  if (self->fd < 0)
    return FALSE;

  self->fd_path = g_strdup_printf ("/proc/self/fd/%d", self->fd);
  if (access (self->fd_path, F_OK) == 0)
    return TRUE;

  g_clear_pointer (&self->fd_path, g_free);
  close (self->fd);
  self->fd = -1;
  errno = EOPNOTSUPP;

  return FALSE;
}

static gboolean
open_part (AnnFileTarget *self, mode_t mode)
{
  do
    {
      g_free (self->part);
      if (self->fd >= 0)
        close (self->fd);
      self->part = _ann_place_make_part_name (&self->place);
      self->fd = openat (self->place.folder, self->part,
                         O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, mode);
      if (self->fd < 0 && errno != EEXIST)
        {
          g_clear_pointer (&self->part, g_free);
          return FALSE;
        }
    }
  while (self->fd < 0 || !_ann_place_hold_file (&self->place, self->fd, self->part));

  return TRUE;
}

static gboolean
open_file (AnnFileTarget *self, GError **error)
{
  mode_t mode = self->place.exists ? self->place.status.st_mode & 0777 : 0666;
  struct stat status;

  if (!open_unnamed (self, mode)
      && (errno == EACCES || errno == EROFS || errno == ENOSPC || !open_part (self, mode)))
    {
      _ann_place_set_error (&self->place, errno, error);
      return FALSE;
    }

  /* What the umask, or the folder, made of it. */
  self->mode = mode;
  if (!self->place.exists && fstat (self->fd, &status) == 0)
    self->mode = status.st_mode & 0777;
  (void) fchmod (self->fd, MODE_WHILE_WRITTEN);

  return TRUE;
}

AnnFileTarget *
_ann_file_target_new (const char *path, gboolean overwrite, GError **error)
{
  g_autoptr (AnnFileTarget) self = g_new0 (AnnFileTarget, 1);

  self->fd = -1;
  if (!_ann_place_init (&self->place, path, overwrite, error) || !check_place (self, error)
      || !open_file (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- Scratch --- */

char *
_ann_dup_scratch_folder (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "annbrowser", NULL);

  if (g_getenv ("TMPDIR") == NULL && g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);

  return g_strdup (g_get_tmp_dir ());
}

char *
_ann_dup_folder_of (const char *address)
{
  g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);

  if (location == NULL || ann_location_is_remote (location)
      || g_str_equal (address, ANN_TARGET_OUTPUT))
    return _ann_dup_scratch_folder ();

  return g_path_get_dirname (ann_location_get_uri (location));
}

int
_ann_open_unnamed (const char *folder)
{
  int place = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int fd = place >= 0 ? _ann_open_unnamed_in (place) : -1;
  int number = errno;

  if (place >= 0)
    close (place);
  errno = number;

  return fd;
}

/* Not every file system knows files without a name. */
static int
open_and_unlink (int folder)
{
  int fd;

  do
    {
      g_autofree char *id = g_uuid_string_random ();
      g_autofree char *name = g_strconcat (".ann-", id, NULL);

      fd = openat (folder, name, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC,
                   MODE_WHILE_WRITTEN);
      if (fd >= 0)
        (void) unlinkat (folder, name, 0);
    }
  while (fd < 0 && errno == EEXIST);

  return fd;
}

int
_ann_open_unnamed_in (int folder)
{
  int fd = openat (folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, MODE_WHILE_WRITTEN);

  return fd >= 0 ? fd : open_and_unlink (folder);
}

/* --- Objects --- */

/* Whether there is none, or may be one. */
static gboolean
check_object (AnnFileTarget *self, const char *name, GCancellable *cancellable, GError **error)
{
  guint8 byte;
  AnnStoreRead read = { .key = "", .length = 1, .bytes = &byte };

  if (!_ann_store_read (ANN_STORE (self->store), &read, 1, cancellable, error))
    {
      _ann_prefix_look_error (error);
      return FALSE;
    }
  if (read.is_absent)
    return TRUE;

  _ann_set_exists_error (name, error);
  return FALSE;
}

static AnnFileTarget *
new_object (AnnLocation *location,
            const AnnTargetSpec *spec,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnFileTarget) self = g_new0 (AnnFileTarget, 1);
  AnnStore *store = _ann_s3_store_new (location, error);

  self->place = (AnnPlace){ .folder = -1, .path = _ann_dup_scratch_folder () };
  self->fd = -1;
  if (store == NULL)
    return NULL;
  self->store = ANN_S3_STORE (store);
  self->is_new = !spec->overwrite;
  self->progress = spec->progress != NULL ? ann_progress_ref (spec->progress) : NULL;
  self->n_units = spec->n_units;
  self->removals = spec->removals != NULL ? g_ptr_array_ref (spec->removals) : NULL;
  if (self->is_new && !check_object (self, ann_location_get_uri (location), cancellable, error))
    return NULL;

  self->fd = _ann_open_unnamed (self->place.path);
  if (self->fd < 0)
    {
      _ann_place_set_error (&self->place, errno, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/* What may have been there before would not be there again. */
static gboolean
is_removable (const AnnFileTarget *self)
{
  return self->removals != NULL && self->is_new;
}

/* Somebody else may write to its place by then: it is known by @mark (transfer full) (nullable). */
static void
note_removal (AnnFileTarget *self, char *mark)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  AnnS3Removal *removal = _ann_s3_removal_new (self->store,
                                               ann_location_get_uri (self->store->location), keys);

  g_ptr_array_add (keys, g_strdup (""));
  _ann_s3_removal_set_mark (removal, mark);
  g_ptr_array_add (self->removals, removal);
}

static gboolean
send_object (AnnFileTarget *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *mark = is_removable (self) ? _ann_s3_make_mark (self->store) : NULL;
  AnnS3Object object = { .key = "",
                         .fd = self->fd,
                         .mark = mark,
                         .is_new = self->is_new,
                         .progress = self->progress,
                         .n_units = self->n_units };
  struct stat status;

  if (fstat (self->fd, &status) < 0)
    {
      _ann_place_set_error (&self->place, errno, error);
      return FALSE;
    }
  object.n_bytes = (guint64) status.st_size;

  if (!_ann_s3_put (self->store, &object, NULL, cancellable, error))
    return FALSE;
  if (is_removable (self))
    note_removal (self, g_steal_pointer (&mark));

  return TRUE;
}

/* --- Standard output --- */

static AnnFileTarget *
new_output (GError **error)
{
  g_autoptr (AnnFileTarget) self = g_new0 (AnnFileTarget, 1);

  self->place = (AnnPlace){ .folder = -1, .path = g_strdup ("standard output") };
  self->is_output = TRUE;
  self->fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (self->fd < 0)
    {
      _ann_place_set_error (&self->place, errno, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

AnnFileTarget *
_ann_file_target_open (const AnnTargetSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnLocation) location = NULL;

  if (g_str_equal (spec->address, ANN_TARGET_OUTPUT))
    return new_output (error);

  location = ann_location_parse (spec->address, error);
  if (location == NULL)
    return NULL;
  switch (ann_location_get_kind (location))
    {
    case ANN_LOCATION_FILE:
      return _ann_file_target_new (ann_location_get_uri (location), spec->overwrite, error);

    case ANN_LOCATION_S3:
      return new_object (location, spec, cancellable, error);

    case ANN_LOCATION_HTTP:
      _ann_set_unwritable_error (location, error);
      return NULL;
    }

  g_return_val_if_reached (NULL);
}

void
_ann_file_target_free (AnnFileTarget *self)
{
  if (self == NULL)
    return;

  if (self->part != NULL && !self->is_committed)
    (void) unlinkat (self->place.folder, self->part, 0);
  if (self->fd >= 0 && !self->is_output && (!self->is_committed || self->store != NULL))
    _ann_clean_up_close (self->fd);
  else if (self->fd >= 0)
    close (self->fd);
  _ann_place_clear (&self->place);
  g_free (self->part);
  g_free (self->fd_path);
  g_clear_object (&self->store);
  g_clear_pointer (&self->progress, ann_progress_unref);
  g_clear_pointer (&self->removals, g_ptr_array_unref);
  g_free (self);
}

int
_ann_file_target_get_fd (AnnFileTarget *self)
{
  return self->fd;
}

void
_ann_file_target_set_error (AnnFileTarget *self, int number, GError **error)
{
  _ann_place_set_error (&self->place, number, error);
}

gboolean
_ann_file_target_append (AnnFileTarget *self,
                         gconstpointer bytes,
                         gsize n_bytes,
                         GCancellable *cancellable,
                         GError **error)
{
  for (gsize done = 0; done < n_bytes;)
    {
      gsize n = MIN (n_bytes - done, APPEND_STEP);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (_ann_write_fully (self->fd, (const char *) bytes + done, n, self->n_appended) < 0)
        {
          _ann_place_set_error (&self->place, errno, error);
          return FALSE;
        }
      done += n;
      self->n_appended += n;
    }

  return TRUE;
}

/* The owner and group of what is replaced are kept where that is allowed. A group that cannot be
 * given gets nothing that all others do not have.
 */
static void
set_permissions (AnnFileTarget *self)
{
  const struct stat *old = &self->place.status;

  if (self->place.exists && fchown (self->fd, old->st_uid, old->st_gid) < 0
      && fchown (self->fd, (uid_t) -1, old->st_gid) < 0)
    self->mode &= ~(mode_t) S_IRWXG | (self->mode & S_IRWXO) << 3;
  (void) fchmod (self->fd, self->mode);
}

/* A link cannot replace, so the file gets a name beside the place first. */
static int
replace_by_unnamed (AnnFileTarget *self)
{
  (void) _ann_place_lock_file (self->fd);
  do
    {
      g_free (self->part);
      self->part = _ann_place_make_part_name (&self->place);
      if (linkat (AT_FDCWD, self->fd_path, self->place.folder, self->part, AT_SYMLINK_FOLLOW) < 0)
        {
          int number = errno;

          g_clear_pointer (&self->part, g_free);
          errno = number;
          if (errno != EEXIST)
            return -1;
        }
    }
  while (self->part == NULL);

  return renameat (self->place.folder, self->part, self->place.folder, self->place.name);
}

static int
put_in_place (AnnFileTarget *self)
{
  AnnPlace *place = &self->place;

  if (self->part != NULL)
    return place->overwrite ? renameat (place->folder, self->part, place->folder, place->name)
                            : _ann_place_move_new (place, self->part);
  if (linkat (AT_FDCWD, self->fd_path, place->folder, place->name, AT_SYMLINK_FOLLOW) == 0)
    return 0;

  return errno == EEXIST && place->overwrite ? replace_by_unnamed (self) : -1;
}

gboolean
_ann_file_target_commit (AnnFileTarget *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (!self->is_committed, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (self->store != NULL || self->is_output)
    {
      self->is_committed = self->is_output || send_object (self, cancellable, error);
      return self->is_committed;
    }

  set_permissions (self);
  if (_ann_place_sync_data (self->fd, FALSE, cancellable) < 0)
    {
      int number = errno;

      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        _ann_place_set_error (&self->place, number, error);
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (put_in_place (self) < 0)
    {
      if (errno == EEXIST)
        _ann_set_exists_error (self->place.path, error);
      else if (errno == EISDIR)
        g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                     "“%s” has become a folder, and is not replaced by a file", self->place.path);
      else
        _ann_place_set_error (&self->place, errno, error);
      return FALSE;
    }
  self->is_committed = TRUE;

  return _ann_place_sync (&self->place, error);
}

/* --- Room --- */

/* @place: absolute; made the nearest folder above that exists. %FALSE where that does not tell. */
static gboolean
get_free_space (char **place, guint64 *n_free)
{
  struct statvfs status;
  int result;

  while ((result = statvfs (*place, &status)) < 0 && (errno == ENOENT || errno == ENOTDIR)
         && !g_str_equal (*place, "/"))
    {
      char *parent = g_path_get_dirname (*place);

      g_free (*place);
      *place = parent;
    }

  return result == 0 && status.f_blocks > 0
         && g_uint64_checked_mul (n_free, status.f_bavail, status.f_frsize);
}

gboolean
_ann_check_free_space (const char *path, guint64 n_bytes, GError **error)
{
  g_autofree char *place = g_canonicalize_filename (path, NULL);
  g_autofree char *needed = NULL;
  g_autofree char *available = NULL;
  guint64 n_free;

  if (!get_free_space (&place, &n_free) || n_bytes <= n_free)
    return TRUE;

  /* What was given up just now may be on its way out. */
  ann_clean_up_wait ();
  if (!get_free_space (&place, &n_free) || n_bytes <= n_free)
    return TRUE;

  needed = g_format_size (n_bytes);
  available = g_format_size (n_free);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "“%s” needs some %s, but there is room for %s on its disk", path, needed, available);

  return FALSE;
}
