/* ann-stack-private.h: for the files that stack elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element-private.h"
#include "view/ann-stack.h"

G_BEGIN_DECLS

/**
 * AnnStack:
 * @path: of the whole
 * @axis: of stacking
 * @parts: with references of their own
 * @starts: (array): where each part begins on the axis of stacking; one more for the end
 * @n_rows: of the result
 * @n_columns: likewise, on its second axis
 * @inner: values in each cell of these two: the product of all further axes
 * @dtype: of the result
 * @index_dtype: of a sparse one
 * @fill: what stands where no part has anything
 * @by_columns: of a sparse one: it is written by columns, as what it was made of is stored
 *
 * How matrices lie behind each other. Owned by one element, and not changed.
 */
typedef struct {
  char *path;
  guint axis;
  AnnStackPart *parts;
  gsize n_parts;
  guint64 *starts;
  guint64 n_rows;
  guint64 n_columns;
  guint64 inner;
  AnnDtype dtype;
  AnnDtype index_dtype;
  double fill;
  gboolean by_columns;
} AnnStack;

void _ann_stack_clear (AnnStack *self);

/* What of one axis of a request falls on one part. */
typedef struct {
  AnnSelection *positions; /* in the part; NULL: nothing */
  guint64 *places;         /* where each of them comes in the result; NULL: from start on */
  guint64 start;
} AnnRoute;

/* Distributes a selection of the axis of stacking: one route for each part. */
AnnRoute *_ann_stack_route (const guint64 *starts,
                            gsize n_parts,
                            const AnnSelection *selection,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_routes_free (AnnRoute *routes, gsize n);

/* What of a selection of the other axis is in a part. */
gboolean _ann_route_reindexed (AnnRoute *self,
                               const AnnReindex *reindex,
                               AnnSelection *selection,
                               GError **error);
void _ann_route_clear (AnnRoute *self);

/**
 * AnnPiece:
 * @rows: what is to be read of the part, and where its rows come
 * @columns: (nullable): likewise; %NULL: all of them
 * @column_start: place of the first column of the part's block …
 * @column_table: (nullable): … or that of each of them, −1 for those that are dropped
 * @gap_rows: (nullable): rows and columns of the result that this part leaves to the fill: places,
 * …
 * @n_gap_rows: … how many, …
 * @gap_columns: (nullable)
 * @n_gap_columns: … each row with each column
 * @block: what was read
 *
 * What one part gives to a request.
 */
typedef struct {
  AnnRoute rows;
  AnnSelection *columns;
  guint64 column_start;
  gint32 *column_table;
  gboolean owns_table;
  guint64 *gap_rows;
  guint64 n_gap_rows;
  guint64 *gap_columns;
  guint64 n_gap_columns;
  AnnBlock *block;
} AnnPiece;

/* Reads what a request needs of each part, and says where it comes. @columns: (nullable): all. An
 * array of #AnnPiece, of the parts that have something to give, gaps included.
 */
GArray *_ann_stack_read_pieces (const AnnStack *self,
                                AnnSelection *rows,
                                AnnSelection *columns,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The entries of all pieces as @count rows; their blocks are used up. @index_dtype: int32 or int64
 */
AnnBlock *_ann_stack_gather_entries (const AnnStack *self,
                                     GArray *pieces,
                                     guint64 count,
                                     guint64 width,
                                     AnnDtype index_dtype,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes what is in @stack. */
AnnElement *_ann_stack_dense_new (AnnStack *stack, guint rank, const guint64 *shape);
AnnElement *_ann_stack_sparse_new (AnnStack *stack);

/* How @element is stacked; %NULL if it is not such a matrix. */
const AnnStack *_ann_stack_dense_get (AnnElement *element);
const AnnStack *_ann_stack_sparse_get (AnnElement *element);

/* What all parts call their time; %NULL if they do not agree, or have none. */
const char *_ann_stack_find_time_type (const AnnStackPart *parts, gsize n_parts);

/* As _ann_element_reindex (), of an awkward array. */
AnnElement *_ann_awkward_reindex (const char *path,
                                  AnnElement *element,
                                  const AnnReindex *rows,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As _ann_element_get_unavailable (), of a vector that is stacked or anything else. */
const GError *_ann_stack_vector_get_unavailable (AnnElement *element);

/* As _ann_element_mark_unavailable (), likewise. */
gboolean _ann_stack_vector_mark_unavailable (AnnElement *element, guint8 *rows);

/* … of one part, whose first row is that at @rows. @element: (nullable) */
gboolean _ann_stack_mark_part (AnnElement *element,
                               const GError *unavailable,
                               guint64 length,
                               guint8 *rows);

G_END_DECLS
