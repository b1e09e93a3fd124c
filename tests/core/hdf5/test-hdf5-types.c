/* test-hdf5-types.c: stored types, what they become, and their values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-types.h"
#include "hdf5-fixture.h"

#include <string.h>

static void
assert_type (AnnNode *root, const char *name, AnnDtype dtype, const char *description)
{
  g_autoptr (AnnArray) array = open_array (root, name);

  g_assert_cmpint (ann_array_get_dtype (array), ==, dtype);
  g_assert_cmpstr (ann_array_get_type_description (array), ==, description);
}

static double
read_first (AnnNode *root, const char *name)
{
  g_autoptr (AnnArray) array = open_array (root, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 1, NULL, &error);

  g_assert_no_error (error);

  return ann_buffer_get_double (buffer, 0);
}

static void
test_numbers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const struct {
    const char *description;
    hid_t type;
    AnnDtype dtype;
  } cases[] = {
    { "int8", H5T_STD_I8LE, ANN_DTYPE_INT8 },
    { "uint8", H5T_STD_U8BE, ANN_DTYPE_UINT8 },
    { "int16, little-endian", H5T_STD_I16LE, ANN_DTYPE_INT16 },
    { "int16, big-endian", H5T_STD_I16BE, ANN_DTYPE_INT16 },
    { "uint16, big-endian", H5T_STD_U16BE, ANN_DTYPE_UINT16 },
    { "int32, little-endian", H5T_STD_I32LE, ANN_DTYPE_INT32 },
    { "uint32, big-endian", H5T_STD_U32BE, ANN_DTYPE_UINT32 },
    { "int64, little-endian", H5T_STD_I64LE, ANN_DTYPE_INT64 },
    { "int64, big-endian", H5T_STD_I64BE, ANN_DTYPE_INT64 },
    { "uint64, little-endian", H5T_STD_U64LE, ANN_DTYPE_UINT64 },
    { "float32, little-endian", H5T_IEEE_F32LE, ANN_DTYPE_FLOAT32 },
    { "float32, big-endian", H5T_IEEE_F32BE, ANN_DTYPE_FLOAT32 },
    { "float64, little-endian", H5T_IEEE_F64LE, ANN_DTYPE_FLOAT64 },
    { "float64, big-endian", H5T_IEEE_F64BE, ANN_DTYPE_FLOAT64 },
  };
  const double value = 42;
  const hsize_t one = 1;
  hid_t creation = make_chunking (1, &one);
  g_autoptr (AnnNode) root = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *chunked = g_strdup_printf ("chunked %s", cases[i].description);

      write_vector (fixture->file, cases[i].description, cases[i].type, H5T_NATIVE_DOUBLE, 1,
                    &value);
      write_dataset (fixture->file, chunked, cases[i].type, H5T_NATIVE_DOUBLE, 1, &one, creation,
                     &value);
    }
  _ann_hdf5_close (creation);

  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *chunked = g_strdup_printf ("chunked %s", cases[i].description);

      assert_type (root, cases[i].description, cases[i].dtype, cases[i].description);
      g_assert_cmpfloat (read_first (root, cases[i].description), ==, 42);
      g_assert_cmpfloat (read_first (root, chunked), ==, 42);
    }
}

/* Numbers that the machine does not have: libhdf5 converts them. */
static void
test_odd_numbers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 minus_three = -3;
  const double value = 1.25;
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) int24 = H5Tcopy (H5T_STD_I32BE);
    g_auto (AnnHdf5Hid) int3 = H5Tcopy (H5T_STD_I32LE);
    g_auto (AnnHdf5Hid) shifted = H5Tcopy (H5T_STD_I16LE);
    g_auto (AnnHdf5Hid) half = H5Tcopy (H5T_IEEE_F32BE);
    g_auto (AnnHdf5Hid) bfloat = H5Tcopy (H5T_IEEE_F32LE);
    g_auto (AnnHdf5Hid) wide = H5Tcopy (H5T_STD_I64LE);
    const hsize_t one = 1;

    H5Tset_precision (int24, 24);
    H5Tset_size (int3, 3);
    H5Tset_precision (shifted, 8);
    H5Tset_offset (shifted, 4);
    H5Tset_fields (half, 15, 10, 5, 0, 10);
    H5Tset_size (half, 2);
    H5Tset_ebias (half, 15);
    H5Tset_fields (bfloat, 15, 7, 8, 0, 7);
    H5Tset_size (bfloat, 2);
    H5Tset_size (wide, 16);
    H5Tset_precision (wide, 128);
    write_vector (fixture->file, "int24", int24, H5T_NATIVE_INT32, 1, &minus_three);
    write_vector (fixture->file, "int3", int3, H5T_NATIVE_INT32, 1, &minus_three);
    write_vector (fixture->file, "shifted", shifted, H5T_NATIVE_INT32, 1, &minus_three);
    write_vector (fixture->file, "half", half, H5T_NATIVE_DOUBLE, 1, &value);
    write_vector (fixture->file, "bfloat", bfloat, H5T_NATIVE_DOUBLE, 1, &value);
    write_vector (fixture->file, "long", H5T_NATIVE_LDOUBLE, H5T_NATIVE_DOUBLE, 1, &value);
    write_dataset (fixture->file, "wide", wide, wide, 1, &one, H5P_DEFAULT, NULL);
  }

  root = fixture_open (fixture);
  assert_type (root, "int24", ANN_DTYPE_INT32, "integer of 24 bits in 4 bytes, big-endian");
  assert_type (root, "int3", ANN_DTYPE_INT32, "integer of 24 bits in 3 bytes, little-endian");
  assert_type (root, "shifted", ANN_DTYPE_INT16, "integer of 8 bits in 2 bytes, little-endian");
  assert_type (root, "half", ANN_DTYPE_FLOAT16, "float16, big-endian");
  assert_type (root, "bfloat", ANN_DTYPE_FLOAT32, "float of 16 bits in 2 bytes, little-endian");
  assert_type (root, "wide", ANN_DTYPE_OTHER, "integer of 128 bits in 16 bytes, little-endian");
  g_assert_cmpfloat (read_first (root, "int24"), ==, -3);
  g_assert_cmpfloat (read_first (root, "int3"), ==, -3);
  g_assert_cmpfloat (read_first (root, "shifted"), ==, -3);
  g_assert_cmpfloat (read_first (root, "half"), ==, 1.25);
  g_assert_cmpfloat (read_first (root, "bfloat"), ==, 1.25);
  g_assert_cmpfloat (read_first (root, "long"), ==, 1.25);
}

