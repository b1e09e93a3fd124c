/* ann-table-order.h: the rows of a table in another order, or some of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

typedef enum {
  ANN_SORT_NONE,
  ANN_SORT_ASCENDING,
  ANN_SORT_DESCENDING,
} AnnSortDirection;

/**
 * AnnTableOrder:
 *
 * Which stored row stands where: all of them sorted by a column, or those that a filter leaves,
 * sorted or not. Reference counted and immutable, so that workers may look at it while the table
 * already shows another one. 4 bytes a row below 2³² rows, else 8; a filter alone takes what its
 * selection takes.
 */
typedef struct _AnnTableOrder AnnTableOrder;

AnnTableOrder *ann_table_order_ref (AnnTableOrder *self);
void ann_table_order_unref (AnnTableOrder *self);

AnnTableOrder *ann_table_order_new_filtered (AnnTableOrder *sorting,
                                             AnnSelection *filter,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnTableOrder *ann_table_order_get_sorting (AnnTableOrder *self);
AnnSelection *ann_table_order_get_filter (const AnnTableOrder *self);

guint64 ann_table_order_get_n_rows (const AnnTableOrder *self);
guint64 ann_table_order_get_column (const AnnTableOrder *self);
AnnSortDirection ann_table_order_get_direction (const AnnTableOrder *self);
guint64 ann_table_order_get (const AnnTableOrder *self, guint64 row);
guint64 ann_table_order_find (const AnnTableOrder *self, guint64 stored_row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTableOrder, ann_table_order_unref)

/**
 * AnnTableSorter:
 *
 * Takes the values of one column block by block and makes the order of them. Stable in both
 * directions, missing values last in both. Numbers by value, booleans false first, categories by
 * code (their own order), texts by their bytes, which for UTF-8 is the order of code points.
 * Belongs to one thread.
 */
typedef struct _AnnTableSorter AnnTableSorter;

AnnTableSorter *ann_table_sorter_new (guint64 n_rows,
                                      guint64 column,
                                      AnnSortDirection direction,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ann_table_sorter_free (AnnTableSorter *self);

gboolean ann_table_sorter_add_block (AnnTableSorter *self,
                                     AnnBlock *block,
                                     guint64 column,
                                     GError **error);
void ann_table_sorter_add_codes (AnnTableSorter *self, AnnBlock *block);
void ann_table_sorter_add_number (AnnTableSorter *self, double value);
AnnTableOrder *ann_table_sorter_finish (AnnTableSorter *self,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTableSorter, ann_table_sorter_free)

G_END_DECLS
