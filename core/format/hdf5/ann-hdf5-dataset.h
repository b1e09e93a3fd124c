/* ann-hdf5-dataset.h: what the file says of an array's values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"
#include "format/hdf5/ann-hdf5-chunk-index.h"
#include "format/hdf5/ann-hdf5-dataspace.h"
#include "format/hdf5/ann-hdf5-datatype.h"
#include "format/hdf5/ann-hdf5-filter-message.h"
#include "format/hdf5/ann-hdf5-layout.h"

G_BEGIN_DECLS

typedef struct _AnnHdf5Sources AnnHdf5Sources; /* in ann-hdf5-sources.h */

/**
 * AnnHdf5Dataset:
 * @path: of the dataset
 * @stored: the type of a stored element
 * @codecs: of its filters, in the order of writing; they give elements as stored
 * @cache_id: of its decoded chunks, in the cache of the process
 * @fill_value: (nullable): a stored element for those that were never written, or zeros
 * @index: (nullable): chunked: where the chunks are
 * @sources: (nullable): virtual and external: where the values are
 *
 * A dataset, shared by the arrays over it: its own and those of its fields. Reference counted,
 * immutable once made. Elements are as they are stored, @stored's size each.
 */
typedef struct {
  AnnHdf5File *file;
  char *path;
  AnnHdf5Datatype *stored;
  AnnHdf5Dataspace space;
  AnnHdf5Layout layout;
  AnnHdf5FilterList filters;
  AnnCodecChain *codecs;
  guint64 cache_id;
  guint8 *fill_value;
  AnnHdf5ChunkIndex *index;
  AnnHdf5Sources *sources;
} AnnHdf5Dataset;

/* Whether an object with this header is a dataset. */
gboolean _ann_hdf5_header_is_dataset (const AnnHdf5Header *header);

/* Reads no values. @depth: how many virtual datasets lead to this one. */
AnnHdf5Dataset *_ann_hdf5_dataset_new (AnnHdf5File *file,
                                       const AnnHdf5Header *header,
                                       guint depth,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnHdf5Dataset *_ann_hdf5_dataset_ref (AnnHdf5Dataset *self);
void _ann_hdf5_dataset_unref (AnnHdf5Dataset *self);

/* Where chunks lie; the filter mask counts the edges that have no filters. */
gboolean _ann_hdf5_dataset_locate (const AnnHdf5Dataset *self,
                                   const guint64 *indices,
                                   gsize n,
                                   AnnChunkLocation *locations,
                                   GCancellable *cancellable,
                                   GError **error);

/* The stored elements of a box, side by side in C order, whatever the layout: the fill value for
 * what was never written. In ann-hdf5-elements.c
 */
gboolean _ann_hdf5_dataset_read (AnnHdf5Dataset *self,
                                 const AnnBox *box,
                                 guint8 *elements,
                                 GCancellable *cancellable,
                                 GError **error);

/* An error instead of a read if a codec is missing or a chunk would be too much for memory. */
gboolean _ann_hdf5_dataset_check_readable (const AnnHdf5Dataset *self, GError **error);

/* The same as the above for a dataset whose elements lie in one run. In ann-hdf5-runs.c */
gboolean _ann_hdf5_dataset_read_run (const AnnHdf5Dataset *self,
                                     const AnnBox *box,
                                     guint8 *elements,
                                     GCancellable *cancellable,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Dataset, _ann_hdf5_dataset_unref)

G_END_DECLS
