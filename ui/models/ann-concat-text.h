/* ann-concat-text.h: a concatenation in other languages
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-concat-part.h"

G_BEGIN_DECLS

char *ann_concat_text_command (GPtrArray *parts,
                               const AnnConcatOptions *options,
                               const char *target) G_GNUC_WARN_UNUSED_RESULT;
char *ann_concat_text_python (GPtrArray *parts, const AnnConcatOptions *options, const char *target)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
