/* test-hdf5-writer.c: files that we write, read by libhdf5 and by us
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-writing.h"

static const AnnDtype number_types[] = {
  ANN_DTYPE_BOOL,      ANN_DTYPE_INT8,       ANN_DTYPE_INT16,   ANN_DTYPE_INT32,
  ANN_DTYPE_INT64,     ANN_DTYPE_UINT8,      ANN_DTYPE_UINT16,  ANN_DTYPE_UINT32,
  ANN_DTYPE_UINT64,    ANN_DTYPE_FLOAT16,    ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT64,
  ANN_DTYPE_COMPLEX64, ANN_DTYPE_COMPLEX128,
};

/* The type as libhdf5 names it, where it has a name. */
static hid_t
get_named_type (AnnDtype dtype)
{
  const hid_t types[ANN_DTYPE_OTHER + 1] = {
    [ANN_DTYPE_INT8] = H5T_STD_I8LE,      [ANN_DTYPE_INT16] = H5T_STD_I16LE,
    [ANN_DTYPE_INT32] = H5T_STD_I32LE,    [ANN_DTYPE_INT64] = H5T_STD_I64LE,
    [ANN_DTYPE_UINT8] = H5T_STD_U8LE,     [ANN_DTYPE_UINT16] = H5T_STD_U16LE,
    [ANN_DTYPE_UINT32] = H5T_STD_U32LE,   [ANN_DTYPE_UINT64] = H5T_STD_U64LE,
    [ANN_DTYPE_FLOAT32] = H5T_IEEE_F32LE, [ANN_DTYPE_FLOAT64] = H5T_IEEE_F64LE,
  };

  return types[dtype];
}

/* Bytes that are values of any type: true or false, or any bits without a NaN among floats. */
static guint8 *
make_values (AnnDtype dtype, gsize n)
{
  gsize size = ann_dtype_get_size (dtype);
  guint8 *values = g_malloc (MAX (n * size, 1));

  for (gsize i = 0; i < n * size; i++)
    values[i] = dtype == ANN_DTYPE_BOOL ? i % 3 == 0 : (guint8) (i * 5 % 61);

  return values;
}

static void
assert_read_by_libhdf5 (hid_t file, const char *name, AnnDtype dtype, gsize n, const void *values)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) dataset = H5Dopen2 (file, name, H5P_DEFAULT);
  g_auto (AnnHdf5Hid) type = H5Dget_type (dataset);
  g_auto (AnnHdf5Hid) space = H5Dget_space (dataset);
  hid_t named = get_named_type (dtype);
  gsize size = n * ann_dtype_get_size (dtype);
  g_autofree guint8 *found = g_malloc (MAX (size, 1));

  if (named > 0)
    g_assert_cmpint (H5Tequal (type, named), >, 0);
  g_assert_cmpint (H5Sget_simple_extent_npoints (space), ==, n);
  if (n == 0)
    return;
  g_assert_cmpint (H5Dread (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, found), >=, 0);
  g_assert_cmpmem (found, size, values, size);
}

static void
assert_read_by_us (AnnNode *root, const char *name, AnnDtype dtype, gsize n, const void *values)
{
  g_autoptr (AnnArray) array = open_array (root, name);
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  AnnBox box;

  g_assert_cmpint (ann_array_get_dtype (array), ==, dtype);
  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  buffer = ann_array_read (array, &box, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, n);
  if (n > 0)
    g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), values,
                     n * ann_dtype_get_size (dtype));
}

/* --- Numbers --- */

/* Shapes of arrays, and how they are cut: whole, with an edge, longer than the array, empty. */
static const struct {
  const char *name;
  guint rank;
  guint64 shape[3];
  guint64 chunk_shape[3];
  gsize n;
} layouts[] = {
  { "scalar", 0, { 0 }, { 0 }, 1 },
  { "vector", 1, { 37 }, { 0 }, 37 },
  { "matrix", 2, { 7, 5 }, { 0 }, 35 },
  { "empty", 1, { 0 }, { 0 }, 0 },
  { "no columns", 2, { 4, 0 }, { 0 }, 0 },
  { "chunked vector", 1, { 37 }, { 10 }, 37 },
  { "chunked even", 1, { 40 }, { 10 }, 40 },
  { "chunked short", 1, { 3 }, { 10 }, 3 },
  { "chunked empty", 1, { 0 }, { 10 }, 0 },
  { "chunked matrix", 2, { 7, 5 }, { 3, 2 }, 35 },
  { "chunked cube", 3, { 4, 3, 5 }, { 3, 4, 2 }, 60 },
};

