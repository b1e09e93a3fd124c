/* ann-disk-cache-private.h: what stores put into the cache and take out
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-disk-cache.h"

G_BEGIN_DECLS

/* A part that was kept.
 * @bytes: (nullable): for g_free()
 * @etag: (nullable): of the object then, for g_free()
 */
typedef struct {
  guint8 *bytes;
  gsize n_bytes;
  char *etag;
  guint64 object_size;
} AnnCachedPart;

/* Sets @part to what was kept of @url for @range (nullable: of all), if that has at most @limit
 * bytes; whether the object is still the one of that ETag is for the caller to know. Any thread.
 */
gboolean _ann_disk_cache_look_up (const char *url,
                                  const char *range,
                                  gsize limit,
                                  AnnCachedPart *part);
void _ann_cached_part_clear (AnnCachedPart *part);

/* Keeps the part, instead of another that was kept for the same @range; or does not, for the cache
 * is off, the part too large, the ETag no strong one, or the disk full. Any thread.
 */
void _ann_disk_cache_keep (const char *url,
                           const char *range,
                           const char *etag,
                           guint64 object_size,
                           const guint8 *bytes,
                           gsize n_bytes);

G_END_DECLS
