/* test-file-target.c: files that appear whole, or not
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write-suite.h"

#include "store/ann-file-target.h"

#include <fcntl.h>

static AnnFileTarget *
open_target (const char *name, gboolean overwrite, GError **error)
{
  g_autofree char *path = at (name);

  return _ann_file_target_new (path, overwrite, error);
}

static gboolean
write_file (const char *name, gboolean overwrite, const char *contents, GError **error)
{
  g_autoptr (AnnFileTarget) target = open_target (name, overwrite, error);

  return target != NULL
         && _ann_file_target_append (target, contents, strlen (contents), NULL, error)
         && _ann_file_target_commit (target, NULL, error);
}

static void
test_new (void)
{
  g_autoptr (AnnFileTarget) target = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  target = open_target ("a", FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_file_target_append (target, "one ", 4, NULL, &error));
  g_assert_true (_ann_file_target_append (target, "", 0, NULL, &error));
  g_assert_true (_ann_file_target_append (target, "two", 3, NULL, &error));
  assert_names ("");
  g_assert_true (_ann_file_target_commit (target, NULL, &error));
  g_assert_no_error (error);
  assert_names ("a");
  assert_file ("a", "one two");
  g_clear_pointer (&target, _ann_file_target_free);
  assert_file ("a", "one two");

  target = open_target ("b", FALSE, &error);
  g_assert_cmpint (pwrite (_ann_file_target_get_fd (target), "by fd", 5, 0), ==, 5);
  g_assert_true (_ann_file_target_commit (target, NULL, &error));
  assert_file ("b", "by fd");
  end ();
}

static void
test_dropped (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  begin ();
  add_file ("old", "old", 0600);
  for (int overwrite = 0; overwrite < 2; overwrite++)
    {
      g_autoptr (AnnFileTarget) target = open_target (overwrite ? "old" : "a", overwrite, &error);

      g_assert_true (_ann_file_target_append (target, "new", 3, NULL, &error));
    }
  assert_names ("old");
  assert_file ("old", "old");

  g_cancellable_cancel (cancellable);
  for (int overwrite = 0; overwrite < 2; overwrite++)
    {
      g_autoptr (AnnFileTarget) target = open_target (overwrite ? "old" : "a", overwrite, &error);

      g_assert_false (_ann_file_target_append (target, "new", 3, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_false (_ann_file_target_commit (target, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
    }
  assert_names ("old");
  assert_file ("old", "old");
  end ();
}

static void
test_overwrite (void)
{
  g_autoptr (AnnFileTarget) target = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  add_file ("a", "old", 0600);
  g_assert_false (write_file ("a", FALSE, "new", &error));
  assert_exists (&error, "/a");
  assert_file ("a", "old");

  target = open_target ("a", TRUE, &error);
  g_assert_true (_ann_file_target_append (target, "new", 3, NULL, &error));
  assert_file ("a", "old");
  g_assert_true (_ann_file_target_commit (target, NULL, &error));
  assert_file ("a", "new");
  assert_names ("a");

  /* Nothing is there, or no longer: as good. */
  g_assert_true (write_file ("b", TRUE, "b", &error));
  assert_file ("b", "b");
  assert_names ("a b");
  end ();
}

/* Somebody was quicker. */
static void
test_between (void)
{
  g_autoptr (AnnFileTarget) first = NULL;
  g_autoptr (AnnFileTarget) second = NULL;
  g_autoptr (AnnFileTarget) third = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  first = open_target ("a", FALSE, &error);
  second = open_target ("a", TRUE, &error);
  third = open_target ("b", TRUE, &error);
  add_file ("a", "quick", 0600);
  g_assert_true (_ann_file_target_append (first, "first", 5, NULL, &error));
  g_assert_false (_ann_file_target_commit (first, NULL, &error));
  assert_exists (&error, "/a");
  assert_file ("a", "quick");

  g_assert_true (_ann_file_target_append (second, "second", 6, NULL, &error));
  g_assert_true (_ann_file_target_commit (second, NULL, &error));
  assert_file ("a", "second");

  path = at ("b");
  g_assert_no_errno (g_mkdir (path, 0700));
  g_assert_false (_ann_file_target_commit (third, NULL, &error));
  assert_denied (&error, "/b” has become a folder");
  g_clear_pointer (&third, _ann_file_target_free);
  assert_names ("a b");
  end ();
}

