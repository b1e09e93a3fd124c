/* ann-dim-label.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a value beside it is called. @text: (nullable). (transfer floating) */
GtkWidget *ann_dim_label_new (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
