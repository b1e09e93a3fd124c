/* ann-address-popover.h: addresses that were open lately, below the entry in which one is typed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-recents.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_ADDRESS_POPOVER (ann_address_popover_get_type ())

G_DECLARE_FINAL_TYPE (AnnAddressPopover, ann_address_popover, ANN, ADDRESS_POPOVER, GtkPopover)

GtkWidget *ann_address_popover_new (GtkWidget *entry, AnnRecents *recents);

void ann_address_popover_close (AnnAddressPopover *self);
guint ann_address_popover_get_n_rows (AnnAddressPopover *self);

G_END_DECLS
