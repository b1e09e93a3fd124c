/* ann-http-transfer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-transfer-private.h"

#include "base/ann-error.h"
#include "store/ann-version-private.h"

#include <string.h>

/* The headers of an answer are read as they come, for only they say what the body is: the part
 * that was asked for, the whole object instead, or a page that says no. What then comes is
 * measured against that before it is kept.
 */

#define MAX_REDIRECTS 8
#define MAX_RETRY_AFTER 30
#define MAX_HEADER_BYTES (256 * 1024)
#define MAX_FIELD 512
#define MAX_DETAIL 4096
#define MAX_DISCARDED (64 * 1024)

/* How much of an object is read only to come to the part that is wanted, where the server does not
 * know ranges.
 */
#define MAX_SKIPPED (1024 * 1024)

/* Memory is taken in one go for answers up to this, if the server says how long they are. */
#define MAX_TRUSTED_LENGTH (64 * 1024 * 1024)

#define BUFFER_SIZE (256 * 1024)

static void
reset_answer (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;

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
is_same_origin (const char *url, const char *other)
{
  g_autofree char *one = get_origin (url, NULL);
  g_autofree char *two = get_origin (other, NULL);

  return one != NULL && two != NULL && g_ascii_strcasecmp (one, two) == 0;
}

/* --- Headers --- */

/* The value of the header @line if its name is @name: (transfer full) (nullable) */
static char *
get_field (const char *line, gsize n, const char *name)
{
  gsize length = strlen (name);
  char *value;

  if (n <= length || line[length] != ':' || g_ascii_strncasecmp (line, name, length) != 0)
    return NULL;
  n -= length + 1;
  if (n > MAX_FIELD || memchr (line + length + 1, '\0', n) != NULL)
    return NULL;
  value = g_strndup (line + length + 1, n);

  return g_strstrip (value);
}

static void
take_field (char **place, const char *line, gsize n, const char *name)
{
  char *value = get_field (line, n, name);

  if (value == NULL)
    return;
  g_free (*place);
  *place = value;
}

static void
touch (AnnHttpTransfer *self)
{
  self->deadline = g_get_monotonic_time () + (gint64) self->limits.idle_timeout_ms * 1000;
}

/* A line of the headers: of the answer, or of one before it (100, a proxy's). */
static size_t
on_header (char *line, G_GNUC_UNUSED size_t size, size_t n, void *data)
{
  AnnHttpTransfer *self = data;
  g_autofree char *encoding = NULL;

  touch (self);
  self->header_bytes += n;
  if (self->header_bytes > MAX_HEADER_BYTES)
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s sends headers without an end", self->host);
      return 0;
    }

  if (n > 5 && memcmp (line, "HTTP/", 5) == 0)
    {
      g_clear_pointer (&self->content_range, g_free);
      g_clear_pointer (&self->request->etag, g_free);
      g_clear_pointer (&self->request->modified, g_free);
      self->is_encoded = FALSE;
      return n;
    }

  take_field (&self->request->etag, line, n, "ETag");
  take_field (&self->request->modified, line, n, "Last-Modified");
  take_field (&self->content_range, line, n, "Content-Range");
  encoding = get_field (line, n, "Content-Encoding");
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    self->is_encoded = TRUE;

  return n;
}

/* "bytes 0-99/1234"; a star may stand for the size, or for the part that there is none of. */
static gboolean
parse_content_range (const char *text, guint64 *first, guint64 *length, guint64 *size)
{
  guint64 last;
  char *end;

  if (text == NULL || g_ascii_strncasecmp (text, "bytes", 5) != 0)
    return FALSE;
  text += 5;
  while (*text == ' ' || *text == '=')
    text++;

  *length = 0;
  if (*text == '*')
    {
      end = (char *) text + 1;
    }
  else
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      *first = g_ascii_strtoull (text, &end, 10);
      if (end[0] != '-' || !g_ascii_isdigit (end[1]))
        return FALSE;
      last = g_ascii_strtoull (end + 1, &end, 10);
      if (last < *first || last == G_MAXUINT64)
        return FALSE;
      *length = last - *first + 1;
    }

  if (*end++ != '/')
    return FALSE;
  *size = g_ascii_isdigit (*end) ? g_ascii_strtoull (end, NULL, 10) : ANN_STORE_SIZE_UNKNOWN;

  return *size == ANN_STORE_SIZE_UNKNOWN || *length == 0
         || (*first < *size && *length <= *size - *first);
}

/* --- The body --- */

/* Whether the part that comes is the one that was asked for: all of it that there is. */
static gboolean
is_wanted_part (AnnHttpTransfer *self, guint64 first, guint64 length, guint64 size)
{
  guint64 left;

  if (self->is_suffix)
    return size != ANN_STORE_SIZE_UNKNOWN && first + length == size
           && length == MIN (self->length, size);

  if (first != self->first)
    return FALSE;
  left = size == ANN_STORE_SIZE_UNKNOWN ? length : size - first;

  return length == MIN (self->length, left);
}

