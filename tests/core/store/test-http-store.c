/* test-http-store.c: what lies below an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "store-suite.h"
#include "store/ann-http-client.h"
#include "store/ann-sign-in.h"

/* A folder, and the server that has it. */
typedef struct {
  char *folder;
  WebServer server;
} Place;

static Place *
place_new (const StoreObject *objects, gsize n)
{
  Place *place = g_new0 (Place, 1);

  place->folder = make_folder (objects, n);
  web_server_start (&place->server, place->folder, NULL);

  return place;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  web_server_stop (&place->server);
  remove_tree (place->folder);
  g_free (place->folder);
  g_free (place);
}

/* The store below @path of the server. */
static AnnStore *
open_store (Place *place, const char *path)
{
  g_autofree char *url = g_strconcat (place->server.url, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (url, &error);

  g_assert_no_error (error);

  return _ann_http_store_new (location);
}

static AnnStore *
make_http_store (const StoreKind *kind G_GNUC_UNUSED,
                 const StoreObject *objects,
                 gsize n,
                 gpointer *data)
{
  Place *place = place_new (objects, n);

  *data = place;

  return open_store (place, "/");
}

/* --- What is asked for --- */

typedef struct {
  Place *place;
  AnnStore *store;
} Fixture;

static const StoreObject fixture_objects[] = {
  { "a", 1000 }, { "b", 1000 }, { "big", BIG_SIZE }, { "in/x", 50 }, { "huge", 12 << 20 },
};

static void
fixture_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnHttpLimits limits = { .max_retries = 1, .idle_timeout_ms = 5000, .first_delay_ms = 4 };

  _ann_http_set_limits (&limits);
  fixture->place = place_new (fixture_objects, G_N_ELEMENTS (fixture_objects));
  fixture->store = open_store (fixture->place, "/");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->store);
  place_free (fixture->place);
}

/* Reads @n bytes of @key at @offset and compares them. */
static gboolean
read_part (AnnStore *store, const char *key, guint64 offset, gsize n, GError **error)
{
  AnnStoreRead read = { .key = key, .offset = offset, .length = n, .limit = n };
  gboolean ok = _ann_store_read (store, &read, 1, NULL, error);

  if (ok)
    check_bytes (&read, offset, n);
  g_free (read.bytes);

  return ok;
}

/* Two parts of "huge" in one call. Returns: how many requests it were, all of them right */
static gint64
count_for_two (Fixture *fixture, guint64 first, gsize first_n, guint64 second, gsize second_n)
{
  AnnStoreRead reads[] = {
    { .key = "huge", .offset = second, .length = second_n, .limit = second_n },
    { .key = "huge", .offset = first, .length = first_n, .limit = first_n },
  };
  g_autoptr (GError) error = NULL;

  web_server_reset (&fixture->place->server);
  g_assert_true (_ann_store_read (fixture->store, reads, 2, NULL, &error));
  g_assert_no_error (error);
  check_bytes (&reads[0], second, second_n);
  check_bytes (&reads[1], first, first_n);
  g_free (reads[0].bytes);
  g_free (reads[1].bytes);

  return web_server_count (&fixture->place->server, "requests");
}

static void
test_joined (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *range = NULL;
  const gsize gap = 32 * 1024;
  const gsize half = 4 << 20;

  g_assert_cmpint (count_for_two (fixture, 10, 10, 20, 10), ==, 1);
  range = web_server_dup_logged (&fixture->place->server, "ranges", 0);
  g_assert_cmpstr (range, ==, "bytes=10-29");
  g_assert_cmpint (count_for_two (fixture, 10, 100, 20, 10), ==, 1);
  g_assert_cmpint (count_for_two (fixture, 10, 10, 10, 10), ==, 1);
  g_assert_cmpint (count_for_two (fixture, 0, 10, 10 + gap, 10), ==, 1);
  g_assert_cmpint (count_for_two (fixture, 0, 10, 11 + gap, 10), ==, 2);
  g_assert_cmpint (count_for_two (fixture, 0, half, half, half), ==, 1);
  g_assert_cmpint (count_for_two (fixture, 0, half, half, half + 1), ==, 2);
}

