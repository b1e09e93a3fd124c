/* ann-column-source.h: where the cells of a table come from
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"

G_BEGIN_DECLS

/**
 * AnnColumnFacts:
 * @element: (nullable): what is read
 * @kind: how its values are drawn
 * @type_name: (transfer none): the type of its values
 * @decimals: of all its numbers, from a sample
 * @width_chars: how wide nine in ten of its values are at most, from a sample
 * @widest: (nullable): the longest text of the sample
 * @n_rows: how many rows it has
 * @width: how many values in each row
 * @labels: (nullable): of a categorical
 * @colors: (nullable): 0xRRGGBB for each label
 * @error: (nullable): why it cannot be read
 *
 * What is known of a column once it has been looked at. Does not change any more.
 */
typedef struct {
  AnnElement *element;
  AnnColumnKind kind;
  const char *type_name;
  guint decimals;
  guint width_chars;
  char *widest;
  guint64 n_rows;
  guint64 width;
  AnnStrings *labels;
  guint32 *colors;
  GError *error;
} AnnColumnFacts;

/**
 * AnnColumnSource:
 *
 * A column of a frame, the index of one, or a whole element: opened by the first worker that
 * reads it, since already opening may wait. Reference counted, for any thread.
 */
typedef struct _AnnColumnSource AnnColumnSource;

AnnColumnSource *ann_column_source_new_element (AnnData *data, AnnElement *element)
    G_GNUC_WARN_UNUSED_RESULT;
AnnColumnSource *ann_column_source_new_child (AnnData *data,
                                              AnnElement *parent,
                                              const char *name,
                                              guint column) G_GNUC_WARN_UNUSED_RESULT;
AnnColumnSource *ann_column_source_new_index (AnnFrame *frame) G_GNUC_WARN_UNUSED_RESULT;
AnnColumnSource *ann_column_source_new_index_at (AnnData *data,
                                                 const char *frame_path,
                                                 guint64 n_rows) G_GNUC_WARN_UNUSED_RESULT;
AnnColumnSource *ann_column_source_ref (AnnColumnSource *self);
void ann_column_source_unref (AnnColumnSource *self);

const AnnColumnFacts *ann_column_source_get_facts (AnnColumnSource *self);
const AnnColumnFacts *ann_column_source_prepare (AnnColumnSource *self,
                                                 GCancellable *cancellable,
                                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnSource, ann_column_source_unref)

/**
 * AnnLoadedRows:
 *
 * Some rows of a source, in the order in which they were asked for. Made by a worker, belongs to
 * the main thread afterwards. The rows of sparse blocks are sorted.
 */
typedef struct _AnnLoadedRows AnnLoadedRows;

AnnLoadedRows *ann_column_source_read (AnnColumnSource *self,
                                       const guint64 *rows,
                                       guint64 start,
                                       gsize n_rows,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnLoadedRows *ann_column_source_read_turned (AnnColumnSource *self,
                                              guint64 first_column,
                                              guint64 n_columns,
                                              GCancellable *cancellable,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ann_column_source_add_to_sorter (AnnColumnSource *self,
                                          guint64 column,
                                          guint64 n_rows,
                                          AnnTableSorter *sorter,
                                          AnnProgress *progress,
                                          GCancellable *cancellable,
                                          GError **error);
void ann_loaded_rows_free (AnnLoadedRows *self);

gsize ann_loaded_rows_get_n_rows (const AnnLoadedRows *self);
gsize ann_loaded_rows_get_size (const AnnLoadedRows *self);
void ann_loaded_rows_get_cell (const AnnLoadedRows *self,
                               const AnnColumnFacts *facts,
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
