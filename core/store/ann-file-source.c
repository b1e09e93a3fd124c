/* ann-file-source.c: a file on disk
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-source.h"

#include "base/ann-error.h"
#include "base/ann-file-private.h"
#include "store/ann-address.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANN_TYPE_FILE_SOURCE (ann_file_source_get_type ())

G_DECLARE_FINAL_TYPE (AnnFileSource, ann_file_source, ANN, FILE_SOURCE, AnnSource)

struct _AnnFileSource {
  AnnSource parent_instance;

  int fd;
  guint64 size;
  struct timespec modified;
};

G_DEFINE_FINAL_TYPE (AnnFileSource, ann_file_source, ANN_TYPE_SOURCE)

/* Reads up to @n_bytes at @offset: fewer only at the end of the file. -1 with errno. */
static gssize
read_at (int fd, guint64 offset, guint8 *bytes, gsize n_bytes)
{
  gsize done = 0;

  while (done < n_bytes)
    {
      gssize n = pread (fd, bytes + done, n_bytes - done, (off_t) (offset + done));

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

/* A writer may be at work in the file, or have been. */
static gboolean
check_unchanged (AnnFileSource *self, GError **error)
{
  struct stat status;

  if (fstat (self->fd, &status) < 0
      || (self->size == (guint64) status.st_size && self->modified.tv_sec == status.st_mtim.tv_sec
          && self->modified.tv_nsec == status.st_mtim.tv_nsec))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
               "The file was changed since it was opened; open it again");

  return FALSE;
}

/* Looked at once, after the last part: what was written before is seen then too. */
static gboolean
ann_file_source_read (AnnSource *source,
                      const AnnSourcePart *parts,
                      gsize n,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnFileSource *self = ANN_FILE_SOURCE (source);

  for (gsize i = 0; i < n; i++)
    {
      gssize n_read;

      if (i > 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      n_read = read_at (self->fd, parts[i].offset, parts[i].bytes, parts[i].length);
      if (n_read < 0)
        {
          int number = errno;

          g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
                       "The file cannot be read: %s", g_strerror (number));
          return FALSE;
        }
      if ((gsize) n_read < parts[i].length)
        {
          /* The part lay within the file when that was opened. */
          if (check_unchanged (self, error))
            g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                         "The file ends before the end that it had when it was opened");
          return FALSE;
        }
    }

  return check_unchanged (self, error);
}

static void
ann_file_source_finalize (GObject *object)
{
  AnnFileSource *self = ANN_FILE_SOURCE (object);

  if (self->fd >= 0)
    close (self->fd);

  G_OBJECT_CLASS (ann_file_source_parent_class)->finalize (object);
}

static void
ann_file_source_class_init (AnnFileSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_file_source_finalize;
  ANN_SOURCE_CLASS (klass)->read = ann_file_source_read;
}

static void
ann_file_source_init (AnnFileSource *self)
{
  self->fd = -1;
}

static void
set_open_error (GError **error, const char *path, int number)
{
  if (number == ENOENT || number == ENOTDIR)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no such file%s",
                 _ann_address_lacks_scheme (path) ? "; an address begins with http:// or https://"
                                                  : "");
  else if (number == EACCES || number == EPERM)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "There is no permission to read the file");
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (number),
                 "The file cannot be opened: %s", g_strerror (number));
}

AnnSource *
_ann_source_open_file (const char *path, GError **error)
{
  g_autoptr (AnnFileSource) self = g_object_new (ANN_TYPE_FILE_SOURCE, NULL);
  g_autofree char *identity = NULL;
  struct stat status;

  self->fd = _ann_file_open (path);
  if (self->fd < 0 || fstat (self->fd, &status) < 0)
    {
      set_open_error (error, path, errno);
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT,
                           S_ISDIR (status.st_mode) ? "This is a folder, not a file"
                                                    : "This is not a regular file");
      return NULL;
    }

  self->size = (guint64) status.st_size;
  self->modified = status.st_mtim;
  identity = g_strdup_printf ("file %ju:%ju %ju %jd.%09ld", (uintmax_t) status.st_dev,
                              (uintmax_t) status.st_ino, (uintmax_t) status.st_size,
                              (intmax_t) status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  _ann_source_set_info (ANN_SOURCE (self), self->size, FALSE, path, identity);

  return ANN_SOURCE (g_steal_pointer (&self));
}
