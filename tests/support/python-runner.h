/* python-runner.h: a Python with anndata, for all scripts of a test program
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * anndata takes seconds until it is imported: once will do. The process ends with its standard
 * input, which is closed when the test ends, however that comes.
 */

#pragma once

#include <gio/gio.h>
#include <string.h>

static GSubprocess *python_runner;
static GDataInputStream *python_runner_answers;

/* Imports it, and runs the script of each line in the folder that it lies in. */
static const char python_runner_loop[] = "import os, runpy, sys, traceback\n"
                                         "import anndata\n"
                                         "print('ready', flush=True)\n"
                                         "for line in sys.stdin:\n"
                                         "    path = line.rstrip('\\n')\n"
                                         "    os.chdir(os.path.dirname(path))\n"
                                         "    try:\n"
                                         "        runpy.run_path(path, run_name='__main__')\n"
                                         "        print('\\ndone', flush=True)\n"
                                         "    except BaseException:\n"
                                         "        traceback.print_exc()\n"
                                         "        print('\\nfailed', flush=True)\n";

/* Whether there is one: ANN_TEST_PYTHON names it. */
static gboolean
python_runner_start (void)
{
  const char *python = g_getenv ("ANN_TEST_PYTHON");
  g_autofree char *answer = NULL;

  if (python_runner != NULL)
    return TRUE;
  if (python == NULL)
    return FALSE;

  python_runner = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    NULL, python, "-W", "ignore", "-c", python_runner_loop, NULL);
  g_assert_nonnull (python_runner);
  python_runner_answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (python_runner));
  answer = g_data_input_stream_read_line (python_runner_answers, NULL, NULL, NULL);
  if (g_strcmp0 (answer, "ready") == 0)
    return TRUE;

  g_clear_object (&python_runner_answers);
  g_clear_object (&python_runner);

  return FALSE;
}

/* Runs a file: it must not fail. */
static void
python_runner_run (const char *path)
{
  g_autofree char *line = g_strconcat (path, "\n", NULL);
  g_autofree char *answer = NULL;

  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (python_runner), line,
                                            strlen (line), NULL, NULL, NULL));
  do
    {
      g_free (answer);
      answer = g_data_input_stream_read_line (python_runner_answers, NULL, NULL, NULL);
      g_assert_nonnull (answer);
    }
  while (strcmp (answer, "done") != 0 && strcmp (answer, "failed") != 0);
  g_assert_cmpstr (answer, ==, "done");
}
