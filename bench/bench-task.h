/* bench-task.h: one task, measured
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

typedef struct {
  char *how;
  int n_windows;
  int n_window_rows;
  int n_singles;
  gint64 gene;
  char *out;         /* the store to be written */
  char *join;        /* `inner` or `outer` */
  char *compression; /* (nullable): what the profile takes */
} BenchOptions;

gboolean bench_run (const char *task, const char *uri, const BenchOptions *options, GError **error);

G_END_DECLS
