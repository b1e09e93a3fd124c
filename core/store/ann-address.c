/* ann-address.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-address.h"

#include <gio/gio.h>
#include <string.h>

gsize
_ann_address_scheme_length (const char *uri)
{
  gsize length = 0;

  if (!g_ascii_isalpha (uri[0]))
    return 0;
  while (g_ascii_isalnum (uri[length]) || (uri[length] != '\0' && strchr ("+-.", uri[length])))
    length++;

  return g_str_has_prefix (uri + length, "://") ? length : 0;
}

gsize
_ann_address_mistyped_length (const char *uri)
{
  static const char *const schemes[] = { "http:/", "https:/", "s3:/", "gs:/", "az:/" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      gsize length = strlen (schemes[i]);

      if (g_ascii_strncasecmp (uri, schemes[i], length) == 0 && uri[length] != '/')
        return length - 2;
    }

  return 0;
}

gboolean
_ann_address_lacks_scheme (const char *path)
{
  gsize n_host = strcspn (path, ":/");
  gsize n_port;

  if (n_host == 0 || path[n_host] != ':')
    return FALSE;
  n_port = strspn (path + n_host + 1, "0123456789");

  return n_port > 0 && (path[n_host + 1 + n_port] == '/' || path[n_host + 1 + n_port] == '\0');
}

static gboolean
is_escape (const char *text)
{
  return text[0] == '%' && g_ascii_isxdigit (text[1]) && g_ascii_isxdigit (text[2]);
}

char *
_ann_address_encode (const char *text, gsize length, const char *allowed)
{
  GString *result = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) text[i];

      if (i + 2 < length && is_escape (text + i))
        {
          g_string_append_printf (result, "%%%c%c", g_ascii_toupper (text[i + 1]),
                                  g_ascii_toupper (text[i + 2]));
          i += 2;
        }
      else if (g_ascii_isalnum (c) || (c != '\0' && strchr (allowed, c) != NULL))
        g_string_append_c (result, (char) c);
      else
        g_string_append_printf (result, "%%%02X", c);
    }

  return g_string_free (result, FALSE);
}

char *
_ann_address_decode (const char *text, gsize length)
{
  GString *result = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      if (i + 2 < length && is_escape (text + i))
        {
          g_string_append_c (result, (char) (g_ascii_xdigit_value (text[i + 1]) * 16
                                             + g_ascii_xdigit_value (text[i + 2])));
          i += 2;
        }
      else
        g_string_append_c (result, text[i]);
    }

  if (g_utf8_validate_len (result->str, result->len, NULL))
    return g_string_free (result, FALSE);

  g_string_free (result, TRUE);

  return NULL;
}

/* @host in lower case and ASCII, an address of IPv6 in brackets; %NULL if it is no host. */
static char *
normalize_host (const char *host)
{
  g_autofree char *ascii = NULL;
  gsize length = strlen (host);

  if (host[0] == '[')
    {
      g_autofree char *address = NULL;

      if (length < 3 || host[length - 1] != ']')
        return NULL;
      address = g_ascii_strdown (host + 1, (gssize) length - 2);
      if (strchr (address, ':') == NULL || strchr (address, '%') != NULL
          || !g_hostname_is_ip_address (address))
        return NULL;

      return g_strdup_printf ("[%s]", address);
    }

  if (!g_utf8_validate (host, -1, NULL))
    return NULL;
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || ascii[0] == '\0' || ascii[0] == '.' || strstr (ascii, "..") != NULL
      || strlen (ascii) > 253
      || strspn (ascii, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
             != strlen (ascii))
    return NULL;

  return g_ascii_strdown (ascii, -1);
}

char *
_ann_address_parse_origin (const char *scheme,
                           const char *authority,
                           const char *what,
                           char **host,
                           GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *normal = NULL;
  const char *colon = strrchr (authority, ':');
  gboolean is_tls = g_str_equal (scheme, "https");
  guint64 port = is_tls ? 443 : 80;

  if (strchr (authority, '@') != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s has a user name or password in it: leave it out, and sign in instead", what);
      return NULL;
    }

  if (colon != NULL && strchr (colon, ']') == NULL)
    {
      if (colon[1] != '\0'
          && !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "%s has a port that is no number from 1 to 65535", what);
          return NULL;
        }
      name = g_strndup (authority, (gsize) (colon - authority));
    }
  else
    name = g_strdup (authority);

  normal = normalize_host (name);
  if (normal == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s does not begin with the name of a host, such as %s://example.org/", what,
                   scheme);
      return NULL;
    }

  if (host != NULL)
    *host = g_strdup (normal);

  return port == (is_tls ? 443 : 80)
             ? g_strdup_printf ("%s://%s", scheme, normal)
             : g_strdup_printf ("%s://%s:%" G_GUINT64_FORMAT, scheme, normal, port);
}

gsize
_ann_address_trim (const char *path, gsize length)
{
  while (length > 0 && path[length - 1] == '/')
    length--;

  return length;
}

char *
_ann_address_parse_endpoint (const char *text, const char *what, char **host, GError **error)
{
  gsize length = _ann_address_scheme_length (text);
  g_autofree char *scheme = g_ascii_strdown (text, (gssize) length);
  g_autofree char *authority = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *path = NULL;
  const char *rest = text + length + 3;
  gsize n_authority;

  if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s does not begin with https:// or http://", what);
      return NULL;
    }
  if (strpbrk (rest, "?#") != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s has a query or fragment, which an endpoint may not have", what);
      return NULL;
    }

  n_authority = strcspn (rest, "/");
  authority = g_strndup (rest, n_authority);
  origin = _ann_address_parse_origin (scheme, authority, what, host, error);
  if (origin == NULL)
    return NULL;
  rest += n_authority;
  path = _ann_address_encode (rest, _ann_address_trim (rest, strlen (rest)),
                              ANN_ADDRESS_PATH_CHARACTERS);

  return g_strconcat (origin, path, NULL);
}

gboolean
_ann_address_is_region (const char *text)
{
  gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return length > 0 && length < 64 && text[length] == '\0';
}

gboolean
_ann_address_has_secrets (const char *query)
{
  static const char *const words[] = { "sig",    "token",   "key",    "secret", "auth",
                                       "cred",   "pass",    "pwd",    "sas",    "session",
                                       "x-amz-", "x-goog-", "policy", "code" };
  g_autofree char *lower = g_ascii_strdown (query, -1);
  g_auto (GStrv) parts = g_strsplit_set (lower, "&;", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *equals = strchr (parts[i], '=');
      const char *value = equals != NULL ? equals + 1 : parts[i];

      if (strlen (value) >= 20 && strpbrk (value, "./") == NULL)
        return TRUE;
      if (equals != NULL)
        *equals = '\0';
      for (guint j = 0; j < G_N_ELEMENTS (words); j++)
        {
          if (strstr (parts[i], words[j]) != NULL)
            return TRUE;
        }
    }

  return FALSE;
}
