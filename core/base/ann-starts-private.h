/* ann-starts-private.h: rows of parts that lie one behind the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of @n parts, at least one, has the row @position: the last one that begins at or before it,
 * and is not empty if that row exists. @starts: where each begins, and one more, where the last one
 * ends.
 */
gsize _ann_starts_find (const guint64 *starts, gsize n, guint64 position);

G_END_DECLS
