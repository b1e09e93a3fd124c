/* ann-http-transfer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-transfer-private.h"

#include "base/ann-error.h"
#include "store/ann-http-shortcuts.h"
#include "store/ann-version-private.h"

#include <string.h>

/* From a request to its answer: what is sent, where a redirect leads, whether it is worth another
 * try. What the server says in between is ann-http-answer.c's.
 */

#define MAX_REDIRECTS 8
#define MAX_RETRY_AFTER 30

#define BUFFER_SIZE (256 * 1024)

static void
reset_answer (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;

  self->n_sent = 0;
  self->n_sendings = 0;
  self->header_bytes = 0;
  self->is_encoded = FALSE;
  self->has_begun = FALSE;
  self->is_complete = FALSE;
  self->n_unwanted = 0;
  self->n_wanted = ANN_STORE_SIZE_UNKNOWN;
  self->n_detail = 0;
  self->n_discarded = 0;
  self->retry_after = 0;
  self->error_text[0] = '\0';
  g_clear_pointer (&self->content_range, g_free);
  g_clear_error (&self->error);

  request->n_bytes = 0;
  request->status = 0;
  request->object_size = ANN_STORE_SIZE_UNKNOWN;
  g_clear_pointer (&request->etag, g_free);
  g_clear_pointer (&request->modified, g_free);
  g_clear_pointer (&request->found, g_free);
  g_clear_pointer (&request->detail, g_free);
  g_clear_error (&request->error);
}

/* Takes apart what the caller wrote: a mistake there is not the server's. */
static void
parse_wanted_range (AnnHttpTransfer *self)
{
  const char *text = self->request->range;
  char *end;

  self->has_range = text != NULL;
  self->length = ANN_STORE_SIZE_UNKNOWN;
  if (text == NULL)
    return;

  g_assert (g_str_has_prefix (text, "bytes="));
  text += strlen ("bytes=");
  self->is_suffix = *text == '-';
  if (self->is_suffix)
    {
      self->length = g_ascii_strtoull (text + 1, NULL, 10);
      return;
    }
  self->first = g_ascii_strtoull (text, &end, 10);
  if (end[0] == '-' && end[1] != '\0')
    self->length = g_ascii_strtoull (end + 1, NULL, 10) - self->first + 1;
}

void
_ann_http_transfer_init (AnnHttpTransfer *self,
                         AnnHttpRequest *request,
                         AnnTraffic *traffic,
                         const AnnHttpLimits *limits)
{
  *self = (AnnHttpTransfer){ .request = request, .traffic = traffic, .limits = *limits };
  self->owns_bytes = request->bytes == NULL;
  parse_wanted_range (self);
  reset_answer (self);
}

void
_ann_http_transfer_clear (AnnHttpTransfer *self)
{
  g_clear_pointer (&self->headers, curl_slist_free_all);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->content_range, g_free);
  g_clear_error (&self->error);
}

/* --- Addresses --- */

static char *
get_url_part (CURLU *parts, CURLUPart which)
{
  char *part = NULL;
  char *copy;

  if (curl_url_get (parts, which, &part, CURLU_NO_DEFAULT_PORT) != CURLUE_OK)
    return NULL;
  copy = g_strdup (part);
  curl_free (part);

  return copy;
}

/* Scheme, host and port, the latter only if it is not the usual one: (transfer full) (nullable) */
static char *
get_origin (const char *url, char **host)
{
  CURLU *parts = curl_url ();
  char *origin = NULL;

  if (curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK)
    {
      g_autofree char *scheme = get_url_part (parts, CURLUPART_SCHEME);
      g_autofree char *name = get_url_part (parts, CURLUPART_HOST);
      g_autofree char *port = get_url_part (parts, CURLUPART_PORT);
      g_autofree char *whole = g_strdup_printf ("%s%s%s", name != NULL ? name : "",
                                                port != NULL ? ":" : "", port != NULL ? port : "");

      origin = g_strdup_printf ("%s://%s", scheme, whole);
      if (host != NULL)
        *host = g_steal_pointer (&whole);
    }
  curl_url_cleanup (parts);

  return origin;
}

