/* ann-axis.h: the names along an axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnAxis:
 *
 * The names of rows or columns: a frame's index, whatever its type, as texts.
 */
typedef struct _AnnAxis AnnAxis;

AnnAxis *ann_axis_new_for_frame (AnnFrame *frame, GError **error);
AnnAxis *ann_axis_new_for_path (AnnData *data, const char *path, guint axis, GError **error);
void ann_axis_free (AnnAxis *self);

const char *ann_axis_get_title (AnnAxis *self);
guint64 ann_axis_get_length (AnnAxis *self);
AnnStrings *ann_axis_read_names (AnnAxis *self, guint64 start, guint64 count, GError **error);
gboolean ann_axis_find (AnnAxis *self, GHashTable *positions, GError **error);
AnnSelection *ann_axis_find_names (AnnAxis *self, const char *names, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAxis, ann_axis_free)

G_END_DECLS
