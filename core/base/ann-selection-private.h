/* ann-selection-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"

G_BEGIN_DECLS

/* Takes @positions, g_malloc()ed, which lie on an axis that an index can reach. */
AnnSelection *_ann_selection_new_take (guint64 *positions, guint64 length, guint64 axis_length);

/* What @outer selects of what @inner selects. */
AnnSelection *_ann_selection_compose (AnnSelection *inner, AnnSelection *outer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The places in @self, sorted by the position there; of the same position the first comes first.
 * Takes 8 bytes a position, 4 of which are handed out. (transfer full)
 */
guint32 *_ann_selection_sort (const AnnSelection *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many positions from @first on follow each other on the axis, @max at most. */
guint64 _ann_selection_count_neighbors (const AnnSelection *self, guint64 first, guint64 max);

G_END_DECLS
