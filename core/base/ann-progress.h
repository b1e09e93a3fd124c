/* ann-progress.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnProgress:
 *
 * How far a long job has come. Written by any thread without a lock, read by whoever
 * shows it, at its own pace: there is no signal, so a million steps cost no redraw.
 */
typedef struct _AnnProgress AnnProgress;

#define ANN_TYPE_PROGRESS (ann_progress_get_type ())

ANN_API GType ann_progress_get_type (void) G_GNUC_CONST;
ANN_API AnnProgress *ann_progress_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnProgress *ann_progress_ref (AnnProgress *self);
ANN_API void ann_progress_unref (AnnProgress *self);

ANN_API void ann_progress_add_total (AnnProgress *self, guint64 n);
ANN_API void ann_progress_add_done (AnnProgress *self, guint64 n);
ANN_API guint64 ann_progress_get_total (AnnProgress *self);
ANN_API guint64 ann_progress_get_done (AnnProgress *self);
ANN_API double ann_progress_get_fraction (AnnProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnProgress, ann_progress_unref)

G_END_DECLS
