/* ann-extra-headers.h: headers that the user adds to requests
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The lines of @text, "NAME: VALUE" each, as "Name: value" without blanks around; empty lines do
 * not count. What would end a header, and names that requests have already, are an error, which
 * says which line, and nothing of it: it may be a secret.
 *
 * Returns: (transfer full) (nullable): strings for g_free(), none of them for a text of blanks;
 * %NULL with @error: `G_IO_ERROR_INVALID_ARGUMENT`
 */
char **_ann_extra_headers_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether one of @headers (nullable) is @name. */
gboolean _ann_extra_headers_has (const char *const *headers, const char *name);

/* Whether it is one of Amazon's own, which count only with a signature over them. */
gboolean _ann_extra_header_is_amazon (const char *header);

G_END_DECLS
