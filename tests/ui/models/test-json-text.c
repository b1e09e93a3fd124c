/* test-json-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-json-text.h"

#include <string.h>

/* As Python's json.dumps (…, indent=2) writes them. */
static void
test_indent (void)
{
  static const struct {
    const char *text;
    const char *expected;
  } cases[] = {
    { "[]", "[]" },
    { " { } ", "{}" },
    { "[1,2.50,-3e5]", "[\n  1,\n  2.50,\n  -3e5\n]" },
    { "{\"a\": [true, null, NaN, -Infinity], \"b\": {}}",
      "{\n  \"a\": [\n    true,\n    null,\n    NaN,\n    -Infinity\n  ],\n  \"b\": {}\n}" },
    { "[\"a,\\\"]{\", \"\\\\\"]", "[\n  \"a,\\\"]{\",\n  \"\\\\\"\n]" },
    { "[\"β\"]", "[\n  \"β\"\n]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = ann_json_text_indent (cases[i].text, 1000);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_not_json (void)
{
  static const char *const cases[] = { "",     "text",     "12",     "\"text\"",   "[1",
                                       "[1}",  "{\"a\":1", "[\"a]",  "['a', 'b']", "[1] more",
                                       "[1]]", "{a: (1)}", "[\"a\\", "]",          "[# comment" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (ann_json_text_indent (cases[i], 1000));
}

/* Neither deep nor long texts grow without end. */
static void
test_bounds (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr (GString) nested = g_string_new (NULL);
  g_autofree char *fits = NULL;

  g_assert_null (ann_json_text_indent (deep, G_MAXSIZE));
  g_assert_null (ann_json_text_indent ("[1,2,3,4,5,6,7,8]", 20));
  for (guint i = 0; i < 65; i++)
    g_string_append_c (nested, '[');
  for (guint i = 0; i < 65; i++)
    g_string_append_c (nested, ']');
  fits = ann_json_text_indent (nested->str, G_MAXSIZE); /* the innermost holds nothing */
  g_assert_nonnull (fits);
  g_assert_cmpuint (strlen (fits), >, 64 * 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json-text/indent", test_indent);
  g_test_add_func ("/json-text/not-json", test_not_json);
  g_test_add_func ("/json-text/bounds", test_bounds);

  return g_test_run ();
}
