/* ann-zarr-consolidated.h: the metadata of all nodes in one document
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-metadata.h"

G_BEGIN_DECLS

/**
 * AnnZarrConsolidated:
 *
 * What a document says of the nodes below the one that it belongs to. It is as old as its writer
 * left it: nodes may be missing, and others named that are not there any more. Immutable; any
 * thread.
 */
typedef struct _AnnZarrConsolidated AnnZarrConsolidated;

/* Of the root's `zarr.json`, or of `.zmetadata`: %NULL where it has none that can be used;
 * @is_broken: (out): whether it should have, and has something else in their place.
 */
AnnZarrConsolidated *_ann_zarr_consolidated_new (guint version, AnnJson *json, gboolean *is_broken)
    G_GNUC_WARN_UNUSED_RESULT;
void _ann_zarr_consolidated_free (AnnZarrConsolidated *self);

/* Whether it knows of a node at @path, or of one below it. */
gboolean _ann_zarr_consolidated_has (const AnnZarrConsolidated *self, const char *path);

/* (transfer full) (nullable): %NULL without an error where it knows of none. */
AnnZarrMetadata *_ann_zarr_consolidated_get (const AnnZarrConsolidated *self,
                                             const char *path,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the names of what lies directly below @path, sorted by bytes. */
void _ann_zarr_consolidated_list (const AnnZarrConsolidated *self,
                                  const char *path,
                                  GPtrArray *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrConsolidated, _ann_zarr_consolidated_free)

G_END_DECLS
