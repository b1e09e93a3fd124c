/* bench-ui-table.c: how quick a table is, on the real widget
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-ui-table.h"

#include "ann-ui.h"
#include "models/ann-frame-model.h"
#include "models/ann-matrix-model.h"
#include "models/ann-synthetic-model.h"
#include "widgets/ann-table-view.h"

#include <adwaita.h>
#include <time.h>

#define N_FRAMES 120
#define TIMEOUT_S 60

typedef struct {
  GtkWidget *window;
  AnnTableView *view;
  GtkAdjustment *down;
  GtkAdjustment *across;
  gint64 paint_start;
  double cpu_start;
  GArray *work; /* double, ms a frame */
  GArray *cpu;  /* the same, of processor time */
  GRand *random;
} Bench;

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1e6;
}

static double
get_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void
on_before_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->paint_start = g_get_monotonic_time ();
  bench->cpu_start = get_cpu_ms ();
}

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  const double ms = seconds_since (bench->paint_start) * 1e3;
  const double cpu_ms = get_cpu_ms () - bench->cpu_start;

  g_array_append_val (bench->work, ms);
  g_array_append_val (bench->cpu, cpu_ms);
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Until one more frame has been drawn. */
static void
wait_for_frame (Bench *bench)
{
  const gint64 start = g_get_monotonic_time ();
  const guint n = bench->work->len;

  gtk_widget_queue_draw (GTK_WIDGET (bench->view));
  while (bench->work->len == n && seconds_since (start) < TIMEOUT_S)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_idle (Bench *bench)
{
  AnnTableModel *model = ann_table_view_get_model (bench->view);

  return !ANN_IS_LOADED_MODEL (model) || ann_loaded_model_is_idle (ANN_LOADED_MODEL (model));
}

static void
wait_for_values (Bench *bench)
{
  const gint64 start = g_get_monotonic_time ();

  while (!is_idle (bench) && seconds_since (start) < TIMEOUT_S)
    g_main_context_iteration (NULL, TRUE);
}

static void
jump (Bench *bench)
{
  const double rows = gtk_adjustment_get_upper (bench->down)
                      - gtk_adjustment_get_page_size (bench->down);
  const double columns = gtk_adjustment_get_upper (bench->across)
                         - gtk_adjustment_get_page_size (bench->across);

  gtk_adjustment_set_value (bench->down, g_rand_double (bench->random) * rows);
  gtk_adjustment_set_value (bench->across, g_rand_double (bench->random) * columns);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a;
  const double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
get_percentile (GArray *times, guint percent)
{
  g_array_sort (times, compare_doubles);

  return times->len == 0 ? 0 : g_array_index (times, double, (times->len - 1) * percent / 100);
}

static void
measure_jumps (Bench *bench, AnnBenchTable *figures)
{
  g_array_set_size (bench->work, 0);
  g_array_set_size (bench->cpu, 0);
  for (guint i = 0; i < N_FRAMES; i++)
    {
      jump (bench);
      wait_for_frame (bench);
    }
  figures->jump_p50_ms = get_percentile (bench->work, 50);
  figures->jump_p95_ms = get_percentile (bench->work, 95);
  figures->jump_cpu_p50_ms = get_percentile (bench->cpu, 50);
  figures->jump_cpu_p95_ms = get_percentile (bench->cpu, 95);
}

/* The frame in which all values of a place that was never seen are drawn for the first time. */
static void
measure_loaded_jumps (Bench *bench, AnnBenchTable *figures)
{
  g_autoptr (GArray) last = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_FRAMES / 2; i++)
    {
      jump (bench);
      g_main_context_iteration (NULL, TRUE);
      wait_for_values (bench);
      wait_for_frame (bench);
      g_array_append_val (last, g_array_index (bench->work, double, bench->work->len - 1));
    }
  figures->jump_loaded_p95_ms = get_percentile (last, 95);
}

static void
measure_scrolling (Bench *bench, AnnBenchTable *figures)
{
  gtk_adjustment_set_value (bench->down, 0);
  gtk_adjustment_set_value (bench->across, 0);
  wait_for_frame (bench);
  g_array_set_size (bench->work, 0);
  for (guint i = 0; i < N_FRAMES; i++)
    {
      gtk_adjustment_set_value (bench->down, gtk_adjustment_get_value (bench->down) + 78);
      wait_for_frame (bench);
    }
  figures->scroll_p50_ms = get_percentile (bench->work, 50);
  figures->scroll_p95_ms = get_percentile (bench->work, 95);
}

static gboolean
can_reach_end (Bench *bench, guint64 n_rows)
{
  const double row_height = gtk_adjustment_get_step_increment (bench->down);
  double bottom;

  gtk_widget_activate_action (GTK_WIDGET (bench->view), "table.move", "s", "end");
  wait_for_frame (bench);
  bottom = gtk_adjustment_get_value (bench->down) + gtk_adjustment_get_page_size (bench->down);

  return (guint64) (bottom / row_height) == n_rows;
}

/* Seconds until the rows move, or -1 without a column of the kind. */
static double
measure_sort (Bench *bench, AnnColumnKind kind)
{
  AnnTableModel *model = ann_table_view_get_model (bench->view);
  const guint64 n_columns = MIN (ann_table_model_get_n_columns (model), 1000);
  gint64 start;
  double s;

  for (guint64 column = 0; column < n_columns; column++)
    {
      AnnTableColumn info;

      ann_table_model_get_column (model, column, &info, NULL);
      if (!info.known || info.kind != kind)
        continue;

      start = g_get_monotonic_time ();
      ann_table_view_sort (bench->view, column, ANN_SORT_ASCENDING);
      while (ann_table_view_is_busy (bench->view) && seconds_since (start) < TIMEOUT_S)
        g_main_context_iteration (NULL, TRUE);
      s = seconds_since (start);
      wait_for_frame (bench);
      return s;
    }

  return -1;
}

static void
measure (AnnTableModel *model, int width, int height, AnnBenchTable *figures)
{
  g_autoptr (GArray) work = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  Bench bench = { .work = work, .cpu = cpu, .random = random };
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GdkFrameClock *clock;
  guint waker;
  gint64 start;

  bench.view = ANN_TABLE_VIEW (ann_table_view_new (model));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (bench.view));
  bench.down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  bench.across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));
  bench.window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (bench.window), width, height);
  gtk_window_set_child (GTK_WINDOW (bench.window), scroller);

  start = g_get_monotonic_time ();
  gtk_window_present (GTK_WINDOW (bench.window));
  clock = gtk_widget_get_frame_clock (bench.window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), &bench);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), &bench);
  waker = g_timeout_add (5, wake, NULL);

  wait_for_frame (&bench);
  figures->first_frame_ms = seconds_since (start) * 1e3;
  wait_for_values (&bench);
  wait_for_frame (&bench);
  figures->show_s = seconds_since (start);

  figures->rows = ann_table_model_get_n_rows (model);
  figures->columns = ann_table_model_get_n_columns (model);
  measure_jumps (&bench, figures);
  measure_loaded_jumps (&bench, figures);
  measure_scrolling (&bench, figures);
  figures->at_end = can_reach_end (&bench, figures->rows);
  figures->sort_number_s = -1;
  figures->sort_text_s = -1;
  if (figures->rows <= 20000000)
    {
      figures->sort_number_s = measure_sort (&bench, ANN_COLUMN_NUMBER);
      figures->sort_text_s = measure_sort (&bench, ANN_COLUMN_TEXT);
    }

  g_source_remove (waker);
  g_signal_handlers_disconnect_by_data (clock, &bench);
  gtk_window_destroy (GTK_WINDOW (bench.window));
}

