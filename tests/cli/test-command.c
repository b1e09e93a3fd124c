/* test-command.c: the parts that the verbs of `ann` are made of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-json-writer.h"
#include "ann-number-add.h"
#include "ann-range.h"
#include "ann-select.h"
#include "ann-text-table.h"
#include "ann-value-digest.h"

#include <float.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static double
sum_of (const double *values, gsize n)
{
  AnnExactSum sum = { 0 };

  for (gsize i = 0; i < n; i++)
    ann_exact_sum_add (&sum, values[i]);

  return ann_exact_sum_get (&sum);
}

#define SUM(...)                                                                                   \
  sum_of ((const double[]){ __VA_ARGS__ },                                                         \
          sizeof ((const double[]){ __VA_ARGS__ }) / sizeof (double))

static void
test_sum_cancels (void)
{
  g_assert_true (SUM (1e308, 1.5, -1e308) == 1.5);
  g_assert_true (SUM (1, 1e100, 1, -1e100) == 2);
  g_assert_true (SUM (DBL_MAX, DBL_MAX, -DBL_MAX) == DBL_MAX);
  g_assert_true (SUM (0x1p-1074, 0x1p-1074) == 0x1p-1073);
  g_assert_true (SUM (-0x1p-1074, 1, -1) == -0x1p-1074);
  g_assert_true (SUM (0.5, -0.5) == 0);
  g_assert_true (isinf (SUM (DBL_MAX, DBL_MAX)));
}

/* Half of the last place goes to the even neighbour, the least bit more goes up. */
static void
test_sum_rounds_to_even (void)
{
  g_assert_true (SUM (1, 0x1p-53) == 1);
  g_assert_true (SUM (1 + 0x1p-52, 0x1p-53) == 1 + 0x1p-51);
  g_assert_true (SUM (1, 0x1p-53, 0x1p-1074) == 1 + 0x1p-52);
  g_assert_true (SUM (-1, -0x1p-53, -0x1p-1074) == -1 - 0x1p-52);
  g_assert_true (SUM (1, 0x1p-53, -0x1p-1074) == 1);
  g_assert_true (SUM (2 - 0x1p-52, 0x1p-53) == 2);
}

/* Sums of whole numbers below 2^53 have no rounding to forget. More additions than words can
 * take without a carry.
 */
static void
test_sum_many (void)
{
  AnnExactSum sum = { 0 };
  gint64 expected = 0;

  for (int i = 0; i < 100000; i++)
    {
      gint64 value = (i % 7 - 3) * (gint64) 1234567891 + i;

      expected += value;
      ann_exact_sum_add (&sum, ldexp ((double) value, -700));
    }
  g_assert_true (ann_exact_sum_get (&sum) == ldexp ((double) expected, -700));
}

static void
test_sum_counts_others (void)
{
  const float values[] = { 1, NAN, INFINITY, -INFINITY, 2.5f };
  AnnExactSum sum = { 0 };

  ann_exact_sum_add_values (&sum, ANN_DTYPE_FLOAT32, values, G_N_ELEMENTS (values));
  g_assert_true (ann_exact_sum_get (&sum) == 3.5);
  g_assert_cmpuint (sum.n_nan, ==, 1);
  g_assert_cmpuint (sum.n_inf, ==, 2);
}

static void
test_sum_integers (void)
{
  const guint64 large[] = { G_MAXUINT64, G_MAXUINT64, 2 };
  const gint64 small[] = { G_MININT64, G_MININT64, 1 };
  const gint8 bytes[] = { -128, -128, 2 };
  const guint8 flags[] = { 1, 0, 1 };
  AnnExactSum sum = { 0 };

  ann_exact_sum_add_values (&sum, ANN_DTYPE_UINT64, large, 3);
  g_assert_true (ann_exact_sum_get (&sum) == 0x1p65);
  sum = (AnnExactSum){ 0 };
  ann_exact_sum_add_values (&sum, ANN_DTYPE_INT64, small, 3);
  g_assert_true (ann_exact_sum_get (&sum) == -0x1p64);
  sum = (AnnExactSum){ 0 };
  ann_exact_sum_add_values (&sum, ANN_DTYPE_INT8, bytes, 3);
  g_assert_true (ann_exact_sum_get (&sum) == -254);
  sum = (AnnExactSum){ 0 };
  ann_exact_sum_add_values (&sum, ANN_DTYPE_BOOL, flags, 3);
  g_assert_true (ann_exact_sum_get (&sum) == 2);
}

