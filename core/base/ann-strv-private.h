/* ann-strv-private.h: texts in an array that ends with NULL
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): a copy of @texts, an array of char *, which is left as it is */
char **_ann_strv_new_from_array (GPtrArray *texts) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
