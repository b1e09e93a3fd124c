/* ann-write-row.h: how far a store is written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-write-task.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_WRITE_ROW (ann_write_row_get_type ())

G_DECLARE_FINAL_TYPE (AnnWriteRow, ann_write_row, ANN, WRITE_ROW, AdwBin)

GtkWidget *ann_write_row_new (AnnWriteTask *task);

AnnWriteTask *ann_write_row_get_task (AnnWriteRow *self);

G_END_DECLS
