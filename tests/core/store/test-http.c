/* test-http.c: requests over HTTP, to a server that misbehaves on command
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "store/ann-http-client.h"

#include <glib/gstdio.h>

#define FILE_SIZE 1000
#define BIG_SIZE (3 << 20)
#define RETRIES 2

/* Short, so that what would hang ends soon; not so short that a busy machine fails. */
static const AnnHttpLimits short_limits = {
  .max_retries = RETRIES,
  .connect_timeout_ms = 20000,
  .idle_timeout_ms = 1000,
  .first_delay_ms = 4,
};
static const AnnHttpLimits patient_limits = { .first_delay_ms = 4 };

typedef struct {
  char *folder;
  WebServer server;
  AnnTraffic *traffic;
} Fixture;

static guint8
get_byte (guint64 i)
{
  return (guint8) (i * 7 + i / 251);
}

static void
write_file (const char *folder, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree guint8 *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = get_byte (i);
  g_assert_true (g_file_set_contents (path, (char *) bytes, (gssize) size, NULL));
}

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_no_errno (g_unlink (path));
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("ann-http-XXXXXX", NULL);
  write_file (fixture->folder, "file", FILE_SIZE);
  write_file (fixture->folder, "big", BIG_SIZE);
  web_server_start (&fixture->server, fixture->folder, NULL);
  fixture->traffic = ann_traffic_new ();
  _ann_http_set_limits (&short_limits);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnTrafficStats stats;

  ann_traffic_get_stats (fixture->traffic, &stats);
  g_assert_cmpuint (stats.n_waiting, ==, 0);
  ann_traffic_unref (fixture->traffic);
  web_server_stop (&fixture->server);
  remove_file (fixture->folder, "file");
  remove_file (fixture->folder, "big");
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
}

static guint64
count_requests (Fixture *fixture)
{
  AnnTrafficStats stats;

  ann_traffic_get_stats (fixture->traffic, &stats);

  return stats.n_requests;
}

/* One GET of @path, which may have a query. The request is for finish (). */
static AnnHttpRequest
get (Fixture *fixture, const char *path, const char *range, gsize limit)
{
  AnnHttpRequest request = { .range = range, .limit = limit };
  g_autoptr (GError) error = NULL;

  request.url = g_strconcat (fixture->server.url, path, NULL);
  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, &error));
  g_assert_no_error (error);

  return request;
}

static void
finish (AnnHttpRequest *request)
{
  g_free ((char *) request->url);
  g_free (request->bytes);
  _ann_http_request_clear (request);
}

