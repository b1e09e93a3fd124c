/* ann-slabs-private.h: cuts a box into pieces that are runs of its elements in C order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"

G_BEGIN_DECLS

/**
 * AnnSlabs:
 * @n_slabs: how many pieces there are
 * @max_elements: what the largest has
 *
 * Each piece has one index on the axes before @axis, some on it, and all behind it.
 */
typedef struct {
  const AnnBox *box;
  guint axis;
  guint64 step;
  guint64 n_on_axis;
  gsize n_slabs;
  gsize max_elements;
} AnnSlabs;

/* @box is not empty, its elements can be counted, and it outlives @self. */
void _ann_slabs_init (AnnSlabs *self, const AnnBox *box, gsize max_elements);

/* Returns: how many elements of the box come before the piece */
gsize _ann_slabs_get (const AnnSlabs *self, gsize index, AnnBox *slab);

G_END_DECLS
