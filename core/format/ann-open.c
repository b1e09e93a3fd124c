/* ann-open.c: which container an address names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-open.h"

#include "array/ann-node-private.h"
#include "array/ann-node-view-private.h"
#include "base/ann-error.h"
#include "format/ann-stored-size.h"
#include "format/ann-web-page-private.h"
#include "format/hdf5/ann-hdf5-file.h"
#include "format/zarr/ann-zarr-node.h"
#include "store/ann-http-error.h"
#include "store/ann-location.h"
#include "store/ann-stores.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* What is written whenever the store in a folder is, the root's metadata that are written last
 * first: Zarr, or a matrix as text.
 */
static const char *const written_names[] = { "zarr.json", ".zmetadata", ".zgroup",
                                             ".zarray",   "matrix.mtx", "matrix.mtx.gz" };

/* Endings of names: what lies behind a segment with one of them is in the store. */
static const struct {
  const char *ending;
  gboolean is_zarr;
} endings[] = {
  { ".zarr", TRUE }, { ".h5ad", FALSE }, { ".h5mu", FALSE }, { ".h5ads", FALSE },
  { ".h5", FALSE },  { ".hdf5", FALSE }, { ".zip", FALSE },  { ".zr", TRUE },
};

typedef enum {
  FILE_OTHER, /* perhaps HDF5 behind a block of its user's */
  FILE_HDF5,
  FILE_ZIP,
  FILE_GZIP,
  FILE_WEB_PAGE,
} FileKind;

/* How much of a file's beginning is looked at. */
#define START_SIZE 64

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

/* What of a store on disk is written whenever it is written: its file, or one of these. */
static gboolean
stat_store (const char *file, struct stat *status)
{
  if (stat (file, status) < 0)
    return FALSE;

  for (gsize i = 0; S_ISDIR (status->st_mode) && i < G_N_ELEMENTS (written_names); i++)
    {
      g_autofree char *key = g_build_filename (file, written_names[i], NULL);
      struct stat key_status;

      if (stat (key, &key_status) == 0)
        *status = key_status;
    }

  return TRUE;
}

/**
 * ann_open_read_stamp:
 * @uri: as for ann_open_node()
 * @stamp: (out caller-allocates): what there is now
 *
 * Looks at the file of a store, or at the metadata of its root, without opening it. Blocks.
 *
 * Returns: %FALSE if that cannot be told: the file system does not answer, or @uri is no place of
 *   files
 */
gboolean
ann_open_read_stamp (const char *uri, AnnStoreStamp *stamp)
{
  g_autoptr (AnnLocation) location = NULL;
  g_autofree char *file = NULL;
  const char *inner;
  struct stat status = { 0 };

  g_return_val_if_fail (uri != NULL && stamp != NULL, FALSE);

  *stamp = (AnnStoreStamp){ .exists = FALSE };
  location = ann_location_parse (uri, NULL);
  if (location == NULL || ann_location_is_remote (location))
    return FALSE;

  file = find_file (ann_location_get_uri (location), &inner, &status);
  if (!stat_store (file, &status))
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

/* The group at @inner as the root of a view; @path: (out): where it is, %NULL for @root itself. */
static AnnNode *
open_inner (AnnNode *root,
            const char *inner,
            char **path,
            GCancellable *cancellable,
            GError **error)
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

  /* A store may be one array. */
  if (node != root && ann_node_get_kind (node) != ANN_NODE_GROUP)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "“%s” in the store is no group; open the store itself to see it",
                   ann_node_get_path (node));
      return NULL;
    }

  if (node == root)
    return g_steal_pointer (&node);
  *path = g_strdup (ann_node_get_path (node));

  return _ann_node_view_new (node, "");
}

/* --- One file --- */

/* What its first bytes say. */
static gboolean
look_at_start (AnnSource *source, FileKind *kind, GCancellable *cancellable, GError **error)
{
  guint8 start[START_SIZE] = { 0 };
  const gsize n = (gsize) MIN (_ann_source_get_size (source), sizeof start);

  *kind = FILE_OTHER;
  if (n < 4)
    return TRUE;
  if (!_ann_source_read (source, 0, start, n, cancellable, error))
    return FALSE;
  if (memcmp (start, "PK\003\004", 4) == 0 || memcmp (start, "PK\005\006", 4) == 0)
    *kind = FILE_ZIP;
  else if (start[0] == 0x1f && start[1] == 0x8b)
    *kind = FILE_GZIP;
  else if (memcmp (start, "\211HDF", 4) == 0)
    *kind = FILE_HDF5;
  else if (_ann_is_web_page (start, n))
    *kind = FILE_WEB_PAGE;

  return TRUE;
}

