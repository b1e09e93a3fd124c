/* ann-promote-private.h: which type holds the values of several
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"

G_BEGIN_DECLS

/* The type that numpy.result_type () gives for arrays of both; bool, integers, floats, complex. */
AnnDtype _ann_dtype_promote (AnnDtype one, AnnDtype other) G_GNUC_CONST;

/* The type that holds values of @dtype and @fill beside them. A bool has no room for NaN, nor has
 * an integer: both become float64; any other number beside bools makes them int64.
 */
AnnDtype _ann_dtype_promote_for (AnnDtype dtype, double fill) G_GNUC_CONST;

/* The type of @fill itself: int64 for a whole number, else float64. */
AnnDtype _ann_dtype_of_fill (double fill) G_GNUC_CONST;

G_END_DECLS