static void
write_layouts (AnnNodeWriter *root, AnnDtype dtype, const AnnCompression *compression)
{
  AnnNodeWriter *group = begin_group (root, ann_dtype_get_name (dtype));

  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree guint8 *values = make_values (dtype, layouts[i].n);
      AnnArraySpec spec = { .dtype = dtype, .rank = layouts[i].rank, .compression = compression };

      memcpy (spec.shape, layouts[i].shape, sizeof layouts[i].shape);
      memcpy (spec.chunk_shape, layouts[i].chunk_shape, sizeof layouts[i].chunk_shape);
      add_array (group, layouts[i].name, &spec, values);
    }
  end_group (group, NULL);
}

static void
assert_layouts (hid_t file, AnnNode *root, const char *group, AnnDtype dtype, gboolean by_libhdf5)
{
  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree guint8 *values = make_values (dtype, layouts[i].n);
      g_autofree char *path = g_strdup_printf ("%s/%s/%s", group, ann_dtype_get_name (dtype),
                                               layouts[i].name);

      if (by_libhdf5)
        assert_read_by_libhdf5 (file, path, dtype, layouts[i].n, values);
      assert_read_by_us (root, path, dtype, layouts[i].n, values);
    }
}

/* Every compressor; libhdf5 itself has but one of them. */
static const struct {
  const char *name;
  AnnCompression compression;
  gboolean is_in_libhdf5;
} compressions[] = {
  { "none", { ANN_COMPRESSOR_NONE, 0 }, TRUE },  { "gzip", { ANN_COMPRESSOR_GZIP, 4 }, TRUE },
  { "zstd", { ANN_COMPRESSOR_ZSTD, 3 }, FALSE }, { "blosc", { ANN_COMPRESSOR_BLOSC, 5 }, FALSE },
  { "lz4", { ANN_COMPRESSOR_LZ4, 5 }, FALSE },   { "lzf", { ANN_COMPRESSOR_LZF, 0 }, FALSE },
};

static void
write_numbers (AnnNodeWriter *writer, gsize i)
{
  AnnNodeWriter *group = begin_group (writer, compressions[i].name);

  for (gsize j = 0; j < G_N_ELEMENTS (number_types); j++)
    write_layouts (group, number_types[j], &compressions[i].compression);
  end_group (group, NULL);
}

static void
test_numbers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnNodeWriter *writer = begin_file (fixture);
  g_autoptr (AnnNode) root = NULL;
  hid_t file;

  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    write_numbers (writer, i);
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (number_types); j++)
      assert_layouts (file, root, compressions[i].name, number_types[j],
                      compressions[i].is_in_libhdf5);
  _ann_hdf5_close (file);
}

/* As h5py and NumPy have them. */
static void
test_type_details (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnNodeWriter *writer = begin_file (fixture);
  const guint8 values[16] = { 0, 1 };
  hid_t file;

  add_array (writer, "bool", &(AnnArraySpec){ .dtype = ANN_DTYPE_BOOL, .rank = 1, .shape = { 2 } },
             values);
  add_array (writer, "complex",
             &(AnnArraySpec){ .dtype = ANN_DTYPE_COMPLEX64, .rank = 1, .shape = { 1 } }, values);
  add_array (writer, "half",
             &(AnnArraySpec){ .dtype = ANN_DTYPE_FLOAT16, .rank = 1, .shape = { 1 } }, values);
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) bools = H5Dopen2 (file, "bool", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) bool_type = H5Dget_type (bools);
    g_auto (AnnHdf5Hid) bool_base = H5Tget_super (bool_type);
    g_auto (AnnHdf5Hid) complex = H5Dopen2 (file, "complex", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) complex_type = H5Dget_type (complex);
    g_auto (AnnHdf5Hid) half = H5Dopen2 (file, "half", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) half_type = H5Dget_type (half);
    gint8 value = -1;
    size_t sign, exponent, n_exponent, mantissa, n_mantissa;

    g_assert_cmpint (H5Tget_class (bool_type), ==, H5T_ENUM);
    g_assert_cmpint (H5Tequal (bool_base, H5T_STD_I8LE), >, 0);
    g_assert_cmpint (H5Tenum_valueof (bool_type, "FALSE", &value), >=, 0);
    g_assert_cmpint (value, ==, 0);
    g_assert_cmpint (H5Tenum_valueof (bool_type, "TRUE", &value), >=, 0);
    g_assert_cmpint (value, ==, 1);
    g_assert_cmpint (H5Tget_nmembers (bool_type), ==, 2);

    g_assert_cmpint (H5Tget_class (complex_type), ==, H5T_COMPOUND);
    g_assert_cmpint (H5Tget_member_index (complex_type, "r"), ==, 0);
    g_assert_cmpint (H5Tget_member_index (complex_type, "i"), ==, 1);
    g_assert_cmpuint (H5Tget_size (complex_type), ==, 8);

    g_assert_cmpuint (H5Tget_size (half_type), ==, 2);
    g_assert_cmpint (
        H5Tget_fields (half_type, &sign, &exponent, &n_exponent, &mantissa, &n_mantissa), >=, 0);
    g_assert_cmpuint (sign, ==, 15);
    g_assert_cmpuint (exponent, ==, 10);
    g_assert_cmpuint (n_exponent, ==, 5);
    g_assert_cmpuint (n_mantissa, ==, 10);
    g_assert_cmpuint (H5Tget_ebias (half_type), ==, 15);
  }
  _ann_hdf5_close (file);
}

