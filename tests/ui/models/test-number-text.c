/* test-number-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-text.h"
#include "models/ann-number-text.h"
#include "remove-tree.h"
#include "widgets/ann-heatmap-overlay.h"

#include <locale.h>
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
    { 0.004, 2, "0.00" },     /* small for its column */
    { -0.004, 2, "0.00" },    /* and no minus before nothing */
    { -1.19e-7, 3, "0.000" }, /* a rounding error among others */
    { 1.25e-7, ANN_NUMBER_SCIENTIFIC, "1.25e\u221207" },
    { -3e-300, ANN_NUMBER_SCIENTIFIC, "\u22123.00e\u2212300" },
    { 0.05, ANN_NUMBER_SCIENTIFIC, "5.00e\u221202" },
    { -0.0, ANN_NUMBER_SCIENTIFIC, "0.00e00" },
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
  static const struct {
    double values[10]; /* 0 tells nothing */
    guint decimals;
  } cases[] = {
    { { 0.0087, -0.0302 }, 4 },
    { { 1, 9497 }, 0 },
    { { 0.01, 0.9 }, 3 },
    { { 0.01, 5.3, INFINITY, NAN }, 3 },
    { { 0.01, 10.5 }, 2 },
    { { 49.3, -21417.8 }, 1 },
    { { 0 }, 0 },
    { { 0.583, 1.2, -0.31, 0.7, 0.2, 0.9, 0.4, 0.6, 0.8, -1.19e-7 }, 3 }, /* one notation */
    { { 1e-9, 1e-8 }, ANN_NUMBER_SCIENTIFIC },
    { { 3e-300, 1e-5, 0.04, 0.9 }, ANN_NUMBER_SCIENTIFIC }, /* p-values are not nothing */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnnNumberSample sample = { 0 };

      for (gsize k = 0; k < G_N_ELEMENTS (cases[i].values); k++)
        ann_number_sample_add (&sample, cases[i].values[k]);
      g_assert_cmpuint (ann_number_sample_choose_decimals (&sample), ==, cases[i].decimals);
    }
}

static void
check_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

/* Values have a point in every language, as in the table beside them and in filters. */
static void
test_language (void)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  g_autofree char *german = g_build_filename (folder, "de_DE.UTF-8", NULL);
  const char *argv[] = { "localedef", "-i", "de_DE", "-f", "UTF-8", german, NULL };
  g_autofree char *comma = NULL;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                     NULL)
      || !g_setenv ("LOCPATH", folder, TRUE) || setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("there is no German here");
      remove_tree (folder);
      return;
    }

  comma = g_strdup_printf ("%.1f", 0.5);
  g_assert_cmpstr (comma, ==, "0,5");
  check_text (ann_text_number (0.25), "0.2500");
  check_text (ann_text_number (839.29), "839.29");
  check_text (ann_text_number (-3506.4), "\u22123\u2009506.4");
  check_text (ann_text_number (1.5e-7), "1.5e-07");
  check_text (ann_heatmap_format_value (-0.441), "\u22120.441");
  setlocale (LC_NUMERIC, "C");
  g_unsetenv ("LOCPATH");
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number-text/integers", test_integers);
  g_test_add_func ("/number-text/doubles", test_doubles);
  g_test_add_func ("/number-text/decimals", test_decimals);
  g_test_add_func ("/number-text/language", test_language);

  return g_test_run ();
}
