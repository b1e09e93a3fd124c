/* test-create.c: which container an address to be written names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"
#include "base/ann-error.h"
#include "format/ann-create.h"
#include "format/ann-open.h"
#include "format/ann-stored-size.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
test_containers (void)
{
  static const struct {
    const char *name;
    guint zarr_format;
    const char *format;
  } cases[] = {
    { "a.h5ad", 0, "HDF5" },         { "a.H5AD", 0, "HDF5" },        { "a.h5", 0, "HDF5" },
    { "a.hdf5", 0, "HDF5" },         { "a.h5ads", 0, "HDF5" },       { "2.zarr", 2, "Zarr v2" },
    { "3.zarr", 3, "Zarr v3" },      { "2.zarr.zip", 2, "Zarr v2" }, { "3.zarr.zip", 3, "Zarr v3" },
    { "slash.zarr/", 3, "Zarr v3" },
  };
  g_autofree char *folder = g_dir_make_tmp ("ann-create-XXXXXX", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const AnnCreateOptions options = { .zarr_format = cases[i].zarr_format };
      g_autofree char *path = g_strconcat (folder, "/", cases[i].name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNodeWriter) root = _ann_create_root (path, &options, NULL, &error);
      g_autoptr (AnnNode) node = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (_ann_node_writer_get_traits (root)->format, ==, cases[i].format);
      g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
      g_assert_true (_ann_node_writer_commit (root, NULL, &error));
      node = ann_open_node (path, NULL, NULL, &error);
      g_assert_no_error (error);

      g_assert_null (_ann_create_root (path, &options, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
    }
  remove_tree (folder);
}

static void
test_refused (void)
{
  static const struct {
    const char *address;
    const char *words;
  } cases[] = {
    { "/a/b.txt", ".zarr.zip for Zarr" },
    { "/a/h5ad", "does not say what kind of store" },
    { "https://example.org/a.h5ad", "cannot be written" },
    { "https://example.org/a.zarr.zip", "cannot be written" },
    { "https://example.org/a.zarr", "cannot be written" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const AnnCreateOptions options = { .zarr_format = 3 };
      g_autoptr (GError) error = NULL;

      g_assert_null (_ann_create_root (cases[i].address, &options, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
write_bytes (const char *folder, const char *name, gsize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = g_malloc0 (length);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

static void
test_stored_size (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ann-size-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *file = g_build_filename (inner, "b", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);

  g_assert_no_errno (g_mkdir (inner, 0777));
  write_bytes (folder, "a", 100);
  write_bytes (inner, "b", 23);
  g_assert_no_errno (symlink (file, link));

  g_assert_cmpuint (ann_stored_size_measure (folder), ==, 123);
  g_assert_cmpuint (ann_stored_size_measure (file), ==, 23);
  g_assert_cmpuint (ann_stored_size_measure ("/dev/null"), ==, 0);
  g_assert_no_errno (g_remove (link));
  remove_tree (folder);
  g_assert_cmpuint (ann_stored_size_measure (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/create/containers", test_containers);
  g_test_add_func ("/create/refused", test_refused);
  g_test_add_func ("/stored-size", test_stored_size);

  return g_test_run ();
}
