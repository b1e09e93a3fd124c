/* test-buffer-convert.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-buffer.h"
#include "base/ann-error.h"

#include <math.h>
#include <string.h>

static AnnBuffer *
make (AnnDtype dtype, gconstpointer values, gsize n)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, n, NULL);

  memcpy (ann_buffer_get_data_for_writing (buffer), values, n * ann_dtype_get_size (dtype));

  return buffer;
}

/* What numpy makes of float32 values as float16: exact, ties, subnormals, the largest, beyond. */
static const struct {
  float value;
  guint16 half;
} halves[] = {
  { 0.0f, 0x0000 },
  { -0.0f, 0x8000 },
  { 1.0f, 0x3c00 },
  { 1.0009765625f, 0x3c01 },
  { 1.00048828125f, 0x3c00 },
  { 1.00146484375f, 0x3c02 },
  { 65504.0f, 0x7bff },
  { 65519.98828125f, 0x7bff },
  { 5.99999978589949e-08f, 0x0001 },
  { 2.9802322387695312e-08f, 0x0000 },
  { 2.9805303114471826e-08f, 0x0001 },
  { 5.960464477539063e-08f, 0x0001 },
  { 6.0999998822808266e-05f, 0x03ff },
  { 6.097555160522461e-05f, 0x03ff },
  { 0.10000000149011612f, 0x2e66 },
  { -0.10000000149011612f, 0xae66 },
  { INFINITY, 0x7c00 },
  { -INFINITY, 0xfc00 },
  { 3.1415927410125732f, 0x4248 },
  { 1.000000013351432e-10f, 0x0000 },
  { 2049.0f, 0x6800 },
  { 2051.0f, 0x6802 },
};

static void
test_halves (void)
{
  /* Just above the middle between two halves: by way of float32 it would be that middle. */
  const double above = 1.00048828125 + 0x1p-40;

  for (gsize i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) from = make (ANN_DTYPE_FLOAT32, &halves[i].value, 1);
      g_autoptr (AnnBuffer) to = ann_buffer_convert (from, ANN_DTYPE_FLOAT16, &error);

      g_assert_no_error (error);
      g_assert_cmphex (*(const guint16 *) ann_buffer_get_data (to), ==, halves[i].half);
    }

  {
    g_autoptr (AnnBuffer) from = make (ANN_DTYPE_FLOAT64, &above, 1);
    g_autoptr (AnnBuffer) to = ann_buffer_convert (from, ANN_DTYPE_FLOAT16, NULL);

    g_assert_cmphex (*(const guint16 *) ann_buffer_get_data (to), ==, 0x3c01);
  }
}

