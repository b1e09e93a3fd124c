/* ann-overview.h: what a store has in it, at a glance
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

typedef enum {
  ANN_CARD_MATRIX,
  ANN_CARD_CELLS,
  ANN_CARD_GENES,
  ANN_CARD_EMBEDDINGS,
  ANN_CARD_LAYERS,
  ANN_CARD_UNSTRUCTURED,
  ANN_N_CARDS
} AnnCard;

/**
 * AnnOverview:
 * @rows: (element-type utf8): for each card, keys and values by turns
 * @details: (nullable): for each card, what stands beside its title
 * @paths: (nullable): for each card, the element that it leads to; %NULL when the store has none
 * @guesses: (nullable): for each card, what its values look like
 * @shares: (nullable) (element-type double): of a column's categories
 * @colors: (nullable) (element-type guint32): of these categories, 0xRRGGBB
 * @share_name: (nullable): name of that column
 *
 * Facts in words, some of them; the page adds up what comes. Made by a worker, then not changed.
 */
typedef struct {
  GPtrArray *rows[ANN_N_CARDS];
  char *details[ANN_N_CARDS];
  char *paths[ANN_N_CARDS];
  char *guesses[ANN_N_CARDS];
  GArray *shares;
  GArray *colors;
  char *share_name;
} AnnOverview;

AnnOverview *ann_overview_read (AnnData *data, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
AnnOverview *ann_overview_sample (AnnData *data, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void ann_overview_free (AnnOverview *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnOverview, ann_overview_free)

G_END_DECLS
