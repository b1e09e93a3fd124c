/* ann-hdf5-filters.h: HDF5's filters and our codecs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-chain.h"
#include "format/hdf5/ann-hdf5-filter-message.h"

G_BEGIN_DECLS

/* The filters of a chunked dataset as codecs, in the order of writing. @swap_size is the size of
 * the items to reverse, or 0: the first codec then, so that the bits of HDF5's filter masks are
 * moved up by one. A filter that nobody here knows is a missing codec.
 *
 * Returns: (nullable): %NULL without any
 */
AnnCodecChain *_ann_hdf5_new_codecs (const AnnHdf5FilterList *filters, gsize swap_size)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
