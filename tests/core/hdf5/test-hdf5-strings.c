/* test-hdf5-strings.c: texts of variable and of fixed length
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include <string.h>

static hid_t
make_text_type (gsize size, H5T_str_t padding, H5T_cset_t charset)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, size);
  H5Tset_strpad (type, padding);
  H5Tset_cset (type, charset);

  return type;
}

static void
assert_texts (AnnArray *array, const AnnBox *box, const char *const *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStrings) texts = ann_array_read_strings (array, box, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (texts), ==, g_strv_length ((char **) expected));
  for (gsize i = 0; expected[i] != NULL; i++)
    g_assert_cmpstr (ann_strings_get (texts, i, NULL), ==, expected[i]);
}

static void
test_variable (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *texts[6] = { "a", "", NULL, "ü", "four and more", "\xff\xfe" };
  static const char *const whole[] = { "a", "", "", "ü", "four and more", "\xff\xfe", NULL };
  static const char *const column[] = { "", "four and more", NULL };
  const hsize_t shape[2] = { 2, 3 }, chunk_shape[2] = { 1, 2 };
  const AnnBox all = { 2, { 0, 0 }, { 2, 3 } }, second = { 2, { 0, 1 }, { 2, 1 } };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) ascii = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_ASCII);
    g_auto (AnnHdf5Hid) utf8 = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) creation = make_chunking (2, chunk_shape);

    write_dataset (fixture->file, "ascii", ascii, ascii, 2, shape, H5P_DEFAULT, texts);
    write_dataset (fixture->file, "utf8", utf8, utf8, 2, shape, creation, texts);
    write_dataset (fixture->file, "never", utf8, utf8, 2, shape, creation, NULL);
  }

  root = fixture_open (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i == 0 ? "ascii" : "utf8");

      g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_STRING);
      g_assert_cmpstr (ann_array_get_type_description (array), ==,
                       i == 0 ? "string of variable length, ASCII"
                              : "string of variable length, UTF-8");
      assert_texts (array, &all, whole);
      assert_texts (array, &second, column);
    }
  {
    static const char *const nothing[] = { "", "", NULL };
    g_autoptr (AnnArray) array = open_array (root, "never");

    assert_texts (array, &second, nothing);
  }
}

/* How a text ends within its fixed size is the padding's matter. */
static void
test_fixed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char bytes[6][4] = { { 'a' },           { 'a', 'b', 'c', 'd' },
                                    { 'a', 0, 'b' },   { 'a', ' ', ' ', ' ' },
                                    { ' ', 'a', ' ' }, { 0 } };
  const struct {
    H5T_str_t padding;
    const char *expected[6];
    gsize lengths[6];
  } cases[] = {
    { H5T_STR_NULLTERM, { "a", "abcd", "a", "a   ", " a ", "" }, { 1, 4, 1, 4, 3, 0 } },
    { H5T_STR_NULLPAD, { "a", "abcd", "a\0b", "a   ", " a ", "" }, { 1, 4, 3, 4, 3, 0 } },
    { H5T_STR_SPACEPAD, { "a", "abcd", "a\0b", "a", " a", "" }, { 1, 4, 3, 1, 2, 0 } },
  };
  const AnnBox box = { 1, { 0 }, { 6 } };
  g_autoptr (AnnNode) root = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases) * 2; i++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT, i);
      g_auto (AnnHdf5Hid) type = make_text_type (4, cases[i / 2].padding,
                                                 i % 2 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);

      write_vector (fixture->file, name, type, type, 6, bytes);
    }

  root = fixture_open (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases) * 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT, i);
      g_autoptr (AnnArray) array = open_array (root, name);
      g_autoptr (AnnStrings) texts = ann_array_read_strings (array, &box, NULL, NULL);

      g_assert_cmpint (ann_array_get_dtype (array), ==, i % 2 ? ANN_DTYPE_STRING : ANN_DTYPE_BYTES);
      for (gsize j = 0; j < 6; j++)
        {
          gsize length;
          const char *text = ann_strings_get (texts, j, &length);

          g_assert_cmpmem (text, length, cases[i / 2].expected[j], cases[i / 2].lengths[j]);
        }
    }
}

