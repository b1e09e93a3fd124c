/* ann-codec-chain.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec.h"

G_BEGIN_DECLS

/**
 * AnnCodecChain:
 *
 * The codecs of an array in the order in which a writer applies them. Reference
 * counted, immutable once an array has it.
 */
typedef struct _AnnCodecChain AnnCodecChain;

#define ANN_TYPE_CODEC_CHAIN (ann_codec_chain_get_type ())

ANN_API GType ann_codec_chain_get_type (void) G_GNUC_CONST;
ANN_API AnnCodecChain *ann_codec_chain_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodecChain *ann_codec_chain_ref (AnnCodecChain *self);
ANN_API void ann_codec_chain_unref (AnnCodecChain *self);

ANN_API void ann_codec_chain_append (AnnCodecChain *self, AnnCodec *codec);
ANN_API guint ann_codec_chain_get_length (const AnnCodecChain *self);
ANN_API AnnCodec *ann_codec_chain_get_codec (const AnnCodecChain *self, guint index);
ANN_API AnnCodec *ann_codec_chain_get_missing (const AnnCodecChain *self);
ANN_API char *ann_codec_chain_to_string (const AnnCodecChain *self) G_GNUC_WARN_UNUSED_RESULT;

ANN_API gboolean ann_codec_chain_decode (const AnnCodecChain *self,
                                         const guint8 *src,
                                         gsize src_size,
                                         guint32 filter_mask,
                                         guint8 *dest,
                                         gsize dest_size,
                                         GError **error);
ANN_API gboolean ann_codec_chain_encode (const AnnCodecChain *self,
                                         const guint8 *src,
                                         gsize src_size,
                                         guint8 *dest,
                                         gsize capacity,
                                         gsize *dest_size,
                                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnCodecChain, ann_codec_chain_unref)

G_END_DECLS
