/* ann-hdf5-foreign.h: filters that only libhdf5 has
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec.h"

#include <hdf5.h>

G_BEGIN_DECLS

/* Whether libhdf5 can undo the filter @id: it looks for a plugin too. */
gboolean _ann_hdf5_is_foreign_filter (H5Z_filter_t id);

/* The codec of such a filter with its parameters. It decodes one chunk at a time, under the lock.
 * @description: (transfer full):
 */
AnnCodec *_ann_hdf5_foreign_codec_new (H5Z_filter_t id,
                                       gsize n_values,
                                       const guint32 *values,
                                       char *description) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
