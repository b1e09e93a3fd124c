/* ann-hdf5-editor.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* copy_file_range () */

#include "format/hdf5/ann-hdf5-editor.h"

#include "base/ann-error.h"
#include "base/ann-file-private.h"
#include "format/ann-store-editor-private.h"
#include "format/hdf5/ann-hdf5-array-writer.h"
#include "format/hdf5/ann-hdf5-write-attributes.h"
#include "format/hdf5/ann-hdf5-writer.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where what is new lies until it is placed. */
#define NEW_GROUP ".ann-new"

/* After so many bytes of copying it is asked whether that is still wanted. */
#define COPY_STEP ((gsize) 64 << 20)
#define BUFFER_SIZE ((gsize) 1 << 20)

/* A file is never changed where it lies: libhdf5 writes when it likes, in any order, and a process
 * that ends in between leaves what nobody can open.
 */
typedef struct {
  AnnStoreEditor parent;

  char *path;
  int original; /* open, and locked where that is possible: programs with libhdf5 do not write it */
  struct stat status;
  AnnHdf5Output *output;
  AnnNodeWriter *fresh; /* (nullable): what is new, once somebody asked for it */
} Editor;

/* --- The copy --- */

static gboolean
set_error (GError **error, const Editor *self, int number, const char *what)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number), "“%s” cannot be %s: %s",
               self->path, what, g_strerror (number));

  return FALSE;
}

static gboolean
is_same (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Whether the file is still the one that was copied. */
static gboolean
check_unchanged (const Editor *self, GError **error)
{
  struct stat status;

  if (stat (self->path, &status) == 0 && is_same (&status, &self->status))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
               "“%s” was changed by somebody else meanwhile, and stays as it is now: open it anew",
               self->path);

  return FALSE;
}

static gboolean
open_original (Editor *self, GError **error)
{
  self->original = _ann_file_open (self->path);
  if (self->original < 0 || fstat (self->original, &self->status) < 0)
    return set_error (error, self, errno, "opened");

  if (!S_ISREG (self->status.st_mode))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” is no file", self->path);
      return FALSE;
    }
  if (access (self->path, W_OK) < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "“%s” may not be changed: %s", self->path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->original, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                   "“%s” is open for writing in another program; close it there", self->path);
      return FALSE;
    }

  return TRUE;
}

/* Some bytes, by the kernel if it can. -1 with errno. */
static gssize
copy_some (int from, int to, gsize n, guint8 **buffer)
{
  gssize n_copied = *buffer == NULL ? copy_file_range (from, NULL, to, NULL, n, 0) : -1;
  gssize n_read;

  /* Some file systems say of a file in the midst of it that it is at its end. */
  if (n_copied > 0)
    return n_copied;
  if (*buffer == NULL)
    {
      if (n_copied < 0 && (errno == EINTR || errno == ENOSPC || errno == EDQUOT || errno == EIO))
        return -1;
      *buffer = g_malloc (BUFFER_SIZE);
    }

  n_read = read (from, *buffer, MIN (n, BUFFER_SIZE));
  for (gssize done = 0; done < n_read;)
    {
      gssize n_written = write (to, *buffer + done, (gsize) (n_read - done));

      if (n_written < 0 && errno != EINTR)
        return -1;
      done += MAX (n_written, 0);
    }

  return n_read;
}

static gboolean
copy (Editor *self, int to, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *buffer = NULL;
  gsize left = (gsize) self->status.st_size;

  if (ioctl (to, FICLONE, self->original) == 0)
    return check_unchanged (self, error);
  if (!_ann_check_free_space (self->path, left, error))
    return FALSE;

  while (left > 0)
    {
      gssize n = copy_some (self->original, to, MIN (left, COPY_STEP), &buffer);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_error (error, self, errno, "copied");
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (n == 0) /* it has become shorter */
        break;
      left -= (gsize) n;
    }

  return check_unchanged (self, error);
}

static void
editor_free (AnnStoreEditor *editor)
{
  Editor *self = (Editor *) editor;

  g_clear_object (&self->fresh);
  g_clear_pointer (&self->output, _ann_hdf5_output_unref);
  if (self->original >= 0)
    close (self->original);
  g_free (self->path);
  g_free (self);
}

/* --- Changes --- */

static AnnNodeWriter *
editor_get_new (AnnStoreEditor *editor)
{
  return ((Editor *) editor)->fresh;
}

static gboolean
set_missing (GError **error, const char *path)
{
  H5Eclear2 (H5E_DEFAULT);
  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: It is not in the file", path);

  return FALSE;
}

/* Whether there is a link; an error, which libhdf5 gives, is an absence too: of what it lies in. */
static gboolean
has_link (Editor *self, const char *path)
{
  hid_t file = _ann_hdf5_output_get_file (self->output);

  for (const char *slash = path; slash != NULL;)
    {
      g_autofree char *beginning = NULL;

      slash = strchr (slash, '/');
      beginning = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (path);
      if (H5Lexists (file, beginning, H5P_DEFAULT) <= 0)
        return FALSE;
      if (slash != NULL)
        slash++;
    }

  return TRUE;
}

