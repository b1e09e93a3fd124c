/* ann-tile-queue.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "render/ann-tile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnTileRenderFunc:
 * @keys: (array length=n_keys): tiles of one group
 * @n_keys: how many, at least one
 * @tiles: (out caller-allocates) (array length=n_keys): room for the tiles, all %NULL at first
 * @render_data: data of the one who made the queue
 * @cancellable: looked at often
 * @error: return location for an error
 *
 * Makes tiles that are cheaper together than alone: those of one group. Runs in a worker,
 * several at a time; what it reads through @render_data must not change while the queue lives.
 *
 * Returns: %FALSE with @error set, and no tile left in @tiles
 */
typedef gboolean (*AnnTileRenderFunc) (const AnnTileKey *keys,
                                       gsize n_keys,
                                       AnnTile **tiles,
                                       gpointer render_data,
                                       GCancellable *cancellable,
                                       GError **error);

/* Whether two tiles are made together: of a matrix stored by rows, say, those beside each other.
 * An equivalence, from the keys alone; runs in a worker, under the queue's lock.
 */
typedef gboolean (*AnnTileGroupFunc) (const AnnTileKey *a,
                                      const AnnTileKey *b,
                                      gpointer render_data);

/* Called in the main context where the queue was made; one of @tile and @error is set. May replace
 * the wanted list, and free the queue.
 */
typedef void (*AnnTileReadyFunc) (const AnnTileKey *key,
                                  AnnTile *tile,
                                  const GError *error,
                                  gpointer user_data);

typedef struct _AnnTileQueue AnnTileQueue;

ANN_API AnnTileQueue *ann_tile_queue_new (guint n_threads,
                                          AnnTileRenderFunc render,
                                          AnnTileGroupFunc group,
                                          gpointer render_data,
                                          GDestroyNotify render_data_free,
                                          AnnTileReadyFunc ready,
                                          gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_tile_queue_free (AnnTileQueue *self);

ANN_API void ann_tile_queue_set_wanted (AnnTileQueue *self, const AnnTileKey *keys, gsize n_keys);
ANN_API gboolean ann_tile_queue_is_busy (AnnTileQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTileQueue, ann_tile_queue_free)

G_END_DECLS
