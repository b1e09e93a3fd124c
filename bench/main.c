/* main.c: `ann-bench`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "bench-write.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static BenchOptions options = {
  .how = "",
  .n_windows = 100,
  .n_window_rows = 100,
  .n_singles = 1000,
  .gene = -1,
  .join = "inner",
};
static int n_threads;
static int cache_mib = -1;

static const GOptionEntry entries[] = {
  { "how", 0, 0, G_OPTION_ARG_STRING, &options.how, "Only printed: we read in one way", "NAME" },
  { "windows", 0, 0, G_OPTION_ARG_INT, &options.n_windows, "slice: windows of rows (100)", "N" },
  { "rows", 0, 0, G_OPTION_ARG_INT, &options.n_window_rows, "slice: rows in a window (100)", "N" },
  { "singles", 0, 0, G_OPTION_ARG_INT, &options.n_singles, "slice: single rows (1000)", "N" },
  { "gene", 0, 0, G_OPTION_ARG_INT64, &options.gene, "genecol: which column (a third of all)",
    "N" },
  { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "subset, convert, concat: what is written",
    "STORE" },
  { "join", 0, 0, G_OPTION_ARG_STRING, &options.join, "concat: inner or outer (inner)", "NAME" },
  { "compression", 0, 0, G_OPTION_ARG_STRING, &options.compression,
    "subset, convert, concat: with what (what is usual for the store)", "NAME[:LEVEL]" },
  { "cache", 0, 0, G_OPTION_ARG_INT, &cache_mib, "MiB of decoded chunks that are kept", "N" },
  { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Threads to work with (all cores)", "N" },
  { NULL },
};

/* `ann-bench ui …` is a program of its own, so that the others do not load a toolkit. */
static int
run_ui (char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *program = folder != NULL ? g_build_filename (folder, "ann-bench-ui", NULL)
                                            : NULL;

  if (program == NULL || !g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    {
      fprintf (stderr, "ann-bench: built without the window\n");
      return 2;
    }
  execv (program, argv + 1);
  perror (program);

  return 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("TASK STORE…");
  g_autoptr (GError) error = NULL;

  if (argc > 1 && strcmp (argv[1], "ui") == 0)
    return run_ui (argv);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
      context, "Runs one task through the public library and prints a line of JSON.\n"
               "Tasks that read: open, obs, slice, full, genecol. That write, into --out: subset, "
               "convert, concat.\n"
               "`ann-bench ui start|table|heatmap STORE` drives the real widgets.");
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 3
      || (argc > 3 && strcmp (argv[1], "concat") != 0))
    {
      fprintf (stderr, "ann-bench: %s\n",
               error != NULL ? error->message : "give a task and a store");
      return 2;
    }
  if (options.n_windows < 0 || options.n_window_rows < 1 || options.n_singles < 0 || n_threads < 0)
    {
      fprintf (stderr, "ann-bench: numbers are positive\n");
      return 2;
    }
  if (n_threads > 0)
    ann_worker_set_n_threads ((guint) n_threads);
  if (cache_mib >= 0)
    ann_chunk_cache_set_budget ((guint64) cache_mib << 20);

  if (!(bench_is_writing_task (argv[1]) ? bench_run_writing (argv[1], argv + 2, &options, &error)
                                        : bench_run (argv[1], argv[2], &options, &error)))
    {
      fprintf (stderr, "ann-bench: %s: %s: %s\n", argv[1], argv[2], error->message);
      return 1;
    }

  return 0;
}
