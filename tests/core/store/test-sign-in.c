/* test-sign-in.c: secrets are kept for a scope, in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-sign-in.h"

static AnnLocation *
parse (const char *uri)
{
  g_autoptr (GError) error = NULL;
  AnnLocation *location = ann_location_parse (uri, &error);

  g_assert_no_error (error);

  return location;
}

/* What was pasted with blanks or line ends around it must not end a header of a request. */
static void
test_values (void)
{
  g_autoptr (AnnSignIn) key = ann_sign_in_new_key (" id\n", "se\r\ncret ", "");
  g_autoptr (AnnSignIn) lent = ann_sign_in_new_key ("id", "secret", "\ttoken\n");
  g_autoptr (AnnSignIn) bearer = ann_sign_in_new_bearer (" a b\n");

  g_assert_cmpstr (_ann_sign_in_get_key_id (key), ==, "id");
  g_assert_cmpstr (_ann_sign_in_get_secret (key), ==, "secret");
  g_assert_null (_ann_sign_in_get_session_token (key));
  g_assert_null (_ann_sign_in_get_bearer (key));
  g_assert_cmpstr (_ann_sign_in_get_session_token (lent), ==, "token");
  g_assert_cmpstr (_ann_sign_in_get_bearer (bearer), ==, "a b");
  g_assert_null (_ann_sign_in_get_key_id (bearer));
}

static void
test_scopes (void)
{
  g_autoptr (AnnLocation) one = parse ("s3://bucket/a");
  g_autoptr (AnnLocation) same = parse ("s3://bucket/b/c?region=eu-west-1");
  g_autoptr (AnnLocation) elsewhere = parse ("s3://bucket/a?endpoint=https://h.org");
  g_autoptr (AnnLocation) file = parse ("/a");
  g_autoptr (AnnSignIn) first = ann_sign_in_new_key ("id", "secret", NULL);
  g_autoptr (AnnSignIn) second = ann_sign_in_new_key ("id2", "secret", NULL);
  AnnSignIn *got;

  g_assert_null (ann_sign_in_get (one));
  ann_sign_in_set (one, first);
  got = ann_sign_in_get (same);
  g_assert_true (got == first);
  ann_sign_in_unref (got);
  g_assert_null (ann_sign_in_get (elsewhere));
  g_assert_null (ann_sign_in_get (file));

  ann_sign_in_set (same, second);
  got = ann_sign_in_get (one);
  g_assert_true (got == second);
  ann_sign_in_unref (got);

  ann_sign_in_set (one, NULL);
  g_assert_null (ann_sign_in_get (same));
  ann_sign_in_set (one, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sign-in/values", test_values);
  g_test_add_func ("/sign-in/scopes", test_scopes);

  return g_test_run ();
}
