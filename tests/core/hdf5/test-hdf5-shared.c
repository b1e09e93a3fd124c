/* test-hdf5-shared.c: what many objects have in common and the file keeps once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

/* Writes datasets with attributes whose types, shapes and fill values are the same. @type: a named
 * one, or what the file shares by itself.
 */
static void
write_objects (hid_t file, hid_t type)
{
  const hsize_t length = 4, chunk = 2;
  const gint64 fill = 77, numbers[4] = { 1, 2, 3, 4 };
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);

  H5Pset_fill_value (creation, H5T_NATIVE_INT64, &fill);
  H5Pset_deflate (creation, 1);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%d", i);
      g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, creation,
                                                H5P_DEFAULT);
      g_auto (AnnHdf5Hid) attribute = H5Acreate2 (dataset, "numbers", type, space, H5P_DEFAULT,
                                                  H5P_DEFAULT);

      g_assert_cmpint (H5Awrite (attribute, H5T_NATIVE_INT64, numbers), >=, 0);
      if (i > 0)
        g_assert_cmpint (
            H5Dwrite (dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers), >=, 0);
    }
}

static void
assert_objects (const char *path)
{
  g_autoptr (AnnNode) root = ann_open_node (path, NULL, NULL, NULL);

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%d", i);
      g_autoptr (AnnNode) node = open_node (root, name);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnAttributes) attributes = ann_node_read_attributes (node, NULL, &error);
      AnnBuffer *numbers = attributes != NULL ? ann_attributes_get_numbers (attributes, "numbers")
                                              : NULL;
      g_autoptr (AnnArray) array = open_array (root, name);
      g_autoptr (AnnBuffer) values = ann_array_read_range (array, 0, 4, NULL, NULL);

      g_assert_no_error (error);
      g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_INT64);
      g_assert_nonnull (numbers);
      g_assert_cmpuint (ann_buffer_get_n_elements (numbers), ==, 4);
      g_assert_cmpfloat (ann_buffer_get_double (numbers, 3), ==, 4);
      g_assert_cmpfloat (ann_buffer_get_double (values, 3), ==, i == 0 ? 77 : 4);
    }
}

/* A named type, to which headers and attributes refer. */
static void
test_named_type (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int latest = 0; latest < 2; latest++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, latest ? "new.h5" : "old.h5",
                                                NULL);

      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
        g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
        g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_STD_I64BE);
        g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

        if (latest)
          H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        H5Tcommit2 (file, "type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        write_objects (file, type);
      }
      assert_objects (path);
    }
}

/* Messages that the file keeps in heaps of its own: in the order of a list, or of a tree. */
static void
test_shared_messages (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (unsigned list_size = 0; list_size <= 50; list_size += 50)
    {
      g_autofree char *path = g_build_filename (fixture->folder, "shared.h5", NULL);

      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
        g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_FILE_CREATE);
        g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

        H5Pset_shared_mesg_nindexes (creation, 2);
        H5Pset_shared_mesg_index (creation, 0, H5O_SHMESG_ATTR_FLAG, 1);
        H5Pset_shared_mesg_index (creation, 1, H5O_SHMESG_ALL_FLAG & ~H5O_SHMESG_ATTR_FLAG, 1);
        H5Pset_shared_mesg_phase_change (creation, list_size, list_size);
        file = H5Fcreate (path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
        g_assert_cmpint (file, >, 0);
        write_objects (file, H5T_STD_I64BE);
      }
      assert_objects (path);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/shared/named-type", test_named_type);
  add_test ("/hdf5/shared/messages", test_shared_messages);

  return g_test_run ();
}
