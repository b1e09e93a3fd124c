/* ann-exact-sum.h: sums without rounding
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"

G_BEGIN_DECLS

/* Words of 32 bits that cover every double, from 2^-1074 to 2^1024, and 2^64 of the largest. */
#define ANN_EXACT_SUM_WORDS 68

#ifndef __GI_SCANNER__ /* which does not know these types */
__extension__ typedef __int128 AnnInt128;
__extension__ typedef unsigned __int128 AnnUint128;

/**
 * AnnExactSum: (skip)
 *
 * The exact sum of any number of values, rounded once, at the end. A sum of floats in
 * order would depend on the order and lose digits where they cancel; this does not.
 *
 * Doubles go into one wide fixed-point number (Radford Neal's small superaccumulator:
 * words of 64 bits of which 32 count, so that carries wait). Integers go into 128 bits.
 * Lives on the stack, begins as zeros.
 */
typedef struct {
  gint64 words[ANN_EXACT_SUM_WORDS];
  guint n_pending;
  AnnInt128 integers;
  guint64 n_nan;
  guint64 n_inf;
} AnnExactSum;

ANN_API void ann_exact_sum_add (AnnExactSum *self, double value);
ANN_API void ann_exact_sum_add_values (AnnExactSum *self,
                                       AnnDtype dtype,
                                       gconstpointer values,
                                       gsize n_values);
ANN_API void ann_exact_sum_merge (AnnExactSum *self, AnnExactSum *other);
ANN_API double ann_exact_sum_get (AnnExactSum *self);
ANN_API double ann_exact_sum_get_mean (AnnExactSum *self, guint64 n);
#endif

G_END_DECLS
