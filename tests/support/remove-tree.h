/* remove-tree.h: what a test has written goes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <errno.h>
#include <glib/gstdio.h>

/* A file, or a folder with all that is in it, also where a test took the right to write; nothing is
 * behind a symbolic link. What is not there need not go, and what is there must. */
static inline void
remove_tree (const char *path)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR)
                       && !g_file_test (path, G_FILE_TEST_IS_SYMLINK);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (is_folder)
    {
      (void) g_chmod (path, 0700);
      dir = g_dir_open (path, 0, NULL);
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  if (g_remove (path) != 0)
    g_assert_cmpint (errno, ==, ENOENT);
}