/* Of a length that nobody knew, cut as it may come. */
static void
test_unknown_lengths (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const guint64 lengths[] = { 0, 1, 9, 10, 11, 20, 95 };
  const AnnCompression gzip = { ANN_COMPRESSOR_GZIP, 1 };
  g_autofree guint8 *values = make_values (ANN_DTYPE_INT32, 3 * 95);
  AnnNodeWriter *writer = begin_file (fixture);
  g_autoptr (AnnNode) root = NULL;
  hid_t file;

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint64 chunk_rows = 0; chunk_rows <= 10; chunk_rows += 10)
      {
        g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT " by %" G_GUINT64_FORMAT,
                                                 lengths[i], chunk_rows);
        AnnArraySpec spec = { .dtype = ANN_DTYPE_INT32,
                              .rank = 2,
                              .shape = { ANN_LENGTH_UNKNOWN, 3 },
                              .chunk_shape = { chunk_rows, chunk_rows > 0 ? 2 : 0 },
                              .compression = &gzip };
        AnnArrayWriter *array = begin_array (writer, name, &spec);

        for (guint64 row = 0, n; row < lengths[i]; row += n)
          {
            n = MIN (4, lengths[i] - row);
            append (array, values + row * 12, n);
          }
        end_array (array, NULL);
      }
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint64 chunk_rows = 0; chunk_rows <= 10; chunk_rows += 10)
      {
        g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT " by %" G_GUINT64_FORMAT,
                                                 lengths[i], chunk_rows);

        assert_read_by_libhdf5 (file, name, ANN_DTYPE_INT32, 3 * lengths[i], values);
        assert_read_by_us (root, name, ANN_DTYPE_INT32, 3 * lengths[i], values);
      }
  _ann_hdf5_close (file);
}

/* --- Texts --- */

static AnnStrings *
make_odd_texts (gsize n)
{
  AnnStrings *texts = ann_strings_new ();

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = i % 5 == 0 ? g_strdup ("") : g_strdup_printf ("Zähler %zu", i * i);

      g_assert_true (ann_strings_append (texts, text, -1, NULL));
    }

  return texts;
}

static void
assert_texts (AnnNode *root, const char *name, AnnDtype dtype, AnnStrings *texts)
{
  g_autoptr (AnnArray) array = open_array (root, name);
  g_autoptr (AnnStrings) found = NULL;
  g_autoptr (GError) error = NULL;
  AnnBox box;

  g_assert_cmpint (ann_array_get_dtype (array), ==, dtype);
  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  found = ann_array_read_strings (array, &box, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (found), ==, ann_strings_get_length (texts));
  for (gsize i = 0; i < ann_strings_get_length (texts); i++)
    {
      gsize n_found, n;
      const char *text_found = ann_strings_get (found, i, &n_found);
      const char *text = ann_strings_get (texts, i, &n);

      g_assert_cmpmem (text_found, n_found, text, n);
    }
}

static void
assert_texts_by_libhdf5 (hid_t file, const char *name, AnnStrings *texts)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  gsize n = ann_strings_get_length (texts);
  const hsize_t length = n;
  g_auto (AnnHdf5Hid) dataset = H5Dopen2 (file, name, H5P_DEFAULT);
  g_auto (AnnHdf5Hid) type = H5Dget_type (dataset);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);
  g_autofree char **found = g_new0 (char *, n + 1);

  g_assert_cmpint (H5Tis_variable_str (type), >, 0);
  g_assert_cmpint (H5Tget_cset (type), ==, H5T_CSET_UTF8);
  g_assert_cmpint (H5Tget_strpad (type), ==, H5T_STR_NULLTERM);
  g_assert_cmpint (H5Dread (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, found), >=, 0);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpstr (found[i] != NULL ? found[i] : "", ==, ann_strings_get (texts, i, NULL));
  g_assert_cmpint (H5Dvlen_reclaim (type, space, H5P_DEFAULT, found), >=, 0);
}

