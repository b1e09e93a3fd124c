/* test-s3-store.c: buckets, at a server that recomputes every signature
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "store-suite.h"
#include "store/ann-s3-store-private.h"
#include "store/ann-sign-in.h"

#define KEY_ID "AKIDTESTKEY"
#define SECRET "secret/Test+Key="
#define LENT_ID "ASIALENTKEY"
#define LENT_SECRET "lent/secret"
#define LENT_TOKEN "to/ken+for=an hour"

/* There only while a test wants it: the environment is left alone once there are threads. */
static char *credentials_file;

typedef struct {
  WebServer server;
  char *root;
} Place;

/* A server with a bucket of that name, which has the objects below @prefix. */
static Place *
place_new (const char *bucket, const char *prefix, const StoreObject *objects, gsize n)
{
  Place *place = g_new0 (Place, 1);
  g_autofree char *folder = make_folder (objects, n);
  g_autofree char *parent = NULL;
  g_autofree char *path = NULL;
  const char *arguments[2] = { NULL };

  place->root = g_dir_make_tmp ("ann-s3-XXXXXX", NULL);
  path = g_build_filename (place->root, bucket, prefix, NULL);
  parent = g_path_get_dirname (path);
  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_assert_no_errno (g_rename (folder, path));
  arguments[0] = place->root;
  web_server_start_script (&place->server, "s3_server.py", arguments);

  return place;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  web_server_stop (&place->server);
  remove_tree (place->root);
  g_free (place->root);
  g_free (place);
}

static AnnLocation *
make_location (Place *place, const char *address, const char *parameters)
{
  g_autofree char *uri = g_strdup_printf ("%s?endpoint=%s%s", address, place->server.url,
                                          parameters);
  g_autoptr (GError) error = NULL;
  AnnLocation *location = ann_location_parse (uri, &error);

  g_assert_no_error (error);

  return location;
}

static AnnStore *
open_location (AnnLocation *location)
{
  g_autoptr (GError) error = NULL;
  AnnStore *store = _ann_store_open (location, &error);

  g_assert_no_error (error);

  return store;
}

/* Signed with these keys, or not at all without. */
static AnnStore *
open_store (Place *place, const char *address, const char *key_id, const char *secret)
{
  g_autoptr (AnnLocation) location = make_location (place, address, "");
  g_autoptr (AnnSignIn) sign_in = key_id != NULL ? ann_sign_in_new_key (key_id, secret, NULL)
                                                 : NULL;

  ann_sign_in_set (location, sign_in);

  return open_location (location);
}

static GBytes *
read_object (AnnStore *store, const char *key, GError **error)
{
  return _ann_store_read_object (store, key, BIG_SIZE, NULL, error);
}

static void
assert_readable (AnnStore *store, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_object (store, key, &error);

  g_assert_no_error (error);
  g_assert_nonnull (bytes);
}

static void
assert_absent (AnnStore *store, const char *key)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_object (store, key, &error));
  g_assert_no_error (error);
}

