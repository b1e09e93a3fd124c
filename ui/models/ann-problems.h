/* ann-problems.h: what is wrong in a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnProblem:
 * @path: of the element; empty for the store as a whole
 * @is_error: whether it cannot be read; else it is only odd
 * @text: what is wrong, without the path
 */
typedef struct {
  char *path;
  gboolean is_error;
  char *text;
} AnnProblem;

GPtrArray *ann_problems_find (AnnData *data, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