static void
assert_double (double value, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ann_append_double (text, value);
  g_assert_cmpstr (text->str, ==, expected);
}

/* What Python's repr () gives. */
static void
test_shortest_double (void)
{
  assert_double (0, "0.0");
  assert_double (-0.0, "-0.0");
  assert_double (1, "1.0");
  assert_double (0.1, "0.1");
  assert_double (1.1035470962524414, "1.1035470962524414");
  assert_double (651.2080683782697, "651.2080683782697");
  assert_double (1e15, "1000000000000000.0");
  assert_double (1e16, "1e+16");
  assert_double (1.5e-5, "1.5e-05");
  assert_double (0.0001, "0.0001");
  assert_double (123456789012345680.0, "1.2345678901234568e+17");
  assert_double (5e-324, "5e-324");
  assert_double (DBL_MAX, "1.7976931348623157e+308");
  assert_double (382341, "382341.0");
  assert_double (NAN, "NaN");
  assert_double (-INFINITY, "-Infinity");
}

static char *
finish (AnnJsonWriter *json, FILE *stream)
{
  char text[4096];
  gsize n;

  g_assert_true (ann_json_writer_finish (json));
  ann_json_writer_free (json);
  rewind (stream);
  n = fread (text, 1, sizeof text, stream);
  fclose (stream);

  return g_strndup (text, n);
}

static void
test_json (void)
{
  static const guint64 shape[] = { 3, G_MAXUINT64 };
  FILE *stream = tmpfile ();
  AnnJsonWriter *json = ann_json_writer_new (stream);
  g_autofree char *text = NULL;

  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "a \"b\"\\\n\x01");
  ann_json_writer_shape (json, 2, shape);
  ann_json_writer_name (json, "n");
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_name (json, "x");
  ann_json_writer_double (json, NAN);
  ann_json_writer_name (json, "y");
  ann_json_writer_null (json);
  ann_json_writer_end_object (json);
  ann_json_writer_name (json, "e");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  ann_json_writer_end_array (json);
  ann_json_writer_name (json, "t");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  ann_json_writer_bytes (json, "r\xff", 2);
  ann_json_writer_bytes (json, "n\0l", 3);
  ann_json_writer_string (json, "細");
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);

  text = finish (json, stream);
  g_assert_cmpstr (text, ==,
                   "{\n"
                   "  \"a \\\"b\\\"\\\\\\n\\u0001\": [3, 18446744073709551615],\n"
                   "  \"n\": {\"x\": \"NaN\", \"y\": null},\n"
                   "  \"e\": [],\n"
                   "  \"t\": [\n"
                   "    \"hex:72ff\",\n"
                   "    \"n\\u0000l\",\n"
                   "    \"細\"\n"
                   "  ]\n"
                   "}\n");
}

/* What was written half is gone, what comes after it is well-formed. */
static void
test_json_goes_back (void)
{
  FILE *stream = tmpfile ();
  AnnJsonWriter *json = ann_json_writer_new (stream);
  g_autofree char *text = NULL;
  AnnJsonMark mark;

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_name (json, "a");
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_set_mark (json, &mark);
  ann_json_writer_name (json, "x");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  ann_json_writer_int (json, -1);
  ann_json_writer_go_back (json, &mark);
  ann_json_writer_name (json, "error");
  ann_json_writer_string (json, "why");
  ann_json_writer_end_mark (json);
  ann_json_writer_end_object (json);
  ann_json_writer_name (json, "b");
  ann_json_writer_boolean (json, TRUE);
  ann_json_writer_end_object (json);

  text = finish (json, stream);
  g_assert_cmpstr (text, ==, "{\"a\": {\"error\": \"why\"}, \"b\": true}\n");
}

