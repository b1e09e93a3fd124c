/* ann-open-error-page.h: what is shown of a store that cannot be opened
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *ann_open_error_page_new (const char *name,
                                    const char *place,
                                    gboolean is_remote,
                                    const GError *error);

G_END_DECLS
