/* ann-value-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_VALUE_PAGE (ann_value_page_get_type ())

G_DECLARE_FINAL_TYPE (AnnValuePage, ann_value_page, ANN, VALUE_PAGE, AdwBin)

GtkWidget *ann_value_page_new (AnnElement *element);

G_END_DECLS
