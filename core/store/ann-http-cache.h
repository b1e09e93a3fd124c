/* ann-http-cache.h: requests that the cache on disk may answer
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-http-client.h"

G_BEGIN_DECLS

/* Does as _ann_http_perform (), but takes from the cache on disk what is there and still right, and
 * puts there what comes. What is of the ETag in @tags (each nullable: not known yet) needs no
 * request; of what is of another one it is asked whether it changed, once for all requests in
 * sequence that have one address. An answer of the cache has status 200, if need be for a range.
 */
gboolean _ann_http_cache_perform (AnnHttpRequest *requests,
                                  char *const *tags,
                                  gsize n,
                                  AnnTraffic *traffic,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
