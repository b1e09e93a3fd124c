/* ann-codec.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnCodec:
 *
 * One step between the bytes of a stored chunk and its values: a compressor, a shuffle, a
 * checksum, a byte order. Immutable and reference counted; it decodes in any number of
 * threads at once and does no I/O.
 *
 * A codec that this build does not have is an object too ([ctor@Ann.Codec.new_missing]): the array
 * can then be described and opened, and says what it lacks when its values are asked for.
 */
typedef struct _AnnCodec AnnCodec;

/**
 * AnnBitshuffle:
 * @ANN_BITSHUFFLE_PLAIN: the bits are in another order, and not compressed
 * @ANN_BITSHUFFLE_LZ4: each block is compressed by LZ4
 * @ANN_BITSHUFFLE_ZSTD: each block is compressed by Zstandard
 *
 * What bitshuffle does with its blocks.
 */
typedef enum {
  ANN_BITSHUFFLE_PLAIN,
  ANN_BITSHUFFLE_LZ4,
  ANN_BITSHUFFLE_ZSTD,
} AnnBitshuffle;

#define ANN_TYPE_CODEC (ann_codec_get_type ())

ANN_API GType ann_codec_get_type (void) G_GNUC_CONST;
ANN_API AnnCodec *ann_codec_ref (AnnCodec *self);
ANN_API void ann_codec_unref (AnnCodec *self);

ANN_API AnnCodec *ann_codec_new_deflate (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_shuffle (gsize item_size) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_lzf (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_zstd (int level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_bzip2 (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_blosc (const char *inner, guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_lz4_blocks (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_bitshuffle (gsize item_size, gsize block_items, AnnBitshuffle inner)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_nbit (const guint32 *parameters, gsize n_parameters)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_scale_offset (const guint32 *parameters, gsize n_parameters)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_szip (guint options,
                                      guint block_pixels,
                                      guint pixel_bits,
                                      guint line_pixels) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_fletcher32 (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_byte_swap (gsize item_size) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_missing (const char *name) G_GNUC_WARN_UNUSED_RESULT;

ANN_API const char *ann_codec_get_name (const AnnCodec *self);
ANN_API const char *ann_codec_get_description (const AnnCodec *self);
ANN_API gboolean ann_codec_is_missing (const AnnCodec *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnCodec, ann_codec_unref)

G_END_DECLS
