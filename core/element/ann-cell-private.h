/* ann-cell-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-cell.h"

G_BEGIN_DECLS

/* A number as Python's repr () and json.dumps () write it: `1.0`, `1e+16`, `NaN`, `Infinity`. */
void _ann_cell_append_json_double (GString *text, double value);

G_END_DECLS
