/* ann-select.h: rows or columns by number, as they are asked for on the command line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* @text: `A:B`, `7`, `-5:`, with steps and lists `::2,7,-1`, or `@FILE` with an index a line
 * @what: "row" or "column", for messages
 *
 * Returns: (transfer full): a selection, or %NULL with @error set: `ANN_ERROR_FORMAT` if it is none
 *   of these, a name perhaps
 */
AnnSelection *ann_select_parse (const char *text,
                                guint64 axis_length,
                                const char *what,
                                GError **error);

/* The lines of a list of rows or columns, not too long a one.
 *
 * Returns: (transfer full): its text, or %NULL with @error set
 */
char *ann_select_read_list (const char *path, GError **error);

G_END_DECLS