/* Objects are not joined, nor an end of unknown place with what may be part of it. */
static void
test_not_joined (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnStoreRead reads[] = {
    { .key = "a", .length = 10, .limit = 10 },
    { .key = "b", .offset = 10, .length = 10, .limit = 10 },
    { .key = "b", .length = 8, .is_suffix = TRUE, .limit = 8 },
    { .key = "a", .offset = 10, .length = ANN_STORE_SIZE_UNKNOWN, .limit = 1000 },
  };

  g_assert_true (_ann_store_read (fixture->store, reads, G_N_ELEMENTS (reads), NULL, NULL));
  check_bytes (&reads[0], 0, 10);
  check_bytes (&reads[1], 10, 10);
  check_bytes (&reads[2], 992, 8);
  check_bytes (&reads[3], 10, 990);
  g_assert_cmpint (web_server_count (&fixture->place->server, "requests"), ==, 4);
  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_assert_cmpuint (reads[i].object_size, ==, 1000);
      g_free (reads[i].bytes);
    }
}

/* Nothing is asked for, which is a question too: is the object there? */
static void
test_no_bytes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnStoreRead reads[] = {
    { .key = "a", .offset = 5 },
    { .key = "b", .is_suffix = TRUE },
    { .key = "none" },
  };

  g_assert_true (_ann_store_read (fixture->store, reads, G_N_ELEMENTS (reads), NULL, NULL));
  check_bytes (&reads[0], 0, 0);
  check_bytes (&reads[1], 0, 0);
  g_assert_true (reads[2].is_absent);
  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    g_free (reads[i].bytes);
}

/* --- Addresses --- */

/* A query belongs to all that lies below, and is never shown. */
static void
test_query (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) folder = open_store (fixture->place, "/in?signature=SECRET");
  g_autoptr (AnnStore) file = open_store (fixture->place, "/in/x?signature=SECRET");
  AnnStoreRead none = { .key = "y", .length = 1, .limit = 1 };
  AnnStoreRead read = { .key = "", .length = 50, .limit = 50 };
  g_autoptr (GError) error = NULL;

  g_assert_null (strstr (_ann_store_get_name (folder), "SECRET"));
  g_assert_true (_ann_store_read (folder, &none, 1, NULL, NULL));
  g_assert_true (none.is_absent);
  g_assert_true (_ann_store_read (file, &read, 1, NULL, NULL));
  g_assert_cmpuint (read.n_bytes, ==, 50);
  g_free (read.bytes);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = web_server_dup_logged (&fixture->place->server, "paths", i);
      g_autofree char *query = web_server_dup_logged (&fixture->place->server, "queries", i);

      g_assert_cmpstr (path, ==, i == 0 ? "/in/y" : "/in/x");
      g_assert_cmpstr (query, ==, "signature=SECRET");
    }

  web_server_fault (&fixture->place->server, "status=403");
  read = (AnnStoreRead){ .key = "", .length = 50, .limit = 50 };
  g_assert_false (_ann_store_read (file, &read, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_cmpstr (error->message, ==, "The server does not allow to read it (403)");
}

static void
test_sign_in (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnLocation) location = ann_location_parse (fixture->place->server.url, NULL);
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_bearer ("TOKEN");
  g_autofree char *without = NULL;
  g_autofree char *with = NULL;
  g_autoptr (AnnStore) store = NULL;

  ann_sign_in_set (location, sign_in);
  store = open_store (fixture->place, "/");
  ann_sign_in_set (location, NULL);

  g_assert_true (read_part (fixture->store, "a", 0, 1, NULL));
  g_assert_true (read_part (store, "a", 0, 1, NULL));
  without = web_server_dup_header (&fixture->place->server, 0, "authorization");
  with = web_server_dup_header (&fixture->place->server, 1, "authorization");
  g_assert_null (without);
  g_assert_cmpstr (with, ==, "Bearer TOKEN");
}

