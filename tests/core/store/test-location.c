/* test-location.c: what addresses say
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-location.h"

#include <gio/gio.h>
#include <string.h>

static AnnLocation *
parse (const char *uri)
{
  g_autoptr (GError) error = NULL;
  AnnLocation *location = ann_location_parse (uri, &error);

  g_assert_no_error (error);
  g_assert_nonnull (location);

  return location;
}

/* What is shown must be the same address, and be shown so again. */
static void
assert_shown (const char *uri, const char *shown)
{
  g_autoptr (AnnLocation) location = parse (uri);
  g_autoptr (AnnLocation) again = parse (ann_location_get_uri (location));

  g_assert_cmpstr (ann_location_get_uri (location), ==, shown);
  g_assert_cmpstr (ann_location_get_uri (again), ==, shown);
  g_assert_cmpstr (ann_location_get_scope (again), ==, ann_location_get_scope (location));
  g_assert_cmpint (ann_location_get_kind (again), ==, ann_location_get_kind (location));
}

static void
assert_refused (const char *uri, GQuark domain, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_location_parse (uri, &error));
  g_assert_error (error, domain, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” says “%s”", uri, error->message);
  g_assert_null (strstr (error->message, "secret"));
}

static void
assert_invalid (const char *uri, const char *words)
{
  assert_refused (uri, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
}

static void
test_paths (void)
{
  static const char *const paths[][3] = {
    { "cells.h5ad", "cells.h5ad", "cells.h5ad" },
    { "/data/cells.zarr/", "/data/cells.zarr", "cells.zarr" },
    { "./a b//", "./a b", "a b" },
    { " x ", " x ", " x " },
    { "/", "/", "/" },
    { "//", "/", "/" },
    { "C:/x", "C:/x", "x" },
    { "a%20b", "a%20b", "a%20b" },
    { "./http://x", "./http://x", "x" },
    { "./http:/x", "./http:/x", "x" },
    { "http:x", "http:x", "http:x" },
    { "9p://x", "9p://x", "x" },
    { "file:///data/a%20b%C3%BC/", "/data/a bü", "a bü" },
    { "FILE:///x?y#z", "/x", "x" },
    { "file://localhost/x", "/x", "x" },
    { "file:///caf%E9", "/caf\xe9", "caf\xe9" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (AnnLocation) location = parse (paths[i][0]);

      g_assert_cmpint (ann_location_get_kind (location), ==, ANN_LOCATION_FILE);
      g_assert_false (ann_location_is_remote (location));
      g_assert_cmpstr (ann_location_get_uri (location), ==, paths[i][1]);
      g_assert_cmpstr (ann_location_get_name (location), ==, paths[i][2]);
      g_assert_null (ann_location_get_scope (location));
      g_assert_null (ann_location_get_host (location));
      g_assert_null (ann_location_get_key (location));
      g_assert_null (_ann_location_get_url (location));
    }

  assert_invalid ("", "empty");
  assert_invalid ("file://server/share/x", "file:///path");
  assert_invalid ("file:///a%00b", "file:///path");
  assert_invalid ("file:///a%2Fb", "file:///path");
}

static void
assert_http (const char *uri,
             const char *url,
             const char *host,
             const char *scope,
             const char *name)
{
  g_autoptr (AnnLocation) location = parse (uri);

  g_assert_cmpint (ann_location_get_kind (location), ==, ANN_LOCATION_HTTP);
  g_assert_true (ann_location_is_remote (location));
  g_assert_cmpstr (_ann_location_get_url (location), ==, url);
  g_assert_cmpstr (ann_location_get_host (location), ==, host);
  g_assert_cmpstr (ann_location_get_scope (location), ==, scope);
  g_assert_cmpstr (ann_location_get_name (location), ==, name);
  g_assert_null (ann_location_get_bucket (location));
  g_assert_null (ann_location_get_key (location));
}

static void
test_http (void)
{
  assert_http ("https://example.org/cells.zarr", "https://example.org/cells.zarr", "example.org",
               "https://example.org", "cells.zarr");
  assert_http (" HTTPS://Example.ORG:443/a%20b/C%c3%bc.zarr//#top\n",
               "https://example.org/a%20b/C%C3%BC.zarr", "example.org", "https://example.org",
               "Cü.zarr");
  assert_http ("http://example.org:80", "http://example.org", "example.org", "http://example.org",
               "example.org");
  assert_http ("http://example.org:443/", "http://example.org:443", "example.org",
               "http://example.org:443", "example.org");
  assert_http ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x", "[2001:db8::1]",
               "http://[2001:db8::1]:8080", "x");
  assert_http ("http://[::1]/x", "http://[::1]/x", "[::1]", "http://[::1]", "x");
  assert_http ("http://127.0.0.1:9000/x/y", "http://127.0.0.1:9000/x/y", "127.0.0.1",
               "http://127.0.0.1:9000", "y");
  assert_http ("https://bücher.example/x", "https://xn--bcher-kva.example/x",
               "xn--bcher-kva.example", "https://xn--bcher-kva.example", "x");
  assert_http ("https://h.org/a b\"<ü>\r\n%zz%.zarr",
               "https://h.org/a%20b%22%3C%C3%BC%3E%0D%0A%25zz%25.zarr", "h.org", "https://h.org",
               "a b\"<ü>\r\n%zz%.zarr");
  assert_http ("https://h.org/x%FF", "https://h.org/x%FF", "h.org", "https://h.org", "x%FF");
  assert_http ("https://h.org?file=x.zarr", "https://h.org?file=x.zarr", "h.org", "https://h.org",
               "h.org");
}

static void
test_http_refused (void)
{
  assert_invalid ("https://user:secret@example.org/x", "user name or password");
  assert_invalid ("https://secret@example.org/x", "user name or password");
  assert_invalid ("https:///x", "name of a host");
  assert_invalid ("https://", "name of a host");
  assert_invalid ("https://a b/x", "name of a host");
  assert_invalid ("https://a\\b/x", "name of a host");
  assert_invalid ("https://a..b/x", "name of a host");
  assert_invalid ("https://a%2eb/x", "name of a host");
  assert_invalid ("https://\xff/x", "name of a host");
  assert_invalid ("https://[::1/x", "name of a host");
  assert_invalid ("https://[127.0.0.1]/x", "name of a host");
  assert_invalid ("https://[fe80::1%25eth0]/x", "name of a host");
  assert_invalid ("https://::1/x", "name of a host");
  assert_invalid ("https://example.org:0/x", "port");
  assert_invalid ("https://example.org:65536/x", "port");
  assert_invalid ("https://example.org:8o/x", "port");

  assert_invalid ("http:/user:secret@example.org/x", "lacks a slash: it begins with http://");
  assert_invalid (" HTTPS:/example.org/x", "lacks a slash: it begins with https://");
  assert_invalid ("s3:/bucket/x", "lacks a slash: it begins with s3://");

  assert_refused ("ftp://example.org/x", ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                  "ftp:// are not known: file, http, https, s3, gs and az");
  assert_refused ("s3a://user:secret@x", ANN_ERROR, ANN_ERROR_UNSUPPORTED, "s3a://");
}

/* A signature is sent and not shown; a name of a file is both. */
static void
test_queries (void)
{
  static const char *const secret[] = {
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=aa",
    "x=1&Signature=aa",
    "sv=2022-11-02&sig=aa%2Fbb",
    "access_token=aa",
    "API-Key=aa",
    "p=0123456789abcdef0123",
    "0123456789abcdef0123",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    {
      g_autofree char *uri = g_strconcat ("https://h.org/x.zarr?", secret[i], NULL);
      g_autoptr (AnnLocation) location = parse (uri);

      g_assert_cmpstr (_ann_location_get_url (location), ==, uri);
      g_assert_cmpstr (ann_location_get_uri (location), ==, "https://h.org/x.zarr");
      assert_shown (uri, "https://h.org/x.zarr");
    }

  assert_shown ("https://h.org/get?id=7&file=a/b c.zarr#x",
                "https://h.org/get?id=7&file=a/b%20c.zarr");
  assert_shown ("https://h.org/get?file=a/very/long/name/of/a/store.zarr",
                "https://h.org/get?file=a/very/long/name/of/a/store.zarr");
  assert_shown ("https://h.org/x?", "https://h.org/x");
}

static void
test_hide_secrets (void)
{
  static const char *const texts[][2] = {
    { "a b/x?y=z", "a b/x?y=z" },
    { "./cells.zarr/", "./cells.zarr/" },
    { " x", " x" },
    { "file:///a%20b?x", "file:///a%20b?x" },
    { " https://H.org/x?sig=secret#secret", "https://h.org/x" },
    { "https://user:secret@h.org/x", "https://h.org/x" },
    { "https://user:se/cr@et@h.org/x?secret", "https://h.org/x" },
    { "https://h.org:99999/x?secret", "https://h.org:99999/x" },
    { "s3://AKIA:secret@bucket/x?y", "s3://bucket/x" },
    { "s3://bucket/x?aws_secret_access_key=secret", "s3://bucket/x" },
    { "ftp://user:secret@h.org/x#secret", "ftp://h.org/x" },
    { "http:/user:secret@h.org/x?secret", "http:/h.org/x" },
    { " S3:/AKIA:se/cret@bucket/x", "S3:/bucket/x" },
    { "./http:/a@b", "./http:/a@b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *shown = ann_location_hide_secrets (texts[i][0]);

      g_assert_cmpstr (shown, ==, texts[i][1]);
    }
}

static void
test_azure (void)
{
  assert_http ("az://account1/container/a b.zarr",
               "https://account1.blob.core.windows.net/container/a%20b.zarr",
               "account1.blob.core.windows.net", "https://account1.blob.core.windows.net",
               "a b.zarr");
  assert_http ("az://account1/c/x?sv=1&sig=z",
               "https://account1.blob.core.windows.net/c/x?sv=1&sig=z",
               "account1.blob.core.windows.net", "https://account1.blob.core.windows.net", "x");
  assert_shown ("az://account1/c/x?sv=1&sig=z", "az://account1/c/x");

  assert_invalid ("az://account1", "az://account/container");
  assert_invalid ("az://account1/", "az://account/container");
  assert_invalid ("az://ac/container", "az://account/container");
  assert_invalid ("az://Account/container", "az://account/container");
  assert_invalid ("az://container@account.dfs.core.windows.net/x", "az://account/container");
}

static void
test_s3 (void)
{
  g_autoptr (AnnLocation) plain = parse ("s3://bucket/a/b%20c%C3%BC/100%/x.zarr/");
  g_autoptr (AnnLocation) full = parse (
      "S3://my.bucket-1?endpoint=http%3A%2F%2FLocalhost:9000/s3/&region=eu-central-1&"
      "path-style=true&anonymous=1&profile=my%20own");
  g_autoptr (AnnLocation) no = parse ("s3://bucket?path-style=false&anonymous=0");

  g_assert_cmpint (ann_location_get_kind (plain), ==, ANN_LOCATION_S3);
  g_assert_true (ann_location_is_remote (plain));
  g_assert_cmpstr (ann_location_get_bucket (plain), ==, "bucket");
  g_assert_cmpstr (ann_location_get_key (plain), ==, "a/b cü/100%/x.zarr");
  g_assert_cmpstr (ann_location_get_name (plain), ==, "x.zarr");
  g_assert_cmpstr (ann_location_get_uri (plain), ==, "s3://bucket/a/b%20c%C3%BC/100%25/x.zarr");
  g_assert_cmpstr (ann_location_get_scope (plain), ==, "s3://bucket");
  g_assert_cmpstr (ann_location_get_host (plain), ==, "s3.amazonaws.com");
  g_assert_null (ann_location_get_endpoint (plain));
  g_assert_null (ann_location_get_region (plain));
  g_assert_null (ann_location_get_profile (plain));
  g_assert_false (ann_location_is_anonymous (plain));
  g_assert_false (ann_location_is_path_style (plain));
  g_assert_false (_ann_location_is_google (plain));
  g_assert_null (_ann_location_get_url (plain));

  g_assert_cmpstr (ann_location_get_bucket (full), ==, "my.bucket-1");
  g_assert_cmpstr (ann_location_get_key (full), ==, "");
  g_assert_cmpstr (ann_location_get_name (full), ==, "my.bucket-1");
  g_assert_cmpstr (ann_location_get_endpoint (full), ==, "http://localhost:9000/s3");
  g_assert_cmpstr (ann_location_get_host (full), ==, "localhost");
  g_assert_cmpstr (ann_location_get_region (full), ==, "eu-central-1");
  g_assert_cmpstr (ann_location_get_profile (full), ==, "my own");
  g_assert_true (ann_location_is_anonymous (full));
  g_assert_true (ann_location_is_path_style (full));
  g_assert_cmpstr (ann_location_get_scope (full), ==,
                   "s3://my.bucket-1 at http://localhost:9000/s3");
  assert_shown (ann_location_get_uri (full),
                "s3://my.bucket-1?endpoint=http://localhost:9000/s3&region=eu-central-1&"
                "path-style=true&anonymous=true&profile=my%20own");

  g_assert_false (ann_location_is_anonymous (no));
  g_assert_false (ann_location_is_path_style (no));
  g_assert_true (_ann_location_is_host_style (no));
  g_assert_false (_ann_location_is_host_style (plain));
  assert_shown ("s3://bucket?path-style=0", "s3://bucket?path-style=false");
  assert_shown ("s3://bucket/a?path-style#x", "s3://bucket/a?path-style=true");
  assert_shown ("s3://bucket/a%3Fb%23?", "s3://bucket/a%3Fb%23");
  assert_shown ("s3://Old_Bucket/a", "s3://Old_Bucket/a");

  {
    g_autoptr (AnnLocation) near = parse ("s3://bucket/a?region=eu-central-1");
    g_autoptr (AnnLocation) far = parse ("s3://bucket/a?region=cn-north-1");

    g_assert_cmpstr (ann_location_get_host (near), ==, "s3.eu-central-1.amazonaws.com");
    g_assert_cmpstr (ann_location_get_host (far), ==, "s3.cn-north-1.amazonaws.com.cn");
  }
}

static void
test_s3_refused (void)
{
  assert_invalid ("s3://", "name of a bucket");
  assert_invalid ("s3:///key", "name of a bucket");
  assert_invalid ("s3://ab/key", "name of a bucket (3 to 63 ");
  assert_invalid ("s3://AKIA:secret@bucket/key", "name of a bucket");
  assert_invalid ("s3://localhost:9000/bucket/key", "?endpoint=https://host");
  assert_invalid ("s3://a..b/key", "name of a bucket");
  assert_invalid ("s3://-ab/key", "name of a bucket");
  assert_invalid ("s3://bucket/%FF", "UTF-8");
  assert_invalid ("s3://bucket/a%00b", "UTF-8");
  assert_invalid ("s3://bucket/x?secret_access_key=secret", "sign in");
  assert_invalid ("s3://bucket/x?secret", "sign in");
  assert_invalid ("s3://bucket/x?profile=", "sign in");
  assert_invalid ("s3://bucket/x?anonymous=secret", "neither true nor false");
  assert_invalid ("s3://bucket/x?region=", "region");
  assert_invalid ("s3://bucket/x?region=a.evil.example/", "region");
  assert_invalid ("s3://bucket/x?endpoint=localhost:9000", "https://");
  assert_invalid ("s3://bucket/x?endpoint=ftp://h", "https://");
  assert_invalid ("s3://bucket/x?endpoint=https://u:secret@h", "user name or password");
  assert_invalid ("s3://bucket/x?endpoint=https://h/%3Fa=secret", "query");
  assert_invalid ("s3://bucket/x?endpoint=https://", "name of a host");
}

static void
test_google (void)
{
  g_autoptr (AnnLocation) location = parse ("gs://bucket/a/x.zarr");

  g_assert_cmpint (ann_location_get_kind (location), ==, ANN_LOCATION_S3);
  g_assert_true (_ann_location_is_google (location));
  g_assert_true (ann_location_is_path_style (location));
  g_assert_cmpstr (ann_location_get_endpoint (location), ==, "https://storage.googleapis.com");
  g_assert_cmpstr (ann_location_get_region (location), ==, "auto");
  g_assert_cmpstr (ann_location_get_host (location), ==, "storage.googleapis.com");
  g_assert_cmpstr (ann_location_get_scope (location), ==, "gs://bucket");
  assert_shown ("gs://bucket/a/x.zarr/", "gs://bucket/a/x.zarr");
  assert_shown ("gs://bucket/a?endpoint=http://127.0.0.1:4443",
                "gs://bucket/a?endpoint=http://127.0.0.1:4443");
  assert_invalid ("gs://user:secret@bucket/x", "gs://bucket/path");
}

static void
assert_parent (const char *uri, guint n, const char *shown, const char *tail)
{
  g_autoptr (AnnLocation) location = parse (uri);
  g_autoptr (AnnLocation) parent = _ann_location_new_parent (location, n);
  g_autofree char *end = _ann_location_dup_tail (location, n);

  if (shown == NULL)
    {
      g_assert_null (parent);
      return;
    }
  g_assert_cmpstr (ann_location_get_uri (parent), ==, shown);
  g_assert_cmpstr (ann_location_get_scope (parent), ==, ann_location_get_scope (location));
  g_assert_cmpint (ann_location_get_kind (parent), ==, ann_location_get_kind (location));
  g_assert_cmpstr (end, ==, tail);
}

/* An address that goes on within a store is asked for step by step. */
static void
test_parents (void)
{
  g_autoptr (AnnLocation) signed_url = parse ("https://h.org/a.h5mu/mod/r%20a?sig=1");
  g_autoptr (AnnLocation) parent = _ann_location_new_parent (signed_url, 2);

  g_assert_cmpstr (_ann_location_get_url (parent), ==, "https://h.org/a.h5mu?sig=1");
  g_assert_cmpstr (ann_location_get_name (parent), ==, "a.h5mu");

  assert_parent ("https://h.org/a.h5mu/mod/r%20a", 0, "https://h.org/a.h5mu/mod/r%20a", "");
  assert_parent ("https://h.org/a.h5mu/mod/r%20a", 1, "https://h.org/a.h5mu/mod", "r a");
  assert_parent ("https://h.org/a.h5mu/mod/r%20a", 2, "https://h.org/a.h5mu", "mod/r a");
  assert_parent ("https://h.org/a.h5mu/mod", 2, "https://h.org", "a.h5mu/mod");
  assert_parent ("https://h.org/a.h5mu/mod", 3, NULL, NULL);
  assert_parent ("az://account1/c/x", 1, "az://account1/c", "x");
  assert_parent ("s3://bucket/a b/c?region=eu-west-1", 1, "s3://bucket/a%20b?region=eu-west-1",
                 "c");
  assert_parent ("s3://bucket/a b/c?anonymous=true", 2, "s3://bucket?anonymous=true", "a b/c");
  assert_parent ("s3://bucket/a", 2, NULL, NULL);
  assert_parent ("gs://bucket/a/b", 1, "gs://bucket/a", "b");
  assert_parent ("/a//b/c", 2, "/a", "b/c");
  assert_parent ("/a", 1, NULL, NULL);
  assert_parent ("a", 1, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/location/paths", test_paths);
  g_test_add_func ("/location/http", test_http);
  g_test_add_func ("/location/http-refused", test_http_refused);
  g_test_add_func ("/location/queries", test_queries);
  g_test_add_func ("/location/hide-secrets", test_hide_secrets);
  g_test_add_func ("/location/azure", test_azure);
  g_test_add_func ("/location/s3", test_s3);
  g_test_add_func ("/location/s3-refused", test_s3_refused);
  g_test_add_func ("/location/google", test_google);
  g_test_add_func ("/location/parents", test_parents);

  return g_test_run ();
}
