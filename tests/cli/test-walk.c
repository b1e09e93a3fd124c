/* test-walk.c: the elements of a store, opened one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-walk.h"

#include "../core/hdf5/hdf5-fixture.h"

#include <time.h>

static char **
list_paths (AnnData *data)
{
  g_autoptr (GError) error = NULL;
  char **paths = ann_data_list_elements (data, NULL, &error);

  g_assert_no_error (error);

  return paths;
}

static void
assert_same (AnnElement *element, AnnElement *expected)
{
  g_assert_cmpstr (ann_element_get_path (element), ==, ann_element_get_path (expected));
  g_assert_cmpint (ann_element_get_kind (element), ==, ann_element_get_kind (expected));
  g_assert_cmpint (ann_element_get_state (element), ==, ann_element_get_state (expected));
}

/* Every path leads to what it leads to from the root. */
static guint
check_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (path, NULL, &error);
  g_autoptr (AnnWalk) walk = NULL;
  g_auto (GStrv) paths = NULL;

  g_assert_no_error (error);
  walk = ann_walk_new (data);
  paths = list_paths (data);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) expected = ann_data_open_element (data, paths[i], NULL, &error);
      g_autoptr (AnnElement) element = NULL;

      g_assert_no_error (error);
      element = ann_walk_open (walk, paths[i], &error);
      g_assert_no_error (error);
      assert_same (element, expected);
    }

  return g_strv_length (paths);
}

static void
test_sample (void)
{
  g_assert_cmpuint (check_store (g_getenv ("ANN_TEST_SAMPLE")), >, 10);
}

static void
write_records (hid_t file, const char *name)
{
  static const hsize_t n_rows = 3;
  static const gint32 values[9];
  hid_t type = H5Tcreate (H5T_COMPOUND, 12);
  hid_t space = H5Screate_simple (1, &n_rows, NULL);
  hid_t dataset;

  H5Tinsert (type, "index", 0, H5T_NATIVE_INT32);
  H5Tinsert (type, "a", 4, H5T_NATIVE_INT32);
  H5Tinsert (type, "a/b", 8, H5T_NATIVE_INT32);
  dataset = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (H5Dwrite (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=, 0);
  H5Dclose (dataset);
  H5Sclose (space);
  H5Tclose (type);
}

/* The second of two columns, "a" and "a/b", is none of the first. */
static void
test_slash (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    write_records (fixture->file, "obs");
    write_records (fixture->file, "var");
    H5Fclose (fixture->file);
    fixture->file = 0;
  }

  g_assert_cmpuint (check_store (fixture->path), ==, 6);
}

static double
get_seconds (void)
{
  return (double) clock () / CLOCKS_PER_SEC;
}

static void
walk_store (AnnData *data, char **paths)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnWalk) walk = ann_walk_new (data);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = ann_walk_open (walk, paths[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (element);
    }
}

/* The listing opens each element once. Where each opened the group anew, which looks at all that
 * is in it, this took thirty times as long.
 */
static void
test_many (Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_auto (GStrv) paths = NULL;
  double start, listed, walked;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    H5Gclose (H5Gcreate2 (fixture->file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    for (guint i = 0; i < 3000; i++)
      {
        g_autofree char *name = g_strdup_printf ("g/%04u", i);

        H5Gclose (H5Gcreate2 (fixture->file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
      }
    H5Fclose (fixture->file);
    fixture->file = 0;
  }

  data = ann_data_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  start = get_seconds ();
  paths = list_paths (data);
  listed = get_seconds ();
  g_assert_cmpuint (g_strv_length (paths), ==, 3001);
  walk_store (data, paths);
  walked = get_seconds ();
  g_test_message ("%f s to list, %f s to walk", listed - start, walked - listed);
  g_assert_cmpfloat (walked - listed, <, 8 * (listed - start));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walk/sample", test_sample);
  g_test_add ("/walk/slash", Fixture, NULL, fixture_set_up, test_slash, fixture_tear_down);
  g_test_add ("/walk/many", Fixture, NULL, fixture_set_up, test_many, fixture_tear_down);

  return g_test_run ();
}
