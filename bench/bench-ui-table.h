/* bench-ui-table.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnBenchTable:
 * @show_s: from the element to all its visible cells on the screen
 * @first_frame_ms: from the window's request to the first frame, with or without values
 * @jump_p50_ms: before-paint to after-paint of a frame at a random place
 * @jump_p95_ms: the same
 * @jump_cpu_p50_ms: the same, processor time of the main thread alone: what a busy machine cannot
 * change
 * @jump_cpu_p95_ms: the same
 * @jump_loaded_p95_ms: the same where all values are there
 * @scroll_p50_ms: of a frame three rows further
 * @scroll_p95_ms: the same
 * @rows: of the table
 * @columns: of the table
 * @at_end: whether the last row was the last one that is seen after scrolling to the end
 * @sort_number_s: sorting by the first column of numbers, until the rows move; negative if none
 * @sort_text_s: by the first column of texts
 */
typedef struct {
  double show_s;
  double first_frame_ms;
  double jump_p50_ms;
  double jump_p95_ms;
  double jump_cpu_p50_ms;
  double jump_cpu_p95_ms;
  double jump_loaded_p95_ms;
  double scroll_p50_ms;
  double scroll_p95_ms;
  guint64 rows;
  guint64 columns;
  gboolean at_end;
  double sort_number_s;
  double sort_text_s;
} AnnBenchTable;

gboolean ann_bench_table (const char *uri,
                          const char *path,
                          int width,
                          int height,
                          AnnBenchTable *figures,
                          GError **error);
void ann_bench_synthetic_table (guint64 n_rows,
                                guint64 n_columns,
                                int width,
                                int height,
                                AnnBenchTable *figures);

G_END_DECLS
