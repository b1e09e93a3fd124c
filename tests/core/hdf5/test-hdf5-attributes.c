/* test-hdf5-attributes.c: all attributes of an object, whatever their types
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include <string.h>

/* An attribute of a file's root; @rank -1 for the null dataspace. */
static void
write_attribute (hid_t file,
                 const char *name,
                 hid_t type,
                 int rank,
                 const hsize_t *shape,
                 const void *values)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) space = rank < 0    ? H5Screate (H5S_NULL)
                              : rank == 0 ? H5Screate (H5S_SCALAR)
                                          : H5Screate_simple (rank, shape, NULL);
  g_auto (AnnHdf5Hid) attribute = H5Acreate2 (file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (attribute, >, 0);
  if (values != NULL)
    g_assert_cmpint (H5Awrite (attribute, type, values), >=, 0);
}

static hid_t
make_text_type (gsize size, H5T_str_t padding, H5T_cset_t charset)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, size);
  H5Tset_strpad (type, padding);
  H5Tset_cset (type, charset);

  return type;
}

static AnnAttributes *
read_attributes (Fixture *fixture)
{
  g_autoptr (AnnNode) root = fixture_open (fixture);
  g_autoptr (GError) error = NULL;
  AnnAttributes *attributes = ann_node_read_attributes (root, NULL, &error);

  g_assert_no_error (error);

  return attributes;
}

static void
test_texts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t three = 3, none = 0;
  const char *texts[3] = { "a", NULL, "ü" };
  g_autoptr (AnnAttributes) attributes = NULL;
  AnnStrings *list;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) variable = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) ascii = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_ASCII);
    g_auto (AnnHdf5Hid) term = make_text_type (4, H5T_STR_NULLTERM, H5T_CSET_ASCII);
    g_auto (AnnHdf5Hid) pad = make_text_type (4, H5T_STR_NULLPAD, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) space = make_text_type (4, H5T_STR_SPACEPAD, H5T_CSET_ASCII);

    write_attribute (fixture->file, "variable", variable, 0, NULL, &texts[2]);
    write_attribute (fixture->file, "ascii", ascii, 0, NULL, &texts[2]);
    write_attribute (fixture->file, "null-pointer", variable, 0, NULL, &texts[1]);
    write_attribute (fixture->file, "list", variable, 1, &three, texts);
    write_attribute (fixture->file, "no-list", variable, 1, &none, NULL);
    write_attribute (fixture->file, "nothing", variable, -1, NULL, NULL);
    write_attribute (fixture->file, "term", term, 0, NULL, "abc");
    write_attribute (fixture->file, "pad", pad, 0, NULL, "abcd");
    write_attribute (fixture->file, "space", space, 0, NULL, "a   ");
    write_attribute (fixture->file, "fixed-list", space, 1, &three, "a   bb  cccc");
    write_attribute (fixture->file, "fixed-no-list", space, 1, &none, NULL);
  }

  attributes = read_attributes (fixture);
  g_assert_cmpstr (ann_attributes_get_text (attributes, "variable"), ==, "ü");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "ascii"), ==, "ü");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "null-pointer"), ==, "");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "term"), ==, "abc");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "pad"), ==, "abcd");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "space"), ==, "a");

  list = ann_attributes_get_texts (attributes, "list");
  g_assert_cmpuint (ann_strings_get_length (list), ==, 3);
  g_assert_cmpstr (ann_strings_get (list, 0, NULL), ==, "a");
  g_assert_cmpstr (ann_strings_get (list, 1, NULL), ==, "");
  g_assert_cmpstr (ann_strings_get (list, 2, NULL), ==, "ü");
  list = ann_attributes_get_texts (attributes, "fixed-list");
  g_assert_cmpstr (ann_strings_get (list, 1, NULL), ==, "bb");
  g_assert_cmpstr (ann_strings_get (list, 2, NULL), ==, "cccc");

  static const char *const empty[] = { "no-list", "nothing", "fixed-no-list" };
  for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      list = ann_attributes_get_texts (attributes, empty[i]);
      g_assert_nonnull (list);
      g_assert_cmpuint (ann_strings_get_length (list), ==, 0);
    }
}

