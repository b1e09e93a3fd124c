/* ann-compression.h: what a writer is asked to compress with
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"

G_BEGIN_DECLS

/**
 * AnnCompressor:
 * @ANN_COMPRESSOR_NONE: values as they are
 * @ANN_COMPRESSOR_GZIP: deflate behind a shuffle in HDF5, gzip in Zarr; everything reads it
 * @ANN_COMPRESSOR_ZSTD: Zstandard, behind a shuffle in HDF5
 * @ANN_COMPRESSOR_BLOSC: Blosc with Zstandard and a shuffle inside
 * @ANN_COMPRESSOR_LZ4: Blosc with LZ4 and a shuffle inside
 * @ANN_COMPRESSOR_LZF: LZF behind a shuffle; HDF5 alone
 */
typedef enum {
  ANN_COMPRESSOR_NONE,
  ANN_COMPRESSOR_GZIP,
  ANN_COMPRESSOR_ZSTD,
  ANN_COMPRESSOR_BLOSC,
  ANN_COMPRESSOR_LZ4,
  ANN_COMPRESSOR_LZF,
} AnnCompressor;

/**
 * AnnCompression:
 * @compressor: which
 * @level: as that compressor counts; the usual one where nothing was said
 */
typedef struct {
  AnnCompressor compressor;
  int level;
} AnnCompression;

/* `NAME` or `NAME:LEVEL`: none, gzip 0–9, zstd −7–22, blosc 0–9, lz4 0–9, lzf. */
ANN_API gboolean ann_compression_parse (const char *text,
                                        AnnCompression *compression,
                                        GError **error);
ANN_API char *ann_compression_to_string (const AnnCompression *self) G_GNUC_WARN_UNUSED_RESULT;

/* What an array was compressed with that has @codecs; shuffles and checksums are not looked at.
 * %FALSE if it is something else.
 */
gboolean _ann_compression_init_from_codecs (AnnCompression *self, const AnnCodecChain *codecs);
ANN_API void ann_compression_init (AnnCompression *self, AnnCompressor compressor);

G_END_DECLS
