/* ann-disk-cache.h: parts of remote objects, kept on disk
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes are kept below `$XDG_CACHE_HOME/annbrowser`; 0, as it is unless the environment's
 * `ANN_CACHE_SIZE` (such as `2G`) says otherwise: nothing is kept or looked up. Any thread.
 */
ANN_API void ann_disk_cache_set_limit (guint64 n_bytes);
ANN_API guint64 ann_disk_cache_get_limit (void);

G_END_DECLS
