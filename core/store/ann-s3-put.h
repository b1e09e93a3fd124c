/* ann-s3-put.h: objects that are put into a bucket, and removed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-progress.h"
#include "store/ann-s3-store-private.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): a header that marks an object, which no other has. %NULL in Google's
 * service, which has other names for such.
 */
char *_ann_s3_make_mark (AnnS3Store *store);

/**
 * AnnS3Object:
 * @key: below the store's prefix; "": the prefix itself is the object's key
 * @bytes: (nullable): what it is; %NULL: what the file @fd has
 * @fd: open for reading; where in it the last call was means nothing
 * @n_bytes: its length
 * @whole_size: what is longer goes in parts, several at once; 0: as is usual
 * @part_size: of these; more where they were too many; 0: as is usual
 * @mark: (nullable): of _ann_s3_make_mark (), by which it is known later; %NULL: one is made where
 *   it is needed meanwhile
 * @is_new: there must be none of that key yet: %ANN_ERROR_EXISTS, at the last moment
 * @progress: (nullable): where parts that were sent are counted
 * @n_units: that it counts for all of them
 *
 * An object that is to be put. It appears as a whole.
 */
typedef struct {
  const char *key;
  const guint8 *bytes;
  int fd;
  guint64 n_bytes;
  gsize whole_size;
  gsize part_size;
  const char *mark;
  gboolean is_new;
  AnnProgress *progress;
  guint64 n_units;
} AnnS3Object;

/* What was sent of an object that does not appear, for whatever reason, is given up on the server,
 * behind the caller's back. An answer that was lost is no matter: what the server says then of an
 * object that is there is compared with ours. @may_be_there: (out) (optional): where it fails,
 * whether the object may be there all the same, now or soon: no answer refused it.
 */
gboolean _ann_s3_put (AnnS3Store *store,
                      const AnnS3Object *object,
                      gboolean *may_be_there,
                      GCancellable *cancellable,
                      GError **error);

/* What is not there is as good as removed. @mark: (nullable): that it must have; what has another,
 * or none, is left, and an error. Who puts something there at this very moment is not seen.
 */
gboolean _ann_s3_remove (AnnS3Store *store,
                         const char *key,
                         const char *mark,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