static hid_t
make_enum (hid_t base, const char *const *names)
{
  hid_t type = H5Tenum_create (base);

  for (gint32 i = 0; names[i] != NULL; i++)
    {
      union {
        gint8 small;
        gint32 large;
      } value = { 0 };

      if (H5Tget_size (base) == 1)
        value.small = (gint8) i;
      else if (H5Tget_order (base) == H5T_ORDER_BE)
        value.large = GINT32_TO_BE (i);
      else
        value.large = i;
      g_assert_cmpint (H5Tenum_insert (type, names[i], &value), >=, 0);
    }

  return type;
}

static void
test_enums (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const boolean[] = { "FALSE", "TRUE", NULL };
  static const char *const swapped[] = { "TRUE", "FALSE", NULL };
  static const char *const colors[] = { "red", "green", "blue", NULL };
  const gint8 small[3] = { 0, 1, 2 };
  const gint32 large[3] = { 2, 1, 0 };
  const hsize_t three = 3;
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &three);
    g_auto (AnnHdf5Hid) bool_type = make_enum (H5T_NATIVE_INT8, boolean);
    g_auto (AnnHdf5Hid) no_bool = make_enum (H5T_NATIVE_INT8, swapped);
    g_auto (AnnHdf5Hid) color = make_enum (H5T_NATIVE_INT32, colors);

    write_dataset (fixture->file, "bool", bool_type, bool_type, 1, &three, creation, small);
    write_dataset (fixture->file, "no-bool", no_bool, no_bool, 1, &three, H5P_DEFAULT, small);
    write_dataset (fixture->file, "color", color, color, 1, &three, creation, large);
  }

  root = fixture_open (fixture);
  assert_type (root, "bool", ANN_DTYPE_BOOL, "bool (enum over int8)");
  assert_type (root, "no-bool", ANN_DTYPE_INT8, "enum of 2 names over int8");
  assert_type (root, "color", ANN_DTYPE_INT32, "enum of 3 names over int32, little-endian");
  g_assert_cmpfloat (read_first (root, "bool"), ==, 0);
  g_assert_cmpfloat (read_first (root, "color"), ==, 2);
}

