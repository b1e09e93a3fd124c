/* ann-same-place.h: whether two addresses lead to the same place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Both are addresses as ann_location_parse () takes them, or paths within a store, of which what is
 * to be written need not be there yet. Links, hard links of a file, `file://`, slashes at the end
 * and other spellings do not count. What is no address is nowhere. Touches the disk, and no
 * network: a bucket that is reached by two endpoints, or by HTTP too, is not found out. Any thread.
 */
gboolean _ann_is_same_place (const char *a, const char *b);

/* Whether @inner is @outer, or something in it. */
gboolean _ann_lies_within (const char *inner, const char *outer);

G_END_DECLS