/* Whether something can be put there: it is in a group. */
static gboolean
has_parent (Editor *self, const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = NULL;
  H5O_info_t info;

  if (slash == NULL)
    return TRUE;
  parent = g_strndup (path, (gsize) (slash - path));

  return has_link (self, parent)
         && H5Oget_info_by_name2 (_ann_hdf5_output_get_file (self->output), parent, &info,
                                  H5O_INFO_BASIC, H5P_DEFAULT)
                >= 0
         && info.type == H5O_TYPE_GROUP;
}

static gboolean
editor_move (AnnStoreEditor *editor,
             const char *from,
             const char *to,
             GCancellable *cancellable,
             GError **error)
{
  Editor *self = (Editor *) editor;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hid_t file = _ann_hdf5_output_get_file (self->output);
  g_auto (AnnHdf5Hid) links = H5I_INVALID_HID;

  if (!_ann_hdf5_output_check (self->output, to, cancellable, error))
    return FALSE;
  if (!has_link (self, from))
    return set_missing (error, from);
  if (!has_parent (self, to))
    return set_missing (error, to);

  links = _ann_hdf5_new_link_list ();
  if (links < 0 || (has_link (self, to) && H5Ldelete (file, to, H5P_DEFAULT) < 0)
      || H5Lmove (file, from, file, to, links, H5P_DEFAULT) < 0)
    return _ann_hdf5_output_fail (self->output, to, "It cannot be put there", error);
  H5Eclear2 (H5E_DEFAULT);

  return TRUE;
}

static gboolean
editor_place (AnnStoreEditor *editor,
              const char *name,
              const char *path,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *from = g_strconcat (NEW_GROUP "/", name, NULL);

  return editor_move (editor, from, path, cancellable, error);
}

static gboolean
editor_remove (AnnStoreEditor *editor, const char *path, GCancellable *cancellable, GError **error)
{
  Editor *self = (Editor *) editor;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  if (!_ann_hdf5_output_check (self->output, path, cancellable, error))
    return FALSE;
  if (!has_link (self, path))
    return set_missing (error, path);

  return H5Ldelete (_ann_hdf5_output_get_file (self->output), path, H5P_DEFAULT) >= 0
         || _ann_hdf5_output_fail (self->output, path, "It cannot be removed", error);
}

static gboolean
editor_set_attributes (AnnStoreEditor *editor,
                       const char *path,
                       AnnAttributes *attributes,
                       GCancellable *cancellable,
                       GError **error)
{
  Editor *self = (Editor *) editor;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) object = H5I_INVALID_HID;

  if (!_ann_hdf5_output_check (self->output, path, cancellable, error))
    return FALSE;
  if (*path != '\0' && !has_link (self, path))
    return set_missing (error, path);

  object = H5Oopen (_ann_hdf5_output_get_file (self->output), *path != '\0' ? path : "/",
                    H5P_DEFAULT);
  if (object < 0)
    return _ann_hdf5_output_fail (self->output, path, "It cannot be opened", error);

  return _ann_hdf5_write_attributes (self->output, object, path, attributes, error);
}

static gboolean
editor_commit (AnnStoreEditor *editor, GCancellable *cancellable, GError **error)
{
  Editor *self = (Editor *) editor;

  g_clear_object (&self->fresh);

  return editor_remove (editor, NEW_GROUP, cancellable, error) && check_unchanged (self, error)
         && _ann_hdf5_output_commit (self->output, cancellable, error);
}

static const AnnStoreEditorClass editor_class = {
  .get_new = editor_get_new,
  .place = editor_place,
  .move = editor_move,
  .remove = editor_remove,
  .set_attributes = editor_set_attributes,
  .commit = editor_commit,
  .free = editor_free,
};

/* --- Opening --- */

/* A process that was killed in the midst of it never left such a group: but somebody may have
 * copied a file that was being written.
 */
static gboolean
make_new_group (Editor *self, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hid_t file = _ann_hdf5_output_get_file (self->output);

  if (has_link (self, NEW_GROUP) && H5Ldelete (file, NEW_GROUP, H5P_DEFAULT) < 0)
    return _ann_hdf5_output_fail (self->output, NEW_GROUP, "It cannot be removed", error);
  H5Eclear2 (H5E_DEFAULT);

  self->fresh = _ann_hdf5_writer_new_group (self->output, file, NEW_GROUP, "", error);

  return self->fresh != NULL;
}

AnnStoreEditor *
_ann_hdf5_editor_open (const char *path, GCancellable *cancellable, GError **error)
{
  Editor *self = g_new0 (Editor, 1);
  g_autoptr (AnnStoreEditor) editor = &self->parent;
  g_autoptr (AnnFileTarget) target = NULL;

  self->parent.klass = &editor_class;
  self->path = g_strdup (path);
  self->original = -1;

  if (!open_original (self, error))
    return NULL;
  target = _ann_file_target_new (path, TRUE, error);
  if (target == NULL || !copy (self, _ann_file_target_get_fd (target), cancellable, error))
    return NULL;
  self->output = _ann_hdf5_output_new (g_steal_pointer (&target), TRUE, error);
  if (self->output == NULL || !make_new_group (self, error))
    return NULL;

  return g_steal_pointer (&editor);
}