static AnnNode *
open_zip (AnnSource *source, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStore) store = _ann_zip_store_open (source, cancellable, error);
  g_autoptr (GError) local_error = NULL;
  AnnNode *root = NULL;
  guint version;

  if (store == NULL)
    return NULL;

  root = _ann_zarr_open (store, NULL, &version, cancellable, &local_error);
  if (root != NULL)
    {
      info->format = version == 3 ? "Zarr v3, zip" : "Zarr v2, zip";
      info->warning = _ann_zarr_get_warning (root);
    }
  else if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "This is a zip archive, and there is no Zarr store in it");
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return root;
}

static AnnNode *
open_hdf5 (AnnSource *source,
           FileKind kind,
           AnnStoreInfo *info,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnNode *root = _ann_hdf5_open (source, cancellable, &local_error);

  info->format = "HDF5";
  if (root == NULL && kind == FILE_WEB_PAGE
      && g_error_matches (local_error, ANN_ERROR, ANN_ERROR_FORMAT))
    _ann_set_web_page_error (error, NULL);
  else if (root == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return root;
}

static AnnNode *
open_source_of_kind (AnnSource *source,
                     FileKind kind,
                     AnnStoreInfo *info,
                     GCancellable *cancellable,
                     GError **error)
{
  info->stored_size = _ann_source_get_size (source);
  switch (kind)
    {
    case FILE_ZIP:
      return open_zip (source, info, cancellable, error);

    case FILE_GZIP:
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "This is a gzip file; unpack it with gunzip first");
      return NULL;

    case FILE_HDF5:
    case FILE_WEB_PAGE:
    case FILE_OTHER:
    default:
      return open_hdf5 (source, kind, info, cancellable, error);
    }
}

static AnnNode *
open_source (AnnSource *source, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  FileKind kind;

  if (!look_at_start (source, &kind, cancellable, error))
    return NULL;

  return open_source_of_kind (source, kind, info, cancellable, error);
}

/* --- Zarr --- */

/* %ANN_ERROR_NOT_FOUND where there is none. */
static AnnNode *
open_zarr (AnnStore *store, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  guint version;
  AnnNode *root = _ann_zarr_open (store, NULL, &version, cancellable, error);

  if (root != NULL)
    {
      info->format = version == 3 ? "Zarr v3" : "Zarr v2";
      info->warning = _ann_zarr_get_warning (root);
    }

  return root;
}

static AnnNode *
open_folder (const char *path, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStore) store = _ann_folder_store_new (path);
  g_autoptr (GError) local_error = NULL;
  AnnNode *root = open_zarr (store, info, cancellable, &local_error);

  if (root != NULL)
    {
      info->stored_size = ann_stored_size_measure (path);
      return root;
    }
  if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is a folder, and no store");
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

/* --- Places --- */

/* @inner: (out): the path within the store */
static AnnNode *
open_local (AnnLocation *location,
            AnnStoreInfo *info,
            char **inner,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *file = NULL;
  g_autoptr (AnnSource) source = NULL;
  struct stat status = { 0 };
  const char *rest;

  file = find_file (ann_location_get_uri (location), &rest, &status);
  *inner = g_strdup (rest);
  if (S_ISDIR (status.st_mode))
    return open_folder (file, info, cancellable, error);

  source = _ann_source_open_file (file, error);

  return source != NULL ? open_source (source, info, cancellable, error) : NULL;
}

/* How many segments of the address lead into a store whose name tells what it is. @is_zarr: (out):
 * whether it tells of Zarr; @is_known: (out): whether it tells anything
 */
static guint
count_inner_segments (AnnLocation *location, gboolean *is_zarr, gboolean *is_known)
{
  *is_known = FALSE;
  *is_zarr = TRUE;
  for (guint n = 0;; n++)
    {
      g_autoptr (AnnLocation) parent = n > 0 ? _ann_location_new_parent (location, n)
                                             : ann_location_ref (location);
      const char *name;

      if (parent == NULL)
        return 0;
      name = ann_location_get_name (parent);
      for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
        {
          if (!g_str_has_suffix (name, endings[i].ending))
            continue;
          *is_zarr = endings[i].is_zarr;
          *is_known = TRUE;
          return n;
        }
    }
}

static AnnNode *
open_object (AnnStore *store, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnSource) source = _ann_source_open_object (store, "", cancellable, error);

  return source != NULL ? open_source (source, info, cancellable, error) : NULL;
}

