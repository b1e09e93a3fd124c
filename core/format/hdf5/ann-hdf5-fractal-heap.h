/* ann-hdf5-fractal-heap.h: where many links and attributes lie
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/**
 * AnnHdf5FractalHeap:
 *
 * Reads a fractal heap: objects that are found by an id of a few bytes, which a B-tree has
 * (specification version 3.0, III.G). One reader serves one thread; it keeps the blocks that it
 * has seen last.
 */
typedef struct _AnnHdf5FractalHeap AnnHdf5FractalHeap;

/* @address: of the header. @path: of the object, for messages. */
AnnHdf5FractalHeap *_ann_hdf5_fractal_heap_open (AnnHdf5File *file,
                                                 guint64 address,
                                                 const char *path,
                                                 GCancellable *cancellable,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_fractal_heap_free (AnnHdf5FractalHeap *self);

/* Sets @object to the bytes of the object that @id, of @id_size bytes, stands for; valid until the
 * next call.
 */
gboolean _ann_hdf5_fractal_heap_get (AnnHdf5FractalHeap *self,
                                     const guint8 *id,
                                     gsize id_size,
                                     AnnHdf5Cursor *object,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5FractalHeap, _ann_hdf5_fractal_heap_free)

G_END_DECLS
