/* ann-synthetic-model.h: a table of any size that is stored nowhere
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"

G_BEGIN_DECLS

#define ANN_TYPE_SYNTHETIC_MODEL (ann_synthetic_model_get_type ())

G_DECLARE_FINAL_TYPE (AnnSyntheticModel, ann_synthetic_model, ANN, SYNTHETIC_MODEL, GObject)

AnnSyntheticModel *ann_synthetic_model_new (guint64 n_rows, guint64 n_columns)
    G_GNUC_WARN_UNUSED_RESULT;

void ann_synthetic_model_set_loading (AnnSyntheticModel *self, gboolean is_loading);
const AnnTableWindow *ann_synthetic_model_get_window (AnnSyntheticModel *self);

G_END_DECLS
