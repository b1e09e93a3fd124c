/* test-s3-store-writer.c: buckets that are written to, at a server that recomputes every signature
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "base/ann-worker.h"
#include "store-suite.h"
#include "store/ann-http-client.h"
#include "store/ann-s3-leftovers.h"
#include "store/ann-s3-removal.h"
#include "store/ann-sign-in.h"
#include "store/ann-store-writer-private.h"
#include "write-suite.h"

#define MIB ((gsize) 1 << 20)

/* For all cases; its buckets are the folders in `folder`. */
static WebServer server;

static const AnnHttpLimits limits = { .max_retries = 3, .first_delay_ms = 1 };

static void
start (void)
{
  static const char *const buckets[] = { "bucket", "readonly", "noremove", "other-bucket",
                                         "public" };
  const char *arguments[2] = { NULL };

  begin ();
  for (gsize i = 0; i < G_N_ELEMENTS (buckets); i++)
    {
      g_autofree char *path = at (buckets[i]);

      g_assert_no_errno (g_mkdir (path, 0700));
    }
  arguments[0] = folder;
  web_server_start_script (&server, "s3_server.py", arguments);
  _ann_http_set_limits (&limits);
}

static void
stop (void)
{
  web_server_stop (&server);
  end ();
}

static void
fail (guint at_write, guint n_times, guint status, const char *code)
{
  g_free (web_server_tell (&server, "fail?at=%u&times=%u&status=%u&code=%s", at_write, n_times,
                           status, code));
}

static void
empty_bucket (const char *bucket)
{
  g_autofree char *path = at (bucket);

  ann_clean_up_wait ();
  remove_tree (path);
  g_assert_no_errno (g_mkdir (path, 0700));
  web_server_reset (&server);
}

static char *
make_address (const char *place, gboolean is_signed)
{
  g_autofree char *address = g_strdup_printf ("s3://%s?endpoint=%s", place, server.url);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (address, &error);
  g_autoptr (AnnSignIn) sign_in = is_signed ? ann_sign_in_new_key ("AKIDTESTKEY",
                                                                   "secret/Test+Key=", NULL)
                                            : NULL;

  g_assert_no_error (error);
  ann_sign_in_set (location, sign_in);

  return g_steal_pointer (&address);
}

static AnnStoreWriter *
open_writer (const char *place, GError **error)
{
  g_autofree char *address = make_address (place, TRUE);

  return _ann_store_writer_new (address, FALSE, NULL, error);
}

static gboolean
put (AnnStoreWriter *writer, const char *key, gsize size, GError **error)
{
  const StoreObject object = { key, size };
  g_autoptr (GBytes) bytes = make_object (&object);

  return _ann_store_writer_put (writer, key, bytes, NULL, error);
}

static void
assert_object (const char *name, const char *key, gsize size)
{
  const StoreObject object = { key, size };
  g_autoptr (GBytes) expected = make_object (&object);
  g_autofree char *path = at (name);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (expected, NULL), size);
}

/* Objects that are there; folders, which a bucket has not, do not count. */
static guint
count_objects (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    return 1;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += count_objects (child);
    }

  return n;
}

static void
assert_empty (const char *bucket)
{
  g_autofree char *path = at (bucket);

  ann_clean_up_wait ();
  g_assert_cmpuint (count_objects (path), ==, 0);
  g_assert_cmpint (web_server_count (&server, "uploads"), ==, 0);
}

/* --- All that holds for stores --- */

static AnnStore *
make_written (const StoreKind *kind, const StoreObject *objects, gsize n, gpointer *data)
{
  g_autofree char *address = make_address (kind->style, TRUE);
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);
  g_autoptr (GError) error = NULL;
  AnnStore *store;

  writer = _ann_store_writer_new (address, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_store_writer_is_remote (writer));
  _ann_s3_store_writer_set_sizes (writer, 900, 400);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (put (writer, objects[i].key, objects[i].size, &error));
      g_assert_no_error (error);
    }
  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  *data = g_strndup (kind->style, strcspn (kind->style, "/"));
  store = _ann_store_open (location, &error);
  g_assert_no_error (error);

  return store;
}