static void
assert_error (AnnStore *store, const char *key, int code, const char *words)
{
  GQuark domain = code == ANN_ERROR_DENIED ? ANN_ERROR : G_IO_ERROR;
  g_autoptr (GError) error = NULL;

  g_assert_null (read_object (store, key, &error));
  g_assert_error (error, domain, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not about “%s”", error->message, words);
  /* What the server repeats of the request is not shown. */
  g_assert_null (strstr (error->message, "Credential"));
  g_assert_null (strstr (error->message, KEY_ID));
}

static gint64
count (Place *place, const char *what)
{
  return web_server_count (&place->server, what);
}

static void
tell (Place *place, const char *command)
{
  g_free (web_server_tell (&place->server, "%s", command));
}

/* --- The suite --- */

/* Places for all its cases, for each would take half a second. */
static Place *signed_place, *anonymous_place;

static AnnStore *
make_signed_store (const StoreKind *kind G_GNUC_UNUSED,
                   const StoreObject *objects,
                   gsize n,
                   gpointer *data G_GNUC_UNUSED)
{
  if (signed_place == NULL)
    signed_place = place_new ("private", "a b/ü+/x.zarr", objects, n);

  return open_store (signed_place, "s3://private/a%20b/ü+/x.zarr", KEY_ID, SECRET);
}

static AnnStore *
make_anonymous_store (const StoreKind *kind G_GNUC_UNUSED,
                      const StoreObject *objects,
                      gsize n,
                      gpointer *data G_GNUC_UNUSED)
{
  if (anonymous_place == NULL)
    anonymous_place = place_new ("public", "", objects, n);

  return open_store (anonymous_place, "s3://public", NULL, NULL);
}

static void
keep (gpointer data G_GNUC_UNUSED)
{
}

/* --- Who may --- */

static const StoreObject few_objects[] = { { "zarr.json", 10 }, { "X/c/0", 20 } };

static Place *
make_place (const char *bucket)
{
  return place_new (bucket, "x.zarr", few_objects, G_N_ELEMENTS (few_objects));
}

static void
test_keys (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) right = open_store (place, "s3://private/x.zarr", KEY_ID, SECRET);
  g_autoptr (AnnStore) unknown = open_store (place, "s3://private/x.zarr", "AKIDNOBODY", SECRET);
  g_autoptr (AnnStore) wrong = open_store (place, "s3://private/x.zarr", KEY_ID, "wrong");
  g_autoptr (AnnStore) tokenless = open_store (place, "s3://private/x.zarr", LENT_ID, LENT_SECRET);
  g_autoptr (AnnStore) anonymous = open_store (place, "s3://private/x.zarr", NULL, NULL);
  g_autofree char *header = NULL;

  assert_readable (right, "zarr.json");
  assert_absent (right, "zarr.jso");
  g_assert_null (_ann_store_get_doubt (right));
  assert_error (unknown, "zarr.json", ANN_ERROR_DENIED, "does not know the access key");
  assert_error (wrong, "zarr.json", ANN_ERROR_DENIED, "the secret access key is wrong");
  assert_error (tokenless, "zarr.json", ANN_ERROR_DENIED, "the session token is wrong");

  tell (place, "reset");
  assert_absent (anonymous, "zarr.json");
  g_assert_error (_ann_store_get_doubt (anonymous), ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_nonnull (strstr (_ann_store_get_doubt (anonymous)->message, "without a sign-in"));
  header = web_server_dup_header (&place->server, 0, "Authorization");
  g_assert_null (header);

  place_free (place);
}

static void
test_session_token (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnLocation) location = make_location (place, "s3://private/x.zarr", "");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_key (LENT_ID, LENT_SECRET, LENT_TOKEN);
  g_autoptr (AnnStore) store = NULL;

  ann_sign_in_set (location, sign_in);
  store = open_location (location);
  assert_readable (store, "zarr.json");
  tell (place, "fault?code=ExpiredToken&status=400");
  assert_error (store, "X/c/0", ANN_ERROR_DENIED, "session token has expired");

  place_free (place);
}

static void
write_profile (const char *token)
{
  g_autofree char *text = g_strdup_printf ("[lent]\naws_access_key_id = " LENT_ID "\n"
                                           "aws_secret_access_key = " LENT_SECRET "\n"
                                           "aws_session_token = %s\n",
                                           token);

  g_assert_true (g_file_set_contents (credentials_file, text, -1, NULL));
}

/* Keys are lent for some hours; then there are others where they came from. */
static void
test_renewed_token (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnLocation) location = make_location (place, "s3://private/x.zarr", "&profile=lent");
  g_autoptr (AnnStore) store = NULL;
  g_autoptr (GError) error = NULL;
  AnnStoreRead reads[] = {
    { .key = "zarr.json", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 100 },
    { .key = "X/c/0", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 100 },
  };

  ann_sign_in_set (location, NULL);
  write_profile ("old");
  store = open_location (location);
  assert_error (store, "zarr.json", ANN_ERROR_DENIED, "session token is wrong");
  g_assert_cmpint (count (place, "requests"), ==, 1);

  write_profile (LENT_TOKEN);
  g_assert_true (_ann_store_read (store, reads, 2, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (place, "requests"), ==, 5);
  assert_readable (store, "zarr.json");
  g_assert_cmpint (count (place, "requests"), ==, 6);
  g_free (reads[0].bytes);
  g_free (reads[1].bytes);
  g_assert_no_errno (g_unlink (credentials_file));

  place_free (place);
}

