/* test-write-faults.c: every call by which something is written fails once, and is the last one of
 * a killed process once: there is the old or the new afterwards
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/failing-writes.h"
#include "write-suite.h"

#include "store/ann-file-target.h"
#include "store/ann-folder-editor.h"
#include "store/ann-store-writer-private.h"

#include <sys/mount.h>
#include <sys/wait.h>

#define OLD "old"
#define NEW "the new one, which is longer"

/* --- What is done --- */

static gboolean
put (AnnStoreWriter *writer, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (NEW, strlen (NEW));

  return _ann_store_writer_put (writer, key, bytes, NULL, error);
}

static gboolean
write_file (gboolean overwrite, GError **error)
{
  g_autofree char *path = at ("target");
  g_autoptr (AnnFileTarget) target = _ann_file_target_new (path, overwrite, error);

  return target != NULL && _ann_file_target_append (target, NEW, 3, NULL, error)
         && _ann_file_target_append (target, &NEW[3], strlen (NEW) - 3, NULL, error)
         && _ann_file_target_commit (target, NULL, error);
}

static gboolean
write_store (const char *name, gboolean overwrite, GError **error)
{
  g_autofree char *path = at (name);
  g_autoptr (AnnStoreWriter) writer = _ann_store_writer_new (path, overwrite, NULL, error);

  return writer != NULL && put (writer, "X/c/0/0", error) && put (writer, "X/c/0/1", error)
         && put (writer, "zarr.json", error) && _ann_store_writer_commit (writer, NULL, error);
}

static gboolean
write_folder (gboolean overwrite, GError **error)
{
  return write_store ("target", overwrite, error);
}

static gboolean
write_zip (gboolean overwrite, GError **error)
{
  return write_store ("target.zip", overwrite, error);
}

/* --- What is there afterwards --- */

static char *
read_file (const char *name)
{
  g_autofree char *path = at (name);
  char *contents = NULL;

  return g_file_get_contents (path, &contents, NULL, NULL) ? contents : NULL;
}

/* Whether the new one is there; if not, it is the old one, or nothing if there was none. */
static gboolean
is_new (const char *name, gboolean was_there)
{
  g_autofree char *contents = read_file (name);

  if (g_strcmp0 (contents, NEW) == 0)
    return TRUE;
  g_assert_cmpstr (contents, ==, was_there ? OLD : NULL);

  return FALSE;
}

static gboolean
is_file_new (gboolean was_there)
{
  return is_new ("target", was_there);
}

static gboolean
is_folder_new (gboolean was_there)
{
  gboolean result = is_new ("target/zarr.json", was_there);

  if (result)
    {
      assert_file ("target/X/c/0/0", NEW);
      assert_file ("target/X/c/0/1", NEW);
      g_assert_false (is_new ("target/gone", FALSE));
    }
  else if (was_there)
    assert_file ("target/gone", OLD);

  return result;
}

/* A directory is at its end, and points to the rest. */
static gboolean
is_zip_new (gboolean was_there)
{
  g_autofree char *path = at ("target.zip");
  const char *const argv[] = {
    "python3",
    "-c",
    "import sys, zipfile\n"
    "z = zipfile.ZipFile(sys.argv[1])\n"
    "assert z.testzip() is None and z.namelist() == ['X/c/0/0', 'X/c/0/1', 'zarr.json']\n",
    path,
    NULL,
  };
  g_autofree char *contents = read_file ("target.zip");
  int status;

  if (contents == NULL || g_str_equal (contents, OLD))
    {
      g_assert_cmpint (contents != NULL, ==, was_there);
      return FALSE;
    }
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);

  return TRUE;
}

typedef struct {
  const char *name;
  const char *target;
  const char *old[3]; /* files that are there, if there is something */
  gboolean (*write) (gboolean overwrite, GError **error);
  gboolean (*is_new) (gboolean was_there);
} Kind;

static const Kind kinds[] = {
  { "file", "target", { "target" }, write_file, is_file_new },
  { "folder", "target", { "target/zarr.json", "target/gone" }, write_folder, is_folder_new },
  { "zip", "target.zip", { "target.zip" }, write_zip, is_zip_new },
};

typedef struct {
  const Kind *kind;
  gboolean overwrite;
  gboolean is_plain; /* on a file system that cannot do much */
} Case;