static void
clean_written (gpointer bucket)
{
  empty_bucket (bucket);
  g_free (bucket);
}

static const StoreKind kinds[] = {
  { "written-s3", make_written, clean_written, "bucket/a b+ü/x.zarr" },
  { "written-s3-whole", make_written, clean_written, "bucket" },
  { "written-s3-region", make_written, clean_written, "other-bucket/x.zarr" },
};

/* --- Where it is refused --- */

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;

  add_file ("bucket/a/x.zarr/X/c/0", "old", 0600);
  add_file ("bucket/a/x.zarr/zarr.json", "{}", 0600);
  add_file ("bucket/a/x.zarr2/0", "old", 0600);
  g_assert_null (open_writer ("bucket/a/x.zarr", &error));
  assert_denied (&error, "no store is replaced");
  g_assert_null (open_writer ("bucket/a", &error));
  assert_denied (&error, "no store is replaced");
  g_assert_null (open_writer ("bucket", &error));
  assert_denied (&error, "no store is replaced");
  {
    g_autofree char *address = make_address ("bucket/a/x.zarr", TRUE);

    g_assert_null (_ann_store_writer_new (address, TRUE, NULL, &error));
    assert_denied (&error, "no store is replaced");
  }
  g_assert_null (open_writer ("nowhere/x.zarr", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no bucket “nowhere”"));
  g_clear_error (&error);

  writer = open_writer ("bucket/a/x.zar", &error);
  g_assert_no_error (error);
  g_clear_object (&writer);

  writer = open_writer ("readonly/x.zarr", &error);
  g_assert_no_error (error);
  g_assert_false (put (writer, "zarr.json", 10, &error));
  assert_denied (&error, "s3://readonly/x.zarr/zarr.json may not be written with the keys");
  {
    g_autofree char *address = make_address ("public/x.zarr", FALSE);
    g_autoptr (AnnStoreWriter) anonymous = _ann_store_writer_new (address, FALSE, NULL, &error);

    g_assert_no_error (error);
    g_assert_false (put (anonymous, "zarr.json", 10, &error));
    assert_denied (&error, "may not be written without a sign-in");
    g_clear_object (&anonymous);
    g_free (make_address ("public/x.zarr", TRUE));
  }
  /* What was refused is not there, and nothing is said of it. */
  g_clear_object (&writer);
  ann_clean_up_wait ();
  assert_warning (NULL);
  empty_bucket ("bucket");
}

/* What an export that was killed has left, and what looks like it. */
static void
test_leftovers (void)
{
  g_autofree char *address = make_address ("bucket/x.zarr", TRUE);
  g_autofree char *part = at ("bucket/x.zarr/X/c/0");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;

  add_file ("bucket/x.zarr/X/c/0", "old", 0600);
  add_file ("bucket/x.zarr/obs/zarr.json", "old", 0600);
  g_assert_null (open_writer ("bucket/x.zarr", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "unfinished export"));
  g_assert_nonnull (strstr (error->message, " 2 objects"));
  g_clear_error (&error);

  fail (0, 1, 403, "AccessDenied");
  g_assert_null (_ann_store_writer_new (address, TRUE, NULL, &error));
  assert_denied (&error, "1 objects are left below s3://bucket/x.zarr");

  web_server_reset (&server);
  writer = _ann_store_writer_new (address, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_clear_object (&writer);

  add_file ("bucket/x.zarr/X/c/0", "old", 0600);
  add_file ("bucket/x.zarr/letter.txt", "old", 0600);
  g_assert_null (_ann_store_writer_new (address, TRUE, NULL, &error));
  assert_denied (&error, "no store is replaced");
  empty_bucket ("bucket");

  /* Somebody else has a folder of that name. */
  add_file ("bucket/x.zarr/X/c/0", "old", 0600);
  add_file ("bucket/x.zarr/obs/2026/letter.txt", "old", 0600);
  g_assert_null (_ann_store_writer_new (address, TRUE, NULL, &error));
  assert_denied (&error, "“obs/2026/letter.txt”");
  g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
  empty_bucket ("bucket");
}

/* Keys of both versions of Zarr, and others that lie in folders of the same names. */
static void
test_leftover_keys (void)
{
  static const char *const ours[] = {
    "X/c/0/1",           "X/0.0",        "X/0/0",        "X/data/c/12", "obs/zarr.json",
    "obs/.zattrs",       "uns/a b/c",    "uns/n/0",      ".zattrs",     "obsm/X_pca/.zarray",
    "raw/X/indptr/c/10", "layers/c.0.1", "barcodes.tsv",
  };
  static const char *const others[] = {
    "X",     "obs/notes.txt", "obs/c/0.bin", "obs/0.",   "obs/.0",    "zarr.json",
    "lab/0", "obs/x.zarr",    "Xs/c/0",      "obs/0..1", "notes.tsv", "obs/barcodes.tsv",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (!_ann_s3_is_leftover (ours[i]))
      g_error ("%s is one", ours[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (_ann_s3_is_leftover (others[i]))
      g_error ("%s is none", others[i]);
}

/* --- Answers that are lost --- */

static void
lose (guint at_write, guint n_times)
{
  web_server_reset (&server);
  g_free (web_server_tell (&server, "lose?at=%u&times=%u", at_write, n_times));
}

static void
forget_uploads (void)
{
  g_free (web_server_tell (&server, "forget"));
}

/* A file of that size for an object, not sent yet. @removals: (nullable) */
static AnnFileTarget *
open_removable (const char *place, gboolean overwrite, gsize size, GPtrArray *removals)
{
  const StoreObject object = { "file", size };
  g_autofree char *address = make_address (place, TRUE);
  const AnnTargetSpec spec = { .address = address, .overwrite = overwrite, .removals = removals };
  g_autoptr (GBytes) bytes = make_object (&object);
  g_autoptr (GError) error = NULL;
  AnnFileTarget *target = _ann_file_target_open (&spec, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (
      _ann_file_target_append (target, g_bytes_get_data (bytes, NULL), size, NULL, &error));

  return target;
}

static AnnFileTarget *
open_target (const char *place, gboolean overwrite, gsize size)
{
  return open_removable (place, overwrite, size, NULL);
}

/* The object is there, and that it is ours is found out. */
static void
test_lost (void)
{
  static const struct {
    gsize size;
    guint at; /* the write whose answer is lost */
    gboolean overwrite;
  } cases[] = {
    { 1000, 0, FALSE },     { 1000, 0, TRUE },
    { 17 * MIB, 0, FALSE }, { 17 * MIB, 1, FALSE }, /* begin, a part, end */
    { 17 * MIB, 3, FALSE }, { 17 * MIB, 3, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint n_times = 1; n_times <= (i == 0 ? 2 : 1); n_times++)
      {
        g_autoptr (AnnFileTarget) target = open_target ("bucket/x.h5ad", cases[i].overwrite,
                                                        cases[i].size);
        const gboolean loses_begin = cases[i].size > MIB && cases[i].at == 0;
        g_autoptr (GError) error = NULL;

        lose (cases[i].at, n_times);
        g_assert_true (_ann_file_target_commit (target, NULL, &error));
        assert_warning (loses_begin ? "*an answer of the server was lost*" : NULL);
        g_assert_no_error (error);
        g_assert_cmpint (web_server_count (&server, "writes"), >=, n_times + 1);
        assert_object ("bucket/x.h5ad", "file", cases[i].size);
        ann_clean_up_wait ();
        g_assert_cmpint (web_server_count (&server, "uploads"), ==, loses_begin);
        forget_uploads ();
        empty_bucket ("bucket");
      }
}

/* The same where the server knows no If-None-Match: it is asked once more without. */
static void
test_lost_unconditional (void)
{
  static const gsize sizes[] = { 1000, 17 * MIB }; /* in parts: begin, a part, another, end */

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint last = i == 0 ? 0 : 3;
      g_autoptr (AnnFileTarget) target = open_target ("bucket/x.h5ad", FALSE, sizes[i]);
      g_autoptr (GError) error = NULL;

      lose (last + 1, 1);
      fail (last, 1, 501, "NotImplemented");
      g_assert_true (_ann_file_target_commit (target, NULL, &error));
      g_assert_no_error (error);
      assert_object ("bucket/x.h5ad", "file", sizes[i]);
      ann_clean_up_wait ();
      g_assert_cmpint (web_server_count (&server, "uploads"), ==, 0);
      empty_bucket ("bucket");
    }
}

/* What may be left is said also where the upload does not begin, and nothing where nobody was
 * there.
 */
static void
test_lost_beginning (void)
{
  g_autoptr (AnnFileTarget) target = open_target ("bucket/x.h5ad", TRUE, 17 * MIB);
  g_autoptr (AnnFileTarget) refused = NULL;
  g_autoptr (AnnFileTarget) nowhere = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_steal_pointer (&server.url);

  server.url = g_strdup ("http://127.0.0.1:1"); /* which nothing listens to */
  nowhere = open_target ("bucket/x.h5ad", TRUE, 17 * MIB);
  g_free (server.url);
  server.url = g_steal_pointer (&url);

  lose (0, G_MAXINT);
  g_assert_false (_ann_file_target_commit (target, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  assert_warning ("*an answer of the server was lost*");
  g_clear_error (&error);

  refused = open_target ("bucket/x.h5ad", TRUE, 17 * MIB);
  lose (0, 1);
  fail (1, 1, 403, "AccessDenied");
  g_assert_false (_ann_file_target_commit (refused, NULL, &error));
  assert_denied (&error, "may not be written");
  assert_warning ("*an answer of the server was lost*");

  g_assert_false (_ann_file_target_commit (nowhere, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  assert_warning (NULL);
  ann_clean_up_wait ();
  forget_uploads ();
  empty_bucket ("bucket");
}

static gpointer
cancel_when_begun (gpointer cancellable)
{
  while (web_server_count (&server, "writes") == 0)
    g_thread_yield ();
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* Who is cancelled while the beginning is not answered may have begun. */
static void
test_cancelled_beginning (void)
{
  g_autoptr (AnnFileTarget) target = open_target ("bucket/x.h5ad", TRUE, 17 * MIB);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  web_server_reset (&server);
  g_free (web_server_tell (&server, "hold"));
  thread = g_thread_new ("cancel", cancel_when_begun, cancellable);
  g_assert_false (_ann_file_target_commit (target, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_warning ("*an answer of the server was lost*");
  g_thread_join (thread);
  web_server_reset (&server); /* which carries it out */
  while (web_server_count (&server, "uploads") == 0)
    g_thread_yield ();
  forget_uploads ();
  empty_bucket ("bucket");
}

/* What somebody else put there meanwhile stays, and so does an upload that he began. */
static void
test_lost_to_other (void)
{
  g_autoptr (AnnFileTarget) target = open_target ("bucket/x.h5ad", FALSE, 1000);
  g_autoptr (AnnFileTarget) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = at ("bucket/x.h5ad");
  g_autofree char *contents = NULL;
  gsize length;

  web_server_reset (&server);
  add_file ("bucket/x.h5ad", "other", 0600);
  g_assert_false (_ann_file_target_commit (target, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpstr (contents, ==, "other");

  second = open_target ("bucket/x.h5ad", TRUE, 17 * MIB);
  lose (0, 1);
  g_free (web_server_tell (&server, "upload?key=x.h5ad"));
  g_assert_true (_ann_file_target_commit (second, NULL, &error));
  assert_warning ("*an answer of the server was lost*");
  g_assert_no_error (error);
  ann_clean_up_wait ();
  g_assert_cmpint (web_server_count (&server, "uploads"), ==, 2); /* his, and that of ours */
  forget_uploads ();
  empty_bucket ("bucket");
}

/* A server that does not answer is not waited for by who drops a writer. */
static void
test_dropped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);
  gint64 n_writes;

  g_assert_true (put (writer, "X/0", 10, &error));
  web_server_reset (&server);
  g_free (web_server_tell (&server, "hold"));
  g_clear_object (&writer);
  n_writes = web_server_count (&server, "done");
  g_assert_cmpint (n_writes, ==, 0);
  g_free (web_server_tell (&server, "reset"));
  assert_empty ("bucket");
}

/* --- Parts --- */

/* The sizes that are used, and one byte more than goes in one request. */
static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

  web_server_reset (&server);
  g_assert_true (put (writer, "whole", 64 * MIB, &error));
  g_assert_no_error (error);
  g_assert_cmpint (web_server_count (&server, "writes"), ==, 1);
  g_assert_true (put (writer, "parts", 64 * MIB + 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (web_server_count (&server, "writes"), ==, 1 + 1 + 5 + 1);
  g_assert_cmpint (web_server_count (&server, "parts"), ==, 5);
  g_assert_cmpint (web_server_count (&server, "most"), >, 1);
  g_assert_cmpint (web_server_count (&server, "uploads"), ==, 0);
  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  assert_object ("bucket/x.zarr/whole", "whole", 64 * MIB);
  assert_object ("bucket/x.zarr/parts", "parts", 64 * MIB + 1);
  empty_bucket ("bucket");
}

/* An object has 10,000 parts at most. */
static void
test_many_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

  web_server_reset (&server);
  _ann_s3_store_writer_set_sizes (writer, 1, 1);
  g_assert_true (put (writer, "parts", 20001, &error));
  g_assert_no_error (error);
  g_assert_cmpint (web_server_count (&server, "parts"), ==, 5001);
  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  assert_object ("bucket/x.zarr/parts", "parts", 20001);
  empty_bucket ("bucket");
}

/* --- Failures --- */

static gboolean
put_three (AnnStoreWriter *writer, GError **error)
{
  _ann_s3_store_writer_set_sizes (writer, 900, 400);

  return put (writer, "X/0", 10, error) && put (writer, "X/1", 1000, error)
         && put (writer, "zarr.json", 20, error);
}

#define N_WRITES (1 + (1 + 3 + 1) + 1)

static void
test_every (void)
{
  for (guint i = 0; i <= N_WRITES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

      web_server_reset (&server);
      fail (i, 1, 400, "InvalidRequest");
      if (i == N_WRITES)
        {
          g_assert_true (put_three (writer, &error));
          g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
          g_assert_cmpint (web_server_count (&server, "writes"), ==, N_WRITES);
          break;
        }
      g_assert_false (put_three (writer, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, "s3://bucket/x.zarr/"));
      g_clear_object (&writer);
      assert_empty ("bucket");
    }
  empty_bucket ("bucket");
}

/* What passes is tried again, at every place. */
static void
test_passing (void)
{
  for (guint i = 0; i < N_WRITES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

      web_server_reset (&server);
      fail (i, 2, 503, "SlowDown");
      g_assert_true (put_three (writer, &error));
      g_assert_no_error (error);
      g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
      assert_object ("bucket/x.zarr/X/1", "X/1", 1000);
      assert_object ("bucket/x.zarr/zarr.json", "zarr.json", 20);
      empty_bucket ("bucket");
    }
}

/* A line that takes long is no server that hangs. */
static void
test_slow (void)
{
  const AnnHttpLimits impatient = { .max_retries = 1,
                                    .idle_timeout_ms = 1500,
                                    .first_delay_ms = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

  web_server_reset (&server);
  g_free (web_server_tell (&server, "slow?ms=12"));
  _ann_http_set_limits (&impatient);
  g_assert_true (put (writer, "X/0", 20 * MIB, &error)); /* 320 times 12 ms */
  g_assert_no_error (error);
  g_assert_cmpint (web_server_count (&server, "writes"), ==, 1);
  _ann_http_set_limits (&limits);
  assert_object ("bucket/x.zarr/X/0", "X/0", 20 * MIB);
  g_clear_object (&writer);
  empty_bucket ("bucket");
}

/* The answer to the last request of an upload may be an error with the status 200. */
static void
test_late (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

  web_server_reset (&server);
  fail (1 + 1 + 3, 2, 200, "InternalError");
  g_assert_true (put_three (writer, &error));
  g_assert_no_error (error);
  assert_object ("bucket/x.zarr/X/1", "X/1", 1000);
  g_clear_object (&writer);
  assert_empty ("bucket");

  web_server_reset (&server);
  writer = open_writer ("bucket/x.zarr", &error);
  fail (1 + 1 + 3, 3, 200, "InternalError");
  g_assert_false (put_three (writer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_object (&writer);
  assert_empty ("bucket");
  empty_bucket ("bucket");
}

static void
test_abandoned (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) bytes = g_bytes_new ("x", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);

  g_assert_true (put_three (writer, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_store_writer_put (writer, "X/2", bytes, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  _ann_store_writer_abandon (writer);
  assert_empty ("bucket");
  g_clear_object (&writer);

  writer = open_writer ("noremove/x.zarr", &error);
  g_assert_true (put_three (writer, &error));
  g_clear_object (&writer);
  ann_clean_up_wait ();
  assert_warning ("3 objects are left below s3://noremove/x.zarr*zarr.json*may not be removed with "
                  "the keys*");
  empty_bucket ("noremove");
}

#define N_KEYS 100

/* Three places, of @n_keys each, behind the caller's back. */
static void
remove_three (const char *bucket, guint n_keys)
{
  g_autoptr (GPtrArray) removals = g_ptr_array_new_with_free_func (
      (GDestroyNotify) _ann_s3_removal_free);

  for (char name = 'a'; name <= 'c'; name++)
    {
      g_autofree char *place = g_strdup_printf ("%s/%c", bucket, name);
      g_autofree char *address = make_address (place, TRUE);
      g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);
      g_autoptr (AnnStore) store = _ann_s3_store_new (location, NULL);
      GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < n_keys; i++)
        g_ptr_array_add (keys, g_strdup_printf ("X/%u", i));
      g_ptr_array_add (removals, _ann_s3_removal_new (ANN_S3_STORE (store), place, keys));
    }
  _ann_s3_removal_run_later (g_steal_pointer (&removals));
  ann_clean_up_wait ();
}

/* Where no server answers, not every object of every place is asked for: those that are on their
 * way at once have four tries each, which curl may double.
 */
static void
test_removed_from_nobody (void)
{
  lose (0, G_MAXINT);
  remove_three ("bucket", N_KEYS);
  g_assert_cmpint (web_server_count (&server, "writes"), <=, ANN_WORKER_MAX_WAITS * 8);
  assert_warning ("*nothing was tried at 2 more places, which are left too: bucket/b, bucket/c");

  /* A refusal is an answer. */
  web_server_reset (&server);
  remove_three ("noremove", N_KEYS);
  g_assert_cmpint (web_server_count (&server, "writes"), ==, 3 * N_KEYS);
  assert_warning ("100 objects are left below noremove/c*may not be removed*");
  empty_bucket ("bucket");
}

/* An object that is complete and yet to be removed: if somebody else has replaced it, it stays. */
static void
test_removed_if_ours (void)
{
  static const gsize sizes[] = { 1000, 17 * MIB };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GPtrArray) removals = g_ptr_array_new_with_free_func (
          (GDestroyNotify) _ann_s3_removal_free);
      g_autoptr (AnnFileTarget) target = open_removable ("bucket/x.h5ad", FALSE, sizes[i / 2],
                                                         removals);
      g_autoptr (AnnFileTarget) other = i % 2 > 0 ? open_target ("bucket/x.h5ad", TRUE, 500) : NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (_ann_file_target_commit (target, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (removals->len, ==, 1);
      if (other != NULL)
        g_assert_true (_ann_file_target_commit (other, NULL, &error));
      _ann_s3_removal_run_later (g_ptr_array_ref (removals));
      ann_clean_up_wait ();
      if (other == NULL)
        assert_empty ("bucket");
      else
        assert_object ("bucket/x.h5ad", "file", 500);
      assert_warning (other == NULL ? NULL : "s3://bucket/x.h5ad* is left*somebody else*");
      empty_bucket ("bucket");
    }
}

typedef struct {
  AnnStoreWriter *writer;
  int number;
} Putter;

static gpointer
put_many (gpointer data)
{
  const Putter *putter = data;

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("X/%d/%d", putter->number, i);
      g_autoptr (GError) error = NULL;

      g_assert_true (put (putter->writer, key, 1000, &error));
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = open_writer ("bucket/x.zarr", &error);
  GThread *threads[8];
  Putter putters[8];

  web_server_reset (&server);
  _ann_s3_store_writer_set_sizes (writer, 900, 400);
  for (int i = 0; i < 8; i++)
    {
      putters[i] = (Putter){ writer, i };
      threads[i] = g_thread_new (NULL, put_many, &putters[i]);
    }
  for (int i = 0; i < 8; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (web_server_count (&server, "most"), >, 1);
  assert_object ("bucket/x.zarr/X/7/19", "X/7/19", 1000);
  g_assert_cmpuint (_ann_store_writer_get_n_bytes (writer), ==, 8 * 20 * 1000);
  g_clear_object (&writer);
  assert_empty ("bucket");
  empty_bucket ("bucket");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  /* Nothing of who runs the tests. */
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/dev/null", TRUE);
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
  g_unsetenv ("AWS_PROFILE");
  keep_warnings ();
  start ();

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    store_suite_add (&kinds[i]);
  g_test_add_func ("/s3-store-writer/refused", test_refused);
  g_test_add_func ("/s3-store-writer/leftovers", test_leftovers);
  g_test_add_func ("/s3-store-writer/leftover-keys", test_leftover_keys);
  g_test_add_func ("/s3-store-writer/dropped", test_dropped);
  g_test_add_func ("/s3-store-writer/parts", test_parts);
  g_test_add_func ("/s3-store-writer/many-parts", test_many_parts);
  g_test_add_func ("/s3-store-writer/every", test_every);
  g_test_add_func ("/s3-store-writer/passing", test_passing);
  g_test_add_func ("/s3-store-writer/slow", test_slow);
  g_test_add_func ("/s3-store-writer/late", test_late);
  g_test_add_func ("/s3-store-writer/abandoned", test_abandoned);
  g_test_add_func ("/s3-store-writer/removed-from-nobody", test_removed_from_nobody);
  g_test_add_func ("/s3-store-writer/removed-if-ours", test_removed_if_ours);
  g_test_add_func ("/s3-store-writer/threads", test_threads);
  g_test_add_func ("/s3-store-writer/lost", test_lost);
  g_test_add_func ("/s3-store-writer/lost-beginning", test_lost_beginning);
  g_test_add_func ("/s3-store-writer/cancelled-beginning", test_cancelled_beginning);
  g_test_add_func ("/s3-store-writer/lost-unconditional", test_lost_unconditional);
  g_test_add_func ("/s3-store-writer/lost-to-other", test_lost_to_other);
  result = g_test_run ();
  assert_warning (NULL);
  stop ();

  return result;
}
