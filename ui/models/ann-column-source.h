/* ann-column-source.h: where the cells of a table come from
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-loaded-rows.h"

G_BEGIN_DECLS

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

void ann_column_source_set_colors_later (AnnColumnSource *self);
const guint32 *ann_column_source_get_colors (AnnColumnSource *self);
gboolean ann_column_source_read_colors (AnnColumnSource *self,
                                        GCancellable *cancellable,
                                        GError **error);

AnnElement *ann_column_source_open (AnnColumnSource *self,
                                    guint64 column,
                                    guint32 **colors,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnSource, ann_column_source_unref)

G_END_DECLS
