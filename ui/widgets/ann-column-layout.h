/* ann-column-layout.h: where the columns of a table begin
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AnnColumnLayout:
 *
 * Widths of columns in pixels: one width for all, and others for some. Memory and time go with
 * the number of exceptions, so a hundred million columns cost nothing.
 */
typedef struct _AnnColumnLayout AnnColumnLayout;

AnnColumnLayout *ann_column_layout_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ann_column_layout_free (AnnColumnLayout *self);

void ann_column_layout_reset (AnnColumnLayout *self, guint64 n_columns, int width);
void ann_column_layout_set_width (AnnColumnLayout *self, guint64 column, int width);

guint64 ann_column_layout_get_n_columns (const AnnColumnLayout *self);
int ann_column_layout_get_width (const AnnColumnLayout *self, guint64 column);
double ann_column_layout_get_position (const AnnColumnLayout *self, guint64 column);
double ann_column_layout_get_total (const AnnColumnLayout *self);
guint64 ann_column_layout_find (const AnnColumnLayout *self, double position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnLayout, ann_column_layout_free)

G_END_DECLS
