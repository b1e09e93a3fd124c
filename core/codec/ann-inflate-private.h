/* ann-inflate-private.h: deflate (RFC 1951), for numbers that repeat themselves in short pieces
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

/* _ann_inflate:
 * @src: what was deflated, without a wrapper around it
 * @capacity: the size of @dest
 * @n_read: (out): how many bytes of @src it was
 * @n_written: (out): how many bytes it came to
 *
 * A quicker way than libdeflate's for what it is good at, such as the column numbers of a sparse
 * matrix. All else it leaves alone: that, and all that is wrong, is the library's to decode and to
 * name. The caller compares the checksum of the wrapper.
 *
 * Returns: %FALSE if it was left; what @dest holds then means nothing
 */
gboolean _ann_inflate (const guint8 *src,
                       gsize src_size,
                       guint8 *dest,
                       gsize capacity,
                       gsize *n_read,
                       gsize *n_written);
