/* ann-slice-private.h: for the making of a slice and the reading of its rows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-axis-names.h"
#include "ann-slice.h"

G_BEGIN_DECLS

/**
 * AnnSliceColumn:
 * @source: which column of the matrix it is, or which element of an array in a field
 * @element: (nullable): what is read, where each column is an element of its own
 * @field: (nullable): what is read of records
 * @categories: (nullable): of a categorical: its codes are rows of this
 * @whole: (nullable): a sparse matrix' column, read once for all batches
 * @error: (nullable): why this column of a frame cannot be read; the others can
 * @block: (nullable): the rows of the batch; this is column @column of it
 */
typedef struct {
  char *name;
  guint64 source;
  AnnElement *element;
  AnnArray *field;
  AnnBlock *categories;
  AnnBlock *whole;
  GError *error;
  AnnBlock *block;
  guint64 column;
} AnnSliceColumn;

/* @has_own_columns: each column has an element or a field; else all are of one block
 * @disk_error: (nullable): why names, or a value in a listing, could not be read
 * @listing: (nullable): cells that are made and not read: the children of a mapping
 * @is_json: texts are JSON
 * @is_tree: a mapping is listed with all that lies in it
 * @is_cut: … as far as that is not too much
 * @is_remote: reading waits for a network: columns are read at the same time
 */
struct _AnnSlice {
  AnnElement *element;
  AnnAxisNames *row_axis;
  GError *disk_error;
  guint64 n_rows;
  guint64 n_columns_in_all;
  GPtrArray *columns;
  gboolean has_own_columns;
  gboolean is_json;
  gboolean is_tree;
  gboolean is_cut;
  gboolean is_remote;
  AnnBlock *listing;
  guint64 start;
  guint64 count;
  AnnStrings *row_names;
};

AnnSlice *_ann_slice_alloc (AnnElement *element);
guint _ann_slice_get_first_inner_axis (AnnSlice *self);

/* Calls @func for each column of a table; over a network for many at the same time. */
typedef void (*AnnSliceColumnFunc) (AnnSlice *self, AnnSliceColumn *column);

void _ann_slice_each_column (AnnSlice *self, AnnSliceColumnFunc func);

G_END_DECLS
