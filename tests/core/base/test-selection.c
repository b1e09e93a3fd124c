/* test-selection.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

#include <string.h>

/* The positions as `1,2,3`. */
static char *
describe (const AnnSelection *selection)
{
  GString *text = g_string_new (NULL);

  for (guint64 i = 0; i < ann_selection_get_length (selection); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "",
                            ann_selection_get_position (selection, i));

  return g_string_free (text, FALSE);
}

static void
assert_positions (const AnnSelection *selection, const char *expected)
{
  g_autofree char *positions = NULL;

  g_assert_nonnull (selection);
  positions = describe (selection);
  g_assert_cmpstr (positions, ==, expected);
}

static void
assert_fails (AnnSelection *selection, GError **error, int code, const char *words)
{
  g_assert_null (selection);
  g_assert_error (*error, ANN_ERROR, code);
  if (strstr ((*error)->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, (*error)->message);
}

/* What Python's range (…)[…] gives. */
static void
test_parse (void)
{
  static const struct {
    const char *text;
    guint64 length;
    const char *positions;
  } cases[] = {
    { ":", 4, "0,1,2,3" },
    { "1:3", 4, "1,2" },
    { "1:30", 4, "1,2,3" },
    { "-2:", 4, "2,3" },
    { ":-2", 4, "0,1" },
    { "-30:2", 4, "0,1" },
    { "::2", 5, "0,2,4" },
    { "1::2", 6, "1,3,5" },
    { "::-2", 5, "4,2,0" },
    { "::-2", 6, "5,3,1" },
    { "::-1", 3, "2,1,0" },
    { "3:0:-1", 5, "3,2,1" },
    { "30::-3", 5, "4,1" },
    { ":-30:-2", 5, "4,2,0" },
    { "-30::-1", 5, "" },
    { "3:1", 5, "" },
    { "1:3:-1", 5, "" },
    { "7:9", 5, "" },
    { "::9223372036854775807", 5, "0" },
    { "::-9223372036854775807", 5, "4" },
    { ":", 0, "" },
    { "::-1", 0, "" },
    { "2", 4, "2" },
    { "-1", 4, "3" },
    { "+1", 4, "1" },
    { "1,5,9:20", 12, "1,5,9,10,11" },
    { " 3 , -1, 0 : 2 ", 4, "3,3,0,1" },
    { "1,1", 4, "1,1" },
    { "::-1,0", 2, "1,0,0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) selection = ann_selection_parse (cases[i].text, cases[i].length,
                                                                &error);

      g_assert_no_error (error);
      g_test_message ("%s", cases[i].text);
      assert_positions (selection, cases[i].positions);
      g_assert_cmpuint (ann_selection_get_axis_length (selection), ==, cases[i].length);
    }
}

static void
test_parse_mistakes (void)
{
  static const struct {
    const char *text;
    int code;
    const char *words;
  } cases[] = {
    { "", ANN_ERROR_FORMAT, "character 1" },
    { "1,", ANN_ERROR_FORMAT, "character 3" },
    { ",1", ANN_ERROR_FORMAT, "character 1" },
    { "1 2", ANN_ERROR_FORMAT, "character 3" },
    { "ü", ANN_ERROR_FORMAT, "character 1" },
    { "1:ü", ANN_ERROR_FORMAT, "character 3" },
    { "1:2:3:4", ANN_ERROR_FORMAT, "character 6" },
    { "-", ANN_ERROR_FORMAT, "character 2" },
    { "1:-x", ANN_ERROR_FORMAT, "character 4" },
    { "9223372036854775808", ANN_ERROR_FORMAT, "too large" },
    { "99999999999999999999999", ANN_ERROR_FORMAT, "too large" },
    { "4", ANN_ERROR_BOUNDS, "4 lies outside of an axis of 4" },
    { "-5", ANN_ERROR_BOUNDS, "-5 lies outside of an axis of 4" },
    { "1:2:0", ANN_ERROR_BOUNDS, "step" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      AnnSelection *selection = ann_selection_parse (cases[i].text, 4, &error);

      g_test_message ("%s", cases[i].text);
      assert_fails (selection, &error, cases[i].code, cases[i].words);
    }
}

static void
test_range (void)
{
  static const struct {
    guint64 start;
    guint64 count;
    gint64 step;
    const char *positions; /* NULL: out of bounds */
  } cases[] = {
    { 0, 5, 1, "0,1,2,3,4" },
    { 4, 5, -1, "4,3,2,1,0" },
    { 0, 3, 2, "0,2,4" },
    { 4, 2, -4, "4,0" },
    { 4, 1, G_MAXINT64, "4" },
    { 0, 1, G_MININT64, "0" },
    { 5, 0, 1, "" },
    { 0, 0, -3, "" },
    { 0, 6, 1, NULL },
    { 1, 5, 1, NULL },
    { 5, 1, 1, NULL },
    { 6, 0, 1, NULL },
    { 3, 5, -1, NULL },
    { 0, 4, 2, NULL },
    { 0, 2, G_MININT64, NULL },
    { 0, G_MAXUINT64, G_MAXINT64, NULL },
    { G_MAXUINT64, 1, 1, NULL },
    { G_MAXUINT64, 2, -1, NULL },
    { 0, 1, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) selection = ann_selection_new_range (cases[i].start, cases[i].count,
                                                                    cases[i].step, 5, &error);

      g_test_message ("%u", i);
      if (cases[i].positions == NULL)
        {
          g_assert_null (selection);
          g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
        }
      else
        {
          assert_positions (selection, cases[i].positions);
        }
    }
}

/* Positions of 32 bits, and those that are just no such any more. */
static void
test_list_on_long_axis (void)
{
  const guint64 lengths[] = { G_GUINT64_CONSTANT (1) << 32, (G_GUINT64_CONSTANT (1) << 32) + 1,
                              G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const gint64 indices[] = { -1, 7, 8, 9, 7 };
      const gint64 order[] = { 3, 0, 0 };
      g_autofree char *expected = g_strdup_printf ("%" G_GUINT64_FORMAT ",7,8,9,7", lengths[i] - 1);
      g_autofree char *inner = g_strdup_printf ("9,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT,
                                                lengths[i] - 1, lengths[i] - 1);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) list = ann_selection_new_from_indices (indices, 5, lengths[i],
                                                                      &error);
      g_autoptr (AnnSelection) outer = ann_selection_new_from_indices (order, 3, 5, &error);
      g_autoptr (AnnSelection) composed = _ann_selection_compose (list, outer, &error);

      g_assert_no_error (error);
      assert_positions (list, expected);
      assert_positions (composed, inner);
      g_assert_false (ann_selection_is_range (list, NULL, NULL));
      g_assert_false (ann_selection_is_all (list));
      g_assert_cmpuint (_ann_selection_count_neighbors (list, 0, 5), ==, 1);
      g_assert_cmpuint (_ann_selection_count_neighbors (list, 1, 5), ==, 3);
      g_assert_cmpuint (_ann_selection_count_neighbors (list, 1, 2), ==, 2);
    }
}

/* Places by position, the same positions in the order in which they came: on axes of one digit, of
 * two, and of all that there are.
 */
static void
test_sort (void)
{
  const guint64 lengths[] = { 6, 65536, 65537, 1000000, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const gint64 indices[] = { -1, 3, 0, -1, 0, -2, 1 };
      const guint32 expected[] = { 2, 4, 6, 1, 5, 0, 3 };
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) list = ann_selection_new_from_indices (indices, 7, lengths[i],
                                                                      &error);
      g_autofree guint32 *places = _ann_selection_sort (list, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (places, sizeof expected, expected, sizeof expected);
    }
}

/* Ranges behind each other take no list, nor does what is cut out of them. */
static void
test_pieces (void)
{
  const guint64 far = G_GUINT64_CONSTANT (1) << 60;
  const AnnSelectionPiece pieces[] = {
    { .start = 2, .length = 3 }, { .start = 7, .length = 0 },     { .start = 8, .length = 1 },
    { .start = 9, .length = 1 }, { .start = far, .length = far },
  };
  const guint64 expected[] = { 2, 3, 4, 8, 9, far, far + 1 };
  g_autoptr (AnnSelection) all = _ann_selection_new_pieces (pieces, 5, 4 * far);
  g_autoptr (AnnSelection) one = _ann_selection_new_pieces (&pieces[4], 1, 4 * far);
  g_autoptr (AnnSelection) none = _ann_selection_new_pieces (NULL, 0, 4);
  g_autoptr (AnnSelection) two = _ann_selection_new_pieces (
      (const AnnSelectionPiece[]){ { .start = 3, .length = 1 }, { .start = 7, .length = 1 } }, 2,
      9);
  const guint64 n = ann_selection_get_length (all);
  const struct {
    guint64 start, count;
    gint64 step;
    gboolean is_range;
    guint64 first, last;
  } cases[] = {
    { 4, far, 1, FALSE, 9, 2 * far - 2 },
    { 5, far, 1, TRUE, far, 2 * far - 1 },
    { n - 1, far, -1, TRUE, 2 * far - 1, far },
    { 3, 2, 1, TRUE, 8, 9 },
    { 0, 2, 2, TRUE, 2, 4 },
    { 0, 5, 1, FALSE, 2, 9 },
    { 4, 3, -2, FALSE, 9, 2 },
    { 6, far / 2, 2, TRUE, far + 1, 2 * far - 1 },
  };

  g_assert_cmpuint (n, ==, far + 5);
  g_assert_false (ann_selection_is_range (all, NULL, NULL));
  g_assert_false (ann_selection_is_all (all));
  g_assert_true (ann_selection_is_rising (all));
  g_assert_true (ann_selection_is_range (one, NULL, NULL));
  g_assert_cmpuint (ann_selection_get_position (one, far - 1), ==, 2 * far - 1);
  g_assert_true (ann_selection_is_range (none, NULL, NULL));
  g_assert_true (ann_selection_is_range (two, NULL, NULL));
  g_assert_cmpuint (ann_selection_get_position (two, 1), ==, 7);
  for (guint64 i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (ann_selection_get_position (all, i), ==, expected[i]);
  g_assert_cmpuint (_ann_selection_count_neighbors (all, 0, 9), ==, 3);
  g_assert_cmpuint (_ann_selection_count_neighbors (all, 3, 9), ==, 2);
  g_assert_cmpuint (_ann_selection_count_neighbors (all, 6, 9), ==, 9);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) outer = ann_selection_new_range (cases[i].start, cases[i].count,
                                                                cases[i].step, n, &error);
      g_autoptr (AnnSelection) cut = _ann_selection_compose (all, outer, &error);

      g_test_message ("%u", i);
      g_assert_no_error (error);
      g_assert_cmpuint (ann_selection_get_length (cut), ==, cases[i].count);
      g_assert_cmpint (ann_selection_is_range (cut, NULL, NULL), ==, cases[i].is_range);
      g_assert_cmpuint (ann_selection_get_position (cut, 0), ==, cases[i].first);
      g_assert_cmpuint (ann_selection_get_position (cut, cases[i].count - 1), ==, cases[i].last);
      if (!cases[i].is_range)
        g_assert_cmpuint (
            ann_selection_get_position (cut, 1), ==,
            ann_selection_get_position (all, cases[i].start + (guint64) cases[i].step));
    }
}

