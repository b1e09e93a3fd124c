/* test-sign-ins.c: what is remembered of who we are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-keyring.h"

#include "ann-ui-test.h"

#include <glib/gstdio.h>

static char *folder;

static AnnLocation *
parse (const char *address)
{
  g_autoptr (GError) error = NULL;
  AnnLocation *location = ann_location_parse (address, &error);

  g_assert_no_error (error);

  return location;
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  ann_ui_test_wait_until (*result != NULL);

  return *result;
}

static AnnSignIn *
look_up (AnnLocation *location)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AnnSignIn *sign_in;

  ann_keyring_look_up_async (location, NULL, ann_ui_test_take_result, &result);
  sign_in = ann_keyring_look_up_finish (wait_for (&result), &error);
  g_assert_no_error (error);

  return sign_in;
}

/* libsecret's own keyring in a file, as within Flatpak: encrypted, and without a service. */
static void
test_keyring (void)
{
  g_autofree char *path = g_build_filename (folder, "keyring", NULL);
  g_autoptr (AnnLocation) bucket = parse ("s3://open-atlas/a.zarr");
  g_autoptr (AnnLocation) other = parse ("s3://open-atlas/b/c.zarr?region=eu-central-1");
  g_autoptr (AnnLocation) web = parse ("https://example.org/a.zarr");
  g_autoptr (AnnSignIn) reader = ann_sign_in_new_key ("READER", "k3y+/=", NULL);
  g_autoptr (AnnSignIn) bearer = ann_sign_in_new_bearer ("t0ken");
  g_autoptr (AnnSignIn) key = NULL;
  g_autoptr (AnnSignIn) token = NULL;
  g_autoptr (AnnSignIn) gone = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GAsyncResult) stored_too = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_null (look_up (bucket));
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("libsecret 0.20 loses the tag of its file when it has written it");
  return;
#endif

  ann_keyring_store_async (bucket, reader, NULL, ann_ui_test_take_result, &stored);
  g_assert_true (ann_keyring_store_finish (wait_for (&stored), &error));
  g_assert_no_error (error);
  ann_keyring_store_async (web, bearer, NULL, ann_ui_test_take_result, &stored_too);
  g_assert_true (ann_keyring_store_finish (wait_for (&stored_too), &error));

  /* For all of a bucket, and for no other place. */
  key = look_up (other);
  g_assert_nonnull (key);
  token = look_up (web);
  g_assert_nonnull (token);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_null (g_strstr_len (bytes, (gssize) length, "k3y+/="));

  ann_keyring_forget (bucket);
  do
    {
      g_clear_pointer (&gone, ann_sign_in_unref);
      gone = look_up (bucket);
    }
  while (gone != NULL);
  g_assert_cmpint (g_remove (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  int status;

  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  path = g_build_filename (folder, "keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/sign-ins/keyring", test_keyring);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);

  return status;
}
