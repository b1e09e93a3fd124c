/* test-hdf5-array.c: numbers in every layout, and how little is read for them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include "array/ann-chunk-cache.h"

#include <string.h>
#include <unistd.h>

/* 7 × 5 × 4 elements; the one at (i, j, k) is i * 100 + j * 10 + k, so that a wrong place shows as
 * a wrong number.
 */
static const hsize_t shape[3] = { 7, 5, 4 };

static void
fill (gint32 values[7][5][4])
{
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 5; j++)
      for (int k = 0; k < 4; k++)
        values[i][j][k] = i * 100 + j * 10 + k;
}

static void
assert_box (AnnArray *array, const AnnBox *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read (array, box, NULL, &error);
  gsize n = 0;

  g_assert_no_error (error);
  for (guint64 i = 0; i < box->count[0]; i++)
    for (guint64 j = 0; j < box->count[1]; j++)
      for (guint64 k = 0; k < box->count[2]; k++)
        g_assert_cmpfloat (ann_buffer_get_double (buffer, n++), ==,
                           (box->start[0] + i) * 100 + (box->start[1] + j) * 10 + box->start[2]
                               + k);
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, n);
}

/* Every box but the empty ones. */
static void
assert_all_boxes (AnnArray *array)
{
  AnnBox box = { .rank = 3 };

  for (box.start[0] = 0; box.start[0] < 7; box.start[0]++)
    for (box.count[0] = 1; box.count[0] <= 7 - box.start[0]; box.count[0]++)
      for (box.start[1] = 0; box.start[1] < 5; box.start[1]++)
        for (box.count[1] = 1; box.count[1] <= 5 - box.start[1]; box.count[1]++)
          for (box.start[2] = 0; box.start[2] < 4; box.start[2]++)
            for (box.count[2] = 1; box.count[2] <= 4 - box.start[2]; box.count[2]++)
              assert_box (array, &box);
}

static void
write_cube (Fixture *fixture, const char *name, hid_t type, hid_t creation)
{
  gint32 values[7][5][4];

  fill (values);
  write_dataset (fixture->file, name, type, H5T_NATIVE_INT32, 3, shape, creation, values);
}

/* A filter that nobody but libhdf5 can undo. */
static gsize
turn_bits (unsigned flags G_GNUC_UNUSED,
           size_t n_parameters G_GNUC_UNUSED,
           const unsigned *parameters G_GNUC_UNUSED,
           size_t n_bytes,
           size_t *buffer_size G_GNUC_UNUSED,
           void **buffer)
{
  guint8 *bytes = *buffer;

  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] ^= 0x5a;

  return n_bytes;
}

static void
test_boxes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t chunk_shape[3] = { 3, 2, 4 }, large_chunk_shape[3] = { 7, 5, 4 };
  const hid_t types[] = { H5T_STD_I32LE, H5T_STD_I32BE, H5T_STD_U16BE, H5T_IEEE_F64LE,
                          H5T_IEEE_F32BE };
  hid_t creations[6];
  const H5Z_class2_t foreign = { .version = H5Z_CLASS_T_VERS,
                                 .id = 305,
                                 .encoder_present = 1,
                                 .decoder_present = 1,
                                 .name = "test",
                                 .filter = turn_bits };
  g_autoptr (AnnNode) root = NULL;

  g_assert_cmpint (H5Zregister (&foreign), >=, 0);
  creations[0] = H5P_DEFAULT;
  creations[1] = make_chunking (3, chunk_shape);
  creations[2] = make_chunking (3, chunk_shape);
  creations[3] = make_chunking (3, large_chunk_shape);
  creations[4] = make_chunking (3, chunk_shape);
  creations[5] = H5Pcreate (H5P_DATASET_CREATE);
  H5Pset_deflate (creations[2], 4);
  H5Pset_shuffle (creations[3]);
  H5Pset_deflate (creations[3], 9);
  H5Pset_fletcher32 (creations[3]);
  H5Pset_filter (creations[4], 305, 0, 0, NULL); /* libhdf5 decodes this alone */
  H5Pset_layout (creations[5], H5D_COMPACT);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (creations); j++)
      {
        g_autofree char *name = g_strdup_printf ("%u-%u", i, j);

        write_cube (fixture, name, types[i], creations[j]);
      }
  for (guint j = 1; j < G_N_ELEMENTS (creations); j++)
    _ann_hdf5_close (creations[j]);

  root = fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (creations); j++)
      {
        g_autofree char *name = g_strdup_printf ("%u-%u", i, j);
        g_autoptr (AnnArray) array = open_array (root, name);

        g_test_message ("%s: %s", name, ann_array_get_type_description (array));
        assert_all_boxes (array);
        g_assert_cmpint (ann_array_get_layout (array), ==,
                         j == 0   ? ANN_LAYOUT_CONTIGUOUS
                         : j == 5 ? ANN_LAYOUT_COMPACT
                                  : ANN_LAYOUT_CHUNKED);
        g_assert_true ((ann_array_get_chunk_shape (array) != NULL) == (j != 0 && j != 5));
      }
}