static void
test_long_axis (void)
{
  const gint64 last = -1;
  const guint64 most = G_MAXINT64;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) end = ann_selection_new_slice (&last, NULL, NULL, most, &error);
  g_autoptr (AnnSelection) backwards = ann_selection_new_slice (NULL, NULL, &last, most, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_selection_get_length (end), ==, 1);
  g_assert_cmpuint (ann_selection_get_position (end, 0), ==, most - 1);
  g_assert_cmpuint (ann_selection_get_length (backwards), ==, most);
  g_assert_cmpuint (ann_selection_get_position (backwards, most - 1), ==, 0);

  assert_fails (ann_selection_parse ("0", most + 1, &error), &error, ANN_ERROR_TOO_LARGE, "axis");
  g_clear_error (&error);
  /* More positions than there is memory for. */
  assert_fails (ann_selection_parse (":,:", most, &error), &error, ANN_ERROR_TOO_LARGE, "memory");
}

static void
test_indices (void)
{
  const gint64 indices[] = { 3, -1, 0, 3, -5 };
  const gint64 outside[] = { 0, 4, 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) list = ann_selection_new_from_indices (indices, 5, 5, &error);
  g_autoptr (AnnSelection) none = ann_selection_new_from_indices (NULL, 0, 5, &error);
  guint64 start;
  gint64 step;

  g_assert_no_error (error);
  assert_positions (list, "3,4,0,3,0");
  g_assert_false (ann_selection_is_range (list, &start, &step));
  g_assert_false (ann_selection_is_rising (list));
  assert_positions (none, "");
  g_assert_true (ann_selection_is_range (none, &start, &step));
  g_assert_cmpint (step, ==, 1);

  assert_fails (ann_selection_new_from_indices (outside, 3, 5, &error), &error, ANN_ERROR_BOUNDS,
                "5 lies outside of an axis of 5");
}

