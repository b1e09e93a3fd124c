/* ann-chunk-job-private.h: what is wanted of an array, chunk by chunk
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-chunk-reader-private.h"
#include "array/ann-packed-chunk-private.h"

G_BEGIN_DECLS

/* What is wanted is a range or runs on each axis, so of a chunk it is the product of what is
 * wanted of it on each: one box, or many that are scattered in the result. The chunks that are
 * touched are numbered in C order, 0 to n_items: the items. Lives on the stack of a read.
 */
typedef struct {
  AnnArray *array;
  const AnnChunkGrid *grid;
  AnnBox box; /* a range on each axis; where there are cells, the result's range, from 0 on */
  const AnnCells *cells[ANN_MAX_RANK]; /* NULL for a range */
  guint64 first[ANN_MAX_RANK];         /* the first chunk of a range, on each axis */
  guint64 count[ANN_MAX_RANK];         /* how many chunks are touched */
  gsize n_items;
  gboolean uses_cache;
  gboolean is_plain; /* without codecs: parts of chunks are read */
  gboolean waits;    /* for a network: a fetch takes long however little it brings */
  guint8 *values;    /* of a read */
  AnnChunkFunc func;
  AnnRunsFunc runs_func;
  gpointer user_data; /* of a scan */
} AnnChunkJob;

/* So many items are handled together at most. */
#define ANN_CHUNK_MAX_BATCH 64

/* The part of a chunk that is wanted, if that is one box. */
typedef struct {
  guint64 in_chunk[ANN_MAX_RANK]; /* where it begins */
  guint64 in_box[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK];
  gboolean is_one_box;
  gboolean is_whole_chunk;
} AnnChunkPart;

/* @box: a range on each axis, in the array and not empty. */
void _ann_chunk_job_init (AnnChunkJob *job,
                          AnnArray *array,
                          const AnnChunkGrid *grid,
                          const AnnBox *box);

/* @cells: for each axis, %NULL where the range of @box is wanted. */
void _ann_chunk_job_init_cells (AnnChunkJob *job,
                                AnnArray *array,
                                const AnnChunkGrid *grid,
                                const AnnBox *box,
                                const AnnCells *const *cells);

/* Sets @chunk to the place of an item in the grid. Returns: its number there */
guint64 _ann_chunk_job_get_chunk (const AnnChunkJob *job, gsize item, guint64 *chunk);
void _ann_chunk_job_get_part (const AnnChunkJob *job, gsize item, AnnChunkPart *part);

/* Where a part can be put without a copy: its elements are one run of the chunk, and one of the
 * result. Returns: %NULL if they are not
 */
guint8 *_ann_chunk_job_find_place (const AnnChunkJob *job, const AnnChunkPart *part);

/* The bytes of a decoded chunk from the first wanted element to the last. Returns: how many of them
 * are wanted
 */
gsize _ann_chunk_job_get_extent (const AnnChunkJob *job, gsize item, gsize *offset, gsize *n_bytes);

/* Reads the wanted bytes of the @n items, of chunks without codecs whose place is known, straight
 * to where they belong. What has to be read in another way is left in @items and @n.
 */
gboolean _ann_chunk_job_read_plain (const AnnChunkJob *job,
                                    gsize *items,
                                    gsize *n,
                                    GCancellable *cancellable,
                                    GError **error);

/* Gives the caller its part of @chunk, a decoded one; or of one that is absent. */
gboolean _ann_chunk_job_deliver (const AnnChunkJob *job,
                                 gsize item,
                                 const guint8 *chunk,
                                 GError **error);

/* The same of one that is kept: whole, or as much of its start as is wanted. */
gboolean _ann_chunk_job_deliver_packed (const AnnChunkJob *job,
                                        gsize item,
                                        const AnnPackedChunk *chunk,
                                        GError **error);
gboolean _ann_chunk_job_deliver_fill_value (const AnnChunkJob *job, gsize item, GError **error);

G_END_DECLS
