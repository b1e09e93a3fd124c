/* ann-concat-preview.h: what a concatenation will be, while it is put together
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-write-task.h"

G_BEGIN_DECLS

#define ANN_TYPE_CONCAT_PREVIEW (ann_concat_preview_get_type ())

G_DECLARE_FINAL_TYPE (AnnConcatPreview, ann_concat_preview, ANN, CONCAT_PREVIEW, GObject)

AnnConcatPreview *ann_concat_preview_new (void) G_GNUC_WARN_UNUSED_RESULT;

void ann_concat_preview_set (AnnConcatPreview *self,
                             GPtrArray *parts,
                             const AnnConcatOptions *options);
gboolean ann_concat_preview_is_busy (AnnConcatPreview *self);
const AnnConcatPlan *ann_concat_preview_get_plan (AnnConcatPreview *self);
const GError *ann_concat_preview_get_error (AnnConcatPreview *self);

AnnWriteTask *ann_concat_preview_write (AnnConcatPreview *self,
                                        const char *target,
                                        gboolean overwrite) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
