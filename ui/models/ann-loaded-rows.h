/* ann-loaded-rows.h: values of a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-column-facts.h"

G_BEGIN_DECLS

/**
 * AnnLoadedRows:
 *
 * Some rows of a source, in the order in which they were asked for. Made by a worker, belongs to
 * the main thread afterwards. The rows of sparse blocks are sorted.
 */
typedef struct _AnnLoadedRows AnnLoadedRows;

AnnLoadedRows *ann_loaded_rows_read (AnnElement *element,
                                     const guint64 *rows,
                                     guint64 start,
                                     gsize n_rows,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnLoadedRows *ann_loaded_rows_read_columns (AnnElement *element,
                                             guint64 first_column,
                                             guint64 n_columns,
                                             GCancellable *cancellable,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ann_loaded_rows_free (AnnLoadedRows *self);

AnnBlock *ann_loaded_rows_get_block (const AnnLoadedRows *self);
gsize ann_loaded_rows_get_n_rows (const AnnLoadedRows *self);
gsize ann_loaded_rows_get_size (const AnnLoadedRows *self);
void ann_loaded_rows_get_cell (const AnnLoadedRows *self,
                               const AnnColumnFacts *facts,
                               const guint32 *colors,
                               gsize row,
                               guint64 column,
                               AnnTableCell *cell,
                               GString *text);
AnnCellState ann_loaded_rows_append_plain (const AnnLoadedRows *self,
                                           const AnnColumnFacts *facts,
                                           gsize row,
                                           guint64 column,
                                           GString *text);
gboolean ann_loaded_rows_get_double (const AnnLoadedRows *self,
                                     gsize row,
                                     guint64 column,
                                     double *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnLoadedRows, ann_loaded_rows_free)

G_END_DECLS
