/* test-hdf5-binary.c: opaque values and sequences of numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element.h"
#include "hdf5-fixture.h"

#include <string.h>

static void
assert_type (AnnNode *root, const char *name, AnnDtype dtype, const char *description)
{
  g_autoptr (AnnArray) array = open_array (root, name);

  g_assert_cmpint (ann_array_get_dtype (array), ==, dtype);
  g_assert_cmpstr (ann_array_get_type_description (array), ==, description);
}

static void
assert_strings (AnnArray *array, const AnnBox *box, const char *const *wanted, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStrings) strings = ann_array_read_strings (array, box, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < ann_strings_get_length (strings); i++)
    {
      gsize length;
      const char *bytes = ann_strings_get (strings, i, &length);

      g_assert_cmpmem (bytes, length, wanted[i], size);
    }
}

static void
assert_texts (AnnNode *root, const char *name, AnnElementKind kind, const char *const *wanted)
{
  g_autoptr (AnnNode) node = open_node (root, name);
  g_autoptr (AnnElement) element = ann_element_open (node, NULL, NULL);
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) nothing = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_rows = ann_element_get_n_rows (element);

  g_assert_no_error (ann_element_get_error (element));
  g_assert_cmpint (ann_element_get_kind (element), ==, kind);
  block = ann_element_read_rows (element, 0, n_rows, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (block->texts), ==, g_strv_length ((char **) wanted));
  g_assert_cmpuint (block->count * block->width, ==, g_strv_length ((char **) wanted));
  for (gsize i = 0; wanted[i] != NULL; i++)
    g_assert_cmpstr (ann_strings_get (block->texts, i, NULL), ==, wanted[i]);

  nothing = ann_element_read_rows (element, n_rows, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (nothing->texts), ==, 0);
}

/* All bytes count, those of zero at the end too: contiguous, chunked, as one value, in records. */
static void
test_opaque (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t shape[2] = { 2, 2 }, chunk_shape[2] = { 1, 2 }, two = 2;
  const char *const names[] = { "opaque", "chunked" };
  const char *const wanted[] = { "ab\0", "\0\0\0", "\xff\x01\0", "  \0" };
  const char *const texts[] = { "616200", "000000", "ff0100", "202000", NULL };
  const char *const single[] = { "616200", NULL };
  const char bytes[12] = "ab\0\0\0\0\xff\x01\0  ";
  hid_t creation = make_chunking (2, chunk_shape);
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) opaque = H5Tcreate (H5T_OPAQUE, 3);
    g_auto (AnnHdf5Hid) pair = H5Tarray_create2 (opaque, 1, &two);
    g_auto (AnnHdf5Hid) record = H5Tcreate (H5T_COMPOUND, 6);

    H5Tset_tag (opaque, "tag");
    H5Tinsert (record, "pair", 0, pair);
    H5Pset_deflate (creation, 1);
    write_dataset (fixture->file, "opaque", opaque, opaque, 2, shape, H5P_DEFAULT, bytes);
    write_dataset (fixture->file, "chunked", opaque, opaque, 2, shape, creation, bytes);
    write_dataset (fixture->file, "single", opaque, opaque, 0, NULL, H5P_DEFAULT, bytes);
    write_vector (fixture->file, "record", record, record, 2, bytes);
  }
  _ann_hdf5_close (creation);

  root = fixture_open (fixture);
  assert_type (root, "opaque", ANN_DTYPE_OPAQUE, "opaque, 3 bytes");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);

      g_assert_false (ann_array_is_variable (array));
      assert_strings (array, &(AnnBox){ 2, { 0, 0 }, { 2, 2 } }, wanted, 3);
      assert_strings (array, &(AnnBox){ 2, { 1, 1 }, { 1, 1 } }, wanted + 3, 3);
      assert_texts (root, names[i], ANN_ELEMENT_BYTES, texts);
    }
  {
    g_autoptr (AnnArray) array = open_array (root, "record");
    g_autoptr (AnnArray) field = ann_array_open_field (array, "pair", NULL);

    g_assert_cmpint (ann_array_get_dtype (field), ==, ANN_DTYPE_OPAQUE);
    assert_strings (field, &(AnnBox){ 2, { 0, 1 }, { 1, 1 } }, wanted + 1, 3);
    assert_strings (field, &(AnnBox){ 2, { 1, 0 }, { 1, 2 } }, wanted + 2, 3);
  }
  assert_texts (root, "single", ANN_ELEMENT_BYTES, single);
}

