/* ann-slice.h: some rows and columns of any element, as a grid of cells
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnCell:
 * @is_missing: there is no value; nothing else is set
 * @is_unreadable: there is none since its column is broken
 * @text: (nullable): a text of @length bytes
 * @number: where there is no text: a value of @dtype
 * @is_json: @text is JSON: the lists of an awkward array
 *
 * One cell, pointing into the slice.
 */
typedef struct {
  gboolean is_missing;
  gboolean is_unreadable;
  gboolean is_json;
  const char *text;
  gsize length;
  gconstpointer number;
  AnnDtype dtype;
} AnnCell;

/**
 * AnnSlice:
 *
 * A grid over an element: a frame's columns, a matrix' columns, a vector as one column, the
 * fields of records, the children of a mapping. Rows are loaded a batch at a time, so that any
 * number of them can be printed.
 */
typedef struct _AnnSlice AnnSlice;

AnnSlice *ann_slice_new (AnnData *data,
                         const char *path,
                         AnnElement *element,
                         const char *columns,
                         const AnnSelection *chosen,
                         guint n_shown,
                         GError **error);
void ann_slice_free (AnnSlice *self);

guint64 ann_slice_get_n_rows (AnnSlice *self);
guint64 ann_slice_get_n_columns_in_all (AnnSlice *self);
guint ann_slice_get_n_columns (AnnSlice *self);
const char *ann_slice_get_column_name (AnnSlice *self, guint column);
const char *ann_slice_get_index_name (AnnSlice *self);
gboolean ann_slice_has_row_names (AnnSlice *self);
gboolean ann_slice_is_listing (AnnSlice *self);
gboolean ann_slice_is_cut (AnnSlice *self);

AnnSelection *ann_slice_select_rows (AnnSlice *self, const char *text, GError **error);
guint64 ann_slice_get_batch_size (AnnSlice *self);
gboolean ann_slice_load (AnnSlice *self, guint64 start, guint64 count, GError **error);
void ann_slice_get_row_name (AnnSlice *self, guint64 row, AnnCell *cell);
void ann_slice_get_cell (AnnSlice *self, guint64 row, guint column, AnnCell *cell);
gboolean ann_slice_check (AnnSlice *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSlice, ann_slice_free)

G_END_DECLS
