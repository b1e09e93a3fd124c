/* ann-axis.h: the two axes of an annotated matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnAxis:
 * @ANN_AXIS_OBS: rows: cells
 * @ANN_AXIS_VAR: columns: genes
 */
typedef enum {
  ANN_AXIS_OBS,
  ANN_AXIS_VAR,
} AnnAxis;

G_END_DECLS