static void
test_numbers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t two = 2, none = 0, matrix[2] = { 2, 2 };
  const gint32 shape[2] = { GINT32_TO_BE (60), GINT32_TO_BE (40) };
  const double numbers[4] = { 1, 2, 3, 4 };
  const gint8 yes = 1, no = 0;
  g_autoptr (AnnAttributes) attributes = NULL;
  AnnBuffer *buffer;
  gboolean flag;
  gint64 number;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) boolean = H5Tenum_create (H5T_NATIVE_INT8);

    H5Tenum_insert (boolean, "FALSE", &no);
    H5Tenum_insert (boolean, "TRUE", &yes);
    write_attribute (fixture->file, "shape", H5T_STD_I32BE, 1, &two, shape);
    write_attribute (fixture->file, "column-order", H5T_IEEE_F64LE, 1, &none, NULL);
    write_attribute (fixture->file, "null", H5T_IEEE_F32LE, -1, NULL, NULL);
    write_attribute (fixture->file, "matrix", H5T_NATIVE_DOUBLE, 2, matrix, numbers);
    write_attribute (fixture->file, "ordered", boolean, 0, NULL, &yes);
    write_attribute (fixture->file, "unordered", boolean, 1, (const hsize_t[]){ 1 }, &no);
  }

  attributes = read_attributes (fixture);
  buffer = ann_attributes_get_numbers (attributes, "shape");
  g_assert_cmpuint (ann_buffer_get_rank (buffer), ==, 1);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 60);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 1), ==, 40);
  for (int i = 0; i < 2; i++)
    {
      buffer = ann_attributes_get_numbers (attributes, i == 0 ? "column-order" : "null");
      g_assert_nonnull (buffer);
      g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, 0);
      g_assert_cmpuint (ann_buffer_get_rank (buffer), ==, 1);
    }
  buffer = ann_attributes_get_numbers (attributes, "matrix");
  g_assert_cmpuint (ann_buffer_get_rank (buffer), ==, 2);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 3), ==, 4);

  g_assert_true (ann_attributes_get_boolean (attributes, "ordered", &flag) && flag);
  g_assert_true (ann_attributes_get_boolean (attributes, "unordered", &flag) && !flag);
  g_assert_false (ann_attributes_get_int64 (attributes, "absent", &number));
}

/* One that has no place here, or is too large, is there by name and says why; the rest is read. */
static void
test_unknown (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 number = 7;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autofree char *reference_text = NULL;
  g_auto (GStrv) names = NULL;
  gint64 read = 0;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) record = H5Tcreate (H5T_COMPOUND, 4);
    g_auto (AnnHdf5Hid) sequence = H5Tvlen_create (H5T_NATIVE_INT);
    hobj_ref_t reference;

    H5Tinsert (record, "x", 0, H5T_NATIVE_INT);
    g_assert_cmpint (H5Rcreate (&reference, fixture->file, "/", H5R_OBJECT, -1), >=, 0);
    write_attribute (fixture->file, "a", H5T_NATIVE_INT, 0, NULL, &number);
    write_attribute (fixture->file, "reference", H5T_STD_REF_OBJ, 0, NULL, &reference);
    write_attribute (fixture->file, "record", record, 0, NULL, &number);
    write_attribute (fixture->file, "sequence", sequence, 0, NULL, NULL);
    write_attribute (fixture->file, "z", H5T_NATIVE_INT, 0, NULL, &number);
  }

  attributes = read_attributes (fixture);
  names = ann_attributes_get_names (attributes);
  g_assert_cmpuint (g_strv_length (names), ==, 5);
  g_assert_true (ann_attributes_get_int64 (attributes, "a", &read) && read == 7);
  g_assert_true (ann_attributes_get_int64 (attributes, "z", &read) && read == 7);
  g_assert_true (ann_attributes_has (attributes, "record"));
  g_assert_null (ann_attributes_get_numbers (attributes, "record"));
  g_assert_null (ann_attributes_get_texts (attributes, "sequence"));
  reference_text = ann_attributes_to_string (attributes, "reference", 100);
  g_assert_nonnull (strstr (reference_text, "object reference"));
}

