/* fuzz-hdf5.c: a file that is the input, opened and read as any other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "array/ann-node.h"
#include "fuzz-walk.h"

#include "../core/store/counted-store.h"
#include "anndata/ann-data.h"
#include "format/hdf5/ann-hdf5-file.h"

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

/* The same in a store that is far away, where much is read before it is asked for. */
static void
walk_far (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (CountedStore) store = NULL;
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSource) source = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;
  guint n_elements = 0;

  store = counted_store_new (_ann_memory_store_new ());
  _ann_memory_store_add (store->inner, "x.h5ad", bytes);
  source = _ann_source_open_object (ANN_STORE (store), "x.h5ad", NULL, &error);
  g_assert_no_error (error);
  root = _ann_hdf5_open (source, NULL, &error);
  if (root != NULL)
    element = ann_element_open (root, NULL, &error);
  if (element != NULL)
    walk_element (element, 0, &n_elements);
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
  walk_far (data, size);
  g_assert_no_errno (g_unlink (path));

  return 0;
}