static void
test_anonymous (void)
{
  Place *place = make_place ("public");
  g_autoptr (AnnLocation) location = make_location (place, "s3://public/x.zarr", "&anonymous=true");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_key (KEY_ID, "wrong", NULL);
  g_autoptr (AnnStore) store = NULL;

  ann_sign_in_set (location, sign_in);
  store = open_location (location);
  assert_readable (store, "zarr.json");
  assert_absent (store, "X/c/1");

  place_free (place);
}

static void
test_bearer (void)
{
  Place *place = make_place ("public");
  g_autoptr (AnnLocation) location = make_location (place, "s3://public/x.zarr", "");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_bearer ("a-token");
  g_autoptr (AnnStore) store = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *header = NULL;

  ann_sign_in_set (location, sign_in);
  store = open_location (location);
  bytes = read_object (store, "zarr.json", NULL);
  header = web_server_dup_header (&place->server, 0, "Authorization");
  g_assert_cmpstr (header, ==, "Bearer a-token");

  place_free (place);
}

/* The server recomputes the signature: Amazon's own headers are in it, others are not. */
static void
test_extra_headers (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnLocation) location = make_location (place, "s3://private/x.zarr", "");
  g_autoptr (AnnSignIn) key = ann_sign_in_new_key (KEY_ID, SECRET, NULL);
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_with_extras (
      key, "X-Amz-Request-Payer: requester\nX-Lab: one", NULL, NULL);
  g_autoptr (AnnStore) store = NULL;
  g_autofree char *payer = NULL;
  g_autofree char *lab = NULL;
  g_autofree char *authorization = NULL;

  ann_sign_in_set (location, sign_in);
  store = open_location (location);
  assert_readable (store, "zarr.json");
  payer = web_server_dup_header (&place->server, 0, "X-Amz-Request-Payer");
  lab = web_server_dup_header (&place->server, 0, "X-Lab");
  authorization = web_server_dup_header (&place->server, 0, "Authorization");
  g_assert_cmpstr (payer, ==, "requester");
  g_assert_cmpstr (lab, ==, "one");
  g_assert_nonnull (strstr (authorization, "x-amz-request-payer"));
  g_assert_null (strstr (authorization, "x-lab"));
  ann_sign_in_set (location, NULL);

  place_free (place);
}

/* --- What is not there --- */

static void
test_no_bucket (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) store = open_store (place, "s3://absent/x.zarr", KEY_ID, SECRET);
  g_autoptr (AnnStore) bucket = open_store (place, "s3://private", KEY_ID, SECRET);
  g_autoptr (GError) error = NULL;

  assert_error (store, "zarr.json", G_IO_ERROR_NOT_FOUND, "no bucket “absent”");
  g_assert_null (_ann_store_list (store, "", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  /* The bucket itself is a list, and no object. */
  tell (place, "reset");
  assert_absent (bucket, "");
  g_assert_cmpint (count (place, "requests"), ==, 0);
  assert_readable (bucket, "x.zarr/zarr.json");

  place_free (place);
}

/* What says 404 without an error of S3's may be any web server. */
static void
test_no_s3 (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) store = open_store (place, "s3://private/x.zarr", KEY_ID, SECRET);
  g_autoptr (GError) error = NULL;

  assert_absent (store, "absent");
  g_assert_null (_ann_store_get_doubt (store));
  tell (place, "fault?status=404");
  assert_absent (store, "zarr.json");
  g_assert_error (_ann_store_get_doubt (store), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (_ann_store_get_doubt (store)->message, "is the endpoint right?"));
  g_assert_null (_ann_store_list (store, "", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "is the endpoint right?"));

  place_free (place);
}

