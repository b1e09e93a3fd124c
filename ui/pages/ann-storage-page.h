/* ann-storage-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_STORAGE_PAGE (ann_storage_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnStoragePage, ann_storage_page, ANN, STORAGE_PAGE, AdwBin)

GtkWidget *ann_storage_page_new (AnnData *data, AnnElement *element);

G_END_DECLS
