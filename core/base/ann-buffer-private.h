/* ann-buffer-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"

G_BEGIN_DECLS

/* As ann_buffer_new (), but with anything in it: the caller writes every element. */
AnnBuffer *_ann_buffer_new_unset (AnnDtype dtype, guint rank, const guint64 *shape, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef void (*AnnBufferFreeFunc) (gpointer data, gpointer owner);

/* A vector of @n elements that lie in memory of @owner, who has it back by @free_data, called by
 * any thread.
 */
AnnBuffer *_ann_buffer_new_vector_in (AnnDtype dtype,
                                      guint64 n,
                                      gpointer data,
                                      AnnBufferFreeFunc free_data,
                                      gpointer owner) G_GNUC_WARN_UNUSED_RESULT;

/* Asks the kernel for the pages of @data at once, where it can do that. It is about to be written,
 * and one page fault after the other takes half as long again; a VM feels it most.
 */
void _ann_buffer_populate (gpointer data, gsize size);

/* To the nearest, of two as near to the even one, as IEEE 754 has it. */
guint16 _ann_float_to_half (float value);
guint16 _ann_double_to_half (double value);

G_END_DECLS