/* Boxes of an array whose rows are long: rows by themselves, and columns with gaps between. */
static void
test_contiguous_rows (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t wide[2] = { 40, 30000 };
  g_autofree gint32 *values = g_new (gint32, 40 * 30000);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;

  for (int i = 0; i < 40 * 30000; i++)
    values[i] = i;
  write_dataset (fixture->file, "x", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, wide, H5P_DEFAULT, values);
  root = fixture_open (fixture);
  array = open_array (root, "x");

  const AnnBox boxes[] = {
    { 2, { 0, 0 }, { 40, 30000 } },    { 2, { 3, 100 }, { 30, 1 } },
    { 2, { 39, 29999 }, { 1, 1 } },    { 2, { 1, 5 }, { 2, 29990 } },
    { 2, { 0, 10000 }, { 40, 5000 } }, { 2, { 7, 0 }, { 20, 30000 } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      const AnnBox *box = &boxes[i];
      g_autoptr (AnnBuffer) buffer = ann_array_read (array, box, NULL, NULL);
      const gint32 *read = ann_buffer_get_data (buffer);

      for (guint64 row = 0; row < box->count[0]; row++)
        g_assert_cmpmem (read + row * box->count[1], box->count[1] * 4,
                         values + (box->start[0] + row) * 30000 + box->start[1], box->count[1] * 4);
    }
}

static void
test_scalar_and_empty (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t none[2] = { 0, 4 };
  const hsize_t chunk_shape[2] = { 1024, 4 };
  const hsize_t unlimited[2] = { H5S_UNLIMITED, 4 };
  const double value = 2.5;
  const AnnBox scalar = { .rank = 0 };
  const AnnBox empty = { 2, { 0, 0 }, { 0, 4 } };
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;

  write_dataset (fixture->file, "scalar", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, NULL, H5P_DEFAULT,
                 &value);
  write_dataset (fixture->file, "empty", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, none, H5P_DEFAULT,
                 NULL);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (2, chunk_shape);
    g_auto (AnnHdf5Hid) space = H5Screate_simple (2, none, unlimited);
    g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (fixture->file, "empty-chunked", H5T_IEEE_F64LE, space,
                                              H5P_DEFAULT, creation, H5P_DEFAULT);

    g_assert_cmpint (dataset, >, 0);
  }

  root = fixture_open (fixture);
  array = open_array (root, "scalar");
  buffer = ann_array_read (array, &scalar, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 2.5);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) nothing = open_array (root, i == 0 ? "empty" : "empty-chunked");
      g_autoptr (AnnBuffer) values = ann_array_read (nothing, &empty, NULL, NULL);

      g_assert_cmpuint (ann_buffer_get_size (values), ==, 0);
    }
}

