/* ann-chooser.h: dialogs that choose files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ann_chooser_add_store_filters (GtkFileChooser *chooser);

G_END_DECLS
