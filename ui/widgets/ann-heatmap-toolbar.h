/* ann-heatmap-toolbar.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-heatmap-tiles.h"

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_HEATMAP_TOOLBAR (ann_heatmap_toolbar_get_type ())

/* Emits "changed" when the colours are others. */
G_DECLARE_FINAL_TYPE (AnnHeatmapToolbar, ann_heatmap_toolbar, ANN, HEATMAP_TOOLBAR, GtkBox)

GtkWidget *ann_heatmap_toolbar_new (void);

const AnnHeatmapColors *ann_heatmap_toolbar_get_colors (AnnHeatmapToolbar *self);

/* To be inserted as "colors" into a widget above. */
GActionGroup *ann_heatmap_toolbar_get_actions (AnnHeatmapToolbar *self);

/* Takes @map unless the user has chosen one. */
void ann_heatmap_toolbar_suggest_map (AnnHeatmapToolbar *self, AnnColorMap map);

G_END_DECLS
