/* ann-zarr-shard-codec.h: a whole shard as a codec
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-codecs.h"

G_BEGIN_DECLS

/* Decodes shards as a whole, where their chunks cannot be read by themselves: shards in shards, or
 * with other codecs around them. @fill_value: (nullable): one value of @item_size
 */
AnnCodec *_ann_zarr_shard_codec_new (const AnnZarrShardLayout *layout,
                                     gsize item_size,
                                     AnnCodecChain *chain,
                                     GBytes *fill_value,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
