/* fuzz-hdf5.c: a file that is the input, opened and read as any other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "array/ann-node.h"
#include "fuzz-walk.h"

#include "anndata/ann-data.h"

#include <glib/gstdio.h>

/* The file lies alone in a folder, for a store may name files beside itself. */
static char *folder;

static void
remove_folder (void)
{
  g_rmdir (folder);
  g_free (folder);
}

static void
walk_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) store = ann_data_open (path, NULL, &error);
  guint n_elements = 0;

  if (store != NULL)
    walk_element (ann_data_get_root (store), 0, &n_elements);
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *path = NULL;

  if (folder == NULL)
    {
      folder = g_dir_make_tmp ("ann-fuzz-XXXXXX", NULL);
      g_assert_nonnull (folder);
      atexit (remove_folder);
    }

  path = g_build_filename (folder, "x.h5ad", NULL);
  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
  walk_store (path);
  g_assert_no_errno (g_unlink (path));

  return 0;
}
