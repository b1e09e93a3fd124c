/* ann-open.c: which container a path names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-open.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What says that a folder is a Zarr store. */
static const char *const zarr_keys[] = { "zarr.json", ".zgroup", ".zmetadata", ".zarray" };

/* The local path that @uri means: itself, unless it begins with a scheme. */
static char *
get_path (const char *uri, GError **error)
{
  g_autofree char *scheme = strstr (uri, "://") != NULL ? g_uri_parse_scheme (uri) : NULL;
  g_autoptr (GError) local_error = NULL;
  char *path;

  if (scheme == NULL)
    return g_strdup (uri);

  if (g_ascii_strcasecmp (scheme, "file") != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "Stores at %s:// cannot be opened by this version, only files", scheme);
      return NULL;
    }

  path = g_filename_from_uri (uri, NULL, &local_error);
  if (path == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is no address of a file: %s",
                 local_error->message);

  return path;
}

static void
set_zarr_error (GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "Zarr stores cannot be opened by this version");
}

static gboolean
check_folder (const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (zarr_keys); i++)
    {
      g_autofree char *key = g_build_filename (path, zarr_keys[i], NULL);

      if (g_file_test (key, G_FILE_TEST_EXISTS))
        {
          set_zarr_error (error);
          return FALSE;
        }
    }
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is a folder, and no store");

  return FALSE;
}

/* Whether a file that is no HDF5 file can be told by its first bytes. */
static gboolean
check_start (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  guint8 start[4] = { 0 };
  gssize n = fd < 0 ? -1 : pread (fd, start, sizeof start, 0);

  if (fd >= 0)
    close (fd);
  if (n == sizeof start && memcmp (start, "PK\003\004", 4) == 0)
    {
      set_zarr_error (error);
      return FALSE;
    }
  if (n == sizeof start && start[0] == 0x1f && start[1] == 0x8b)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "This is a gzip file; unpack it with gunzip first");
      return FALSE;
    }

  return TRUE;
}

/**
 * ann_open_node:
 * @uri: a path, or a `file://` address
 * @info: (out caller-allocates) (optional): what is known of the store as a whole
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Opens a store read-only and gives its root. The content decides of what kind it is, not the
 * name. Reads metadata alone. Messages of errors do not repeat @uri.
 *
 * Returns: (transfer full): the root node, or %NULL with @error set
 */
AnnNode *
ann_open_node (const char *uri, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  struct stat status;
  AnnNode *root;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  path = get_path (uri, error);
  if (path == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (stat (path, &status) == 0
      && ((S_ISDIR (status.st_mode) && !check_folder (path, error))
          || (S_ISREG (status.st_mode) && !check_start (path, error))))
    return NULL;

  root = _ann_hdf5_open (path, cancellable, error);
  if (root != NULL && info != NULL)
    *info = (AnnStoreInfo){ "HDF5", (guint64) status.st_size };

  return root;
}
