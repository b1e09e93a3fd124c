/* ann-write-matrix-private.h: lines of sparse matrices, from anywhere
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "write/ann-sparse-sink-private.h"

G_BEGIN_DECLS

/* The lines of the major axis of a sparse matrix in order, in blocks of bounded size. */
AnnBlockIterator *_ann_write_iterate_lines (AnnElement *element);
gboolean _ann_write_lines (AnnBlockIterator *lines,
                           AnnSparseSink *sink,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
