/* test-dtype.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-dtype.h"

#include <math.h>

static void
test_table (void)
{
  const struct {
    AnnDtype dtype;
    gsize size;
    const char *name;
    const char *numpy_name;
    const char *kinds; /* i integer, s signed, f float, c complex, r real */
  } cases[] = {
    { ANN_DTYPE_BOOL, 1, "bool", "|b1", "r" },
    { ANN_DTYPE_INT8, 1, "int8", "|i1", "isr" },
    { ANN_DTYPE_INT64, 8, "int64", "<i8", "isr" },
    { ANN_DTYPE_UINT16, 2, "uint16", "<u2", "ir" },
    { ANN_DTYPE_UINT64, 8, "uint64", "<u8", "ir" },
    { ANN_DTYPE_FLOAT16, 2, "float16", "<f2", "sfr" },
    { ANN_DTYPE_FLOAT64, 8, "float64", "<f8", "sfr" },
    { ANN_DTYPE_COMPLEX64, 8, "complex64", "<c8", "c" },
    { ANN_DTYPE_COMPLEX128, 16, "complex128", "<c16", "c" },
    { ANN_DTYPE_STRING, 0, "string", "|O", "" },
    { ANN_DTYPE_BYTES, 0, "bytes", "|S", "" },
    { ANN_DTYPE_RECORD, 0, "record", "|V", "" },
    { ANN_DTYPE_OPAQUE, 0, "opaque", "|V", "" },
    { ANN_DTYPE_SEQUENCE, 0, "sequence", "|O", "" },
    { ANN_DTYPE_OTHER, 0, "other", "|V", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const AnnDtype dtype = cases[i].dtype;
      g_autoptr (GString) kinds = g_string_new (NULL);

      g_assert_cmpuint (ann_dtype_get_size (dtype), ==, cases[i].size);
      g_assert_cmpstr (ann_dtype_get_name (dtype), ==, cases[i].name);
      g_assert_cmpstr (ann_dtype_get_numpy_name (dtype), ==, cases[i].numpy_name);
      g_string_append (kinds, ann_dtype_is_integer (dtype) ? "i" : "");
      g_string_append (kinds, ann_dtype_is_signed (dtype) ? "s" : "");
      g_string_append (kinds, ann_dtype_is_float (dtype) ? "f" : "");
      g_string_append (kinds, ann_dtype_is_complex (dtype) ? "c" : "");
      g_string_append (kinds, ann_dtype_is_real (dtype) ? "r" : "");
      g_assert_cmpstr (kinds->str, ==, cases[i].kinds);
      g_assert_cmpint (ann_dtype_comes_as_strings (dtype), ==,
                       cases[i].size == 0 && dtype != ANN_DTYPE_RECORD && dtype != ANN_DTYPE_OTHER);
    }
}

#define TEST_CONVERT(DTYPE, CTYPE, A, B)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const CTYPE values[] = { (A), (B) };                                                           \
    double doubles[2];                                                                             \
    float floats[2];                                                                               \
                                                                                                   \
    g_assert_true (ann_dtype_to_double (DTYPE, values, 2, doubles));                               \
    g_assert_true (ann_dtype_to_float (DTYPE, values, 2, floats));                                 \
    g_assert_cmpfloat (doubles[0], ==, (double) values[0]);                                        \
    g_assert_cmpfloat (doubles[1], ==, (double) values[1]);                                        \
    g_assert_cmpfloat (floats[0], ==, (float) values[0]);                                          \
    g_assert_cmpfloat (floats[1], ==, (float) values[1]);                                          \
    if (ann_dtype_is_integer (DTYPE))                                                              \
      {                                                                                            \
        gint64 integers[2];                                                                        \
                                                                                                   \
        g_assert_true (ann_dtype_to_int64 (DTYPE, values, 2, integers));                           \
        g_assert_cmpint (integers[0], ==, (gint64) values[0]);                                     \
        g_assert_cmpint (integers[1], ==, (gint64) values[1]);                                     \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
test_convert (void)
{
  const double none[2] = { 0, 0 };
  double one_double[1];
  gint64 one_integer[1];

  TEST_CONVERT (ANN_DTYPE_BOOL, guint8, 0, 1);
  TEST_CONVERT (ANN_DTYPE_INT8, gint8, -128, 127);
  TEST_CONVERT (ANN_DTYPE_INT16, gint16, G_MININT16, G_MAXINT16);
  TEST_CONVERT (ANN_DTYPE_INT32, gint32, G_MININT32, G_MAXINT32);
  TEST_CONVERT (ANN_DTYPE_INT64, gint64, G_MININT64, G_MAXINT64);
  TEST_CONVERT (ANN_DTYPE_UINT8, guint8, 0, 255);
  TEST_CONVERT (ANN_DTYPE_UINT16, guint16, 1, G_MAXUINT16);
  TEST_CONVERT (ANN_DTYPE_UINT32, guint32, 1, G_MAXUINT32);
  TEST_CONVERT (ANN_DTYPE_UINT64, guint64, 1, G_MAXINT64);
  TEST_CONVERT (ANN_DTYPE_FLOAT32, float, -1.5f, 1e30f);
  TEST_CONVERT (ANN_DTYPE_FLOAT64, double, -1.5, INFINITY);

  g_assert_false (ann_dtype_to_double (ANN_DTYPE_COMPLEX64, none, 1, one_double));
  g_assert_false (ann_dtype_to_double (ANN_DTYPE_STRING, none, 1, one_double));
  g_assert_false (ann_dtype_to_int64 (ANN_DTYPE_FLOAT32, none, 1, one_integer));
}

static void
test_half (void)
{
  const guint16 halves[] = { 0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001,
                             0x03ff, 0x0400, 0x3555, 0x7c00, 0xfc00, 0x7e00 };
  const double expected[] = {
    0.0,     -0.0,       1.0,      -2.0,      65504.0, 0x1p-24, 0x1p-14 - 0x1p-24,
    0x1p-14, 0x1.554p-2, INFINITY, -INFINITY, NAN
  };
  double values[G_N_ELEMENTS (halves)];

  g_assert_true (ann_dtype_to_double (ANN_DTYPE_FLOAT16, halves, G_N_ELEMENTS (halves), values));
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      if (isnan (expected[i]))
        g_assert_true (isnan (values[i]));
      else
        g_assert_cmpfloat (values[i], ==, expected[i]);
      g_assert_cmpint (signbit (values[i]) != 0, ==, signbit (expected[i]) != 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/dtype/table", test_table);
  g_test_add_func ("/dtype/convert", test_convert);
  g_test_add_func ("/dtype/half", test_half);

  return g_test_run ();
}