static gboolean
begin_part (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;
  guint64 first = 0;
  guint64 length = 0;

  if (!self->has_range)
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s sends a part where all was asked for", self->host);
      return FALSE;
    }
  if (!parse_content_range (self->content_range, &first, &length, &request->object_size)
      || length == 0 || !is_wanted_part (self, first, length, request->object_size))
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s sends another part than the one that was asked for", self->host);
      return FALSE;
    }
  self->n_wanted = length;

  return TRUE;
}

/* All of the object comes. What of it is wanted is taken out, if that does not cost too much. */
static gboolean
begin_whole (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;
  curl_off_t length = -1;
  guint64 first = self->first;

  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  request->object_size = length >= 0 ? (guint64) length : ANN_STORE_SIZE_UNKNOWN;
  if (!self->has_range)
    {
      self->n_wanted = request->object_size;
      return TRUE;
    }

  if (self->is_suffix && length >= 0)
    first = (guint64) length - MIN (self->length, (guint64) length);
  if (first > MAX_SKIPPED || (self->is_suffix && length < 0))
    {
      g_set_error (&self->error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s does not send parts of an object (range requests), which reading by parts "
                   "needs",
                   self->host);
      return FALSE;
    }

  self->n_unwanted = first;
  self->n_wanted = self->length;
  if (length >= 0)
    self->n_wanted = MIN (self->n_wanted, (guint64) length - MIN (first, (guint64) length));

  return TRUE;
}

/* The first byte of a body, or the end of an empty one. */
static gboolean
begin_body (AnnHttpTransfer *self)
{
  AnnHttpRequest *request = self->request;
  long status = 0;

  self->has_begun = TRUE;
  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  request->status = (guint) status;

  if (status == 416)
    {
      guint64 unused;

      if (!parse_content_range (self->content_range, &unused, &unused, &request->object_size))
        request->object_size = ANN_STORE_SIZE_UNKNOWN;
    }
  if (status != 200 && status != 206)
    return TRUE;

  if (self->is_encoded)
    {
      g_set_error (&self->error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s sends its objects compressed (Content-Encoding), which cannot be read in "
                   "parts",
                   self->host);
      return FALSE;
    }
  if (!(status == 206 ? begin_part (self) : begin_whole (self)))
    return FALSE;

  if (self->n_wanted != ANN_STORE_SIZE_UNKNOWN && self->n_wanted > request->limit)
    {
      g_set_error (&self->error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s sends %" G_GUINT64_FORMAT " bytes, more than the %" G_GSIZE_FORMAT
                   " that are taken",
                   self->host, self->n_wanted, request->limit);
      return FALSE;
    }

  return TRUE;
}

/* Makes room for @n more bytes, of which it is known that they may be kept. */
static gboolean
make_room (AnnHttpTransfer *self, gsize n)
{
  AnnHttpRequest *request = self->request;
  gsize needed = request->n_bytes + n; /* at most the limit */
  gsize capacity;
  guint8 *bytes;

  if (!self->owns_bytes || needed <= self->capacity)
    return TRUE;

  capacity = MIN (MAX (needed, 2 * self->capacity), request->limit);
  if (self->n_wanted != ANN_STORE_SIZE_UNKNOWN && self->n_wanted <= MAX_TRUSTED_LENGTH)
    capacity = MAX (needed, self->n_wanted);

  bytes = g_try_realloc (request->bytes, capacity);
  if (bytes == NULL)
    {
      g_set_error (&self->error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for the %" G_GSIZE_FORMAT " bytes that %s sends", capacity,
                   self->host);
      return FALSE;
    }
  request->bytes = bytes;
  self->capacity = capacity;

  return TRUE;
}

/* Keeps what of @bytes is wanted. %FALSE: no more of them are. */
static gboolean
take_bytes (AnnHttpTransfer *self, const char *bytes, gsize n)
{
  AnnHttpRequest *request = self->request;
  gsize n_left_out = MIN (self->n_unwanted, n);
  guint64 n_left;

  self->n_unwanted -= n_left_out;
  bytes += n_left_out;
  n -= n_left_out;

  if (self->n_wanted != ANN_STORE_SIZE_UNKNOWN)
    {
      n_left = self->n_wanted - request->n_bytes;
      self->is_complete = n > n_left;
      n = MIN (n, n_left);
    }
  if (n > request->limit - request->n_bytes)
    {
      g_set_error (&self->error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s sends more than the %" G_GSIZE_FORMAT " bytes that are taken", self->host,
                   request->limit);
      return FALSE;
    }
  if (n > 0)
    {
      if (!make_room (self, n))
        return FALSE;
      memcpy (request->bytes + request->n_bytes, bytes, n);
      request->n_bytes += n;
    }

  return !self->is_complete;
}