static void
assert_range (const char *text, guint64 length, guint64 start, guint64 end)
{
  g_autoptr (GError) error = NULL;
  AnnRange range;

  g_assert_true (ann_range_parse (&range, text, length, "row", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (range.start, ==, start);
  g_assert_cmpuint (range.end, ==, end);
}

static void
assert_no_range (const char *text, guint64 length, const char *message)
{
  g_autoptr (GError) error = NULL;
  AnnRange range;

  g_assert_false (ann_range_parse (&range, text, length, "row", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_range (void)
{
  assert_range (":", 7, 0, 7);
  assert_range ("2:5", 7, 2, 5);
  assert_range ("2:", 7, 2, 7);
  assert_range (":5", 7, 0, 5);
  assert_range ("-3:", 7, 4, 7);
  assert_range (":-3", 7, 0, 4);
  assert_range ("-3:-1", 7, 4, 6);
  assert_range ("0:7", 7, 0, 7);
  assert_range ("7:7", 7, 7, 7);
  assert_range ("5:2", 7, 5, 5);
  assert_range ("3", 7, 3, 4);
  assert_range ("-1", 7, 6, 7);
  assert_range (":", 0, 0, 0);

  assert_no_range ("2:8", 7, "row 8 is out of range: there are 7 rows");
  assert_no_range ("-8:", 7, "row -8 is out of range: there are 7 rows");
  assert_no_range ("7", 7, "row 7 is out of range: there are 7 rows");
  assert_no_range ("-8", 7, "row -8 is out of range: there are 7 rows");
  assert_no_range ("0", 0, "row 0 is out of range: there are 0 rows");
  assert_no_range ("99999999999999999999", 7,
                   "row 99999999999999999999 is out of range: there are 7 rows");
  assert_no_range ("a:b", 7, "a:b is no range of rows: give A:B");
  assert_no_range ("", 7, " is no range of rows: give A:B");
  assert_no_range ("1:2:3", 7, "1:2:3 is no range of rows: give A:B");
}

/* Every pair of small half floats: the sum is the half float nearest to the exact one. */
static void
test_add_half (void)
{
  static const guint16 bits[] = { 0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0x3c01,
                                  0xbc00, 0x7bff, 0xfbff, 0x1400, 0x5640, 0x7c00 };
  static const struct {
    guint16 a, b, sum;
  } cases[] = {
    { 0x3c00, 0x3c00, 0x4000 },                             /* 1 + 1 */
    { 0x3c00, 0xbc00, 0x0000 },                             /* 1 - 1 */
    { 0x0001, 0x03ff, 0x0400 },                             /* up to the smallest normal number */
    { 0x0001, 0x0001, 0x0002 }, { 0x7bff, 0x7bff, 0x7c00 }, /* infinity */
    { 0x3c00, 0x1000, 0x3c00 },                             /* half of a place: to even */
    { 0x3c01, 0x1000, 0x3c02 }, { 0x3fff, 0x1000, 0x4000 }, /* into the next power */
    { 0xbc00, 0xbc00, 0xc000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint16 sum = cases[i].a;

      ann_number_add (ANN_DTYPE_FLOAT16, &sum, &cases[i].b);
      g_assert_cmphex (sum, ==, cases[i].sum);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      guint16 sum = 0x0000;

      ann_number_add (ANN_DTYPE_FLOAT16, &sum, &bits[i]);
      g_assert_cmphex (sum, ==, bits[i] == 0x8000 ? 0 : bits[i]);
    }
}

static void
test_add_others (void)
{
  guint8 flag = 1, no = 0;
  gint8 byte = 127, one = 1;
  double complex[2] = { 1, 2 }, more[2] = { 10, 20 };

  ann_number_add (ANN_DTYPE_BOOL, &flag, &no);
  g_assert_cmpuint (flag, ==, 1);
  ann_number_add (ANN_DTYPE_BOOL, &flag, &flag);
  g_assert_cmpuint (flag, ==, 1);
  ann_number_add (ANN_DTYPE_INT8, &byte, &one);
  g_assert_cmpint (byte, ==, -128);
  ann_number_add (ANN_DTYPE_COMPLEX128, complex, more);
  g_assert_true (complex[0] == 11 && complex[1] == 22);
}

/* The same values in pieces of any size give the same digest. */
static void
test_value_digest (void)
{
  gint16 values[23];
  g_autofree char *whole = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (gint16) (i * 100 - 300);

  for (gsize piece = G_N_ELEMENTS (values); piece > 0; piece--)
    {
      g_auto (AnnValueDigest) digest = { 0 };
      FILE *stream = tmpfile ();
      AnnJsonWriter *json = ann_json_writer_new (stream);
      g_autofree char *text = NULL;

      ann_value_digest_init (&digest, ANN_DTYPE_INT16);
      for (gsize i = 0; i < G_N_ELEMENTS (values); i += piece)
        ann_value_digest_add (&digest, values + i, MIN (piece, G_N_ELEMENTS (values) - i));
      ann_json_writer_begin_object (json, ANN_JSON_INLINE);
      ann_value_digest_write (&digest, json);
      ann_json_writer_end_object (json);
      text = finish (json, stream);
      if (whole == NULL)
        whole = g_steal_pointer (&text);
      else
        g_assert_cmpstr (text, ==, whole);
    }
  g_assert_cmpstr (
      whole, ==,
      "{\"dtype\": \"<i2\", "
      "\"sha256\": \"9d6630e60b88a7a8abadcc24015c64a2adca2755543b11a01ef9183f6c703d4a\", "
      "\"first\": [-300, -200, -100, 0, 100], "
      "\"last\": [1500, 1600, 1700, 1800, 1900], \"sum\": \"18400.0\"}\n");
}

/* All lengths around blocks and paddings, in pieces of all sizes, against GLib's. */
static void
test_sha256 (void)
{
  guint8 data[300];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 37 + i / 7);

  for (gsize size = 0; size <= sizeof data; size++)
    {
      g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);

      for (gsize piece = 1; piece <= MAX (1, size); piece += 13)
        {
          g_auto (AnnSha256) hash = { 0 };

          ann_sha256_init (&hash);
          for (gsize i = 0; i < size; i += piece)
            ann_sha256_update (&hash, data + i, MIN (piece, size - i));
          g_assert_cmpstr (ann_sha256_get_text (&hash), ==, expected);
          g_assert_cmpstr (ann_sha256_get_text (&hash), ==, expected);
        }
    }
}

static void
test_sha256_as_int64 (void)
{
  const gint16 narrow[] = { -1, 0, 300 };
  const gint64 wide[] = { -1, 0, 300 };
  g_auto (AnnSha256) hash = { 0 };
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) wide,
                                                           sizeof wide);

  ann_sha256_init (&hash);
  g_assert_true (ann_sha256_update_as_int64 (&hash, ANN_DTYPE_INT16, narrow, 3));
  g_assert_cmpstr (ann_sha256_get_text (&hash), ==, expected);
  g_assert_false (ann_sha256_update_as_int64 (&hash, ANN_DTYPE_FLOAT32, narrow, 1));
}

/* "a", missing, "", "ü": the hashes are those of "a\n\n\nü" and of 0 1 0 0. */
static void
test_text_digest (void)
{
  g_auto (AnnTextDigest) digest = { 0 };
  g_autofree char *texts = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "a\n\n\nü", -1);
  g_autofree char *mask = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                                       (const guchar *) "\0\1\0\0", 4);
  g_autofree char *expected = g_strdup_printf (
      "{\"length\": 4, \"first\": [\"a\", null, \"\", \"ü\"], "
      "\"last\": [\"a\", null, \"\", \"ü\"], \"sha256\": \"%s\", "
      "\"n_missing\": 1, \"mask_sha256\": \"%s\"}\n",
      texts, mask);
  FILE *stream = tmpfile ();
  AnnJsonWriter *json = ann_json_writer_new (stream);
  g_autofree char *text = NULL;

  ann_text_digest_init (&digest);
  ann_text_digest_add (&digest, "a", 1);
  ann_text_digest_add_missing (&digest);
  ann_text_digest_add (&digest, "", 0);
  ann_text_digest_add (&digest, "ü", strlen ("ü"));
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_text_digest_write (&digest, json);
  ann_json_writer_end_object (json);
  text = finish (json, stream);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_text_table (void)
{
  g_autoptr (AnnTextTable) table = ann_text_table_new (2);
  FILE *stream = tmpfile ();
  char text[256] = "";

  ann_text_table_set_align_right (table, 1);
  ann_text_table_add (table, "name");
  ann_text_table_add (table, "n");
  ann_text_table_add (table, "細胞");
  ann_text_table_add (table, "100");
  ann_text_table_add (table, "a\nb");
  ann_text_table_add (table, NULL);
  ann_text_table_print (table, stream);
  rewind (stream);
  g_assert_cmpuint (fread (text, 1, sizeof text - 1, stream), >, 0);
  fclose (stream);
  g_assert_cmpstr (text, ==, "name    n\n細胞  100\na\\nb\n");
}

/* @expected: positions, ended by -1 */
static void
assert_selects (const char *text, guint64 length, const gint64 *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) found = ann_select_parse (text, length, "row", &error);
  guint64 n = 0;

  g_assert_no_error (error);
  for (; expected[n] >= 0; n++)
    g_assert_cmpint ((gint64) ann_selection_get_position (found, n), ==, expected[n]);
  g_assert_cmpuint (ann_selection_get_length (found), ==, n);
}

