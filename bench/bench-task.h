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
} BenchOptions;

gboolean bench_run (const char *task, const char *uri, const BenchOptions *options, GError **error);

G_END_DECLS