/* A read takes the chunks that it needs, and an absent chunk is the fill value. */
static void
test_chunks_counted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t long_shape = 1000, chunk_shape = 10, start = 500, count = 100;
  const gint32 fill_value = -7;
  gint32 values[100];
  g_autoptr (AnnNode) root = NULL;

  for (int i = 0; i < 100; i++)
    values[i] = i;
  for (int deflate = 0; deflate < 2; deflate++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
      g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &long_shape, NULL);
      g_auto (AnnHdf5Hid) memory = H5Screate_simple (1, &count, NULL);
      g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

      H5Pset_fill_value (creation, H5T_NATIVE_INT, &fill_value);
      if (deflate)
        H5Pset_deflate (creation, 1);
      write_dataset (fixture->file, deflate ? "never-deflated" : "never", H5T_STD_I32BE,
                     H5T_NATIVE_INT, 1, &long_shape, creation, NULL);
      dataset = H5Dcreate2 (fixture->file, deflate ? "deflated" : "plain", H5T_STD_I32BE, space,
                            H5P_DEFAULT, creation, H5P_DEFAULT);
      H5Sselect_hyperslab (space, H5S_SELECT_SET, &start, NULL, &count, NULL);
      g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_INT, memory, space, H5P_DEFAULT, values), >=,
                       0);
    }

  static const char *const names[] = { "plain", "deflated", "never", "never-deflated" };
  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autoptr (AnnBuffer) all = NULL;
      AnnHdf5Stats before, after;

      _ann_hdf5_get_stats (&before);
      for (guint64 first = 480; first <= 600; first += 60)
        {
          g_autoptr (AnnBuffer) piece = ann_array_read_range (array, first, 30, NULL, NULL);

          for (guint64 j = 0; j < 30; j++)
            g_assert_cmpfloat (
                ann_buffer_get_double (piece, j), ==,
                i < 2 && first + j >= 500 && first + j < 600 ? (double) (first + j) - 500 : -7);
        }
      _ann_hdf5_get_stats (&after);
      /* 480–510 has one stored chunk, 540–570 three, 600–630 none. */
      g_assert_cmpuint (after.n_chunk_reads - before.n_chunk_reads, ==, i < 2 ? 4 : 0);
      g_assert_cmpuint (after.n_slab_reads, ==, before.n_slab_reads);
      if (i == 0)
        g_assert_cmpuint (after.n_bytes - before.n_bytes, ==, 4 * 40);
      /* The three lie side by side in the file. */
      g_assert_cmpuint (after.n_fetch_reads - before.n_fetch_reads, ==, i < 2 ? 2 : 0);

      all = ann_array_read_range (array, 0, 1000, NULL, NULL);
      g_assert_cmpfloat (ann_buffer_get_double (all, 0), ==, -7);
      g_assert_cmpfloat (ann_buffer_get_double (all, 999), ==, -7);
    }
}

/* Of chunks that are stored as they are read only what is asked for is read, and neighbours at
 * once; of those in the other byte order all.
 */
static void
test_parts_counted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    guint64 first, count, n_reads, n_bytes;
  } cases[] = {
    { 3, 4, 1, 16 }, { 0, 10, 1, 40 }, { 7, 20, 1, 80 }, { 99, 1, 1, 4 }, { 0, 100, 1, 400 },
  };
  static const hsize_t length = 100, chunk_shape = 10;
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
  g_autoptr (AnnNode) root = NULL;
  gint32 values[100];

  for (int i = 0; i < 100; i++)
    values[i] = i;
  write_dataset (fixture->file, "native", H5T_NATIVE_INT, H5T_NATIVE_INT, 1, &length, creation,
                 values);
  write_dataset (fixture->file, "swapped", H5T_STD_I32BE, H5T_NATIVE_INT, 1, &length, creation,
                 values);

  root = fixture_open (fixture);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i % 2 ? "swapped" : "native");
      const guint64 first = cases[i / 2].first;
      const guint64 count = cases[i / 2].count;
      g_autoptr (AnnBuffer) piece = NULL;
      AnnHdf5Stats before, after;

      _ann_hdf5_get_stats (&before);
      piece = ann_array_read_range (array, first, count, NULL, NULL);
      _ann_hdf5_get_stats (&after);
      for (guint64 k = 0; k < count; k++)
        g_assert_cmpfloat (ann_buffer_get_double (piece, k), ==, (double) (first + k));
      g_assert_cmpuint (after.n_fetch_reads - before.n_fetch_reads, ==, cases[i / 2].n_reads);
      g_assert_cmpuint (after.n_bytes - before.n_bytes, ==,
                        i % 2 ? 40 * ((first + count - 1) / 10 - first / 10 + 1)
                              : cases[i / 2].n_bytes);
    }
}

