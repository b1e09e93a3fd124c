/* ann-matrix-column.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

ANN_API AnnElement *ann_matrix_column_new (AnnElement *matrix,
                                           guint64 column,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
