/* ann-missing-rows.h: rows of an element that are of a missing part of a set
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnRowRun:
 * @first: the first row
 * @n_rows: how many
 *
 * Rows one behind the other.
 */
typedef struct {
  guint64 first;
  guint64 n_rows;
} AnnRowRun;

GArray *ann_missing_rows_find (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
guint64 ann_missing_rows_count (const GArray *runs);
gboolean ann_missing_rows_contain (const GArray *runs, guint64 row);

G_END_DECLS
