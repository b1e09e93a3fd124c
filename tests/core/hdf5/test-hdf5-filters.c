/* test-hdf5-filters.c: each filter in a file, left out of some chunks, decoded by us and by libhdf5
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../codec/golden-chunks.h"
#include "format/hdf5/ann-hdf5-filters.h"
#include "hdf5-fixture.h"

#define N 101

typedef struct {
  const char *name; /* in the description of the codecs */
  H5Z_filter_t id;
  gboolean is_shuffled; /* beforehand */
  gsize n_parameters;
  guint parameters[20];
  const guint8 *stored; /* N items of <i4 */
  gsize stored_size;
} Filter;

static const Filter filters[] = {
  { "gzip 4", H5Z_FILTER_DEFLATE, FALSE, 1, { 4 }, golden_gzip, sizeof golden_gzip },
  { "lzf", 32000, FALSE, 0, { 0 }, golden_lzf, sizeof golden_lzf },
  { "zstd 3", 32015, FALSE, 1, { 3 }, golden_zstd, sizeof golden_zstd },
  { "bzip2 9", 307, FALSE, 1, { 9 }, golden_bzip2, sizeof golden_bzip2 },
  { "lz4", 32004, FALSE, 0, { 0 }, golden_lz4, sizeof golden_lz4 },
  { "shuffle 4, blosc zstd 3",
    32001,
    TRUE,
    7,
    { 2, 2, 4, 404, 3, 0, 5 },
    golden_shuffle4_blosc,
    sizeof golden_shuffle4_blosc },
  { "bitshuffle 4 lz4",
    32008,
    FALSE,
    5,
    { 0, 4, 4, 0, 2 },
    golden_bitshuffle4_lz4,
    sizeof golden_bitshuffle4_lz4 },
  { "szip 16", H5Z_FILTER_SZIP, FALSE, 4, { 169, 16, 32, N }, golden_szip4, sizeof golden_szip4 },
  { "scale-offset",
    H5Z_FILTER_SCALEOFFSET,
    FALSE,
    20,
    { 2, 0, N, 0, 4, 1, 0, 1 },
    golden_scale_offset4,
    sizeof golden_scale_offset4 },
#ifdef ANN_HAVE_BLOSC2
  { "blosc2 5", 32026, FALSE, 7, { 1, 0, 4, 404, 5, 1, 5 }, golden_blosc2, sizeof golden_blosc2 },
#endif
};

static gint32
get_value (gsize i)
{
  return (gint32) ((i * i) % 97 + i / 16);
}

static gsize
do_not_encode (unsigned flags G_GNUC_UNUSED,
               size_t n_parameters G_GNUC_UNUSED,
               const unsigned *parameters G_GNUC_UNUSED,
               size_t n_bytes G_GNUC_UNUSED,
               size_t *buffer_size G_GNUC_UNUSED,
               void **buffer G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

/* A dataset can be made with a filter only if that says that it encodes, even if it never does. */
static void
register_encoder (H5Z_filter_t id)
{
  const H5Z_class2_t klass = { .version = H5Z_CLASS_T_VERS,
                               .id = id,
                               .encoder_present = 1,
                               .decoder_present = 1,
                               .name = "test",
                               .filter = do_not_encode };

  g_assert_cmpint (H5Zregister (&klass), >=, 0);
}

/* Three chunks: filtered, with no filter, and filtered. */
static void
write_chunks (Fixture *fixture, const Filter *filter, const char *name, hid_t type)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  const hsize_t length = 3 * N;
  const hsize_t chunk_shape = N;
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  gint32 plain[N];

  for (gsize i = 0; i < N; i++)
    plain[i] = GINT32_TO_LE (-get_value (i));
  if (filter->id >= H5Z_FILTER_RESERVED)
    register_encoder (filter->id);
  if (filter->is_shuffled)
    H5Pset_shuffle (creation);
  g_assert_cmpint (
      H5Pset_filter (creation, filter->id, 0, filter->n_parameters, filter->parameters), >=, 0);
  dataset = H5Dcreate2 (fixture->file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  g_assert_cmpint (dataset, >, 0);

  for (hsize_t first = 0; first < length; first += N)
    {
      gboolean is_filtered = first != N;

      g_assert_cmpint (H5Dwrite_chunk (dataset, H5P_DEFAULT, is_filtered ? 0 : 3, &first,
                                       is_filtered ? filter->stored_size : sizeof plain,
                                       is_filtered ? (const void *) filter->stored : plain),
                       >=, 0);
    }
}

static void
assert_values (AnnArray *array)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 3 * N, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < 3 * N; i++)
    g_assert_cmpfloat (ann_buffer_get_double (buffer, i), ==,
                       i / N == 1 ? -get_value (i % N) : get_value (i % N));
}

static void
test_chunks (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnHdf5Stats before;
  AnnHdf5Stats after;
  g_autoptr (AnnNode) root = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    write_chunks (fixture, &filters[i], filters[i].name, H5T_STD_I32LE);

  root = fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, filters[i].name);
      g_autofree char *codecs = ann_codec_chain_to_string (ann_array_get_codecs (array));

      g_assert_cmpstr (codecs, ==, filters[i].name);
      _ann_hdf5_get_stats (&before);
      assert_values (array);
      _ann_hdf5_get_stats (&after);
      g_assert_cmpuint (after.n_chunk_reads - before.n_chunk_reads, ==, 3);
      g_assert_cmpuint (after.n_slab_reads, ==, before.n_slab_reads);
    }
}

