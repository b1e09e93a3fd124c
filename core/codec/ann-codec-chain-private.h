/* ann-codec-chain-private.h: for the formats
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"

G_BEGIN_DECLS

guint8 *_ann_codec_chain_decode_unsized (const AnnCodecChain *self,
                                         const guint8 *src,
                                         gsize src_size,
                                         guint32 filter_mask,
                                         gsize max_size,
                                         gsize *size,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
