/* test-zarr-open.c: folders that are stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "zarr-fixture.h"

#include "../../support/remove-tree.h"
#include "anndata/ann-data.h"
#include "format/ann-open.h"

#include <glib/gstdio.h>
#include <unistd.h>
#include <utime.h>

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("ann-zarr-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
write_key (Fixture *fixture, const char *key, const char *text, gsize n)
{
  g_autofree char *path = g_build_filename (fixture->folder, key, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (parent, 0755));
  g_assert_true (g_file_set_contents (path, text, (gssize) n, NULL));
}

static void
write_store (Fixture *fixture)
{
  g_autofree char *array = array_v3 ("[3]", "[2]", "\"uint8\"", "9", LITTLE, NULL);

  write_key (fixture, "zarr.json", GROUP_V3, strlen (GROUP_V3));
  write_key (fixture, "tables/zarr.json", GROUP_V3, strlen (GROUP_V3));
  write_key (fixture, "tables/a/zarr.json", array, strlen (array));
  write_key (fixture, "tables/a/c/0", "\001\002", 2);
}

static void
test_folder (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const double expected[] = { 1, 2, 9 };
  g_autofree char *inner = g_build_filename (fixture->folder, "tables", NULL);
  g_autofree char *only = g_build_filename (inner, "a", NULL);
  g_autofree char *uri = g_filename_to_uri (fixture->folder, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AnnStoreInfo info = { 0 };
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) same = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) array_node = NULL;
  g_autoptr (AnnArray) array = NULL;

  write_store (fixture);
  root = ann_open_node (fixture->folder, &info, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info.format, ==, "Zarr v3");
  g_assert_null (info.traffic);
  g_assert_cmpuint (info.stored_size, >, 2 * strlen (GROUP_V3));
  g_assert_true (ann_node_has_child (root, "tables", NULL));

  same = ann_open_node (uri, NULL, NULL, &error);
  g_assert_no_error (error);
  group = ann_open_node (inner, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ann_node_has_child (group, "a", NULL));
  array_node = ann_open_node (only, NULL, NULL, &error);
  g_assert_no_error (error);
  array = open_array (array_node);
  assert_numbers (array, expected, 3);
}

static void
test_no_store (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_open_node (fixture->folder, NULL, NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "folder, and no store");
  g_clear_error (&error);

  write_key (fixture, "zarr.json", "{\"zarr_format\"", 14);
  g_assert_null (ann_open_node (fixture->folder, NULL, NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "zarr.json");
}

/* Whoever writes the store anew writes its root's metadata. */
static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *key = g_build_filename (fixture->folder, "zarr.json", NULL);
  g_autoptr (AnnData) store = NULL;
  g_autoptr (GError) error = NULL;
  const struct utimbuf times = { 1, 1 };

  write_store (fixture);
  store = ann_data_open (fixture->folder, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (ann_data_has_changed (store));
  g_assert_nonnull (ann_data_get_location (store));
  g_assert_null (ann_data_get_traffic (store));
  g_assert_no_errno (utime (key, &times));
  g_assert_true (ann_data_has_changed (store));
}

/* A root of version 3 with these consolidated metadata. */
static char *
make_root_v3 (const char *consolidated)
{
  return g_strconcat ("{\"zarr_format\": 3, \"node_type\": \"group\", \"consolidated_metadata\": ",
                      consolidated, "}", NULL);
}

static void
assert_warns (Fixture *fixture, const char *document, const char *text, const char *warning)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) store = NULL;
  const char *const *warnings;

  write_key (fixture, document, text, strlen (text));
  store = ann_data_open (fixture->folder, NULL, &error);
  g_assert_no_error (error);
  warnings = ann_data_get_warnings (store);
  g_assert_cmpuint (g_strv_length ((char **) warnings), ==, warning != NULL ? 1 : 0);
  if (warning != NULL)
    g_assert_true (g_str_has_prefix (warnings[0], warning));
}

