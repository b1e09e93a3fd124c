/* ann-axis-names.h: the names along an axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnAxisNames:
 *
 * The names of rows or columns: a frame's index, whatever its type, as texts.
 */
typedef struct _AnnAxisNames AnnAxisNames;

AnnAxisNames *ann_axis_names_new_for_frame (AnnFrame *frame, GError **error);
AnnAxisNames *ann_axis_names_new_for_path (AnnData *data,
                                           const char *path,
                                           guint axis,
                                           GError **error);
const char *ann_axis_names_find_frame (const char *path, guint axis);
void ann_axis_names_free (AnnAxisNames *self);

const char *ann_axis_names_get_title (AnnAxisNames *self);
guint64 ann_axis_names_get_length (AnnAxisNames *self);
AnnStrings *ann_axis_names_read (AnnAxisNames *self, guint64 start, guint64 count, GError **error);
gboolean ann_axis_names_find (AnnAxisNames *self, GHashTable *positions, GError **error);
AnnSelection *ann_axis_names_select (AnnAxisNames *self, const char *names, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAxisNames, ann_axis_names_free)

G_END_DECLS
