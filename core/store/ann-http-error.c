/* ann-http-error.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-http-transfer-private.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

/* Messages name the host, and never an address in whole: its query may be a signature. */

/* Whether this machine has an address besides its own loopback. */
static gboolean
has_network (void)
{
  struct ifaddrs *first;
  gboolean found = FALSE;

  if (getifaddrs (&first) != 0)
    return TRUE;

  for (struct ifaddrs *one = first; one != NULL; one = one->ifa_next)
    if (one->ifa_addr != NULL && (one->ifa_flags & IFF_UP) != 0
        && (one->ifa_flags & IFF_LOOPBACK) == 0
        && (one->ifa_addr->sa_family == AF_INET || one->ifa_addr->sa_family == AF_INET6))
      found = TRUE;
  freeifaddrs (first);

  return found;
}

static void
set_connect_error (GError **error, int os_errno, const char *host)
{
  switch (os_errno)
    {
    case ECONNREFUSED:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                   "%s refuses the connection: no server answers there", host);
      break;
    case ENETUNREACH:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                   "%s cannot be reached from this network", host);
      break;
    case ETIMEDOUT:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s could not be reached in time",
                   host);
      break;
    default:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, "%s cannot be reached%s%s", host,
                   os_errno != 0 ? ": " : "", os_errno != 0 ? g_strerror (os_errno) : "");
      break;
    }
}

static gboolean
has_proxy (void)
{
  static const char *const variables[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                           "ALL_PROXY" };

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    if (g_getenv (variables[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* Whether @host, which may have a port and IPv6's brackets, is @name. */
static gboolean
is_host (const char *host, const char *name)
{
  gsize length = strlen (name);

  host += host[0] == '[';

  return g_ascii_strncasecmp (host, name, length) == 0 && strchr (":]", host[length]) != NULL;
}

/* Whether that is the port of @host, which has none if it is that of HTTP or HTTPS. */
static gboolean
is_port (const char *host, guint port)
{
  const char *colon = strrchr (host, ':');

  if (colon == NULL || strchr (colon, ']') != NULL)
    return port == 80 || port == 443;

  return g_ascii_strtoull (colon + 1, NULL, 10) == port;
}

/* Who did not take the connection: @host, or the proxy before it. That stands in curl's @text
 * alone, "Failed to connect to NAME port N [via PROXY] after …", without its user and password;
 * before curl 8, NAME and N are the proxy's. (transfer full)
 */
static char *
describe_peer (const char *text, const char *host)
{
  char name[256];
  char proxy[256];
  guint port;
  int n;

  if (!has_proxy ())
    return g_strdup (host);

  n = sscanf (text, "Failed to connect to %255s port %u via %255s", name, &port, proxy);
  if (n == 3)
    return g_strdup_printf ("The proxy %s, on the way to %s,", proxy, host);
  if (n == 2 && !(is_host (host, name) && is_port (host, port)))
    return g_strdup_printf (strchr (name, ':') != NULL ? "The proxy [%s]:%u, on the way to %s,"
                                                       : "The proxy %s:%u, on the way to %s,",
                            name, port, host);

  return g_strdup (host);
}

/* What OpenSSL and others say begins with words that our sentence has already. */
static const char *
get_tls_reason (const char *text)
{
  const char *colon = strstr (text, "problem: ");

  if (colon != NULL)
    return colon + strlen ("problem: ");

  return *text != '\0' ? text : "the connection could not be made secure";
}

void
_ann_http_set_curl_error (GError **error,
                          CURLcode code,
                          int os_errno,
                          const char *text,
                          const char *host)
{
  switch ((int) code) /* one of a hundred, of which few concern us */
    {
    case CURLE_COULDNT_RESOLVE_HOST:
      if (!has_network ())
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                     "This computer has no network, %s cannot be found", host);
      else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "There is no host %s", host);
      break;
    case CURLE_COULDNT_RESOLVE_PROXY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
                   "The proxy that the environment names was not found");
      break;
    case CURLE_PROXY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, "The proxy did not connect to %s",
                   host);
      break;
    case CURLE_COULDNT_CONNECT:
      {
        g_autofree char *peer = describe_peer (text, host);

        set_connect_error (error, os_errno, peer);
        break;
      }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "The certificate of %s is not trusted: %s", host, get_tls_reason (text));
      break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE,
                   "There is no secure connection to %s: %s", host, get_tls_reason (text));
      break;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC,
                   "The file of certificates that are trusted cannot be read: %s",
                   get_tls_reason (text));
      break;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                   "The connection to %s was cut off before the answer was complete", host);
      break;
    case CURLE_OUT_OF_MEMORY:
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "There is no memory for the answer of %s",
                   host);
      break;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP 0.9, which is any text */
    case CURLE_WEIRD_SERVER_REPLY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s sends an answer that is no HTTP",
                   host);
      break;
    default:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s could not be read: %s", host,
                   curl_easy_strerror (code));
      break;
    }
}

