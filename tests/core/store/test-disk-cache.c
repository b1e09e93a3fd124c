/* test-disk-cache.c: what is kept on disk, by several processes at once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-disk-cache-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define URL "https://example.org/cells.zarr/X/c/0?token=verysecret"
#define RANGE "bytes=0-99"
#define MIB ((guint64) 1 << 20)

static char *program;

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "annbrowser", "parts", NULL);
}

/* Calls @call for every file that is kept. Returns: their bytes */
static guint64
for_each_file (void (*call) (const char *path))
{
  g_autofree char *folder = get_folder ();
  guint64 total = 0;

  for (int i = 0; i < 16; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%x", folder, i);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *file = g_build_filename (path, name, NULL);
          GStatBuf status;

          if (g_stat (file, &status) < 0)
            continue;
          total += (guint64) status.st_size;
          if (call != NULL)
            call (file);
        }
    }

  return total;
}

static void
remove_file (const char *path)
{
  g_assert_no_errno (g_unlink (path));
}

/* Not so that it outlasts a crash, for that takes time. */
static void
write_file (const char *path, const char *contents, gssize length)
{
  g_assert_true (
      g_file_set_contents_full (path, contents, length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* An empty cache of that size. */
static void
start (guint64 limit)
{
  for_each_file (remove_file);
  ann_disk_cache_set_limit (limit);
}

/* Bytes that tell of which object they are. */
static guint8 *
make_bytes (guint seed, gsize n)
{
  guint8 *bytes = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) (seed * 31 + i * 7 + (i >> 8));

  return bytes;
}

static void
keep (const char *url, const char *range, const char *etag, guint seed, gsize n)
{
  g_autofree guint8 *bytes = make_bytes (seed, n);

  _ann_disk_cache_keep (url, range, etag, n + 5, bytes, n);
}

/* Whether the part is there; then it is right. */
static gboolean
has (const char *url, const char *range, const char *etag, guint seed, gsize n)
{
  g_autofree guint8 *bytes = make_bytes (seed, n);
  AnnCachedPart part;

  if (!_ann_disk_cache_look_up (url, range, n, &part))
    return FALSE;
  g_assert_cmpmem (part.bytes, part.n_bytes, bytes, n);
  g_assert_cmpstr (part.etag, ==, etag);
  g_assert_cmpuint (part.object_size, ==, n + 5);
  _ann_cached_part_clear (&part);

  return TRUE;
}

static void
test_keep (void)
{
  start (64 * MIB);
  g_assert_false (has (URL, RANGE, "\"1\"", 1, 100));
  keep (URL, RANGE, "\"1\"", 1, 100);
  keep (URL, NULL, "\"1\"", 2, 500000);
  keep (URL, "bytes=5-", "\"1\"", 3, 0);
  g_assert_true (has (URL, RANGE, "\"1\"", 1, 100));
  g_assert_true (has (URL, NULL, "\"1\"", 2, 500000));
  g_assert_true (has (URL, "bytes=5-", "\"1\"", 3, 0));

  /* What does not fit the caller's limit, another range, another address. */
  g_assert_false (has (URL, NULL, "\"1\"", 2, 499999));
  g_assert_false (has (URL, "bytes=0-9", "\"1\"", 1, 100));
  g_assert_false (has (URL "x", RANGE, "\"1\"", 1, 100));

  /* The object was changed. */
  keep (URL, RANGE, "\"2\"", 4, 90);
  g_assert_true (has (URL, RANGE, "\"2\"", 4, 90));
}

static void
test_not_kept (void)
{
  g_autofree char *long_tag = g_strnfill (2000, '"');

  start (16 * MIB);
  keep (URL, RANGE, NULL, 1, 100);
  keep (URL, RANGE, "", 1, 100);
  keep (URL, RANGE, "W/\"1\"", 1, 100);
  keep (URL, RANGE, "1", 1, 100);
  keep (URL, RANGE, long_tag, 1, 100);
  keep (URL, RANGE, "\"1\"", 1, MIB / 8 + 1);
  g_assert_cmpuint (for_each_file (NULL), ==, 0);

  keep (URL, RANGE, "\"1\"", 1, 100);
  ann_disk_cache_set_limit (0);
  g_assert_false (has (URL, RANGE, "\"1\"", 1, 100));
  keep (URL, NULL, "\"1\"", 1, 100);
  ann_disk_cache_set_limit (16 * MIB);
  g_assert_true (has (URL, RANGE, "\"1\"", 1, 100));
  g_assert_false (has (URL, NULL, "\"1\"", 1, 100));
}

static char *the_file;

static void
find_file (const char *path)
{
  g_free (the_file);
  the_file = g_strdup (path);
}

/* A file of which a byte is wrong, or the end is missing, is none, and goes. */
static void
test_damaged (void)
{
  g_autofree char *contents = NULL;
  gsize size;

  start (16 * MIB);
  keep (URL, RANGE, "\"1\"", 1, 100);
  for_each_file (find_file);
  g_assert_true (g_file_get_contents (the_file, &contents, &size, NULL));
  for (gsize i = 0; i < 2 * size; i++)
    {
      if (i < size)
        contents[i] ^= 0x10;
      g_assert_true (
          g_file_set_contents (the_file, contents, (gssize) (i < size ? size : i - size), NULL));
      if (i < size)
        contents[i] ^= 0x10;
      g_assert_false (has (URL, RANGE, "\"1\"", 1, 100));
      keep (URL, RANGE, "\"1\"", 1, 100);
      g_assert_true (has (URL, RANGE, "\"1\"", 1, 100));
    }

  /* The file of another part under this name. */
  keep (URL, NULL, "\"1\"", 2, 100);
  write_file (the_file, contents, (gssize) size);
  for_each_file (remove_file);
  keep (URL, NULL, "\"1\"", 1, 100);
  g_free (contents);
  contents = g_steal_pointer (&the_file);
  for_each_file (find_file);
  g_assert_no_errno (g_rename (the_file, contents));
  g_assert_false (has (URL, RANGE, "\"1\"", 1, 100));
  g_clear_pointer (&the_file, g_free);
}

static void
check_private (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *contents = NULL;
  GStatBuf status;
  gsize size;

  g_assert_no_errno (g_stat (path, &status));
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_no_errno (g_stat (folder, &status));
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);

  g_assert_null (strstr (path, "secret"));
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_null (g_strstr_len (contents, (gssize) size, "secret"));
  g_assert_null (g_strstr_len (contents, (gssize) size, "example.org"));
}

static void
test_private (void)
{
  mode_t mask = umask (0);

  start (16 * MIB);
  keep (URL, RANGE, "\"1\"", 1, 100);
  g_assert_cmpuint (for_each_file (check_private), >, 100);
  umask (mask);
}

static void
make_old (const char *path)
{
  const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

  g_assert_no_errno (utimensat (AT_FDCWD, path, times, 0));
}

/* The last one is there always. */
static void
keep_many (const char *name, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("%s-%u", name, i);

      keep (url, NULL, "\"1\"", i, 30000);
      g_assert_true (has (url, NULL, "\"1\"", i, 30000));
    }
}

