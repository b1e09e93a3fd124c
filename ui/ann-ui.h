/* ann-ui.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where templates, icons and styles lie among the resources. */
#define ANN_UI_RESOURCE_PATH "/com/example/AnnBrowser"

void ann_ui_init (void);

G_END_DECLS
