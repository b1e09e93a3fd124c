/* test-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-attributes.h"

#include <math.h>
#include <string.h>

static void
add_text (AnnAttributes *attributes, const char *name, const char *text)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  g_autoptr (GError) error = NULL;

  ann_strings_append (texts, text, -1, &error);
  g_assert_no_error (error);
  ann_attributes_add_texts (attributes, name, TRUE, texts);
}

static void
add_texts (AnnAttributes *attributes, const char *name, const char *texts)
{
  g_auto (GStrv) split = g_strsplit (texts, ",", -1);
  g_autoptr (AnnStrings) list = ann_strings_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; split[i] != NULL; i++)
    ann_strings_append (list, split[i], -1, &error);
  g_assert_no_error (error);
  ann_attributes_add_texts (attributes, name, FALSE, list);
}

static void
add_numbers (AnnAttributes *attributes,
             const char *name,
             AnnDtype dtype,
             guint rank,
             const guint64 *shape,
             gconstpointer values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) numbers = ann_buffer_new (dtype, rank, shape, &error);

  g_assert_no_error (error);
  memcpy (ann_buffer_get_data_for_writing (numbers), values, ann_buffer_get_size (numbers));
  ann_attributes_add_numbers (attributes, name, numbers);
}

static void
assert_string (AnnAttributes *attributes, const char *name, gsize max_length, const char *expected)
{
  g_autofree char *text = ann_attributes_to_string (attributes, name, max_length);

  g_assert_cmpstr (text, ==, expected);
  if (text != NULL)
    g_assert_cmpuint (g_utf8_strlen (text, -1), <=, max_length);
}

static void
test_lookup (void)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  const gint64 number = -5;
  const gint8 flag = 1;
  const double real = 0.5;
  const guint64 shape[] = { 1 };
  g_auto (GStrv) names = NULL;
  gint64 integer = 0;
  gboolean truth = FALSE;

  add_text (attributes, "encoding-type", "csr_matrix");
  add_texts (attributes, "column-order", "a,b");
  add_texts (attributes, "one", "only");
  add_numbers (attributes, "number", ANN_DTYPE_INT64, 0, NULL, &number);
  add_numbers (attributes, "list", ANN_DTYPE_INT64, 1, shape, &number);
  add_numbers (attributes, "ordered", ANN_DTYPE_BOOL, 0, NULL, &flag);
  add_numbers (attributes, "real", ANN_DTYPE_FLOAT64, 0, NULL, &real);
  ann_attributes_add_unknown (attributes, "reference", "object reference");

  names = ann_attributes_get_names (attributes);
  g_assert_cmpuint (g_strv_length (names), ==, 8);
  g_assert_cmpstr (names[0], ==, "encoding-type");
  g_assert_cmpstr (names[7], ==, "reference");
  g_assert_true (ann_attributes_has (attributes, "reference"));
  g_assert_false (ann_attributes_has (attributes, "nothing"));

  g_assert_cmpstr (ann_attributes_get_text (attributes, "encoding-type"), ==, "csr_matrix");
  g_assert_cmpstr (ann_attributes_get_text (attributes, "one"), ==, "only");
  g_assert_null (ann_attributes_get_text (attributes, "column-order"));
  g_assert_null (ann_attributes_get_text (attributes, "number"));
  g_assert_null (ann_attributes_get_text (attributes, "reference"));
  g_assert_null (ann_attributes_get_text (attributes, "nothing"));

  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (attributes, "column-order")),
                    ==, 2);
  g_assert_null (ann_attributes_get_texts (attributes, "number"));
  g_assert_nonnull (ann_attributes_get_numbers (attributes, "list"));
  g_assert_null (ann_attributes_get_numbers (attributes, "one"));

  g_assert_true (ann_attributes_get_int64 (attributes, "number", &integer));
  g_assert_cmpint (integer, ==, -5);
  g_assert_true (ann_attributes_get_int64 (attributes, "list", &integer));
  g_assert_false (ann_attributes_get_int64 (attributes, "real", &integer));
  g_assert_false (ann_attributes_get_int64 (attributes, "one", &integer));
  g_assert_false (ann_attributes_get_int64 (attributes, "nothing", &integer));

  g_assert_true (ann_attributes_get_boolean (attributes, "ordered", &truth));
  g_assert_true (truth);
  g_assert_true (ann_attributes_get_boolean (attributes, "number", &truth));
  g_assert_false (ann_attributes_get_boolean (attributes, "real", &truth));
  g_assert_false (ann_attributes_get_boolean (attributes, "reference", &truth));
}

static void
test_numbers_to_string (void)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  const guint64 shape[] = { 2, 3 };
  const guint64 empty[] = { 0 };
  const guint64 big = G_MAXUINT64;
  const gint32 integers[] = { 60, -40, 3, 4, 5, 6 };
  const float singles[] = { 0.1f, 1e30f, 3.0f };
  const double doubles[] = { 0.1, 1.0 / 3.0, NAN };
  const double complex[] = { 1.5, -2.0 };
  const guint8 flags[] = { 0, 1 };

  add_numbers (attributes, "list", ANN_DTYPE_INT32, 1, shape, integers);
  add_numbers (attributes, "matrix", ANN_DTYPE_INT32, 2, shape, integers);
  add_numbers (attributes, "scalar", ANN_DTYPE_INT32, 0, NULL, integers);
  add_numbers (attributes, "empty", ANN_DTYPE_INT32, 1, empty, integers);
  add_numbers (attributes, "big", ANN_DTYPE_UINT64, 0, NULL, &big);
  add_numbers (attributes, "singles", ANN_DTYPE_FLOAT32, 1, shape + 1, singles);
  add_numbers (attributes, "doubles", ANN_DTYPE_FLOAT64, 1, shape + 1, doubles);
  add_numbers (attributes, "complex", ANN_DTYPE_COMPLEX128, 0, NULL, complex);
  add_numbers (attributes, "flags", ANN_DTYPE_BOOL, 1, shape, flags);

  assert_string (attributes, "list", 100, "[60, -40]");
  assert_string (attributes, "matrix", 100, "[[60, -40, 3], [4, 5, 6]]");
  assert_string (attributes, "scalar", 100, "60");
  assert_string (attributes, "empty", 100, "[]");
  assert_string (attributes, "big", 100, "18446744073709551615");
  assert_string (attributes, "singles", 100, "[0.1, 1e+30, 3]");
  assert_string (attributes, "doubles", 100, "[0.1, 0.3333333333333333, nan]");
  assert_string (attributes, "complex", 100, "1.5-2j");
  assert_string (attributes, "flags", 100, "[false, true]");
  assert_string (attributes, "nothing", 100, NULL);
}

static void
test_texts_to_string (void)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (GString) many = g_string_new ("a");

  for (guint i = 0; i < 100000; i++)
    g_string_append (many, ",b");
  add_text (attributes, "text", "csr_matrix");
  add_text (attributes, "umlauts", "äöüäöüäöü");
  add_text (attributes, "bytes", "a\xff");
  add_texts (attributes, "list", "one,two,three");
  add_texts (attributes, "many", many->str);
  add_texts (attributes, "long", "a_very_long_name_of_a_column,b");
  ann_attributes_add_unknown (attributes, "unknown", "object reference");

  assert_string (attributes, "text", 10, "csr_matrix");
  assert_string (attributes, "text", 6, "csr_m…");
  assert_string (attributes, "umlauts", 9, "äöüäöüäöü");
  assert_string (attributes, "umlauts", 5, "äöüä…");
  assert_string (attributes, "bytes", 5, "a\xef\xbf\xbd");
  assert_string (attributes, "list", 100, "[one, two, three]");
  assert_string (attributes, "list", 17, "[one, two, three]");
  assert_string (attributes, "list", 16, "[one, two, …]");
  assert_string (attributes, "list", 8, "[one, …]");
  assert_string (attributes, "list", 7, "[one,…]");
  assert_string (attributes, "many", 9, "[a, b, …]");
  assert_string (attributes, "long", 10, "[a_very_…]");
  assert_string (attributes, "unknown", 100, "object reference");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/attributes/lookup", test_lookup);
  g_test_add_func ("/attributes/numbers-to-string", test_numbers_to_string);
  g_test_add_func ("/attributes/texts-to-string", test_texts_to_string);

  return g_test_run ();
}
