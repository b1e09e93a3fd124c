/* ann-start-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-recents.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_START_PAGE (ann_start_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnStartPage, ann_start_page, ANN, START_PAGE, AdwBin)

GtkWidget *ann_start_page_new (AnnRecents *recents);

G_END_DECLS
