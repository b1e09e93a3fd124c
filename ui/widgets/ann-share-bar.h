/* ann-share-bar.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_SHARE_BAR (ann_share_bar_get_type ())

G_DECLARE_FINAL_TYPE (AnnShareBar, ann_share_bar, ANN, SHARE_BAR, GtkWidget)

GtkWidget *ann_share_bar_new (int height);
void ann_share_bar_set_shares (AnnShareBar *self, GArray *shares, GArray *colors);

G_END_DECLS
