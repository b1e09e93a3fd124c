/* ann-overview-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_OVERVIEW_PAGE (ann_overview_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnOverviewPage, ann_overview_page, ANN, OVERVIEW_PAGE, AdwBin)

GtkWidget *ann_overview_page_new (AnnData *data, const char *place);
gboolean ann_overview_page_is_complete (AnnOverviewPage *self);

G_END_DECLS
