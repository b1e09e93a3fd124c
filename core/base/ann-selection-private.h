/* ann-selection-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"

G_BEGIN_DECLS

/* Takes @positions, g_malloc()ed, which lie on an axis that an index can reach. */
AnnSelection *_ann_selection_new_take (guint64 *positions, guint64 length, guint64 axis_length);

G_END_DECLS