static void
test_refused (void)
{
  static const struct {
    const char *name;
    const char *word;
  } cases[] = { { "folder", "is a folder" },    { "folder/", "is a folder" },
                { "pipe", "neither" },          { "to-folder", "is a folder" },
                { "circle", "in a circle" },    { "folder/..", "names no file" },
                { "folder/.", "names no file" } };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *pipe = NULL;
  g_autofree char *link = NULL;
  g_autofree char *circle = NULL;

  begin ();
  path = at ("folder");
  pipe = at ("pipe");
  link = at ("to-folder");
  circle = at ("circle");
  g_assert_no_errno (g_mkdir (path, 0700));
  g_assert_no_errno (mkfifo (pipe, 0600));
  g_assert_no_errno (symlink ("folder", link));
  g_assert_no_errno (symlink ("circle", circle));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (open_target (cases[i].name, TRUE, &error));
      assert_denied (&error, cases[i].word);
    }
  g_assert_null (open_target ("nowhere/a", FALSE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (open_target ("pipe/a", FALSE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  assert_names ("circle folder pipe to-folder");
  end ();
}

static void
test_links (void)
{
  g_autofree char *link = NULL;
  g_autofree char *again = NULL;
  g_autofree char *hanging = NULL;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  add_file ("in/a", "old", 0640);
  link = at ("link");
  again = at ("again");
  hanging = at ("hanging");
  target = at ("in/b");
  g_assert_no_errno (symlink ("in/a", link));
  g_assert_no_errno (symlink (link, again));
  g_assert_no_errno (symlink (target, hanging));

  g_assert_false (write_file ("again", FALSE, "new", &error));
  assert_exists (&error, "/in/a");
  g_assert_true (write_file ("again", TRUE, "new", &error));
  assert_file ("in/a", "new");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (again, G_FILE_TEST_IS_SYMLINK));

  g_assert_true (write_file ("hanging", FALSE, "b", &error));
  assert_file ("in/b", "b");
  g_assert_true (g_file_test (hanging, G_FILE_TEST_IS_SYMLINK));
  assert_names ("again hanging in link");
  end ();
}

static void
test_modes (void)
{
  static const mode_t masks[] = { 022, 077, 0, 0277 };
  static const mode_t modes[] = { 0600, 0644, 0664, 0444, 0755, 0 };
  g_autoptr (GError) error = NULL;
  mode_t mask = umask (0);

  begin ();
  for (gsize i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      g_autofree char *name = g_strdup_printf ("new-%zu", i);

      umask (masks[i]);
      g_assert_true (write_file (name, FALSE, "x", &error));
      g_assert_no_error (error);
      g_assert_cmphex (get_mode (name), ==, 0666 & ~masks[i]);
    }
  umask (077);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      add_file ("old", "old", (int) modes[i]);
      g_assert_true (write_file ("old", TRUE, "new", &error));
      g_assert_no_error (error);
      g_assert_cmphex (get_mode ("old"), ==, modes[i]);
    }
  umask (mask);
  end ();
}

static void
test_owner (void)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  if (geteuid () != 0)
    {
      g_test_skip ("only root may give files away");
      return;
    }
  begin ();
  path = at ("a");
  add_file ("a", "old", 0640);
  g_assert_no_errno (chown (path, 1234, 4321));
  g_assert_true (write_file ("a", TRUE, "new", &error));
  g_assert_no_errno (g_stat (path, &status));
  g_assert_cmpuint (status.st_uid, ==, 1234);
  g_assert_cmpuint (status.st_gid, ==, 4321);
  g_assert_cmphex (status.st_mode & 0777, ==, 0640);
  end ();
}

static void
test_free_space (void)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  path = at ("not/yet/there");
  g_assert_true (_ann_check_free_space (path, 0, &error));
  g_assert_true (_ann_check_free_space (path, 1, &error));
  g_assert_false (_ann_check_free_space (path, (guint64) 1 << 62, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "4.6\302\240EB"));
  g_assert_true (_ann_check_free_space ("/proc/1", (guint64) 1 << 62, NULL));
  end ();
}

/* As long as names can be. */
static void
test_long_name (void)
{
  g_autofree char *name = g_strnfill (255, 'n');
  g_autofree char *longer = g_strnfill (256, 'n');
  g_autoptr (GError) error = NULL;

  begin ();
  g_assert_true (write_file (name, FALSE, "1", &error));
  g_assert_true (write_file (name, TRUE, "2", &error));
  assert_file (name, "2");
  assert_names (name);
  g_assert_false (write_file (longer, FALSE, "1", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);
  end ();
}

/* By a folder that is open: whatever its name is, or whether there is /proc. */
static void
test_unnamed (void)
{
  g_autofree char *path = NULL;
  g_autofree char *gone = NULL;
  int place, fd;

  begin ();
  path = at ("folder");
  gone = at ("gone");
  g_assert_no_errno (g_mkdir (path, 0700));
  place = open (path, O_RDONLY | O_DIRECTORY);
  g_assert_cmpint (place, >=, 0);
  g_assert_no_errno (g_rename (path, gone));
  fd = _ann_open_unnamed_in (place);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, "bytes", 5, 0), ==, 5);
  close (fd);
  g_assert_no_errno (g_rmdir (gone));
  close (place);
  g_assert_cmpint (_ann_open_unnamed (path), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-target/new", test_new);
  g_test_add_func ("/file-target/dropped", test_dropped);
  g_test_add_func ("/file-target/overwrite", test_overwrite);
  g_test_add_func ("/file-target/between", test_between);
  g_test_add_func ("/file-target/refused", test_refused);
  g_test_add_func ("/file-target/links", test_links);
  g_test_add_func ("/file-target/modes", test_modes);
  g_test_add_func ("/file-target/owner", test_owner);
  g_test_add_func ("/file-target/free-space", test_free_space);
  g_test_add_func ("/file-target/long-name", test_long_name);
  g_test_add_func ("/file-target/unnamed", test_unnamed);

  return g_test_run ();
}
