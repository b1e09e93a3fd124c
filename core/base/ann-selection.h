/* ann-selection.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnSelection:
 *
 * Positions on one axis, in the order in which they are wanted; any of them more than once.
 * Reference counted, and not changed once it is made.
 *
 * Each position lies within the axis: whoever reads by a selection need not look. A range takes
 * no memory, whatever its length; a list takes 4 or 8 bytes a position.
 */
typedef struct _AnnSelection AnnSelection;

#define ANN_TYPE_SELECTION (ann_selection_get_type ())

ANN_API GType ann_selection_get_type (void) G_GNUC_CONST;
ANN_API AnnSelection *ann_selection_new_all (guint64 axis_length) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_new_range (guint64 start,
                                               guint64 count,
                                               gint64 step,
                                               guint64 axis_length,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_new_slice (const gint64 *start,
                                               const gint64 *stop,
                                               const gint64 *step,
                                               guint64 axis_length,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_new_from_indices (const gint64 *indices,
                                                      gsize n_indices,
                                                      guint64 axis_length,
                                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_new_from_mask (const guint8 *mask,
                                                   gsize n_mask,
                                                   guint64 axis_length,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_new_sample (guint64 n,
                                                gboolean replace,
                                                guint64 seed,
                                                guint64 axis_length,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_parse (const char *text, guint64 axis_length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_selection_ref (AnnSelection *self);
ANN_API void ann_selection_unref (AnnSelection *self);

ANN_API guint64 ann_selection_get_length (const AnnSelection *self);
ANN_API guint64 ann_selection_get_axis_length (const AnnSelection *self);
ANN_API guint64 ann_selection_get_position (const AnnSelection *self, guint64 index);
ANN_API gboolean ann_selection_is_all (const AnnSelection *self);
ANN_API gboolean ann_selection_is_range (const AnnSelection *self, guint64 *start, gint64 *step);
ANN_API gboolean ann_selection_is_rising (const AnnSelection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSelection, ann_selection_unref)

G_END_DECLS