/* More than are handed to libhdf5 at once; of a known length, and not. */
static void
test_texts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gsize lengths[] = { 0, 1, 1023, 1024, 40000 };
  g_autoptr (AnnNode) root = NULL;
  AnnNodeWriter *writer = begin_file (fixture);
  hid_t file;

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (int is_known = 0; is_known < 3; is_known++)
      {
        g_autoptr (AnnStrings) texts = make_odd_texts (lengths[i]);
        g_autofree char *name = g_strdup_printf ("%zu, %d", lengths[i], is_known);
        AnnArraySpec spec = { .dtype = ANN_DTYPE_STRING,
                              .rank = 1,
                              .shape = { is_known > 0 ? lengths[i] : ANN_LENGTH_UNKNOWN },
                              .chunk_shape = { is_known == 2 ? 500 : 0 } };
        AnnArrayWriter *array = begin_array (writer, name, &spec);
        g_autoptr (AnnStrings) first = ann_strings_new ();
        g_autoptr (AnnStrings) second = ann_strings_new ();
        gsize half = lengths[i] / 3;

        ann_strings_append_range (first, texts, 0, half, NULL);
        ann_strings_append_range (second, texts, half, lengths[i] - half, NULL);
        append_texts (array, first);
        append_texts (array, second);
        end_array (array, NULL);
      }
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (int is_known = 0; is_known < 3; is_known++)
      {
        g_autoptr (AnnStrings) texts = make_odd_texts (lengths[i]);
        g_autofree char *name = g_strdup_printf ("%zu, %d", lengths[i], is_known);

        assert_texts_by_libhdf5 (file, name, texts);
        assert_texts (root, name, ANN_DTYPE_STRING, texts);
      }
  _ann_hdf5_close (file);
}

/* All bytes are in the file, although readers end a text at a NUL. */
static void
assert_stored (Fixture *fixture, const char *name, AnnStrings *text)
{
  hid_t file = open_by_libhdf5 (fixture);

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) dataset = H5Dopen2 (file, name, H5P_DEFAULT);
    g_auto (AnnHdf5Hid) space = H5Dget_space (dataset);
    g_auto (AnnHdf5Hid) memory = H5Tvlen_create (H5T_NATIVE_UCHAR);
    hvl_t found;
    gsize n;
    const char *bytes = ann_strings_get (text, 0, &n);

    g_assert_cmpint (H5Dread (dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &found), >=, 0);
    g_assert_cmpmem (found.p, found.len, bytes, n);
    g_assert_cmpint (H5Dvlen_reclaim (memory, space, H5P_DEFAULT, &found), >=, 0);
  }
  _ann_hdf5_close (file);
}

/* What libhdf5's own texts cannot hold; a scalar, and a matrix. */
static void
test_odd_texts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const two_by_two[] = { "a", "", "ü", "日本", NULL };
  g_autoptr (AnnStrings) scalar = ann_strings_new ();
  g_autoptr (AnnStrings) matrix = make_texts (two_by_two);
  g_autoptr (AnnStrings) bytes = make_texts (two_by_two);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;
  AnnNodeWriter *writer = begin_file (fixture);
  AnnArrayWriter *array;

  g_assert_true (ann_strings_append (scalar, "a\0b\xff", 4, NULL));
  array = begin_array (writer, "scalar", &(AnnArraySpec){ .dtype = ANN_DTYPE_STRING });
  append_texts (array, scalar);
  end_array (array, NULL);

  array = begin_array (writer, "matrix",
                       &(AnnArraySpec){ .dtype = ANN_DTYPE_STRING, .rank = 2, .shape = { 2, 2 } });
  append_texts (array, matrix);
  end_array (array, NULL);

  array = begin_array (
      writer, "growing",
      &(AnnArraySpec){ .dtype = ANN_DTYPE_STRING, .rank = 2, .shape = { ANN_LENGTH_UNKNOWN, 2 } });
  append_texts (array, matrix);
  end_array (array, NULL);

  array = begin_array (
      writer, "bytes",
      &(AnnArraySpec){ .dtype = ANN_DTYPE_BYTES, .item_size = 6, .rank = 1, .shape = { 4 } });
  append_texts (array, bytes);
  end_array (array, NULL);

  array = begin_array (
      writer, "short",
      &(AnnArraySpec){ .dtype = ANN_DTYPE_BYTES, .item_size = 5, .rank = 1, .shape = { 4 } });
  g_assert_false (_ann_array_writer_append_texts (array, bytes, NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "short: Value 3 has 6 bytes");
  g_object_unref (array);
  end_file (writer);

  root = fixture_open (fixture);
  assert_stored (fixture, "scalar", scalar);
  assert_texts (root, "matrix", ANN_DTYPE_STRING, matrix);
  assert_texts (root, "growing", ANN_DTYPE_STRING, matrix);
  assert_texts (root, "bytes", ANN_DTYPE_BYTES, bytes);
}

