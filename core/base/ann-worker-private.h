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

G_END_DECLS
