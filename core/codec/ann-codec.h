/* ann-codec.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"

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

/**
 * AnnChecksum:
 * @ANN_CHECKSUM_CRC32C: Castagnoli's
 * @ANN_CHECKSUM_CRC32: that of gzip
 * @ANN_CHECKSUM_ADLER32: that of zlib
 *
 * A checksum of 32 bits, stored little-endian.
 */
typedef enum {
  ANN_CHECKSUM_CRC32C,
  ANN_CHECKSUM_CRC32,
  ANN_CHECKSUM_ADLER32,
} AnnChecksum;

/**
 * AnnStoredNumber:
 * @dtype: a bool, an integer, a float or a complex number; dates are integers
 * @is_big_endian: its byte order; each part of a complex number is turned by itself
 *
 * How a number lies in the bytes on one side of a codec.
 */
typedef struct {
  AnnDtype dtype;
  gboolean is_big_endian;
} AnnStoredNumber;

/**
 * AnnLzmaFormat:
 * @ANN_LZMA_AUTO: xz or alone: the stream says which
 * @ANN_LZMA_XZ: the container of `.xz` files
 * @ANN_LZMA_ALONE: that of `.lzma` files
 * @ANN_LZMA_RAW: none; the filters must be known
 *
 * What is round LZMA's data. The numbers are those of Python's module lzma, and of numcodecs.
 */
typedef enum {
  ANN_LZMA_AUTO = 0,
  ANN_LZMA_XZ = 1,
  ANN_LZMA_ALONE = 2,
  ANN_LZMA_RAW = 3,
} AnnLzmaFormat;

/**
 * AnnLzmaFilter:
 * @id: liblzma's (and Python's) number of the filter
 * @preset: what the others are taken from where they are not given; -1 for the usual one
 * @dict_size: 0 if not given
 * @lc: -1 if not given, as are the two that follow
 * @lp: see liblzma
 * @pb: see liblzma
 * @distance: of the filter delta; 0 if not given
 * @start_offset: of the filters for programs
 *
 * A filter of [enum@Ann.LzmaFormat]'s raw data, as far as a decoder must know it.
 */
typedef struct {
  guint64 id;
  gint preset;
  guint32 dict_size;
  gint lc;
  gint lp;
  gint pb;
  guint32 distance;
  guint32 start_offset;
} AnnLzmaFilter;

#define ANN_TYPE_CODEC (ann_codec_get_type ())

ANN_API GType ann_codec_get_type (void) G_GNUC_CONST;
ANN_API AnnCodec *ann_codec_ref (AnnCodec *self);
ANN_API void ann_codec_unref (AnnCodec *self);

/* Bytes: compressors, orders of bytes, checksums. */
ANN_API AnnCodec *ann_codec_new_deflate (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_zlib (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_gzip (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_shuffle (gsize item_size) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_lzf (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_zstd (int level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_bzip2 (guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_lzma (AnnLzmaFormat format,
                                      const AnnLzmaFilter *filters,
                                      gsize n_filters,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_blosc (const char *inner, guint level) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_lz4 (void) G_GNUC_WARN_UNUSED_RESULT;
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
ANN_API AnnCodec *ann_codec_new_checksum (AnnChecksum kind, gboolean is_in_front)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_byte_swap (gsize item_size) G_GNUC_WARN_UNUSED_RESULT;

/* Values: other numbers, another order. */
ANN_API AnnCodec *ann_codec_new_transpose (guint rank,
                                           const guint64 *chunk_shape,
                                           const guint *order,
                                           gsize item_size,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_cast (const char *name,
                                      const AnnStoredNumber *decoded,
                                      const AnnStoredNumber *encoded,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_delta (const AnnStoredNumber *decoded,
                                       const AnnStoredNumber *encoded,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_fixed_scale_offset (double scale,
                                                    double offset,
                                                    const AnnStoredNumber *decoded,
                                                    const AnnStoredNumber *encoded,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_packbits (void) G_GNUC_WARN_UNUSED_RESULT;

/* What is only named. */
ANN_API AnnCodec *ann_codec_new_no_op (const char *description) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_missing (const char *name) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnCodec *ann_codec_new_refused (const char *name, const char *reason)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API const char *ann_codec_get_name (const AnnCodec *self);
ANN_API const char *ann_codec_get_description (const AnnCodec *self);
ANN_API gboolean ann_codec_is_missing (const AnnCodec *self);
ANN_API const char *ann_codec_get_missing_reason (const AnnCodec *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnCodec, ann_codec_unref)

G_END_DECLS