/* Chunks of which some, or those over the edge, were stored without their filters. */
static void
test_filter_masks (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 25, chunk_shape = 10;
  gint32 values[30];
  g_autoptr (AnnNode) root = NULL;

  for (int i = 0; i < 30; i++)
    values[i] = i < 25 ? i : 0;
  for (int swapped = 0; swapped < 2; swapped++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      hid_t type = swapped ? H5T_STD_I32BE : H5T_STD_I32LE;
      g_auto (AnnHdf5Hid) masked = make_chunking (1, &chunk_shape);
      g_auto (AnnHdf5Hid) edges = make_chunking (1, &chunk_shape);
      g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);
      g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

      H5Pset_shuffle (masked);
      H5Pset_deflate (masked, 6);
      dataset = H5Dcreate2 (fixture->file, swapped ? "masked-swapped" : "masked", type, space,
                            H5P_DEFAULT, masked, H5P_DEFAULT);
      g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                       >=, 0);
      for (hsize_t first = 10; first < 30; first += 10)
        {
          gint32 stored[10];

          for (int i = 0; i < 10; i++)
            stored[i] = swapped ? GINT32_TO_BE (values[first + i]) : values[first + i];
          g_assert_cmpint (H5Dwrite_chunk (dataset, H5P_DEFAULT, 3, &first, sizeof stored, stored),
                           >=, 0);
        }

      H5Pset_deflate (edges, 6);
      g_assert_cmpint (H5Pset_chunk_opts (edges, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS), >=, 0);
      write_dataset (fixture->file, swapped ? "edges-swapped" : "edges", type, H5T_NATIVE_INT, 1,
                     &length, edges, values);
    }

  static const char *const names[] = { "masked", "masked-swapped", "edges", "edges-swapped" };
  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 25, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), values, 100);
    }
}

/* A filter that nobody has when the file is read: everything but the values can be had. */
static void
test_missing_codec (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const H5Z_class2_t klass = { .version = H5Z_CLASS_T_VERS,
                               .id = 32013,
                               .encoder_present = 1,
                               .decoder_present = 1,
                               .name = "test",
                               .filter = turn_bits };
  const hsize_t length = 4, chunk_shape = 4;
  const gint32 values[4] = { 1, 2, 3, 4 };
  const char texts[4][2] = { "a", "b", "c", "d" };
  const AnnBox box = { 1, { 0 }, { 4 } };
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnArray) strings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *codecs = NULL;
  guint64 stored_size;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);

    g_assert_cmpint (H5Zregister (&klass), >=, 0);
    H5Tset_size (text, 2);
    H5Pset_filter (creation, 32013, 0, 0, NULL);
    H5Pset_deflate (creation, 1);
    write_dataset (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, creation, values);
    write_dataset (fixture->file, "s", text, text, 1, &length, creation, texts);
    H5Fclose (fixture->file);
    fixture->file = H5I_INVALID_HID;
    g_assert_cmpint (H5Zunregister (32013), >=, 0);
  }

  root = fixture_open (fixture);
  array = open_array (root, "v");
  codecs = ann_codec_chain_to_string (ann_array_get_codecs (array));
  g_assert_nonnull (strstr (codecs, "zfp (filter 32013)"));
  g_assert_nonnull (strstr (codecs, "gzip"));
  g_assert_true (ann_array_get_stored_size (array, &stored_size, NULL, NULL));
  g_assert_cmpuint (stored_size, >, 0);
  g_assert_null (ann_array_read_range (array, 0, 4, NULL, &error));
  assert_says (error, ANN_ERROR_MISSING_CODEC, "zfp (filter 32013)");
  g_clear_error (&error);

  strings = open_array (root, "s");
  g_assert_null (ann_array_read_strings (strings, &box, NULL, &error));
  assert_says (error, ANN_ERROR_MISSING_CODEC, "zfp (filter 32013)");
}

