/* test-line-map.c: which lines of an axis are wanted, and where
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

/* Every place that a line was asked for, in order: `2 5`. */
static char *
describe (const AnnLineMap *map, guint64 line)
{
  GString *text = g_string_new (NULL);
  guint32 place;

  if (!_ann_line_map_look_up (map, line, &place))
    return g_string_free (g_string_append (text, "-"), FALSE);

  g_assert_cmpuint (place, <, map->n_lines);
  if (map->positions == NULL)
    g_string_append_printf (text, "%u", place);
  else if (map->starts == NULL)
    g_string_append_printf (text, "%u", map->positions[place]);
  else
    for (guint32 i = map->starts[place]; i < map->starts[place + 1]; i++)
      g_string_append_printf (text, "%s%u", i > map->starts[place] ? " " : "", map->positions[i]);

  return g_string_free (text, FALSE);
}

static void
assert_line (const AnnLineMap *map, guint64 line, const char *expected)
{
  g_autofree char *text = describe (map, line);

  g_assert_cmpstr (text, ==, expected);
}

/* Axes that have bits, and one that is too long for them. */
static void
test_lines (void)
{
  static const guint64 axes[] = { 200, 65, 64, (guint64) 1 << 40 };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    {
      static const char *const texts[] = { "63,0,7", "0,7,63", "7,63,7,0,7", "0:63:9", "5:9" };

      for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
        {
          g_autoptr (AnnSelection) selection = ann_selection_parse (texts[k], axes[i], NULL);
          const guint64 n = ann_selection_get_length (selection);
          g_auto (AnnLineMap) map = { 0 };
          g_autoptr (GError) error = NULL;

          g_assert_true (_ann_line_map_init (&map, selection, &error));
          g_assert_no_error (error);
          for (guint64 line = 0; line < 70; line++)
            {
              g_autoptr (GString) expected = g_string_new (NULL);

              for (guint64 at = 0; at < n; at++)
                if (ann_selection_get_position (selection, at) == line)
                  g_string_append_printf (expected, "%s%d", expected->len > 0 ? " " : "", (int) at);
              assert_line (&map, line, expected->len > 0 ? expected->str : "-");
            }
          assert_line (&map, G_MAXUINT64, "-");
          g_assert_cmpint (map.bits != NULL, ==, !map.is_range && i < 3);
        }
    }
}

/* What rises needs no places; only what is wanted twice needs the beginnings of lines. */
static void
test_memory (void)
{
  g_autoptr (AnnSelection) rising = ann_selection_parse ("1,5,6", 100, NULL);
  g_autoptr (AnnSelection) mixed = ann_selection_parse ("6,1,5", 100, NULL);
  g_autoptr (AnnSelection) twice = ann_selection_parse ("6,1,6", 100, NULL);
  g_autoptr (AnnSelection) none = ann_selection_parse ("3:3", 100, NULL);
  AnnLineMap maps[4];

  g_assert_true (_ann_line_map_init (&maps[0], rising, NULL));
  g_assert_null (maps[0].positions);
  g_assert_true (_ann_line_map_init (&maps[1], mixed, NULL));
  g_assert_nonnull (maps[1].positions);
  g_assert_null (maps[1].starts);
  g_assert_true (_ann_line_map_init (&maps[2], twice, NULL));
  g_assert_nonnull (maps[2].starts);
  g_assert_cmpuint (maps[2].n_lines, ==, 2);
  g_assert_true (_ann_line_map_init (&maps[3], none, NULL));
  assert_line (&maps[3], 3, "-");
  for (guint i = 0; i < 4; i++)
    _ann_line_map_clear (&maps[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/line-map/lines", test_lines);
  g_test_add_func ("/line-map/memory", test_memory);

  return g_test_run ();
}
