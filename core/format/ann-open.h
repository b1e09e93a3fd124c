/* ann-open.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"

G_BEGIN_DECLS

/**
 * AnnStoreInfo:
 * @format: such as `HDF5`
 * @stored_size: bytes on disk
 *
 * What is known of a store as a whole.
 */
typedef struct {
  const char *format;
  guint64 stored_size;
} AnnStoreInfo;

ANN_API AnnNode *ann_open_node (const char *uri,
                                AnnStoreInfo *info,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
