/* test-s3-moto.c: buckets, at a server that others wrote
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * It believes every signature; test-s3-store.c has one that does not.
 */

#include "../../support/web-server.h"
#include "store-suite.h"
#include "store/ann-sign-in.h"
#include "store/ann-store-writer-private.h"

#define N_MANY 1050          /* more than a page */
#define BIG_PARTS (11 << 20) /* three of 5 MiB */

static WebServer server; /* for all cases: it takes seconds to start */
static char *root;

static void
fill_bucket (const char *bucket)
{
  g_autofree char *folder = make_folder (store_objects, G_N_ELEMENTS (store_objects));
  g_autofree char *path = g_build_filename (root, bucket, "x.zarr", NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_assert_no_errno (g_rename (folder, path));
}

static void
fill_many (void)
{
  g_autofree char *folder = g_build_filename (root, "many", "a", NULL);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/x+ü %u", folder, i);

      g_assert_true (
          g_file_set_contents_full (path, "abc", 3, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static void
start (void)
{
  const char *arguments[] = { NULL, NULL };

  root = g_dir_make_tmp ("ann-moto-XXXXXX", NULL);
  fill_bucket ("private");
  fill_bucket ("public");
  fill_many ();
  {
    g_autofree char *written = g_build_filename (root, "written", NULL);

    g_assert_no_errno (g_mkdir (written, 0700));
  }
  arguments[0] = root;
  web_server_start_script (&server, "moto_server.py", arguments);
}

static void
stop (void)
{
  web_server_stop (&server);
  remove_tree (root);
  g_free (root);
}

static AnnStore *
open_store (const char *address, const char *key_id, const char *token)
{
  g_autofree char *uri = g_strdup_printf ("%s?endpoint=%s", address, server.url);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (uri, &error);
  g_autoptr (AnnSignIn) sign_in = key_id != NULL ? ann_sign_in_new_key (key_id, "secret", token)
                                                 : NULL;
  AnnStore *store;

  g_assert_no_error (error);
  ann_sign_in_set (location, sign_in);
  store = _ann_store_open (location, &error);
  g_assert_no_error (error);

  return store;
}

static AnnStore *
make_signed_store (const StoreKind *kind G_GNUC_UNUSED,
                   const StoreObject *objects G_GNUC_UNUSED,
                   gsize n G_GNUC_UNUSED,
                   gpointer *data G_GNUC_UNUSED)
{
  return open_store ("s3://private/x.zarr", "AKIDTESTKEY", "a-token");
}

static AnnStore *
make_anonymous_store (const StoreKind *kind G_GNUC_UNUSED,
                      const StoreObject *objects G_GNUC_UNUSED,
                      gsize n G_GNUC_UNUSED,
                      gpointer *data G_GNUC_UNUSED)
{
  return open_store ("s3://public/x.zarr", NULL, NULL);
}

static void
keep (gpointer data G_GNUC_UNUSED)
{
}

static gboolean
put (AnnStoreWriter *writer, const StoreObject *object, GError **error)
{
  g_autoptr (GBytes) bytes = make_object (object);

  return _ann_store_writer_put (writer, object->key, bytes, NULL, error);
}

static AnnStore *
make_written_store (const StoreKind *kind G_GNUC_UNUSED,
                    const StoreObject *objects,
                    gsize n,
                    gpointer *data G_GNUC_UNUSED)
{
  static int number;
  g_autofree char *address = g_strdup_printf ("s3://written/%d.zarr", number++);
  AnnStore *store = open_store (address, "AKIDTESTKEY", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = _ann_store_writer_new (_ann_store_get_name (store), FALSE,
                                                             NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_assert_true (put (writer, &objects[i], &error));
  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));

  return store;
}

static void
assert_error (AnnStore *store, GQuark domain, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (_ann_store_read_object (store, "zarr.json", BIG_SIZE, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_denied (void)
{
  g_autoptr (AnnStore) anonymous = open_store ("s3://private/x.zarr", NULL, NULL);
  g_autoptr (AnnStore) nowhere = open_store ("s3://nowhere/x.zarr", "AKIDTESTKEY", NULL);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  assert_error (nowhere, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no bucket “nowhere”");
  entries = _ann_store_list (nowhere, "", NULL, &error);
  g_assert_null (entries);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  assert_error (anonymous, ANN_ERROR, ANN_ERROR_DENIED, "without a sign-in");
}

static void
test_many (void)
{
  g_autoptr (AnnStore) store = open_store ("s3://many", "AKIDTESTKEY", NULL);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  AnnTrafficStats stats;

  entries = _ann_store_list (store, "a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, N_MANY);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = entries->pdata[i];

      g_assert_true (g_str_has_prefix (entry->name, "x+ü "));
      g_assert_false (entry->is_prefix);
      g_assert_cmpuint (entry->size, ==, 3);
    }
  ann_traffic_get_stats (_ann_store_get_traffic (store), &stats);
  g_assert_cmpuint (stats.n_requests, ==, 2);
}

/* Of the least size that is allowed, of which moto makes sure; and what is abandoned is gone. */
static void
test_parts (void)
{
  const StoreObject objects[] = { { "X/long", BIG_PARTS }, { "zarr.json", 10 } };
  g_autoptr (AnnStore) store = open_store ("s3://written/parts.zarr", "AKIDTESTKEY", NULL);
  g_autoptr (GBytes) expected = make_object (&objects[0]);
  g_autoptr (GError) error = NULL;

  for (int is_kept = 0; is_kept < 2; is_kept++)
    {
      g_autoptr (AnnStoreWriter) writer = _ann_store_writer_new (_ann_store_get_name (store), TRUE,
                                                                 NULL, &error);
      g_autoptr (GBytes) bytes = NULL;

      g_assert_no_error (error);
      _ann_s3_store_writer_set_sizes (writer, 5 << 20, 5 << 20);
      for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
        g_assert_true (put (writer, &objects[i], &error));
      bytes = _ann_store_read_object (store, objects[0].key, BIG_PARTS, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, expected));
      if (is_kept)
        g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
    }

  g_assert_null (_ann_store_writer_new (_ann_store_get_name (store), TRUE, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
}

static void
test_without_moto (void)
{
  g_test_skip ("ANN_TEST_PYTHON names no Python with the packages of build-aux/test-python.txt");
}

int
main (int argc, char **argv)
{
  static const StoreKind signed_kind = { "moto", make_signed_store, keep, NULL };
  static const StoreKind anonymous_kind = { "moto-public", make_anonymous_store, keep, NULL };
  static const StoreKind written_kind = { "moto-written", make_written_store, keep, NULL };
  int status;

  g_test_init (&argc, &argv, NULL);
  /* Nothing of who runs the tests. */
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/dev/null", TRUE);
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
  g_unsetenv ("AWS_PROFILE");

  if (g_getenv ("ANN_TEST_PYTHON") == NULL)
    {
      g_test_add_func ("/s3-moto", test_without_moto);
      return g_test_run ();
    }

  start ();
  store_suite_add (&signed_kind);
  store_suite_add (&anonymous_kind);
  store_suite_add (&written_kind);
  g_test_add_func ("/s3-moto/denied", test_denied);
  g_test_add_func ("/s3-moto/many", test_many);
  g_test_add_func ("/s3-moto/parts", test_parts);
  status = g_test_run ();
  stop ();

  return status;
}
