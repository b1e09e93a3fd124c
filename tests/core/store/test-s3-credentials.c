/* test-s3-credentials.c: where keys, region and endpoint come from
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-s3-credentials.h"
#include "store/ann-s3-profiles.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static const char credentials_file[] = "# keys\n"
                                       "[default]\n"
                                       "aws_access_key_id = default-id\n"
                                       "aws_secret_access_key=default=secret\n"
                                       "\n"
                                       "[ lent ]\r\n"
                                       "AWS_ACCESS_KEY_ID = lent-id   # mine\r\n"
                                       "aws_secret_access_key = lent-secret\r\n"
                                       "aws_session_token = lent-token ; for an hour\r\n"
                                       "no setting\n"
                                       "[half]\n"
                                       "aws_access_key_id = half-id\n"
                                       "[both]\n"
                                       "aws_access_key_id = both-id\n"
                                       "aws_secret_access_key = both-secret\n"
                                       "[broken\n"
                                       "aws_access_key_id = broken-id\n";

static const char config_file[] = "; settings\n"
                                  "[default]\n"
                                  "region = eu-north-1\n"
                                  "[profile lent]\n"
                                  "region = eu-west-3\n"
                                  "endpoint_url = http://LENT.example/\n"
                                  "s3 =\n"
                                  "  endpoint_url = https://s3.lent.example:8443\n"
                                  "  addressing_style = path\n"
                                  "output = json\n"
                                  "[profile \"in config\"]\n"
                                  "aws_access_key_id = config-id\n"
                                  "aws_secret_access_key = config-secret\n"
                                  "services = mine\n"
                                  "  more = of it\n"
                                  "[profile both]\n"
                                  "aws_access_key_id = other-id\n"
                                  "aws_secret_access_key = other-secret\n"
                                  "aws_session_token = other-token\n"
                                  "[profile sso]\n"
                                  "sso_session = work\n"
                                  "region = eu-south-1\n"
                                  "[profile odd]\n"
                                  "region = a.example/\n"
                                  "endpoint_url = nowhere\n"
                                  "[sso-session work]\n"
                                  "region = us-west-1\n"
                                  "[services other]\n"
                                  "s3 =\n"
                                  "  endpoint_url = http://other.example\n"
                                  "[services mine]\n"
                                  "dynamodb =\n"
                                  "  endpoint_url = http://dynamo.example\n"
                                  "s3 =\n"
                                  "  endpoint_url = http://mine.example:9000\n";

static const char *const variables[] = { "AWS_ACCESS_KEY_ID",
                                         "AWS_SECRET_ACCESS_KEY",
                                         "AWS_SESSION_TOKEN",
                                         "AWS_PROFILE",
                                         "AWS_REGION",
                                         "AWS_DEFAULT_REGION",
                                         "AWS_ENDPOINT_URL",
                                         "AWS_ENDPOINT_URL_S3",
                                         "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" };

typedef struct {
  char *folder;
  char *credentials;
  char *config;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("ann-aws-XXXXXX", NULL);
  fixture->credentials = g_build_filename (fixture->folder, "credentials", NULL);
  fixture->config = g_build_filename (fixture->folder, "config", NULL);
  g_assert_true (g_file_set_contents (fixture->credentials, credentials_file, -1, NULL));
  g_assert_true (g_file_set_contents (fixture->config, config_file, -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", fixture->credentials, TRUE);
  g_setenv ("AWS_CONFIG_FILE", fixture->config, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (fixture->credentials);
  g_unlink (fixture->config);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->credentials);
  g_free (fixture->config);
}

static AnnLocation *
parse (const char *uri)
{
  g_autoptr (GError) error = NULL;
  AnnLocation *location = ann_location_parse (uri, &error);

  g_assert_no_error (error);

  return location;
}

/* @key_id is %NULL for anonymous; the names of the others begin like it. */
static void
assert_settings (const char *uri,
                 const char *key_id,
                 const char *secret,
                 const char *token,
                 const char *region,
                 const char *endpoint)
{
  g_autoptr (AnnLocation) location = parse (uri);
  g_autoptr (GError) error = NULL;
  AnnS3Settings settings;

  _ann_s3_settings_load (&settings, location, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (settings.region, ==, region);
  g_assert_cmpstr (settings.endpoint, ==, endpoint);
  if (key_id == NULL)
    g_assert_null (settings.sign_in);
  else
    {
      g_assert_cmpstr (_ann_sign_in_get_key_id (settings.sign_in), ==, key_id);
      g_assert_cmpstr (_ann_sign_in_get_secret (settings.sign_in), ==, secret);
      g_assert_cmpstr (_ann_sign_in_get_session_token (settings.sign_in), ==, token);
    }
  _ann_s3_settings_clear (&settings);
}

static void
assert_error (const char *uri, GQuark domain, int code, const char *words)
{
  g_autoptr (AnnLocation) location = parse (uri);
  g_autoptr (GError) error = NULL;
  AnnS3Settings settings;

  g_assert_false (_ann_s3_settings_load (&settings, location, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (error->message, "-id"));
  g_assert_null (strstr (error->message, "-secret"));
}

/* Each source hides those after it. */
static void
test_order (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnLocation) location = parse ("s3://bucket/a");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_key ("own-id", "own-secret", "own-token");
  g_autoptr (AnnSignIn) empty = ann_sign_in_new_key (" ", "secret", NULL);
  g_autoptr (AnnSignIn) extras = ann_sign_in_new_with_extras (NULL, "X-Lab: a", "/ca.pem", NULL);
  g_autoptr (AnnSignIn) authorized = ann_sign_in_new_with_extras (NULL, "authorization: Basic a",
                                                                  NULL, NULL);

  assert_settings ("s3://bucket/a", "default-id", "default=secret", NULL, "eu-north-1", NULL);

  g_setenv ("AWS_PROFILE", "lent", TRUE);
  assert_settings ("s3://bucket/a", "lent-id", "lent-secret", "lent-token", "eu-west-3",
                   "https://s3.lent.example:8443");

  g_setenv ("AWS_ACCESS_KEY_ID", "env-id", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "env-secret", TRUE);
  assert_settings ("s3://bucket/a", "env-id", "env-secret", NULL, "eu-west-3",
                   "https://s3.lent.example:8443");
  g_setenv ("AWS_SESSION_TOKEN", "env-token", TRUE);
  assert_settings ("s3://bucket/a?region=eu-west-1&endpoint=https://h.org", "env-id", "env-secret",
                   "env-token", "eu-west-1", "https://h.org");

  assert_settings ("s3://bucket/a?profile=in%20config", "config-id", "config-secret", NULL, NULL,
                   "http://mine.example:9000");
  assert_settings ("s3://bucket/a?profile=both", "both-id", "both-secret", NULL, NULL, NULL);

  ann_sign_in_set (location, sign_in);
  assert_settings ("s3://bucket/a", "own-id", "own-secret", "own-token", "eu-west-3",
                   "https://s3.lent.example:8443");
  assert_settings ("s3://bucket/a?profile=both", "both-id", "both-secret", NULL, NULL, NULL);
  assert_settings ("s3://other/a", "env-id", "env-secret", "env-token", "eu-west-3",
                   "https://s3.lent.example:8443");
  assert_settings ("s3://bucket/a?anonymous=true", NULL, NULL, NULL, "eu-west-3",
                   "https://s3.lent.example:8443");

  /* Headers and certificates say nothing of keys, but for the header that does. */
  ann_sign_in_set (location, extras);
  assert_settings ("s3://bucket/a", "env-id", "env-secret", "env-token", "eu-west-3",
                   "https://s3.lent.example:8443");
  ann_sign_in_set (location, authorized);
  assert_settings ("s3://bucket/a", NULL, NULL, NULL, "eu-west-3", "https://s3.lent.example:8443");

  ann_sign_in_set (location, empty);
  assert_error ("s3://bucket/a", ANN_ERROR, ANN_ERROR_DENIED, "lacks");
  ann_sign_in_set (location, NULL);
}

static void
test_places (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_setenv ("AWS_DEFAULT_REGION", "us-west-2", TRUE);
  assert_settings ("s3://bucket/a?anonymous=true", NULL, NULL, NULL, "us-west-2", NULL);
  g_setenv ("AWS_REGION", "us-east-2", TRUE);
  assert_settings ("s3://bucket/a?anonymous=true", NULL, NULL, NULL, "us-east-2", NULL);

  g_setenv ("AWS_ENDPOINT_URL", "http://LOCALHOST:9000/", TRUE);
  assert_settings ("s3://bucket/a?anonymous=true&profile=lent", NULL, NULL, NULL, "us-east-2",
                   "http://localhost:9000");
  g_setenv ("AWS_ENDPOINT_URL_S3", "http://localhost:9001", TRUE);
  assert_settings ("s3://bucket/a?anonymous=true", NULL, NULL, NULL, "us-east-2",
                   "http://localhost:9001");
  g_setenv ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", TRUE);
  assert_settings ("s3://bucket/a?anonymous=true&profile=lent", NULL, NULL, NULL, "us-east-2",
                   NULL);
}

/* Keys of Amazon are not shown to Google. */
static void
test_google (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnLocation) location = parse ("gs://bucket/a");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_key ("own-id", "own-secret", NULL);

  g_setenv ("AWS_ACCESS_KEY_ID", "env-id", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "env-secret", TRUE);
  g_setenv ("AWS_ENDPOINT_URL", "http://localhost:9000", TRUE);
  assert_settings ("gs://bucket/a", NULL, NULL, NULL, "auto", "https://storage.googleapis.com");
  ann_sign_in_set (location, sign_in);
  assert_settings ("gs://bucket/a", "own-id", "own-secret", NULL, "auto",
                   "https://storage.googleapis.com");
  ann_sign_in_set (location, NULL);
}

