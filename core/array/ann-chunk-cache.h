/* ann-chunk-cache.h: decoded chunks of all arrays of the process
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnChunkCacheStats:
 * @n_bytes: in the cache now
 * @n_hits: lookups answered from memory
 * @n_misses: lookups that had to fetch and decode
 * @n_waits: lookups that waited for somebody else's fetch of the same chunk
 *
 * Counted since the process began. Laziness is tested with these.
 */
typedef struct {
  guint64 n_bytes;
  guint64 n_hits;
  guint64 n_misses;
  guint64 n_waits;
} AnnChunkCacheStats;

ANN_API void ann_chunk_cache_set_budget (guint64 n_bytes);
ANN_API guint64 ann_chunk_cache_get_budget (void);
ANN_API void ann_chunk_cache_clear (void);
ANN_API void ann_chunk_cache_get_stats (AnnChunkCacheStats *statistics);

G_END_DECLS