/* --- Records --- */

static void
test_records (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "B", "Zelle", NULL };
  static const char *const fixed[] = { "ab", "", NULL };
  const AnnFieldSpec fields[] = {
    { .name = "name", .dtype = ANN_DTYPE_STRING },
    { .name = "score", .dtype = ANN_DTYPE_FLOAT64 },
    { .name = "is_set", .dtype = ANN_DTYPE_BOOL },
    { .name = "code", .dtype = ANN_DTYPE_BYTES, .item_size = 3 },
    { .name = "short", .dtype = ANN_DTYPE_STRING, .item_size = 2 },
    { .name = "count", .dtype = ANN_DTYPE_INT16 },
  };
  const double scores[] = { 1.5, -2 };
  const guint8 is_set[] = { 1, 0 };
  const gint16 counts[] = { -3, 300 };
  AnnNodeWriter *writer = begin_file (fixture);
  hid_t file;

  for (int is_known = 0; is_known < 2; is_known++)
    {
      AnnFieldValues values[6] = { 0 };
      AnnArraySpec spec = { .dtype = ANN_DTYPE_RECORD,
                            .rank = 1,
                            .shape = { is_known ? 4 : ANN_LENGTH_UNKNOWN },
                            .fields = fields,
                            .n_fields = G_N_ELEMENTS (fields) };
      AnnArrayWriter *array = begin_array (writer, is_known ? "known" : "unknown", &spec);
      g_autoptr (GError) error = NULL;

      values[0].texts = make_texts (names);
      values[1].values = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 2, NULL);
      values[2].values = ann_buffer_new_vector (ANN_DTYPE_BOOL, 2, NULL);
      values[3].texts = make_texts (fixed);
      values[4].texts = make_texts (fixed);
      values[5].values = ann_buffer_new_vector (ANN_DTYPE_INT16, 2, NULL);
      memcpy (ann_buffer_get_data_for_writing (values[1].values), scores, sizeof scores);
      memcpy (ann_buffer_get_data_for_writing (values[2].values), is_set, sizeof is_set);
      memcpy (ann_buffer_get_data_for_writing (values[5].values), counts, sizeof counts);
      for (int i = 0; i < 2; i++)
        {
          _ann_array_writer_append_records (array, values, 2, NULL, &error);
          g_assert_no_error (error);
        }
      end_array (array, NULL);
      for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
        {
          g_clear_pointer (&values[i].values, ann_buffer_unref);
          g_clear_pointer (&values[i].texts, ann_strings_unref);
        }
    }
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  for (int is_known = 0; is_known < 2; is_known++)
    {
      struct {
        char *name;
        double score;
        gint8 is_set;
        char code[3];
        char text[2];
        gint16 count;
      } found[4];
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      g_auto (AnnHdf5Hid) dataset = H5Dopen2 (file, is_known ? "known" : "unknown", H5P_DEFAULT);
      g_auto (AnnHdf5Hid) stored = H5Dget_type (dataset);
      g_auto (AnnHdf5Hid) space = H5Dget_space (dataset);
      g_auto (AnnHdf5Hid) type = H5Tcreate (H5T_COMPOUND, sizeof found[0]);
      const gsize offsets[] = {
        offsetof (typeof (found[0]), name),   offsetof (typeof (found[0]), score),
        offsetof (typeof (found[0]), is_set), offsetof (typeof (found[0]), code),
        offsetof (typeof (found[0]), text),   offsetof (typeof (found[0]), count)
      };

      g_assert_cmpint (H5Tget_nmembers (stored), ==, 6);
      for (guint i = 0; i < 6; i++)
        {
          g_auto (AnnHdf5Hid) member = H5Tget_member_type (stored, i);
          char *name = H5Tget_member_name (stored, i);

          g_assert_cmpstr (name, ==, fields[i].name);
          g_assert_cmpint (H5Tinsert (type, name, offsets[i], member), >=, 0);
          H5free_memory (name);
        }
      g_assert_cmpint (H5Dread (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, found), >=, 0);
      for (guint i = 0; i < 4; i++)
        {
          g_assert_cmpstr (found[i].name, ==, names[i % 2]);
          g_assert_cmpfloat (found[i].score, ==, scores[i % 2]);
          g_assert_cmpint (found[i].is_set, ==, is_set[i % 2]);
          g_assert_cmpmem (found[i].code, 3, i % 2 == 0 ? "ab\0" : "\0\0\0", 3);
          g_assert_cmpmem (found[i].text, 2, i % 2 == 0 ? "ab" : "\0\0", 2);
          g_assert_cmpint (found[i].count, ==, counts[i % 2]);
        }
      g_assert_cmpint (H5Dvlen_reclaim (type, space, H5P_DEFAULT, found), >=, 0);
    }
  _ann_hdf5_close (file);
}