static gboolean
has_scheme (const char *url, const char *scheme)
{
  gsize length = strlen (scheme);

  return g_ascii_strncasecmp (url, scheme, length) == 0 && strncmp (url + length, "://", 3) == 0;
}

static gboolean
is_same_origin (const char *url, const char *other)
{
  g_autofree char *one = get_origin (url, NULL);
  g_autofree char *two = get_origin (other, NULL);

  return one != NULL && two != NULL && g_ascii_strcasecmp (one, two) == 0;
}

/* --- Sending --- */

/* The connection is there, the request is about to be sent. */
static int
on_connected (void *data,
              G_GNUC_UNUSED char *address,
              G_GNUC_UNUSED char *local_address,
              G_GNUC_UNUSED int port,
              G_GNUC_UNUSED int local_port)
{
  AnnHttpTransfer *self = data;

  /* Curl itself sends anew what went through a connection that was kept and turns out to be closed;
   * whether before or after the server had it, it does not know.
   */
  if (self->n_sendings++ > 0)
    self->request->n_lost++;
  self->is_connected = TRUE;
  _ann_http_transfer_touch (self);

  return CURL_PREREQFUNC_OK;
}

/* As long as something is taken, it does not hang. */
static size_t
on_upload (char *room, size_t size, size_t n, void *data)
{
  AnnHttpTransfer *self = data;
  const AnnHttpRequest *request = self->request;
  gsize n_bytes = MIN (size * n, request->n_body - self->n_sent);

  _ann_http_transfer_touch (self);
  if (n_bytes > 0)
    memcpy (room, (const char *) request->body + self->n_sent, n_bytes);
  self->n_sent += n_bytes;

  return n_bytes;
}

/* A connection that was kept turned out to be closed: the body goes through another one. */
static int
on_rewind (void *data, curl_off_t offset, int origin)
{
  AnnHttpTransfer *self = data;

  if (origin != SEEK_SET || offset < 0 || (guint64) offset > self->request->n_body)
    return CURL_SEEKFUNC_CANTSEEK;
  self->n_sent = (gsize) offset;

  return CURL_SEEKFUNC_OK;
}

static void
add_header (AnnHttpTransfer *self, const char *header)
{
  self->headers = curl_slist_append (self->headers, header);
}

static void
make_headers (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;

  add_header (self, "Accept: */*");
  add_header (self, "Accept-Encoding: identity");
  /* Curl would ask first whether it may send what is long, and wait for the answer. */
  if (request->body != NULL)
    add_header (self, "Expect:");
  if (request->range != NULL)
    {
      g_autofree char *range = g_strconcat ("Range: ", request->range, NULL);

      add_header (self, range);
    }
  if (request->if_none_match != NULL)
    {
      g_autofree char *match = g_strconcat ("If-None-Match: ", request->if_none_match, NULL);

      add_header (self, match);
    }
  if (request->sign != NULL && is_same_origin (self->url, request->url))
    {
      g_autoptr (GPtrArray) signature = g_ptr_array_new_with_free_func (g_free);

      if (request->header != NULL)
        g_ptr_array_add (signature, g_strdup (request->header));
      request->sign (request, self->url, signature, request->sign_data);
      for (guint i = 0; i < signature->len; i++)
        add_header (self, g_ptr_array_index (signature, i));
    }
}

static void
set_method (AnnHttpTransfer *self, CURL *easy)
{
  const AnnHttpRequest *request = self->request;

  if (request->method == NULL)
    return;

  if (_ann_http_request_is_head (request))
    curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);
  if (request->body != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt (easy, CURLOPT_READFUNCTION, on_upload);
      curl_easy_setopt (easy, CURLOPT_READDATA, self);
      curl_easy_setopt (easy, CURLOPT_SEEKFUNCTION, on_rewind);
      curl_easy_setopt (easy, CURLOPT_SEEKDATA, self);
      curl_easy_setopt (easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t) request->n_body);
      curl_easy_setopt (easy, CURLOPT_UPLOAD_BUFFERSIZE, (long) BUFFER_SIZE);
    }
  curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void
