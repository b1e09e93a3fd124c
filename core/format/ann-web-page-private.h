/* ann-web-page-private.h: what servers send where a store should be
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether an object that begins with @bytes is HTML: a page to sign in, or one that says no. */
gboolean _ann_is_web_page (const guint8 *bytes, gsize n);

/* Sets %ANN_ERROR_FORMAT. @key: (nullable): the object that it came for, if not the whole store */
void _ann_set_web_page_error (GError **error, const char *key);

G_END_DECLS
