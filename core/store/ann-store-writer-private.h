/* ann-store-writer-private.h: for the kinds of writers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-location.h"
#include "store/ann-store-writer.h"

G_BEGIN_DECLS

/* Before its first use; nothing secret. */
void _ann_store_writer_set_name (AnnStoreWriter *self, const char *name);

/* A new archive, or in place of a file or object. */
AnnStoreWriter *_ann_zip_store_writer_new (const AnnTargetSpec *spec,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Objects below the prefix of a bucket, where there are none: @location, which @spec names. Asks
 * the server. If it may be replaced, what an export left there that was killed is removed.
 */
AnnStoreWriter *_ann_s3_store_writer_new (AnnLocation *location,
                                          const AnnTargetSpec *spec,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For tests: objects of more than @whole_size go in parts of @part_size. Before the first put. */
void _ann_s3_store_writer_set_sizes (AnnStoreWriter *self, gsize whole_size, gsize part_size);

G_END_DECLS
