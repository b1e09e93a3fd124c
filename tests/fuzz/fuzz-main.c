/* fuzz-main.c: runs a fuzz target over files, where there is no fuzzer: each argument is a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

static guint
run_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      g_autofree guint8 *exact = NULL;
      gsize size;

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_assert_true (g_file_get_contents (path, &contents, &size, &error));
      exact = g_memdup2 (contents, size); /* without the byte that GLib adds */
      LLVMFuzzerTestOneInput (exact, size);
      n++;
    }

  return n;
}

int
main (int argc, char *argv[])
{
  guint n = 0;

  for (int i = 1; i < argc; i++)
    n += run_folder (argv[i]);
  if (n == 0)
    {
      g_printerr ("No inputs\n");
      return 1;
    }

  return 0;
}
