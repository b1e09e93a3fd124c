/* ann-warning-groups.h: many warnings said in few lines
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* `a: why` and `b: why` become `a, b: why`, at the place of the first. What is no `PATH: REASON`
 * stays as it is, and so do those whose reasons differ.
 *
 * @warnings: ended by %NULL
 */
char **ann_warning_groups_by_reason (const char *const *warnings) G_GNUC_WARN_UNUSED_RESULT;

/* What a concatenation leaves out or changes, a line for the elements of each group. */
char **ann_warning_groups_of_concat (const AnnConcatPlan *plan) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