/* 403 for what is not there is absence, as long as what was read can still be read. */
static void
test_no_list (void)
{
  Place *place = make_place ("nolist");
  g_autoptr (AnnStore) store = open_store (place, "s3://nolist/x.zarr", NULL, NULL);

  /* A probe, before anything was read: absent, and a reason to be doubtful. */
  g_assert_true (_ann_store_can_list (store));
  assert_absent (store, "absent");
  g_assert_false (_ann_store_can_list (store));
  g_assert_error (_ann_store_get_doubt (store), ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_true (g_str_has_prefix (_ann_store_get_doubt (store)->message,
                                   "What is at this address is not there, or may not be read "
                                   "without a sign-in (403)"));
  g_assert_cmpint (count (place, "requests"), ==, 2);
  g_assert_cmpint (count (place, "lists"), ==, 1);

  assert_readable (store, "zarr.json");
  assert_readable (store, "X/c/0");
  g_assert_cmpint (count (place, "requests"), ==, 4);
  assert_absent (store, "X/c/1");
  g_assert_cmpint (count (place, "requests"), ==, 6); /* zarr.json again */
  g_assert_cmpint (count (place, "lists"), ==, 1);

  /* The right to read is withdrawn: from now on 403 says nothing. */
  tell (place, "fault?code=AccessDenied&status=403");
  assert_error (store, "X/c/1", ANN_ERROR_DENIED, "zarr.json may not be read");
  assert_error (store, "X/c/0", ANN_ERROR_DENIED, "may not be read");

  place_free (place);
}

/* That a bucket lists nothing may be found out by asking. */
static void
test_refused_list (void)
{
  Place *place = make_place ("nolist");
  g_autoptr (AnnStore) store = open_store (place, "s3://nolist/x.zarr", NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_can_list (store));
  g_assert_null (_ann_store_list (store, "", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_false (_ann_store_can_list (store));
  assert_readable (store, "zarr.json");
  assert_absent (store, "X/c/1");
  g_assert_cmpint (count (place, "lists"), ==, 1);

  place_free (place);
}

/* Where a list can be had, what is not there is 404, so that 403 is a refusal. */
static void
test_forbidden (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) store = open_store (place, "s3://private/x.zarr", KEY_ID, SECRET);

  assert_error (store, "X/forbidden", ANN_ERROR_DENIED,
                "X/forbidden may not be read with the keys");
  assert_readable (store, "zarr.json");
  assert_error (store, "X/forbidden", ANN_ERROR_DENIED, "X/forbidden");
  g_assert_cmpint (count (place, "lists"), ==, 1);

  place_free (place);
}

/* A batch in which one object is refused fails as a whole, and says which; its good parts are the
 * caller's.
 */
static void
test_forbidden_among_others (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) store = open_store (place, "s3://private/x.zarr", KEY_ID, SECRET);
  g_autoptr (GError) error = NULL;
  AnnStoreRead reads[] = {
    { .key = "zarr.json", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 100 },
    { .key = "X/absent", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 100 },
    { .key = "X/forbidden", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 100 },
  };

  assert_error (store, "X/forbidden", ANN_ERROR_DENIED, "X/forbidden");
  g_assert_false (_ann_store_read (store, reads, G_N_ELEMENTS (reads), NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, "X/forbidden"));
  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    g_free (reads[i].bytes);

  place_free (place);
}

/* --- Regions --- */

static void
test_region (void)
{
  Place *place = make_place ("other");
  g_autoptr (AnnStore) store = open_store (place, "s3://other/x.zarr", KEY_ID, SECRET);

  assert_readable (store, "zarr.json");
  g_assert_cmpint (count (place, "requests"), ==, 2);
  assert_readable (store, "X/c/0"); /* signed for the right one from the start */
  g_assert_cmpint (count (place, "requests"), ==, 3);

  tell (place, "fault?code=PermanentRedirect&status=301");
  assert_error (store, "X/c/0", G_IO_ERROR_NOT_FOUND, "another region");

  place_free (place);
}

static void
assert_url (const char *uri, const char *object, const char *list)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (uri, &error);
  g_autoptr (AnnStore) store = _ann_s3_store_new (location, &error);
  AnnHttpStore *http = ANN_HTTP_STORE (store);
  g_autofree char *url = ANN_HTTP_STORE_GET_CLASS (http)->make_url (http, "c/ü 0");
  g_autofree char *bucket_url = _ann_s3_store_make_bucket_url (http, "a=b");

  g_assert_no_error (error);
  g_assert_cmpstr (url, ==, object);
  g_assert_cmpstr (bucket_url, ==, list);
}

