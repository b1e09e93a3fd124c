/* ann-open.c: which container a path names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-open.h"

#include "array/ann-node-private.h"
#include "array/ann-node-view-private.h"
#include "base/ann-error.h"
#include "base/ann-file-private.h"
#include "format/hdf5/ann-hdf5-file.h"

#include <errno.h>
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
  int fd = _ann_file_open (path);
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

/* The file or folder of the store that @path leads to or into: the longest beginning of it that is
 * a file. What follows is a path within the store, @inner. (transfer full)
 */
static char *
find_file (const char *path, const char **inner, struct stat *status)
{
  gsize length = strlen (path);

  *inner = "";
  if (stat (path, status) == 0)
    return g_strdup (path);

  while (length > 0)
    {
      g_autofree char *beginning = g_strndup (path, --length);

      if (path[length] != '/' || stat (beginning, status) != 0)
        continue;
      if (!S_ISREG (status->st_mode))
        {
          *status = (struct stat){ 0 };
          break;
        }
      *inner = path + length + 1;
      return g_steal_pointer (&beginning);
    }

  return g_strdup (path);
}

/**
 * ann_open_read_stamp:
 * @uri: as for ann_open_node()
 * @stamp: (out caller-allocates): what there is now
 *
 * Looks at the file of a store, without opening it. Blocks.
 *
 * Returns: %FALSE if that cannot be told: the file system does not answer, or @uri is no place of
 *   files
 */
gboolean
ann_open_read_stamp (const char *uri, AnnStoreStamp *stamp)
{
  g_autofree char *path = NULL;
  g_autofree char *file = NULL;
  const char *inner;
  struct stat status = { 0 };

  g_return_val_if_fail (uri != NULL && stamp != NULL, FALSE);

  *stamp = (AnnStoreStamp){ .exists = FALSE };
  path = get_path (uri, NULL);
  if (path == NULL)
    return FALSE;

  file = find_file (path, &inner, &status);
  if (stat (file, &status) < 0)
    return errno == ENOENT || errno == ENOTDIR;

  *stamp = (AnnStoreStamp){
    .exists = TRUE,
    .device = status.st_dev,
    .inode = status.st_ino,
    .size = (guint64) status.st_size,
    .modified = (gint64) status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000)
                + status.st_mtim.tv_nsec,
  };

  return TRUE;
}

/* The group at @inner as the root of a view. */
static AnnNode *
open_inner (AnnNode *root, const char *inner, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = g_strsplit (inner, "/", -1);
  g_autoptr (AnnNode) node = g_object_ref (root);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnNode) child = NULL;
      gboolean is_there;

      if (*names[i] == '\0')
        continue;
      if (!_ann_node_find_child (node, names[i], &is_there, cancellable, error))
        return NULL;
      if (!is_there)
        {
          if (!g_cancellable_set_error_if_cancelled (cancellable, error))
            g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                         "There is no “%s” in “%s” of the store", names[i],
                         node == root ? "/" : ann_node_get_path (node));
          return NULL;
        }
      child = ann_node_open_child (node, names[i], cancellable, error);
      if (child == NULL)
        return NULL;
      g_set_object (&node, child);
    }

  if (ann_node_get_kind (node) != ANN_NODE_GROUP)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "“%s” in the store is no group; open the store itself to see it",
                   ann_node_get_path (node));
      return NULL;
    }

  return node == root ? g_steal_pointer (&node) : _ann_node_view_new (node, "");
}

/**
 * ann_open_node:
 * @uri: a path, or a `file://` address. It may go on within the file: `cells.h5mu/mod/rna`
 * @info: (out caller-allocates) (optional): what is known of the store as a whole
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Opens a store read-only and gives its root, or a group in it as if it were one: the content
 * decides of what kind it is, not the name. Reads metadata alone. Messages of errors do not repeat
 * @uri.
 *
 * Returns: (transfer full): the root node, or %NULL with @error set
 */
AnnNode *
ann_open_node (const char *uri, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *file = NULL;
  g_autoptr (AnnSource) source = NULL;
  g_autoptr (AnnNode) root = NULL;
  const char *inner;
  struct stat status = { 0 };

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  path = get_path (uri, error);
  if (path == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  file = find_file (path, &inner, &status);
  if ((S_ISDIR (status.st_mode) && !check_folder (file, error))
      || (S_ISREG (status.st_mode) && !check_start (file, error)))
    return NULL;

  source = _ann_source_open_file (file, error);
  if (source != NULL)
    root = _ann_hdf5_open (source, cancellable, error);
  if (root == NULL)
    return NULL;
  if (info != NULL)
    *info = (AnnStoreInfo){ .format = "HDF5", .stored_size = (guint64) status.st_size };

  return open_inner (root, inner, cancellable, error);
}