/* The stored bytes of a chunk are wrong. */
static void
test_damaged_chunk (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 20, chunk_shape = 10, first = 10;
  const gint32 values[20] = { 1, 2, 3 };
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

    H5Pset_deflate (creation, 1);
    write_dataset (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, creation, values);
    dataset = H5Dopen2 (fixture->file, "v", H5P_DEFAULT);
    g_assert_cmpint (H5Dwrite_chunk (dataset, H5P_DEFAULT, 0, &first, 7, "garbage"), >=, 0);
  }

  root = fixture_open (fixture);
  array = open_array (root, "v");
  ann_buffer_unref (ann_array_read_range (array, 0, 10, NULL, NULL));
  g_assert_null (ann_array_read_range (array, 5, 10, NULL, &error));
  assert_says (error, ANN_ERROR_CORRUPT, "v, chunk 1");
}

/* Contiguous values that the file says lie where it does not reach. */
static void
test_shortened (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 1000;
  g_autofree gint32 *values = g_new0 (gint32, 1000);
  g_autofree char *bytes = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  write_dataset (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, H5P_DEFAULT,
                 values);
  root = fixture_open (fixture);
  array = open_array (root, "v");

  /* Shortened behind our back, as a writer elsewhere may do. */
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  g_assert_no_errno (truncate (fixture->path, (off_t) size - 100));
  g_assert_null (ann_array_read_range (array, 0, 900, NULL, &error));
  assert_says (error, ANN_ERROR_CHANGED, "v: The file was changed since it was opened");
}

static void
test_external_raw (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 6;
  const gint32 values[6] = { 1, 2, 3, 4, 5, 6 };
  g_autofree char *raw = g_build_filename (fixture->folder, "raw.bin", NULL);
  g_autofree char *outer = g_dir_make_tmp ("ann-outer-XXXXXX", NULL);
  g_autofree char *outside = g_build_filename (outer, "raw.bin", NULL);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) denied = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (raw, (const char *) values, sizeof values, NULL));
  g_assert_true (g_file_set_contents (outside, (const char *) values, sizeof values, NULL));
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) good = H5Pcreate (H5P_DATASET_CREATE);
    g_auto (AnnHdf5Hid) bad = H5Pcreate (H5P_DATASET_CREATE);

    H5Pset_external (good, "raw.bin", 0, 12);
    H5Pset_external (good, "./raw.bin", 12, 12);
    H5Pset_external (bad, outside, 0, 24);
    write_dataset (fixture->file, "good", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, good, NULL);
    write_dataset (fixture->file, "bad", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, bad, NULL);
  }

  root = fixture_open (fixture);
  array = open_array (root, "good");
  g_assert_cmpint (ann_array_get_layout (array), ==, ANN_LAYOUT_EXTERNAL);
  set_accessed_long_ago (raw);
  buffer = ann_array_read_range (array, 0, 6, NULL, &error);
  g_assert_no_error (error);
  assert_accessed_long_ago (raw);
  g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), values, 24);

  denied = open_node (root, "bad");
  g_assert_null (ann_node_open_array (denied, NULL, &error));
  assert_says (error, ANN_ERROR_DENIED, "outside the folder");
  g_clear_object (&denied);
  remove_tree (outer);
}

static void
map_whole (hid_t creation, const char *file, const char *dataset)
{
  const hsize_t length = 3;
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);

  g_assert_cmpint (H5Pset_virtual (creation, space, file, dataset, space), >=, 0);
}

