/* ann-range.h: A:B, as Python means it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* Half-open: @start up to, but not with, @end. */
typedef struct {
  guint64 start;
  guint64 end;
} AnnRange;

gboolean ann_range_looks_like_one (const char *text);
gboolean ann_range_parse (AnnRange *range,
                          const char *text,
                          guint64 length,
                          const char *what,
                          GError **error);

G_END_DECLS
