/* ann-value-scale-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "render/ann-value-scale.h"

G_BEGIN_DECLS

/* What stands on the colour bar for a value: itself, or log1p of its size with its sign. */
double _ann_transform_apply (AnnTransform transform, double value);

G_END_DECLS