/* Bytes that mean nothing to us, appended as values. */
static void
test_opaque (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnCompression gzip = { ANN_COMPRESSOR_GZIP, 4 };
  AnnArraySpec spec = {
    .dtype = ANN_DTYPE_OPAQUE, .item_size = 3, .rank = 1, .shape = { 4 }, .compression = &gzip
  };
  AnnNodeWriter *writer = begin_file (fixture);
  hid_t file;

  add_array (writer, "whole", &spec, "abcdefghi\0\0\0");
  spec.chunk_shape[0] = 3;
  add_array (writer, "chunked", &spec, "abcdefghi\0\0\0");
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  for (int is_chunked = 0; is_chunked < 2; is_chunked++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      g_auto (AnnHdf5Hid) dataset = H5Dopen2 (file, is_chunked ? "chunked" : "whole", H5P_DEFAULT);
      g_auto (AnnHdf5Hid) type = H5Dget_type (dataset);
      char found[12];

      g_assert_cmpint (H5Tget_class (type), ==, H5T_OPAQUE);
      g_assert_cmpint (H5Dread (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, found), >=, 0);
      g_assert_cmpmem (found, sizeof found, "abcdefghi\0\0\0", 12);
    }
  _ann_hdf5_close (file);
}

/* --- Attributes --- */

static AnnBuffer *
make_numbers (AnnDtype dtype, guint rank, guint64 n)
{
  const guint64 shape[] = { rank == 2 ? n / 2 : n, 2 };
  AnnBuffer *buffer = ann_buffer_new (dtype, rank, shape, NULL);
  g_autofree guint8 *values = make_values (dtype, n);

  memcpy (ann_buffer_get_data_for_writing (buffer), values, n * ann_dtype_get_size (dtype));

  return buffer;
}

static AnnAttributes *
make_attributes (void)
{
  static const char *const one[] = { "anndata", NULL };
  static const char *const many[] = { "a", "", "größer", NULL };
  AnnAttributes *attributes = ann_attributes_new ();
  g_autoptr (AnnStrings) scalar = make_texts (one);
  g_autoptr (AnnStrings) list = make_texts (many);
  g_autoptr (AnnStrings) none = ann_strings_new ();

  ann_attributes_add_texts (attributes, "encoding-type", TRUE, scalar);
  ann_attributes_add_texts (attributes, "column-order", FALSE, list);
  ann_attributes_add_texts (attributes, "nothing", FALSE, none);
  for (gsize i = 0; i < G_N_ELEMENTS (number_types); i++)
    {
      const char *name = ann_dtype_get_name (number_types[i]);
      g_autofree char *matrix_name = g_strconcat (name, " matrix", NULL);
      g_autoptr (AnnBuffer) value = make_numbers (number_types[i], 0, 1);
      g_autoptr (AnnBuffer) matrix = make_numbers (number_types[i], 2, 6);

      ann_attributes_add_numbers (attributes, name, value);
      ann_attributes_add_numbers (attributes, matrix_name, matrix);
    }
  ann_attributes_add_unknown (attributes, "left out", "what another format has");

  return attributes;
}

static void
assert_attributes (AnnNode *node, AnnAttributes *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) found = ann_node_read_attributes (node, NULL, &error);
  g_auto (GStrv) names = ann_attributes_get_names (expected);

  g_assert_no_error (error);
  g_assert_false (ann_attributes_has (found, "left out"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnBuffer *numbers = ann_attributes_get_numbers (expected, names[i]);
      AnnStrings *texts = ann_attributes_get_texts (expected, names[i]);

      if (numbers != NULL)
        {
          AnnBuffer *found_numbers = ann_attributes_get_numbers (found, names[i]);

          g_assert_cmpint (ann_buffer_get_dtype (found_numbers), ==,
                           ann_buffer_get_dtype (numbers));
          g_assert_cmpuint (ann_buffer_get_rank (found_numbers), ==, ann_buffer_get_rank (numbers));
          g_assert_cmpmem (ann_buffer_get_data (found_numbers), ann_buffer_get_size (found_numbers),
                           ann_buffer_get_data (numbers), ann_buffer_get_size (numbers));
        }
      else if (texts != NULL)
        {
          AnnStrings *found_texts = ann_attributes_get_texts (found, names[i]);

          g_assert_cmpint (ann_attributes_is_scalar (found, names[i]), ==,
                           ann_attributes_is_scalar (expected, names[i]));
          g_assert_cmpuint (ann_strings_get_length (found_texts), ==,
                            ann_strings_get_length (texts));
          for (gsize j = 0; j < ann_strings_get_length (texts); j++)
            g_assert_cmpstr (ann_strings_get (found_texts, j, NULL), ==,
                             ann_strings_get (texts, j, NULL));
        }
    }
}