/* Keeps the beginning of what a page says that is not the object. %FALSE: enough of it. */
static gboolean
take_detail (AnnHttpTransfer *self, const char *bytes, gsize n)
{
  gsize n_kept = MIN (n, MAX_DETAIL - self->n_detail);

  if (self->request->detail == NULL)
    self->request->detail = g_malloc0 (MAX_DETAIL + 1);
  memcpy (self->request->detail + self->n_detail, bytes, n_kept);
  self->n_detail += n_kept;
  self->n_discarded += n;
  self->is_complete = self->n_discarded > MAX_DISCARDED;

  return !self->is_complete;
}

static size_t
on_body (char *bytes, G_GNUC_UNUSED size_t size, size_t n, void *data)
{
  AnnHttpTransfer *self = data;
  gboolean goes_on;

  touch (self);
  _ann_traffic_add_bytes (self->traffic, n);
  if (!self->has_begun && !begin_body (self))
    return 0;

  if (self->request->status == 200 || self->request->status == 206)
    goes_on = take_bytes (self, bytes, n);
  else
    goes_on = take_detail (self, bytes, n);

  return goes_on ? n : 0;
}

/* The connection is there, the request is about to be sent. */
static int
on_connected (void *data,
              G_GNUC_UNUSED char *address,
              G_GNUC_UNUSED char *local_address,
              G_GNUC_UNUSED int port,
              G_GNUC_UNUSED int local_port)
{
  AnnHttpTransfer *self = data;

  self->is_connected = TRUE;
  touch (self);

  return CURL_PREREQFUNC_OK;
}

/* --- Sending --- */

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

      request->sign (self->url, signature, request->sign_data);
      for (guint i = 0; i < signature->len; i++)
        add_header (self, g_ptr_array_index (signature, i));
    }
}

static void
set_options (AnnHttpTransfer *self, CURL *easy)
{
  const char *ca_file = g_getenv ("CURL_CA_BUNDLE");

  if (ca_file == NULL)
    ca_file = g_getenv ("SSL_CERT_FILE");

  curl_easy_setopt (easy, CURLOPT_URL, self->url);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, self->headers);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_body);
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
  /* One connection for all, if it turns out to be HTTP/2; else the others connect then. */
  curl_easy_setopt (easy, CURLOPT_PIPEWAIT, g_str_has_prefix (self->url, "https:") ? 1L : 0L);
  if (ca_file != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, ca_file);
}

gboolean
_ann_http_transfer_start (AnnHttpTransfer *self, CURL *easy)
{
  g_autofree char *origin = NULL;

  reset_answer (self);
  if (self->url == NULL)
    self->url = g_strdup (self->request->url);
  g_clear_pointer (&self->host, g_free);
  origin = get_origin (self->url, &self->host);
  if (origin == NULL || !g_regex_match_simple ("^https?://.", origin, G_REGEX_CASELESS, 0))
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
  _ann_traffic_begin_request (self->traffic, self->n_failures > 0);

  return TRUE;
}

/* --- The end of it --- */

static void
leave_easy (AnnHttpTransfer *self)
{
  self->easy = NULL;
  _ann_traffic_end_request (self->traffic);
}

void
_ann_http_transfer_stop (AnnHttpTransfer *self)
{
  leave_easy (self);
}

/* Where a redirect leads. %FALSE: not anywhere we go, and self->error says why. */
static gboolean
follow (AnnHttpTransfer *self)
{
  const char *target = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_REDIRECT_URL, &target);
  if (++self->n_redirects > MAX_REDIRECTS)
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s sends in a circle: more than %d redirects", self->host, MAX_REDIRECTS);
      return FALSE;
    }
  if (g_ascii_strncasecmp (target, "https://", 8) != 0
      && (g_ascii_strncasecmp (target, "http://", 7) != 0
          || g_ascii_strncasecmp (self->url, "https://", 8) == 0))
    {
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s sends to another address that is not a secure one", self->host);
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

  /* What takes long is repeated once. So is a name that was not found: curl does not tell whether
   * the question was answered with no or not at all.
   */
  if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_RESOLVE_HOST)
    max_retries = MIN (max_retries, 1);

  curl_easy_getinfo (self->easy, CURLINFO_OS_ERRNO, &os_errno);
  if (code == CURLE_OPERATION_TIMEDOUT)
    _ann_http_set_timeout_error (&self->request->error, self->host, self->is_connected,
                                 self->is_connected ? self->limits.idle_timeout_ms
                                                    : self->limits.connect_timeout_ms);
  else
    _ann_http_set_curl_error (&self->request->error, code, (int) os_errno, self->error_text,
                              self->host);

  return _ann_http_is_code_passing (code) && self->n_failures < max_retries ? ANN_HTTP_RETRY
                                                                            : ANN_HTTP_DONE;
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

AnnHttpOutcome
_ann_http_transfer_finish (AnnHttpTransfer *self, CURLcode code)
{
  AnnHttpOutcome outcome;

  if (self->is_complete && code == CURLE_WRITE_ERROR)
    code = CURLE_OK;
  if (code == CURLE_OK && !self->has_begun && !begin_body (self))
    code = CURLE_WRITE_ERROR;

  if (self->error != NULL)
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
  leave_easy (self);

  return outcome;
}
