/* test-hdf5-stores.c: whole stores, as writers of other ages and languages leave them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data.h"
#include "element/ann-categorical.h"

#include "hdf5-fixture.h"

#define N_OBS 3
#define N_VAR 2
#define LABEL_SIZE 4

static const char labels[N_OBS][LABEL_SIZE] = { "c\303\2510", "c1", "c2" };
static const char categories[2][LABEL_SIZE] = { "x", "yy" };
static const gint8 codes[N_OBS] = { 1, -1, 0 };
static const float matrix[N_OBS][N_VAR] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };

/* A text of fixed length, padded with NULs, which calls itself ASCII and is not always. */
static hid_t
make_text_type (gsize size)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, size);
  H5Tset_strpad (type, H5T_STR_NULLPAD);

  return type;
}

/* @n: how many; -1 for a scalar, -2 for nothing (a null dataspace) */
static void
set_attribute (hid_t object, const char *name, hid_t type, int n, const void *values)
{
  const hsize_t length = n < 0 ? 0 : (hsize_t) n;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) space = n == -2   ? H5Screate (H5S_NULL)
                              : n == -1 ? H5Screate (H5S_SCALAR)
                                        : H5Screate_simple (1, &length, NULL);
  g_auto (AnnHdf5Hid) attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (attribute, >, 0);
  if (values != NULL)
    g_assert_cmpint (H5Awrite (attribute, type, values), >=, 0);
}

static void
set_text (hid_t object, const char *name, const char *text)
{
  g_auto (AnnHdf5Hid) type = make_text_type (strlen (text));

  set_attribute (object, name, type, -1, text);
}

static void
set_encoding (hid_t object, const char *type, const char *version)
{
  set_text (object, "encoding-type", type);
  set_text (object, "encoding-version", version);
}

static void
write_labels (hid_t group, const char *name, hsize_t n, const char (*texts)[LABEL_SIZE])
{
  g_auto (AnnHdf5Hid) type = make_text_type (LABEL_SIZE);

  write_vector (group, name, type, type, n, texts);
}

/* A table of no columns. */
static hid_t
make_table (hid_t place, const char *name, hsize_t n)
{
  hid_t table = make_group (place, name);

  set_text (table, "_index", "_index");
  write_labels (table, "_index", n, labels);

  return table;
}

static AnnData *
open_data (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnData *data;

  g_object_unref (fixture_open (fixture)); /* ends the writing */
  data = ann_data_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ann_data_is_annotated (data));
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, N_VAR);

  return data;
}

static AnnElement *
open_element (AnnData *data, const char *path, AnnElementKind kind)
{
  g_autoptr (GError) error = NULL;
  AnnElement *element = ann_data_open_element (data, path, NULL, &error);

  g_assert_no_error (error);
  g_assert_no_error (ann_element_get_error (element));
  g_assert_cmpint (ann_element_get_kind (element), ==, kind);

  return element;
}

static void
assert_index (AnnData *data)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (ann_data_get_obs (data), NULL, NULL);
  g_autoptr (AnnBlock) block = ann_element_read_rows (index, 0, N_OBS, NULL, NULL);

  g_assert_cmpstr (ann_strings_get (block->texts, 0, NULL), ==, "cé0");
  g_assert_cmpstr (ann_strings_get (block->texts, 2, NULL), ==, "c2");
}

static void
assert_group_column (AnnData *data, const char *path, gboolean ordered)
{
  static const gint32 expected[N_OBS] = { 1, -1, 0 };
  g_autoptr (AnnElement) column = open_element (data, path, ANN_ELEMENT_CATEGORICAL);
  g_autoptr (AnnBlock) block = ann_element_read_rows (column, 0, N_OBS, NULL, NULL);
  g_autoptr (AnnStrings) texts = NULL;

  texts = ann_categorical_read_labels (ANN_CATEGORICAL (column), NULL, NULL);
  g_assert_cmpmem (ann_buffer_get_data (block->values), ann_buffer_get_size (block->values),
                   expected, sizeof expected);
  g_assert_cmpuint (ann_strings_get_length (texts), ==, 2);
  g_assert_cmpstr (ann_strings_get (texts, 1, NULL), ==, "yy");
  g_assert_cmpint (ann_categorical_get_ordered (ANN_CATEGORICAL (column)), ==, ordered);
}

