/* ann-element-equal-private.h: whether two elements hold the same
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/* As anndata compares what it merges (anndata 0.12, merge.py: equal ()): the shape, the type and
 * all values, a missing one being equal to another; matrices that are sparse by what they stand
 * for; numbers and texts alone by value. Reads both in blocks.
 * @are_columns: of tables, where it counts of what categories are out of which a categorical could
 *   have its values, and whether they have an order; else only what these are
 */
gboolean _ann_element_equal (AnnElement *one,
                             AnnElement *other,
                             gboolean are_columns,
                             gboolean *are_equal,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
