/* test-sign-in.c: secrets are kept for a scope, in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-sign-in.h"

#include <gio/gio.h>
#include <string.h>

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

static void
assert_headers (AnnSignIn *sign_in, const char *expected)
{
  const char *const *headers = _ann_sign_in_get_headers (sign_in);
  g_autofree char *text = headers != NULL ? g_strjoinv ("|", (char **) headers) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_extras (void)
{
  g_autoptr (AnnSignIn) key = ann_sign_in_new_key ("id", "secret", "token");
  g_autoptr (AnnSignIn) both = NULL;
  g_autoptr (AnnSignIn) alone = NULL;
  g_autoptr (AnnSignIn) none = NULL;
  g_autoptr (GError) error = NULL;

  both = ann_sign_in_new_with_extras (key, "X-Lab:a b\r\n\n\t x-key :c\n", "/a/../b.pem", &error);
  g_assert_null (both);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  both = ann_sign_in_new_with_extras (key, "X-Lab:a b\r\n\n\t x-key: c:d\n", "/a/../b.pem", &error);
  g_assert_no_error (error);
  assert_headers (both, "X-Lab: a b|x-key: c:d");
  g_assert_cmpstr (_ann_sign_in_get_ca_file (both), ==, "/b.pem");
  g_assert_cmpstr (_ann_sign_in_get_session_token (both), ==, "token");
  g_assert_true (_ann_sign_in_has_key_or_token (both));

  alone = ann_sign_in_new_with_extras (NULL, "Authorization: Basic x", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_sign_in_has_identity (alone));
  g_assert_false (_ann_sign_in_has_key_or_token (alone));

  none = ann_sign_in_new_with_extras (NULL, " \n", "", &error);
  g_assert_no_error (error);
  assert_headers (none, NULL);
  g_assert_null (_ann_sign_in_get_ca_file (none));
  g_assert_false (_ann_sign_in_has_identity (none));
}

/* No message repeats what was given: it may be the secret alone, pasted without a name. */
static void
test_wrong_headers (void)
{
  g_autoptr (AnnSignIn) bearer = ann_sign_in_new_bearer ("token");
  const struct {
    AnnSignIn *base;
    const char *headers;
    const char *message;
  } cases[] = {
    { NULL, "A: b\ns3cret", "Line 2 of" },
    { NULL, "s3cret:", "Line 1 of" },
    { NULL, ": s3cret", "Line 1 of" },
    { NULL, "a b: s3cret", "Line 1 of" },
    { NULL, "a: s3\001cret", "Line 1 of" },
    { NULL, "a: s3\rcret", "Line 1 of" },
    { NULL, "range: s3cret", "Range cannot" },
    { NULL, "X-AMZ-DATE: s3cret", "X-Amz-Date cannot" },
    { bearer, "authorization: s3cret", "beside a key or token" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ann_sign_in_new_with_extras (cases[i].base, cases[i].headers, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_null (strstr (error->message, "s3cret"));
    }
}

/* What a keyring keeps. */
static void
test_text (void)
{
  g_autoptr (AnnSignIn) key = ann_sign_in_new_key ("id", "s3+/=", NULL);
  g_autoptr (AnnSignIn) full = ann_sign_in_new_with_extras (key, "X-A: 1\nX-B: 2", "/c a.pem",
                                                            NULL);
  g_autofree char *text = ann_sign_in_dup_text (full);
  g_autoptr (AnnSignIn) again = ann_sign_in_new_from_text (text);
  g_autoptr (AnnSignIn) certificates = ann_sign_in_new_from_text ("ca-file /x\n");
  const char *none[] = { "", "key\nid\nsecret", "key-id a", "bearer a\nheader Authorization: b" };

  g_assert_cmpstr (_ann_sign_in_get_key_id (again), ==, "id");
  g_assert_cmpstr (_ann_sign_in_get_secret (again), ==, "s3+/=");
  g_assert_null (_ann_sign_in_get_session_token (again));
  g_assert_null (_ann_sign_in_get_bearer (again));
  assert_headers (again, "X-A: 1|X-B: 2");
  g_assert_cmpstr (_ann_sign_in_get_ca_file (again), ==, "/c a.pem");
  g_assert_false (_ann_sign_in_has_identity (certificates));

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (ann_sign_in_new_from_text (none[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sign-in/values", test_values);
  g_test_add_func ("/sign-in/scopes", test_scopes);
  g_test_add_func ("/sign-in/extras", test_extras);
  g_test_add_func ("/sign-in/wrong-headers", test_wrong_headers);
  g_test_add_func ("/sign-in/text", test_text);

  return g_test_run ();
}
