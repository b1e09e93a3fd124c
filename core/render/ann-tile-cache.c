/* ann-tile-cache.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-cache.h"

/* Finer tiles stand in for a coarser one as long as it takes at most 2 to this power of them. */
#define MAX_FINER_LEVELS 4

/* How many tiles of a pair of levels there are, so that a search asks only where there may be one.
 * There are few pairs: those between which the user has zoomed.
 */
typedef struct {
  guint8 row_level;
  guint8 column_level;
  gboolean is_coarse;
  guint n_tiles;
} Stratum;

struct _AnnTileCache {
  gsize max_bytes;
  gsize n_bytes;
  GHashTable *links; /* AnnTileKey in the tile → GList link in tiles */
  GQueue tiles;      /* of AnnTile, the one used last first */
  GArray *strata;    /* of Stratum */
};

/**
 * ann_tile_cache_new: (skip)
 * @max_bytes: how many bytes of tiles to keep; one tile is always kept
 *
 * Returns: (transfer full): an empty cache
 */
AnnTileCache *
ann_tile_cache_new (gsize max_bytes)
{
  AnnTileCache *self = g_new0 (AnnTileCache, 1);

  self->max_bytes = max_bytes;
  self->links = g_hash_table_new (ann_tile_key_hash, ann_tile_key_equal);
  g_queue_init (&self->tiles);
  self->strata = g_array_new (FALSE, FALSE, sizeof (Stratum));

  return self;
}

/**
 * ann_tile_cache_free: (skip)
 * @self: (transfer full): a cache
 */
void
ann_tile_cache_free (AnnTileCache *self)
{
  g_return_if_fail (self != NULL);

  ann_tile_cache_clear (self);
  g_hash_table_unref (self->links);
  g_array_unref (self->strata);
  g_free (self);
}

/* Finds the stratum of @key, or makes it; valid until the next one is made. */
static Stratum *
get_stratum (AnnTileCache *self, const AnnTileKey *key)
{
  Stratum stratum = { key->row_level, key->column_level, key->is_coarse, 0 };

  for (guint i = 0; i < self->strata->len; i++)
    {
      Stratum *other = &g_array_index (self->strata, Stratum, i);

      if (other->row_level == key->row_level && other->column_level == key->column_level
          && !other->is_coarse == !key->is_coarse)
        return other;
    }
  g_array_append_val (self->strata, stratum);

  return &g_array_index (self->strata, Stratum, self->strata->len - 1);
}

static void
drop (AnnTileCache *self, GList *link)
{
  AnnTile *tile = link->data;

  get_stratum (self, &tile->key)->n_tiles--;
  self->n_bytes -= sizeof (AnnTile);
  g_hash_table_remove (self->links, &tile->key);
  g_queue_delete_link (&self->tiles, link);
  ann_tile_unref (tile);
}

/**
 * ann_tile_cache_add: (skip)
 * @self: a cache
 * @tile: (transfer none): a tile
 *
 * Keeps a tile, in place of one of the same name if there is one.
 */
void
ann_tile_cache_add (AnnTileCache *self, AnnTile *tile)
{
  GList *old;

  g_return_if_fail (self != NULL && tile != NULL);

  ann_tile_ref (tile);
  old = g_hash_table_lookup (self->links, &tile->key);
  if (old != NULL)
    drop (self, old);

  g_queue_push_head (&self->tiles, tile);
  g_hash_table_insert (self->links, &tile->key, self->tiles.head);
  get_stratum (self, &tile->key)->n_tiles++;
  self->n_bytes += sizeof (AnnTile);

  while (self->n_bytes > self->max_bytes && self->tiles.length > 1)
    drop (self, self->tiles.tail);
}

/**
 * ann_tile_cache_lookup: (skip)
 * @self: a cache
 * @key: the name of a tile
 *
 * Returns: (transfer none) (nullable): the tile, which counts as used now
 */
AnnTile *
ann_tile_cache_lookup (AnnTileCache *self, const AnnTileKey *key)
{
  GList *link;

  g_return_val_if_fail (self != NULL && key != NULL, NULL);

  link = g_hash_table_lookup (self->links, key);
  if (link == NULL)
    return NULL;

  g_queue_unlink (&self->tiles, link);
  g_queue_push_head_link (&self->tiles, link);

  return link->data;
}

