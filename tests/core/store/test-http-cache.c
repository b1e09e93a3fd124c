/* test-http-cache.c: what the cache on disk saves of requests, and that it never hides a change
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "store-suite.h"
#include "store/ann-disk-cache.h"
#include "store/ann-http-client.h"

#define MIB ((guint64) 1 << 20)

typedef struct {
  char *folder;
  WebServer server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = make_folder (store_objects, G_N_ELEMENTS (store_objects));
  web_server_start (&fixture->server, fixture->folder, NULL);
  ann_disk_cache_set_limit (64 * MIB);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  ann_disk_cache_set_limit (0);
  web_server_stop (&fixture->server);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Knows nothing of what other stores have read, as in another process. */
static AnnStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (fixture->server.url, &error);

  g_assert_no_error (error);

  return _ann_http_store_new (location);
}

/* Reads the parts, which are right, by so many requests; of bytes come what was not kept. */
static void
check_reads (Fixture *fixture, AnnStore *store, gsize n, gint64 n_requests, guint64 n_bytes)
{
  guint8 room[100];
  AnnStoreRead reads[] = {
    { .key = "big", .length = 1000, .limit = 1000 },
    { .key = "big", .offset = 100000, .length = sizeof room, .bytes = room },
    { .key = "big", .length = 500, .is_suffix = TRUE, .limit = 500 },
    { .key = "zarr.json", .length = ANN_STORE_SIZE_UNKNOWN, .limit = 1000 },
  };
  g_autoptr (GError) error = NULL;
  AnnTrafficStats before, after;
  gint64 n_before = web_server_count (&fixture->server, "requests");

  ann_traffic_get_stats (_ann_store_get_traffic (store), &before);
  g_assert_true (_ann_store_read (store, reads, n, NULL, &error));
  g_assert_no_error (error);
  ann_traffic_get_stats (_ann_store_get_traffic (store), &after);

  g_assert_cmpint (web_server_count (&fixture->server, "requests") - n_before, ==, n_requests);
  g_assert_cmpint (after.n_bytes - before.n_bytes, ==, n_bytes);
  for (gsize i = 0; i < n; i++)
    {
      gsize start = reads[i].is_suffix ? BIG_SIZE - 500 : reads[i].offset;

      check_bytes (&reads[i], start, i == 3 ? 120 : reads[i].length);
      g_assert_cmpuint (reads[i].object_size, ==, i == 3 ? 120 : BIG_SIZE);
      if (i != 1)
        g_free (reads[i].bytes);
    }
  g_assert_true (reads[1].bytes == room);
}

static void
touch (Fixture *fixture, const char *key)
{
  g_free (web_server_tell (&fixture->server, "touch?path=/%s", key));
}

static void
test_again (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) first = open_store (fixture);
  g_autoptr (AnnStore) second = open_store (fixture);
  AnnTrafficStats stats;

  check_reads (fixture, first, 4, 4, 1720);

  /* Of each object it is asked once whether it is the same. */
  check_reads (fixture, second, 4, 2, 0);
  ann_traffic_get_stats (_ann_store_get_traffic (second), &stats);
  g_assert_cmpuint (stats.n_cached, ==, 4);

  /* Then it is known what they are. */
  check_reads (fixture, second, 4, 0, 0);
  check_reads (fixture, first, 4, 0, 0);
}

static void
test_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) first = open_store (fixture);

  ann_disk_cache_set_limit (0);
  check_reads (fixture, first, 4, 4, 1720);
  check_reads (fixture, first, 4, 4, 1720);
  ann_disk_cache_set_limit (64 * MIB);
  check_reads (fixture, first, 4, 4, 1720);
}

