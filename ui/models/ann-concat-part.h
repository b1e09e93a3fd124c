/* ann-concat-part.h: a store that is to be concatenated with others
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define ANN_TYPE_CONCAT_PART (ann_concat_part_get_type ())

G_DECLARE_FINAL_TYPE (AnnConcatPart, ann_concat_part, ANN, CONCAT_PART, GObject)

AnnConcatPart *ann_concat_part_new (GFile *place, AnnData *data) G_GNUC_WARN_UNUSED_RESULT;

GFile *ann_concat_part_get_place (AnnConcatPart *self);
const char *ann_concat_part_get_address (AnnConcatPart *self);
const char *ann_concat_part_get_name (AnnConcatPart *self);
AnnData *ann_concat_part_get_data (AnnConcatPart *self);
const GError *ann_concat_part_get_error (AnnConcatPart *self);

void ann_concat_part_set_key (AnnConcatPart *self, const char *key);
const char *ann_concat_part_get_key (AnnConcatPart *self);

G_END_DECLS