static void
set_up (const Case *one)
{
  begin ();
  for (int i = 0; one->overwrite && one->kind->old[i] != NULL; i++)
    add_file (one->kind->old[i], OLD, 0600);
  failing_writes.n_calls = 0;
  failing_writes.without_unnamed = one->is_plain;
  failing_writes.without_exchange = one->is_plain;
}

static void
tear_down (void)
{
  failing_writes.fail_at = -1;
  failing_writes.kill_at = -1;
  failing_writes.error = EIO;
  failing_writes.without_unnamed = FALSE;
  failing_writes.without_exchange = FALSE;
  end ();
}

/* The end of what is done: first what was written is made durable, then it gets its name, and then
 * that is made durable.
 */
static const struct {
  const char *name;
  const char *calls[4]; /* new, over another; the same on a file system that cannot do much */
} endings[] = {
  { "file", { "wwsls", "wwsllrs", "wwsRls", "wwsrs" } },
  { "folder", { "owSRs", "owSRRs", "owSRlrs", "owSRlRrrs" } },
  { "zip", { "wwsls", "wwsllrs", "wwsRls", "wwsrs" } },
};

static void
check_ending (const Case *one)
{
  const char *ending = endings[one->kind - kinds].calls[one->is_plain * 2 + one->overwrite];

  g_assert_cmpstr (endings[one->kind - kinds].name, ==, one->kind->name);
  if (!g_str_has_suffix (failing_writes.trace, ending))
    g_error ("%s does not end with %s", failing_writes.trace, ending);
}

static long
count_calls (const Case *one)
{
  g_autoptr (GError) error = NULL;

  set_up (one);
  g_assert_true (one->kind->write (one->overwrite, &error));
  g_assert_no_error (error);
  check_ending (one);
  g_assert_true (one->kind->is_new (one->overwrite));
  assert_names (one->kind->target);
  tear_down ();

  return failing_writes.n_calls;
}

/* The last call makes the name durable: then the new one is there, and it is said that it may not
 * stay.
 */
static void
test_failing (gconstpointer data)
{
  const Case *one = data;
  long n_calls = count_calls (one);

  g_assert_cmpint (n_calls, >, 3);
  for (long i = 0; i < n_calls; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_done;

      set_up (one);
      failing_writes.fail_at = i;
      is_done = one->kind->write (one->overwrite, &error);
      if (is_done)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          g_assert_nonnull (strstr (error->message, folder));
          g_assert_nonnull (strstr (error->message, "Input/output error"));
        }
      g_assert_cmpint (one->kind->is_new (one->overwrite), ==, is_done || i == n_calls - 1);
      if (is_done || one->overwrite || i == n_calls - 1)
        {
          g_autofree char *names = names_in (folder);

          /* What was replaced, and may be needed still. */
          if (is_done || i < n_calls - 1)
            g_assert_cmpstr (names, ==, one->kind->target);
        }
      else
        assert_names ("");
      tear_down ();
    }
}

/* A copy of this process that @at_call kills. A lock that another thread held meanwhile is never
 * free in the copy, as those of the address sanitizer's memory are not: then it ends itself.
 * Returns: 0 in the copy
 */
static pid_t
copy_process (long at_call)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      alarm (20);
      failing_writes.kill_at = at_call;
    }

  return child;
}

/* Returns: %FALSE if it hung */
static gboolean
was_killed (pid_t child)
{
  int status;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  if (WTERMSIG (status) == SIGALRM)
    return FALSE;
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);

  return TRUE;
}

typedef void (*Step) (const Case *one);

/* Twice in a row it does not hang by such a chance. */
static void
set_up_and_kill (Step set_up_for, Step write, const Case *one, long at_call)
{
  for (guint n_tries = 1;; n_tries++)
    {
      pid_t child;

      set_up_for (one);
      child = copy_process (at_call);
      if (child == 0)
        {
          write (one);
          _exit (0);
        }
      if (was_killed (child))
        return;
      g_assert_cmpuint (n_tries, <, 2);
      tear_down ();
    }
}

static void
write_case (const Case *one)
{
  one->kind->write (one->overwrite, NULL);
}

/* Without an exchange, there is a moment at which a folder's old one has another name. */
static gboolean
is_between (const Case *one)
{
  g_autofree char *names = names_in (folder);

  return one->is_plain && one->overwrite && strstr (names, ".part.old") != NULL
         && !g_str_has_suffix (names, one->kind->target);
}