/* The store is read without them, and that is said. */
static void
test_broken_consolidated (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *broken[] = { "{\"metadata\": {\".zgr", "[]", "{}", "{\"metadata\": 3}",
                           "{\"metadata\": {}}" };
  const char *broken_v3[] = { "3", "{}", "{\"kind\": \"inline\", \"metadata\": []}" };
  const char *right_v3[] = { "null", "{\"kind\": \"inline\", \"metadata\": {}}" };

  write_key (fixture, ".zgroup", GROUP_V2, strlen (GROUP_V2));
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    assert_warns (fixture, ".zmetadata", broken[i], ".zmetadata: ");
  assert_warns (fixture, ".zmetadata", "{\"metadata\": {\".zgroup\": " GROUP_V2 "}}", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (broken_v3); i++)
    {
      g_autofree char *text = make_root_v3 (broken_v3[i]);

      assert_warns (fixture, "zarr.json", text, "zarr.json: ");
    }
  for (guint i = 0; i < G_N_ELEMENTS (right_v3); i++)
    {
      g_autofree char *text = make_root_v3 (right_v3[i]);

      assert_warns (fixture, "zarr.json", text, NULL);
    }
}

/* Links are not followed out of the store, and what lies there is not read. */
static void
test_link_out (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *store = g_build_filename (fixture->folder, "store", NULL);
  g_autofree char *link = g_build_filename (store, "out", NULL);
  g_autofree char *outside = g_build_filename (fixture->folder, "outside", NULL);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;

  write_key (fixture, "store/zarr.json", GROUP_V3, strlen (GROUP_V3));
  write_key (fixture, "outside/zarr.json", GROUP_V3, strlen (GROUP_V3));
  g_assert_no_errno (symlink (outside, link));
  root = ann_open_node (store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (ann_node_open_child (root, "out", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
}

/* --- Over HTTP --- */

static void
assert_remote_says (WebServer *server, const char *path, int code, const char *words)
{
  g_autofree char *url = g_strdup_printf ("%s/%s", server->url, path);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_open_node (url, NULL, NULL, &error));
  assert_error_says (error, code, words);
}

/* A page to sign in comes with 200, whatever was asked for. */
static void
test_web_page (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *page = "\357\273\277\n<!DOCTYPE html><html><body>Who are you?</body></html>";
  WebServer server;

  write_key (fixture, "a.zarr/zarr.json", page, strlen (page));
  write_key (fixture, "c.h5ad", page, strlen (page));
  write_key (fixture, "d.zarr", page, strlen (page));
  write_key (fixture, "e.h5ad", "<no page> at all", 16);
  web_server_start (&server, fixture->folder, NULL);
  assert_remote_says (&server, "a.zarr", ANN_ERROR_FORMAT, "zarr.json: This is a web page");
  assert_remote_says (&server, "c.h5ad", ANN_ERROR_FORMAT, "perhaps the server wants a sign-in");
  /* as a folder has, that is no store */
  assert_remote_says (&server, "d.zarr", ANN_ERROR_NOT_FOUND, "There is no Zarr store");
  assert_remote_says (&server, "e.h5ad", ANN_ERROR_FORMAT, "not an HDF5 file");
  web_server_stop (&server);
}

/* What has the name of a Zarr store may be a file; that costs a request only where there is none.
 */
static void
test_misnamed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char empty_zip[22] = "PK\005\006";
  WebServer server;
  gint64 n_requests;

  write_key (fixture, "zip.zarr", empty_zip, sizeof empty_zip);
  write_key (fixture, "hdf5.zarr", "\211HDF\r\n\032\n", 8);
  write_key (fixture, "text.zarr", "some words", 10);
  web_server_start (&server, fixture->folder, NULL);
  assert_remote_says (&server, "zip.zarr", ANN_ERROR_FORMAT, "zip archive");
  assert_remote_says (&server, "hdf5.zarr", ANN_ERROR_CORRUPT, "HDF5 file is cut off");
  assert_remote_says (&server, "text.zarr", ANN_ERROR_NOT_FOUND, "There is no Zarr store");
  n_requests = web_server_count (&server, "requests");
  assert_remote_says (&server, "absent.zarr", ANN_ERROR_NOT_FOUND, "There is no Zarr store");
  g_assert_cmpint (web_server_count (&server, "requests") - n_requests, <=, 6);
  web_server_stop (&server);
}

#define add_test(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/zarr/open/folder", test_folder);
  add_test ("/zarr/open/no-store", test_no_store);
  add_test ("/zarr/open/changed", test_changed);
  add_test ("/zarr/open/broken-consolidated", test_broken_consolidated);
  add_test ("/zarr/open/link-out", test_link_out);
  add_test ("/zarr/open/web-page", test_web_page);
  add_test ("/zarr/open/misnamed", test_misnamed);

  return g_test_run ();
}
