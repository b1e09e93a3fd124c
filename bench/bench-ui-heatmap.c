/* bench-ui-heatmap.c: how quick the heatmap of a store is, on the real widgets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-ui-heatmap.h"

#include "ann-ui.h"
#include "pages/ann-heatmap-page.h"

#include <adwaita.h>

#define N_PAN_FRAMES 240
#define PAN_STEP 17 /* logical pixels a frame */
#define TIMEOUT_S 120

typedef struct {
  GtkWidget *window;
  AnnHeatmapView *view;
  gint64 paint_start;
  GArray *work; /* double, ms a frame */
  guint n_incomplete;
} Bench;

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e6;
}

static void
on_before_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->paint_start = g_get_monotonic_time ();
}

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  double ms = (g_get_monotonic_time () - bench->paint_start) / 1e3;

  g_array_append_val (bench->work, ms);
  bench->n_incomplete += ann_heatmap_tiles_get_n_missing (ann_heatmap_view_get_tiles (bench->view))
                         > 0;
}

static gboolean
has_picture (Bench *bench)
{
  return ann_heatmap_tiles_has_picture (ann_heatmap_view_get_tiles (bench->view));
}

static gboolean
is_exact (Bench *bench)
{
  return has_picture (bench)
         && ann_heatmap_tiles_get_n_missing (ann_heatmap_view_get_tiles (bench->view)) == 0;
}

/* Runs the main loop until @condition holds and the frame that shows it is painted. */
static gboolean
wait_until (Bench *bench, gboolean (*condition) (Bench *))
{
  gint64 start = g_get_monotonic_time ();
  guint n_frames;

  while (!condition (bench))
    {
      if (seconds_since (start) > TIMEOUT_S)
        return FALSE;
      g_main_context_iteration (NULL, TRUE);
    }

  n_frames = bench->work->len;
  gtk_widget_queue_draw (GTK_WIDGET (bench->view));
  while (bench->work->len == n_frames && seconds_since (start) < TIMEOUT_S)
    g_main_context_iteration (NULL, TRUE);

  return TRUE;
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* so that a wait without events ends */
}

static gboolean
pan_step (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (
      gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW));
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (scroller);
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (scroller);

  gtk_adjustment_set_value (across, gtk_adjustment_get_value (across) + PAN_STEP);
  gtk_adjustment_set_value (down, gtk_adjustment_get_value (down) + PAN_STEP / 2.0);

  return G_SOURCE_CONTINUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
measure_pan (Bench *bench, AnnBenchHeatmap *figures)
{
  gint64 start;
  guint n;
  guint id;

  for (int i = 0; i < 8; i++)
    ann_heatmap_view_zoom (bench->view, 1.5);
  wait_until (bench, is_exact);

  g_array_set_size (bench->work, 0);
  bench->n_incomplete = 0;
  start = g_get_monotonic_time ();
  id = gtk_widget_add_tick_callback (GTK_WIDGET (bench->view), pan_step, NULL, NULL);
  while (bench->work->len < N_PAN_FRAMES && seconds_since (start) < TIMEOUT_S)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_remove_tick_callback (GTK_WIDGET (bench->view), id);

  n = bench->work->len;
  figures->pan_fps = n / seconds_since (start);
  figures->pan_missing = n > 0 ? (double) bench->n_incomplete / n : 0;
  g_array_sort (bench->work, compare_doubles);
  figures->pan_work_p50_ms = n > 0 ? g_array_index (bench->work, double, n / 2) : 0;
  figures->pan_work_p95_ms = n > 0 ? g_array_index (bench->work, double, n * 95 / 100) : 0;
}

/**
 * ann_bench_heatmap:
 * @uri: a store
 * @path: a matrix in it
 * @width: of the window
 * @height: of the window
 * @figures: (out caller-allocates): what was measured
 * @error: return location for an error
 *
 * Needs a display; under Xvfb with GSK_RENDERER=cairo for figures that can be compared.
 *
 * Returns: %FALSE if the store cannot be opened or no picture comes
 */
gboolean
ann_bench_heatmap (const char *uri,
                   const char *path,
                   int width,
                   int height,
                   AnnBenchHeatmap *figures,
                   GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (AnnData) data = ann_data_open (uri, NULL, error);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GArray) work = g_array_new (FALSE, FALSE, sizeof (double));
  Bench bench = { .work = work };
  GdkFrameClock *clock;
  GtkWidget *page;
  guint waker;
  gboolean is_done;

  if (data == NULL)
    return FALSE;
  element = ann_data_open_element (data, path, NULL, error);
  if (element == NULL)
    return FALSE;
  figures->open_s = seconds_since (start);

  adw_init ();
  ann_ui_init ();
  start = g_get_monotonic_time ();
  bench.window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (bench.window), width, height);
  page = ann_heatmap_page_new (data, element);
  bench.view = ann_heatmap_page_get_view (ANN_HEATMAP_PAGE (page));
  if (bench.view == NULL)
    {
      gtk_window_destroy (GTK_WINDOW (bench.window));
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: no picture of this element", path);
      return FALSE;
    }
  gtk_window_set_child (GTK_WINDOW (bench.window), page);
  gtk_window_present (GTK_WINDOW (bench.window));
  clock = gtk_widget_get_frame_clock (bench.window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), &bench);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), &bench);
  waker = g_timeout_add (5, wake, NULL);

  is_done = wait_until (&bench, has_picture);
  figures->coarse_s = seconds_since (start);
  is_done = is_done && wait_until (&bench, is_exact);
  figures->exact_s = seconds_since (start);
  if (is_done)
    measure_pan (&bench, figures);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: no picture came", path);

  g_source_remove (waker);
  g_signal_handlers_disconnect_by_data (clock, &bench);
  gtk_window_destroy (GTK_WINDOW (bench.window));

  return is_done;
}
