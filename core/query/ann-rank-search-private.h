/* ann-rank-search-private.h: which number stands where when all are sorted, without sorting them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

#define ANN_RANK_SEARCH_MAX 10
#define ANN_RANK_SEARCH_N_COUNTS 65536 /* of one group */

/**
 * AnnRankSearch:
 * @n_groups: how many prefixes are looked into in this pass; 0 when all is found
 *
 * Finds the numbers of up to ten ranks, exactly, in a few passes over numbers that need not be in
 * memory. A number is a key of 64 bits in the same order. Each pass counts the next 16 bits of the
 * keys that begin as a wanted one does (all of them, at first), and so learns 16 bits more of each;
 * as soon as those that are left fit into memory, a pass collects and sorts them.
 *
 * _ann_rank_search_add () may run in several threads, each with counts of its own: @n_groups ×
 * `ANN_RANK_SEARCH_N_COUNTS`, zeros at the start of a pass. The rest is for one thread.
 */
typedef struct {
  guint n_groups;
  /*< private >*/
  guint n_key_bits; /* those below are 0 in every key */
  gboolean is_integral;
  guint n_bits; /* of the prefixes */
  guint64 prefixes[ANN_RANK_SEARCH_MAX];
  guint8 tops[65536]; /* by the first 16 bits: 1 + the first group with those; 0: none */
  guint n_targets;
  struct {
    guint64 rank; /* among the keys with its prefix */
    guint64 prefix;
    gboolean is_found;
    guint64 key;
  } targets[ANN_RANK_SEARCH_MAX];
  guint64 *collected; /* not NULL: this pass collects */
  gsize n_to_collect;
  gsize n_collected; /* atomic */
} AnnRankSearch;

AnnRankSearch *_ann_rank_search_new (guint n_key_bits) G_GNUC_WARN_UNUSED_RESULT;
void _ann_rank_search_free (AnnRankSearch *self);

void _ann_rank_search_add (AnnRankSearch *self, const guint64 *keys, gsize n_keys, guint64 *counts);
void _ann_rank_search_set_ranks (AnnRankSearch *self,
                                 const guint64 *ranks,
                                 guint n_ranks,
                                 gboolean is_integral);
gboolean _ann_rank_search_end_pass (AnnRankSearch *self,
                                    guint64 *counts,
                                    guint64 n_zeros,
                                    GError **error);
double _ann_rank_search_get (const AnnRankSearch *self, guint target);

guint64 _ann_rank_key_new (double value, gboolean is_narrow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnRankSearch, _ann_rank_search_free)

G_END_DECLS