static void
assert_matrix (AnnData *data, const char *path)
{
  g_autoptr (AnnElement) element = open_element (data, path, ANN_ELEMENT_DENSE);
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, N_OBS, NULL, NULL);

  g_assert_cmpuint (ann_element_get_rank (element), ==, 2);
  g_assert_cmpmem (ann_buffer_get_data (block->values), ann_buffer_get_size (block->values), matrix,
                   sizeof matrix);
}

/* Julia and R: no pair at the root, texts of fixed length everywhere, also in attributes, lists of
 * no columns in several forms, and things that are no elements beside them.
 */
static void
test_fixed_texts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t shape[] = { N_OBS, N_VAR };
  hid_t text = make_text_type (5);
  hid_t obs = make_table (fixture->file, "obs", N_OBS);
  hid_t var = make_table (fixture->file, "var", N_VAR);
  hid_t group = make_group (obs, "group");
  hid_t uns = make_group (fixture->file, "uns");
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) none = NULL;

  set_encoding (obs, "dataframe", "0.2.0");
  set_attribute (obs, "column-order", text, 1, "group");
  set_encoding (group, "categorical", "0.2.0");
  write_vector (group, "codes", H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  write_labels (group, "categories", 2, categories);
  set_encoding (var, "dataframe", "0.2.0");
  set_attribute (var, "column-order", text, -2, NULL);
  write_dataset (fixture->file, "X", H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, 2, shape, H5P_DEFAULT,
                 matrix);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    H5Tcommit2 (uns, "type", text, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft ("/nowhere", uns, "dangling", H5P_DEFAULT, H5P_DEFAULT);
  }
  _ann_hdf5_close (uns);
  _ann_hdf5_close (group);
  _ann_hdf5_close (var);
  _ann_hdf5_close (obs);
  _ann_hdf5_close (text);

  store = open_data (fixture);
  assert_index (store);
  assert_group_column (store, "obs/group", FALSE);
  assert_matrix (store, "X");
  g_assert_cmpuint (ann_frame_get_n_columns (ann_data_get_var (store)), ==, 0);
  none = ann_data_open_element (store, "uns/dangling", NULL, NULL);
  g_assert_cmpint (ann_element_get_state (none), !=, ANN_ELEMENT_OK);
}

/* Tables as anndata 0.7 wrote them. */
static void
test_references (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const gint8 yes = 1;
  const hsize_t shape[] = { N_OBS, N_VAR };
  hid_t text = make_text_type (5);
  hid_t obs = make_table (fixture->file, "obs", N_OBS);
  hid_t var = make_table (fixture->file, "var", N_VAR);
  hid_t group = make_group (obs, "__categories");
  hobj_ref_t reference = 0;
  g_autoptr (AnnData) store = NULL;

  set_encoding (obs, "dataframe", "0.1.0");
  set_encoding (var, "dataframe", "0.1.0");
  set_attribute (obs, "column-order", text, 1, "group");
  set_attribute (var, "column-order", H5T_NATIVE_DOUBLE, 0, NULL);
  write_labels (group, "group", 2, categories);
  write_vector (obs, "group", H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  write_dataset (fixture->file, "X", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, shape, H5P_DEFAULT,
                 matrix);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) column = H5Dopen2 (obs, "group", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) stored = H5Dopen2 (group, "group", H5P_DEFAULT);
    g_auto (AnnHdf5Hid) boolean = H5Tenum_create (H5T_NATIVE_INT8);

    H5Tenum_insert (boolean, "FALSE", &(gint8){ 0 });
    H5Tenum_insert (boolean, "TRUE", &yes);
    H5Rcreate (&reference, group, "group", H5R_OBJECT, -1);
    set_attribute (column, "categories", H5T_STD_REF_OBJ, -1, &reference);
    set_attribute (stored, "ordered", boolean, -1, &yes);
  }
  _ann_hdf5_close (group);
  _ann_hdf5_close (var);
  _ann_hdf5_close (obs);
  _ann_hdf5_close (text);

  store = open_data (fixture);
  assert_index (store);
  g_assert_cmpuint (ann_frame_get_n_columns (ann_data_get_obs (store)), ==, 1);
  assert_group_column (store, "obs/group", TRUE);
  assert_matrix (store, "X");
}

