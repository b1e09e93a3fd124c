/* test-json.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-json-private.h"

#include <math.h>
#include <string.h>

static AnnJson *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  AnnJson *json = _ann_json_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);

  return json;
}

static void
test_values (void)
{
  g_autoptr (AnnJson) json = parse (" {\"a\" : [1, -2.5e1, \"x\"], \"b\": {}, \"c\": null,\n"
                                    "\"d\": true, \"e\": false, \"f\": [], \"a\": [7]} ");
  AnnJsonValue root = _ann_json_get_root (json);
  AnnJsonIter iter;
  guint64 number = 0;
  guint n = 0;

  g_assert_cmpint (_ann_json_get_kind (root), ==, ANN_JSON_OBJECT);
  g_assert_cmpuint (_ann_json_get_length (root), ==, 7);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_member (root, "b")), ==, ANN_JSON_OBJECT);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_member (root, "c")), ==, ANN_JSON_NULL);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_member (root, "d")), ==, ANN_JSON_TRUE);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_member (root, "e")), ==, ANN_JSON_FALSE);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_member (root, "z")), ==, ANN_JSON_ABSENT);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_item (root, 0)), ==, ANN_JSON_ABSENT);
  /* The last of one name counts. */
  g_assert_true (
      _ann_json_get_uint64 (_ann_json_get_item (_ann_json_get_member (root, "a"), 0), &number));
  g_assert_cmpuint (number, ==, 7);
  g_assert_cmpint (_ann_json_get_kind (_ann_json_get_item (_ann_json_get_member (root, "a"), 1)),
                   ==, ANN_JSON_ABSENT);

  _ann_json_iter_init (&iter, root);
  while (_ann_json_iter_next (&iter))
    {
      static const char *const names[] = { "a", "b", "c", "d", "e", "f", "a" };

      g_assert_true (_ann_json_string_is (iter.name, names[n]));
      n++;
    }
  g_assert_cmpuint (n, ==, 7);
}

static void
test_strings (void)
{
  static const struct {
    const char *text;
    const char *expected;
    gsize length;
  } strings[] = {
    { "\"\"", "", 0 },
    { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t", 9 },
    { "\"\\u00e4\\u20AC\"", "ä€", 5 },
    { "\"\\ud83d\\ude00\"", "😀", 4 },
    { "\"\\ud83d\"", "\xef\xbf\xbd", 3 },
    { "\"\\ude00x\"", "\xef\xbf\xbdx", 4 },
    { "\"\\ud83d\\u0041\"",
      "\xef\xbf\xbd"
      "A",
      4 },
    { "\"a\\u0000b\"", "a", 3 },
    { "\"\xff\"", "\xef\xbf\xbd", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (AnnJson) json = parse (strings[i].text);
      gsize length;
      g_autofree char *string = _ann_json_dup_string (_ann_json_get_root (json), &length);

      g_assert_cmpstr (string, ==, strings[i].expected);
      g_assert_cmpuint (length, ==, strings[i].length);
      g_assert_cmpint (_ann_json_string_is (_ann_json_get_root (json), strings[i].expected), ==,
                       strlen (strings[i].expected) == strings[i].length && i != 8);
    }
}

static void
test_numbers (void)
{
  static const char *const texts[] = {
    "18446744073709551615", "18446744073709551616", "-1", "9223372036854775808", "1.0", "1e3", "-0"
  };
  static const gboolean fits_unsigned[] = { TRUE, FALSE, FALSE, TRUE, FALSE, FALSE, FALSE };
  static const gboolean fits_signed[] = { FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, TRUE };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AnnJson) json = parse (texts[i]);
      AnnJsonValue root = _ann_json_get_root (json);
      guint64 large;
      gint64 number;
      double real;

      g_assert_cmpint (_ann_json_get_uint64 (root, &large), ==, fits_unsigned[i]);
      g_assert_cmpint (_ann_json_get_int64 (root, &number), ==, fits_signed[i]);
      g_assert_true (_ann_json_get_double (root, &real));
      g_assert_cmpfloat (real, ==, g_ascii_strtod (texts[i], NULL));
    }
}

static void
test_not_finite (void)
{
  g_autoptr (AnnJson) json = parse ("[NaN,Infinity,-Infinity,1e400]");
  AnnJsonValue root = _ann_json_get_root (json);
  double numbers[4];

  for (guint i = 0; i < 4; i++)
    g_assert_true (_ann_json_get_double (_ann_json_get_item (root, i), &numbers[i]));
  g_assert_true (isnan (numbers[0]));
  g_assert_true (isinf (numbers[1]) && numbers[1] > 0);
  g_assert_true (isinf (numbers[2]) && numbers[2] < 0);
  g_assert_true (isinf (numbers[3]));
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",    " ",         "{",           "[",        "[1",    "[1,",       "[1,]",       "[1 2]",
    "]",   "{\"a\"",    "{\"a\":",     "{\"a\":1", "{a:1}", "{\"a\" 1}", "{1:2}",      "{\"a\":1,}",
    "\"a", "\"\\x\"",   "\"\\u12g4\"", "\"\\u12",  "\"\\",  "01",        "1.",         ".5",
    "1e",  "+1",        "- 1",         "nul",      "nulll", "1 2",       "\"a\"x",     "Nan",
    "[1}", "{\"a\":1]", "--1",         "1e+",      ",",     "[,1]",      "tru\xc3\xa4"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (texts[i], strlen (texts[i]));
      g_autoptr (GError) error = NULL;
      AnnJson *json = _ann_json_parse (bytes, &error);

      if (json != NULL)
        g_error ("“%s” was taken for JSON", texts[i]);
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
    }
}

static void
test_depth (void)
{
  for (guint depth = 255; depth <= 257; depth++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      AnnJson *json;

      for (guint i = 0; i < depth; i++)
        g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
      g_string_append (text, "1");
      for (guint i = depth; i-- > 0;)
        g_string_append_c (text, i % 2 == 0 ? ']' : '}');
      bytes = g_bytes_new_static (text->str, text->len);
      json = _ann_json_parse (bytes, &error);
      g_assert_cmpint (json != NULL, ==, depth <= 256);
      g_clear_pointer (&json, _ann_json_unref);
    }
}

static void
test_text (void)
{
  g_autoptr (AnnJson) json = parse ("[ {\"a\": [1, 2]}, \"long enough\" ]");
  AnnJsonValue root = _ann_json_get_root (json);
  g_autofree char *object = _ann_json_dup_text (_ann_json_get_item (root, 0), 100);
  g_autofree char *text = _ann_json_dup_text (_ann_json_get_item (root, 1), 4);
  g_autofree char *nothing = _ann_json_dup_text (_ann_json_get_item (root, 2), 4);

  g_assert_cmpstr (object, ==, "{\"a\": [1, 2]}");
  g_assert_cmpstr (text, ==, "\"long…\"");
  g_assert_cmpstr (nothing, ==, "nothing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/not-finite", test_not_finite);
  g_test_add_func ("/json/refused", test_refused);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/text", test_text);

  return g_test_run ();
}
