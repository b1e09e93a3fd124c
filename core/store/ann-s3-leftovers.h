/* ann-s3-leftovers.h: what an export left in a bucket that was killed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the entries (AnnStoreEntry) of a prefix have names that an export gives, and not that of
 * a root, which it puts last. What lies below them is not looked at.
 */
gboolean _ann_s3_are_leftovers (GPtrArray *entries);

/* Whether an export may have put @key: documents and chunks of Zarr below the names of an AnnData
 * store, or the tables of a folder of 10x. Anything else is somebody's.
 */
gboolean _ann_s3_is_leftover (const char *key);

G_END_DECLS
