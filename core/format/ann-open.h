/* ann-open.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "store/ann-location.h"
#include "store/ann-traffic.h"

G_BEGIN_DECLS

/**
 * AnnStoreInfo:
 * @format: such as `HDF5`
 * @stored_size: bytes on disk; 0 where that is not known
 * @traffic: (nullable): what is asked over a network; %NULL for a store on disk. The caller's
 * @warning: (nullable): a sentence about what of the store as a whole cannot be used
 * @inner: (nullable): the path of the node within the store, where it is not the root. The caller's
 *
 * What is known of a store as a whole.
 */
typedef struct {
  const char *format;
  guint64 stored_size;
  AnnTraffic *traffic;
  const char *warning;
  char *inner;
} AnnStoreInfo;

/**
 * AnnStoreStamp:
 * @exists: whether there is a file at all; the rest is 0 if not
 * @device: the file system on which it lies
 * @inode: its number there: another one after it was replaced by renaming
 * @size: in bytes
 * @modified: when it was written last, in nanoseconds since 1970
 *
 * What tells a file from the one that was there before.
 */
typedef struct {
  gboolean exists;
  guint64 device;
  guint64 inode;
  guint64 size;
  gint64 modified;
} AnnStoreStamp;

ANN_API gboolean ann_open_read_stamp (const char *uri, AnnStoreStamp *stamp);
ANN_API AnnNode *ann_open_node (const char *uri,
                                AnnStoreInfo *info,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The outermost folder above @location which is a Zarr group, as what is in a folder of a Zarr
 * store can be opened like a store. (transfer full) (nullable)
 */
char *_ann_open_dup_store_above (AnnLocation *location) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