/**
 * ann_bench_table:
 * @uri: a store
 * @path: a frame, matrix or vector in it
 * @width: of the window
 * @height: of the window
 * @figures: (out caller-allocates): what was measured
 * @error: return location for an error
 *
 * Needs a display; under Xvfb with GSK_RENDERER=cairo for figures that can be compared.
 *
 * Returns: %FALSE if the element cannot be opened
 */
gboolean
ann_bench_table (const char *uri,
                 const char *path,
                 int width,
                 int height,
                 AnnBenchTable *figures,
                 GError **error)
{
  g_autoptr (AnnData) data = ann_data_open (uri, NULL, error);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnTableModel) model = NULL;

  if (data == NULL)
    return FALSE;
  element = ann_data_open_element (data, path, NULL, error);
  if (element == NULL)
    return FALSE;

  ann_ui_init ();
  model = ANN_IS_FRAME (element) ? ANN_TABLE_MODEL (ann_frame_model_new (data, element))
                                 : ANN_TABLE_MODEL (ann_matrix_model_new (data, element));
  measure (model, width, height, figures);

  return TRUE;
}

/**
 * ann_bench_synthetic_table:
 * @n_rows: how many rows
 * @n_columns: how many columns
 * @width: of the window
 * @height: of the window
 * @figures: (out caller-allocates): what was measured
 *
 * The table alone, without any reading.
 */
void
ann_bench_synthetic_table (guint64 n_rows,
                           guint64 n_columns,
                           int width,
                           int height,
                           AnnBenchTable *figures)
{
  g_autoptr (AnnTableModel) model = NULL;

  ann_ui_init ();
  model = ANN_TABLE_MODEL (ann_synthetic_model_new (n_rows, n_columns));
  measure (model, width, height, figures);
}
