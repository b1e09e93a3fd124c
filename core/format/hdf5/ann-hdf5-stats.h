/* ann-hdf5-stats.h: what is read is counted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnnHdf5Stats:
 * @n_files: files opened
 * @n_chunk_reads: stored chunks brought as they are
 * @n_fetch_reads: reads that brought them, of many at once where they follow each other
 * @n_slab_reads: reads of elements and texts by address
 * @n_bytes: bytes of chunks and by address
 * @n_metadata_reads: reads of structures, of a block or more each
 *
 * Counted since the process began. Laziness is tested with these.
 */
typedef struct {
  guint64 n_files;
  guint64 n_chunk_reads;
  guint64 n_fetch_reads;
  guint64 n_slab_reads;
  guint64 n_bytes;
  guint64 n_metadata_reads;
} AnnHdf5Stats;

void _ann_hdf5_get_stats (AnnHdf5Stats *stats);
void _ann_hdf5_count_file (void);
void _ann_hdf5_count_chunks (gsize n, gsize n_bytes);
void _ann_hdf5_count_slab (gsize n_bytes);
void _ann_hdf5_count_metadata (void);

G_END_DECLS