static void
test_virtual (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 3;
  const gint32 values[3] = { 1, 2, 3 };
  g_autofree char *outer = g_dir_make_tmp ("ann-outer-XXXXXX", NULL);
  g_autofree char *outside = g_build_filename (outer, "outside.h5", NULL);
  g_autofree char *raw = g_build_filename (outer, "raw.bin", NULL);
  g_autoptr (AnnNode) root = NULL;
  const struct {
    const char *name;
    const char *file;
    const char *dataset;
    int code; /* -1: can be read */
  } cases[] = {
    { "same", ".", "/v", -1 },
    { "same-by-name", "x.h5", "/v", -1 },
    { "nested", ".", "/same", -1 },
    { "outside", outside, "/v", ANN_ERROR_DENIED },
    { "raw", ".", "/external", ANN_ERROR_DENIED },
    { "linked", ".", "/link", ANN_ERROR_DENIED },
    { "pattern", ".", "/v%b", ANN_ERROR_UNSUPPORTED },
    { "gone", ".", "/nowhere", ANN_ERROR_FORMAT },
    { "group", ".", "/", ANN_ERROR_FORMAT },
    { "self", ".", "/self", ANN_ERROR_UNSUPPORTED },
  };

  g_assert_true (g_file_set_contents (raw, (const char *) values, sizeof values, NULL));
  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) external = H5Pcreate (H5P_DATASET_CREATE);
    g_auto (AnnHdf5Hid) other = H5Fcreate (outside, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    write_vector (other, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
    H5Pset_external (external, raw, 0, 12);
    write_dataset (fixture->file, "external", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, external,
                   NULL);
    H5Lcreate_external (outside, "/v", fixture->file, "link", H5P_DEFAULT, H5P_DEFAULT);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);

        if (strchr (cases[i].dataset, '%') != NULL)
          {
            const hsize_t unlimited = H5S_UNLIMITED, start = 0, stride = 3, count = H5S_UNLIMITED;
            g_auto (AnnHdf5Hid) whole = H5Screate_simple (1, &length, &unlimited);
            g_auto (AnnHdf5Hid) source = H5Screate_simple (1, &length, NULL);
            g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

            H5Sselect_hyperslab (whole, H5S_SELECT_SET, &start, &stride, &count, &length);
            g_assert_cmpint (
                H5Pset_virtual (creation, whole, cases[i].file, cases[i].dataset, source), >=, 0);
            dataset = H5Dcreate2 (fixture->file, cases[i].name, H5T_STD_I32LE, whole, H5P_DEFAULT,
                                  creation, H5P_DEFAULT);
            g_assert_cmpint (dataset, >, 0);
            continue;
          }
        map_whole (creation, cases[i].file, cases[i].dataset);
        write_dataset (fixture->file, cases[i].name, H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length,
                       creation, NULL);
      }
  }

  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnNode) node = open_node (root, cases[i].name);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnArray) array = ann_node_open_array (node, NULL, &error);
      g_autoptr (AnnBuffer) buffer = NULL;

      g_test_message ("%s: %s", cases[i].name, error != NULL ? error->message : "opens");
      if (cases[i].code >= 0)
        {
          g_assert_error (error, ANN_ERROR, cases[i].code);
          continue;
        }
      g_assert_no_error (error);
      buffer = ann_array_read_range (array, 0, 3, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), values, 12);
      g_assert_cmpint (ann_array_get_layout (array), ==, ANN_LAYOUT_VIRTUAL);
    }
  g_clear_object (&root);
  remove_tree (outer);
}