/* In the object's header, and in dense storage, where 64 KiB are no limit. */
static void
test_many_and_large (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  enum { N_COLUMNS = 10000 };
  g_autofree char *path = g_build_filename (fixture->folder, "latest.h5", NULL);
  g_auto (GStrv) columns = g_new0 (char *, N_COLUMNS + 1);

  for (int i = 0; i < N_COLUMNS; i++)
    columns[i] = g_strdup_printf ("column %d", i);

  for (int latest = 0; latest < 2; latest++)
    {
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnAttributes) attributes = NULL;
      g_auto (GStrv) names = NULL;

      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
        g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
        g_auto (AnnHdf5Hid) text = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
        g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

        if (latest)
          H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        for (int i = 0; i < 3000; i++)
          {
            g_autofree char *name = g_strdup_printf ("a%04d", (i * 7) % 3000);

            write_attribute (file, name, H5T_NATIVE_INT, 0, NULL, &i);
          }
        if (latest)
          write_attribute (file, "column-order", text, 1, (const hsize_t[]){ N_COLUMNS }, columns);
      }

      root = ann_open_node (path, NULL, NULL, NULL);
      attributes = ann_node_read_attributes (root, NULL, NULL);
      names = ann_attributes_get_names (attributes);
      g_assert_cmpuint (g_strv_length (names), ==, latest ? 3001 : 3000);
      for (int i = 0; i < 3000; i++)
        {
          g_autofree char *name = g_strdup_printf ("a%04d", (i * 7) % 3000);
          gint64 value;

          g_assert_true (ann_attributes_get_int64 (attributes, name, &value));
          g_assert_cmpint (value, ==, i);
        }
      if (latest)
        {
          AnnStrings *order = ann_attributes_get_texts (attributes, "column-order");

          g_assert_cmpuint (ann_strings_get_length (order), ==, N_COLUMNS);
          g_assert_cmpstr (ann_strings_get (order, 9999, NULL), ==, "column 9999");
        }
    }
}

/* The heap with the texts is damaged: they are unknown then, and the numbers are read. */
static void
test_damaged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 number = 7;
  const char *text = "text";
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *shown = NULL;
  char *collection = NULL;
  gint64 read = 0;
  gsize size;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);

    write_attribute (fixture->file, "text", type, 0, NULL, &text);
    write_attribute (fixture->file, "number", H5T_NATIVE_INT, 0, NULL, &number);
  }
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  for (gsize i = 0; i + 4 < size; i++)
    {
      if (memcmp (bytes + i, "GCOL", 4) == 0)
        collection = bytes + i;
    }
  g_assert_nonnull (collection);
  /* The object has no length: libhdf5 1.10 would go round for ever. */
  memset (collection + 24, 0, 8);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));

  attributes = read_attributes (fixture);
  g_assert_null (ann_attributes_get_text (attributes, "text"));
  shown = ann_attributes_to_string (attributes, "text", 200);
  g_assert_nonnull (strstr (shown, "damaged"));
  g_assert_true (ann_attributes_get_int64 (attributes, "number", &read) && read == 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/attributes/texts", test_texts);
  add_test ("/hdf5/attributes/numbers", test_numbers);
  add_test ("/hdf5/attributes/unknown", test_unknown);
  add_test ("/hdf5/attributes/many-and-large", test_many_and_large);
  add_test ("/hdf5/attributes/damaged", test_damaged);

  return g_test_run ();
}