/* The ends of each type of whole numbers go into each type that has them, and not into another. */
static void
test_whole_numbers (void)
{
  static const struct {
    AnnDtype dtype;
    gint64 low;
    guint64 high;
  } types[] = {
    { ANN_DTYPE_BOOL, 0, 1 },
    { ANN_DTYPE_INT8, G_MININT8, G_MAXINT8 },
    { ANN_DTYPE_INT16, G_MININT16, G_MAXINT16 },
    { ANN_DTYPE_INT32, G_MININT32, G_MAXINT32 },
    { ANN_DTYPE_INT64, G_MININT64, G_MAXINT64 },
    { ANN_DTYPE_UINT8, 0, G_MAXUINT8 },
    { ANN_DTYPE_UINT16, 0, G_MAXUINT16 },
    { ANN_DTYPE_UINT32, 0, G_MAXUINT32 },
    { ANN_DTYPE_UINT64, 0, G_MAXUINT64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (types); k++)
      {
        /* Little-endian: the low bytes come first. */
        g_autoptr (AnnBuffer) low = make (types[i].dtype, &types[i].low, 1);
        g_autoptr (AnnBuffer) high = make (types[i].dtype, &types[i].high, 1);
        g_autoptr (GError) low_error = NULL;
        g_autoptr (GError) high_error = NULL;
        g_autoptr (AnnBuffer) new_low = ann_buffer_convert (low, types[k].dtype, &low_error);
        g_autoptr (AnnBuffer) new_high = ann_buffer_convert (high, types[k].dtype, &high_error);

        g_assert_cmpint (new_low != NULL, ==, types[i].low >= types[k].low);
        g_assert_cmpint (new_high != NULL, ==, types[i].high <= types[k].high);
        if (new_low != NULL)
          g_assert_cmpmem (ann_buffer_get_data (new_low), ann_dtype_get_size (types[k].dtype),
                           &types[i].low, ann_dtype_get_size (types[k].dtype));
        else
          g_assert_error (low_error, ANN_ERROR, ANN_ERROR_BOUNDS);
        if (new_high != NULL)
          g_assert_cmpmem (ann_buffer_get_data (new_high), ann_dtype_get_size (types[k].dtype),
                           &types[i].high, ann_dtype_get_size (types[k].dtype));
        else
          g_assert_error (high_error, ANN_ERROR, ANN_ERROR_BOUNDS);
      }
}

static void
assert_fits (double value, AnnDtype dtype, gboolean fits)
{
  g_autoptr (AnnBuffer) from = make (ANN_DTYPE_FLOAT64, &value, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) to = ann_buffer_convert (from, dtype, &error);

  if (fits)
    {
      g_assert_no_error (error);
      g_assert_cmpfloat_with_epsilon (ann_buffer_get_double (to, 0), value, fabs (value) * 1e-3);
    }
  else
    g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
}

static void
test_fractions (void)
{
  assert_fits (3, ANN_DTYPE_UINT8, TRUE);
  assert_fits (256, ANN_DTYPE_UINT8, FALSE);
  assert_fits (1.5, ANN_DTYPE_INT64, FALSE);
  assert_fits (NAN, ANN_DTYPE_INT64, FALSE);
  assert_fits (INFINITY, ANN_DTYPE_UINT64, FALSE);
  assert_fits (0x1p63, ANN_DTYPE_INT64, FALSE);
  assert_fits (0x1p63, ANN_DTYPE_UINT64, TRUE);
  assert_fits (0x1p64, ANN_DTYPE_UINT64, FALSE);
  assert_fits (-0x1p63, ANN_DTYPE_INT64, TRUE);
  assert_fits (-1, ANN_DTYPE_UINT64, FALSE);
  assert_fits (2, ANN_DTYPE_BOOL, FALSE);
  assert_fits (1, ANN_DTYPE_BOOL, TRUE);
  assert_fits (0.1, ANN_DTYPE_FLOAT32, TRUE);
  assert_fits (1e300, ANN_DTYPE_FLOAT32, FALSE);
  assert_fits (65520, ANN_DTYPE_FLOAT16, FALSE);
  assert_fits (65519, ANN_DTYPE_FLOAT16, TRUE);
}

static void
test_complex (void)
{
  const double values[] = { 1.5, 0, 2.5, -3 };
  g_autoptr (AnnBuffer) from = make (ANN_DTYPE_COMPLEX128, values, 2);
  g_autoptr (AnnBuffer) first = make (ANN_DTYPE_COMPLEX128, values, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) narrow = ann_buffer_convert (from, ANN_DTYPE_COMPLEX64, &error);
  g_autoptr (AnnBuffer) real = ann_buffer_convert (first, ANN_DTYPE_FLOAT32, &error);
  g_autoptr (AnnBuffer) back = ann_buffer_convert (real, ANN_DTYPE_COMPLEX128, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (((const float *) ann_buffer_get_data (narrow))[3], ==, -3);
  g_assert_cmpfloat (((const float *) ann_buffer_get_data (real))[0], ==, 1.5);
  g_assert_cmpmem (ann_buffer_get_data (back), 16, values, 16);

  g_assert_null (ann_buffer_convert (from, ANN_DTYPE_FLOAT64, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_nonnull (strstr (error->message, "at 1,"));
}

/* Longer than what is converted at a time; the place of a bad value is named. */
static void
test_long (void)
{
  g_autoptr (AnnBuffer) from = ann_buffer_new_vector (ANN_DTYPE_INT32, 1000, NULL);
  gint32 *values = ann_buffer_get_data_for_writing (from);
  g_autoptr (GError) error = NULL;

  for (gint32 i = 0; i < 1000; i++)
    values[i] = 3 * i - 1500;
  {
    g_autoptr (AnnBuffer) to = ann_buffer_convert (from, ANN_DTYPE_FLOAT64, &error);
    g_autoptr (AnnBuffer) same = ann_buffer_convert (from, ANN_DTYPE_INT32, &error);

    g_assert_no_error (error);
    g_assert_true (same == from);
    for (gint32 i = 0; i < 1000; i++)
      g_assert_cmpfloat (((const double *) ann_buffer_get_data (to))[i], ==, 3 * i - 1500);
  }

  values[777] = 40000;
  g_assert_null (ann_buffer_convert (from, ANN_DTYPE_INT16, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_cmpstr (error->message, ==, "The value at 777, 40000, does not fit into int16");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer-convert/halves", test_halves);
  g_test_add_func ("/buffer-convert/whole-numbers", test_whole_numbers);
  g_test_add_func ("/buffer-convert/fractions", test_fractions);
  g_test_add_func ("/buffer-convert/complex", test_complex);
  g_test_add_func ("/buffer-convert/long", test_long);

  return g_test_run ();
}
