/* ann-preferences-window.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *ann_preferences_window_new (GtkWindow *parent);

G_END_DECLS
