/* bench-write.h: tasks that write a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "bench-task.h"

G_BEGIN_DECLS

gboolean bench_is_writing_task (const char *task);

/* @uris: ended by %NULL */
gboolean bench_run_writing (const char *task,
                            char **uris,
                            const BenchOptions *options,
                            GError **error);

G_END_DECLS
