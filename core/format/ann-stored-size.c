/* ann-stored-size.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_NOATIME */

#include "format/ann-stored-size.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More files than this are not counted: that would take longer than opening the store does. */
#define MAX_FILES 20000
#define MAX_DEPTH 64

typedef struct {
  guint64 size;
  guint n_files;
} Count;

static int
open_folder (int parent, const char *name)
{
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = openat (parent, name, flags | O_NOATIME);

  return fd < 0 && errno == EPERM ? openat (parent, name, flags) : fd;
}

/* Takes @fd. FALSE if something could not be counted. */
static gboolean
count_folder (int fd, guint depth, Count *count)
{
  DIR *folder = fd >= 0 && depth < MAX_DEPTH ? fdopendir (fd) : NULL;
  const struct dirent *item;
  gboolean is_whole = folder != NULL;

  if (folder == NULL && fd >= 0)
    close (fd);
  while (is_whole && (item = readdir (folder)) != NULL)
    {
      struct stat status;

      if (strcmp (item->d_name, ".") == 0 || strcmp (item->d_name, "..") == 0)
        continue;
      is_whole = ++count->n_files <= MAX_FILES
                 && fstatat (dirfd (folder), item->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
      if (is_whole && S_ISREG (status.st_mode))
        count->size += (guint64) status.st_size;
      else if (is_whole && S_ISDIR (status.st_mode))
        is_whole = count_folder (open_folder (dirfd (folder), item->d_name), depth + 1, count);
    }
  if (folder != NULL)
    closedir (folder);

  return is_whole;
}

/**
 * ann_stored_size_measure:
 * @path: a file, or a folder
 *
 * Adds up the bytes of a file, or of all files in a folder and the folders in it, without following
 * links within. Waits for the disk; any thread.
 *
 * Returns: the bytes; 0 if it is neither, or has more files than can be counted in little time, or
 *   something in it cannot be looked at
 */
guint64
ann_stored_size_measure (const char *path)
{
  g_autofree char *folder = NULL;
  Count count = { 0 };
  struct stat status;

  g_return_val_if_fail (path != NULL, 0);

  if (stat (path, &status) == 0 && S_ISREG (status.st_mode))
    return (guint64) status.st_size;

  folder = g_strconcat (path, "/.", NULL); /* the path itself may be a link */

  return count_folder (open_folder (AT_FDCWD, folder), 0, &count) ? count.size : 0;
}
