/* ann-zarr-item-writer.h: values that are so many bytes each
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-chunk-sink.h"

G_BEGIN_DECLS

/* The writer of an array whose values have been made bytes of one size: records, texts of fixed
 * length. It takes rows of these, and leaves the documents to its caller. @sink: not owned, nor is
 * the layout that it has. @spec: what to cut it by
 */
AnnArrayWriter *_ann_zarr_item_writer_new (AnnZarrChunkSink *sink,
                                           const char *path,
                                           const AnnArraySpec *spec) G_GNUC_WARN_UNUSED_RESULT;

/* Puts @n rows of @n_fields fields together: (transfer full), in bytes that are stored. A text that
 * is longer than its field is %ANN_ERROR_FORMAT.
 */
guint8 *_ann_zarr_items_new (const AnnFieldSpec *fields,
                             gsize n_fields,
                             const AnnFieldValues *values,
                             gsize n,
                             const char *path,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
