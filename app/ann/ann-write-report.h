/* ann-write-report.h: the line that says that something was written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* "2,638 × 1,838" */
char *ann_write_report_make_shape (guint64 n_obs, guint64 n_var) G_GNUC_WARN_UNUSED_RESULT;

/* What @target is taken for, and is not; %NULL for most. */
const char *ann_write_report_get_note (const char *target);

/* Prints `wrote @target: @what, 12.3 MB in 0.8 s` on standard error, unless it is to be quiet, or
 * says so as JSON. @what is "" where nothing is to be said of it. @paths, ended by %NULL, are what
 * was written: the size is theirs, and is not told where it is not known. @note: (nullable): what
 * else there is to know
 */
void ann_write_report (const char *target,
                       const char *what,
                       const char *const *paths,
                       double seconds,
                       const char *note);

G_END_DECLS