/* Bools of several bytes, of either byte order. */
static void
test_wide_bools (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const boolean[] = { "FALSE", "TRUE", NULL };
  static const char *const names[] = { "little", "big", "little-chunked", "big-chunked" };
  const gint32 little[3] = { GINT32_TO_LE (0), GINT32_TO_LE (1), GINT32_TO_LE (1) };
  const gint32 big[3] = { GINT32_TO_BE (0), GINT32_TO_BE (1), GINT32_TO_BE (1) };
  const guint8 expected[3] = { 0, 1, 1 };
  const hsize_t three = 3;
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &three);
    g_auto (AnnHdf5Hid) little_type = make_enum (H5T_STD_I32LE, boolean);
    g_auto (AnnHdf5Hid) big_type = make_enum (H5T_STD_I32BE, boolean);

    write_dataset (fixture->file, "little", little_type, little_type, 1, &three, H5P_DEFAULT,
                   little);
    write_dataset (fixture->file, "big", big_type, big_type, 1, &three, H5P_DEFAULT, big);
    write_dataset (fixture->file, "little-chunked", little_type, little_type, 1, &three, creation,
                   little);
    write_dataset (fixture->file, "big-chunked", big_type, big_type, 1, &three, creation, big);
  }

  root = fixture_open (fixture);
  assert_type (root, "little", ANN_DTYPE_BOOL, "bool (enum over int32, little-endian)");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 3, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_BOOL);
      g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), expected, 3);
    }
}

typedef struct {
  double r, i;
} Complex;

static hid_t
make_complex (hid_t part, const char *first, const char *second, gsize gap)
{
  gsize size = H5Tget_size (part);
  hid_t type = H5Tcreate (H5T_COMPOUND, 2 * size + gap);

  H5Tinsert (type, first, 0, part);
  H5Tinsert (type, second, size + gap, part);

  return type;
}

static void
test_complex (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const Complex value = { 1.5, -2.5 };
  const hsize_t one = 1;
  static const char *const names[] = { "little", "big", "big-chunked", "gap", "single" };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) memory = make_complex (H5T_NATIVE_DOUBLE, "r", "i", 0);
    g_auto (AnnHdf5Hid) little = make_complex (H5T_IEEE_F64LE, "r", "i", 0);
    g_auto (AnnHdf5Hid) big = make_complex (H5T_IEEE_F64BE, "r", "i", 0);
    g_auto (AnnHdf5Hid) gap = make_complex (H5T_IEEE_F64LE, "r", "i", 4);
    g_auto (AnnHdf5Hid) single = make_complex (H5T_IEEE_F32BE, "r", "i", 0);
    g_auto (AnnHdf5Hid) stranger = make_complex (H5T_IEEE_F64LE, "x", "y", 0);
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &one);

    write_vector (fixture->file, "little", little, memory, 1, &value);
    write_vector (fixture->file, "big", big, memory, 1, &value);
    write_dataset (fixture->file, "big-chunked", big, memory, 1, &one, creation, &value);
    write_vector (fixture->file, "gap", gap, memory, 1, &value);
    write_vector (fixture->file, "single", single, memory, 1, &value);
    write_vector (fixture->file, "stranger", stranger, stranger, 1, &value);
  }

  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 1, NULL, NULL);

      if (strcmp (names[i], "single") == 0)
        {
          const float expected[2] = { 1.5, -2.5 };

          g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_COMPLEX64);
          g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), expected, 8);
          continue;
        }
      g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_COMPLEX128);
      g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), &value, 16);
    }
  assert_type (root, "big", ANN_DTYPE_COMPLEX128, "complex128, big-endian");
  assert_type (root, "stranger", ANN_DTYPE_RECORD,
               "record of 2 fields {x: float64, little-endian; y: float64, little-endian}");
}

