/* ann-zarr-text-writer.h: texts become encoded chunks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-chunk-sink.h"

G_BEGIN_DECLS

/**
 * AnnZarrTextWriter:
 *
 * Cuts texts of any length into the chunks of an array, and encodes them on all cores: a count, and
 * length and bytes of each, compressed. For one thread at a time.
 */
typedef struct _AnnZarrTextWriter AnnZarrTextWriter;

/* @sink, and the layout that it has: not owned. */
AnnZarrTextWriter *_ann_zarr_text_writer_new (AnnZarrChunkSink *sink) G_GNUC_WARN_UNUSED_RESULT;
void _ann_zarr_text_writer_free (AnnZarrTextWriter *self);

/* Adds whole rows. */
gboolean _ann_zarr_text_writer_append (AnnZarrTextWriter *self,
                                       AnnStrings *texts,
                                       GCancellable *cancellable,
                                       GError **error);

/* Stores the rest. The layout has its lengths by now. */
gboolean _ann_zarr_text_writer_finish (AnnZarrTextWriter *self,
                                       GCancellable *cancellable,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrTextWriter, _ann_zarr_text_writer_free)

G_END_DECLS