static void
check_bytes (const AnnHttpRequest *request, guint64 first, gsize n)
{
  g_assert_no_error (request->error);
  g_assert_true (request->status == 200 || request->status == 206);
  g_assert_cmpuint (request->n_bytes, ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (request->bytes[i], ==, get_byte (first + i));
}

static void
test_whole (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHttpRequest request = get (fixture, "/file", NULL, FILE_SIZE);
  g_autofree char *agent = web_server_dup_header (&fixture->server, 0, "user-agent");
  g_autofree char *encoding = web_server_dup_header (&fixture->server, 0, "accept-encoding");
  AnnTrafficStats stats;

  check_bytes (&request, 0, FILE_SIZE);
  g_assert_cmpuint (request.status, ==, 200);
  g_assert_cmpuint (request.object_size, ==, FILE_SIZE);
  g_assert_cmpstr (request.etag, ==, "\"3e8-0\"");
  g_assert_cmpstr (request.modified, ==, "Tue, 14 Nov 2023 22:13:20 GMT");
  g_assert_null (request.detail);
  finish (&request);

  g_assert_true (g_str_has_prefix (agent, "AnnBrowser/"));
  g_assert_cmpstr (encoding, ==, "identity");
  ann_traffic_get_stats (fixture->traffic, &stats);
  g_assert_cmpuint (stats.n_requests, ==, 1);
  g_assert_cmpuint (stats.n_retries, ==, 0);
  g_assert_cmpuint (stats.n_bytes, ==, FILE_SIZE);
}

static void
test_ranges (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *range;
    guint64 first;
    gsize n;
  } ranges[] = {
    { "bytes=0-0", 0, 1 },     { "bytes=10-19", 10, 10 }, { "bytes=990-2000", 990, 10 },
    { "bytes=990-", 990, 10 }, { "bytes=-8", 992, 8 },    { "bytes=-2000", 0, 1000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      AnnHttpRequest request = get (fixture, "/file", ranges[i].range, ranges[i].n);

      check_bytes (&request, ranges[i].first, ranges[i].n);
      g_assert_cmpuint (request.status, ==, 206);
      g_assert_cmpuint (request.object_size, ==, FILE_SIZE);
      finish (&request);
    }
}

static void
test_own_memory (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint8 bytes[10];
  g_autofree char *url = g_strconcat (fixture->server.url, "/big", NULL);
  AnnHttpRequest request = {
    .url = url, .range = "bytes=1000000-1000009", .bytes = bytes, .limit = sizeof bytes
  };

  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  check_bytes (&request, 1000000, 10);
  g_assert_true (request.bytes == bytes);
  _ann_http_request_clear (&request);
}

static void
test_statuses (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHttpRequest request = get (fixture, "/none", NULL, 100);

  g_assert_no_error (request.error);
  g_assert_cmpuint (request.status, ==, 404);
  g_assert_cmpuint (request.n_bytes, ==, 0);
  g_assert_cmpstr (request.detail, ==, "<html>There is nothing here</html>\n");
  finish (&request);

  request = get (fixture, "/file", "bytes=1000-1009", 10);
  g_assert_cmpuint (request.status, ==, 416);
  g_assert_cmpuint (request.n_bytes, ==, 0);
  g_assert_cmpuint (request.object_size, ==, FILE_SIZE);
  finish (&request);

  request = (AnnHttpRequest){ .if_none_match = "\"3e8-0\"", .limit = FILE_SIZE };
  request.url = g_strconcat (fixture->server.url, "/file", NULL);
  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  g_assert_cmpuint (request.status, ==, 304);
  finish (&request);
}

static void
test_limit (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHttpRequest request = get (fixture, "/big", NULL, BIG_SIZE - 1);

  /* refused before any of it is read */
  g_assert_error (request.error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_null (request.bytes);
  finish (&request);

  request = get (fixture, "/big", "bytes=5-", 100);
  g_assert_error (request.error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_null (request.bytes);
  finish (&request);

  web_server_fault (&fixture->server, "whole-unknown&n=2");
  request = get (fixture, "/big", NULL, 100000);
  g_assert_error (request.error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_cmpuint (request.n_bytes, <=, 100000);
  finish (&request);

  request = get (fixture, "/big", NULL, BIG_SIZE);
  check_bytes (&request, 0, BIG_SIZE);
  g_assert_cmpuint (request.object_size, ==, ANN_STORE_SIZE_UNKNOWN);
  finish (&request);
  g_assert_cmpuint (count_requests (fixture), ==, 4);
}

/* @n requests for one byte each, the i-th for that at i. */
static AnnHttpRequest *
make_requests (Fixture *fixture, const char *path, gsize n)
{
  AnnHttpRequest *requests = g_new0 (AnnHttpRequest, n);

  for (gsize i = 0; i < n; i++)
    {
      requests[i].url = g_strconcat (fixture->server.url, path, NULL);
      requests[i].range = g_strdup_printf ("bytes=%" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT, i, i);
      requests[i].limit = 1;
    }

  return requests;
}

static void
free_requests (AnnHttpRequest *requests, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_free ((char *) requests[i].range);
      finish (&requests[i]);
    }
  g_free (requests);
}

static void
perform_many (Fixture *fixture, gsize n)
{
  AnnHttpRequest *requests = make_requests (fixture, "/file", n);

  g_assert_true (_ann_http_perform (requests, n, fixture->traffic, NULL, NULL));
  for (gsize i = 0; i < n; i++)
    check_bytes (&requests[i], i, 1);
  free_requests (requests, n);
}

/* --- Faults --- */

/* @n_requests: in all; @code: of G_IO_ERROR unless said otherwise, or -1: the bytes are right */
typedef struct {
  const char *fault;
  const char *path;
  const char *range;
  guint n_requests;
  int code;
} Fault;

#define FINE -1
#define UNSUPPORTED -2 /* of ANN_ERROR */

static const Fault faults[] = {
  { "status=500", "/file", "bytes=10-19", 2, FINE },
  { "status=502", "/file", "bytes=10-19", 2, FINE },
  { "status=503&after=0", "/file", "bytes=10-19", 2, FINE },
  { "status=504", "/file", NULL, 2, FINE },
  { "status=429", "/file", NULL, 2, FINE },
  { "status=408", "/file", NULL, 2, FINE },
  { "status=503&n=2", "/file", "bytes=10-19", 3, FINE },
  /* libcurl itself repeats what is cut on a connection that had been used before */
  { "cut=-1&n=2", "/file", "bytes=10-19", 2, FINE },
  { "cut=-1&n=0", "/file", "bytes=10-19", 3, G_IO_ERROR_CONNECTION_CLOSED },
  { "cut=0", "/file", NULL, 2, FINE },
  { "cut=5", "/file", "bytes=10-19", 2, FINE },
  { "cut=5&n=2", "/file", NULL, 3, FINE },
  { "cut=5&n=0", "/file", NULL, 3, G_IO_ERROR_CONNECTION_CLOSED },
  { "cut=2000000", "/big", NULL, 2, FINE },
  { "cut-unknown=5", "/file", "bytes=10-19", 2, FINE },
  { "cut-unknown=5&n=0", "/file", "bytes=10-19", 3, G_IO_ERROR_CONNECTION_CLOSED },
  { "short=5", "/file", "bytes=10-19", 2, FINE },
  { "short=5&n=0", "/file", "bytes=10-19", 3, G_IO_ERROR_CONNECTION_CLOSED },
  { "stall=5", "/file", "bytes=10-19", 2, FINE },
  { "stall=5&n=0", "/file", "bytes=10-19", 2, G_IO_ERROR_TIMED_OUT },
  { "silent", "/file", NULL, 2, FINE },
  { "silent&n=0", "/file", NULL, 2, G_IO_ERROR_TIMED_OUT },
  { "slow=1", "/file", NULL, 1, FINE },
  { "whole", "/file", "bytes=10-19", 1, FINE },
  { "whole", "/file", "bytes=990-1009", 1, FINE },
  { "whole", "/file", "bytes=10-", 1, FINE },
  { "whole", "/file", "bytes=-10", 1, FINE },
  { "whole", "/big", "bytes=1048576-1048585", 1, FINE },
  { "whole", "/big", "bytes=1048577-1048586", 1, UNSUPPORTED },
  { "whole", "/big", "bytes=-10", 1, UNSUPPORTED },
  { "whole-unknown", "/file", "bytes=10-19", 1, FINE },
  { "whole-unknown", "/file", "bytes=-10", 1, UNSUPPORTED },
  { "shift=5", "/file", "bytes=10-19", 1, G_IO_ERROR_INVALID_DATA },
  { "shift=5", "/file", "bytes=-10", 1, G_IO_ERROR_INVALID_DATA },
  { "less=5", "/file", "bytes=10-19", 1, G_IO_ERROR_INVALID_DATA },
  { "less=5", "/file", "bytes=-10", 1, G_IO_ERROR_INVALID_DATA },
  { "no-range", "/file", "bytes=10-19", 1, G_IO_ERROR_INVALID_DATA },
  { "encoded", "/file", "bytes=10-19", 1, UNSUPPORTED },
  { "redirect=/file", "/none", "bytes=10-19", 2, FINE },
  { "redirect=self&n=8", "/file", "bytes=10-19", 9, FINE },
  { "redirect=self&n=0", "/file", "bytes=10-19", 9, G_IO_ERROR_INVALID_DATA },
  { "redirect=ftp://127.0.0.1/file", "/file", NULL, 1, G_IO_ERROR_INVALID_DATA },
  { "redirect=file:///etc/passwd", "/file", NULL, 1, G_IO_ERROR_INVALID_DATA },
  { "headers", "/file", NULL, 1, G_IO_ERROR_INVALID_DATA },
  { "garbage", "/file", NULL, 1, G_IO_ERROR_INVALID_DATA },
};

/* What is to come of @fault when all goes well. */
static void
check_fault_bytes (const Fault *fault, const AnnHttpRequest *request)
{
  guint64 size = g_str_equal (fault->path, "/big") ? BIG_SIZE : FILE_SIZE;
  guint64 first = 0;
  guint64 last = size - 1;

  if (fault->range != NULL && fault->range[6] == '-')
    first = size - g_ascii_strtoull (fault->range + 7, NULL, 10);
  else if (fault->range != NULL)
    {
      first = g_ascii_strtoull (fault->range + 6, NULL, 10);
      if (strchr (fault->range, '-')[1] != '\0')
        last = MIN (last, g_ascii_strtoull (strchr (fault->range, '-') + 1, NULL, 10));
    }
  check_bytes (request, first, last - first + 1);
}

static void
test_faults (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      const Fault *fault = &faults[i];
      g_autofree char *path = g_strconcat (fault->path, "?X-Amz-Signature=SECRET", NULL);
      guint64 before = count_requests (fixture);
      AnnHttpRequest request;

      g_test_message ("%s, %s of %s", fault->fault, fault->range, fault->path);
      web_server_reset (&fixture->server);
      web_server_fault (&fixture->server, fault->fault);
      request = get (fixture, path, fault->range, BIG_SIZE);
      g_assert_cmpuint (count_requests (fixture) - before, ==, fault->n_requests);

      if (fault->code == FINE)
        {
          check_fault_bytes (fault, &request);
        }
      else
        {
          g_assert_nonnull (request.error);
          g_test_message ("says: %s", request.error->message);
          if (fault->code == UNSUPPORTED)
            g_assert_error (request.error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
          else
            g_assert_error (request.error, G_IO_ERROR, fault->code);
          if (fault->code == G_IO_ERROR_TIMED_OUT) /* as long as it took */
            g_assert_nonnull (strstr (request.error->message, "sent nothing for 2 times 1 s"));
          g_assert_null (strchr (request.error->message, '?'));
          g_assert_null (strstr (request.error->message, "SECRET"));
          g_assert_true (ann_http_error_is_passing (request.error)
                         == (fault->code == G_IO_ERROR_CONNECTION_CLOSED
                             || fault->code == G_IO_ERROR_TIMED_OUT));
        }
      finish (&request);
    }
}

/* Of a whole object that comes instead of a part no more is read than that. */
static void
test_stops_reading (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHttpRequest request;
  AnnTrafficStats stats;

  web_server_fault (&fixture->server, "whole");
  request = get (fixture, "/big", "bytes=10-19", 10);
  check_bytes (&request, 10, 10);
  finish (&request);
  ann_traffic_get_stats (fixture->traffic, &stats);
  g_assert_cmpuint (stats.n_bytes, <, BIG_SIZE / 2);
}

/* What a server in trouble says to the last is the answer. What it says for good is not repeated.
 */
static void
test_last_status (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    guint status;
    guint n_requests;
  } cases[] = {
    { 500, 3 }, { 429, 3 }, { 503, 3 }, { 400, 1 }, { 401, 1 },
    { 403, 1 }, { 404, 1 }, { 410, 1 }, { 412, 1 }, { 501, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 before = count_requests (fixture);
      g_autofree char *fault = g_strdup_printf ("status=%u&n=0", cases[i].status);
      AnnHttpRequest request;

      web_server_reset (&fixture->server);
      web_server_fault (&fixture->server, fault);
      request = get (fixture, "/file", NULL, FILE_SIZE);
      g_assert_no_error (request.error);
      g_assert_cmpuint (request.status, ==, cases[i].status);
      g_assert_cmpstr (request.detail, ==, "<Error><Code>Trouble</Code></Error>");
      g_assert_cmpuint (count_requests (fixture) - before, ==, cases[i].n_requests);
      finish (&request);
    }
}

static void
test_retry_after (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint64 start = g_get_monotonic_time ();
  AnnHttpRequest request;

  web_server_fault (&fixture->server, "status=503&after=1");
  request = get (fixture, "/file", NULL, FILE_SIZE);
  check_bytes (&request, 0, FILE_SIZE);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC);
  finish (&request);

  /* that long nobody waits */
  web_server_reset (&fixture->server);
  web_server_fault (&fixture->server, "status=503&after=31");
  request = get (fixture, "/file", NULL, FILE_SIZE);
  g_assert_cmpuint (request.status, ==, 503);
  finish (&request);
}

/* Where one redirect led, the next requests go at once; until that is no longer right. */
static void
test_shortcut (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *fault; /* before it */
    const char *paths[3];
  } steps[] = {
    { "redirect=/file&path=/moved", { "/moved", "/file" } },
    { NULL, { "/file" } },
    { "status=403&path=/file", { "/file", "/moved" } }, /* which is not redirected now */
    { "redirect=/file&path=/moved", { "/moved", "/file" } },
    { "stall=5&path=/file", { "/file", "/moved" } },
    { NULL, { "/moved" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      AnnHttpRequest request;

      web_server_reset (&fixture->server);
      if (steps[i].fault != NULL)
        web_server_fault (&fixture->server, steps[i].fault);
      request = get (fixture, "/moved", "bytes=10-19", 10);
      if (i == 0 || i == 1 || i == 3)
        check_bytes (&request, 10, 10);
      else
        g_assert_cmpuint (request.status, ==, 404);
      finish (&request);
      for (guint j = 0; j < 3 && steps[i].paths[j] != NULL; j++)
        {
          g_autofree char *path = web_server_dup_logged (&fixture->server, "paths", j);

          g_assert_cmpstr (path, ==, steps[i].paths[j]);
        }
    }
}

/* After a connection has failed the others that are kept are not trusted. */
static void
test_new_connection (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHttpRequest request;

  g_free (web_server_tell (&fixture->server, "delay?ms=100"));
  perform_many (fixture, 3);
  web_server_reset (&fixture->server);
  web_server_fault (&fixture->server, "stall=5");
  request = get (fixture, "/file", NULL, FILE_SIZE);
  check_bytes (&request, 0, FILE_SIZE);
  finish (&request);
  g_assert_cmpint (web_server_count (&fixture->server, "connections"), ==, 1);
}

/* --- No server at all --- */

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = g_strdup (fixture->server.url);
  AnnHttpRequest request = { .url = url, .limit = 10 };

  web_server_stop (&fixture->server);
  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  g_assert_error (request.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_true (ann_http_error_is_passing (request.error));
  g_assert_nonnull (strstr (request.error->message, strstr (url, "127.0.0.1:")));
  g_assert_cmpuint (count_requests (fixture), ==, 1 + RETRIES);
  _ann_http_request_clear (&request);
  web_server_start (&fixture->server, fixture->folder, NULL);
}

/* Which proxy there is stands in the environment, which is set before there are threads. */
static void
check_proxy (const char *proxy, const char *url, const char *words)
{
  AnnTraffic *traffic = ann_traffic_new ();
  AnnHttpRequest request = { .url = url, .limit = 10 };

  g_setenv ("http_proxy", proxy, TRUE);
  g_setenv ("https_proxy", proxy, TRUE);
  g_setenv ("no_proxy", "localhost", TRUE);
  _ann_http_set_limits (&short_limits);
  g_assert_true (_ann_http_perform (&request, 1, traffic, NULL, NULL));
  g_assert_error (request.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_true (ann_http_error_is_passing (request.error));
  g_assert_true (g_str_has_prefix (request.error->message, words));
  g_assert_null (strstr (request.error->message, "secret"));
  _ann_http_request_clear (&request);
  ann_traffic_unref (traffic);
}

static void
test_proxy (void)
{
  check_proxy ("http://user:secret@127.0.0.1:1", "http://192.0.2.1/x",
               "The proxy 127.0.0.1:1, on the way to 192.0.2.1, refuses the connection");
}

static void
test_proxy_same_host (void)
{
  check_proxy ("http://127.0.0.1:1", "https://127.0.0.1/x",
               "The proxy 127.0.0.1:1, on the way to 127.0.0.1, refuses the connection");
}

static void
test_no_proxy (void)
{
  check_proxy ("http://127.0.0.1:1", "http://localhost:2/x", "localhost:2 refuses the connection");
}

static void
test_proxies (void)
{
  static const char *const paths[] = { "/http/subprocess/proxy", "/http/subprocess/proxy-same-host",
                                       "/http/subprocess/no-proxy" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_test_trap_subprocess (paths[i], 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
    }
}

static void
test_addresses (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const none[] = { "", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://",
                                      "x" };
  AnnHttpRequest request = { .url = "http://no-such-host.invalid/x?a=SECRET", .limit = 10 };

  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  g_assert_nonnull (request.error);
  g_assert_true (ann_http_error_is_passing (request.error));
  g_assert_nonnull (strstr (request.error->message, "no-such-host.invalid"));
  g_assert_null (strstr (request.error->message, "SECRET"));
  _ann_http_request_clear (&request);

  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    {
      request = (AnnHttpRequest){ .url = none[i], .limit = 10 };
      g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
      g_assert_error (request.error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      _ann_http_request_clear (&request);
    }
}

/* --- TLS --- */

static GError *
get_from (Fixture *fixture, WebServer *server)
{
  g_autofree char *url = g_strconcat (server->url, "/file", NULL);
  AnnHttpRequest request = { .url = url, .limit = FILE_SIZE };
  GError *error;

  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  error = g_steal_pointer (&request.error);
  if (error == NULL)
    check_bytes (&request, 0, FILE_SIZE);
  g_free (request.bytes);
  _ann_http_request_clear (&request);

  return error;
}

/* @name: whom the certificate is for; @reason: why it is not believed, though we trust who signed
 * it; %NULL: it is
 */
static void
check_certificate (Fixture *fixture, const char *name, const char *reason)
{
  g_autofree char *pem = web_server_make_certificate (fixture->folder, name);
  g_autoptr (GError) untrusted = NULL;
  g_autoptr (GError) trusted = NULL;
  guint64 before = count_requests (fixture);
  WebServer server;

  web_server_start (&server, fixture->folder, pem);
  g_unsetenv ("CURL_CA_BUNDLE");
  untrusted = get_from (fixture, &server);
  g_assert_cmpuint (count_requests (fixture) - before, ==, 1);
  g_assert_error (untrusted, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (strstr (untrusted->message, "self-signed certificate"));
  g_assert_nonnull (strstr (untrusted->message, "127.0.0.1:"));
  g_assert_false (ann_http_error_is_passing (untrusted));

  g_setenv ("CURL_CA_BUNDLE", pem, TRUE);
  trusted = get_from (fixture, &server);
  if (reason == NULL)
    {
      g_assert_no_error (trusted);
    }
  else
    {
      g_assert_error (trusted, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
      g_assert_nonnull (strstr (trusted->message, reason));
    }
  g_unsetenv ("CURL_CA_BUNDLE");
  web_server_stop (&server);
  g_assert_no_errno (g_unlink (pem));
}

static void
test_tls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *program = g_find_program_in_path ("openssl");

  if (program == NULL)
    {
      g_test_skip ("there is no openssl to make certificates with");
      return;
    }
  check_certificate (fixture, "IP:127.0.0.1", NULL);
  check_certificate (fixture, "DNS:example.org", "127.0.0.1");
}

/* From a secure place nobody is sent to one that is not. */
static void
test_downgrade (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *program = g_find_program_in_path ("openssl");
  g_autofree char *pem = NULL;
  g_autofree char *fault = g_strdup_printf ("redirect=%s/file", fixture->server.url);
  g_autoptr (GError) error = NULL;
  WebServer server;

  if (program == NULL)
    {
      g_test_skip ("there is no openssl to make certificates with");
      return;
    }
  pem = web_server_make_certificate (fixture->folder, "IP:127.0.0.1");
  web_server_start (&server, fixture->folder, pem);
  web_server_fault (&server, fault);
  g_setenv ("CURL_CA_BUNDLE", pem, TRUE);
  error = get_from (fixture, &server);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_cmpint (web_server_count (&fixture->server, "requests"), ==, 0);
  g_unsetenv ("CURL_CA_BUNDLE");
  web_server_stop (&server);
  g_assert_no_errno (g_unlink (pem));
}

/* --- Signatures --- */

static void
sign (G_GNUC_UNUSED const AnnHttpRequest *request,
      const char *url,
      GPtrArray *headers,
      gpointer data)
{
  int *n_signed = data;

  g_assert_nonnull (strstr (url, "/file"));
  g_ptr_array_add (headers, g_strdup_printf ("X-Signature: %d", ++*n_signed));
}

static void
perform_signed (Fixture *fixture, int *n_signed)
{
  g_autofree char *url = g_strconcat (fixture->server.url, "/file", NULL);
  AnnHttpRequest request = { .url = url, .limit = FILE_SIZE, .sign = sign, .sign_data = n_signed };

  g_assert_true (_ann_http_perform (&request, 1, fixture->traffic, NULL, NULL));
  check_bytes (&request, 0, FILE_SIZE);
  g_free (request.bytes);
  _ann_http_request_clear (&request);
}

/* Each try has a signature of its own, at the same host; another one gets none. */
static void
test_sign (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  WebServer other;
  g_autofree char *fault = NULL;
  int n_signed = 0;

  web_server_fault (&fixture->server, "status=500");
  perform_signed (fixture, &n_signed);
  g_assert_cmpint (n_signed, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *header = web_server_dup_header (&fixture->server, i, "x-signature");

      g_assert_cmpstr (header, ==, i == 0 ? "1" : "2");
    }

  web_server_fault (&fixture->server, "redirect=/file?x");
  perform_signed (fixture, &n_signed);
  g_assert_cmpint (n_signed, ==, 4);

  web_server_start (&other, fixture->folder, NULL);
  fault = g_strdup_printf ("redirect=%s/file", other.url);
  web_server_fault (&fixture->server, fault);
  perform_signed (fixture, &n_signed);
  g_assert_cmpint (n_signed, ==, 5);
  {
    g_autofree char *header = web_server_dup_header (&other, 0, "x-signature");

    g_assert_null (header);
  }
  web_server_stop (&other);
}

/* --- Many at once --- */

static void
test_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnHttpLimits five = { .max_requests = 5 };

  g_free (web_server_tell (&fixture->server, "delay?ms=20"));
  _ann_http_set_limits (&patient_limits);
  perform_many (fixture, 100);
  g_assert_cmpint (web_server_count (&fixture->server, "requests"), ==, 100);
  g_assert_cmpint (web_server_count (&fixture->server, "max_concurrent"), ==, 16);
  g_assert_cmpint (web_server_count (&fixture->server, "connections"), ==, 16);

  web_server_reset (&fixture->server);
  g_free (web_server_tell (&fixture->server, "delay?ms=20"));
  _ann_http_set_limits (&five);
  perform_many (fixture, 20);
  g_assert_cmpint (web_server_count (&fixture->server, "max_concurrent"), ==, 5);
  /* those that are open are used again */
  g_assert_cmpint (web_server_count (&fixture->server, "connections"), ==, 0);
}

static gpointer
perform_in_thread (gpointer data)
{
  for (int i = 0; i < 5; i++)
    perform_many (data, 20);

  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GThread *threads[8];

  _ann_http_set_limits (&patient_limits);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, perform_in_thread, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_requests (fixture), ==, 800);
  g_assert_cmpint (web_server_count (&fixture->server, "max_concurrent"), <=, 16);
}

/* A server that is down is not asked a thousand times, and all learn why. */
static void
test_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const struct {
    const char *fault;
    int code;
  } cases[] = {
    { "status=503&n=0", G_IO_ERROR_BUSY },
    { "cut=0&n=0", G_IO_ERROR_CONNECTION_CLOSED },
    { "silent&n=0", G_IO_ERROR_TIMED_OUT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnnHttpRequest *requests = make_requests (fixture, "/file", 1000);
      guint64 before = count_requests (fixture);
      gsize n_statuses = 0;

      web_server_reset (&fixture->server);
      web_server_fault (&fixture->server, cases[i].fault);
      g_assert_true (_ann_http_perform (requests, 1000, fixture->traffic, NULL, NULL));
      for (gsize j = 0; j < 1000; j++)
        if (requests[j].error != NULL)
          g_assert_error (requests[j].error, G_IO_ERROR, cases[i].code);
        else
          n_statuses += requests[j].status == 503;
      g_assert_cmpuint (n_statuses, <=, 1);
      g_assert_cmpuint (count_requests (fixture) - before, <, 600);
      free_requests (requests, 1000);
    }
}

/* --- Order --- */

static guint64
count_waiting (Fixture *fixture)
{
  AnnTrafficStats stats;

  ann_traffic_get_stats (fixture->traffic, &stats);

  return stats.n_waiting;
}

static void
run_task (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *cancellable)
{
  AnnHttpRequest request = get (data, (const char *) g_task_get_source_tag (task), NULL, BIG_SIZE);

  g_assert_null (cancellable);
  g_assert_cmpuint (request.status, ==, 404);
  finish (&request);
  g_task_return_boolean (task, TRUE);
}

/* Asks for @path as urgently as that, and comes back when the request waits. */
static void
ask (Fixture *fixture, const char *path, int priority, guint64 n_waiting)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_priority (task, priority);
  g_task_set_task_data (task, fixture, NULL);
  g_task_set_source_tag (task, (gpointer) path);
  ann_worker_run_task (task, ANN_LANE_READ, run_task);
  while (count_waiting (fixture) < n_waiting)
    g_thread_yield ();
}

/* The first is on its way; of those that wait, the most urgent goes first. */
static void
test_order (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnHttpLimits one = { .max_requests = 1 };
  static const char *const expected[] = { "/first", "/urgent", "/usual", "/usual-2", "/idle" };

  _ann_http_set_limits (&one);
  g_free (web_server_tell (&fixture->server, "hold"));
  ask (fixture, "/first", G_PRIORITY_LOW, 1);
  while (web_server_count (&fixture->server, "requests") < 1)
    g_thread_yield ();
  ask (fixture, "/idle", G_PRIORITY_LOW, 2);
  ask (fixture, "/usual", G_PRIORITY_DEFAULT, 3);
  ask (fixture, "/usual-2", G_PRIORITY_DEFAULT, 4);
  ask (fixture, "/urgent", G_PRIORITY_HIGH, 5);
  g_free (web_server_tell (&fixture->server, "release"));
  while (count_waiting (fixture) > 0)
    g_thread_yield ();

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *path = web_server_dup_logged (&fixture->server, "paths", i);

      g_assert_cmpstr (path, ==, expected[i]);
    }
}

static void
run_many (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *cancellable)
{
  g_assert_null (cancellable);
  perform_many (data, 100);
  g_task_return_boolean (task, TRUE);
}

/* What nobody waits for leaves room for what somebody may want. */
static void
test_room (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  _ann_http_set_limits (&patient_limits);
  g_free (web_server_tell (&fixture->server, "delay?ms=20"));
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_set_task_data (task, fixture, NULL);
  ann_worker_run_task (task, ANN_LANE_READ, run_many);
  while (!g_task_get_completed (task))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (web_server_count (&fixture->server, "max_concurrent"), ==, 12);
}

/* --- Cancelling --- */

typedef struct {
  Fixture *fixture;
  GCancellable *cancellable;
  gint64 cancelled_at;
  int n_asked; /* when so many requests have come to the server */
} Canceller;

static gpointer
cancel_later (gpointer data)
{
  Canceller *self = data;

  while (web_server_count (&self->fixture->server, "requests") < self->n_asked)
    g_thread_yield ();
  self->cancelled_at = g_get_monotonic_time ();
  g_cancellable_cancel (self->cancellable);

  return NULL;
}

/* @n requests under @fault, cancelled when @n_asked have come: ends at once. */
static void
check_cancel (Fixture *fixture, const char *fault, gsize n, int n_asked)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  AnnHttpRequest *requests = make_requests (fixture, "/file", n);
  Canceller canceller = { fixture, cancellable, 0, n_asked };
  GThread *thread;
  gint64 ended_at;

  web_server_reset (&fixture->server);
  web_server_fault (&fixture->server, fault);
  thread = g_thread_new (NULL, cancel_later, &canceller);
  g_assert_false (_ann_http_perform (requests, n, fixture->traffic, cancellable, &error));
  ended_at = g_get_monotonic_time ();
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* usually one thousandth of a second; a busy machine may take its time */
  g_test_message ("after %d us", (int) (ended_at - canceller.cancelled_at));
  g_assert_cmpint (ended_at - canceller.cancelled_at, <, 20 * G_USEC_PER_SEC);
  for (gsize i = 0; i < n; i++)
    g_assert_no_error (requests[i].error);
  free_requests (requests, n);
}

static void
test_cancel (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnHttpLimits slow = { .first_delay_ms = 1000000 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  AnnHttpRequest request = { .url = "http://127.0.0.1/" };
  g_autoptr (GError) error = NULL;

  _ann_http_set_limits (&slow);
  check_cancel (fixture, "silent&n=0", 1, 1);
  check_cancel (fixture, "stall=0&n=0", 1, 1);
  check_cancel (fixture, "silent&n=0", 100, 16);

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_http_perform (&request, 1, fixture->traffic, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (_ann_http_perform (&request, 0, fixture->traffic, cancellable, NULL));
}

/* While it waits to be repeated. */
static void
test_cancel_delay (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  _ann_http_set_limits (&patient_limits);
  check_cancel (fixture, "status=503&after=30&n=0", 1, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("/http/whole", test_whole);
  ADD ("/http/ranges", test_ranges);
  ADD ("/http/own-memory", test_own_memory);
  ADD ("/http/statuses", test_statuses);
  ADD ("/http/limit", test_limit);
  ADD ("/http/faults", test_faults);
  ADD ("/http/stops-reading", test_stops_reading);
  ADD ("/http/last-status", test_last_status);
  ADD ("/http/retry-after", test_retry_after);
  ADD ("/http/shortcut", test_shortcut);
  ADD ("/http/new-connection", test_new_connection);
  ADD ("/http/refused", test_refused);
  g_test_add_func ("/http/proxies", test_proxies);
  g_test_add_func ("/http/subprocess/proxy", test_proxy);
  g_test_add_func ("/http/subprocess/proxy-same-host", test_proxy_same_host);
  g_test_add_func ("/http/subprocess/no-proxy", test_no_proxy);
  ADD ("/http/addresses", test_addresses);
  ADD ("/http/tls", test_tls);
  ADD ("/http/downgrade", test_downgrade);
  ADD ("/http/sign", test_sign);
  ADD ("/http/at-once", test_at_once);
  ADD ("/http/threads", test_threads);
  ADD ("/http/down", test_down);
  ADD ("/http/order", test_order);
  ADD ("/http/room", test_room);
  ADD ("/http/cancel", test_cancel);
  ADD ("/http/cancel-delay", test_cancel_delay);
#undef ADD

  return g_test_run ();
}
