/* ann-sparse-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element-private.h"
#include "element/ann-sparse.h"

G_BEGIN_DECLS

/* A matrix like @of whose stored values are those of @whole: all its rows, or columns if it is
 * sparse by them, as they were read and checked.
 */
AnnElement *_ann_sparse_new_in_memory (const AnnElementSource *source,
                                       AnnElement *of,
                                       AnnBlock *whole);

/* Lines along the minor axis (columns of CSR, rows of CSC): reads through the whole matrix in
 * pieces. The result is a sparse block whose rows are the lines that were asked for, whose
 * indices are places on the major axis, in rising order: int32, or int64 where that is too small.
 */
AnnBlock *_ann_sparse_scan_minor (AnnSparse *self,
                                  guint64 start,
                                  guint64 count,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
