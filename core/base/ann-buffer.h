/* ann-buffer.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "base/ann-dtype.h"

G_BEGIN_DECLS

/**
 * AnnBuffer:
 *
 * Elements of one type in C order, with their shape. Reference counted; written
 * only by the one who made it, and not changed once a second owner has it.
 */
typedef struct _AnnBuffer AnnBuffer;

#define ANN_TYPE_BUFFER (ann_buffer_get_type ())

ANN_API GType ann_buffer_get_type (void) G_GNUC_CONST;
ANN_API AnnBuffer *ann_buffer_new (AnnDtype dtype, guint rank, const guint64 *shape, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBuffer *ann_buffer_new_vector (AnnDtype dtype, guint64 length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBuffer *ann_buffer_ref (AnnBuffer *self);
ANN_API void ann_buffer_unref (AnnBuffer *self);

ANN_API AnnDtype ann_buffer_get_dtype (const AnnBuffer *self);
ANN_API guint ann_buffer_get_rank (const AnnBuffer *self);
ANN_API const guint64 *ann_buffer_get_shape (const AnnBuffer *self);
ANN_API gsize ann_buffer_get_n_elements (const AnnBuffer *self);
ANN_API gsize ann_buffer_get_size (const AnnBuffer *self);
ANN_API const void *ann_buffer_get_data (const AnnBuffer *self);
ANN_API void *ann_buffer_get_data_for_writing (AnnBuffer *self);
ANN_API AnnBuffer *ann_buffer_make_writable (AnnBuffer *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API double ann_buffer_get_double (const AnnBuffer *self, gsize index);
ANN_API GBytes *ann_buffer_get_bytes (AnnBuffer *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBuffer *ann_buffer_convert (AnnBuffer *self, AnnDtype dtype, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBuffer, ann_buffer_unref)

G_END_DECLS