static void
test_errors (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  assert_error ("s3://bucket/a?profile=nobody", ANN_ERROR, ANN_ERROR_NOT_FOUND, "“nobody”");
  assert_error ("s3://bucket/a?profile=work", ANN_ERROR, ANN_ERROR_NOT_FOUND, "“work”");
  assert_error ("s3://bucket/a?profile=half", ANN_ERROR, ANN_ERROR_DENIED, "has no");
  assert_error ("s3://bucket/a?profile=sso", ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                "by sso_session, which is not supported");
  g_setenv ("AWS_PROFILE", "nobody", TRUE);
  assert_error ("s3://bucket/a", ANN_ERROR, ANN_ERROR_NOT_FOUND, "“nobody”");
  g_setenv ("AWS_PROFILE", "odd", TRUE);
  assert_error ("s3://bucket/a?anonymous=true", G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "region");
  g_setenv ("AWS_REGION", "eu-west-1", TRUE);
  assert_error ("s3://bucket/a?anonymous=true", G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "endpoint_url");
  g_setenv ("AWS_ACCESS_KEY_ID", "env", TRUE);
  assert_error ("s3://bucket/a", ANN_ERROR, ANN_ERROR_DENIED, "only the first is set");
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_setenv ("AWS_SECRET_ACCESS_KEY", "env", TRUE);
  assert_error ("s3://bucket/a", ANN_ERROR, ANN_ERROR_DENIED, "only the second is set");

  /* A default profile that is of no use is no reason not to read what is public. */
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
  g_unsetenv ("AWS_REGION");
  g_unsetenv ("AWS_PROFILE");
  g_assert_true (g_file_set_contents (fixture->config, "[default]\nsso_session = x\n", -1, NULL));
  g_unlink (fixture->credentials);
  assert_settings ("s3://bucket/a", NULL, NULL, NULL, NULL, NULL);
  g_unlink (fixture->config);
  assert_settings ("s3://bucket/a", NULL, NULL, NULL, NULL, NULL);
}

static void
test_list (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) names = ann_s3_list_profiles ();
  g_autofree char *joined = g_strjoinv (",", names);

  g_assert_cmpstr (joined, ==, "default,lent,half,both,in config,sso,odd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/s3-credentials/order", test_order);
  ADD ("/s3-credentials/places", test_places);
  ADD ("/s3-credentials/google", test_google);
  ADD ("/s3-credentials/errors", test_errors);
  ADD ("/s3-credentials/list", test_list);
#undef ADD

  return g_test_run ();
}
