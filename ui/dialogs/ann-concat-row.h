/* ann-concat-row.h: a store in the list of those that are concatenated
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-concat-part.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_CONCAT_ROW (ann_concat_row_get_type ())

G_DECLARE_FINAL_TYPE (AnnConcatRow, ann_concat_row, ANN, CONCAT_ROW, AdwActionRow)

GtkWidget *ann_concat_row_new (AnnConcatPart *part) G_GNUC_WARN_UNUSED_RESULT;

AnnConcatPart *ann_concat_row_get_part (AnnConcatRow *self);

G_END_DECLS
