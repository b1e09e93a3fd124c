/* ann-traffic.h: what was asked of a store, and what came
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AnnTraffic:
 *
 * Counts the requests of a store. Reference counted; any thread may count and look.
 */
typedef struct _AnnTraffic AnnTraffic;

/**
 * AnnTrafficStats:
 * @n_requests: requests sent over a network, repeated ones too; reads of a local store
 * @n_bytes: bytes of their answers' bodies
 * @n_retries: requests that were repeated
 * @n_waiting: requests that are not answered yet, sent or still to be sent
 * @n_cached: parts that came from the cache on disk instead
 */
typedef struct {
  guint64 n_requests;
  guint64 n_bytes;
  guint64 n_retries;
  guint64 n_waiting;
  guint64 n_cached;
} AnnTrafficStats;

#define ANN_TYPE_TRAFFIC (ann_traffic_get_type ())

ANN_API GType ann_traffic_get_type (void) G_GNUC_CONST;
ANN_API AnnTraffic *ann_traffic_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnTraffic *ann_traffic_ref (AnnTraffic *self);
ANN_API void ann_traffic_unref (AnnTraffic *self);
ANN_API void ann_traffic_get_stats (AnnTraffic *self, AnnTrafficStats *stats);

void _ann_traffic_count_request (AnnTraffic *self, gboolean is_retry);
void _ann_traffic_add_bytes (AnnTraffic *self, gsize n_bytes);
void _ann_traffic_begin_waiting (AnnTraffic *self, gsize n_requests);
void _ann_traffic_end_waiting (AnnTraffic *self);
void _ann_traffic_count_cached (AnnTraffic *self, gsize n_parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTraffic, ann_traffic_unref)

G_END_DECLS
