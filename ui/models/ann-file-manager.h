/* ann-file-manager.h: the program that shows files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ann_file_manager_show (GFile *file, GtkWidget *widget);

G_END_DECLS
