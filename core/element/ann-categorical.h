/* ann-categorical.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_CATEGORICAL (ann_categorical_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnCategorical, ann_categorical, ANN, CATEGORICAL, AnnElement)

ANN_API guint64 ann_categorical_get_n_categories (AnnCategorical *self);
ANN_API gboolean ann_categorical_get_ordered (AnnCategorical *self);
ANN_API AnnElement *ann_categorical_get_categories (AnnCategorical *self);
ANN_API AnnStrings *ann_categorical_read_labels (AnnCategorical *self,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
