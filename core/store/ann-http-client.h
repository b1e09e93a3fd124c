/* ann-http-client.h: requests over HTTP, many at once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-http-error.h"
#include "store/ann-store.h"

G_BEGIN_DECLS

/**
 * AnnHttpRequest:
 * @url: in whole, encoded; `http` or `https`
 * @method: (nullable): `PUT`, `POST`, `DELETE` or `HEAD`; %NULL for GET
 * @body: (nullable): memory of the caller with what is sent, of @n_body bytes
 * @body_sha256: (nullable): of that, in hexadecimal, for who signs
 * @range: (nullable): the value of a Range header: `bytes=0-99`, `bytes=100-` or `bytes=-8`
 * @if_none_match: (nullable): an ETag: the answer to the same one is status 304
 * @header: (nullable): one more, "Name: value", for who signs
 * @wanted: (nullable): the name of a header of the answer that is asked for
 * @sign: (nullable): adds headers just before it is sent to @url (of the call), each time that is
 *   (a signature has a time), to the array of "Name: value", each for g_free(). Runs in the network
 * thread, must not wait. Not called where a redirect leads to another host
 * @sign_data: for @sign
 * @ca_file: (nullable): a file of certificates that are trusted besides what always is, also where
 *   a redirect leads
 * @bytes: memory of the caller for @limit bytes; or %NULL: set to memory for g_free()
 * @limit: more bytes than this are not taken: %ANN_ERROR_TOO_LARGE
 * @n_bytes: (out): of the body of 200 or 206; with @range, of the part that was asked for, also
 *   where the server sent the whole object instead
 * @status: (out): 200, 206, 304, 404, 412, … after redirects; the last one after retries
 * @etag: (out) (nullable): as sent, for g_free()
 * @modified: (out) (nullable): Last-Modified as sent, for g_free()
 * @found: (out) (nullable): the value of the header @wanted, for g_free()
 * @n_lost: (out): how often it was sent without an answer: nobody knows what became of that
 * @detail: (out) (nullable): with a status of 300 and more, the first 4 KiB of the body, for
 *   g_free(). Not for messages as it is
 * @object_size: (out): by Content-Range, or Content-Length of an answer 200; or
 *   %ANN_STORE_SIZE_UNKNOWN
 * @error: (out) (nullable): why there is no answer: no connection, TLS, timeout, cut off, not the
 *   part that was asked for. A status is none
 *
 * One request. The strings stay the caller's and must live until the call ends.
 */
typedef struct _AnnHttpRequest AnnHttpRequest;

struct _AnnHttpRequest {
  const char *url;
  const char *method;
  gconstpointer body;
  gsize n_body;
  const char *body_sha256;
  const char *range;
  const char *if_none_match;
  const char *header;
  const char *wanted;
  void (*sign) (const AnnHttpRequest *request,
                const char *url,
                GPtrArray *headers,
                gpointer sign_data);
  gpointer sign_data;
  const char *ca_file;
  guint8 *bytes;
  gsize limit;
  gsize n_bytes;
  guint status;
  char *etag;
  char *modified;
  char *found;
  guint n_lost;
  char *detail;
  guint64 object_size;
  GError *error;
};

/* Sends all, at most so many at once in the whole process as the limits say,
 * those of the most urgent thread first (see ann-worker.h), and returns when each is answered or
 * failed. Repeats what may succeed later: status 429 and 5xx, timeouts, connections that were
 * refused, reset or cut off, after a growing and random time, or what Retry-After says. Cancelled
 * ones are given up at once. When one has failed for good (an error, or 429 and 5xx to the last),
 * those of the call that are not answered yet are given up too and get that error: a server that
 * is down is not asked a thousand times.
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

/* Sets @error to what a status that is no success means, in one sentence: denied, not there, …
 * @name (nullable) is what the sentence is about (an object, a host), where its reader does not
 * know.
 */
void _ann_http_set_status_error (GError **error, guint status, const char *name);

/* How patient the client is; 0 for what is usual (16 at once, 4 retries, 15 s to connect, 30 s
 * without a byte, 0.25 s before the first retry). For requests from now on.
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
