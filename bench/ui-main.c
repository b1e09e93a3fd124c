/* ui-main.c: `ann-bench ui`, a program of its own
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-json-writer.h"
#include "bench-measure.h"
#include "bench-ui-heatmap.h"
#include "bench-ui-start.h"
#include "bench-ui-table.h"

#include <gtk/gtk.h>
#include <stdio.h>
#include <string.h>

static char *path;
static int width, height;
static gint64 n_rows = 1000000, n_columns = 50;

static const GOptionEntry entries[] = {
  { "path", 0, 0, G_OPTION_ARG_STRING, &path, "Element (obs as a table, X as a heatmap)", "PATH" },
  { "width", 0, 0, G_OPTION_ARG_INT, &width, "Of the window", "PIXELS" },
  { "height", 0, 0, G_OPTION_ARG_INT, &height, "Of the window", "PIXELS" },
  { "rows", 0, 0, G_OPTION_ARG_INT64, &n_rows, "table without a store: rows (10⁶)", "N" },
  { "columns", 0, 0, G_OPTION_ARG_INT64, &n_columns, "table without a store: columns (50)", "N" },
  { NULL },
};

static void
write_double (AnnJsonWriter *json, const char *name, double value)
{
  ann_json_writer_name (json, name);
  ann_json_writer_double (json, (double) (gint64) (value * 1e4 + (value < 0 ? -0.5 : 0.5)) / 1e4);
}

static void
write_count (AnnJsonWriter *json, const char *name, guint64 value)
{
  ann_json_writer_name (json, name);
  ann_json_writer_uint (json, value);
}

static void
write_text (AnnJsonWriter *json, const char *name, const char *text)
{
  ann_json_writer_name (json, name);
  ann_json_writer_string (json, text);
}

static void
set_size (int default_width, int default_height)
{
  width = width > 0 ? width : default_width;
  height = height > 0 ? height : default_height;
}

static gboolean
run_start (const char *store, AnnJsonWriter *json, GError **error)
{
  AnnBenchStart figures = { 0 };

  set_size (1200, 900);
  if (!ann_bench_start (store, width, height, &figures, error))
    return FALSE;

  write_double (json, "window_s", figures.window_s);
  write_double (json, "tree_s", figures.tree_s);
  write_double (json, "overview_s", figures.overview_s);
  write_double (json, "obs_s", figures.obs_s);
  write_double (json, "stall_ms", figures.stall_ms);

  return TRUE;
}

static gboolean
run_table (const char *store, AnnJsonWriter *json, GError **error)
{
  AnnBenchTable figures = { 0 };

  set_size (1200, 900);
  if (store == NULL)
    ann_bench_synthetic_table ((guint64) n_rows, (guint64) n_columns, width, height, &figures);
  else if (!ann_bench_table (store, path != NULL ? path : "obs", width, height, &figures, error))
    return FALSE;

  write_count (json, "rows", figures.rows);
  write_count (json, "columns", figures.columns);
  write_double (json, "show_s", figures.show_s);
  write_double (json, "first_frame_ms", figures.first_frame_ms);
  write_double (json, "jump_p50_ms", figures.jump_p50_ms);
  write_double (json, "jump_p95_ms", figures.jump_p95_ms);
  write_double (json, "jump_cpu_p50_ms", figures.jump_cpu_p50_ms);
  write_double (json, "jump_cpu_p95_ms", figures.jump_cpu_p95_ms);
  write_double (json, "jump_loaded_p95_ms", figures.jump_loaded_p95_ms);
  write_double (json, "scroll_p50_ms", figures.scroll_p50_ms);
  write_double (json, "scroll_p95_ms", figures.scroll_p95_ms);
  ann_json_writer_name (json, "at_end");
  ann_json_writer_boolean (json, figures.at_end);
  if (store != NULL)
    {
      write_double (json, "sort_number_s", figures.sort_number_s);
      write_double (json, "sort_text_s", figures.sort_text_s);
    }

  return TRUE;
}

static gboolean
run_heatmap (const char *store, AnnJsonWriter *json, GError **error)
{
  AnnBenchHeatmap figures = { 0 };

  set_size (1600, 1000);
  if (!ann_bench_heatmap (store, path != NULL ? path : "X", width, height, &figures, error))
    return FALSE;

  write_double (json, "open_s", figures.open_s);
  write_double (json, "coarse_s", figures.coarse_s);
  write_double (json, "exact_s", figures.exact_s);
  write_double (json, "pan_fps", figures.pan_fps);
  write_double (json, "pan_work_p50_ms", figures.pan_work_p50_ms);
  write_double (json, "pan_work_p95_ms", figures.pan_work_p95_ms);
  write_double (json, "pan_missing", figures.pan_missing);

  return TRUE;
}

static const struct {
  const char *name;
  gboolean needs_store;
  gboolean (*run) (const char *store, AnnJsonWriter *json, GError **error);
} tasks[] = {
  { "start", TRUE, run_start },
  { "table", FALSE, run_table },
  { "heatmap", TRUE, run_heatmap },
};

static int
run (guint task, const char *store)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = store != NULL ? g_path_get_basename (store) : NULL;

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  write_text (json, "peer", "annbrowser");
  write_text (json, "version", ANN_VERSION);
  write_text (json, "task", tasks[task].name);
  write_text (json, "file", file != NULL ? file : "");
  if (!tasks[task].run (store, json, &error))
    {
      fprintf (stderr, "ann-bench: ui %s: %s\n", tasks[task].name, error->message);
      return 1;
    }
  write_count (json, "width", (guint64) width);
  write_count (json, "height", (guint64) height);
  write_double (json, "maxrss_mb", bench_get_peak_megabytes ());
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json) ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("start|table|heatmap [STORE]");
  g_autoptr (GError) error = NULL;
  guint task = 0;

  g_set_prgname ("ann-bench ui");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
      context,
      "Drives the real widgets and prints a line of JSON. For figures that can be compared:\n"
      "xvfb-run -a -s '-screen 0 1920x1200x24' with GSK_RENDERER=cairo.\n"
      "A table without a store is a synthetic one.");
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2 || argc > 3)
    {
      fprintf (stderr, "ann-bench: ui: %s\n",
               error != NULL ? error->message : "give a task and a store");
      return 2;
    }

  while (task < G_N_ELEMENTS (tasks) && strcmp (argv[1], tasks[task].name) != 0)
    task++;
  if (task == G_N_ELEMENTS (tasks) || (tasks[task].needs_store && argc < 3) || n_rows < 1
      || n_columns < 1)
    {
      fprintf (stderr, "ann-bench: ui: no such task, or it needs a store: %s\n", argv[1]);
      return 2;
    }
  if (!gtk_init_check ())
    {
      fprintf (stderr, "ann-bench: ui: there is no display\n");
      return 1;
    }

  return run (task, argc > 2 ? argv[2] : NULL);
}
