/* ann-hdf5-write-filters.h: compression of datasets that are written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"
#include "format/hdf5/ann-hdf5-lock.h"

G_BEGIN_DECLS

/* Puts the filters for the compression of @spec into the creation list of a chunked dataset. Bytes
 * of chunks are handed over encoded, by codecs that do what the filters say, so libhdf5 needs no
 * plugin for them. Under the lock.
 */
gboolean _ann_hdf5_set_filters (hid_t creation, const AnnArraySpec *spec);

/* Those codecs, and the order of bytes. What is not numbers is stored as it is. */
AnnCodecChain *_ann_hdf5_new_writing_codecs (const AnnArraySpec *spec) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