typedef struct {
  char index[LABEL_SIZE];
  gint8 group;
  float height;
} Row;

/* Writes rows of a table as anndata 0.5 did. */
static void
write_rows (hid_t place, const char *name, hsize_t n)
{
  Row rows[N_OBS] = { { { 0 }, 0, 0 } };
  g_auto (AnnHdf5Hid) text = make_text_type (LABEL_SIZE);
  g_auto (AnnHdf5Hid) type = H5Tcreate (H5T_COMPOUND, sizeof (Row));

  H5Tinsert (type, "index", G_STRUCT_OFFSET (Row, index), text);
  H5Tinsert (type, "group", G_STRUCT_OFFSET (Row, group), H5T_NATIVE_INT8);
  H5Tinsert (type, "height", G_STRUCT_OFFSET (Row, height), H5T_NATIVE_FLOAT);
  for (gsize i = 0; i < n; i++)
    {
      memcpy (rows[i].index, labels[i], LABEL_SIZE);
      rows[i].group = codes[i];
      rows[i].height = (float) i;
    }
  write_vector (place, name, type, type, n, rows);
}

/* Tables and obsm in one piece each, categories in uns, raw under names with a dot. */
static void
test_records (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const expected[] = {
    "obs",
    "obs/group",
    "obs/height",
    "var",
    "var/group",
    "var/height",
    "X",
    "raw",
    "raw/var",
    "raw/var/group",
    "raw/var/height",
    "raw/X",
    "obsm",
    "obsm/X_umap",
    "uns",
    "uns/word",
    NULL,
  };
  const hsize_t shape[] = { N_OBS, N_VAR }, width = N_VAR, chunk_shape = 2;
  hid_t creation = make_chunking (1, &chunk_shape);
  hid_t array = H5Tarray_create2 (H5T_NATIVE_FLOAT, 1, &width);
  hid_t type = H5Tcreate (H5T_COMPOUND, sizeof matrix[0]);
  hid_t uns = make_group (fixture->file, "uns");
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) height = NULL;
  g_autoptr (AnnElement) word = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_auto (GStrv) paths = NULL;

  write_rows (fixture->file, "obs", N_OBS);
  write_rows (fixture->file, "var", N_VAR);
  write_rows (fixture->file, "raw.var", N_VAR);
  write_labels (uns, "group_categories", 2, categories);
  write_labels (uns, "word", 1, categories);
  H5Tinsert (type, "X_umap", 0, array);
  H5Pset_deflate (creation, 4);
  write_dataset (fixture->file, "obsm", type, type, 1, shape, creation, matrix);
  write_dataset (fixture->file, "X", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, shape, H5P_DEFAULT,
                 matrix);
  write_dataset (fixture->file, "raw.X", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, shape, H5P_DEFAULT,
                 matrix);
  _ann_hdf5_close (uns);
  _ann_hdf5_close (type);
  _ann_hdf5_close (array);
  _ann_hdf5_close (creation);

  store = open_data (fixture);
  paths = ann_data_list_elements (store, NULL, NULL);
  g_assert_cmpstrv (paths, expected);
  assert_index (store);
  assert_group_column (store, "obs/group", FALSE);
  assert_matrix (store, "X");
  assert_matrix (store, "raw/X");
  assert_matrix (store, "obsm/X_umap");
  height = open_element (store, "obs/height", ANN_ELEMENT_DENSE);
  block = ann_element_read_rows (height, 2, 1, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (block->values, 0), ==, 2);
  word = open_element (store, "uns/word", ANN_ELEMENT_STRING);
}

/* A write that was interrupted: Python marks the root first and each other group when it is
 * finished.
 */
