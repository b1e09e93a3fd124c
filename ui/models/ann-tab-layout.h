/* ann-tab-layout.h: how a tab is divided
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AnnTabLayout:
 *
 * What of a tab is shown beside the page, and how wide. It stays when a store is opened anew.
 */
#define ANN_TYPE_TAB_LAYOUT (ann_tab_layout_get_type ())

G_DECLARE_FINAL_TYPE (AnnTabLayout, ann_tab_layout, ANN, TAB_LAYOUT, GObject)

AnnTabLayout *ann_tab_layout_new (void) G_GNUC_WARN_UNUSED_RESULT;

gboolean ann_tab_layout_get_shows_sidebar (AnnTabLayout *self);
void ann_tab_layout_set_shows_sidebar (AnnTabLayout *self, gboolean shows);
int ann_tab_layout_get_sidebar_width (AnnTabLayout *self);
void ann_tab_layout_set_sidebar_width (AnnTabLayout *self, int width);
gboolean ann_tab_layout_get_shows_inspector (AnnTabLayout *self);
void ann_tab_layout_set_shows_inspector (AnnTabLayout *self, gboolean shows);

G_END_DECLS
