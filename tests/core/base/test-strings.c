/* test-strings.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-strings.h"

#include <string.h>

static void
test_append (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;
  const char *text;
  gsize length;

  g_assert_cmpuint (ann_strings_get_length (strings), ==, 0);
  g_assert_true (ann_strings_append (strings, "one", -1, &error));
  g_assert_true (ann_strings_append (strings, NULL, 0, &error));
  g_assert_true (ann_strings_append (strings, "a\0b", 3, &error));
  g_assert_true (ann_strings_append (strings, "", -1, &error));
  g_assert_cmpuint (ann_strings_get_length (strings), ==, 4);

  g_assert_cmpstr (ann_strings_get (strings, 0, &length), ==, "one");
  g_assert_cmpuint (length, ==, 3);
  g_assert_cmpstr (ann_strings_get (strings, 1, &length), ==, "");
  g_assert_cmpuint (length, ==, 0);
  text = ann_strings_get (strings, 2, &length);
  g_assert_cmpmem (text, length + 1, "a\0b", 4);
  g_assert_cmpstr (ann_strings_get (strings, 3, NULL), ==, "");
}

static void
test_many (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;
  char text[32];

  for (guint i = 0; i < 100000; i++)
    {
      g_snprintf (text, sizeof text, "%u", i * i);
      ann_strings_append (strings, text, -1, &error);
    }
  g_assert_no_error (error);
  for (guint i = 0; i < 100000; i++)
    {
      g_snprintf (text, sizeof text, "%u", i * i);
      g_assert_cmpstr (ann_strings_get (strings, i, NULL), ==, text);
    }
}

static void
test_utf8 (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;

  ann_strings_append (strings, "zürich", -1, &error);
  ann_strings_append (strings, "z\xfcrich\0!", 8, &error);
  g_assert_no_error (error);
  good = ann_strings_dup_utf8 (strings, 0);
  bad = ann_strings_dup_utf8 (strings, 1);
  g_assert_cmpstr (good, ==, "zürich");
  g_assert_true (g_utf8_validate (bad, -1, NULL));
  g_assert_cmpstr (bad, ==, "z\xef\xbf\xbdrich\xef\xbf\xbd!");
}

/* Only where all of them are. */
static void
test_objects (void)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();
  g_autoptr (AnnStrings) copy = ann_strings_new ();

  g_assert_false (ann_strings_are_objects (strings));
  g_assert_true (ann_strings_append_object (strings, "True", -1, NULL));
  g_assert_true (ann_strings_append_object (strings, "3", -1, NULL));
  g_assert_true (ann_strings_are_objects (strings));
  g_assert_true (ann_strings_append_range (copy, strings, 1, 1, NULL));
  g_assert_true (ann_strings_are_objects (copy));
  g_assert_cmpstr (ann_strings_get (copy, 0, NULL), ==, "3");

  g_assert_true (ann_strings_append (strings, "a", -1, NULL));
  g_assert_false (ann_strings_are_objects (strings));
  g_assert_true (ann_strings_append_range (copy, strings, 0, 1, NULL));
  g_assert_false (ann_strings_are_objects (copy));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/strings/append", test_append);
  g_test_add_func ("/strings/many", test_many);
  g_test_add_func ("/strings/utf8", test_utf8);
  g_test_add_func ("/strings/objects", test_objects);

  return g_test_run ();
}
