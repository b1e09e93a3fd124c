/* hdf5-fixture.h: files for a test, written by libhdf5 itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "../../support/remove-tree.h"
#include "array/ann-node.h"
#include "base/ann-error.h"
#include "format/ann-open.h"
#include "format/hdf5/ann-hdf5-file-private.h"
#include "format/hdf5/ann-hdf5-lock.h"
#include "format/hdf5/ann-hdf5-stats.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* A folder of its own for each test, with a file x.h5 to be written. */
typedef struct {
  char *folder;
  char *path;
  hid_t file; /* while it is written */
} Fixture;

G_GNUC_UNUSED static void
fixture_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  fixture->folder = g_dir_make_tmp ("ann-hdf5-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "x.h5", NULL);
  fixture->file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (fixture->file, >, 0);
}

/* No test may leave an id of libhdf5 behind: files, groups, datasets, attributes, types. */
static void
fixture_tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    if (fixture->file > 0)
      H5Fclose (fixture->file);
    g_assert_cmpint (H5Fget_obj_count ((hid_t) H5F_OBJ_ALL, H5F_OBJ_ALL), ==, 0);
  }
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* The file at @path, below its nodes. */
G_GNUC_UNUSED static AnnHdf5File *
fixture_open_file (const char *path, GError **error)
{
  g_autoptr (AnnSource) source = _ann_source_open_file (path, error);

  return source != NULL ? _ann_hdf5_file_open (source, NULL, error) : NULL;
}

/* Ends the writing, and opens the file as everybody does. */
G_GNUC_UNUSED static AnnNode *
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnNode *root;

  if (fixture->file > 0)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

      g_assert_cmpint (H5Fclose (fixture->file), >=, 0);
      fixture->file = H5I_INVALID_HID;
    }
  root = ann_open_node (fixture->path, NULL, NULL, &error);
  g_assert_no_error (error);

  return root;
}

/* Writes a dataset of @type from memory of the type @memory; @values may be NULL for none. */
G_GNUC_UNUSED static void
write_dataset (hid_t place,
               const char *name,
               hid_t type,
               hid_t memory,
               int rank,
               const hsize_t *shape,
               hid_t creation,
               const void *values)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) space = rank == 0 ? H5Screate (H5S_SCALAR)
                                        : H5Screate_simple (rank, shape, NULL);
  g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (place, name, type, space, H5P_DEFAULT, creation,
                                            H5P_DEFAULT);

  g_assert_cmpint (dataset, >, 0);
  if (values != NULL)
    g_assert_cmpint (H5Dwrite (dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=, 0);
}

G_GNUC_UNUSED static void
write_vector (hid_t place,
              const char *name,
              hid_t type,
              hid_t memory,
              hsize_t n,
              const void *values)
{
  write_dataset (place, name, type, memory, 1, &n, H5P_DEFAULT, values);
}

G_GNUC_UNUSED static hid_t
make_group (hid_t place, const char *name)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hid_t group = H5Gcreate2 (place, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (group, >, 0);

  return group;
}

/* The creation list of a chunked dataset. */
G_GNUC_UNUSED static hid_t
make_chunking (int rank, const hsize_t *chunk_shape)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);

  g_assert_cmpint (H5Pset_chunk (creation, rank, chunk_shape), >=, 0);

  return creation;
}

G_GNUC_UNUSED static AnnNode *
open_node (AnnNode *root, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  g_autoptr (AnnNode) node = g_object_ref (root);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNode) child = ann_node_open_child (node, names[i], NULL, &error);

      g_assert_no_error (error);
      g_set_object (&node, child);
    }

  return g_steal_pointer (&node);
}

G_GNUC_UNUSED static AnnArray *
open_array (AnnNode *root, const char *path)
{
  g_autoptr (AnnNode) node = open_node (root, path);
  g_autoptr (GError) error = NULL;
  AnnArray *array = ann_node_open_array (node, NULL, &error);

  g_assert_no_error (error);

  return array;
}

/* A time of the last access that any read moves on, and whether it is still that. */
#define LONG_AGO 1000000000

G_GNUC_UNUSED static void
set_accessed_long_ago (const char *path)
{
  const struct timespec times[2] = { { .tv_sec = LONG_AGO }, { .tv_nsec = UTIME_OMIT } };

  g_assert_no_errno (utimensat (AT_FDCWD, path, times, 0));
}

G_GNUC_UNUSED static void
assert_accessed_long_ago (const char *path)
{
  struct stat status;

  g_assert_no_errno (stat (path, &status));
  g_assert_cmpint (status.st_atim.tv_sec, ==, LONG_AGO);
}

/* Asserts the code of an error and words in its message. */
#define assert_says(error, code, words)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (error, ANN_ERROR, code);                                                       \
    if (strstr ((error)->message, words) == NULL)                                                  \
      g_error ("“%s” does not say “%s”", (error)->message, words);                                 \
  }                                                                                                \
  G_STMT_END

#define add_test(path, func)                                                                       \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
