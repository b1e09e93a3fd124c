/* ann-frame.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"
#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_FRAME (ann_frame_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnFrame, ann_frame, ANN, FRAME, AnnElement)

ANN_API guint ann_frame_get_n_columns (AnnFrame *self);
ANN_API const char *ann_frame_get_column_name (AnnFrame *self, guint column);
ANN_API gboolean ann_frame_find_column (AnnFrame *self, const char *name, guint *column);
ANN_API const char *ann_frame_get_index_name (AnnFrame *self);

ANN_API AnnElement *ann_frame_open_column (AnnFrame *self,
                                           guint column,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnElement *ann_frame_open_index (AnnFrame *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_frame_find_names (AnnFrame *self,
                                            const char *const *names,
                                            gsize n_names,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
