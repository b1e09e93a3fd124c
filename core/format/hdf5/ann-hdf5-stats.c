/* ann-hdf5-stats.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-stats.h"

#include <stdatomic.h>

static _Atomic guint64 counters[6]; /* files, chunks, slabs, bytes, metadata, fetches */

void
_ann_hdf5_get_stats (AnnHdf5Stats *stats)
{
  stats->n_files = atomic_load (&counters[0]);
  stats->n_chunk_reads = atomic_load (&counters[1]);
  stats->n_slab_reads = atomic_load (&counters[2]);
  stats->n_bytes = atomic_load (&counters[3]);
  stats->n_metadata_reads = atomic_load (&counters[4]);
  stats->n_fetch_reads = atomic_load (&counters[5]);
}

void
_ann_hdf5_count_file (void)
{
  atomic_fetch_add (&counters[0], 1);
}

void
_ann_hdf5_count_chunks (gsize n, gsize n_bytes)
{
  atomic_fetch_add (&counters[1], n);
  atomic_fetch_add (&counters[3], n_bytes);
  atomic_fetch_add (&counters[5], 1);
}

void
_ann_hdf5_count_slab (gsize n_bytes)
{
  atomic_fetch_add (&counters[2], 1);
  atomic_fetch_add (&counters[3], n_bytes);
}

void
_ann_hdf5_count_metadata (void)
{
  atomic_fetch_add (&counters[4], 1);
}
