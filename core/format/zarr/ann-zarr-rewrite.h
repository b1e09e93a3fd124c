/* ann-zarr-rewrite.h: documents of a hierarchy that is changed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "base/ann-json-private.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): a document of the node at @path; %NULL without an error where it is
 * not there
 */
AnnJson *_ann_zarr_read_document (AnnStore *store,
                                  const char *path,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All that is not changed stays as it is written, also what means nothing to us. */

/* `zarr.json`, or `.zattrs` (nullable: there is none yet), with @attributes set in it. */
GBytes *_ann_zarr_rewrite_attributes (AnnJson *document,
                                      guint zarr_format,
                                      AnnAttributes *attributes) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `zarr.json` has consolidated metadata. */
gboolean _ann_zarr_is_consolidated (AnnJson *document);

/* `zarr.json` with consolidated metadata: @notes (nullable: none) are their members. */
GBytes *_ann_zarr_rewrite_consolidated (AnnJson *document, const GString *notes)
    G_GNUC_WARN_UNUSED_RESULT;

/* `.zmetadata` */
GBytes *_ann_zarr_make_consolidated (const GString *notes) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): what the documents of all nodes below the group at @path say, and in version 2
 * its own: members of an object. A document that is no JSON is %ANN_ERROR_FORMAT.
 */
GString *_ann_zarr_collect_notes (AnnStore *store,
                                  guint zarr_format,
                                  const char *path,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
