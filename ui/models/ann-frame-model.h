/* ann-frame-model.h: a frame as a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-loaded-model.h"

G_BEGIN_DECLS

#define ANN_TYPE_FRAME_MODEL (ann_frame_model_get_type ())

G_DECLARE_FINAL_TYPE (AnnFrameModel, ann_frame_model, ANN, FRAME_MODEL, AnnLoadedModel)

AnnFrameModel *ann_frame_model_new (AnnData *data, AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