/* A chunk of 4 GiB of which nothing is stored costs nothing; libhdf5 is not asked for one. */
static void
test_huge_chunk (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 1 << 28, chunk_shape = 1 << 28;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) plain = NULL;
  g_autoptr (AnnArray) foreign = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    g_auto (AnnHdf5Hid) odd = H5Tcopy (H5T_STD_I32LE);

    H5Tset_precision (odd, 24);
    write_dataset (fixture->file, "plain", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &length, creation,
                   NULL);
    write_dataset (fixture->file, "foreign", odd, H5T_NATIVE_INT, 1, &length, creation, NULL);
  }

  root = fixture_open (fixture);
  plain = open_array (root, "plain");
  buffer = ann_array_read_range (plain, 1000, 5, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 4), ==, 0);

  foreign = open_array (root, "foreign");
  g_assert_null (ann_array_read_range (foreign, 0, 5, NULL, &error));
  assert_says (error, ANN_ERROR_TOO_LARGE, "MiB");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t chunk_shape[3] = { 1, 1, 4 };
  hid_t creation = make_chunking (3, chunk_shape);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnNode) root = NULL;
  AnnBox box;

  write_cube (fixture, "chunked", H5T_STD_I32LE, creation);
  write_cube (fixture, "contiguous", H5T_STD_I32LE, H5P_DEFAULT);
  _ann_hdf5_close (creation);
  root = fixture_open (fixture);
  g_cancellable_cancel (cancellable);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i == 0 ? "chunked" : "contiguous");
      g_autoptr (GError) error = NULL;

      ann_box_init_whole (&box, 3, ann_array_get_shape (array));
      g_assert_null (ann_array_read (array, &box, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* Makes the index of chunks claim @size bytes for its first chunk, which is stored plain. */
static void
claim_size (const char *path, guint32 size)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;
  gsize n;

  g_file_get_contents (path, &bytes, &n, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i + 28 < n && !is_done; i++)
    {
      /* A leaf of an index of chunks; the size leads its first key. */
      is_done = memcmp (bytes + i, "TREE\1\0", 6) == 0;
      if (is_done)
        memcpy (bytes + i + 24, &size, sizeof size);
    }
  g_assert_true (is_done);
  g_file_set_contents (path, bytes, (gssize) n, &error);
  g_assert_no_error (error);
}

/* As many bytes are never read as the index says. */
static void
test_plain_chunk_claims_more (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const hsize_t lengths[] = { 24, 16384 }; /* a tree that is a leaf, and a deeper one */

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const hsize_t chunk_shape = 8;
      g_autofree gint32 *values = g_new0 (gint32, lengths[i]);
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnArray) array = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;
      g_autoptr (GError) error = NULL;

      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
        g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);

        if (i > 0)
          fixture->file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        write_dataset (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &lengths[i], creation,
                       values);
      }
      root = fixture_open (fixture);
      array = open_array (root, "v");
      buffer = ann_array_read_range (array, 0, lengths[i], NULL, &error);
      g_assert_no_error (error);
      g_clear_object (&array);
      g_clear_object (&root);

      claim_size (fixture->path, 800);
      root = fixture_open (fixture);
      array = open_array (root, "v");
      g_assert_null (ann_array_read_range (array, 0, lengths[i], NULL, &error));
      assert_says (error, ANN_ERROR_CORRUPT, "has not the size of a chunk");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/array/boxes", test_boxes);
  add_test ("/hdf5/array/contiguous-rows", test_contiguous_rows);
  add_test ("/hdf5/array/scalar-and-empty", test_scalar_and_empty);
  add_test ("/hdf5/array/chunks-counted", test_chunks_counted);
  add_test ("/hdf5/array/parts-counted", test_parts_counted);
  add_test ("/hdf5/array/filter-masks", test_filter_masks);
  add_test ("/hdf5/array/missing-codec", test_missing_codec);
  add_test ("/hdf5/array/damaged-chunk", test_damaged_chunk);
  add_test ("/hdf5/array/plain-chunk-claims-more", test_plain_chunk_claims_more);
  add_test ("/hdf5/array/shortened", test_shortened);
  add_test ("/hdf5/array/external-raw", test_external_raw);
  add_test ("/hdf5/array/virtual", test_virtual);
  add_test ("/hdf5/array/huge-chunk", test_huge_chunk);
  add_test ("/hdf5/array/cancelled", test_cancelled);

  return g_test_run ();
}
