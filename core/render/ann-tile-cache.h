/* ann-tile-cache.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "render/ann-tile.h"

G_BEGIN_DECLS

/* As many bytes of tiles as a cache keeps unless it is told otherwise: 250 of them. */
#define ANN_TILE_CACHE_DEFAULT_SIZE (64 * 1024 * 1024)

/**
 * AnnTileCache:
 *
 * Tiles of one picture that have been made, as many as fit; those not used for the longest time
 * fall out. Used from one thread, the view's.
 */
typedef struct _AnnTileCache AnnTileCache;

ANN_API AnnTileCache *ann_tile_cache_new (gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_tile_cache_free (AnnTileCache *self);

ANN_API void ann_tile_cache_add (AnnTileCache *self, AnnTile *tile);
ANN_API AnnTile *ann_tile_cache_lookup (AnnTileCache *self, const AnnTileKey *key);
ANN_API GPtrArray *ann_tile_cache_find_substitutes (AnnTileCache *self, const AnnTileKey *key)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API gsize ann_tile_cache_get_n_bytes (AnnTileCache *self);
ANN_API void ann_tile_cache_clear (AnnTileCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTileCache, ann_tile_cache_free)

G_END_DECLS
