/* test-window-untouched.c: looking at a store changes nothing in it, however the looking ends
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "models/ann-recents.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char *folder;
static char *store;

typedef struct {
  char *digest;
  GStatBuf status;
} State;

static State
get_state (void)
{
  State state = { NULL };
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_cmpint (g_stat (store, &state.status), ==, 0);
  g_assert_true (g_file_get_contents (store, &bytes, &length, NULL));
  state.digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, length);

  return state;
}

static void
assert_untouched (State *before)
{
  State after = get_state ();

  g_assert_cmpstr (after.digest, ==, before->digest);
  g_assert_cmpint (after.status.st_size, ==, before->status.st_size);
  g_assert_cmpint (after.status.st_mtim.tv_sec, ==, before->status.st_mtim.tv_sec);
  g_assert_cmpint (after.status.st_mtim.tv_nsec, ==, before->status.st_mtim.tv_nsec);
  g_assert_cmpint (after.status.st_ctim.tv_sec, ==, before->status.st_ctim.tv_sec);
  g_assert_cmpint (after.status.st_ctim.tv_nsec, ==, before->status.st_ctim.tv_nsec);
  g_clear_pointer (&before->digest, g_free);
  g_free (after.digest);
}

/* Every page of everything, then the window is closed. */
static void
test_viewed (void)
{
  static const char *const paths[] = { "obs", "var", "X", "raw/X", "obsm/X_pca", "uns/pca" };
  static const char *const pages[] = { "table", "heatmap", "storage" };
  State before = get_state ();
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));
  g_autoptr (GFile) file = g_file_new_for_path (store);
  AnnDocument *document;

  ann_ui_test_present (window);
  ann_window_open (ANN_WINDOW (window), file);
  document = ann_window_get_document (ANN_WINDOW (window));
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      ann_store_view_show_element (ann_document_get_view (document), paths[i]);
      ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), paths[i]));
      for (guint j = 0; j < G_N_ELEMENTS (pages); j++)
        {
          ann_store_view_show_page (ann_document_get_view (document), pages[j]);
          ann_ui_test_wait_for_frame (window);
        }
    }
  assert_untouched (&before);

  before = get_state ();
  ann_ui_test_close (window);
  ann_ui_test_wait_until (!ann_recents_is_saving (ann_recents_get_default ()));
  assert_untouched (&before);
}

/* Whether another process has the store open. */
static gboolean
has_open (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      if (g_strcmp0 (target, store) == 0)
        return TRUE;
    }

  return FALSE;
}

/* The real program, killed as soon as it has the file open, and when it has shown it. */
static void
test_killed (void)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);
  g_autofree char *recents = g_build_filename (home, "annbrowser", "recents", NULL);

  for (guint round = 0; round < 4; round++)
    {
      g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
          G_SUBPROCESS_FLAGS_STDERR_SILENCE);
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GError) error = NULL;
      State before = get_state ();

      g_remove (recents);
      g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", home, TRUE);
      g_subprocess_launcher_setenv (launcher, "G_DEBUG", "", TRUE);
      process = g_subprocess_launcher_spawn (launcher, &error, ANNBROWSER_PROGRAM, store, NULL);
      g_assert_no_error (error);

      /* It writes down what was opened last once it shows it. */
      ann_ui_test_wait_until (has_open (g_subprocess_get_identifier (process)));
      if (round % 2 == 1)
        ann_ui_test_wait_until (g_file_test (recents, G_FILE_TEST_EXISTS));

      g_subprocess_send_signal (process, SIGKILL);
      g_subprocess_wait (process, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_if_signaled (process));
      assert_untouched (&before);
    }

  g_remove (recents);
  g_clear_pointer (&recents, g_free);
  recents = g_build_filename (home, "annbrowser", NULL);
  g_rmdir (recents);
  g_rmdir (home);
}

int
main (int argc, char **argv)
{
  g_autofree char *bytes = NULL;
  g_autofree char *list = NULL;
  gsize length;
  int status;

  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  store = g_build_filename (folder, "store.h5ad", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);
  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (store, bytes, length, NULL));

  g_test_add_func ("/untouched/viewed", test_viewed);
  g_test_add_func ("/untouched/killed", test_killed);
  status = g_test_run ();

  list = g_build_filename (folder, "annbrowser", "recents", NULL);
  g_remove (list);
  *strrchr (list, '/') = '\0';
  g_rmdir (list);
  g_remove (store);
  g_rmdir (folder);
  g_free (store);
  g_free (folder);

  return status;
}
