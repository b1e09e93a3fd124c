/* ann-http-answer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-transfer-private.h"

#include "base/ann-error.h"

#include <string.h>

/* The headers of an answer are read as they come, for only they say what the body is: the part
 * that was asked for, the whole object instead, or a page that says no. What then comes is
 * measured against that before it is kept.
 */

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

gboolean
_ann_http_request_is_head (const AnnHttpRequest *request)
{
  return g_strcmp0 (request->method, "HEAD") == 0;
}

void
_ann_http_transfer_touch (AnnHttpTransfer *self)
{
  self->deadline = g_get_monotonic_time () + (gint64) self->limits.idle_timeout_ms * 1000;
}

/* A line of the headers: of the answer, or of one before it (100, a proxy's). */
size_t
_ann_http_transfer_on_header (char *line, G_GNUC_UNUSED size_t size, size_t n, void *data)
{
  AnnHttpTransfer *self = data;
  g_autofree char *encoding = NULL;

  _ann_http_transfer_touch (self);
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
      g_clear_pointer (&self->request->found, g_free);
      self->is_encoded = FALSE;
      return n;
    }

  take_field (&self->request->etag, line, n, "ETag");
  take_field (&self->request->modified, line, n, "Last-Modified");
  take_field (&self->content_range, line, n, "Content-Range");
  if (self->request->wanted != NULL)
    take_field (&self->request->found, line, n, self->request->wanted);
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
gboolean
_ann_http_transfer_begin_body (AnnHttpTransfer *self)
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
  if ((status != 200 && status != 206) || _ann_http_request_is_head (request))
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

size_t
_ann_http_transfer_on_body (char *bytes, G_GNUC_UNUSED size_t size, size_t n, void *data)
{
  AnnHttpTransfer *self = data;
  gboolean goes_on;

  _ann_http_transfer_touch (self);
  _ann_traffic_add_bytes (self->traffic, n);
  if (!self->has_begun && !_ann_http_transfer_begin_body (self))
    return 0;

  if (self->request->status == 200 || self->request->status == 206)
    goes_on = take_bytes (self, bytes, n);
  else
    goes_on = take_detail (self, bytes, n);

  return goes_on ? n : 0;
}
