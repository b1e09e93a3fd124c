/* ann-profile-row.h: which of the profiles for S3 one is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_PROFILE_ROW (ann_profile_row_get_type ())

G_DECLARE_FINAL_TYPE (AnnProfileRow, ann_profile_row, ANN, PROFILE_ROW, AdwComboRow)

const char *ann_profile_row_get_profile (AnnProfileRow *self);
void ann_profile_row_set_profile (AnnProfileRow *self, const char *profile);

G_END_DECLS