/* Sequences are of the machine's numbers, whatever the file has. */
static void
test_sequences (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint32 first[] = { 1, -2, 70000 };
  double second[] = { 0.5, -1e300 };
  hvl_t integers[] = { { 3, first }, { 0, NULL }, { 1, first + 1 } };
  hvl_t floats[] = { { 2, second }, { 0, NULL } };
  const char *const integer_texts[] = { "[1,-2,70000]", "[]", "[-2]", NULL };
  const char *const float_texts[] = { "[0.5,-1e+300]", "[]", NULL };
  const char *const single[] = { "[1,-2,70000]", NULL };
  const AnnBox box = { 1, { 0 }, { 1 } };
  const hsize_t one = 1;
  hid_t creation = make_chunking (1, &one);
  g_autoptr (AnnNode) root = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) int24 = H5Tcopy (H5T_STD_I32BE);
    g_auto (AnnHdf5Hid) memory = H5Tvlen_create (H5T_NATIVE_INT32);
    g_auto (AnnHdf5Hid) big = H5Tvlen_create (H5T_STD_I32BE);
    g_auto (AnnHdf5Hid) odd = H5I_INVALID_HID;
    g_auto (AnnHdf5Hid) double_memory = H5Tvlen_create (H5T_NATIVE_DOUBLE);
    g_auto (AnnHdf5Hid) doubles = H5Tvlen_create (H5T_IEEE_F64BE);
    g_auto (AnnHdf5Hid) record = H5Tcreate (H5T_COMPOUND, sizeof (hvl_t));

    H5Tset_precision (int24, 24);
    H5Tset_size (int24, 3);
    odd = H5Tvlen_create (int24);
    H5Tinsert (record, "list", 0, memory);
    H5Pset_deflate (creation, 1);
    write_vector (fixture->file, "big", big, memory, 3, integers);
    write_vector (fixture->file, "odd", odd, memory, 3, integers);
    write_vector (fixture->file, "record", record, record, 3, integers);
    write_dataset (fixture->file, "doubles", doubles, double_memory, 1, (hsize_t[]){ 2 }, creation,
                   floats);
    write_dataset (fixture->file, "single", big, memory, 0, NULL, H5P_DEFAULT, integers);
  }
  _ann_hdf5_close (creation);

  root = fixture_open (fixture);
  assert_type (root, "big", ANN_DTYPE_SEQUENCE, "sequence of variable length of int32, big-endian");
  assert_texts (root, "big", ANN_ELEMENT_SEQUENCES, integer_texts);
  assert_texts (root, "odd", ANN_ELEMENT_SEQUENCES, integer_texts);
  assert_texts (root, "doubles", ANN_ELEMENT_SEQUENCES, float_texts);
  assert_texts (root, "single", ANN_ELEMENT_SEQUENCES, single);
  {
    const char *const wanted[] = { (const char *) first };
    g_autoptr (AnnArray) array = open_array (root, "record");
    g_autoptr (AnnArray) odd = open_array (root, "odd");
    g_autoptr (AnnArray) field = ann_array_open_field (array, "list", NULL);

    g_assert_true (ann_array_is_variable (field));
    g_assert_cmpint (ann_array_get_item_dtype (field), ==, ANN_DTYPE_INT32);
    g_assert_cmpint (ann_array_get_item_dtype (odd), ==, ANN_DTYPE_INT32);
    assert_strings (field, &box, wanted, sizeof first);
    assert_strings (odd, &box, wanted, sizeof first);
  }
}

/* A reference to three numbers is made one to four, which is more than the heap has. */
static void
test_sequence_too_long (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint64 values[] = { 1, 2, 3 };
  hvl_t sequence = { 3, values };
  g_autofree char *bytes = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  guint64 place;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) type = H5Tvlen_create (H5T_STD_I64LE);
    g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

    write_vector (fixture->file, "x", type, type, 1, &sequence);
    dataset = H5Dopen2 (fixture->file, "x", H5P_DEFAULT);
    place = H5Dget_offset (dataset);
  }
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  g_assert_cmpint (bytes[place], ==, 3);
  bytes[place] = 4;
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));

  root = fixture_open (fixture);
  array = open_array (root, "x");
  g_assert_null (ann_array_read_strings (array, &(AnnBox){ 1, { 0 }, { 1 } }, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/binary/opaque", test_opaque);
  add_test ("/hdf5/binary/sequences", test_sequences);
  add_test ("/hdf5/binary/sequence-too-long", test_sequence_too_long);

  return g_test_run ();
}
