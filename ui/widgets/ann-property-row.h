/* ann-property-row.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_PROPERTY_ROW (ann_property_row_get_type ())

G_DECLARE_FINAL_TYPE (AnnPropertyRow, ann_property_row, ANN, PROPERTY_ROW, AdwPreferencesRow)

GtkWidget *ann_property_row_new (const char *key, const char *value);
GtkWidget *ann_property_row_new_path (const char *key, const char *path);

void ann_property_row_set_value (AnnPropertyRow *self, const char *value);
const char *ann_property_row_get_value (AnnPropertyRow *self);

G_END_DECLS
