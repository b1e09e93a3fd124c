/* ann-heatmap.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"
#include "render/ann-tile-queue.h"
#include "render/ann-value-scale.h"

G_BEGIN_DECLS

#define ANN_TYPE_HEATMAP (ann_heatmap_get_type ())

/**
 * AnnHeatmap:
 *
 * A matrix element as a picture source: says which numbers its tiles have. Immutable, so that
 * workers use it without a lock; another order of rows is another heatmap.
 */
ANN_API
G_DECLARE_FINAL_TYPE (AnnHeatmap, ann_heatmap, ANN, HEATMAP, GObject)

ANN_API AnnHeatmap *ann_heatmap_new (AnnElement *matrix, GError **error) G_GNUC_WARN_UNUSED_RESULT;

ANN_API AnnElement *ann_heatmap_get_matrix (AnnHeatmap *self);
ANN_API guint64 ann_heatmap_get_n_rows (AnnHeatmap *self);
ANN_API guint64 ann_heatmap_get_n_columns (AnnHeatmap *self);
ANN_API gboolean ann_heatmap_is_far (AnnHeatmap *self);

ANN_API gboolean ann_heatmap_render (AnnHeatmap *self,
                                     const AnnTileKey *keys,
                                     gsize n_keys,
                                     AnnTile **tiles,
                                     GCancellable *cancellable,
                                     GError **error);
ANN_API gboolean ann_heatmap_same_group (AnnHeatmap *self,
                                         const AnnTileKey *a,
                                         const AnnTileKey *b);
ANN_API gboolean ann_heatmap_needs_coarse (AnnHeatmap *self, const AnnTileKey *keys, gsize n_keys);
ANN_API AnnTileQueue *ann_heatmap_new_queue (AnnHeatmap *self,
                                             guint n_threads,
                                             AnnTileReadyFunc ready,
                                             gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

ANN_API AnnValueSample *ann_heatmap_sample_values (AnnHeatmap *self,
                                                   GCancellable *cancellable,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_heatmap_read_value (AnnHeatmap *self,
                                         guint64 row,
                                         guint64 column,
                                         double *value,
                                         GCancellable *cancellable,
                                         GError **error);

G_END_DECLS
