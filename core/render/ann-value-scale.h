/* ann-value-scale.h: from values to positions on a colour bar
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnTransform:
 * @ANN_TRANSFORM_LINEAR: as stored
 * @ANN_TRANSFORM_LOG1P: log (1 + x); of a negative value, −log (1 − x): symmetric around zero
 *
 * Applied to a value (to the mean, where a pixel covers several) before it becomes a colour.
 */
typedef enum {
  ANN_TRANSFORM_LINEAR,
  ANN_TRANSFORM_LOG1P,
} AnnTransform;

/**
 * AnnValueScale:
 * @transform: applied first
 * @low: the value, before the transform, of the lower end of the colour bar
 * @high: the value of the upper end
 */
typedef struct {
  AnnTransform transform;
  double low;
  double high;
} AnnValueScale;

/**
 * AnnValueSample:
 *
 * Values drawn from a bounded part of a matrix, for choosing a range of colours and for a guess at
 * what the values are. Reference counted, immutable.
 */
typedef struct _AnnValueSample AnnValueSample;

#define ANN_TYPE_VALUE_SAMPLE (ann_value_sample_get_type ())

ANN_API double ann_value_scale_get_position (const AnnValueScale *scale, double value);
ANN_API double ann_value_scale_get_value (const AnnValueScale *scale, double position);

ANN_API GType ann_value_sample_get_type (void) G_GNUC_CONST;
ANN_API AnnValueSample *ann_value_sample_new (GArray *non_zeros,
                                              guint64 n_zeros,
                                              guint64 n_missing,
                                              guint64 n_rows) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnValueSample *ann_value_sample_ref (AnnValueSample *self);
ANN_API void ann_value_sample_unref (AnnValueSample *self);
ANN_API guint64 ann_value_sample_get_n_values (AnnValueSample *self);
ANN_API guint64 ann_value_sample_get_n_missing (AnnValueSample *self);
ANN_API guint64 ann_value_sample_get_n_rows (AnnValueSample *self);
ANN_API double ann_value_sample_get_non_zero_share (AnnValueSample *self);
ANN_API gboolean ann_value_sample_is_integer (AnnValueSample *self);
ANN_API double ann_value_sample_get_minimum (AnnValueSample *self);
ANN_API double ann_value_sample_get_maximum (AnnValueSample *self);
ANN_API double ann_value_sample_get_percentile (AnnValueSample *self, double percent);
ANN_API void ann_value_sample_get_clipped (AnnValueSample *self,
                                           double low,
                                           double high,
                                           double *below,
                                           double *above);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnValueSample, ann_value_sample_unref)

G_END_DECLS
