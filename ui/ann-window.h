/* ann-window.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-document.h"
#include "models/ann-write-task.h"

G_BEGIN_DECLS

#define ANN_TYPE_WINDOW (ann_window_get_type ())

G_DECLARE_FINAL_TYPE (AnnWindow, ann_window, ANN, WINDOW, AdwApplicationWindow)

GtkWidget *ann_window_new (GtkApplication *application);

void ann_window_open (AnnWindow *self, GFile *file);
void ann_window_write (AnnWindow *self, AnnWriteTask *task);
AnnDocument *ann_window_get_document (AnnWindow *self);
guint ann_window_get_n_documents (AnnWindow *self);
gboolean ann_window_select (AnnWindow *self, GFile *file);

G_END_DECLS