/* The best one tile that covers all of @key's place. */
static AnnTile *
find_covering (AnnTileCache *self, const AnnTileKey *key)
{
  AnnTileKey best = *key;
  guint best_cost = G_MAXUINT;

  for (guint i = 0; i < self->strata->len; i++)
    {
      const Stratum *stratum = &g_array_index (self->strata, Stratum, i);
      guint row_shift = stratum->row_level - key->row_level;
      guint column_shift = stratum->column_level - key->column_level;
      guint cost;
      AnnTileKey other = { stratum->row_level, stratum->column_level, stratum->is_coarse, 0, 0 };

      if (stratum->n_tiles == 0 || stratum->row_level < key->row_level
          || stratum->column_level < key->column_level)
        continue;

      other.row = key->row >> row_shift;
      other.column = key->column >> column_shift;
      /* A coarse one repeats rows: an exact one of twice the pixel is as good. */
      cost = 2 * (row_shift + column_shift) + (stratum->is_coarse ? 3 : 0);
      if (cost < best_cost && !ann_tile_key_equal (&other, key)
          && g_hash_table_contains (self->links, &other))
        {
          best = other;
          best_cost = cost;
        }
    }

  return best_cost < G_MAXUINT ? ann_tile_cache_lookup (self, &best) : NULL;
}

/* The exact tiles of one finer stratum that lie within @key's place. */
static void
add_finer (AnnTileCache *self, const AnnTileKey *key, const Stratum *stratum, GPtrArray *tiles)
{
  guint row_shift = key->row_level - stratum->row_level;
  guint column_shift = key->column_level - stratum->column_level;
  AnnTileKey other = { stratum->row_level, stratum->column_level, FALSE, 0, 0 };

  for (guint row = 0; row < 1u << row_shift; row++)
    for (guint column = 0; column < 1u << column_shift; column++)
      {
        AnnTile *tile;

        other.row = (key->row << row_shift) + row;
        other.column = (key->column << column_shift) + column;
        tile = ann_tile_cache_lookup (self, &other);
        if (tile != NULL)
          g_ptr_array_add (tiles, ann_tile_ref (tile));
      }
}

/**
 * ann_tile_cache_find_substitutes: (skip)
 * @self: a cache
 * @key: the name of a tile that is not there
 *
 * Finds what to show in its place meanwhile: first, if there is one, the best tile that covers all
 * of its place (its coarse twin, or one of higher levels), then exact tiles of lower levels that
 * cover parts of it. To be drawn in this order, clipped to the place of @key.
 *
 * Returns: (transfer full) (element-type AnnTile): the tiles, none if nothing is known there
 */
GPtrArray *
ann_tile_cache_find_substitutes (AnnTileCache *self, const AnnTileKey *key)
{
  GPtrArray *tiles;
  AnnTile *covering;

  g_return_val_if_fail (self != NULL && key != NULL, NULL);

  tiles = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_tile_unref);
  covering = find_covering (self, key);
  if (covering != NULL)
    g_ptr_array_add (tiles, ann_tile_ref (covering));

  for (guint i = 0; i < self->strata->len; i++)
    {
      const Stratum *stratum = &g_array_index (self->strata, Stratum, i);

      if (stratum->n_tiles > 0 && !stratum->is_coarse && stratum->row_level <= key->row_level
          && stratum->column_level <= key->column_level
          && (stratum->row_level < key->row_level || stratum->column_level < key->column_level)
          && key->row_level - stratum->row_level + key->column_level - stratum->column_level
                 <= MAX_FINER_LEVELS)
        add_finer (self, key, stratum, tiles);
    }

  return tiles;
}

/**
 * ann_tile_cache_get_n_bytes: (skip)
 * @self: a cache
 *
 * Returns: how many bytes of tiles it holds
 */
gsize
ann_tile_cache_get_n_bytes (AnnTileCache *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_bytes;
}

/**
 * ann_tile_cache_clear: (skip)
 * @self: a cache
 */
void
ann_tile_cache_clear (AnnTileCache *self)
{
  g_return_if_fail (self != NULL);

  while (self->tiles.head != NULL)
    drop (self, self->tiles.head);
  g_array_set_size (self->strata, 0);
}
