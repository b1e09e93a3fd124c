/* ann-zarr-shard-index.h: where the chunks of a shard lie in it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-codecs.h"

G_BEGIN_DECLS

/* Bytes of a stored index. */
gsize _ann_zarr_shard_index_get_size (const AnnZarrShardLayout *layout);

/* Reads a stored index of that size into @places, which has room for an offset and a length of each
 * chunk, in C order. %ANN_ERROR_CORRUPT for a wrong checksum. The places are as stored.
 */
gboolean _ann_zarr_shard_index_read (const AnnZarrShardLayout *layout,
                                     const guint8 *bytes,
                                     guint64 *places,
                                     GError **error);

/* Looks at the place of one chunk, and sets @is_absent to whether it is not stored.
 * %ANN_ERROR_CORRUPT if it does not lie in the shard of @shard_size bytes (`G_MAXUINT64` if that is
 * not known) beside the index.
 */
gboolean _ann_zarr_shard_index_check (const AnnZarrShardLayout *layout,
                                      const guint64 *place,
                                      guint64 shard_size,
                                      gboolean *is_absent,
                                      GError **error);

G_END_DECLS