static void
test_killed (gconstpointer data)
{
  const Case *one = data;
  long n_calls = count_calls (one);
  guint n_left = 0;

  for (long i = 0; i < n_calls; i++)
    {
      g_autofree char *other = NULL;
      g_autofree char *names = NULL;
      g_autoptr (AnnFileTarget) next = NULL;
      g_auto (GStrv) left = NULL;

      set_up_and_kill (set_up, write_case, one, i);
      names = names_in (folder);
      left = g_strsplit (names, " ", -1);
      if (!is_between (one))
        one->kind->is_new (one->overwrite);
      for (guint j = 0; left[j] != NULL; j++)
        {
          if (g_str_equal (left[j], one->kind->target))
            continue;
          g_assert_true (g_str_has_prefix (left[j], ".target"));
          n_left++;
        }

      /* Who writes something else there cleans up. */
      other = at ("other");
      next = _ann_file_target_new (other, FALSE, NULL);
      g_clear_pointer (&next, _ann_file_target_free);
      g_free (names);
      names = names_in (folder);
      if (strstr (names, ".part.old") == NULL)
        g_assert_true (*names == '\0' || g_str_equal (names, one->kind->target));
      tear_down ();
    }

  /* A file without a name leaves nothing, but for the moment before it replaces another. */
  if (one->kind->write != write_folder && !one->is_plain)
    g_assert_cmpuint (n_left, ==, one->overwrite ? 1 : 0);
  else
    g_assert_cmpuint (n_left, >, 0);
}

/* Somebody was quicker, where the system cannot tell in the same step. */
static void
test_between_plain (void)
{
  begin ();
  failing_writes.without_unnamed = TRUE;
  failing_writes.without_exchange = TRUE;
  for (int is_store = 0; is_store < 2; is_store++)
    {
      g_autofree char *path = at (is_store ? "s.zarr" : "a");
      g_autoptr (AnnFileTarget) file = NULL;
      g_autoptr (AnnStoreWriter) store = NULL;
      g_autoptr (GError) error = NULL;

      if (is_store)
        store = _ann_store_writer_new (path, FALSE, NULL, &error);
      else
        file = _ann_file_target_new (path, FALSE, &error);
      g_assert_no_error (error);
      if (is_store)
        g_assert_no_errno (g_mkdir (path, 0700));
      else
        add_file ("a", OLD, 0600);
      g_assert_false (is_store ? _ann_store_writer_commit (store, NULL, &error)
                               : _ann_file_target_commit (file, NULL, &error));
      assert_exists (&error, "");
    }
  assert_names ("a s.zarr");
  assert_file ("a", OLD);
  tear_down ();
}

/* What somebody is writing is left alone. */
static void
test_held (void)
{
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_autofree char *names = NULL;
  g_autofree char *more = NULL;
  g_autoptr (AnnFileTarget) file = NULL;
  g_autoptr (AnnFileTarget) next = NULL;
  g_autoptr (AnnStoreWriter) store = NULL;
  g_autoptr (GError) error = NULL;

  begin ();
  failing_writes.without_unnamed = TRUE;
  path = at ("a");
  other = at ("b");
  file = _ann_file_target_new (path, FALSE, &error);
  store = _ann_store_writer_new (path, FALSE, NULL, &error);
  names = names_in (folder);
  next = _ann_file_target_new (other, FALSE, &error);
  g_clear_pointer (&next, _ann_file_target_free);
  more = names_in (folder);
  g_assert_cmpstr (more, ==, names);
  g_assert_nonnull (strchr (more, ' '));

  g_assert_true (put (store, "zarr.json", &error));
  g_assert_true (_ann_file_target_append (file, NEW, strlen (NEW), NULL, &error));
  g_assert_true (_ann_file_target_commit (file, NULL, &error));
  assert_file ("a", NEW);
  g_clear_object (&store);

  /* Names that others chose. */
  add_file (".a.part", "", 0600);
  add_file (".a.ann-0123456789ab.part.old", "", 0600);
  add_file ("a.ann-0123456789ab.part", "", 0600);
  next = _ann_file_target_new (other, FALSE, &error);
  g_clear_pointer (&next, _ann_file_target_free);
  assert_names (".a.ann-0123456789ab.part.old .a.part a a.ann-0123456789ab.part");

  /* And what is somebody else's. */
  if (geteuid () == 0)
    {
      g_autofree char *theirs = at (".a.ann-0123456789ab.part");

      add_file (".a.ann-0123456789ab.part", "", 0666);
      g_assert_no_errno (chown (theirs, 1234, 1234));
      next = _ann_file_target_new (other, FALSE, &error);
      g_clear_pointer (&next, _ann_file_target_free);
      g_assert_true (g_file_test (theirs, G_FILE_TEST_EXISTS));
    }
  tear_down ();
}

