/* ann-array-runs-private.h: elements of an array in any order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-chunk-reader-private.h"
#include "array/ann-runs-private.h"

G_BEGIN_DECLS

/* Reads what is wanted of each axis into a buffer of the shape @shape.
 * @runs: for each axis, %NULL where all of it is wanted; what they hold is taken. Each stored
 * chunk that they touch is decoded once; of an array that is not stored in chunks, what lies near
 * by is read together. Elements of the buffer that no run leads to are zeros.
 */
AnnBuffer *_ann_array_read_runs (AnnArray *self,
                                 AnnRuns *const *runs,
                                 const guint64 *shape,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The elements of the first @n_selections axes; %NULL for all of an axis. */
AnnBuffer *_ann_array_read_selections (AnnArray *self,
                                       AnnSelection *const *selections,
                                       guint n_selections,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As ann_array_scan (), over runs of an array of one axis; what they hold is taken. */
gboolean _ann_array_scan_runs (AnnArray *self,
                               AnnRuns *runs,
                               AnnRunsFunc func,
                               gpointer user_data,
                               GCancellable *cancellable,
                               GError **error);

/* Texts of some indices of the first axis, and all of the others. */
AnnStrings *_ann_array_read_strings_selection (AnnArray *self,
                                               AnnSelection *rows,
                                               GCancellable *cancellable,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
