/* test-writes.c: the rows of stores that are written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"

#include "widgets/ann-write-row.h"

#include <glib/gstdio.h>
#include <string.h>

/* What stands in for writing: it is told when to go on, and how to end. */
typedef struct {
  GMutex lock;
  GCond moved;
  gboolean may_end;
  guint n_runs;
  guint n_failures; /* so many runs fail */
} Gate;

static gboolean
run_gate (gpointer what,
          AnnProgress *progress,
          char ***warnings,
          GCancellable *cancellable,
          GError **error)
{
  Gate *gate = what;
  const char *const found[] = { "uns/a is left out", "uns/b is left out", NULL };
  gboolean fails;

  ann_progress_add_total (progress, 1000);
  g_mutex_lock (&gate->lock);
  gate->n_runs++;
  while (!gate->may_end && !g_cancellable_is_cancelled (cancellable))
    {
      g_cond_wait_until (&gate->moved, &gate->lock,
                         g_get_monotonic_time () + 10 * G_TIME_SPAN_MILLISECOND);
      ann_progress_add_done (progress, 1);
    }
  fails = gate->n_runs <= gate->n_failures;
  g_mutex_unlock (&gate->lock);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (fails)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "“/x/out.h5ad”: the disk is full");
      return FALSE;
    }
  *warnings = g_strdupv ((char **) found);

  return TRUE;
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->may_end = TRUE;
  g_cond_signal (&gate->moved);
  g_mutex_unlock (&gate->lock);
}

typedef struct {
  AnnWindow *window;
  AnnWriteTask *task;
  Gate gate;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  ann_ui_test_present (window);
  fixture->window = ANN_WINDOW (window);
  fixture->task = ann_write_task_new ("/nowhere/out.h5ad", run_gate, &fixture->gate, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->window != NULL)
    ann_ui_test_close (GTK_WIDGET (fixture->window));
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) != ANN_WRITE_RUNNING);
  g_object_unref (fixture->task);
}

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  return ann_ui_test_find_named (GTK_WIDGET (fixture->window), name);
}

static gboolean
is_visible (Fixture *fixture, const char *name)
{
  return gtk_widget_get_visible (find (fixture, name));
}

static const char *
get_label (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, name)));
}

static gboolean
has_row (Fixture *fixture)
{
  return ann_ui_test_find (GTK_WIDGET (fixture->window), ANN_TYPE_WRITE_ROW) != NULL;
}

static void
test_done (Fixture *fixture, gconstpointer unused)
{
  ann_window_write (fixture->window, fixture->task);
  g_assert_cmpstr (get_label (fixture, "write-label"), ==, "Writing out.h5ad…");
  g_assert_true (is_visible (fixture, "write-cancel"));
  g_assert_false (is_visible (fixture, "write-open"));
  ann_ui_test_wait_until (strstr (get_label (fixture, "write-detail"), " left") != NULL);
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "write-running");

  open_gate (&fixture->gate);
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) == ANN_WRITE_DONE);
  g_assert_cmpstr (get_label (fixture, "write-label"), ==, "out.h5ad was written");
  g_assert_cmpstr (get_label (fixture, "write-detail"), ==, "uns/a is left out (and 1 more)");
  g_assert_false (is_visible (fixture, "write-cancel"));
  g_assert_true (is_visible (fixture, "write-show"));
  g_assert_true (is_visible (fixture, "write-open"));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "write-done");

  g_signal_emit_by_name (find (fixture, "write-close"), "clicked");
  g_assert_false (has_row (fixture));
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  gint64 start;

  ann_window_write (fixture->window, fixture->task);
  ann_ui_test_wait_until (fixture->gate.n_runs > 0);
  start = g_get_monotonic_time ();
  g_signal_emit_by_name (find (fixture, "write-cancel"), "clicked");
  g_assert_cmpstr (get_label (fixture, "write-detail"), ==, "Cancelling…");
  ann_ui_test_wait_until (!has_row (fixture));
  g_assert_cmpint (ann_write_task_get_state (fixture->task), ==, ANN_WRITE_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_TIME_SPAN_SECOND);
}

