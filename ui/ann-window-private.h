/* ann-window-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-window.h"

G_BEGIN_DECLS

struct _AnnWindow {
  AdwApplicationWindow parent_instance;

  GtkWidget *title;
  GtkWidget *sidebar_button;
  GtkWidget *inspector_button;
  GtkWidget *open_button;
  GtkWidget *back_button;
  GtkWidget *forward_button;
  GtkWidget *stack;
  GtkWidget *content;
  GtkWidget *toasts;
  GtkWidget *writes; /* rows of stores that are written */
  AdwTabView *tab_view;

  GSignalGroup *document_signals; /* of the document that is shown */
  GtkFileChooserNative *chooser;
};

/* ann-window.c */
AnnDocument *_ann_window_page_get_document (AdwTabPage *page);

/* ann-window-open.c: stores that are chosen, typed, dropped, or were open before */
void _ann_window_init_opening (AnnWindow *self);

/* ann-window-actions.c: what is done with the store that is shown, from menus and keys */
void _ann_window_init_actions (AnnWindow *self);
void _ann_window_class_init_actions (GtkWidgetClass *widget_class);

G_END_DECLS