/* What the user adds is sent to the place itself, and not where it leads to. */
static void
test_extra_headers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnLocation) location = ann_location_parse (fixture->place->server.url, NULL);
  g_autoptr (AnnSignIn) token = ann_sign_in_new_bearer ("TOKEN");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_with_extras (token, "X-Lab: one\nx-key: t w o",
                                                               NULL, NULL);
  const char *names[] = { "authorization", "x-lab", "x-key" };
  const char *values[] = { "Bearer TOKEN", "one", "t w o" };
  g_autoptr (AnnStore) store = NULL;
  g_autofree char *fault = NULL;
  WebServer elsewhere;

  ann_sign_in_set (location, sign_in);
  store = open_store (fixture->place, "/");
  ann_sign_in_set (location, NULL);
  web_server_start (&elsewhere, fixture->place->folder, NULL);

  g_assert_true (read_part (store, "a", 0, 1, NULL));
  fault = g_strdup_printf ("redirect=%s/a", elsewhere.url);
  web_server_fault (&fixture->place->server, fault);
  g_assert_true (read_part (store, "a", 1, 1, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *first = web_server_dup_header (&fixture->place->server, 0, names[i]);
      g_autofree char *second = web_server_dup_header (&fixture->place->server, 1, names[i]);
      g_autofree char *there = web_server_dup_header (&elsewhere, 0, names[i]);

      g_assert_cmpstr (first, ==, values[i]);
      g_assert_cmpstr (second, ==, values[i]);
      g_assert_null (there);
    }
  web_server_stop (&elsewhere);
}