/* The fields of records that went through a filter. */
static void
test_fields (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  hid_t record = H5Tcreate (H5T_COMPOUND, 4);
  g_autoptr (AnnNode) root = NULL;

  H5Tinsert (record, "v", 0, H5T_STD_I32LE);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      if (filters[i].id >= H5Z_FILTER_RESERVED)
        write_chunks (fixture, &filters[i], filters[i].name, record);
    }
  H5Tclose (record);

  root = fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (AnnArray) array = NULL;
      g_autoptr (AnnArray) field = NULL;
      g_autoptr (GError) error = NULL;

      if (filters[i].id < H5Z_FILTER_RESERVED)
        continue;
      array = open_array (root, filters[i].name);
      field = ann_array_open_field (array, "v", &error);
      g_assert_no_error (error);
      assert_values (field);
    }
}

/* Parameters that no writer writes: the filter is named and missing, whatever libhdf5 thinks. */
static void
test_bad_parameters (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const Filter bad[] = {
    { "bitshuffle (filter 32008)", 32008, FALSE, 2, { 0, 4 }, golden_gzip, 4 },
    { "bitshuffle (filter 32008)", 32008, FALSE, 3, { 0, 4, 0 }, golden_gzip, 4 },
    { "bitshuffle (filter 32008)", 32008, FALSE, 5, { 0, 4, 4, 0, 9 }, golden_gzip, 4 },
  };
  g_autoptr (AnnNode) root = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      write_chunks (fixture, &bad[i], name, H5T_STD_I32LE);
    }

  root = fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autoptr (AnnArray) array = open_array (root, name);
      g_autoptr (GError) error = NULL;

      g_assert_null (ann_array_read_range (array, 0, N, NULL, &error));
      assert_says (error, ANN_ERROR_MISSING_CODEC, bad[i].name);
    }
}

#ifndef ANN_HAVE_BLOSC2
/* A filter that not every build has, and libhdf5 neither. */
static void
test_without_blosc2 (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const Filter filter = {
    "blosc2", 32026, FALSE, 7, { 1, 0, 4, 404, 5, 1, 5 }, golden_blosc2, sizeof golden_blosc2
  };
  g_autoptr (AnnHdf5Lock) lock = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;

  write_chunks (fixture, &filter, filter.name, H5T_STD_I32LE);
  lock = _ann_hdf5_lock ();
  g_assert_cmpint (H5Zunregister (filter.id), >=, 0);
  g_clear_pointer (&lock, _ann_hdf5_unlock);

  root = fixture_open (fixture);
  array = open_array (root, filter.name);
  g_assert_null (ann_array_read_range (array, 0, N, NULL, &error));
  assert_says (error, ANN_ERROR_MISSING_CODEC, "blosc2 (filter 32026)");
}
#endif

/* Writes 3 records of @n numbers of 17 bits; number i of record j is 3 i + 500 j. */
static void
write_records (Fixture *fixture, const char *name, int n)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  const hsize_t length = 3;
  hid_t record = H5Tcreate (H5T_COMPOUND, (size_t) n * 4);
  hid_t number = H5Tcopy (H5T_STD_I32LE);
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &length);
  g_autofree gint32 *values = g_new (gint32, 3 * n);

  H5Tset_precision (number, 17);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *member = g_strdup_printf ("%d", i);

      H5Tinsert (record, member, (size_t) i * 4, number);
      for (int j = 0; j < 3; j++)
        values[j * n + i] = 3 * i + 500 * j;
    }
  H5Pset_nbit (creation);
  write_dataset (fixture->file, name, record, record, 1, &length, creation, values);
  H5Tclose (record);
  H5Tclose (number);
}

/* A record of many members gives n-bit many parameters. */
static void
test_many_parameters (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *name;
    int n;
    const char *codecs;
  } cases[] = { { "many", 40, "n-bit" }, { "more", 100, "n-bit" } };
  g_autoptr (AnnNode) root = NULL;

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    write_records (fixture, cases[c].name, cases[c].n);

  root = fixture_open (fixture);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (AnnArray) array = open_array (root, cases[c].name);
      g_autofree char *codecs = ann_codec_chain_to_string (ann_array_get_codecs (array));

      g_assert_cmpstr (codecs, ==, cases[c].codecs);
      for (int i = 0; i < cases[c].n; i += 13)
        {
          g_autofree char *member = g_strdup_printf ("%d", i);
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnArray) field = ann_array_open_field (array, member, &error);
          g_autoptr (AnnBuffer) buffer = NULL;

          g_assert_no_error (error);
          buffer = ann_array_read_range (field, 0, 3, NULL, &error);
          g_assert_no_error (error);
          for (int j = 0; j < 3; j++)
            g_assert_cmpfloat (ann_buffer_get_double (buffer, (gsize) j), ==, 3 * i + 500 * j);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/filters/chunks", test_chunks);
  add_test ("/hdf5/filters/fields", test_fields);
  add_test ("/hdf5/filters/bad-parameters", test_bad_parameters);
#ifndef ANN_HAVE_BLOSC2
  add_test ("/hdf5/filters/without-blosc2", test_without_blosc2);
#endif
  add_test ("/hdf5/filters/many-parameters", test_many_parameters);

  return g_test_run ();
}
