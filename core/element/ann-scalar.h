/* ann-scalar.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_SCALAR (ann_scalar_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnScalar, ann_scalar, ANN, SCALAR, AnnElement)

/* One text or number; its value is a block of one row: ann_element_read_rows (scalar, 0, 1, …). */
ANN_API char *ann_scalar_read_text (AnnScalar *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
