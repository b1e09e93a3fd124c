/* ann-broken-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_BROKEN_PAGE (ann_broken_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnBrokenPage, ann_broken_page, ANN, BROKEN_PAGE, AdwBin)

GtkWidget *ann_broken_page_new (AnnElement *element);

G_END_DECLS
