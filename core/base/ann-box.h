/* ann-box.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* What HDF5 allows, and what real files have used (a string dataset of rank 32 by anndata 0.6). */
#define ANN_MAX_RANK 32

/**
 * AnnBox:
 * @rank: how many axes are in use; 0 for a scalar, which has one element
 * @start: first index on each axis
 * @count: number of indices on each axis
 *
 * A half-open box of array elements. Lives on the stack, is passed by pointer
 * and copied by assignment.
 */
typedef struct {
  guint rank;
  guint64 start[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK];
} AnnBox;

ANN_API void ann_box_init_whole (AnnBox *box, guint rank, const guint64 *shape);
ANN_API gboolean ann_box_check (const AnnBox *box,
                                guint rank,
                                const guint64 *shape,
                                GError **error);
ANN_API gboolean ann_box_get_n_elements (const AnnBox *box, gsize *n_elements);

G_END_DECLS