static void
assert_selects_nothing (const char *text, guint64 length, AnnError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_select_parse (text, length, "row", &error));
  g_assert_error (error, ANN_ERROR, (int) code);
}

static void
test_select (void)
{
  static const gint64 plain[] = { 2, 3, -1 };
  static const gint64 backwards[] = { 9, 6, 3, 0, -1 };
  static const gint64 list[] = { 7, 9, 7, 1, 2, -1 };
  static const gint64 from_file[] = { 5, 9, 5, -1 };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  int file = g_file_open_tmp ("ann-select-XXXXXX", &path, NULL);

  assert_selects ("2:4", 10, plain);
  assert_selects ("::-3", 10, backwards);
  assert_selects ("7,-1,7,1:3", 10, list);
  assert_selects_nothing ("2:40", 10, ANN_ERROR_BOUNDS);
  assert_selects_nothing ("1,40", 10, ANN_ERROR_BOUNDS);
  assert_selects_nothing ("gene", 10, ANN_ERROR_FORMAT);

  g_assert_cmpint (file, >=, 0);
  g_assert_true (g_close (file, NULL));
  text = g_strconcat ("@", path, NULL);
  g_assert_true (g_file_set_contents (path, "5\n-1\r\n\n 5", -1, NULL));
  assert_selects (text, 10, from_file);
  g_assert_true (g_file_set_contents (path, "5\n10\n", -1, NULL));
  assert_selects_nothing (text, 10, ANN_ERROR_BOUNDS);
  g_assert_true (g_file_set_contents (path, "5\nfive\n", -1, NULL));
  assert_selects_nothing (text, 10, ANN_ERROR_BOUNDS);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/sum/cancels", test_sum_cancels);
  g_test_add_func ("/command/sum/rounds-to-even", test_sum_rounds_to_even);
  g_test_add_func ("/command/sum/many", test_sum_many);
  g_test_add_func ("/command/sum/counts-others", test_sum_counts_others);
  g_test_add_func ("/command/sum/integers", test_sum_integers);
  g_test_add_func ("/command/double", test_shortest_double);
  g_test_add_func ("/command/json", test_json);
  g_test_add_func ("/command/json/goes-back", test_json_goes_back);
  g_test_add_func ("/command/range", test_range);
  g_test_add_func ("/command/select", test_select);
  g_test_add_func ("/command/add/half", test_add_half);
  g_test_add_func ("/command/add/others", test_add_others);
  g_test_add_func ("/command/digest/values", test_value_digest);
  g_test_add_func ("/command/sha256", test_sha256);
  g_test_add_func ("/command/sha256/as-int64", test_sha256_as_int64);
  g_test_add_func ("/command/digest/texts", test_text_digest);
  g_test_add_func ("/command/table", test_text_table);

  return g_test_run ();
}
