/* ann-color-bar.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_COLOR_BAR (ann_color_bar_get_type ())

G_DECLARE_FINAL_TYPE (AnnColorBar, ann_color_bar, ANN, COLOR_BAR, GtkWidget)

GtkWidget *ann_color_bar_new (void);

void ann_color_bar_set_scale (AnnColorBar *self, const AnnValueScale *scale, AnnColorMap map);
void ann_color_bar_set_clipped (AnnColorBar *self, double share_below, double share_above);

G_END_DECLS
