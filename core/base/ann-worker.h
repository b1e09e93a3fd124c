/* ann-worker.h: where work runs that must not run in the caller's thread
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnLane:
 * @ANN_LANE_READ: a few threads that may wait for disk or network, most urgent task first
 * @ANN_LANE_CPU: one thread a core, for work that does not wait
 *
 * The library has threads of its own, by kind of waiting, so that slow reads hold up
 * neither each other's decoding nor the ten threads that GIO shares with everybody.
 * A task in the CPU lane must not read: reading takes a lock and waits. (The helpers of a read
 * fetch there, but each for as long as one call into a format takes.)
 */
typedef enum {
  ANN_LANE_READ,
  ANN_LANE_CPU,
} AnnLane;

/* Work on items [@first, @first + @n) of a parallel call. Runs in any thread, several at once. */
typedef gboolean (*AnnParallelFunc) (gsize first,
                                     gsize n,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * ANN_WORKER_MAX_WAITS: (skip)
 *
 * So many pieces had better wait for a network at the same time: as many as requests are on their
 * way.
 */
#define ANN_WORKER_MAX_WAITS 16

ANN_API void ann_worker_set_n_threads (guint n_threads);
ANN_API guint ann_worker_get_n_threads (void);

ANN_API void ann_worker_run_task (GTask *task, AnnLane lane, GTaskThreadFunc func);
ANN_API gboolean ann_worker_parallel (gsize n_items,
                                      gsize grain,
                                      AnnParallelFunc func,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
ANN_API gboolean ann_worker_parallel_waits (gsize n_items,
                                            guint max_at_once,
                                            AnnParallelFunc func,
                                            gpointer user_data,
                                            GCancellable *cancellable,
                                            GError **error);

G_END_DECLS