/* As anndata wants its attributes: scalars of variable length in UTF-8. */
static void
assert_text_attribute (hid_t file, const char *object, const char *name, H5S_class_t space_class)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) attribute = H5Aopen_by_name (file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  g_auto (AnnHdf5Hid) type = H5Aget_type (attribute);
  g_auto (AnnHdf5Hid) space = H5Aget_space (attribute);

  g_assert_cmpint (H5Tis_variable_str (type), >, 0);
  g_assert_cmpint (H5Tget_cset (type), ==, H5T_CSET_UTF8);
  g_assert_cmpint (H5Tget_strpad (type), ==, H5T_STR_NULLTERM);
  g_assert_cmpint (H5Sget_simple_extent_type (space), ==, space_class);
}

static void
test_attributes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) dataset = NULL;
  g_autoptr (AnnNode) null = NULL;
  g_autoptr (GError) error = NULL;
  AnnNodeWriter *writer = begin_file (fixture);
  AnnArrayWriter *array = begin_array (writer, "array",
                                       &(AnnArraySpec){ .dtype = ANN_DTYPE_INT8, .rank = 1 });
  hid_t file;

  end_array (array, attributes);
  end_group (begin_group (writer, "group"), attributes);
  g_assert_true (_ann_node_writer_add_null (writer, "null", attributes, NULL, &error));
  _ann_node_writer_close (writer, attributes, NULL, &error);
  g_assert_no_error (error);
  _ann_node_writer_commit (writer, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (writer);

  file = open_by_libhdf5 (fixture);
  assert_text_attribute (file, "/", "encoding-type", H5S_SCALAR);
  assert_text_attribute (file, "group", "column-order", H5S_SIMPLE);
  assert_text_attribute (file, "array", "nothing", H5S_SIMPLE);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) null_dataset = H5Dopen2 (file, "null", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) space = H5Dget_space (null_dataset);
    g_auto (AnnHdf5Hid) type = H5Dget_type (null_dataset);

    g_assert_cmpint (H5Sget_simple_extent_type (space), ==, H5S_NULL);
    g_assert_cmpint (H5Tequal (type, H5T_IEEE_F32LE), >, 0);
  }
  _ann_hdf5_close (file);

  root = fixture_open (fixture);
  group = open_node (root, "group");
  dataset = open_node (root, "array");
  null = open_node (root, "null");
  assert_attributes (root, attributes);
  assert_attributes (group, attributes);
  assert_attributes (dataset, attributes);
  assert_attributes (null, attributes);
}

/* More columns than the 4091 whose names fit into an object's header. */
#define N_COLUMNS 10000

static AnnAttributes *
make_column_order (void)
{
  g_autoptr (AnnStrings) names = ann_strings_new ();
  AnnAttributes *attributes = ann_attributes_new ();

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autofree char *name = g_strdup_printf ("column %u", i);

      g_assert_true (ann_strings_append (names, name, -1, NULL));
    }
  ann_attributes_add_texts (attributes, "column-order", FALSE, names);

  return attributes;
}

