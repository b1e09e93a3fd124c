/* ann-list-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-tree-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_LIST_PAGE (ann_list_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnListPage, ann_list_page, ANN, LIST_PAGE, AdwBin)

GtkWidget *ann_list_page_new (AnnData *data, AnnTreeItem *item) G_GNUC_WARN_UNUSED_RESULT;

GtkWidget *ann_list_page_get_list (AnnListPage *self);

G_END_DECLS
