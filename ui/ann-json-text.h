/* ann-json-text.h: JSON as people read it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *ann_json_text_indent (const char *text, gsize max_length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