/* What failed says why, and is done again. */
static void
test_retry (Fixture *fixture, gconstpointer unused)
{
  fixture->gate.n_failures = 1;
  fixture->gate.may_end = TRUE;
  ann_window_write (fixture->window, fixture->task);
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) == ANN_WRITE_FAILED);
  g_assert_cmpstr (get_label (fixture, "write-label"), ==, "“/x/out.h5ad”: the disk is full");
  g_assert_false (is_visible (fixture, "write-open"));
  g_assert_true (is_visible (fixture, "write-close"));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "write-failed");

  g_signal_emit_by_name (find (fixture, "write-retry"), "clicked");
  g_assert_false (is_visible (fixture, "write-retry"));
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) == ANN_WRITE_DONE);
  g_assert_cmpstr (get_label (fixture, "write-label"), ==, "out.h5ad was written");
  g_assert_cmpuint (fixture->gate.n_runs, ==, 2);
}

static AnnWriteState
run (AnnWriteTask *task)
{
  ann_write_task_start (task);
  ann_ui_test_wait_until (ann_write_task_get_state (task) != ANN_WRITE_RUNNING);

  return ann_write_task_get_state (task);
}

/* The store is written to, in its place, after it was opened: the first try says so, the second one
 * reads what is there now. What was selected of it stays refused.
 */
static void
test_changed (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "in.h5ad", NULL);
  g_autofree char *target = g_build_filename (folder, "out.h5ad", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnData) selected = NULL;
  g_autoptr (AnnData) written = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnWriteTask) whole = NULL;
  g_autoptr (AnnWriteTask) part = NULL;
  const gint64 some[] = { 3, 5 };
  FILE *file;
  gsize length;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  data = ann_data_open (path, NULL, NULL);
  rows = ann_selection_new_from_indices (some, G_N_ELEMENTS (some), 700, NULL);
  selected = ann_data_select (data, rows, NULL, NULL, NULL);
  whole = ann_write_task_new_export (data, target, NULL);
  part = ann_write_task_new_export (selected, target, NULL);
  file = g_fopen (path, "r+");
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);

  g_assert_cmpint (run (part), ==, ANN_WRITE_FAILED);
  g_assert_error (ann_write_task_get_error (part), ANN_ERROR, ANN_ERROR_CHANGED);
  g_assert_cmpint (run (part), ==, ANN_WRITE_FAILED);
  g_assert_nonnull (strstr (ann_write_task_get_error (part)->message, "say anew"));

  g_assert_cmpint (run (whole), ==, ANN_WRITE_FAILED);
  g_assert_error (ann_write_task_get_error (whole), ANN_ERROR, ANN_ERROR_CHANGED);
  g_assert_cmpint (run (whole), ==, ANN_WRITE_DONE);
  written = ann_data_open (target, NULL, NULL);
  g_assert_cmpuint (ann_data_get_n_obs (written), ==, 700);

  g_remove (target);
  g_remove (path);
  g_rmdir (folder);
}

static GtkWidget *
find_question (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return window;
    }

  return NULL;
}

/* A window that writes is not closed without a question, and what is closed writes no more. */
static void
test_close (Fixture *fixture, gconstpointer unused)
{
  ann_window_write (fixture->window, fixture->task);
  gtk_window_close (GTK_WINDOW (fixture->window));
  ann_ui_test_wait_until (find_question (fixture) != NULL);
  gtk_window_close (GTK_WINDOW (find_question (fixture)));
  ann_ui_test_wait_until (find_question (fixture) == NULL);
  g_assert_cmpint (ann_write_task_get_state (fixture->task), ==, ANN_WRITE_RUNNING);

  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_close (GTK_WINDOW (fixture->window));
  ann_ui_test_wait_until (find_question (fixture) != NULL);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_question (fixture)), "stop");
  ann_ui_test_wait_until (fixture->window == NULL);
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) == ANN_WRITE_CANCELLED);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/writes/done", test_done);
  ADD ("/writes/cancel", test_cancel);
  ADD ("/writes/retry", test_retry);
  ADD ("/writes/changed", test_changed);
  ADD ("/writes/close", test_close);

  return g_test_run ();
}
