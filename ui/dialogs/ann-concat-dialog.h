/* ann-concat-dialog.h: asks which stores are to be joined, and how
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-write-task.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_CONCAT_DIALOG (ann_concat_dialog_get_type ())

G_DECLARE_FINAL_TYPE (AnnConcatDialog, ann_concat_dialog, ANN, CONCAT_DIALOG, AdwWindow)

GtkWidget *ann_concat_dialog_new (GtkWindow *parent);

void ann_concat_dialog_add (AnnConcatDialog *self, GFile *place, AnnData *data);
void ann_concat_dialog_offer (AnnConcatDialog *self, GFile *place, AnnData *data);

G_END_DECLS