set_options (AnnHttpTransfer *self, CURL *easy)
{
  const char *ca_file = self->request->ca_file;

  if (ca_file == NULL)
    ca_file = g_getenv ("CURL_CA_BUNDLE");
  if (ca_file == NULL)
    ca_file = g_getenv ("SSL_CERT_FILE");

  curl_easy_setopt (easy, CURLOPT_URL, self->url);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, self->headers);
  set_method (self, easy);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, _ann_http_transfer_on_header);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, _ann_http_transfer_on_body);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, on_connected);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt (easy, CURLOPT_PRIVATE, self);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->error_text);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) self->limits.connect_timeout_ms);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "AnnBrowser/" ANN_VERSION);
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, (long) BUFFER_SIZE);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS, (long) (CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  /* Else a cancelled request waits for the end of its search for the host's address. */
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  /* The connections that are kept may all be as dead as the one that failed. */
  curl_easy_setopt (easy, CURLOPT_FRESH_CONNECT, self->needs_connection ? 1L : 0L);
  /* One connection for all, if it turns out to be HTTP/2; else the others connect then. */
  curl_easy_setopt (easy, CURLOPT_PIPEWAIT, has_scheme (self->url, "https") ? 1L : 0L);
  if (ca_file != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, ca_file);
}

/* Where a request goes first. What is signed goes the whole way: only its host knows whom it lets
 * through.
 */
static void
choose_url (AnnHttpTransfer *self)
{
  const char *shortcut = NULL;

  if (self->request->sign == NULL && self->request->method == NULL && !self->was_astray
      && self->n_failures == 0)
    shortcut = _ann_http_shortcuts_get (self->request->url);
  self->is_shortcut = shortcut != NULL;
  self->url = g_strdup (shortcut != NULL ? shortcut : self->request->url);
}

gboolean
_ann_http_transfer_start (AnnHttpTransfer *self, CURL *easy)
{
  g_autofree char *origin = NULL;

  reset_answer (self);
  if (self->url == NULL)
    choose_url (self);
  g_clear_pointer (&self->host, g_free);
  origin = get_origin (self->url, &self->host);
  if (origin == NULL || *self->host == '\0'
      || (!has_scheme (self->url, "http") && !has_scheme (self->url, "https")))
    {
      g_set_error (&self->request->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "That is no address of HTTP");
      return FALSE;
    }

  g_clear_pointer (&self->headers, curl_slist_free_all);
  make_headers (self);
  set_options (self, easy);
  self->easy = easy;
  self->is_connected = FALSE;
  self->deadline = g_get_monotonic_time ()
                   + ((gint64) self->limits.connect_timeout_ms + self->limits.idle_timeout_ms)
                         * 1000;
  _ann_traffic_count_request (self->traffic, self->n_failures > 0);

  return TRUE;
}

/* --- The end of it --- */

/* Takes the address that a redirect leads to. %FALSE: we do not go there, and self->error says why.
 */
static gboolean
follow (AnnHttpTransfer *self)
{
  const char *target = NULL;
  const char *reason = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_REDIRECT_URL, &target);
  if (++self->n_redirects > MAX_REDIRECTS)
    reason = "in a circle";
  else if (!has_scheme (target, "http") && !has_scheme (target, "https"))
    reason = "to an address that is none of HTTP";
  else if (has_scheme (self->url, "https") && !has_scheme (target, "https"))
    reason = "from a secure address to one that is not";

  if (reason != NULL)
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s sends on %s", self->host,
                   reason);
      return FALSE;
    }
  g_free (self->url);
  self->url = g_strdup (target);

  return TRUE;
}

static gboolean
is_redirect (AnnHttpTransfer *self)
{
  guint status = self->request->status;
  const char *target = NULL;

  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
    return FALSE;
  curl_easy_getinfo (self->easy, CURLINFO_REDIRECT_URL, &target);

  return target != NULL;
}

/* Whether the body came to its end. What breaks off with its connection has none that curl could
 * miss, but a part has a length.
 */
static gboolean
is_cut_off (AnnHttpTransfer *self)
{
  return self->request->status == 206 && self->request->n_bytes != self->n_wanted;
}

