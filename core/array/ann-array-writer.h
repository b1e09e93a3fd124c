/* ann-array-writer.h: an array that is being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "base/ann-box.h"
#include "codec/ann-codec-chain.h"
#include "codec/ann-compression.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The length of a first axis that is known when all was appended. */
#define ANN_LENGTH_UNKNOWN G_MAXUINT64

typedef struct _AnnFieldSpec AnnFieldSpec;

/**
 * AnnFieldSpec:
 * @name: of the field
 * @dtype: numbers, bool, %ANN_DTYPE_STRING or %ANN_DTYPE_BYTES; or %ANN_DTYPE_RECORD, which Zarr v2
 *   has not
 * @item_size: of text: the bytes of each; 0: of any length, in HDF5 alone
 * @rank: of the array that each record has in this field; 0 for one value. In HDF5 alone
 * @shape: its lengths
 * @fields: (nullable): of a record in the record
 * @n_fields: how many
 */
struct _AnnFieldSpec {
  const char *name;
  AnnDtype dtype;
  gsize item_size;
  guint rank;
  const guint64 *shape;
  AnnFieldSpec *fields;
  gsize n_fields;
};

/**
 * AnnArraySpec:
 * @dtype: numbers, bool, %ANN_DTYPE_STRING (texts of any length), %ANN_DTYPE_BYTES (of
 *   @item_size, filled with NUL), %ANN_DTYPE_RECORD, %ANN_DTYPE_OPAQUE (of @item_size)
 * @item_size: see @dtype
 * @rank: 0 for a scalar
 * @shape: the first may be %ANN_LENGTH_UNKNOWN
 * @chunk_shape: of the pieces in which it is stored; all 0 for an array that is stored as one
 *   piece, which is kept in memory meanwhile. Rank and lengths are the caller's: FORMAT §11.4
 * @shard_rows: Zarr v3: rows of a shard, a multiple of @chunk_shape[0]; 0 for none
 * @compression: (nullable): none where it is %NULL. Scalars and texts of HDF5 have none
 * @time_type: (nullable): of int64: what numpy calls it, such as `datetime64[ns]`; HDF5 has none
 * @fields: (nullable): of records
 * @n_fields: how many
 */
typedef struct {
  AnnDtype dtype;
  gsize item_size;
  const char *time_type;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 shard_rows;
  const AnnCompression *compression;
  const AnnFieldSpec *fields;
  gsize n_fields;
} AnnArraySpec;

/**
 * AnnFieldValues: some rows of one field of records; one of both is set. Values are handed over in
 *   the order of the fields, those of a record in a record in its place
 */
typedef struct {
  AnnBuffer *values;
  AnnStrings *texts;
} AnnFieldValues;

/**
 * AnnArrayWriter:
 *
 * Takes the rows of an array in order, cuts them into chunks, encodes these on all cores and hands
 * them to the format in the order in which they lie in the array. What it holds is one band of
 * chunks (of shards, where there are some), and a few encoded ones. For one thread at a time.
 */
#define ANN_TYPE_ARRAY_WRITER (_ann_array_writer_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnArrayWriter, _ann_array_writer, ANN, ARRAY_WRITER, GObject)

/**
 * AnnEncodedChunk:
 * @coordinates: (array): its place in the grid of chunks, one for each axis
 * @bytes: as they are stored
 * @n_bytes: how many
 * @is_zero: all of its values are zeros, in all their bits: a format may leave it out
 */
typedef struct {
  const guint64 *coordinates;
  const guint8 *bytes;
  gsize n_bytes;
  gboolean is_zero;
} AnnEncodedChunk;

/**
 * AnnArrayWriterClass:
 * @store_chunks: stores chunks, in C order of their coordinates, each once. Chunks at the edge are
 *   whole, and filled with zeros. An array of one piece, or a scalar, is one chunk of its shape
 * @append_texts: rows of texts, or of fixed-length bytes, in C order
 * @append_records: @n rows, one #AnnFieldValues for each field that is no record
 * @close: ends the array: its length on the first axis is @n_rows; metadata, @attributes
 *
 * What a format brings. Called by one thread at a time, @store_chunks by any: while it stores,
 * other threads encode what comes next, so that it had better not wait for long.
 */
struct _AnnArrayWriterClass {
  GObjectClass parent_class;

  gboolean (*store_chunks) (AnnArrayWriter *self,
                            const AnnEncodedChunk *chunks,
                            gsize n,
                            GCancellable *cancellable,
                            GError **error);
  gboolean (*append_texts) (AnnArrayWriter *self,
                            AnnStrings *texts,
                            GCancellable *cancellable,
                            GError **error);
  gboolean (*append_records) (AnnArrayWriter *self,
                              const AnnFieldValues *fields,
                              guint64 n,
                              GCancellable *cancellable,
                              GError **error);
  gboolean (*close) (AnnArrayWriter *self,
                     guint64 n_rows,
                     AnnAttributes *attributes,
                     GCancellable *cancellable,
                     GError **error);
};

/* What a format says of a new array, before its first use: the chain that makes stored bytes of a
 * chunk in native byte order, %NULL for none, or if the format encodes texts and records itself.
 * Copies @spec but for compression and fields.
 */
void _ann_array_writer_set_spec (AnnArrayWriter *self,
                                 const char *path,
                                 const AnnArraySpec *spec,
                                 AnnCodecChain *codecs);
const AnnArraySpec *_ann_array_writer_get_spec (AnnArrayWriter *self);
const char *_ann_array_writer_get_path (AnnArrayWriter *self);

/* Adds @n_rows of @spec's further axes, in C order and native byte order. */
gboolean _ann_array_writer_append (AnnArrayWriter *self,
                                   gconstpointer values,
                                   guint64 n_rows,
                                   GCancellable *cancellable,
                                   GError **error);

/* Adds texts: a whole number of rows. */
gboolean _ann_array_writer_append_texts (AnnArrayWriter *self,
                                         AnnStrings *texts,
                                         GCancellable *cancellable,
                                         GError **error);
gboolean _ann_array_writer_append_records (AnnArrayWriter *self,
                                           const AnnFieldValues *fields,
                                           guint64 n_rows,
                                           GCancellable *cancellable,
                                           GError **error);

/* Ends the array. Fails if another number of rows was appended than the shape says.
 * @attributes: (nullable)
 */
gboolean _ann_array_writer_close (AnnArrayWriter *self,
                                  AnnAttributes *attributes,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
