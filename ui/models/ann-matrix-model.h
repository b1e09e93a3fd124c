/* ann-matrix-model.h: a matrix or a vector as a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-loaded-model.h"

G_BEGIN_DECLS

#define ANN_TYPE_MATRIX_MODEL (ann_matrix_model_get_type ())

G_DECLARE_FINAL_TYPE (AnnMatrixModel, ann_matrix_model, ANN, MATRIX_MODEL, AnnLoadedModel)

AnnMatrixModel *ann_matrix_model_new (AnnData *data, AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
