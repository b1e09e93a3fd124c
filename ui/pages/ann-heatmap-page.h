/* ann-heatmap-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

#include "widgets/ann-heatmap-view.h"

G_BEGIN_DECLS

#define ANN_TYPE_HEATMAP_PAGE (ann_heatmap_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnHeatmapPage, ann_heatmap_page, ANN, HEATMAP_PAGE, GtkWidget)

GtkWidget *ann_heatmap_page_new (AnnData *data, AnnElement *element);

AnnHeatmapView *ann_heatmap_page_get_view (AnnHeatmapPage *self);

G_END_DECLS