static void
test_interrupted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const gint32 pointers[] = { 0, 1, 1, 2 }, indices[] = { 1, 0 };
  static const gint64 shape[] = { N_OBS, N_VAR };
  hid_t text = make_text_type (5);
  hid_t obs = make_table (fixture->file, "obs", N_OBS);
  hid_t var = make_table (fixture->file, "var", N_VAR);
  hid_t group = make_group (obs, "group");
  hid_t x = make_group (fixture->file, "X");
  hid_t layers = make_group (fixture->file, "layers");
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) sparse = NULL;

  set_encoding (fixture->file, "anndata", "0.1.0");
  set_attribute (obs, "column-order", text, 1, "group");
  set_attribute (var, "column-order", text, 0, NULL);
  set_encoding (var, "dataframe", "0.2.0");
  write_vector (group, "codes", H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  write_labels (group, "categories", 2, categories);
  set_attribute (x, "shape", H5T_NATIVE_INT64, 2, shape);
  write_vector (x, "data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, matrix);
  write_vector (x, "indices", H5T_STD_I32LE, H5T_NATIVE_INT, 2, indices);
  write_vector (x, "indptr", H5T_STD_I32LE, H5T_NATIVE_INT, 4, pointers);
  _ann_hdf5_close (layers);
  _ann_hdf5_close (x);
  _ann_hdf5_close (group);
  _ann_hdf5_close (var);
  _ann_hdf5_close (obs);
  _ann_hdf5_close (text);

  store = open_data (fixture);
  assert_index (store);
  assert_group_column (store, "obs/group", FALSE);
  sparse = open_element (store, "X", ANN_ELEMENT_CSR);
  g_assert_nonnull (strstr (ann_element_get_warnings (sparse)[0], "interrupted"));
  g_assert_nonnull (
      strstr (ann_element_get_warnings (ANN_ELEMENT (ann_data_get_obs (store)))[0], "interrupted"));
  g_object_unref (open_element (store, "layers", ANN_ELEMENT_MAPPING));
}

/* Names of every kind: a slash made nested groups once; blanks, dots and other scripts are fine. */
static void
test_names (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "a b", "x.y", "...", "キー", "per%20cent", " " };
  hid_t text = make_text_type (3);
  hid_t obs = make_table (fixture->file, "obs", N_OBS);
  hid_t var = make_table (fixture->file, "var", N_VAR);
  hid_t uns = make_group (fixture->file, "uns");
  hid_t in_obs = make_group (obs, "a");
  hid_t in_uns = make_group (uns, "a");
  g_autoptr (AnnData) store = NULL;

  set_encoding (obs, "dataframe", "0.2.0");
  set_encoding (var, "dataframe", "0.2.0");
  set_attribute (obs, "column-order", text, 1, "a/b");
  set_attribute (var, "column-order", text, 0, NULL);
  set_encoding (uns, "dict", "0.1.0");
  write_vector (in_obs, "b", H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  write_vector (in_uns, "b", H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    write_vector (uns, names[i], H5T_STD_I8LE, H5T_NATIVE_INT8, N_OBS, codes);
  _ann_hdf5_close (in_uns);
  _ann_hdf5_close (in_obs);
  _ann_hdf5_close (uns);
  _ann_hdf5_close (var);
  _ann_hdf5_close (obs);
  _ann_hdf5_close (text);

  store = open_data (fixture);
  g_object_unref (open_element (store, "obs/a/b", ANN_ELEMENT_DENSE));
  g_object_unref (open_element (store, "uns/a", ANN_ELEMENT_MAPPING));
  g_object_unref (open_element (store, "uns/a/b", ANN_ELEMENT_DENSE));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("uns/", names[i], NULL);

      g_object_unref (open_element (store, path, ANN_ELEMENT_DENSE));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/stores/fixed-texts", test_fixed_texts);
  add_test ("/hdf5/stores/references", test_references);
  add_test ("/hdf5/stores/records", test_records);
  add_test ("/hdf5/stores/interrupted", test_interrupted);
  add_test ("/hdf5/stores/names", test_names);

  return g_test_run ();
}
