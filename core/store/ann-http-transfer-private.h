/* ann-http-transfer-private.h: one request on its way
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-http-client.h"

#include <curl/curl.h>

G_BEGIN_DECLS

/* What becomes of a request after one exchange with a server. */
typedef enum {
  ANN_HTTP_DONE,     /* there is an answer, or an error for good */
  ANN_HTTP_REDIRECT, /* to be sent again at once, to another address */
  ANN_HTTP_RETRY,    /* to be sent again later; what came is in the request, should it not be */
} AnnHttpOutcome;

/**
 * AnnHttpTransfer:
 * @request: what is asked for, and where the answer goes
 * @limits: how long it may take to connect, and to bring the next byte
 * @n_failures: how often it had to be repeated
 * @n_timeouts: how often nothing came in time
 * @retry_after: seconds that the server asked for, or 0
 * @deadline: when it is given up if nothing comes, in the time of g_get_monotonic_time()
 *
 * The state of one #AnnHttpRequest between its first sending and its answer. It is used in one
 * thread, which has the #CURL handle as long as it is under way.
 */
typedef struct {
  AnnHttpRequest *request;
  AnnTraffic *traffic;
  AnnHttpLimits limits;
  guint n_failures;
  guint n_timeouts;
  guint n_redirects;
  guint retry_after;
  gint64 deadline;

  /* the rest is the transfer's own */
  CURL *easy;
  struct curl_slist *headers;
  char *url;
  char *host; /* of @url, with its port, for messages */
  gboolean is_connected;
  gboolean is_shortcut;      /* @url is what redirects led to before */
  gboolean was_astray;       /* that was not right any more */
  gboolean needs_connection; /* a new one, after one has failed */

  gsize n_sent;     /* of the request's body */
  guint n_sendings; /* of the request, since it was started */

  /* which part is asked for */
  gboolean has_range;
  gboolean is_suffix;
  guint64 first;
  guint64 length; /* or ANN_STORE_SIZE_UNKNOWN */

  /* what the headers of the answer say */
  gsize header_bytes;
  char *content_range;
  gboolean is_encoded;

  /* its body */
  gboolean has_begun;
  gboolean is_complete; /* no more of it is wanted */
  guint64 n_unwanted;   /* still to come before what is wanted */
  guint64 n_wanted;     /* in all; or ANN_STORE_SIZE_UNKNOWN */
  gsize capacity;       /* of request->bytes, where that is not the caller's */
  gboolean owns_bytes;
  gsize n_detail;
  guint64 n_discarded;
  GError *error; /* that ended it */
  char error_text[CURL_ERROR_SIZE];
} AnnHttpTransfer;

void _ann_http_transfer_init (AnnHttpTransfer *self,
                              AnnHttpRequest *request,
                              AnnTraffic *traffic,
                              const AnnHttpLimits *limits);
void _ann_http_transfer_clear (AnnHttpTransfer *self);

/* Gives @easy, which is as new, all it needs to be added to a multi handle. %FALSE, with the
 * request's error set, if the address is none.
 */
gboolean _ann_http_transfer_start (AnnHttpTransfer *self, CURL *easy);

/* Looks at what came, after @code. Takes its hands off the easy handle. */
AnnHttpOutcome _ann_http_transfer_finish (AnnHttpTransfer *self, CURLcode code);

/* --- What the server says (ann-http-answer.c) --- */

/* curl's callbacks: a line of the headers, a piece of the body; @data is the transfer */
size_t _ann_http_transfer_on_header (char *line, size_t size, size_t n, void *data);
size_t _ann_http_transfer_on_body (char *bytes, size_t size, size_t n, void *data);

/* Before the first byte of the body, or at the end of an answer without one: takes note of what the
 * headers say. %FALSE, with @error set, if that is not what was asked for.
 */
gboolean _ann_http_transfer_begin_body (AnnHttpTransfer *self);

/* Whether its answer is headers alone. */
gboolean _ann_http_request_is_head (const AnnHttpRequest *request);

/* Something came: the patience begins anew. */
void _ann_http_transfer_touch (AnnHttpTransfer *self);

/* --- What went wrong (ann-http-error.c) --- */

/* Sets @error to why curl has no answer from @host. @os_errno is 0 or why there is no connection;
 * @text is curl's, which tells more about TLS.
 */
void _ann_http_set_curl_error (GError **error,
                               CURLcode code,
                               int os_errno,
                               const char *text,
                               const char *host);
void _ann_http_set_timeout_error (GError **error,
                                  const char *host,
                                  gboolean is_connected,
                                  guint timeout_ms,
                                  guint n_times);

/* Whether what curl or the server says may be otherwise next time. */
gboolean _ann_http_is_code_passing (CURLcode code);
gboolean _ann_http_is_status_passing (guint status);

G_END_DECLS
