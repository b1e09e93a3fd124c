/* ann-box-copy-private.h: moves boxes of elements between blocks of memory in C order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"

#include <string.h>

G_BEGIN_DECLS

/* Single elements are what a column of a matrix takes: their size is known to the compiler here. */
static inline void
_ann_copy_run (guint8 *to, const guint8 *from, gsize size)
{
  switch (size)
    {
    case 1:
      *to = *from;
      break;

    case 2:
      memcpy (to, from, 2);
      break;

    case 4:
      memcpy (to, from, 4);
      break;

    case 8:
      memcpy (to, from, 8);
      break;

    default:
      memcpy (to, from, size);
      break;
    }
}

/* Copies a box of @count elements from @from_start in an array of @from_shape to @to_start in one
 * of @to_shape. All are lists of @rank.
 */
void _ann_box_copy (guint rank,
                    gsize item_size,
                    const guint64 *count,
                    const guint8 *from,
                    const guint64 *from_shape,
                    const guint64 *from_start,
                    guint8 *to,
                    const guint64 *to_shape,
                    const guint64 *to_start);

/* Puts @item, or zeros without one, into a box of an array. */
void _ann_box_fill (guint rank,
                    gsize item_size,
                    const guint64 *count,
                    const guint8 *item,
                    guint8 *to,
                    const guint64 *to_shape,
                    const guint64 *to_start);

/* Steps through the indices of a box of @rank axes, the last one fastest. Returns: %FALSE when all
 * axes are back at 0
 */
gboolean _ann_box_next_index (guint rank, guint64 *index, const guint64 *count);

G_END_DECLS
