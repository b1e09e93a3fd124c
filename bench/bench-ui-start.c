/* bench-ui-start.c: how soon a store is on the screen, in the real window
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-ui-start.h"

#include "ann-application.h"
#include "ann-window.h"
#include "bench-measure.h"
#include "pages/ann-overview-page.h"
#include "pages/ann-table-page.h"

#define TIMEOUT_S 60

typedef struct {
  AnnWindow *window;
  guint n_frames;
} Bench;

/* When the main loop last came back from waiting, and the longest it then was busy. */
static gint64 busy_since;
static gint64 busy_longest;

static int
poll_and_measure (GPollFD *fds, guint n_fds, int timeout)
{
  int n;

  if (busy_since != 0)
    busy_longest = MAX (busy_longest, g_get_monotonic_time () - busy_since);
  n = g_poll (fds, n_fds, timeout);
  busy_since = g_get_monotonic_time ();

  return n;
}

static void
on_after_paint (GdkFrameClock *clock G_GNUC_UNUSED, Bench *bench)
{
  bench->n_frames++;
}

static AnnDocument *
get_document (Bench *bench)
{
  return ann_window_get_document (bench->window);
}

static gboolean
has_tree (Bench *bench)
{
  AnnDocument *document = get_document (bench);

  return document != NULL
         && (ann_document_get_view (document) != NULL || ann_document_get_error (document) != NULL);
}

static gboolean
has_overview (Bench *bench)
{
  GtkWidget *page = ann_document_get_page_widget (get_document (bench));

  return page != NULL && ANN_IS_OVERVIEW_PAGE (page)
         && ann_overview_page_is_complete (ANN_OVERVIEW_PAGE (page));
}

static gboolean
has_obs (Bench *bench)
{
  GtkWidget *page = ann_document_get_page_widget (get_document (bench));

  return page != NULL && ANN_IS_TABLE_PAGE (page) && bench->n_frames > 0
         && ann_table_page_is_idle (ANN_TABLE_PAGE (page));
}

static gboolean
is_painted (Bench *bench)
{
  return bench->n_frames > 0;
}

static gboolean
wake (gpointer user_data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until @condition holds and the frame that shows it is painted; the age of
 * the process then, or a negative number if it never came.
 */
static double
wait_until (Bench *bench, gboolean (*condition) (Bench *))
{
  double end = bench_get_process_age () + TIMEOUT_S;

  while (!condition (bench))
    {
      if (bench_get_process_age () > end)
        return -1;
      g_main_context_iteration (NULL, TRUE);
    }

  bench->n_frames = 0;
  gtk_widget_queue_draw (GTK_WIDGET (bench->window));
  while (!is_painted (bench))
    {
      if (bench_get_process_age () > end)
        return -1;
      g_main_context_iteration (NULL, TRUE);
    }

  return bench_get_process_age ();
}

static gboolean
measure (Bench *bench, GFile *file, AnnBenchStart *figures, GError **error)
{
  gtk_window_present (GTK_WINDOW (bench->window));
  ann_window_open (bench->window, file);
  g_signal_connect_after (gtk_widget_get_frame_clock (GTK_WIDGET (bench->window)), "after-paint",
                          G_CALLBACK (on_after_paint), bench);

  figures->window_s = wait_until (bench, is_painted);
  figures->tree_s = wait_until (bench, has_tree);
  if (figures->tree_s >= 0 && ann_document_get_error (get_document (bench)) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_document_get_error (get_document (bench))));
      return FALSE;
    }
  if (figures->tree_s >= 0)
    {
      figures->overview_s = wait_until (bench, has_overview);
      ann_store_view_show_element (ann_document_get_view (get_document (bench)), "obs");
      bench->n_frames = 0;
      figures->obs_s = wait_until (bench, has_obs);
    }
  if (figures->tree_s < 0 || figures->obs_s < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the window shows no store");
      return FALSE;
    }

  return TRUE;
}

/* Opens the store as the application does when it is started with it. Times count from the start of
 * the process, so this runs once in a process.
 */
gboolean
ann_bench_start (const char *uri, int width, int height, AnnBenchStart *figures, GError **error)
{
  g_autoptr (AnnApplication) application = NULL;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (uri);
  Bench bench = { 0 };
  gboolean done;
  guint waker;

  application = ann_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, error))
    return FALSE;

  g_main_context_set_poll_func (NULL, poll_and_measure);
  waker = g_timeout_add (2, wake, NULL);
  bench.window = ANN_WINDOW (ann_window_new (GTK_APPLICATION (application)));
  gtk_window_set_default_size (GTK_WINDOW (bench.window), width, height);
  done = measure (&bench, file, figures, error);
  figures->stall_ms = (double) busy_longest / 1e3;

  g_source_remove (waker);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  g_main_context_set_poll_func (NULL, NULL);

  return done;
}
