/* ann-number-set-private.h: which of many numbers are different
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* A set with more than this gives up: it takes 4 MiB then. */
#define ANN_NUMBER_SET_MAX 262144

/**
 * AnnNumberSet:
 * @n_numbers: how many different ones there are
 * @is_full: there are more than can be kept; @n_numbers stays at the most that can be told
 *
 * A set of 64-bit patterns, in open addressing. Begins as zeros.
 */
typedef struct {
  gsize n_numbers;
  gboolean is_full;
  /*< private >*/
  guint64 *slots; /* 0: free */
  guint n_slots_log;
  gboolean has_zero;
} AnnNumberSet;

void _ann_number_set_add (AnnNumberSet *self, const guint64 *numbers, gsize n_numbers);
void _ann_number_set_merge (AnnNumberSet *self, const AnnNumberSet *other);
void _ann_number_set_clear (AnnNumberSet *self);

G_END_DECLS