static char *
describe_duration (guint ms)
{
  return ms % 1000 == 0 ? g_strdup_printf ("%u s", ms / 1000) : g_strdup_printf ("%u ms", ms);
}

void
_ann_http_set_timeout_error (GError **error,
                             const char *host,
                             gboolean is_connected,
                             guint timeout_ms,
                             guint n_times)
{
  g_autofree char *once = describe_duration (timeout_ms);
  g_autofree char *duration = n_times > 1 ? g_strdup_printf ("%u times %s", n_times, once)
                                          : g_steal_pointer (&once);

  if (is_connected)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s has sent nothing for %s", host,
                 duration);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s could not be reached within %s", host,
                 duration);
}

/* What a status means that has a meaning of its own here. */
typedef struct {
  guint status;
  gboolean is_ours; /* the code is of ANN_ERROR, else of G_IO_ERROR */
  int code;
  const char *reason;
} StatusMeaning;

static const StatusMeaning meanings[] = {
  { 401, TRUE, ANN_ERROR_DENIED, "the server asks for a sign-in" },
  { 403, TRUE, ANN_ERROR_DENIED, "the server does not allow to read it" },
  { 404, TRUE, ANN_ERROR_NOT_FOUND, "there is no such object" },
  { 410, TRUE, ANN_ERROR_NOT_FOUND, "there is no such object any more" },
  { 412, TRUE, ANN_ERROR_CHANGED, "it was changed while it was open" },
  { 416, TRUE, ANN_ERROR_CORRUPT, "it ends before the part that is read" },
  { 407, FALSE, G_IO_ERROR_PROXY_AUTH_FAILED, "the proxy on the way asks for a sign-in" },
  { 408, FALSE, G_IO_ERROR_TIMED_OUT, "the server has waited too long for the request" },
  { 429, FALSE, G_IO_ERROR_BUSY, "the server is asked too often and wants a pause" },
  { 503, FALSE, G_IO_ERROR_BUSY, "the server is too busy to answer" },
};

void
_ann_http_set_status_error (GError **error, guint status, const char *name)
{
  StatusMeaning meaning = { status, FALSE, G_IO_ERROR_FAILED, "the server gives no usable answer" };

  if (status >= 500)
    meaning = (StatusMeaning){ status, FALSE, G_IO_ERROR_BUSY,
                               "the server is in trouble and cannot answer" };
  else if (status >= 300 && status < 400)
    meaning = (StatusMeaning){ status, FALSE, G_IO_ERROR_INVALID_DATA,
                               "the server points elsewhere without saying where" };

  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].status == status)
      meaning = meanings[i];

  if (name != NULL)
    g_set_error (error, meaning.is_ours ? ANN_ERROR : G_IO_ERROR, meaning.code, "%s: %s (%u)", name,
                 meaning.reason, status);
  else
    g_set_error (error, meaning.is_ours ? ANN_ERROR : G_IO_ERROR, meaning.code, "%c%s (%u)",
                 g_ascii_toupper (*meaning.reason), meaning.reason + 1, status);
}

/**
 * ann_http_error_is_passing:
 * @error: an error
 *
 * Returns: whether it is one of the network's or of a server's in trouble: that nothing came says
 *   nothing about the store, and trying again makes sense
 */
gboolean
ann_http_error_is_passing (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (error->domain != G_IO_ERROR)
    return FALSE;

  switch ((int) error->code)
    {
    case G_IO_ERROR_TIMED_OUT:
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_PROXY_FAILED:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
_ann_http_is_code_passing (CURLcode code)
{
  switch ((int) code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
_ann_http_is_status_passing (guint status)
{
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503
         || status == 504;
}
