/* ann-http-client.h: requests over HTTP, many at once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * AnnHttpRequest:
 * @url: in whole, encoded
 * @range: (nullable): the value of a Range header, such as `bytes=0-99` or `bytes=-8`
 * @if_match: (nullable): an ETag: the answer to another one is status 412
 * @if_none_match: (nullable): an ETag: the answer to the same one is status 304
 * @sign: (nullable): adds headers just before it is sent, each time that is (a signature has a
 *   time), to the `char *` array of "Name: value". Runs in the network thread, must not wait
 * @sign_data: for @sign
 * @bytes: memory of the caller for @limit bytes; or %NULL: set to memory for g_free()
 * @limit: more bytes than this are not taken: %ANN_ERROR_TOO_LARGE
 * @n_bytes: (out): of the body
 * @status: (out): 200, 206, 304, 404, 412, … after redirects; the last one after retries
 * @etag: (out) (nullable): as sent, for g_free()
 * @object_size: (out): by Content-Range, or Content-Length of an answer 200
 * @range_start: (out): by Content-Range, where the status is 206
 * @error: (out) (nullable): why there is no answer: no connection, TLS, timeout, cut off. A status
 *   is none
 *
 * One GET. The strings stay the caller's and must live until the call ends.
 */
typedef struct {
  const char *url;
  const char *range;
  const char *if_match;
  const char *if_none_match;
  void (*sign) (const char *url, GPtrArray *headers, gpointer sign_data);
  gpointer sign_data;
  guint8 *bytes;
  gsize limit;
  gsize n_bytes;
  guint status;
  char *etag;
  guint64 object_size;
  guint64 range_start;
  GError *error;
} AnnHttpRequest;

/* Sends all, at most so many at once as ann_http_set_max_requests () says in the whole process,
 * those of the most urgent thread first (see ann-worker.h), and returns when each is answered or
 * failed. Repeats what may succeed later: status 429 and 5xx, timeouts, connections that were
 * refused, reset or cut off, after a growing and random time, or what Retry-After says. Cancelled
 * ones are given up at once.
 *
 * Returns: %FALSE only if cancelled; failures are in the requests
 */
gboolean _ann_http_perform (AnnHttpRequest *requests,
                            gsize n,
                            AnnTraffic *traffic,
                            GCancellable *cancellable,
                            GError **error);

/* What is freed of a request that was performed: its bytes, where they are not the caller's, are
 * not.
 */
void _ann_http_request_clear (AnnHttpRequest *request);

/* Sets @error to what a status that is no success means, in one sentence: denied, not there, … */
void _ann_http_set_status_error (GError **error, guint status, const char *name);

/* Whether an error is one of the network's, after which trying again makes sense. */
ANN_API gboolean ann_http_error_is_passing (const GError *error);

/* How patient the client is; 0 for what is usual (16 at once, 4 retries, 15 s to connect, 30 s
 * without a byte).
 */
typedef struct {
  guint max_requests;
  guint max_retries;
  guint connect_timeout_ms;
  guint idle_timeout_ms;
  guint first_delay_ms;
} AnnHttpLimits;

void _ann_http_set_limits (const AnnHttpLimits *limits);

G_END_DECLS