static void
test_codes (void)
{
  static const struct {
    int number;
    gboolean is_denied;
    int code;
    const char *word;
  } cases[] = {
    { EACCES, TRUE, ANN_ERROR_DENIED, "no permission to write" },
    { EROFS, TRUE, ANN_ERROR_DENIED, "is read-only" },
    { ENOSPC, FALSE, G_IO_ERROR_NO_SPACE, "no room left" },
  };

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        const Case one = { &kinds[k], FALSE, FALSE };
        g_autoptr (GError) error = NULL;

        set_up (&one);
        failing_writes.fail_at = 0;
        failing_writes.error = cases[i].number;
        g_assert_false (kinds[k].write (FALSE, &error));
        g_assert_nonnull (error);
        g_assert_cmpuint (error->domain, ==, (cases[i].is_denied ? ANN_ERROR : G_IO_ERROR));
        g_assert_cmpint (error->code, ==, cases[i].code);
        g_assert_nonnull (strstr (error->message, cases[i].word));
        tear_down ();
      }
}

/* --- Real disks --- */

static void
test_full_disk (void)
{
  const gsize size = (gsize) 3 << 20;
  g_autofree guint8 *bytes = g_malloc0 (size);
  g_autoptr (GBytes) big = g_bytes_new_static (bytes, size);
  static const char *const names[] = { "file", "store.zarr", "store.zip" };

  begin ();
  if (mount ("tmpfs", folder, "tmpfs", 0, "size=4m") < 0)
    {
      g_test_skip ("only root may mount a small disk");
      end ();
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = at (names[i]);
      g_autoptr (AnnFileTarget) target = NULL;
      g_autoptr (AnnStoreWriter) writer = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 0)
        {
          target = _ann_file_target_new (path, FALSE, &error);
          g_assert_true (_ann_file_target_append (target, bytes, size, NULL, &error));
          g_assert_false (_ann_file_target_append (target, bytes, size, NULL, &error));
        }
      else
        {
          writer = _ann_store_writer_new (path, FALSE, NULL, &error);
          g_assert_true (_ann_store_writer_put (writer, "X/0", big, NULL, &error));
          g_assert_false (_ann_store_writer_put (writer, "X/1", big, NULL, &error));
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_assert_nonnull (strstr (error->message, "no room left"));
      g_clear_error (&error);
      g_assert_false (_ann_check_free_space (path, size, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_clear_pointer (&target, _ann_file_target_free);
      g_clear_object (&writer);
      assert_names ("");
      g_assert_true (_ann_check_free_space (path, size, NULL));
    }

  g_assert_no_errno (mount ("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = at (names[i]);
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_assert_null (_ann_file_target_new (path, FALSE, &error));
      else
        g_assert_null (_ann_store_writer_new (path, FALSE, NULL, &error));
      assert_denied (&error, "is read-only");
    }
  g_assert_no_errno (umount (folder));
  end ();
}

static void
test_read_only (void)
{
  static const char *const names[] = { "in/file", "in/store.zarr", "in/store.zip" };
  g_autofree char *in = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  begin ();
  in = at ("in");
  g_assert_no_errno (g_mkdir (in, 0500));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = at (names[i]);
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_assert_null (_ann_file_target_new (path, FALSE, &error));
      else
        g_assert_null (_ann_store_writer_new (path, FALSE, NULL, &error));
      assert_denied (&error, "no permission to write");
    }
  end ();
}

/* --- A store that is edited --- */

static gboolean
edit (GError **error)
{
  g_autofree char *path = at ("s.zarr");
  g_autoptr (AnnStoreWriter) editor = _ann_folder_editor_new (path, error);

  return editor != NULL && put (editor, ANN_FOLDER_EDITOR_NEW "/x/zarr.json", error)
         && put (editor, ANN_FOLDER_EDITOR_NEW "/x/c/0", error)
         && _ann_folder_editor_exchange (editor, ANN_FOLDER_EDITOR_NEW "/x", "X", error)
         && _ann_folder_editor_move (editor, "a", "b", error)
         && _ann_folder_editor_remove (editor, "gone", error) && put (editor, "zarr.json", error)
         && _ann_store_writer_commit (editor, NULL, error);
}

static void
set_up_store (G_GNUC_UNUSED const Case *one)
{
  static const char *const names[] = {
    "s.zarr/zarr.json", "s.zarr/X/zarr.json", "s.zarr/X/c/0", "s.zarr/a/0", "s.zarr/gone/0",
  };

  begin ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    add_file (names[i], OLD, 0600);
  failing_writes.n_calls = 0;
}

/* Each step is done, and then those before it, or not. (transfer full): what is in the store */
static char *
check_steps (void)
{
  g_autofree char *path = at ("s.zarr");
  g_autofree char *first = read_file ("s.zarr/X/zarr.json");
  g_autofree char *moved = read_file ("s.zarr/b/0");
  g_autofree char *gone = read_file ("s.zarr/gone/0");
  gboolean is_placed = g_strcmp0 (first, NEW) == 0;
  gboolean is_put = is_new ("s.zarr/zarr.json", TRUE);

  g_assert_cmpint (is_new ("s.zarr/X/c/0", TRUE), ==, is_placed);
  if (moved == NULL)
    assert_file ("s.zarr/a/0", OLD);
  g_assert_true (is_placed || moved == NULL);
  g_assert_true (moved != NULL || gone != NULL);
  g_assert_true (gone == NULL || !is_put);

  return names_in (path);
}

static void
edit_store (G_GNUC_UNUSED const Case *one)
{
  edit (NULL);
}

static void
test_edit (void)
{
  g_autoptr (GError) error = NULL;
  long n_calls;

  set_up_store (NULL);
  g_assert_true (edit (&error));
  g_assert_no_error (error);
  n_calls = failing_writes.n_calls;
  /* What replaces an object is on disk before. */
  g_assert_true (g_str_has_suffix (failing_writes.trace, "owsrS"));
  assert_file ("s.zarr/zarr.json", NEW);
  g_free (check_steps ());
  tear_down ();

  for (long i = 0; i < n_calls; i++)
    {
      g_autofree char *names = NULL;

      set_up_store (NULL);
      failing_writes.fail_at = i;
      g_assert_false (edit (&error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_clear_error (&error);
      names = check_steps ();
      g_assert_null (strstr (names, ".ann-edit"));
      tear_down ();
    }
  for (long i = 0; i < n_calls; i++)
    {
      g_autofree char *path = NULL;
      g_autofree char *names = NULL;
      g_autoptr (AnnStoreWriter) next = NULL;

      set_up_and_kill (set_up_store, edit_store, NULL, i);
      g_free (check_steps ());
      path = at ("s.zarr");
      next = _ann_folder_editor_new (path, &error);
      g_assert_no_error (error);
      g_clear_object (&next);
      names = check_steps ();
      g_assert_null (strstr (names, ".ann-edit"));
      tear_down ();
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds) * 4; i++)
    {
      Case *one = g_new (Case, 1);
      g_autofree char *name = NULL;
      g_autofree char *failing = NULL;
      g_autofree char *killed = NULL;

      *one = (Case){ &kinds[i / 4], (i & 1) != 0, (i & 2) != 0 };
      name = g_strconcat (one->kind->name, one->overwrite ? "-over" : "",
                          one->is_plain ? "-plain" : "", NULL);
      failing = g_strconcat ("/write-faults/failing/", name, NULL);
      killed = g_strconcat ("/write-faults/killed/", name, NULL);
      g_test_add_data_func (failing, one, test_failing);
      g_test_add_data_func_full (killed, one, test_killed, g_free);
    }
  g_test_add_func ("/write-faults/between-plain", test_between_plain);
  g_test_add_func ("/write-faults/held", test_held);
  g_test_add_func ("/write-faults/codes", test_codes);
  g_test_add_func ("/write-faults/full-disk", test_full_disk);
  g_test_add_func ("/write-faults/read-only", test_read_only);
  g_test_add_func ("/write-faults/edit", test_edit);

  return g_test_run ();
}
