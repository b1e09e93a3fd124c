/* ann-chunk-room-private.h: memory for the next chunk that is kept
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"

G_BEGIN_DECLS

/* The pages of what is kept take time, and of a row the thread that decodes its column numbers is
 * the last to be done. Who is done while others still work readies memory for them, or for those
 * who read next: one vector in all.
 */

/* Unless there is some: readies what the chunk of @array takes that was kept last. */
void _ann_chunk_room_ready (guint64 array);

/* Returns: (transfer full) (nullable): what is ready, if it is such a vector; with anything in it
 */
AnnBuffer *_ann_chunk_room_take (AnnDtype dtype, guint64 n) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
