/* ann-banner.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_BANNER (ann_banner_get_type ())

G_DECLARE_FINAL_TYPE (AnnBanner, ann_banner, ANN, BANNER, AdwBin)

GtkWidget *ann_banner_new (const char *text, const char *button_label, const char *action_name)
    G_GNUC_WARN_UNUSED_RESULT;

void ann_banner_set_revealed (AnnBanner *self, gboolean is_revealed);
gboolean ann_banner_get_revealed (AnnBanner *self);
void ann_banner_set_text (AnnBanner *self, const char *text);
const char *ann_banner_get_text (AnnBanner *self);

G_END_DECLS
