/* ann-sparse.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_SPARSE (ann_sparse_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnSparse, ann_sparse, ANN, SPARSE, AnnElement)

ANN_API guint64 ann_sparse_get_n_stored (AnnSparse *self);
ANN_API guint64 ann_sparse_guess_n_stored (AnnSparse *self);
ANN_API AnnDtype ann_sparse_get_index_dtype (AnnSparse *self);
ANN_API guint64 ann_sparse_get_n_major (AnnSparse *self);
ANN_API guint64 ann_sparse_get_n_minor (AnnSparse *self);

ANN_API AnnBuffer *ann_sparse_read_indptr (AnnSparse *self,
                                           guint64 start,
                                           guint64 count,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlock *ann_sparse_read_major (AnnSparse *self,
                                         guint64 start,
                                         guint64 count,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
