/* test-buffer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-buffer.h"
#include "base/ann-error.h"

#include <math.h>

static void
test_shape (void)
{
  const guint64 shape[] = { 2, 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_buffer_new (ANN_DTYPE_INT16, 2, shape, &error);
  g_autoptr (AnnBuffer) scalar = ann_buffer_new (ANN_DTYPE_COMPLEX128, 0, NULL, &error);
  g_autoptr (AnnBuffer) none = ann_buffer_new_vector (ANN_DTYPE_INT8, 0, &error);
  const gint16 *values;

  g_assert_no_error (error);
  g_assert_cmpint (ann_buffer_get_dtype (buffer), ==, ANN_DTYPE_INT16);
  g_assert_cmpuint (ann_buffer_get_rank (buffer), ==, 2);
  g_assert_cmpuint (ann_buffer_get_shape (buffer)[1], ==, 3);
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, 6);
  g_assert_cmpuint (ann_buffer_get_size (buffer), ==, 12);
  values = ann_buffer_get_data (buffer);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (values[i], ==, 0);

  g_assert_cmpuint (ann_buffer_get_n_elements (scalar), ==, 1);
  g_assert_cmpuint (ann_buffer_get_size (scalar), ==, 16);
  g_assert_cmpuint (ann_buffer_get_n_elements (none), ==, 0);
  g_assert_nonnull (ann_buffer_get_data (none));
}

/* Shapes that a file can claim and no memory has, with and without an overflow. */
static void
test_too_large (void)
{
  const guint64 shapes[][2] = {
    { G_MAXUINT64, 2 },
    { G_MAXUINT64, 1 },
    { G_MAXUINT64 / 4, 1 },
    { (guint64) 1 << 32, (guint64) 1 << 32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ann_buffer_new (ANN_DTYPE_INT32, 2, shapes[i], &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
    }
}

static void
test_get_double (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, 3, &error);
  g_autoptr (AnnBuffer) complex = ann_buffer_new_vector (ANN_DTYPE_COMPLEX64, 1, &error);

  g_assert_no_error (error);
  ((guint8 *) ann_buffer_get_data_for_writing (buffer))[2] = 200;
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 0.0);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 2), ==, 200.0);
  g_assert_true (isnan (ann_buffer_get_double (buffer, 3)));
  g_assert_true (isnan (ann_buffer_get_double (complex, 0)));
}

static void
test_bytes_keep_it (void)
{
  g_autoptr (GError) error = NULL;
  AnnBuffer *buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, 3, &error);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  ((guint8 *) ann_buffer_get_data_for_writing (buffer))[1] = 5;
  bytes = ann_buffer_get_bytes (buffer);
  g_assert_true (g_bytes_get_data (bytes, NULL) == ann_buffer_get_data (buffer));
  ann_buffer_unref (buffer);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 3);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (bytes, NULL))[1], ==, 5);
}

static void
test_make_writable (void)
{
  g_autoptr (GError) error = NULL;
  AnnBuffer *buffer = ann_buffer_new_vector (ANN_DTYPE_UINT8, 3, &error);
  g_autoptr (AnnBuffer) copy = NULL;
  g_autoptr (AnnBuffer) other = NULL;

  g_assert_no_error (error);
  ((guint8 *) ann_buffer_get_data_for_writing (buffer))[1] = 5;

  /* Who owns it alone gets it; for two owners there are two of them then. */
  other = ann_buffer_make_writable (buffer, &error);
  g_assert_no_error (error);
  g_assert_true (other == buffer);
  copy = ann_buffer_make_writable (ann_buffer_ref (other), &error);
  g_assert_no_error (error);
  g_assert_true (copy != other);
  ((guint8 *) ann_buffer_get_data_for_writing (copy))[2] = 7;
  g_assert_cmpfloat (ann_buffer_get_double (copy, 1), ==, 5);
  g_assert_cmpfloat (ann_buffer_get_double (other, 2), ==, 0);
  g_assert_cmpuint (ann_buffer_get_shape (copy)[0], ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/buffer/shape", test_shape);
  g_test_add_func ("/buffer/too-large", test_too_large);
  g_test_add_func ("/buffer/get-double", test_get_double);
  g_test_add_func ("/buffer/bytes-keep-it", test_bytes_keep_it);
  g_test_add_func ("/buffer/make-writable", test_make_writable);

  return g_test_run ();
}
