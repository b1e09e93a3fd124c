/* ann-frame-model.h: a frame as a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"

G_BEGIN_DECLS

#define ANN_TYPE_FRAME_MODEL (ann_frame_model_get_type ())

G_DECLARE_FINAL_TYPE (AnnFrameModel, ann_frame_model, ANN, FRAME_MODEL, GObject)

AnnFrameModel *ann_frame_model_new (AnnData *data, AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;

gboolean ann_frame_model_is_idle (AnnFrameModel *self);
gsize ann_frame_model_get_size (AnnFrameModel *self);
guint64 ann_frame_model_get_n_reads (AnnFrameModel *self);

G_END_DECLS
