/* ann-traffic.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-traffic.h"

#include <stdatomic.h>

struct _AnnTraffic {
  gatomicrefcount ref_count;
  _Atomic guint64 n_requests;
  _Atomic guint64 n_bytes;
  _Atomic guint64 n_retries;
  _Atomic guint64 n_waiting;
  _Atomic guint64 n_cached;
};

G_DEFINE_BOXED_TYPE (AnnTraffic, ann_traffic, ann_traffic_ref, ann_traffic_unref)

/**
 * ann_traffic_new:
 *
 * Returns: (transfer full): counts of nothing yet
 */
AnnTraffic *
ann_traffic_new (void)
{
  AnnTraffic *self = g_new0 (AnnTraffic, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * ann_traffic_ref:
 * @self: counts
 *
 * Returns: (transfer full): @self
 */
AnnTraffic *
ann_traffic_ref (AnnTraffic *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_traffic_unref:
 * @self: (transfer full): counts
 */
void
ann_traffic_unref (AnnTraffic *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * ann_traffic_get_stats:
 * @self: counts
 * @stats: (out caller-allocates): what was counted until now. Each number is right; they need not
 *   be of the same moment
 */
void
ann_traffic_get_stats (AnnTraffic *self, AnnTrafficStats *stats)
{
  *stats = (AnnTrafficStats){
    .n_requests = self->n_requests,
    .n_bytes = self->n_bytes,
    .n_retries = self->n_retries,
    .n_waiting = self->n_waiting,
    .n_cached = self->n_cached,
  };
}

/* A request is sent: again, if @is_retry. */
void
_ann_traffic_count_request (AnnTraffic *self, gboolean is_retry)
{
  self->n_requests++;
  if (is_retry)
    self->n_retries++;
}

void
_ann_traffic_add_bytes (AnnTraffic *self, gsize n_bytes)
{
  self->n_bytes += n_bytes;
}

/* So many requests of a remote store are wanted; each ends with _ann_traffic_end_waiting (). */
void
_ann_traffic_begin_waiting (AnnTraffic *self, gsize n_requests)
{
  self->n_waiting += n_requests;
}

void
_ann_traffic_end_waiting (AnnTraffic *self)
{
  self->n_waiting--;
}

void
_ann_traffic_count_cached (AnnTraffic *self, gsize n_parts)
{
  self->n_cached += n_parts;
}
