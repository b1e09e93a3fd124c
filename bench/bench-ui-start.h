/* bench-ui-start.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnBenchStart:
 * @window_s: from the start of the process to the window's first frame
 * @tree_s: to the frame with the shape and the tree of the store
 * @overview_s: to the frame with a complete overview: elements and the columns of obs
 * @obs_s: to the frame with the first rows of obs as a table, asked for as soon as there is a tree
 * @stall_ms: the longest time that the main loop was not at hand
 */
typedef struct {
  double window_s;
  double tree_s;
  double overview_s;
  double obs_s;
  double stall_ms;
} AnnBenchStart;

gboolean ann_bench_start (const char *uri,
                          int width,
                          int height,
                          AnnBenchStart *figures,
                          GError **error);

G_END_DECLS
