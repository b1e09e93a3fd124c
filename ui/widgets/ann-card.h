/* ann-card.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_CARD_WIDGET (ann_card_widget_get_type ())

G_DECLARE_FINAL_TYPE (AnnCardWidget, ann_card_widget, ANN, CARD_WIDGET, GtkButton)

GtkWidget *ann_card_widget_new (const char *icon, const char *title);

void ann_card_widget_set_detail (AnnCardWidget *self, const char *detail);
void ann_card_widget_set_path (AnnCardWidget *self, const char *path);
void ann_card_widget_add_row (AnnCardWidget *self, const char *key, const char *value);
void ann_card_widget_set_guess (AnnCardWidget *self, const char *guess);
void ann_card_widget_append (AnnCardWidget *self, GtkWidget *child);

G_END_DECLS
