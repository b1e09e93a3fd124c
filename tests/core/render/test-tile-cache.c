/* test-tile-cache.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-cache.h"

static void
add (AnnTileCache *cache,
     guint8 row_level,
     guint8 column_level,
     gboolean coarse,
     guint64 row,
     guint64 column)
{
  const AnnTileKey key = { row_level, column_level, coarse, row, column };
  g_autoptr (AnnTile) tile = ann_tile_new (&key, NULL);

  ann_tile_cache_add (cache, tile);
}

static gboolean
has (AnnTileCache *cache,
     guint8 row_level,
     guint8 column_level,
     gboolean coarse,
     guint64 row,
     guint64 column)
{
  const AnnTileKey key = { row_level, column_level, coarse, row, column };
  AnnTile *tile = ann_tile_cache_lookup (cache, &key);

  g_assert_true (tile == NULL || ann_tile_key_equal (&tile->key, &key));

  return tile != NULL;
}

static void
test_least_recent (void)
{
  g_autoptr (AnnTileCache) cache = ann_tile_cache_new (3 * sizeof (AnnTile));

  add (cache, 0, 0, FALSE, 0, 0);
  add (cache, 0, 0, FALSE, 1, 0);
  add (cache, 0, 0, FALSE, 2, 0);
  g_assert_true (has (cache, 0, 0, FALSE, 0, 0)); /* used now */
  add (cache, 0, 0, FALSE, 3, 0);

  g_assert_true (has (cache, 0, 0, FALSE, 0, 0));
  g_assert_false (has (cache, 0, 0, FALSE, 1, 0));
  g_assert_true (has (cache, 0, 0, FALSE, 2, 0));
  g_assert_true (has (cache, 0, 0, FALSE, 3, 0));
  g_assert_cmpuint (ann_tile_cache_get_n_bytes (cache), ==, 3 * sizeof (AnnTile));
}

static void
test_replace (void)
{
  g_autoptr (AnnTileCache) cache = ann_tile_cache_new (3 * sizeof (AnnTile));

  for (guint i = 0; i < 5; i++)
    add (cache, 2, 1, FALSE, 7, 7);
  g_assert_cmpuint (ann_tile_cache_get_n_bytes (cache), ==, sizeof (AnnTile));

  ann_tile_cache_clear (cache);
  g_assert_false (has (cache, 2, 1, FALSE, 7, 7));
  g_assert_cmpuint (ann_tile_cache_get_n_bytes (cache), ==, 0);
}

/* Too small for one tile: keeps one. */
static void
test_tiny (void)
{
  g_autoptr (AnnTileCache) cache = ann_tile_cache_new (1);

  add (cache, 0, 0, FALSE, 0, 0);
  add (cache, 0, 0, FALSE, 0, 1);
  g_assert_false (has (cache, 0, 0, FALSE, 0, 0));
  g_assert_true (has (cache, 0, 0, FALSE, 0, 1));
}

/* The names of what would be drawn, one after the other, as row-level.column-level[c]:row.column */
static void
assert_substitutes (AnnTileCache *cache, const AnnTileKey *key, const char *expected)
{
  g_autoptr (GPtrArray) tiles = ann_tile_cache_find_substitutes (cache, key);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < tiles->len; i++)
    {
      const AnnTileKey *k = &((AnnTile *) g_ptr_array_index (tiles, i))->key;

      g_string_append_printf (names, "%s%u.%u%s:%u.%u", i > 0 ? " " : "", k->row_level,
                              k->column_level, k->is_coarse ? "c" : "", (guint) k->row,
                              (guint) k->column);
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_substitutes (void)
{
  g_autoptr (AnnTileCache) cache = ann_tile_cache_new (ANN_TILE_CACHE_DEFAULT_SIZE);
  const AnnTileKey key = { 3, 2, FALSE, 5, 9 };

  assert_substitutes (cache, &key, "");

  add (cache, 3, 2, FALSE, 5, 8); /* beside it: of no use */
  add (cache, 7, 6, TRUE, 0, 0);
  assert_substitutes (cache, &key, "7.6c:0.0");

  add (cache, 5, 4, FALSE, 1, 2); /* 5 >> 2, 9 >> 2 */
  add (cache, 5, 4, FALSE, 2, 2);
  assert_substitutes (cache, &key, "5.4:1.2");

  add (cache, 3, 2, TRUE, 5, 9); /* its coarse twin is better than exact pixels of 4 × 4 */
  assert_substitutes (cache, &key, "3.2c:5.9");

  add (cache, 4, 2, FALSE, 2, 9); /* but not than exact pixels of 2 × 1 */
  assert_substitutes (cache, &key, "4.2:2.9");

  add (cache, 2, 2, FALSE, 11, 9); /* the lower half, finer */
  add (cache, 2, 2, FALSE, 12, 9); /* not within */
  add (cache, 2, 2, TRUE, 10, 9);  /* no better than what is there */
  assert_substitutes (cache, &key, "4.2:2.9 2.2:11.9");

  add (cache, 0, 0, FALSE, 40, 36); /* 2⁵ of them in the tile: too small to matter */
  assert_substitutes (cache, &key, "4.2:2.9 2.2:11.9");

  add (cache, 2, 3, FALSE, 10, 4); /* finer one way, coarser the other */
  assert_substitutes (cache, &key, "4.2:2.9 2.2:11.9");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tile-cache/least-recent", test_least_recent);
  g_test_add_func ("/tile-cache/replace", test_replace);
  g_test_add_func ("/tile-cache/tiny", test_tiny);
  g_test_add_func ("/tile-cache/substitutes", test_substitutes);

  return g_test_run ();
}