/* A file of certificates is for the stores of its host, and for no other request. */
static void
test_certificates (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *program = g_find_program_in_path ("openssl");
  g_autofree char *pem = NULL;
  g_autoptr (AnnLocation) location = NULL;
  g_autoptr (AnnSignIn) sign_in = NULL;
  g_autoptr (AnnStore) untrusted = NULL;
  g_autoptr (AnnStore) trusted = NULL;
  g_autoptr (GError) error = NULL;
  WebServer server;

  if (program == NULL)
    {
      g_test_skip ("there is no openssl to make certificates with");
      return;
    }
  pem = web_server_make_certificate (fixture->place->folder, "IP:127.0.0.1");
  web_server_start (&server, fixture->place->folder, pem);
  location = ann_location_parse (server.url, NULL);
  sign_in = ann_sign_in_new_with_extras (NULL, NULL, pem, NULL);

  untrusted = _ann_http_store_new (location);
  ann_sign_in_set (location, sign_in);
  trusted = _ann_http_store_new (location);
  ann_sign_in_set (location, NULL);

  g_assert_true (read_part (trusted, "a", 0, 1, &error));
  g_assert_no_error (error);
  g_assert_false (read_part (untrusted, "a", 0, 1, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  web_server_stop (&server);
  g_assert_no_errno (g_unlink (pem));
}

/* --- Errors --- */

static void
test_errors (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const struct {
    const char *fault;
    GQuark domain;
    int code;
  } cases[] = {
    { "status=401", ANN_ERROR, ANN_ERROR_DENIED },
    { "status=403", ANN_ERROR, ANN_ERROR_DENIED },
    { "status=400", G_IO_ERROR, G_IO_ERROR_FAILED },
    { "status=302", G_IO_ERROR, G_IO_ERROR_INVALID_DATA },
    { "status=500&n=0", G_IO_ERROR, G_IO_ERROR_BUSY },
    { "status=503&n=0", G_IO_ERROR, G_IO_ERROR_BUSY },
    { "status=429&n=0", G_IO_ERROR, G_IO_ERROR_BUSY },
    { "cut=5&n=0", G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED },
    { "shift=1", G_IO_ERROR, G_IO_ERROR_INVALID_DATA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      web_server_reset (&fixture->place->server);
      web_server_fault (&fixture->place->server, cases[i].fault);
      g_assert_false (read_part (fixture->store, "in/x", 5, 20, &error));
      g_test_message ("%s: %s", cases[i].fault, error->message);
      g_assert_error (error, cases[i].domain, cases[i].code);
      g_assert_nonnull (strstr (error->message, "in/x"));

      /* and nothing of it stays */
      web_server_reset (&fixture->place->server);
      g_assert_true (read_part (fixture->store, "in/x", 5, 20, NULL));
    }
}

/* What the place says is not there is no error: nothing else is. */
static void
test_absent (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnStoreRead read = { .key = "a", .length = 10, .limit = 10 };

  web_server_fault (&fixture->place->server, "status=410");
  g_assert_true (_ann_store_read (fixture->store, &read, 1, NULL, NULL));
  g_assert_true (read.is_absent);
}

/* One of many fails: the n-th, for every n. */
static void
test_nth_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const guint n = 20;

  for (guint nth = 0; nth < n; nth++)
    {
      g_autofree AnnStoreRead *reads = g_new0 (AnnStoreRead, n);
      g_autofree char *fault = g_strdup_printf ("status=403&skip=%u", nth);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        reads[i] = (AnnStoreRead){ .key = "huge", .offset = i * 100000, .length = 9, .limit = 9 };
      web_server_reset (&fixture->place->server);
      web_server_fault (&fixture->place->server, fault);
      g_assert_false (_ann_store_read (fixture->store, reads, n, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
      for (guint i = 0; i < n; i++)
        g_free (reads[i].bytes);
    }
}

/* --- Changes --- */

static void
check_changed (AnnStore *store, const char *key)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (read_part (store, key, 100, 10, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, key));
}

static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) anew = NULL;

  g_assert_true (read_part (fixture->store, "a", 0, 10, NULL));
  g_assert_true (read_part (fixture->store, "a", 100, 10, NULL));
  g_free (web_server_tell (&fixture->place->server, "touch?path=/a"));
  check_changed (fixture->store, "a");
  check_changed (fixture->store, "a");
  g_assert_true (read_part (fixture->store, "b", 0, 10, NULL));
  anew = open_store (fixture->place, "/");
  g_assert_true (read_part (anew, "a", 0, 10, NULL));
}

static void
test_gone (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (read_part (fixture->store, "a", 0, 10, NULL));
  web_server_fault (&fixture->place->server, "status=404");
  check_changed (fixture->store, "a");
}

/* Between two parts of one call. */
static void
test_changed_meanwhile (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnStoreRead reads[] = {
    { .key = "big", .length = 10, .limit = 10 },
    { .key = "big", .offset = 200000, .length = 10, .limit = 10 },
  };
  g_autoptr (GError) error = NULL;

  web_server_fault (&fixture->place->server, "weak&skip=1");
  g_assert_false (_ann_store_read (fixture->store, reads, 2, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
  g_free (reads[0].bytes);
  g_free (reads[1].bytes);
}

/* Where nothing but the size is known, that is what counts. */
static void
test_no_etag (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->place->folder, "a", NULL);

  web_server_fault (&fixture->place->server, "no-etag&n=0");
  g_assert_true (read_part (fixture->store, "a", 0, 10, NULL));
  g_assert_true (read_part (fixture->store, "a", 100, 10, NULL));
  g_assert_true (g_file_set_contents (path, "short", 5, NULL));
  {
    AnnStoreRead read = { .key = "a", .length = 5, .limit = 5 };
    g_autoptr (GError) error = NULL;

    g_assert_false (_ann_store_read (fixture->store, &read, 1, NULL, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
    g_free (read.bytes);
  }
}

int
main (int argc, char **argv)
{
  static const StoreKind kind = { .name = "http", .make = make_http_store, .clean = place_free };

  g_test_init (&argc, &argv, NULL);
  store_suite_add (&kind);

#define ADD(name, test)                                                                            \
  g_test_add ("/store/http/" name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("joined", test_joined);
  ADD ("not-joined", test_not_joined);
  ADD ("no-bytes", test_no_bytes);
  ADD ("query", test_query);
  ADD ("sign-in", test_sign_in);
  ADD ("extra-headers", test_extra_headers);
  ADD ("certificates", test_certificates);
  ADD ("errors", test_errors);
  ADD ("gone-for-good", test_absent);
  ADD ("nth-fails", test_nth_fails);
  ADD ("changed", test_changed);
  ADD ("gone", test_gone);
  ADD ("changed-meanwhile", test_changed_meanwhile);
  ADD ("no-etag", test_no_etag);
#undef ADD

  return g_test_run ();
}
