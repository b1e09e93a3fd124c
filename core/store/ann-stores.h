/* ann-stores.h: the kinds of stores that there are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-location.h"
#include "store/ann-source.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/* The store below @location: a folder, an address, a prefix of a bucket. Touches nothing. */
AnnStore *_ann_store_open (AnnLocation *location, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The files in the folder @path; symbolic links in it that lead out of it are not followed. */
AnnStore *_ann_folder_store_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The entries of a zip archive, of which the directory is read. A folder that all have in common is
 * taken off if it is what holds the Zarr metadata.
 */
AnnStore *_ann_zip_store_open (AnnSource *source, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What lies below an address of HTTP. */
AnnStore *_ann_http_store_new (AnnLocation *location) G_GNUC_WARN_UNUSED_RESULT;

/* What lies below a prefix of a bucket. */
AnnStore *_ann_s3_store_new (AnnLocation *location, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Objects in memory, which may be added until the store is read; @bytes is kept. */
AnnStore *_ann_memory_store_new (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_memory_store_add (AnnStore *self, const char *key, GBytes *bytes);

G_END_DECLS