/* The limit is kept, and what was not used for longest goes. */
static void
test_limit (void)
{
  const guint n_old = 240;
  guint n_used = 0;
  guint n_unused = 0;

  start (16 * MIB);
  for (guint i = 0; i < n_old; i++)
    {
      g_autofree char *url = g_strdup_printf ("old-%u", i);

      keep (url, NULL, "\"1\"", i, 30000);
    }
  for_each_file (make_old);
  for (guint i = 0; i < n_old; i += 2)
    {
      g_autofree char *url = g_strdup_printf ("old-%u", i);

      g_assert_true (has (url, NULL, "\"1\"", i, 30000));
    }

  /* Old and new ones are more than there is room for, but not much. */
  keep_many ("new", 260);
  g_assert_cmpuint (for_each_file (NULL), >, 8 * MIB);
  for (guint i = 0; i < n_old; i++)
    {
      g_autofree char *url = g_strdup_printf ("old-%u", i);

      if (has (url, NULL, "\"1\"", i, 30000))
        ++*(i % 2 == 0 ? &n_used : &n_unused);
    }
  g_assert_cmpuint (n_used, >, n_unused);

  keep_many ("many", 600);
  g_assert_cmpuint (for_each_file (NULL), <=, 16 * MIB);
  g_assert_cmpuint (for_each_file (NULL), >, 8 * MIB);

  /* A smaller limit is kept from the next parts on. */
  ann_disk_cache_set_limit (4 * MIB);
  keep_many ("newer", 100);
  g_assert_cmpuint (for_each_file (NULL), <=, 4 * MIB);
}

/* What a process left that was killed while it wrote. */
static void
test_left_behind (void)
{
  g_autofree char *folder = get_folder ();
  char *paths[32];

  start (16 * MIB);
  for (int i = 0; i < 32; i++)
    {
      paths[i] = g_strdup_printf ("%s/%x/new-1-%d", folder, i % 16, i);
      write_file (paths[i], "x", 1);
      if (i < 16)
        make_old (paths[i]);
    }
  ann_disk_cache_set_limit (16 * MIB);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *url = g_strdup_printf ("%u", i);

      keep (url, NULL, "\"1\"", i, 10);
    }
  for (int i = 0; i < 32; i++)
    {
      g_assert_cmpint (g_file_test (paths[i], G_FILE_TEST_EXISTS), ==, i >= 16);
      g_free (paths[i]);
    }
}

