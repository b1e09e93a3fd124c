/* test-info-lazy.c: what listing a store and showing some rows read, counted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-slice.h"

#include "../core/hdf5/hdf5-fixture.h"

#include <stdio.h>

/* Bytes that this process has read by system calls so far. */
static guint64
count_bytes_read (void)
{
  g_autofree char *text = NULL;
  guint64 n_bytes = 0;

  if (!g_file_get_contents ("/proc/self/io", &text, NULL, NULL)
      || sscanf (text, "rchar: %" G_GUINT64_FORMAT, &n_bytes) != 1)
    return G_MAXUINT64;

  return n_bytes;
}

/* All that `ann info` asks for: every element, its shape, its arrays. */
static guint
list_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (path, NULL, &error);
  g_auto (GStrv) paths = NULL;
  guint n_arrays = 0;

  g_assert_no_error (error);
  paths = ann_data_list_elements (data, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = ann_data_open_element (data, paths[i], NULL, &error);
      gsize n = 0;
      AnnArray **arrays;

      g_assert_no_error (error);
      arrays = ann_element_list_arrays (element, &n);
      for (gsize j = 0; j < n; j++)
        {
          g_assert_cmpuint (ann_array_get_rank (arrays[j]), <=, ANN_MAX_RANK);
          g_object_unref (arrays[j]);
        }
      g_free (arrays);
      n_arrays += (guint) n;
    }

  return n_arrays;
}

/* The arrays of the sample take 1.8 MB on disk, and 4 MB in memory. */
static void
test_no_chunk_is_read (void)
{
  const char *sample = g_getenv ("ANN_TEST_SAMPLE");
  AnnChunkCacheStats before, after;
  guint64 n_read, n_read_after;

  g_assert_nonnull (sample);
  ann_chunk_cache_get_stats (&before);
  n_read = count_bytes_read ();
  g_assert_cmpuint (list_store (sample), >, 20);
  n_read_after = count_bytes_read ();
  ann_chunk_cache_get_stats (&after);

  g_assert_cmpuint (after.n_misses, ==, before.n_misses);
  g_assert_cmpuint (after.n_bytes, ==, before.n_bytes);
  if (n_read == G_MAXUINT64)
    g_test_skip ("this system does not count the bytes that a process reads");
  else
    {
      g_test_message ("%" G_GUINT64_FORMAT " bytes read", n_read_after - n_read);
      g_assert_cmpuint (n_read_after - n_read, <, 400 * 1024);
    }
}

/* Loads ten rows of X. Returns: how many chunks were made for them */
static guint64
count_chunks (const char *columns, guint64 start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (g_getenv ("ANN_TEST_SAMPLE"), NULL, &error);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSlice) slice = NULL;
  AnnChunkCacheStats before, after;

  g_assert_no_error (error);
  element = ann_data_open_element (data, "X", NULL, &error);
  g_assert_no_error (error);
  slice = ann_slice_new (data, "X", element, columns, NULL, G_MAXUINT, &error);
  g_assert_no_error (error);

  ann_chunk_cache_get_stats (&before);
  g_assert_true (ann_slice_load (slice, start, 10, &error));
  g_assert_no_error (error);
  ann_chunk_cache_get_stats (&after);

  return after.n_misses - before.n_misses;
}

/* X of the sample has chunks of 44 rows and 96 columns: ten rows lie in 8 of its 128 chunks, and
 * twenty columns of them in one. The names of the rows are one chunk more.
 */
static void
test_rows_read_their_chunks (void)
{
  g_assert_cmpuint (count_chunks ("0:20", 50), ==, 2);
  g_assert_cmpuint (count_chunks (NULL, 400), ==, 9);
}

/* More columns than fit 32 bits, all of them asked for: too many, and not none. */
static void
test_too_wide (Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
  static const hsize_t shape[2] = { 2, G_GUINT64_CONSTANT (1) << 33 };
  static const hsize_t chunk[2] = { 1, 1024 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) element = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    hid_t space = H5Screate_simple (2, shape, NULL);
    hid_t plist = H5Pcreate (H5P_DATASET_CREATE);

    H5Pset_chunk (plist, 2, chunk);
    H5Dclose (H5Dcreate2 (fixture->file, "wide", H5T_NATIVE_INT8, space, H5P_DEFAULT, plist,
                          H5P_DEFAULT));
    H5Pclose (plist);
    H5Sclose (space);
    H5Fclose (fixture->file);
    fixture->file = 0;
  }

  data = ann_data_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  element = ann_data_open_element (data, "wide", NULL, &error);
  g_assert_no_error (error);
  g_assert_null (ann_slice_new (data, "wide", element, NULL, NULL, G_MAXUINT, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/info/lazy", test_no_chunk_is_read);
  g_test_add_func ("/show/lazy", test_rows_read_their_chunks);
  g_test_add ("/show/too-wide", Fixture, NULL, fixture_set_up, test_too_wide, fixture_tear_down);

  return g_test_run ();
}
