/* test-source.c: files on disk that are read by parts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT "abcdefghij"

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("ann-source-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "x", NULL);
  g_assert_true (g_file_set_contents (fixture->path, TEXT, -1, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (fixture->path);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_free (fixture->path);
}

static AnnSource *
open_file (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnSource *source = _ann_source_open_file (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (source);

  return source;
}

static void
assert_open_fails (const char *path, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (_ann_source_open_file (path, &error));
  g_assert_error (error, ANN_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
assert_read_fails (AnnSource *source, guint64 offset, gsize n, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[16];

  g_assert_false (_ann_source_read (source, offset, bytes, n, NULL, &error));
  g_assert_error (error, ANN_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_read (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnSource) source = open_file (fixture);
  g_autoptr (GError) error = NULL;
  guint8 a[3], b[10], c[1];
  const AnnSourcePart parts[] = { { 7, 3, a }, { 0, 10, b }, { 10, 0, c }, { 1, 1, c } };

  g_assert_cmpuint (_ann_source_get_size (source), ==, 10);
  g_assert_false (_ann_source_is_remote (source));
  g_assert_cmpstr (_ann_source_get_path (source), ==, fixture->path);

  g_assert_true (_ann_source_read_parts (source, parts, 4, NULL, &error));
  g_assert_cmpmem (a, 3, "hij", 3);
  g_assert_cmpmem (b, 10, TEXT, 10);
  g_assert_cmpmem (c, 1, "b", 1);
  g_assert_true (_ann_source_read_parts (source, NULL, 0, NULL, &error));
}

/* The last byte, and beyond it; sums that wrap. */
static void
test_bounds (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnSource) source = open_file (fixture);
  guint8 byte = 0;

  g_assert_true (_ann_source_read (source, 9, &byte, 1, NULL, NULL));
  g_assert_cmpint (byte, ==, 'j');
  assert_read_fails (source, 9, 2, ANN_ERROR_CORRUPT, "beyond the end");
  assert_read_fails (source, 11, 0, ANN_ERROR_CORRUPT, "beyond the end");
  assert_read_fails (source, G_MAXUINT64, 2, ANN_ERROR_CORRUPT, "beyond the end");
  assert_read_fails (source, 2, G_MAXSIZE, ANN_ERROR_CORRUPT, "beyond the end");
}

static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnSource) source = open_file (fixture);
  g_autoptr (AnnSource) same = open_file (fixture);
  g_autoptr (AnnSource) other = NULL;
  const struct timespec times[2] = { { 0, UTIME_OMIT }, { 1, 0 } };

  g_assert_cmpstr (_ann_source_get_identity (source), ==, _ann_source_get_identity (same));

  g_assert_no_errno (utimensat (AT_FDCWD, fixture->path, times, 0));
  assert_read_fails (source, 0, 1, ANN_ERROR_CHANGED, "open it again");
  other = open_file (fixture);
  g_assert_cmpstr (_ann_source_get_identity (source), !=, _ann_source_get_identity (other));

  /* Shorter than the part that is asked for. */
  g_assert_no_errno (truncate (fixture->path, 4));
  assert_read_fails (other, 0, 10, ANN_ERROR_CHANGED, "open it again");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnSource) source = open_file (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_source_read (source, 0, &byte, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (_ann_source_read (source, 0, &byte, 1, NULL, NULL));
}

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *absent = g_build_filename (fixture->folder, "y", NULL);
  g_autofree char *below = g_build_filename (fixture->path, "y", NULL);

  assert_open_fails (absent, ANN_ERROR_NOT_FOUND, "no such file");
  assert_open_fails (below, ANN_ERROR_NOT_FOUND, "no such file");
  assert_open_fails (fixture->folder, ANN_ERROR_FORMAT, "folder");
  assert_open_fails ("/dev/null", ANN_ERROR_FORMAT, "not a regular file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/source/read", test_read);
  ADD ("/source/bounds", test_bounds);
  ADD ("/source/changed", test_changed);
  ADD ("/source/cancelled", test_cancelled);
  ADD ("/source/refused", test_refused);
#undef ADD

  return g_test_run ();
}