/* More texts than one call brings, of lengths that do not fit into what is ready for them. */
static void
test_many (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  enum { N = 70000 };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const hsize_t chunk_shape = 1000;
  g_autoptr (AnnNode) root = NULL;

  for (int i = 0; i < N; i++)
    g_ptr_array_add (texts, g_strdup_printf ("text %d", i));
  /* 6 MB in one, and 3 MB in two beside each other: too much together, not each by itself. */
  for (int i = 0; i < 3; i++)
    {
      char *large = g_strnfill (i == 0 ? 6000000 : 3000000, 'a' + i);

      g_free (texts->pdata[1000 + i]);
      texts->pdata[1000 + i] = large;
    }

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    const hsize_t n = N;

    write_dataset (fixture->file, "contiguous", type, type, 1, &n, H5P_DEFAULT, texts->pdata);
    write_dataset (fixture->file, "chunked", type, type, 1, &n, creation, texts->pdata);
  }

  root = fixture_open (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i == 0 ? "contiguous" : "chunked");
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnStrings) all = ann_array_read_strings_range (array, 0, N, NULL, &error);
      g_autoptr (AnnStrings) one = NULL;
      AnnHdf5Stats before, after;

      g_assert_no_error (error);
      for (int j = 0; j < N; j++)
        g_assert_true (strcmp (ann_strings_get (all, j, NULL), texts->pdata[j]) == 0);

      /* One text costs its reference, or the chunk with that, and a collection of the heap. */
      _ann_hdf5_get_stats (&before);
      one = ann_array_read_strings_range (array, 60001, 1, NULL, &error);
      _ann_hdf5_get_stats (&after);
      g_assert_cmpstr (ann_strings_get (one, 0, NULL), ==, "text 60001");
      g_assert_cmpuint (after.n_bytes - before.n_bytes, <=, 65536 + (i == 0 ? 16 : 16000));
    }
}

/* An array of rank 32, such as anndata 0.6 has written. */
static void
test_rank_32 (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  hsize_t shape[32];
  const char *texts[3] = { "a", "b", "c" };
  static const char *const expected[] = { "b", "c", NULL };
  AnnBox box;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  for (int i = 0; i < 32; i++)
    shape[i] = i == 5 ? 3 : 1;
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) space = H5Screate_simple (32, shape, NULL);
    g_auto (AnnHdf5Hid) attribute = H5Acreate2 (fixture->file, "a", type, space, H5P_DEFAULT,
                                                H5P_DEFAULT);

    write_dataset (fixture->file, "s", type, type, 32, shape, H5P_DEFAULT, texts);
    g_assert_cmpint (H5Awrite (attribute, type, texts), >=, 0);
  }

  root = fixture_open (fixture);
  array = open_array (root, "s");
  ann_box_init_whole (&box, 32, ann_array_get_shape (array));
  box.start[5] = 1;
  box.count[5] = 2;
  assert_texts (array, &box, expected);

  attributes = ann_node_read_attributes (root, NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (attributes, "a")), ==, 3);
}

static void
test_scalar (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *text = "scalar";
  static const char *const expected[] = { "scalar", NULL };
  const AnnBox box = { .rank = 0 };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) variable = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) fixed = make_text_type (10, H5T_STR_NULLPAD, H5T_CSET_UTF8);

    write_dataset (fixture->file, "variable", variable, variable, 0, NULL, H5P_DEFAULT, &text);
    write_dataset (fixture->file, "fixed", fixed, fixed, 0, NULL, H5P_DEFAULT, "scalar\0\0\0\0");
  }

  root = fixture_open (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, i == 0 ? "variable" : "fixed");

      assert_texts (array, &box, expected);
    }
}

/* A user block moves all addresses, compact texts lie in the metadata, a text stands for those that
 * were never written.
 */
static void
test_ways (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *texts[2] = { "one", "two" };
  const char *fill = "fill";
  static const char *const expected[] = { "one", "two", NULL };
  const hsize_t two = 2, four = 4;
  const AnnBox box = { 1, { 0 }, { 2 } };
  g_autofree char *path = g_build_filename (fixture->folder, "block.h5", NULL);
  static const char *const names[] = { "contiguous", "chunked", "compact", "filled" };
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_FILE_CREATE);
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) chunking = make_chunking (1, &two);
    g_auto (AnnHdf5Hid) filling = make_chunking (1, &two);
    g_auto (AnnHdf5Hid) compact = H5Pcreate (H5P_DATASET_CREATE);
    g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;
    g_auto (AnnHdf5Hid) filled = H5I_INVALID_HID;
    g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &four, NULL);
    g_auto (AnnHdf5Hid) memory = H5Screate_simple (1, &two, NULL);

    H5Pset_userblock (creation, 512);
    H5Pset_layout (compact, H5D_COMPACT);
    g_assert_cmpint (H5Pset_fill_value (filling, type, &fill), >=, 0);
    file = H5Fcreate (path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    write_dataset (file, "contiguous", type, type, 1, &two, H5P_DEFAULT, texts);
    write_dataset (file, "chunked", type, type, 1, &two, chunking, texts);
    write_dataset (file, "compact", type, type, 1, &two, compact, texts);
    filled = H5Dcreate2 (file, "filled", type, space, H5P_DEFAULT, filling, H5P_DEFAULT);
    H5Sselect_hyperslab (space, H5S_SELECT_SET, (const hsize_t[]){ 0 }, NULL, &two, NULL);
    g_assert_cmpint (H5Dwrite (filled, type, memory, space, H5P_DEFAULT, texts), >=, 0);
  }

  root = ann_open_node (path, NULL, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);

      assert_texts (array, &box, expected);
    }
  {
    static const char *const filled[] = { "two", "fill", "fill", NULL };
    const AnnBox rest = { 1, { 1 }, { 3 } };
    g_autoptr (AnnArray) array = open_array (root, "filled");

    assert_texts (array, &rest, filled);
  }
}

