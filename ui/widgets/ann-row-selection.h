/* ann-row-selection.h: which rows are selected
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* Rows @first to @end - 1. */
typedef struct {
  guint64 first;
  guint64 end;
} AnnRowRange;

/**
 * AnnRowSelection:
 *
 * A set of rows by their stored numbers, as sorted ranges that do not touch: 16 bytes for all
 * rows of an atlas, or for one. Belongs to one thread; copy it for another.
 */
typedef struct _AnnRowSelection AnnRowSelection;

AnnRowSelection *ann_row_selection_new (void) G_GNUC_WARN_UNUSED_RESULT;
AnnRowSelection *ann_row_selection_copy (const AnnRowSelection *self) G_GNUC_WARN_UNUSED_RESULT;
void ann_row_selection_free (AnnRowSelection *self);

void ann_row_selection_clear (AnnRowSelection *self);
void ann_row_selection_add (AnnRowSelection *self, guint64 first, guint64 end);
void ann_row_selection_add_all (AnnRowSelection *self, const AnnRowSelection *other);
void ann_row_selection_keep (AnnRowSelection *self, const AnnRowSelection *other);
void ann_row_selection_remove (AnnRowSelection *self, guint64 first, guint64 end);
void ann_row_selection_toggle (AnnRowSelection *self, guint64 row);
void ann_row_selection_invert (AnnRowSelection *self, guint64 n_rows);
void ann_row_selection_take_rows (AnnRowSelection *self, guint64 *rows, gsize n_rows);

gboolean ann_row_selection_contains (const AnnRowSelection *self, guint64 row);
guint64 ann_row_selection_get_n_rows (const AnnRowSelection *self);
const AnnRowRange *ann_row_selection_get_ranges (const AnnRowSelection *self, gsize *n_ranges);
AnnSelection *ann_row_selection_to_positions (const AnnRowSelection *self,
                                              guint64 n_rows,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ann_row_selection_set_too_large_error (guint64 n_rows, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnRowSelection, ann_row_selection_free)

G_END_DECLS
