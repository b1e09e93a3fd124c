/* test-cell.c: values as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-cell-private.h"

#include <math.h>
#include <string.h>

static void
assert_number (AnnDtype dtype, gconstpointer value, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ann_cell_append_number (text, dtype, value);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_integers (void)
{
  const gint8 i8 = -128;
  const gint64 i64 = G_MININT64;
  const guint64 u64 = G_MAXUINT64;
  const guint32 u32 = 4294967295u;
  const guint8 yes = 1;
  const guint8 no = 0;

  assert_number (ANN_DTYPE_INT8, &i8, "-128");
  assert_number (ANN_DTYPE_INT64, &i64, "-9223372036854775808");
  assert_number (ANN_DTYPE_UINT64, &u64, "18446744073709551615");
  assert_number (ANN_DTYPE_UINT32, &u32, "4294967295");
  assert_number (ANN_DTYPE_BOOL, &yes, "true");
  assert_number (ANN_DTYPE_BOOL, &no, "false");
}

static void
test_doubles (void)
{
  static const struct {
    double value;
    const char *text; /* as repr () of Python, but for the .0 */
  } cases[] = {
    { 0, "0" },
    { -0.0, "-0" },
    { 1, "1" },
    { -3, "-3" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1e15, "1000000000000000" },
    { 1e16, "1e+16" },
    { 9007199254740993.0, "9007199254740992" },
    { 1.5e300, "1.5e+300" },
    { 1e-4, "0.0001" },
    { 1e-5, "1e-05" },
    { 1.234e-7, "1.234e-07" },
    { 123456.789, "123456.789" },
    { 0x1p-44,
      "5.684341886080802e-14" }, /* 16 digits: the nearest ones read back as its neighbor */
    { 0x1p-1074, "5e-324" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 1.0 / 3, "0.3333333333333333" },
    { 2.0 / 3, "0.6666666666666666" },
    { 100.0 / 3, "33.333333333333336" },
    { 1e22, "1e+22" },
    { 1.0000000000000002, "1.0000000000000002" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
    { NAN, "NaN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_number (ANN_DTYPE_FLOAT64, &cases[i].value, cases[i].text);
}

static void
test_floats (void)
{
  static const struct {
    float value;
    const char *text; /* as numpy prints a float32 */
  } cases[] = {
    { 0.1f, "0.1" },
    { 16777216, "16777216" },
    { 3.4028235e38f, "3.4028235e+38" },
    { 1e-45f, "1e-45" },
    { 0.16986634f, "0.16986634" },
    { 1.0f / 3, "0.33333334" },
    { 1e10f, "10000000000" },
    { 1.17549435e-38f, "1.1754944e-38" },
    { 8388608.5f, "8388608" },
    { 123456.79f, "123456.79" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_number (ANN_DTYPE_FLOAT32, &cases[i].value, cases[i].text);
}

static void
test_halves (void)
{
  static const struct {
    guint16 bits;
    const char *text; /* as numpy prints a float16 */
  } cases[] = {
    { 0x3c00, "1" },       { 0x2e66, "0.1" },    { 0x7bff, "65504" },     { 0x0001, "6e-08" },
    { 0x03ff, "6.1e-05" }, { 0x3555, "0.3333" }, { 0x7c00, "inf" },       { 0xfc00, "-inf" },
    { 0x7e00, "NaN" },     { 0xc000, "-2" },     { 0x0400, "6.104e-05" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_number (ANN_DTYPE_FLOAT16, &cases[i].bits, cases[i].text);
}

/* Every half must read back as itself: all 63488 finite ones. */
static void
test_every_half (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_longest = 0;

  for (guint bits = 0; bits < 0x7c00; bits++)
    {
      guint16 half = (guint16) bits;
      guint16 neighbors[2] = { (guint16) (bits > 0 ? bits - 1 : 0), (guint16) (bits + 1) };
      double value;
      double around[2];
      double found;

      g_string_truncate (text, 0);
      ann_cell_append_number (text, ANN_DTYPE_FLOAT16, &half);
      found = g_ascii_strtod (text->str, NULL);
      ann_dtype_to_double (ANN_DTYPE_FLOAT16, &half, 1, &value);
      ann_dtype_to_double (ANN_DTYPE_FLOAT16, neighbors, 2, around);
      g_assert_cmpfloat (fabs (found - value), <=, fabs (found - around[1]));
      if (bits > 0)
        g_assert_cmpfloat (fabs (found - value), <=, fabs (found - around[0]));
      n_longest = MAX (n_longest, text->len);
    }
  g_assert_cmpuint (n_longest, <=, 10);
}

/* Random doubles and floats: they read back, and no fewer digits would do. */
static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
      double value;
      float single;

      memcpy (&value, &bits, sizeof value);
      if (isfinite (value))
        {
          g_string_truncate (text, 0);
          ann_cell_append_number (text, ANN_DTYPE_FLOAT64, &value);
          g_assert_true (g_ascii_strtod (text->str, NULL) == value);
        }

      memcpy (&single, &bits, sizeof single);
      if (isfinite (single))
        {
          g_string_truncate (text, 0);
          ann_cell_append_number (text, ANN_DTYPE_FLOAT32, &single);
          g_assert_true ((float) g_ascii_strtod (text->str, NULL) == single);
        }
    }
}

static void
test_complex (void)
{
  const double both[] = { 1.5, -2 };
  const double odd[] = { NAN, INFINITY };
  const float single[] = { 0.1f, 0 };

  assert_number (ANN_DTYPE_COMPLEX128, both, "1.5-2j");
  assert_number (ANN_DTYPE_COMPLEX128, odd, "NaN+infj");
  assert_number (ANN_DTYPE_COMPLEX64, single, "0.1+0j");
}

static void
assert_json (double value, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  _ann_cell_append_json_double (text, value);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_json (void)
{
  assert_json (1, "1.0");
  assert_json (-0.0, "-0.0");
  assert_json (1e15, "1000000000000000.0");
  assert_json (9007199254740994.0, "9007199254740994.0");
  assert_json (1e16, "1e+16");
  assert_json (123456789012345680.0, "1.2345678901234568e+17");
  assert_json (0.1, "0.1");
  assert_json (1.5e-7, "1.5e-07");
  assert_json (NAN, "NaN");
  assert_json (-INFINITY, "-Infinity");
}

static AnnBuffer *
make (AnnDtype dtype, guint64 n, gconstpointer values)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, n, NULL);

  memcpy (ann_buffer_get_data_for_writing (buffer), values, n * ann_dtype_get_size (dtype));

  return buffer;
}

static void
assert_cell (const AnnBlock *block,
             AnnStrings *labels,
             guint64 row,
             guint64 column,
             const char *expected)
{
  g_autoptr (GString) text = g_string_new ("|");

  g_assert_true (ann_cell_append_value (text, block, labels, row, column) == (expected != NULL));
  g_assert_cmpstr (text->str + 1, ==, expected != NULL ? expected : "");
}

static void
test_sparse (void)
{
  static const guint64 indptr[] = { 0, 3, 3, 5 };
  static const guint8 indices[] = { 4, 1, 4, 0, 255 };
  static const float values[] = { 0.25f, -1, 0.5f, 7, 9 };
  g_autoptr (AnnBlock) block = ann_block_new (10, 3, 256);

  block->indptr = make (ANN_DTYPE_UINT64, 4, indptr);
  block->indices = make (ANN_DTYPE_UINT8, 5, indices);
  block->values = make (ANN_DTYPE_FLOAT32, 5, values);
  assert_cell (block, NULL, 0, 4, "0.75"); /* duplicates add up */
  assert_cell (block, NULL, 0, 1, "-1");
  assert_cell (block, NULL, 0, 0, "0");
  assert_cell (block, NULL, 1, 4, "0");
  assert_cell (block, NULL, 2, 255, "9");
}

static void
test_missing_and_labels (void)
{
  static const gint32 codes[] = { 1, -1, -2, 0 };
  static const guint8 mask[] = { 0, 0, 0, 1 };
  g_autoptr (AnnBlock) block = ann_block_new (0, 4, 1);
  g_autoptr (AnnStrings) labels = ann_strings_new ();

  g_assert_true (ann_strings_append (labels, "a", -1, NULL));
  g_assert_true (ann_strings_append (labels, "b\xff", -1, NULL));
  block->values = make (ANN_DTYPE_INT32, 4, codes);
  block->missing = make (ANN_DTYPE_BOOL, 4, mask);
  assert_cell (block, labels, 0, 0, "b\xef\xbf\xbd");
  assert_cell (block, labels, 1, 0, NULL);
  assert_cell (block, labels, 2, 0, "<no such category>");
  assert_cell (block, labels, 3, 0, NULL);
  assert_cell (block, NULL, 1, 0, "-1");
}

static void
test_block_size (void)
{
  g_autoptr (AnnBlock) block = ann_block_new (0, 2, 1);
  gsize empty = ann_block_get_size (block);

  block->texts = ann_strings_new ();
  g_assert_true (ann_strings_append (block->texts, "abc", -1, NULL));
  g_assert_true (ann_strings_append (block->texts, "defgh", -1, NULL));
  g_assert_cmpuint (ann_block_get_size (block), ==, empty + 2 * sizeof (gsize) + 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cell/integers", test_integers);
  g_test_add_func ("/cell/doubles", test_doubles);
  g_test_add_func ("/cell/floats", test_floats);
  g_test_add_func ("/cell/halves", test_halves);
  g_test_add_func ("/cell/every-half", test_every_half);
  g_test_add_func ("/cell/random", test_random);
  g_test_add_func ("/cell/complex", test_complex);
  g_test_add_func ("/cell/json", test_json);
  g_test_add_func ("/cell/sparse", test_sparse);
  g_test_add_func ("/cell/missing-and-labels", test_missing_and_labels);
  g_test_add_func ("/cell/block-size", test_block_size);

  return g_test_run ();
}