static void
test_urls (void)
{
  assert_url ("s3://bucket/x", "https://bucket.s3.amazonaws.com/x/c/%C3%BC%200",
              "https://bucket.s3.amazonaws.com/?a=b");
  assert_url ("s3://bucket/x?region=eu-west-1",
              "https://bucket.s3.eu-west-1.amazonaws.com/x/c/%C3%BC%200",
              "https://bucket.s3.eu-west-1.amazonaws.com/?a=b");
  assert_url ("s3://bucket/x?region=cn-north-1",
              "https://bucket.s3.cn-north-1.amazonaws.com.cn/x/c/%C3%BC%200",
              "https://bucket.s3.cn-north-1.amazonaws.com.cn/?a=b");
  assert_url ("s3://bucket/x?path-style=true", "https://s3.amazonaws.com/bucket/x/c/%C3%BC%200",
              "https://s3.amazonaws.com/bucket?a=b");
  assert_url ("s3://my.bucket", "https://s3.amazonaws.com/my.bucket/c/%C3%BC%200",
              "https://s3.amazonaws.com/my.bucket?a=b");
  assert_url ("s3://My_Bucket/x", "https://s3.amazonaws.com/My_Bucket/x/c/%C3%BC%200",
              "https://s3.amazonaws.com/My_Bucket?a=b");
  assert_url ("s3://bucket/x?endpoint=https://h.org:8443/s3",
              "https://h.org:8443/s3/bucket/x/c/%C3%BC%200", "https://h.org:8443/s3/bucket?a=b");
  assert_url ("s3://bucket/x?endpoint=https://h.org&path-style=false",
              "https://bucket.h.org/x/c/%C3%BC%200", "https://bucket.h.org/?a=b");
  assert_url ("gs://bucket/x", "https://storage.googleapis.com/bucket/x/c/%C3%BC%200",
              "https://storage.googleapis.com/bucket?a=b");
}

/* The host of a bucket in another region follows from the name of the region, and from nothing else
 * that an answer says.
 */
