/* ann-location-dialog.h: asks for an address and who we are there
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-recents.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_LOCATION_DIALOG (ann_location_dialog_get_type ())

G_DECLARE_FINAL_TYPE (AnnLocationDialog, ann_location_dialog, ANN, LOCATION_DIALOG, AdwWindow)

GtkWidget *ann_location_dialog_new (GtkWindow *parent, AnnRecents *recents);

GtkWidget *ann_location_dialog_new_target (GtkWindow *parent,
                                           const char *title,
                                           const char *accept,
                                           const char *const *suffixes,
                                           const char *proposal);
gboolean ann_location_dialog_get_replaces (AnnLocationDialog *self);

void ann_location_dialog_set_place (AnnLocationDialog *self, GFile *place);

G_END_DECLS