static AnnHttpOutcome
fail (AnnHttpTransfer *self, CURLcode code)
{
  long os_errno = 0;
  guint max_retries = self->limits.max_retries;

  /* Without a connection nothing was sent. */
  if (self->is_connected)
    self->request->n_lost++;

  /* What takes long is repeated once. So is a name that was not found: curl does not tell whether
   * the question was answered with no or not at all.
   */
  if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_RESOLVE_HOST)
    max_retries = MIN (max_retries, 1);

  curl_easy_getinfo (self->easy, CURLINFO_OS_ERRNO, &os_errno);
  if (code == CURLE_OPERATION_TIMEDOUT)
    _ann_http_set_timeout_error (&self->request->error, self->host, self->is_connected,
                                 self->is_connected ? self->limits.idle_timeout_ms
                                                    : self->limits.connect_timeout_ms,
                                 ++self->n_timeouts);
  else
    _ann_http_set_curl_error (&self->request->error, code, (int) os_errno, self->error_text,
                              self->host);

  if (!_ann_http_is_code_passing (code) || self->n_failures >= max_retries)
    return ANN_HTTP_DONE;
  self->needs_connection = TRUE;

  return ANN_HTTP_RETRY;
}

/* After an answer with a status. */
static AnnHttpOutcome
conclude (AnnHttpTransfer *self)
{
  curl_off_t retry_after = 0;

  if (is_redirect (self))
    {
      if (follow (self))
        return ANN_HTTP_REDIRECT;
      self->request->error = g_steal_pointer (&self->error);
      return ANN_HTTP_DONE;
    }
  if (is_cut_off (self))
    return fail (self, CURLE_PARTIAL_FILE);

  if (!_ann_http_is_status_passing (self->request->status)
      || self->n_failures >= self->limits.max_retries)
    return ANN_HTTP_DONE;

  curl_easy_getinfo (self->easy, CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > MAX_RETRY_AFTER) /* nobody waits that long without being asked */
    return ANN_HTTP_DONE;
  self->retry_after = (guint) MAX (retry_after, 0);

  return ANN_HTTP_RETRY;
}

/* After an answer to the address that redirects led to before: that may have been for a while. */
static gboolean
went_astray (AnnHttpTransfer *self, CURLcode code)
{
  if (!self->is_shortcut || (code == CURLE_OK && self->request->status < 300))
    return FALSE;

  _ann_http_shortcuts_remove (self->request->url);
  self->is_shortcut = FALSE;
  self->was_astray = code == CURLE_OK && self->request->status >= 400;

  return self->was_astray;
}

static void
remember_way (AnnHttpTransfer *self)
{
  if (self->n_redirects > 0 && self->request->sign == NULL && self->request->method == NULL
      && self->request->error == NULL
      && (self->request->status == 200 || self->request->status == 206))
    _ann_http_shortcuts_add (self->request->url, self->url);
}

AnnHttpOutcome
_ann_http_transfer_finish (AnnHttpTransfer *self, CURLcode code)
{
  AnnHttpOutcome outcome;

  if (self->is_complete && code == CURLE_WRITE_ERROR)
    code = CURLE_OK;
  if (code == CURLE_OK && !self->has_begun && !_ann_http_transfer_begin_body (self))
    code = CURLE_WRITE_ERROR;

  if (went_astray (self, code))
    {
      g_clear_pointer (&self->url, g_free);
      outcome = ANN_HTTP_REDIRECT;
    }
  else if (self->error != NULL)
    {
      self->request->error = g_steal_pointer (&self->error);
      outcome = ANN_HTTP_DONE;
    }
  else if (code != CURLE_OK)
    {
      outcome = fail (self, code);
    }
  else
    {
      outcome = conclude (self);
    }

  /* A repetition begins where the first one did: what a redirect leads to may not live long. */
  if (outcome == ANN_HTTP_RETRY)
    {
      self->n_failures++;
      self->n_redirects = 0;
      g_clear_pointer (&self->url, g_free);
    }
  else if (outcome == ANN_HTTP_DONE)
    {
      remember_way (self);
    }
  self->easy = NULL;

  return outcome;
}