typedef struct {
  gint16 number;
  char *text;
  char fixed[4];
  struct {
    float x, y;
  } point;
} Row;

static hid_t
make_row_type (hid_t text, hid_t fixed)
{
  g_auto (AnnHdf5Hid) point = H5Tcreate (H5T_COMPOUND, 8);
  g_auto (AnnHdf5Hid) array = H5I_INVALID_HID;
  const hsize_t two = 2;
  hid_t type = H5Tcreate (H5T_COMPOUND, sizeof (Row));

  H5Tinsert (point, "x", 0, H5T_NATIVE_FLOAT);
  H5Tinsert (point, "y", 4, H5T_NATIVE_FLOAT);
  array = H5Tarray_create2 (H5T_NATIVE_FLOAT, 1, &two);
  H5Tinsert (type, "number", G_STRUCT_OFFSET (Row, number), H5T_NATIVE_INT16);
  H5Tinsert (type, "text", G_STRUCT_OFFSET (Row, text), text);
  H5Tinsert (type, "fixed ü", G_STRUCT_OFFSET (Row, fixed), fixed);
  H5Tinsert (type, "point", G_STRUCT_OFFSET (Row, point), point);

  return type;
}

static void
test_records (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  char one[] = "one", three[] = "drei ü";
  const Row rows[3] = { { 1, one, "a", { 1, 10 } },
                        { 2, NULL, "bb", { 2, 20 } },
                        { 3, three, "cccc", { 3, 30 } } };
  const hsize_t chunk_shape = 2;
  const AnnBox box = { 1, { 1 }, { 2 } };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    const hsize_t n = 3;
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
    g_auto (AnnHdf5Hid) fixed = H5Tcopy (H5T_C_S1);
    g_auto (AnnHdf5Hid) type = H5I_INVALID_HID;

    H5Tset_size (text, H5T_VARIABLE);
    H5Tset_cset (text, H5T_CSET_UTF8);
    H5Tset_size (fixed, 4);
    H5Tset_strpad (fixed, H5T_STR_NULLPAD);
    type = make_row_type (text, fixed);
    write_dataset (fixture->file, "contiguous", type, type, 1, &n, H5P_DEFAULT, rows);
    write_dataset (fixture->file, "chunked", type, type, 1, &n, creation, rows);
  }

  root = fixture_open (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i == 0 ? "contiguous" : "chunked");
      g_auto (GStrv) names = ann_array_get_field_names (array);
      g_autofree char *joined = g_strjoinv (",", names);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnArray) number = ann_array_open_field (array, "number", &error);
      g_autoptr (AnnArray) text = ann_array_open_field (array, "text", NULL);
      g_autoptr (AnnArray) fixed = ann_array_open_field (array, "fixed ü", NULL);
      g_autoptr (AnnArray) point = ann_array_open_field (array, "point", NULL);
      g_autoptr (AnnArray) y = ann_array_open_field (point, "y", NULL);
      g_autoptr (AnnBuffer) numbers = ann_array_read (number, &box, NULL, &error);
      g_autoptr (AnnBuffer) ys = ann_array_read (y, &box, NULL, NULL);
      g_autoptr (AnnStrings) texts = ann_array_read_strings (text, &box, NULL, NULL);
      g_autoptr (AnnStrings) fixeds = ann_array_read_strings (fixed, &box, NULL, NULL);

      g_assert_no_error (error);
      g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_RECORD);
      g_assert_cmpstr (joined, ==, "number,text,fixed ü,point");
      g_assert_cmpstr (ann_array_get_path (y), ==,
                       i == 0 ? "contiguous[point][y]" : "chunked[point][y]");
      g_assert_cmpint (ann_array_get_dtype (number), ==, ANN_DTYPE_INT16);
      g_assert_cmpint (ann_array_get_dtype (text), ==, ANN_DTYPE_STRING);
      g_assert_cmpint (ann_array_get_dtype (fixed), ==, ANN_DTYPE_BYTES);
      g_assert_cmpint (ann_array_get_dtype (point), ==, ANN_DTYPE_RECORD);
      g_assert_cmpfloat (ann_buffer_get_double (numbers, 0), ==, 2);
      g_assert_cmpfloat (ann_buffer_get_double (numbers, 1), ==, 3);
      g_assert_cmpfloat (ann_buffer_get_double (ys, 1), ==, 30);
      g_assert_cmpstr (ann_strings_get (texts, 0, NULL), ==, "");
      g_assert_cmpstr (ann_strings_get (texts, 1, NULL), ==, "drei ü");
      g_assert_cmpstr (ann_strings_get (fixeds, 0, NULL), ==, "bb");
      g_assert_cmpstr (ann_strings_get (fixeds, 1, NULL), ==, "cccc");

      g_assert_null (ann_array_open_field (array, "x", &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_null (ann_array_open_field (number, "x", &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_null (ann_array_read (array, &box, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
    }
}

typedef struct {
  gint32 number;
  float matrix[2][3];
  guint8 flags[4];
} Sample;

#define N_SAMPLES 50

/* A record with fields that are arrays: numbers of another byte order, and bools. */
static void
write_samples (Fixture *fixture, const char *name, hid_t creation)
{
  const hsize_t matrix_shape[] = { 2, 3 }, flags_shape[] = { 4 };
  const hsize_t n = N_SAMPLES;
  Sample samples[N_SAMPLES] = { { 0 } };
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) stored_matrix = H5Tarray_create2 (H5T_IEEE_F32BE, 2, matrix_shape);
  g_auto (AnnHdf5Hid) matrix = H5Tarray_create2 (H5T_NATIVE_FLOAT, 2, matrix_shape);
  g_auto (AnnHdf5Hid) boolean = H5Tenum_create (H5T_NATIVE_INT8);
  g_auto (AnnHdf5Hid) flags = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) stored = H5Tcreate (H5T_COMPOUND, sizeof (Sample));
  g_auto (AnnHdf5Hid) memory = H5Tcreate (H5T_COMPOUND, sizeof (Sample));

  H5Tenum_insert (boolean, "FALSE", &(gint8){ 0 });
  H5Tenum_insert (boolean, "TRUE", &(gint8){ 1 });
  flags = H5Tarray_create2 (boolean, 1, flags_shape);
  H5Tinsert (stored, "number", G_STRUCT_OFFSET (Sample, number), H5T_STD_I32LE);
  H5Tinsert (stored, "matrix", G_STRUCT_OFFSET (Sample, matrix), stored_matrix);
  H5Tinsert (stored, "flags", G_STRUCT_OFFSET (Sample, flags), flags);
  H5Tinsert (memory, "number", G_STRUCT_OFFSET (Sample, number), H5T_NATIVE_INT);
  H5Tinsert (memory, "matrix", G_STRUCT_OFFSET (Sample, matrix), matrix);
  H5Tinsert (memory, "flags", G_STRUCT_OFFSET (Sample, flags), flags);

  for (int i = 0; i < N_SAMPLES; i++)
    {
      samples[i].number = i;
      for (int j = 0; j < 6; j++)
        samples[i].matrix[j / 3][j % 3] = (float) (i * 10 + j);
      samples[i].flags[i % 4] = 1;
    }
  write_dataset (fixture->file, name, stored, memory, 1, &n, creation, samples);
}

/* An array within each record is more axes, read whole or in part, however the records lie. */
static void
test_array_fields (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "contiguous", "chunked" };
  const hsize_t chunk_shape[] = { 7 }, matrix_shape[] = { 2, 3 }, n = 2, huge_shape = 1 << 27;
  hid_t creation = make_chunking (1, chunk_shape);
  const float plain[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
  g_autoptr (AnnNode) root = NULL;

  write_samples (fixture, "contiguous", H5P_DEFAULT);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = H5Tarray_create2 (H5T_NATIVE_FLOAT, 2, matrix_shape);

    g_auto (AnnHdf5Hid) huge = H5Tarray_create2 (H5T_NATIVE_FLOAT, 1, &huge_shape);

    write_vector (fixture->file, "huge", huge, huge, 1, NULL);
    H5Pset_deflate (creation, 4);
    write_dataset (fixture->file, "plain", type, type, 1, &n, H5P_DEFAULT, plain);
  }
  write_samples (fixture, "chunked", creation);
  _ann_hdf5_close (creation);

  root = fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const AnnBox whole = { 3, { 0, 0, 0 }, { N_SAMPLES, 2, 3 } };
      const AnnBox part = { 3, { 5, 1, 1 }, { 20, 1, 2 } };
      const guint64 shape[] = { N_SAMPLES, 2, 3 };
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autoptr (AnnArray) matrix = ann_array_open_field (array, "matrix", NULL);
      g_autoptr (AnnArray) flags = ann_array_open_field (array, "flags", NULL);
      g_autoptr (AnnBuffer) all = NULL;
      g_autoptr (AnnBuffer) some = NULL;
      g_autoptr (AnnBuffer) bools = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (ann_array_get_dtype (matrix), ==, ANN_DTYPE_FLOAT32);
      g_assert_cmpuint (ann_array_get_rank (matrix), ==, 3);
      g_assert_cmpmem (ann_array_get_shape (matrix), sizeof shape, shape, sizeof shape);
      all = ann_array_read (matrix, &whole, NULL, &error);
      g_assert_no_error (error);
      for (gsize j = 0; j < N_SAMPLES * 6; j++)
        g_assert_cmpfloat (ann_buffer_get_double (all, j), ==, (double) (j / 6 * 10 + j % 6));
      some = ann_array_read (matrix, &part, NULL, &error);
      g_assert_no_error (error);
      for (gsize j = 0; j < 40; j++)
        g_assert_cmpfloat (ann_buffer_get_double (some, j), ==,
                           (double) ((5 + j / 2) * 10 + 4 + j % 2));

      g_assert_cmpint (ann_array_get_dtype (flags), ==, ANN_DTYPE_BOOL);
      bools = ann_array_read (flags, &(AnnBox){ 2, { 6, 2 }, { 1, 2 } }, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (ann_buffer_get_double (bools, 0), ==, 1);
      g_assert_cmpfloat (ann_buffer_get_double (bools, 1), ==, 0);
    }
  {
    g_autoptr (AnnArray) array = open_array (root, "plain");
    g_autoptr (AnnBuffer) values = NULL;
    AnnBox box;

    ann_box_init_whole (&box, 3, ann_array_get_shape (array));
    values = ann_array_read (array, &box, NULL, NULL);
    g_assert_cmpmem (ann_buffer_get_data (values), ann_buffer_get_size (values), plain,
                     sizeof plain);
  }
  {
    g_autoptr (AnnArray) array = open_array (root, "huge");
    g_autoptr (GError) error = NULL;

    g_assert_null (ann_array_read (array, &(AnnBox){ 2, { 0, 5 }, { 1, 1 } }, NULL, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  }
}

static void
test_others (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t shape[2] = { 3, 2 };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
    g_auto (AnnHdf5Hid) array = H5Tarray_create2 (text, 2, shape);
    g_auto (AnnHdf5Hid) texts = H5Tvlen_create (text);
    g_auto (AnnHdf5Hid) nested = H5Tvlen_create (array);

    for (int i = 0; i < 8; i++)
      {
        hid_t outer = H5Tvlen_create (nested);

        _ann_hdf5_close (nested);
        nested = outer;
      }
    write_vector (fixture->file, "texts", texts, texts, 2, NULL);
    write_vector (fixture->file, "bits", H5T_STD_B16LE, H5T_STD_B16LE, 2, NULL);
    write_vector (fixture->file, "reference", H5T_STD_REF_OBJ, H5T_STD_REF_OBJ, 2, NULL);
    write_vector (fixture->file, "region", H5T_STD_REF_DSETREG, H5T_STD_REF_DSETREG, 2, NULL);
    write_vector (fixture->file, "nested", nested, nested, 2, NULL);
  }

  root = fixture_open (fixture);
  assert_type (root, "texts", ANN_DTYPE_OTHER,
               "sequence of variable length of string of 1 bytes, null-terminated, ASCII");
  assert_type (root, "bits", ANN_DTYPE_OTHER, "bit field of 16 bits");
  assert_type (root, "reference", ANN_DTYPE_OTHER, "object reference");
  assert_type (root, "region", ANN_DTYPE_OTHER, "region reference");
  {
    g_autoptr (AnnArray) array = open_array (root, "nested");
    g_autoptr (GError) error = NULL;
    const AnnBox box = { 1, { 0 }, { 2 } };

    g_assert_true (g_str_has_suffix (ann_array_get_type_description (array), "…"));
    g_assert_null (ann_array_read (array, &box, NULL, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    g_assert_null (ann_array_read_strings (array, &box, NULL, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  }
}

/* The axes of an array type follow those of the dataset: as values of their own, and in a record.
 */
static void
test_arrays (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t shape[2] = { 3, 2 };
  const hsize_t two = 2, one = 1;
  const AnnBox box = { 3, { 0, 1, 1 }, { 2, 2, 1 } };
  const AnnBox texts_box = { 2, { 1, 1 }, { 1, 2 } };
  const gint16 wanted[4] = { 3, 5, 13, 15 };
  struct {
    guint8 before;
    char texts[3][2];
    gint16 values[6];
  } records[2] = { { 0 } };
  g_autoptr (AnnNode) root = NULL;

  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 6; j++)
      {
        records[i].values[j] = (gint16) (10 * i + j);
        records[i].texts[j / 2][j % 2] = (char) ('a' + 6 * i + j);
      }
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &one);
    g_auto (AnnHdf5Hid) memory_array = H5Tarray_create2 (H5T_NATIVE_INT16, 2, shape);
    g_auto (AnnHdf5Hid) array = H5Tarray_create2 (H5T_STD_I16BE, 2, shape);
    g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
    g_auto (AnnHdf5Hid) texts = H5I_INVALID_HID;
    g_auto (AnnHdf5Hid) memory = H5Tcreate (H5T_COMPOUND, sizeof records[0]);
    g_auto (AnnHdf5Hid) stored = H5Tcreate (H5T_COMPOUND, sizeof records[0]);
    gint16 values[12];

    H5Tset_size (text, 2);
    H5Tset_strpad (text, H5T_STR_NULLPAD);
    texts = H5Tarray_create2 (text, 1, shape);
    H5Tinsert (memory, "texts", G_STRUCT_OFFSET (typeof (records[0]), texts), texts);
    H5Tinsert (memory, "values", G_STRUCT_OFFSET (typeof (records[0]), values), memory_array);
    H5Tinsert (stored, "values", 1, array);
    H5Tinsert (stored, "texts", 13, texts);
    for (int i = 0; i < 2; i++)
      memcpy (values + 6 * i, records[i].values, sizeof records[i].values);
    write_vector (fixture->file, "array", array, memory_array, 2, values);
    write_vector (fixture->file, "record", stored, memory, 2, records);
    write_dataset (fixture->file, "chunked", stored, memory, 1, &two, creation, records);
  }

  root = fixture_open (fixture);
  assert_type (root, "array", ANN_DTYPE_INT16, "array 3 × 2 of int16, big-endian");
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (AnnArray) whole = open_array (root, i == 0   ? "array"
                                                     : i == 1 ? "record"
                                                              : "chunked");
      g_autoptr (AnnArray) array = i == 0 ? g_object_ref (whole)
                                          : ann_array_open_field (whole, "values", NULL);
      g_autoptr (AnnArray) texts = i == 0 ? NULL : ann_array_open_field (whole, "texts", NULL);
      g_autoptr (AnnBuffer) read = ann_array_read (array, &box, NULL, NULL);
      g_autoptr (AnnStrings) strings = NULL;

      g_assert_cmpuint (ann_array_get_rank (array), ==, 3);
      g_assert_cmpuint (ann_array_get_shape (array)[1], ==, 3);
      g_assert_cmpmem (ann_buffer_get_data (read), ann_buffer_get_size (read), wanted,
                       sizeof wanted);
      if (i == 0)
        continue;
      strings = ann_array_read_strings (texts, &texts_box, NULL, NULL);
      g_assert_cmpuint (ann_strings_get_length (strings), ==, 2);
      g_assert_cmpstr (ann_strings_get (strings, 0, NULL), ==, "ij");
      g_assert_cmpstr (ann_strings_get (strings, 1, NULL), ==, "kl");
    }
}

/* Types that this libhdf5 does not write: complex numbers of HDF5 2.0, made after the HDF5 File
 * Format Specification, version 4.0.
 */
static void
test_complex_of_hdf5_2 (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  const guint8 message[] = {
    0x5b, 0x01, 0,  0, 8, 0,  0,   0, /* complex, 8 bytes, of … */
    0x51, 0x21, 31, 0, 4, 0,  0,   0, 0, 0,
    32,   0,    23, 8, 0, 23, 127, 0, 0, 0, /* float32, big-endian */
  };
  const guint8 stored[8] = { 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0 };
  g_autoptr (GError) error = NULL;

  for (gsize n = 0; n <= sizeof message; n++)
    {
      AnnHdf5Cursor cursor = { message, message + n, 8, 8 };
      g_autoptr (AnnHdf5Datatype) datatype = _ann_hdf5_datatype_new (&cursor, "x", &error);
      g_auto (AnnHdf5Type) type = { .dtype = ANN_DTYPE_OTHER };
      float values[2];

      if (n < sizeof message)
        {
          assert_says (error, ANN_ERROR_CORRUPT, "x: Its type is damaged");
          g_clear_error (&error);
          continue;
        }
      g_assert_no_error (error);
      _ann_hdf5_type_init (&type, datatype);
      g_assert_cmpint (type.dtype, ==, ANN_DTYPE_COMPLEX64);
      g_assert_cmpstr (type.description, ==, "complex64, big-endian");
      _ann_hdf5_type_convert (&type, stored, 8, 1, values);
      g_assert_cmpfloat (values[0], ==, 1.5f);
      g_assert_cmpfloat (values[1], ==, -2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/types/numbers", test_numbers);
  add_test ("/hdf5/types/odd-numbers", test_odd_numbers);
  add_test ("/hdf5/types/enums", test_enums);
  add_test ("/hdf5/types/wide-bools", test_wide_bools);
  add_test ("/hdf5/types/complex", test_complex);
  add_test ("/hdf5/types/records", test_records);
  add_test ("/hdf5/types/array-fields", test_array_fields);
  add_test ("/hdf5/types/others", test_others);
  add_test ("/hdf5/types/arrays", test_arrays);
  add_test ("/hdf5/types/complex-of-hdf5-2", test_complex_of_hdf5_2);

  return g_test_run ();
}