static void
test_mask (void)
{
  const guint8 mask[] = { 0, 1, 0, 0, 255, 1 };
  const guint8 all[] = { 1, 1, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) some = ann_selection_new_from_mask (mask, 6, 6, &error);
  g_autoptr (AnnSelection) none = ann_selection_new_from_mask (NULL, 0, 0, &error);
  g_autoptr (AnnSelection) every = ann_selection_new_from_mask (all, 3, 3, &error);

  assert_positions (some, "1,4,5");
  g_assert_true (ann_selection_is_rising (some));
  assert_positions (none, "");
  g_assert_true (ann_selection_is_all (every));
  g_assert_true (ann_selection_is_all (none));

  assert_fails (ann_selection_new_from_mask (mask, 6, 7, &error), &error, ANN_ERROR_BOUNDS,
                "A mask of 6 does not fit an axis of 7");
}

/* A list is known for the range that it is. */
static void
test_kinds (void)
{
  static const struct {
    const char *text;
    gboolean is_all;
    gboolean is_range;
    gboolean is_rising;
    guint64 start;
    gint64 step;
  } cases[] = {
    { ":", TRUE, TRUE, TRUE, 0, 1 },       { "0,1,2,3", TRUE, TRUE, TRUE, 0, 1 },
    { "::-1", FALSE, TRUE, FALSE, 3, -1 }, { "3,2,1,0", FALSE, TRUE, FALSE, 3, -1 },
    { "1,3", FALSE, TRUE, TRUE, 1, 2 },    { "0,1,3", FALSE, FALSE, TRUE, 0, 0 },
    { "1,1", FALSE, FALSE, FALSE, 0, 0 },  { "0,1,0", FALSE, FALSE, FALSE, 0, 0 },
    { "2", FALSE, TRUE, TRUE, 2, 1 },      { "2:3:3", FALSE, TRUE, TRUE, 2, 1 },
    { "3:3", FALSE, TRUE, TRUE, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnSelection) selection = ann_selection_parse (cases[i].text, 4, NULL);
      guint64 start = 0;
      gint64 step = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (ann_selection_is_all (selection), ==, cases[i].is_all);
      g_assert_cmpint (ann_selection_is_range (selection, &start, &step), ==, cases[i].is_range);
      g_assert_cmpint (ann_selection_is_rising (selection), ==, cases[i].is_rising);
      g_assert_cmpuint (start, ==, cases[i].start);
      g_assert_cmpint (step, ==, cases[i].step);
    }
}

static void
test_boxed (void)
{
  g_autoptr (AnnSelection) selection = ann_selection_parse ("2,0", 3, NULL);
  AnnSelection *copy = g_boxed_copy (ANN_TYPE_SELECTION, selection);

  g_assert_true (copy == selection);
  g_boxed_free (ANN_TYPE_SELECTION, copy);
  assert_positions (selection, "2,0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/selection/parse", test_parse);
  g_test_add_func ("/selection/parse-mistakes", test_parse_mistakes);
  g_test_add_func ("/selection/range", test_range);
  g_test_add_func ("/selection/pieces", test_pieces);
  g_test_add_func ("/selection/long-axis", test_long_axis);
  g_test_add_func ("/selection/list-on-a-long-axis", test_list_on_long_axis);
  g_test_add_func ("/selection/sort", test_sort);
  g_test_add_func ("/selection/indices", test_indices);
  g_test_add_func ("/selection/mask", test_mask);
  g_test_add_func ("/selection/kinds", test_kinds);
  g_test_add_func ("/selection/boxed", test_boxed);

  return g_test_run ();
}
