/* ann-extra-rows.h: rows for what else a server wants
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_EXTRA_ROWS (ann_extra_rows_get_type ())

G_DECLARE_FINAL_TYPE (AnnExtraRows, ann_extra_rows, ANN, EXTRA_ROWS, GObject)

AnnExtraRows *ann_extra_rows_new (AdwExpanderRow *expander) G_GNUC_WARN_UNUSED_RESULT;

char *ann_extra_rows_dup_headers (AnnExtraRows *self) G_GNUC_WARN_UNUSED_RESULT;
const char *ann_extra_rows_get_ca_file (AnnExtraRows *self);
gboolean ann_extra_rows_is_empty (AnnExtraRows *self);
void ann_extra_rows_forget (AnnExtraRows *self);

G_END_DECLS
