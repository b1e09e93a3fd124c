/* ann-export-dialog.h: what of a store is to be written, and how
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-export-request.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_EXPORT_DIALOG (ann_export_dialog_get_type ())

G_DECLARE_FINAL_TYPE (AnnExportDialog, ann_export_dialog, ANN, EXPORT_DIALOG, AdwWindow)

GtkWidget *ann_export_dialog_new (GtkWindow *parent, const AnnExportRequest *request);

const AnnExportDraft *ann_export_dialog_get_draft (AnnExportDialog *self);

G_END_DECLS
