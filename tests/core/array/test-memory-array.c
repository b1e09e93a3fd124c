/* test-memory-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-memory-array.h"
#include "base/ann-error.h"

/* Element (row, column) of 4 × 5 is 10 * row + column. */
static AnnArray *
new_matrix (void)
{
  const guint64 shape[] = { 4, 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_buffer_new (ANN_DTYPE_INT16, 2, shape, &error);
  gint16 *values;

  g_assert_no_error (error);
  values = ann_buffer_get_data_for_writing (buffer);
  for (guint i = 0; i < 20; i++)
    values[i] = i / 5 * 10 + i % 5;

  return ann_memory_array_new (buffer);
}

static void
test_every_box (void)
{
  g_autoptr (AnnArray) array = new_matrix ();
  AnnBox box = { .rank = 2 };

  for (box.start[0] = 0; box.start[0] <= 4; box.start[0]++)
    for (box.start[1] = 0; box.start[1] <= 5; box.start[1]++)
      for (box.count[0] = 0; box.count[0] <= 4 - box.start[0]; box.count[0]++)
        for (box.count[1] = 0; box.count[1] <= 5 - box.start[1]; box.count[1]++)
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (AnnBuffer) buffer = ann_array_read (array, &box, NULL, &error);
            const gint16 *values;

            g_assert_no_error (error);
            values = ann_buffer_get_data (buffer);
            for (guint i = 0; i < box.count[0] * box.count[1]; i++)
              g_assert_cmpint (values[i], ==,
                               (box.start[0] + i / box.count[1]) * 10 + box.start[1]
                                   + i % box.count[1]);
          }
}

static void
test_scalar (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) one = ann_buffer_new (ANN_DTYPE_FLOAT64, 0, NULL, &error);
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) read = NULL;
  const AnnBox box = { .rank = 0 };

  g_assert_no_error (error);
  *(double *) ann_buffer_get_data_for_writing (one) = 2.5;
  array = ann_memory_array_new (one);
  g_assert_cmpuint (ann_array_get_rank (array), ==, 0);
  g_assert_cmpuint (ann_array_get_length (array), ==, 1);
  read = ann_array_read (array, &box, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_buffer_get_double (read, 0), ==, 2.5);
}

static void
test_strings (void)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnStrings) some = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  ann_strings_append (texts, "one", -1, &error);
  ann_strings_append (texts, "t\0wo", 4, &error);
  ann_strings_append (texts, NULL, 0, &error);
  g_assert_no_error (error);
  array = ann_memory_array_new_strings (texts);
  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_STRING);
  g_assert_cmpuint (ann_array_get_length (array), ==, 3);

  some = ann_array_read_strings_range (array, 1, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (some), ==, 2);
  g_assert_cmpmem (ann_strings_get (some, 0, &length), length, "t\0wo", 4);
  g_assert_cmpstr (ann_strings_get (some, 1, NULL), ==, "");

  g_assert_null (ann_array_read_strings_range (array, 2, 2, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_clear_error (&error);
  g_assert_null (ann_array_read_range (array, 0, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

static void
test_describe (void)
{
  g_autoptr (AnnArray) array = new_matrix ();
  guint64 stored_size = 1;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ann_array_get_layout (array), ==, ANN_LAYOUT_MEMORY);
  g_assert_null (ann_array_get_chunk_shape (array));
  g_assert_cmpuint (ann_codec_chain_get_length (ann_array_get_codecs (array)), ==, 0);
  g_assert_cmpstr (ann_array_get_type_description (array), ==, "int16");
  ann_array_get_stored_size (array, &stored_size, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored_size, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/memory-array/every-box", test_every_box);
  g_test_add_func ("/memory-array/scalar", test_scalar);
  g_test_add_func ("/memory-array/strings", test_strings);
  g_test_add_func ("/memory-array/describe", test_describe);

  return g_test_run ();
}
