/* containers.h: the stores of the table, as HDF5 files or in another container
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * CONFORMANCE_STORES has a folder for each kind of container; besides, there are "memory", which is
 * Zarr v3 without files, "http", which is shards with consolidated metadata, since HTTP lists
 * nothing, and "http-hdf5".
 */

#pragma once

#include <ann-core.h>

#include "../../support/web-server.h"
#include "anndata/ann-data-private.h"
#include "format/zarr/ann-zarr-node.h"
#include "store/ann-stores.h"

static const char *container; /* NULL: the HDF5 files */
static JsonNode *container_left_out;
static WebServer container_server;

/* The folder and the ending of its stores. */
static void
container_get_place (const char **folder, const char **ending)
{
  *folder = g_str_equal (container, "memory") ? "zarr3"
            : g_str_equal (container, "http") ? "shards"
                                              : container;
  *ending = g_str_has_prefix (container, "zip") ? ".zarr.zip" : ".zarr";
}

static gboolean
container_is_remote (void)
{
  return container != NULL && g_str_has_prefix (container, "http");
}

static void
container_begin (const char *name)
{
  container = name;
  if (container != NULL)
    {
      g_autofree char *path = g_build_filename (CONFORMANCE_STORES, "left-out.json", NULL);
      g_autoptr (JsonParser) parser = json_parser_new ();

      g_assert_true (json_parser_load_from_file (parser, path, NULL));
      container_left_out = json_parser_steal_root (parser);
    }
  if (container_is_remote ())
    web_server_start (&container_server,
                      g_str_equal (container, "http-hdf5") ? PARITY_STORES : CONFORMANCE_STORES,
                      NULL);
}

static void
container_end (void)
{
  if (container_is_remote ())
    web_server_stop (&container_server);
  g_clear_pointer (&container_left_out, json_node_unref);
}

/* Where the store @name ("types.h5ad") is: a path, or an address. */
static char *
container_make_path (const char *name)
{
  g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".h5ad"));
  const char *folder;
  const char *ending;

  if (container == NULL)
    return g_build_filename (PARITY_STORES, name, NULL);
  if (g_str_equal (container, "http-hdf5"))
    return g_strdup_printf ("%s/%s", container_server.url, name);

  container_get_place (&folder, &ending);

  return g_strdup_printf ("%s/%s/%s%s",
                          container_is_remote () ? container_server.url : CONFORMANCE_STORES,
                          folder, stem, ending);
}

/* Whether the container has a type for all that is at @path of the store and below. */
static gboolean
container_has (const char *name, const char *path)
{
  g_autofree char *where = NULL;
  g_autofree char *file = NULL;
  const char *folder;
  const char *ending;
  JsonArray *left_out;

  if (container == NULL || g_str_equal (container, "http-hdf5"))
    return TRUE;
  container_get_place (&folder, &ending);
  where = g_strdup_printf ("%.*s:%s", (int) (strlen (name) - strlen (".h5ad")), name, path);
  file = g_strdup_printf ("%s/%s/%.*s%s", CONFORMANCE_STORES, folder,
                          (int) (strlen (name) - strlen (".h5ad")), name, ending);
  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return FALSE;

  if (g_str_equal (folder, "zip"))
    folder = "shards";
  else if (g_str_equal (folder, "zip2"))
    folder = "zarr2";
  left_out = json_object_get_array_member (json_node_get_object (container_left_out), folder);
  for (guint i = 0; i < json_array_get_length (left_out); i++)
    {
      const char *without = json_array_get_string_element (left_out, i);

      if (g_str_has_prefix (where, without) || (*path != '\0' && g_str_has_prefix (without, where)))
        return FALSE;
    }

  return TRUE;
}

/* All files below @path, as objects. */
static void
container_load (AnnStore *store, const char *root, const char *key)
{
  g_autofree char *path = g_build_filename (root, key, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    {
      char *contents;
      gsize size;
      g_autoptr (GBytes) bytes = NULL;

      g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
      bytes = g_bytes_new_take (contents, size);
      _ann_memory_store_add (store, key, bytes);
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_strconcat (key, *key != '\0' ? "/" : "", name, NULL);

      container_load (store, root, child);
    }
}

static AnnData *
container_open_memory (const char *path, GError **error)
{
  g_autoptr (AnnStore) store = _ann_memory_store_new ();
  g_autoptr (AnnNode) root = NULL;
  const AnnStoreInfo info = { .format = "memory" };
  guint version;

  container_load (store, path, "");
  root = _ann_zarr_open (store, NULL, &version, NULL, error);

  return root != NULL ? _ann_data_new (root, path, &info, NULL, error) : NULL;
}

/* (transfer full): the store @name in the container */
static AnnData *
container_open (const char *name, GError **error)
{
  g_autofree char *path = container_make_path (name);

  if (container != NULL && g_str_equal (container, "memory"))
    return container_open_memory (path, error);

  return ann_data_open (path, NULL, error);
}
