/* ann-pile-private.h: a growing array that may fail, for what has as many items as a file says
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* Lives on the stack or in another struct; all zeros is an empty one. */
typedef struct {
  guint8 *items;
  gsize n_bytes;
  gsize allocated;
} AnnPile;

gboolean _ann_pile_reserve (AnnPile *self, gsize n_more_bytes, GError **error);
gboolean _ann_pile_append (AnnPile *self, gconstpointer item, gsize item_size, GError **error);
void _ann_pile_clear (AnnPile *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnPile, _ann_pile_clear)

G_END_DECLS
