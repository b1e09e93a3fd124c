/* hdf5-writing.h: for tests of files that we write
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "hdf5-fixture.h"

#include "array/ann-node-writer.h"
#include "format/hdf5/ann-hdf5-writer.h"

#include <string.h>

/* A folder, and a path in it where nothing is. */
G_GNUC_UNUSED static void
writing_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("ann-writing-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "x.h5ad", NULL);
  fixture->file = H5I_INVALID_HID;
}

#define add_writing_test(path, func)                                                               \
  g_test_add (path, Fixture, NULL, writing_set_up, func, fixture_tear_down)

G_GNUC_UNUSED static AnnNodeWriter *
begin_file (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnNodeWriter *root = _ann_hdf5_writer_new_root (
      &(AnnTargetSpec){ .address = fixture->path, .overwrite = FALSE }, NULL, &error);

  g_assert_no_error (error);

  return root;
}

/* @root: (transfer full) */
G_GNUC_UNUSED static void
end_file (AnnNodeWriter *root)
{
  g_autoptr (GError) error = NULL;

  _ann_node_writer_close (root, NULL, NULL, &error);
  g_assert_no_error (error);
  _ann_node_writer_commit (root, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (root);
}

G_GNUC_UNUSED static AnnNodeWriter *
begin_group (AnnNodeWriter *parent, const char *name)
{
  g_autoptr (GError) error = NULL;
  AnnNodeWriter *group = _ann_node_writer_add_group (parent, name, NULL, &error);

  g_assert_no_error (error);

  return group;
}

/* @group: (transfer full) */
G_GNUC_UNUSED static void
end_group (AnnNodeWriter *group, AnnAttributes *attributes)
{
  g_autoptr (GError) error = NULL;

  _ann_node_writer_close (group, attributes, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (group);
}

G_GNUC_UNUSED static AnnArrayWriter *
begin_array (AnnNodeWriter *parent, const char *name, const AnnArraySpec *spec)
{
  g_autoptr (GError) error = NULL;
  AnnArrayWriter *array = _ann_node_writer_add_array (parent, name, spec, NULL, &error);

  g_assert_no_error (error);

  return array;
}

/* @array: (transfer full) */
G_GNUC_UNUSED static void
end_array (AnnArrayWriter *array, AnnAttributes *attributes)
{
  g_autoptr (GError) error = NULL;

  _ann_array_writer_close (array, attributes, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (array);
}

G_GNUC_UNUSED static void
append (AnnArrayWriter *array, gconstpointer values, guint64 n_rows)
{
  g_autoptr (GError) error = NULL;

  _ann_array_writer_append (array, values, n_rows, NULL, &error);
  g_assert_no_error (error);
}

G_GNUC_UNUSED static void
append_texts (AnnArrayWriter *array, AnnStrings *texts)
{
  g_autoptr (GError) error = NULL;

  _ann_array_writer_append_texts (array, texts, NULL, &error);
  g_assert_no_error (error);
}

/* An array of numbers in one call. */
G_GNUC_UNUSED static void
add_array (AnnNodeWriter *parent, const char *name, const AnnArraySpec *spec, gconstpointer values)
{
  AnnArrayWriter *array = begin_array (parent, name, spec);

  append (array, values, spec->rank > 0 ? spec->shape[0] : 1);
  end_array (array, NULL);
}

/* Texts, up to a %NULL. */
G_GNUC_UNUSED static AnnStrings *
make_texts (const char *const *texts)
{
  AnnStrings *strings = ann_strings_new ();

  for (guint i = 0; texts[i] != NULL; i++)
    g_assert_true (ann_strings_append (strings, texts[i], -1, NULL));

  return strings;
}

/* The file as libhdf5 opens it, to be closed. */
G_GNUC_UNUSED static hid_t
open_by_libhdf5 (Fixture *fixture)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hid_t file = H5Fopen (fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);

  g_assert_cmpint (file, >, 0);

  return file;
}

/* What is in the folder, sorted and joined by blanks. */
G_GNUC_UNUSED static char *
list_folder (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, (gpointer) name);
  g_assert_cmpuint (names->len, <=, 1);

  return g_strdup (names->len > 0 ? names->pdata[0] : "");
}
