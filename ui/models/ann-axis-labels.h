/* ann-axis-labels.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_AXIS_LABELS (ann_axis_labels_get_type ())

G_DECLARE_FINAL_TYPE (AnnAxisLabels, ann_axis_labels, ANN, AXIS_LABELS, GObject)

AnnAxisLabels *ann_axis_labels_new (AnnData *data, AnnElement *element, guint axis);

char *ann_axis_labels_find_frame (const char *path, guint axis) G_GNUC_WARN_UNUSED_RESULT;

void ann_axis_labels_retry (AnnAxisLabels *self);
gboolean ann_axis_labels_is_idle (AnnAxisLabels *self);
const char *ann_axis_labels_get_noun (AnnAxisLabels *self);
char *ann_axis_labels_dup (AnnAxisLabels *self, guint64 index) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
