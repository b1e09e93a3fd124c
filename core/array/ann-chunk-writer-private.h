/* ann-chunk-writer-private.h: rows become encoded chunks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"

G_BEGIN_DECLS

/**
 * AnnChunkWriter:
 * @chunk_shape: that of the array; all of it for one that is a single piece
 * @n_chunks: chunks on each axis but the first: so many are one band
 * @band_chunks: chunks of a band; 0 if nothing has to be stored
 * @chunk_size: bytes of a chunk
 * @band_size: bytes of a band
 * @bound: bytes that an encoded chunk may have
 * @buffers: (element-type guint8): memory for encoded chunks that is not in use
 *
 * How an array is cut, and the memory for it.
 */
typedef struct {
  AnnArrayWriter *array;
  AnnCodecChain *codecs;
  guint rank;
  gsize item_size;
  gboolean encodes;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 n_chunks[ANN_MAX_RANK];
  guint64 band_chunks;
  gsize chunk_size;
  gsize band_size;
  gsize bound;
  GPtrArray *buffers;
} AnnChunkWriter;

/* Some rows that lie one behind the other, beginning with the first of a band. */
typedef struct {
  const guint8 *values;
  guint64 n_rows;
} AnnRowPiece;

#define ANN_MAX_ROW_PIECES 2

/* %FALSE if a chunk, or what it may become, has more bytes than an address can count. */
gboolean _ann_chunk_writer_init (AnnChunkWriter *self,
                                 AnnArrayWriter *array,
                                 const AnnArraySpec *spec,
                                 gsize item_size,
                                 AnnCodecChain *codecs);
void _ann_chunk_writer_clear (AnnChunkWriter *self);

/* Says how many rows a chunk has, of an array that is one piece of a length that was not known. */
gboolean _ann_chunk_writer_set_rows (AnnChunkWriter *self, guint64 n_rows);

/* Encodes the bands from @first_band on, and stores them. Each piece but the last is whole bands.
 */
gboolean _ann_chunk_writer_write (AnnChunkWriter *self,
                                  const AnnRowPiece *pieces,
                                  guint n_pieces,
                                  guint64 first_band,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