/* A new ETag, and also new bytes: what was kept is nothing worth, for stores that begin. */
static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "X/c/0/0", NULL);
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (AnnStore) first = open_store (fixture);
  g_autoptr (AnnStore) second = open_store (fixture);
  g_autoptr (AnnStore) third = open_store (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  AnnStoreRead read = { .key = "big", .offset = 50, .length = 7, .limit = 7 };

  check_reads (fixture, first, 4, 4, 1720);
  bytes = _ann_store_read_object (first, "X/c/0/0", 1000, NULL, &error);
  g_assert_no_error (error);
  touch (fixture, "big");
  touch (fixture, "X/c/0/0");
  g_assert_true (g_file_set_contents (path, text, 1000, NULL));

  /* Three of "big" are asked for anew, one of which asked whether it must; the other object not. */
  check_reads (fixture, second, 4, 4, 1600);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = _ann_store_read_object (second, "X/c/0/0", 1000, NULL, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, 1000);
  check_reads (fixture, third, 4, 2, 0);

  /* Who knows the old one is told. */
  g_assert_false (_ann_store_read (first, &read, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
  g_free (read.bytes);
}

/* Without an ETag nobody could tell whether it is the same. */
static void
test_no_etag (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) first = open_store (fixture);
  g_autoptr (AnnStore) second = open_store (fixture);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      web_server_reset (&fixture->server);
      web_server_fault (&fixture->server, "no-etag&n=0");
      bytes = _ann_store_read_object (i == 0 ? first : second, "zarr.json", 1000, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (web_server_count (&fixture->server, "bytes"), ==, 120);
    }
}

/* What is absent is asked for again: it may be there now. */
static void
test_absent (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "zarr.json", NULL);
  g_autoptr (AnnStore) first = open_store (fixture);
  g_autoptr (AnnStore) second = open_store (fixture);
  g_autoptr (AnnStore) third = open_store (fixture);
  g_autoptr (GError) error = NULL;
  AnnStoreRead read = { .key = "zarr.json", .length = 1000, .limit = 1000 };

  check_reads (fixture, first, 4, 4, 1720);
  g_assert_no_errno (g_unlink (path));
  g_assert_true (_ann_store_read (second, &read, 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (read.is_absent);
  g_clear_pointer (&read.bytes, g_free);

  g_assert_true (g_file_set_contents (path, "new", 3, NULL));
  g_assert_true (_ann_store_read (third, &read, 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (read.bytes, read.n_bytes, "new", 3);
  g_free (read.bytes);
}

/* A server that says no more than that is an error, also where something was kept. */
static void
test_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnHttpLimits limits = { .max_retries = 1, .first_delay_ms = 1 };
  g_autoptr (AnnStore) first = open_store (fixture);
  g_autoptr (AnnStore) second = open_store (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  check_reads (fixture, first, 4, 4, 1720);
  _ann_http_set_limits (&limits);
  web_server_fault (&fixture->server, "status=403&n=0");
  bytes = _ann_store_read_object (second, "zarr.json", 1000, NULL, &error);
  g_assert_null (bytes);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
}

static AnnStore *
make_cached_store (const StoreKind *kind G_GNUC_UNUSED,
                   const StoreObject *objects,
                   gsize n,
                   gpointer *data)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  g_assert_true (objects == store_objects && n == G_N_ELEMENTS (store_objects));
  set_up (fixture, NULL);
  *data = fixture;

  return open_store (fixture);
}

static void
clean_cached_store (gpointer data)
{
  tear_down (data, NULL);
  g_free (data);
}

int
main (int argc, char **argv)
{
  static const StoreKind kind = { "http-cache", make_cached_store, clean_cached_store, NULL };
  g_autofree char *folder = g_dir_make_tmp ("ann-http-cache-XXXXXX", NULL);
  int result;

  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  store_suite_add (&kind);
#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)
  ADD ("/http-cache/again", test_again);
  ADD ("/http-cache/off", test_off);
  ADD ("/http-cache/changed", test_changed);
  ADD ("/http-cache/no-etag", test_no_etag);
  ADD ("/http-cache/absent", test_absent);
  ADD ("/http-cache/down", test_down);
#undef ADD
  result = g_test_run ();
  remove_tree (folder);

  return result;
}