static guint8 *
find_bytes (char *bytes, gsize size, const char *what, gsize n)
{
  for (gsize i = 0; i + n <= size; i++)
    {
      if (memcmp (bytes + i, what, n) == 0)
        return (guint8 *) bytes + i;
    }
  g_assert_not_reached ();
}

/* Every number that leads to a text may be wrong, and must not lead out of what was read. */
static void
test_damaged_heap (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *texts[3] = { "first", "second", "third" };
  g_autofree char *good = NULL;
  guint8 *collection, *reference;
  gsize size;
  hsize_t address = 0;
  /* Where, counted from the second reference or from the collection, and what is put there. */
  const struct {
    gboolean is_reference;
    guint place;
    guint8 byte;
  } damages[] = {
    { TRUE, 0, 200 },   { TRUE, 3, 255 },   { TRUE, 4, 8 },     { TRUE, 6, 255 },
    { TRUE, 11, 255 },  { TRUE, 12, 77 },   { TRUE, 15, 255 },  { FALSE, 0, 'X' },
    { FALSE, 4, 2 },    { FALSE, 9, 255 },  { FALSE, 15, 255 }, { FALSE, 8, 15 },
    { FALSE, 24, 255 }, { FALSE, 31, 255 }, { FALSE, 16, 0 },   { FALSE, 48, 4 },
  };

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

    write_vector (fixture->file, "s", type, type, 3, texts);
    dataset = H5Dopen2 (fixture->file, "s", H5P_DEFAULT);
    H5Fflush (fixture->file, H5F_SCOPE_GLOBAL);
    address = H5Dget_offset (dataset);
  }
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &good, &size, NULL));
  collection = find_bytes (good, size, "GCOL", 4);
  reference = (guint8 *) good + address + 16;

  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      guint8 *place = (damages[i].is_reference ? reference : collection) + damages[i].place;
      guint8 was = *place;
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnArray) array = NULL;
      g_autoptr (AnnStrings) read = NULL;
      g_autoptr (GError) error = NULL;

      *place = damages[i].byte;
      g_assert_true (g_file_set_contents (fixture->path, good, (gssize) size, NULL));
      *place = was;
      root = fixture_open (fixture);
      array = open_array (root, "s");
      read = ann_array_read_strings_range (array, 0, 3, NULL, &error);
      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "is read");
      g_assert_null (read);
      assert_says (error, ANN_ERROR_CORRUPT, "s: The heap");
    }
}

/* References to one large text, as often as one likes, are not believed. */
static void
test_blow_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  enum { N = 1000 };
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree const char **texts = g_new0 (const char *, N);
  g_autofree char *bytes = NULL;
  hsize_t address = 0;
  gsize size;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;

  texts[0] = large;
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = make_text_type (H5T_VARIABLE, H5T_STR_NULLTERM, H5T_CSET_UTF8);
    g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

    write_vector (fixture->file, "s", type, type, N, texts);
    dataset = H5Dopen2 (fixture->file, "s", H5P_DEFAULT);
    H5Fflush (fixture->file, H5F_SCOPE_GLOBAL);
    address = H5Dget_offset (dataset);
  }
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  for (int i = 1; i < N; i++)
    memcpy (bytes + address + 16 * i, bytes + address, 16);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));

  root = fixture_open (fixture);
  array = open_array (root, "s");
  g_assert_null (ann_array_read_strings_range (array, 0, N, NULL, &error));
  assert_says (error, ANN_ERROR_CORRUPT, "more bytes than the file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/strings/variable", test_variable);
  add_test ("/hdf5/strings/fixed", test_fixed);
  add_test ("/hdf5/strings/many", test_many);
  add_test ("/hdf5/strings/rank-32", test_rank_32);
  add_test ("/hdf5/strings/scalar", test_scalar);
  add_test ("/hdf5/strings/ways", test_ways);
  add_test ("/hdf5/strings/damaged-heap", test_damaged_heap);
  add_test ("/hdf5/strings/blow-up", test_blow_up);

  return g_test_run ();
}