static void
test_redirect (void)
{
  g_autoptr (AnnLocation) location = ann_location_parse ("s3://bucket/x", NULL);
  g_autoptr (AnnStore) store = _ann_s3_store_new (location, NULL);
  AnnHttpStore *http = ANN_HTTP_STORE (store);
  AnnHttpStoreClass *klass = ANN_HTTP_STORE_GET_CLASS (http);
  AnnHttpRequest request = { .status = 301 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  request.detail = (char *) "<?xml version=\"1.0\"?><Error><Code>PermanentRedirect</Code><Endpoint>"
                            "bucket.s3-ap-south-1.amazonaws.com</Endpoint><Bucket>bucket</Bucket>";
  g_assert_true (klass->adapt (http, &request));
  first = klass->make_url (http, "k");
  g_assert_cmpstr (first, ==, "https://bucket.s3.ap-south-1.amazonaws.com/x/k");

  request.detail = (char *) "<Error><Code>PermanentRedirect</Code><Endpoint>bucket.evil.example"
                            "</Endpoint></Error>";
  g_assert_false (klass->adapt (http, &request));
  request.detail = (char *) "<Error><Code>PermanentRedirect</Code><Region>evil.example/</Region>"
                            "</Error>";
  g_assert_false (klass->adapt (http, &request));
  request.detail = (char *) "<Error><Code>AccessDenied</Code><Region>eu-west-1</Region></Error>";
  g_assert_false (klass->adapt (http, &request));
  request.detail = NULL;
  g_assert_false (klass->adapt (http, &request));
  second = klass->make_url (http, "k");
  g_assert_cmpstr (second, ==, first);
}

/* --- Lists --- */

/* Several pages: 210 objects and as many prefixes. */
static void
test_pages (void)
{
  Place *place = make_place ("private");
  g_autoptr (AnnStore) store = open_store (place, "s3://private/x.zarr", KEY_ID, SECRET);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 210; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/private/x.zarr/many/a+ %u", place->root, i);
      g_autofree char *folder = g_strdup_printf ("%s/private/x.zarr/many/p%u", place->root, i);
      g_autofree char *below = g_build_filename (folder, "x", NULL);

      g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
      g_assert_true (
          g_file_set_contents_full (path, "abc", 3, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_true (g_file_set_contents_full (below, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }

  tell (place, "page?most=100");
  entries = _ann_store_list (store, "many", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (place, "lists"), ==, 5);
  g_assert_cmpuint (entries->len, ==, 420);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = entries->pdata[i];

      g_assert_true (g_str_has_prefix (entry->name, i < 210 ? "a+ " : "p"));
      g_assert_cmpint (entry->is_prefix, ==, i >= 210);
      g_assert_cmpuint (entry->size, ==, i < 210 ? 3 : ANN_STORE_SIZE_UNKNOWN);
      if (i > 0)
        g_assert_cmpstr (((AnnStoreEntry *) entries->pdata[i - 1])->name, <, entry->name);
    }

  place_free (place);
}

int
main (int argc, char **argv)
{
  static const StoreKind signed_kind = { "s3", make_signed_store, keep, NULL };
  static const StoreKind anonymous_kind = { "s3-bucket", make_anonymous_store, keep, NULL };
  int status;

  g_test_init (&argc, &argv, NULL);
  /* Nothing of who runs the tests. */
  credentials_file = g_strdup_printf ("%s/ann-s3-%d", g_get_tmp_dir (), (int) getpid ());
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", credentials_file, TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/dev/null", TRUE);
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
  g_unsetenv ("AWS_PROFILE");
  g_unsetenv ("AWS_REGION");
  g_unsetenv ("AWS_DEFAULT_REGION");
  g_unsetenv ("AWS_ENDPOINT_URL");
  g_unsetenv ("AWS_ENDPOINT_URL_S3");

  store_suite_add (&signed_kind);
  store_suite_add (&anonymous_kind);
  g_test_add_func ("/s3-store/keys", test_keys);
  g_test_add_func ("/s3-store/session-token", test_session_token);
  g_test_add_func ("/s3-store/renewed-token", test_renewed_token);
  g_test_add_func ("/s3-store/anonymous", test_anonymous);
  g_test_add_func ("/s3-store/bearer", test_bearer);
  g_test_add_func ("/s3-store/extra-headers", test_extra_headers);
  g_test_add_func ("/s3-store/no-bucket", test_no_bucket);
  g_test_add_func ("/s3-store/no-s3", test_no_s3);
  g_test_add_func ("/s3-store/no-list", test_no_list);
  g_test_add_func ("/s3-store/refused-list", test_refused_list);
  g_test_add_func ("/s3-store/forbidden", test_forbidden);
  g_test_add_func ("/s3-store/forbidden-among-others", test_forbidden_among_others);
  g_test_add_func ("/s3-store/region", test_region);
  g_test_add_func ("/s3-store/urls", test_urls);
  g_test_add_func ("/s3-store/redirect", test_redirect);
  g_test_add_func ("/s3-store/pages", test_pages);

  status = g_test_run ();
  g_clear_pointer (&signed_place, place_free);
  g_clear_pointer (&anonymous_place, place_free);
  g_free (credentials_file);

  return status;
}
