/* ann-tile.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile.h"

#include "base/ann-error.h"

#include <math.h>

G_DEFINE_BOXED_TYPE (AnnTile, ann_tile, ann_tile_ref, ann_tile_unref)

/**
 * ann_tile_new: (skip)
 * @key: its name
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * Makes a tile with nothing in it: all values are NaN, it has no rows and no columns. Its maker
 * fills it before anybody else has it.
 *
 * Returns: (transfer full): a tile, or %NULL with @error set
 */
AnnTile *
ann_tile_new (const AnnTileKey *key, GError **error)
{
  AnnTile *self;

  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_try_malloc (sizeof (AnnTile));
  if (self == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for a tile of the picture. Close something and try again");
      return NULL;
    }

  self->key = *key;
  self->n_rows = 0;
  self->n_columns = 0;
  self->n_seen = 0;
  g_atomic_ref_count_init (&self->ref_count);
  for (gsize i = 0; i < G_N_ELEMENTS (self->values); i++)
    self->values[i] = NAN;

  return self;
}

/**
 * ann_tile_ref: (skip)
 * @self: a tile
 *
 * Returns: (transfer full): @self
 */
AnnTile *
ann_tile_ref (AnnTile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_tile_unref: (skip)
 * @self: (transfer full): a tile
 */
void
ann_tile_unref (AnnTile *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * ann_tile_key_equal:
 * @a: an `AnnTileKey`
 * @b: another
 *
 * A #GEqualFunc.
 *
 * Returns: whether both name the same tile
 */
gboolean
ann_tile_key_equal (gconstpointer a, gconstpointer b)
{
  const AnnTileKey *first = a, *second = b;

  return first->row == second->row && first->column == second->column
         && first->row_level == second->row_level && first->column_level == second->column_level
         && !first->is_coarse == !second->is_coarse;
}

/**
 * ann_tile_key_hash:
 * @key: an `AnnTileKey`
 *
 * A #GHashFunc.
 *
 * Returns: the same for equal keys
 */
guint
ann_tile_key_hash (gconstpointer key)
{
  const AnnTileKey *self = key;
  guint64 hash = self->row * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  hash = (hash ^ (hash >> 29) ^ self->column) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash ^= (guint64) self->row_level << 9 ^ (guint64) self->column_level << 1 ^ !self->is_coarse;

  return (guint) (hash ^ (hash >> 32));
}
