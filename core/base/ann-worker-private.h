/* ann-worker-private.h: for what waits for a network in the library's threads
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-worker.h"

G_BEGIN_DECLS

/* Between these two the calling thread only waits. If it is one of a lane, the lane may have
 * another thread meanwhile, up to a limit, so that what is local, or on another server, goes on.
 * Pairs may lie in one another; any thread.
 */
void _ann_worker_begin_wait (void);
void _ann_worker_end_wait (void);

/* The urgency of what the calling thread is doing: that of its task, or of the task that it helps.
 * Lower is more urgent, as in GLib.
 */
int _ann_worker_get_priority (void);

/* So many pieces had better wait at the same time: as many as requests are on their way. */
#define ANN_WORKER_MAX_WAITS 16

/* As ann_worker_parallel (), for items that wait for a network: up to @max_at_once of them do so at
 * the same time, however few cores there are.
 */
gboolean _ann_worker_parallel_waits (gsize n_items,
                                     guint max_at_once,
                                     AnnParallelFunc func,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
