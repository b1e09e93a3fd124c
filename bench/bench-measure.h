/* bench-measure.h: what a process has used
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

double bench_get_seconds (void);
double bench_get_cpu_seconds (void);
double bench_get_process_age (void);
double bench_get_peak_megabytes (void);

/* Counter @x: what every program picks alike. */
guint64 bench_mix (guint64 x);

void bench_add_checksum (const AnnBlock *block, double *checksum, guint64 *nnz);

G_END_DECLS