/* The same parts again and again, of objects that change: what is found is always whole. */
static int
run_child (guint seed)
{
  ann_disk_cache_set_limit (4 * MIB);
  for (guint i = 0; i < 400; i++)
    {
      guint number = (i * 7 + seed) % 60;
      guint version = (i + seed) % 3;
      g_autofree char *url = g_strdup_printf ("shared-%u", number);
      g_autofree char *etag = g_strdup_printf ("\"%u\"", version);
      AnnCachedPart part;

      keep (url, NULL, etag, version, 20000 + version);
      if (_ann_disk_cache_look_up (url, NULL, 30000, &part))
        {
          guint found = (guint) (part.etag[1] - '0');
          g_autofree guint8 *bytes = make_bytes (found, 20000 + found);

          g_assert_cmpmem (part.bytes, part.n_bytes, bytes, 20000 + found);
          _ann_cached_part_clear (&part);
        }
    }

  return 0;
}

static void
test_processes (void)
{
  GPid children[4];

  start (4 * MIB);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      char *arguments[] = { program, (char *) "child", number, NULL };
      g_autoptr (GError) error = NULL;

      g_spawn_async (NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &children[i],
                     &error);
      g_assert_no_error (error);
    }

  /* One of them dies on the way, wherever it is. */
  g_assert_cmpint (run_child (9), ==, 0);
  kill (children[0], SIGKILL);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      if (i > 0)
        g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
      g_spawn_close_pid (children[i]);
    }

  /* Each process looks after it has written a sixteenth. */
  g_assert_cmpuint (for_each_file (NULL), <=, 5 * MIB);
}

static void
check_environment (const char *size, const char *expected)
{
  char *arguments[] = { program, (char *) "limit", NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "ANN_CACHE_SIZE", size, TRUE);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, arguments, environment, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL,
                NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (output, ==, expected);
}

static void
test_environment (void)
{
  check_environment ("", "0");
  check_environment ("0", "0");
  check_environment ("123456", "123456");
  check_environment ("2G", "2147483648");
  check_environment ("500m", "524288000");
  check_environment ("1T", "1099511627776");
  check_environment ("-1", "0");
  check_environment ("1GB", "0");
  check_environment ("much", "0");
  check_environment ("99999999999T", "0");
}

/* Others could put parts there. The cache's folder is opened once, so that a process looks. */
static void
test_writable_by_others (void)
{
  g_autofree char *folder = get_folder ();
  char *arguments[] = { program, (char *) "keep", NULL };
  g_autoptr (GError) error = NULL;

  start (16 * MIB);
  keep (URL, RANGE, "\"1\"", 1, 100);
  for_each_file (remove_file);
  for (int i = 0; i < 2; i++)
    {
      g_assert_no_errno (g_chmod (folder, i == 0 ? 0770 : 0700));
      g_spawn_sync (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (for_each_file (NULL) > 0, ==, i == 1);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  int result;

  program = argv[0];
  if (argc == 3 && g_str_equal (argv[1], "child"))
    return run_child ((guint) g_ascii_strtoull (argv[2], NULL, 10));
  if (argc == 2 && g_str_equal (argv[1], "limit"))
    {
      g_print ("%" G_GUINT64_FORMAT, ann_disk_cache_get_limit ());
      return 0;
    }
  if (argc == 2 && g_str_equal (argv[1], "keep"))
    {
      ann_disk_cache_set_limit (16 * MIB);
      keep (URL, RANGE, "\"1\"", 1, 100);
      return 0;
    }

  folder = g_dir_make_tmp ("ann-disk-cache-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk-cache/keep", test_keep);
  g_test_add_func ("/disk-cache/not-kept", test_not_kept);
  g_test_add_func ("/disk-cache/damaged", test_damaged);
  g_test_add_func ("/disk-cache/private", test_private);
  g_test_add_func ("/disk-cache/limit", test_limit);
  g_test_add_func ("/disk-cache/left-behind", test_left_behind);
  g_test_add_func ("/disk-cache/processes", test_processes);
  g_test_add_func ("/disk-cache/environment", test_environment);
  g_test_add_func ("/disk-cache/writable-by-others", test_writable_by_others);
  result = g_test_run ();

  for_each_file (remove_file);
  {
    char *arguments[] = { (char *) "rm", (char *) "-r", folder, NULL };

    g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  }

  return result;
}
