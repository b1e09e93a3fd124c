/* test-vlen.c: values of any length
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-vlen-private.h"

#include "base/ann-error.h"
#include "golden-zarr-chunks.h"

/* In memory that ends where the chunk ends, for the address sanitizer. */
static gboolean
read_all (const guint8 *stored,
          gsize size,
          gsize n_values,
          gsize item_size,
          AnnStrings *to,
          GError **error)
{
  g_autofree guint8 *bytes = g_memdup2 (stored, size);
  AnnVlenReader reader;

  return _ann_vlen_reader_init (&reader, bytes, size, n_values, error)
         && _ann_vlen_reader_append (&reader, n_values, item_size, to, error);
}

static void
assert_value (const AnnStrings *strings, gsize i, const char *expected, gsize expected_length)
{
  gsize length;
  const char *value = ann_strings_get (strings, i, &length);

  g_assert_cmpmem (value, length, expected, expected_length);
}

static void
test_texts (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;

  read_all (golden_vlen_utf8, sizeof golden_vlen_utf8, 5, 1, strings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (strings), ==, 5);
  assert_value (strings, 0, "", 0);
  assert_value (strings, 1, "a", 1);
  assert_value (strings, 2, "zwölf Boxkämpfer", 18);
  assert_value (strings, 3, "☃\0x", 5);
  assert_value (strings, 4, "bbbbbbbbbbbbbbbbbbbb", 20);
}

static void
test_lists (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (AnnStrings) others = ann_strings_new ();
  g_autoptr (GError) error = NULL;

  read_all (golden_vlen_array, sizeof golden_vlen_array, 3, 2, strings, &error);
  g_assert_no_error (error);
  assert_value (strings, 0, "\1\0\2\0\3\0", 6);
  assert_value (strings, 1, "", 0);
  assert_value (strings, 2, "\xff\xff", 2);

  g_assert_false (read_all (golden_vlen_array, sizeof golden_vlen_array, 3, 4, others, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

/* Some of the values, without those before. */
static void
test_range (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;
  AnnVlenReader reader;

  _ann_vlen_reader_init (&reader, golden_vlen_utf8, sizeof golden_vlen_utf8, 5, &error);
  g_assert_no_error (error);
  _ann_vlen_reader_skip (&reader, 1, &error);
  g_assert_no_error (error);
  _ann_vlen_reader_append (&reader, 2, 1, strings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (strings), ==, 2);
  assert_value (strings, 0, "a", 1);
  assert_value (strings, 1, "zwölf Boxkämpfer", 18);

  g_assert_false (_ann_vlen_reader_skip (&reader, 3, &error)); /* there are two */
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_truncated (void)
{
  for (gsize size = 0; size < sizeof golden_vlen_utf8; size++)
    {
      g_autoptr (AnnStrings) strings = ann_strings_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (read_all (golden_vlen_utf8, size, 5, 1, strings, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

static void
test_damaged (void)
{
  g_autofree guint8 *stored = g_memdup2 (golden_vlen_utf8, sizeof golden_vlen_utf8);

  for (gsize i = 0; i < sizeof golden_vlen_utf8; i++)
    for (guint change = 1; change < 256; change++)
      {
        g_autoptr (AnnStrings) strings = ann_strings_new ();
        g_autoptr (GError) error = NULL;

        stored[i] ^= change;
        if (!read_all (stored, sizeof golden_vlen_utf8, 5, 1, strings, &error))
          g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
        else
          g_assert_cmpuint (i, >=, 4); /* the count is checked */
        stored[i] ^= change;
      }
}

/* A count that fits the shape, and that no chunk of this length can have. */
static void
test_count (void)
{
  const guint8 stored[] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;
  AnnVlenReader reader;

  g_assert_false (_ann_vlen_reader_init (&reader, stored, sizeof stored, G_MAXUINT32, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vlen/texts", test_texts);
  g_test_add_func ("/vlen/lists", test_lists);
  g_test_add_func ("/vlen/range", test_range);
  g_test_add_func ("/vlen/truncated", test_truncated);
  g_test_add_func ("/vlen/damaged", test_damaged);
  g_test_add_func ("/vlen/count", test_count);

  return g_test_run ();
}
