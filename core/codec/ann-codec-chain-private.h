/* ann-codec-chain-private.h: for the formats
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"

G_BEGIN_DECLS

/* Whether the first bytes of a chunk can be decoded in less time than all; and does it: the first
 * @dest_size of @whole_size bytes. %FALSE if that does not go; then ann_codec_chain_decode () may
 * go, or tell why not. What ends with a checksum is decoded as a whole.
 */
gboolean _ann_codec_chain_decodes_starts (const AnnCodecChain *self, guint32 filter_mask);
gboolean _ann_codec_chain_decode_start (const AnnCodecChain *self,
                                        const guint8 *src,
                                        gsize src_size,
                                        guint32 filter_mask,
                                        guint8 *dest,
                                        gsize dest_size,
                                        gsize whole_size);

guint8 *_ann_codec_chain_decode_unsized (const AnnCodecChain *self,
                                         const guint8 *src,
                                         gsize src_size,
                                         guint32 filter_mask,
                                         gsize max_size,
                                         gsize *size,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether stored bytes are others than the values. */
gboolean _ann_codec_chain_has_steps (const AnnCodecChain *self);

/* The room that ann_codec_chain_encode () wants for @decoded_size bytes. Saturates. */
gsize _ann_codec_chain_get_bound (const AnnCodecChain *self, gsize decoded_size);

G_END_DECLS
