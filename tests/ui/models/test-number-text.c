/* test-number-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-number-text.h"

#include <math.h>

static void
test_integers (void)
{
  static const struct {
    gint64 value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 7, "7" },
    { 999, "999" },
    { 1000, "1\u2009000" },
    { 123456, "123\u2009456" },
    { 1234567, "1\u2009234\u2009567" },
    { -5, "\u22125" },
    { -1000, "\u22121\u2009000" },
    { G_MAXINT64, "9\u2009223\u2009372\u2009036\u2009854\u2009775\u2009807" },
    { G_MININT64, "\u22129\u2009223\u2009372\u2009036\u2009854\u2009775\u2009808" },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_string_truncate (text, 0);
      ann_number_text_append_signed (text, cases[i].value);
      g_assert_cmpstr (text->str, ==, cases[i].text);
    }

  g_string_truncate (text, 0);
  ann_number_text_append_unsigned (text, G_MAXUINT64);
  g_assert_cmpstr (text->str, ==, "18\u2009446\u2009744\u2009073\u2009709\u2009551\u2009615");
}

static void
test_doubles (void)
{
  static const struct {
    double value;
    guint decimals;
    const char *text;
  } cases[] = {
    { 0, 3, "0.000" },
    { -0.0, 2, "0.00" },
    { 1.5, 0, "2" },
    { 0.0231, 4, "0.0231" },
    { -1234.5678, 2, "\u22121\u2009234.57" },
    { 9497, 0, "9\u2009497" },
    { 0.004, 2, "0.00" },            /* small for its column */
    { -0.004, 2, "0.00" },           /* and no minus before nothing */
    { 1.25e-7, 4, "1.25e\u221207" }, /* but not nothing */
    { -3e-300, 2, "\u22123.00e\u2212300" },
    { 1e15, 0, "1.00e15" },
    { 999999999999999, 0, "999\u2009999\u2009999\u2009999\u2009999" },
    { INFINITY, 2, "∞" },
    { -INFINITY, 2, "\u2212∞" },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_string_truncate (text, 0);
      ann_number_text_append_double (text, cases[i].value, cases[i].decimals);
      g_assert_cmpstr (text->str, ==, cases[i].text);
    }
}

static void
test_decimals (void)
{
  /* As in the mock-up: shares with four decimals, counts with none. */
  g_assert_cmpuint (ann_number_text_choose_decimals (0.0087, 0.0302, FALSE), ==, 4);
  g_assert_cmpuint (ann_number_text_choose_decimals (1, 9497, TRUE), ==, 0);
  g_assert_cmpuint (ann_number_text_choose_decimals (0.01, 0.9, FALSE), ==, 3);
  g_assert_cmpuint (ann_number_text_choose_decimals (0.01, 5.3, FALSE), ==, 3);
  g_assert_cmpuint (ann_number_text_choose_decimals (0.01, 10.5, FALSE), ==, 2);
  g_assert_cmpuint (ann_number_text_choose_decimals (49.3, 21417.8, FALSE), ==, 1);
  g_assert_cmpuint (ann_number_text_choose_decimals (1e-9, 1e-8, FALSE), ==, 6);
  g_assert_cmpuint (ann_number_text_choose_decimals (G_MAXDOUBLE, 0, TRUE), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number-text/integers", test_integers);
  g_test_add_func ("/number-text/doubles", test_doubles);
  g_test_add_func ("/number-text/decimals", test_decimals);

  return g_test_run ();
}
