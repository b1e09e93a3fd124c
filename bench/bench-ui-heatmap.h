/* bench-ui-heatmap.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnBenchHeatmap:
 * @open_s: from nothing to the store's tree
 * @coarse_s: from then to a picture in place of every visible tile, sampled or exact, on the screen
 * @exact_s: from the store's opening to all exact tiles of the whole matrix
 * @pan_fps: frames a second while panning, as many as are drawn in the time
 * @pan_work_p50_ms: before-paint to after-paint
 * @pan_work_p95_ms: the same
 * @pan_missing: share of frames in which some visible tile was not exact
 */
typedef struct {
  double open_s;
  double coarse_s;
  double exact_s;
  double pan_fps;
  double pan_work_p50_ms;
  double pan_work_p95_ms;
  double pan_missing;
} AnnBenchHeatmap;

gboolean ann_bench_heatmap (const char *uri,
                            const char *path,
                            int width,
                            int height,
                            AnnBenchHeatmap *figures,
                            GError **error);

G_END_DECLS
