/* ann-hdf5-filters.h: HDF5's filters and our codecs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"

#include <hdf5.h>

G_BEGIN_DECLS

/**
 * AnnHdf5Pipeline:
 * @codecs: (nullable): a codec for each filter, in the order of writing; %NULL without filters
 * @is_ours: whether all of it can be decoded without libhdf5
 *
 * The filters of a chunked dataset. A filter that nobody here knows is in @codecs as a missing
 * one; then @is_ours is true, since libhdf5 would be of no help.
 */
typedef struct {
  AnnCodecChain *codecs;
  gboolean is_ours;
} AnnHdf5Pipeline;

/* The codec of one filter, transfer full; @is_ours tells whether it decodes, or only describes.
 * Under the lock.
 */
AnnCodec *_ann_hdf5_codec_new (H5Z_filter_t id,
                               const char *stored_name,
                               gsize n_parameters,
                               const guint32 *parameters,
                               gboolean *is_ours);

/* Under the lock. @swap_size is the size of the items to reverse, or 0: the first codec then, so
 * that the bits of HDF5's filter masks are moved up by one.
 */
gboolean _ann_hdf5_pipeline_init (AnnHdf5Pipeline *self,
                                  hid_t creation,
                                  gsize swap_size,
                                  const char *path,
                                  GError **error);
void _ann_hdf5_pipeline_clear (AnnHdf5Pipeline *self);

/* Gives libhdf5 our decoders, for what it has to read itself: texts in chunks. Under the lock. */
void _ann_hdf5_register_filters (void);

G_END_DECLS