static void
test_wide_table (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnNodeWriter *writer = begin_file (fixture);
  AnnNodeWriter *obs = begin_group (writer, "obs");
  g_autoptr (AnnAttributes) attributes = make_column_order ();
  AnnStrings *names = ann_attributes_get_texts (attributes, "column-order");
  g_autoptr (AnnNode) root = NULL;
  hid_t file;

  for (guint i = 0; i < N_COLUMNS; i++)
    add_array (obs, ann_strings_get (names, i, NULL),
               &(AnnArraySpec){ .dtype = ANN_DTYPE_UINT32, .rank = 1, .shape = { 1 } }, &i);
  end_group (obs, attributes);
  end_file (writer);

  file = open_by_libhdf5 (fixture);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) attribute = H5Aopen_by_name (file, "obs", "column-order", H5P_DEFAULT,
                                                     H5P_DEFAULT);
    g_auto (AnnHdf5Hid) type = H5Aget_type (attribute);
    g_auto (AnnHdf5Hid) space = H5Aget_space (attribute);
    g_autofree char **found = g_new0 (char *, N_COLUMNS);
    H5G_info_t info;

    g_assert_cmpint (H5Sget_simple_extent_npoints (space), ==, N_COLUMNS);
    g_assert_cmpint (H5Aread (attribute, type, found), >=, 0);
    for (guint i = 0; i < N_COLUMNS; i++)
      g_assert_cmpstr (found[i], ==, ann_strings_get (names, i, NULL));
    g_assert_cmpint (H5Dvlen_reclaim (type, space, H5P_DEFAULT, found), >=, 0);
    g_assert_cmpint (H5Gget_info_by_name (file, "obs", &info, H5P_DEFAULT), >=, 0);
    g_assert_cmpuint (info.nlinks, ==, N_COLUMNS);
  }
  _ann_hdf5_close (file);

  root = fixture_open (fixture);
  {
    g_autoptr (AnnNode) group = open_node (root, "obs");
    g_autoptr (AnnArray) last = open_array (root, "obs/column 9999");
    g_autoptr (AnnBuffer) value = ann_array_read_range (last, 0, 1, NULL, NULL);

    assert_attributes (group, attributes);
    g_assert_cmpfloat (ann_buffer_get_double (value, 0), ==, 9999);
  }
}

/* --- By others --- */

static void
write_for_python (Fixture *fixture)
{
  static const char *const words[] = { "a", "", "ü", "日本", NULL };
  static const char *const names[] = { "B", "Zelle", NULL };
  static const AnnFieldSpec fields[] = { { .name = "name", .dtype = ANN_DTYPE_STRING },
                                         { .name = "score", .dtype = ANN_DTYPE_FLOAT64 } };
  const double scores[] = { 1.5, -2 };
  g_autoptr (AnnStrings) texts = make_texts (words);
  g_autoptr (AnnStrings) labels = make_texts (names);
  g_autoptr (AnnBuffer) numbers = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 2, NULL);
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnAttributes) column_order = make_column_order ();
  AnnNodeWriter *writer = begin_file (fixture);
  AnnArraySpec spec = { .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { 4 } };
  AnnArrayWriter *array = begin_array (writer, "texts", &spec);

  append_texts (array, texts);
  end_array (array, NULL);
  spec.dtype = ANN_DTYPE_BYTES;
  spec.item_size = 6;
  array = begin_array (writer, "bytes", &spec);
  append_texts (array, texts);
  end_array (array, NULL);

  memcpy (ann_buffer_get_data_for_writing (numbers), scores, sizeof scores);
  spec = (AnnArraySpec){
    .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = { 2 }, .fields = fields, .n_fields = 2
  };
  array = begin_array (writer, "records", &spec);
  g_assert_true (_ann_array_writer_append_records (
      array, (AnnFieldValues[]){ { NULL, labels }, { numbers, NULL } }, 2, NULL, NULL));
  end_array (array, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    write_numbers (writer, i);
  end_group (begin_group (writer, "attributes"), attributes);
  end_group (begin_group (writer, "wide"), column_order);
  g_assert_true (_ann_node_writer_add_null (writer, "null", NULL, NULL, NULL));
  end_file (writer);
}

static gboolean
python_has_h5py (const char *python)
{
  const char *const argv[] = { python, "-c", "import h5py, hdf5plugin", NULL };
  int status;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

static void
test_python (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *python = g_getenv ("ANN_TEST_PYTHON");
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "core", "hdf5", "read_written.py",
                                                   NULL);
  const char *const argv[] = { python, script, fixture->path, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  if (python == NULL || !python_has_h5py (python))
    {
      g_test_skip ("ANN_TEST_PYTHON names no Python with h5py and hdf5plugin");
      return;
    }

  write_for_python (fixture);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_writing_test ("/hdf5-writer/numbers", test_numbers);
  add_writing_test ("/hdf5-writer/type-details", test_type_details);
  add_writing_test ("/hdf5-writer/unknown-lengths", test_unknown_lengths);
  add_writing_test ("/hdf5-writer/texts", test_texts);
  add_writing_test ("/hdf5-writer/odd-texts", test_odd_texts);
  add_writing_test ("/hdf5-writer/records", test_records);
  add_writing_test ("/hdf5-writer/opaque", test_opaque);
  add_writing_test ("/hdf5-writer/attributes", test_attributes);
  add_writing_test ("/hdf5-writer/wide-table", test_wide_table);
  add_writing_test ("/hdf5-writer/python", test_python);

  return g_test_run ();
}
