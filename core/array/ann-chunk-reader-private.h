/* ann-chunk-reader-private.h: boxes of an array that is stored in chunks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "array/ann-runs-private.h"

G_BEGIN_DECLS

/**
 * AnnChunkGrid:
 * @chunk_size: bytes of a decoded chunk
 * @n_chunks: chunks on each axis
 * @strides: what one chunk further on each axis adds to the number of a chunk
 *
 * How an array is cut. Computed and checked once; lives in its array.
 */
typedef struct {
  guint rank;
  gsize item_size;
  gsize chunk_size;
  guint64 n_chunks_in_all;
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 n_chunks[ANN_MAX_RANK];
  guint64 strides[ANN_MAX_RANK];
} AnnChunkGrid;

/* Returns: %NULL or why an array cannot be cut like this */
const char *_ann_chunk_grid_init (AnnChunkGrid *grid,
                                  AnnDtype dtype,
                                  guint rank,
                                  const guint64 *shape,
                                  const guint64 *chunk_shape);

/* Takes the @n_runs runs of a piece of an array of one axis, whose @values begin with element
 * @origin. Runs in any thread, several at once.
 */
typedef gboolean (*AnnRunsFunc) (gconstpointer values,
                                 guint64 origin,
                                 const AnnRun *runs,
                                 gsize n_runs,
                                 gpointer user_data,
                                 GError **error);

/* Returns: (nullable): how @array is cut, if its numbers are read in chunks */
const AnnChunkGrid *_ann_array_get_grid (AnnArray *array);

/* So many arrays are read at the same time at most. */
#define ANN_CHUNK_MAX_JOBS 2

/**
 * AnnChunkRead:
 * @box: lies in the array and is not empty
 * @values: has room for it
 *
 * What is read of one array.
 */
typedef struct {
  AnnArray *array;
  const AnnChunkGrid *grid;
  const AnnBox *box;
  guint8 *values;
} AnnChunkRead;

/* The chunks of all @reads in one parallel call; what takes longest had better be the first. */
gboolean _ann_chunk_reader_read (const AnnChunkRead *reads,
                                 guint n_reads,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean _ann_chunk_reader_scan (AnnArray *array,
                                 const AnnChunkGrid *grid,
                                 const AnnBox *box,
                                 AnnChunkFunc func,
                                 gpointer user_data,
                                 GCancellable *cancellable,
                                 GError **error);

/* The same by runs: @cells are cut at the edges of the chunks, and %NULL on an axis of which the
 * range of @box is wanted. Elsewhere that starts at 0 and is as long as the result.
 */
gboolean _ann_chunk_reader_read_cells (AnnArray *array,
                                       const AnnChunkGrid *grid,
                                       const AnnBox *box,
                                       const AnnCells *const *cells,
                                       guint8 *values,
                                       GCancellable *cancellable,
                                       GError **error);
gboolean _ann_chunk_reader_scan_cells (AnnArray *array,
                                       const AnnChunkGrid *grid,
                                       const AnnCells *cells,
                                       AnnRunsFunc func,
                                       gpointer user_data,
                                       GCancellable *cancellable,
                                       GError **error);
gboolean _ann_chunk_reader_get_stored_size (AnnArray *array,
                                            const AnnChunkGrid *grid,
                                            guint64 *stored_size,
                                            GCancellable *cancellable,
                                            GError **error);

G_END_DECLS
