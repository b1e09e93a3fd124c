/* ann-scratch-private.h: memory for intermediate steps, kept by each thread for the next use
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* What is larger is not kept for the next use. */
#define ANN_SCRATCH_MAX_KEPT_SIZE ((gsize) 4 * 1024 * 1024)

/* A block of one thread. Lives on the stack: `g_auto (AnnScratch) scratch = { NULL, 0 };`. May be
 * used while an outer function of the thread uses another one.
 */
typedef struct {
  guint8 *data;
  gsize size;
} AnnScratch;

gboolean _ann_scratch_reserve (AnnScratch *self, gsize size, GError **error);
void _ann_scratch_clear (AnnScratch *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnScratch, _ann_scratch_clear)

G_END_DECLS