static gboolean
is_not_found (const GError *error)
{
  return g_error_matches (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* What a name promises to be a Zarr store, and is none, may be a file. It is none either if nothing
 * says that it is a store's: folders, too, answer, with a list or a refusal. Those are
 * %ANN_ERROR_NOT_FOUND.
 */
static AnnNode *
open_misnamed_object (AnnStore *store,
                      AnnStoreInfo *info,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnSource) source = _ann_source_open_object (store, "", cancellable, &local_error);
  FileKind kind = FILE_OTHER;

  if (source != NULL && look_at_start (source, &kind, cancellable, &local_error)
      && kind != FILE_OTHER && kind != FILE_WEB_PAGE)
    return open_source_of_kind (source, kind, info, cancellable, error);

  if (local_error != NULL
      && (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          || ann_http_error_is_passing (local_error)))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no Zarr store at this address");

  return NULL;
}

/* What the name tells is tried first, for each attempt is a request. */
static AnnNode *
open_remote_store (AnnStore *store,
                   gboolean is_zarr,
                   gboolean is_known,
                   AnnStoreInfo *info,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnNode *root = is_zarr ? open_zarr (store, info, cancellable, &local_error)
                          : open_object (store, info, cancellable, &local_error);

  if (root == NULL && is_not_found (local_error))
    {
      g_clear_error (&local_error);
      if (!is_zarr)
        root = open_zarr (store, info, cancellable, &local_error);
      else if (is_known)
        root = open_misnamed_object (store, info, cancellable, &local_error);
      else
        root = open_object (store, info, cancellable, &local_error);
    }
  if (root != NULL)
    return root;

  if (is_not_found (local_error) && _ann_store_get_doubt (store) != NULL)
    g_propagate_error (error, g_error_copy (_ann_store_get_doubt (store)));
  else if (is_not_found (local_error) && !(is_known && is_zarr))
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no store at this address");
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

static AnnNode *
open_remote (AnnLocation *location,
             AnnStoreInfo *info,
             char **inner,
             GCancellable *cancellable,
             GError **error)
{
  gboolean is_zarr;
  gboolean is_known;
  const guint n_inner = count_inner_segments (location, &is_zarr, &is_known);
  g_autoptr (AnnLocation) place = n_inner > 0 ? _ann_location_new_parent (location, n_inner)
                                              : ann_location_ref (location);
  g_autoptr (AnnStore) store = _ann_store_open (place, error);

  if (store == NULL)
    return NULL;

  *inner = n_inner > 0 ? _ann_location_dup_tail (location, n_inner) : g_strdup ("");
  info->traffic = ann_traffic_ref (_ann_store_get_traffic (store));

  return open_remote_store (store, is_zarr, is_known, info, cancellable, error);
}

/**
 * ann_open_node:
 * @uri: a path, or an address: `file://`, `https://`, `s3://`, …. It may go on within the store:
 *   `cells.h5mu/mod/rna`
 * @info: (out caller-allocates) (optional): what is known of the store as a whole
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Opens a store read-only and gives its root, or a group in it as if it were one. On disk the
 * content decides of what kind it is; over a network the name says what is tried first. Reads
 * metadata alone. Messages of errors do not repeat @uri.
 *
 * Returns: (transfer full): the root node, or %NULL with @error set
 */
AnnNode *
ann_open_node (const char *uri, AnnStoreInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnLocation) location = NULL;
  g_autofree char *inner = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  AnnStoreInfo found = { .format = NULL };

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  location = ann_location_parse (uri, error);
  if (location == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  root = ann_location_is_remote (location)
             ? open_remote (location, &found, &inner, cancellable, error)
             : open_local (location, &found, &inner, cancellable, error);
  if (root != NULL)
    node = open_inner (root, inner, &found.inner, cancellable, error);
  if (node != NULL && info != NULL)
    {
      *info = found;
      found = (AnnStoreInfo){ .format = NULL };
    }
  g_clear_pointer (&found.traffic, ann_traffic_unref);
  g_free (found.inner);

  return g_steal_pointer (&node);
}

static gboolean
is_zarr_group (const char *folder)
{
  g_autofree char *v3 = g_build_filename (folder, "zarr.json", NULL);
  g_autofree char *v2 = g_build_filename (folder, ".zgroup", NULL);
  struct stat status;

  return stat (v3, &status) == 0 || stat (v2, &status) == 0;
}

char *
_ann_open_dup_store_above (AnnLocation *location)
{
  g_autofree char *path = NULL;
  char *above = NULL;

  if (ann_location_is_remote (location))
    return NULL;

  path = g_canonicalize_filename (ann_location_get_uri (location), NULL);
  for (;;)
    {
      g_autofree char *parent = g_path_get_dirname (path);

      if (g_str_equal (parent, path) || !is_zarr_group (parent))
        return above;
      g_free (above);
      above = g_strdup (parent);
      g_free (path);
      path = g_steal_pointer (&parent);
    }
}
