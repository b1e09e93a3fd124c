/* ann-location.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-location.h"

#include "base/ann-error.h"
#include "store/ann-address.h"

#include <gio/gio.h>
#include <string.h>

#define AZURE_HOST "blob.core.windows.net"
#define GOOGLE_ENDPOINT "https://storage.googleapis.com"

/* `origin` and `path` are what everything else follows from: see finish (). `path` is the path of a
 * file as it is; the encoded path of HTTP, "" or from a slash on; the decoded key of S3. No path
 * ends with a slash, but "/" of files.
 */
struct _AnnLocation {
  gatomicrefcount ref_count;
  AnnLocationKind kind;
  gboolean is_google;

  char *origin;         /* (nullable): as shown, such as "https://host:81", "s3://bucket" */
  char *request_origin; /* (nullable): of HTTP, as asked for */
  char *path;
  char *query; /* (nullable): of HTTP, encoded */
  char *host;  /* (nullable) */

  char *bucket;
  char *endpoint;
  char *region;
  char *profile;
  gboolean is_anonymous;
  gboolean is_path_style;
  gboolean is_host_style; /* said to be no path style */

  char *uri;
  char *url;
  char *name;
  char *scope;
};

G_DEFINE_BOXED_TYPE (AnnLocation, ann_location, ann_location_ref, ann_location_unref)

static gboolean
parse_http (AnnLocation *self, const char *scheme, const char *rest, GError **error)
{
  gsize n_authority = strcspn (rest, "/?#");
  g_autofree char *authority = g_strndup (rest, n_authority);
  gsize n_path;

  self->kind = ANN_LOCATION_HTTP;
  self->request_origin = _ann_address_parse_origin (scheme, authority, "The address", &self->host,
                                                    error);
  if (self->request_origin == NULL)
    return FALSE;
  self->origin = g_strdup (self->request_origin);

  rest += n_authority;
  n_path = strcspn (rest, "?#");
  self->path = _ann_address_encode (rest, _ann_address_trim (rest, n_path),
                                    ANN_ADDRESS_PATH_CHARACTERS);
  rest += n_path;
  if (rest[0] == '?' && strcspn (rest + 1, "#") > 0)
    self->query = _ann_address_encode (rest + 1, strcspn (rest + 1, "#"),
                                       ANN_ADDRESS_PATH_CHARACTERS "?");

  return TRUE;
}

/* `az://account/container/path`, which is an address of HTTP. */
static gboolean
parse_azure (AnnLocation *self, const char *rest, GError **error)
{
  gsize n_account = strspn (rest, "abcdefghijklmnopqrstuvwxyz0123456789");
  g_autofree char *address = NULL;

  if (n_account < 3 || n_account > 24 || rest[n_account] != '/'
      || _ann_address_trim (rest, strcspn (rest, "?#")) == n_account)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "An address of Azure is az://account/container/path, with an account "
                           "of 3 to 24 small letters and digits");
      return FALSE;
    }

  address = g_strdup_printf ("%.*s." AZURE_HOST "%s", (int) n_account, rest, rest + n_account);
  if (!parse_http (self, "https", address, error))
    return FALSE;
  g_free (self->origin);
  self->origin = g_strdup_printf ("az://%.*s", (int) n_account, rest);

  return TRUE;
}

static gboolean
parse_flag (const char *name, const char *value, gboolean *flag, GError **error)
{
  *flag = g_ascii_strcasecmp (value, "true") == 0 || g_str_equal (value, "1");
  if (*flag || g_ascii_strcasecmp (value, "false") == 0 || g_str_equal (value, "0"))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "The parameter %s of the address is neither true nor false", name);

  return FALSE;
}

static gboolean
parse_parameter (AnnLocation *self, const char *name, const char *value, GError **error)
{
  if (g_str_equal (name, "path-style"))
    {
      gboolean is_right = parse_flag (name, value, &self->is_path_style, error);

      self->is_host_style = is_right && !self->is_path_style;
      return is_right;
    }
  if (g_str_equal (name, "anonymous"))
    return parse_flag (name, value, &self->is_anonymous, error);

  if (g_str_equal (name, "endpoint"))
    {
      g_free (self->endpoint);
      g_clear_pointer (&self->host, g_free);
      self->endpoint = _ann_address_parse_endpoint (value, "The endpoint", &self->host, error);
      return self->endpoint != NULL;
    }

  if (g_str_equal (name, "region"))
    {
      if (!_ann_address_is_region (value))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "The region is not one such as eu-central-1");
          return FALSE;
        }
      g_free (self->region);
      self->region = g_strdup (value);
      return TRUE;
    }

  if (g_str_equal (name, "profile") && value[0] != '\0')
    {
      g_free (self->profile);
      self->profile = g_strdup (value);
      return TRUE;
    }

  /* Not even the name is shown: this is where people put their keys. */
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "The address has a parameter other than endpoint, region, path-style, "
                       "anonymous and profile; keys do not belong there: sign in, or set "
                       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");

  return FALSE;
}

static gboolean
parse_parameters (AnnLocation *self, const char *query, gsize length, GError **error)
{
  g_autofree char *text = g_strndup (query, length);
  g_auto (GStrv) parts = g_strsplit (text, "&", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize n_name = strcspn (parts[i], "=");
      const char *rest = parts[i][n_name] == '=' ? parts[i] + n_name + 1 : "true";
      g_autofree char *value = _ann_address_decode (rest, strlen (rest));

      if (parts[i][0] == '\0')
        continue;
      parts[i][n_name] = '\0';
      if (!parse_parameter (self, parts[i], value != NULL ? value : "", error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_s3 (AnnLocation *self, const char *scheme, const char *rest, GError **error)
{
  gsize n_bucket = strcspn (rest, "/?#");
  gsize n_key;

  self->kind = ANN_LOCATION_S3;
  self->bucket = g_strndup (rest, n_bucket);
  /* Names of before 2018 may have capitals, underscores and 255 characters. */
  if (n_bucket < 3 || n_bucket > 255 || !g_ascii_isalnum (rest[0])
      || strspn (self->bucket, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
             != n_bucket
      || strstr (self->bucket, "..") != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The address does not begin with the name of a bucket (3 to 63 letters, digits, "
                   "dots and hyphens), such as %s://bucket/path; another server is given by "
                   "?endpoint=https://host",
                   scheme);
      return FALSE;
    }
  self->origin = g_strdup_printf ("%s://%s", scheme, self->bucket);

  rest += n_bucket;
  if (rest[0] == '/')
    rest++;
  n_key = strcspn (rest, "?#");
  self->path = _ann_address_decode (rest, _ann_address_trim (rest, n_key));
  if (self->path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The path of the address is not UTF-8");
      return FALSE;
    }
  self->path[_ann_address_trim (self->path, strlen (self->path))] = '\0';

  self->is_google = g_str_equal (scheme, "gs");
  if (self->is_google)
    {
      self->is_path_style = TRUE;
      self->endpoint = g_strdup (GOOGLE_ENDPOINT);
      self->host = g_strdup (strstr (GOOGLE_ENDPOINT, "://") + 3);
      self->region = g_strdup ("auto");
    }

  rest += n_key;
  if (rest[0] == '?' && !parse_parameters (self, rest + 1, strcspn (rest + 1, "#"), error))
    return FALSE;
  if (self->host == NULL)
    self->host = _ann_s3_make_host (self->region);

  return TRUE;
}

/* Nobody is told that such a file is not there: what was meant is no file. */
static gboolean
check_typed (const char *uri, GError **error)
{
  gsize length = _ann_address_mistyped_length (uri);
  g_autofree char *scheme = g_ascii_strdown (uri, (gssize) length);

  if (length == 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "The address lacks a slash: it begins with %s://", scheme);

  return FALSE;
}

static gboolean
parse_file (AnnLocation *self, const char *uri, gboolean is_uri, GError **error)
{
  gsize length;

  self->kind = ANN_LOCATION_FILE;
  if (is_uri)
    {
      g_autofree char *address = g_strndup (uri, strcspn (uri, "?#"));
      g_autofree char *host = NULL;

      self->path = g_filename_from_uri (address, &host, NULL);
      if (self->path == NULL || (host != NULL && !g_str_equal (host, "localhost")))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "The address is not one of a file here: that is file:///path");
          return FALSE;
        }
    }
  else
    self->path = g_strdup (uri);

  length = _ann_address_trim (self->path, strlen (self->path));
  if (length > 0)
    self->path[length] = '\0';
  else if (self->path[0] == '/')
    self->path[1] = '\0';
  else
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The path is empty");
      return FALSE;
    }

  return TRUE;
}

/* The end of @path with @n_segments segments, or %NULL if it has fewer. */
static const char *
find_tail (const char *path, guint n_segments)
{
  gsize end = strlen (path);
  gsize start = end;

  for (guint i = 0; i < n_segments; i++)
    {
      end = _ann_address_trim (path, start);
      if (end == 0)
        return NULL;
      for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    }

  return path + start;
}

static void
append_parameter (GString *uri, const char *name, const char *value)
{
  g_string_append_printf (uri, "%c%s=", strchr (uri->str, '?') != NULL ? '&' : '?', name);
  g_string_append_uri_escaped (uri, value, ":/[]", FALSE);
}

static char *
format_s3_uri (AnnLocation *self)
{
  GString *uri = g_string_new (self->origin);

  if (self->path[0] != '\0')
    {
      g_string_append_c (uri, '/');
      g_string_append_uri_escaped (uri, self->path, "!$&'()*+,;=:@/", FALSE);
    }
  if (self->endpoint != NULL && !(self->is_google && g_str_equal (self->endpoint, GOOGLE_ENDPOINT)))
    append_parameter (uri, "endpoint", self->endpoint);
  if (self->region != NULL && !(self->is_google && g_str_equal (self->region, "auto")))
    append_parameter (uri, "region", self->region);
  if (self->is_path_style && !self->is_google)
    append_parameter (uri, "path-style", "true");
  if (self->is_host_style)
    append_parameter (uri, "path-style", "false");
  if (self->is_anonymous)
    append_parameter (uri, "anonymous", "true");
  if (self->profile != NULL)
    append_parameter (uri, "profile", self->profile);

  return g_string_free (uri, FALSE);
}

static char *
format_scope (AnnLocation *self)
{
  if (self->kind == ANN_LOCATION_FILE)
    return NULL;
  if (self->kind == ANN_LOCATION_HTTP)
    return g_strdup (self->request_origin);
  if (self->endpoint == NULL || (self->is_google && g_str_equal (self->endpoint, GOOGLE_ENDPOINT)))
    return g_strdup (self->origin);

  return g_strdup_printf ("%s at %s", self->origin, self->endpoint);
}

/* What follows from the parts. */
static AnnLocation *
finish (AnnLocation *self)
{
  switch (self->kind)
    {
    case ANN_LOCATION_FILE:
      self->uri = g_strdup (self->path);
      break;
    case ANN_LOCATION_HTTP:
      self->url = g_strconcat (self->request_origin, self->path, self->query != NULL ? "?" : NULL,
                               self->query, NULL);
      self->uri = self->query != NULL && !_ann_address_has_secrets (self->query)
                      ? g_strconcat (self->origin, self->path, "?", self->query, NULL)
                      : g_strconcat (self->origin, self->path, NULL);
      break;
    case ANN_LOCATION_S3:
      self->uri = format_s3_uri (self);
      break;
    }

  self->name = _ann_location_dup_tail (self, 1);
  if (self->name == NULL)
    self->name = g_strdup (self->kind == ANN_LOCATION_FILE ? self->path
                           : self->kind == ANN_LOCATION_S3 ? self->bucket
                                                           : self->host);
  self->scope = format_scope (self);

  return self;
}

static AnnLocation *
location_new (void)
{
  AnnLocation *self = g_new0 (AnnLocation, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * ann_location_parse:
 * @uri: a path, or an address: `file://`, `http://`, `https://`, `s3://`, `gs://`, `az://`
 * @error: return location for a #GError: `G_IO_ERROR_INVALID_ARGUMENT`, or
 *   %ANN_ERROR_UNSUPPORTED for another scheme. No message repeats the address
 *
 * Takes an address apart; touches neither disk nor network. Slashes at its end and a fragment do
 * not count.
 *
 * Returns: (transfer full): where that is; %NULL with @error
 */
AnnLocation *
ann_location_parse (const char *uri, GError **error)
{
  g_autoptr (AnnLocation) self = location_new ();
  g_autofree char *scheme = NULL;
  g_autofree char *text = NULL;
  const char *rest;
  gboolean is_right;
  gsize n_scheme;

  g_return_val_if_fail (uri != NULL, NULL);

  /* A path may have blanks at its ends; what was pasted as an address has none that count. */
  text = g_strstrip (g_strdup (uri));
  n_scheme = _ann_address_scheme_length (text);
  if (n_scheme == 0)
    {
      is_right = check_typed (text, error) && parse_file (self, uri, FALSE, error);
      return is_right ? finish (g_steal_pointer (&self)) : NULL;
    }

  scheme = g_ascii_strdown (text, (gssize) n_scheme);
  rest = text + n_scheme + 3;
  if (g_str_equal (scheme, "file"))
    is_right = parse_file (self, text, TRUE, error);
  else if (g_str_equal (scheme, "http") || g_str_equal (scheme, "https"))
    is_right = parse_http (self, scheme, rest, error);
  else if (g_str_equal (scheme, "s3") || g_str_equal (scheme, "gs"))
    is_right = parse_s3 (self, scheme, rest, error);
  else if (g_str_equal (scheme, "az"))
    is_right = parse_azure (self, rest, error);
  else
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "Addresses that begin with %s:// are not known: file, http, https, s3, gs and "
                   "az are",
                   scheme);
      is_right = FALSE;
    }

  return is_right ? finish (g_steal_pointer (&self)) : NULL;
}

AnnLocation *
_ann_location_new_parent (AnnLocation *self, guint n_segments)
{
  const char *tail = find_tail (self->path, n_segments);
  AnnLocation *parent;
  gsize length;

  if (tail == NULL)
    return NULL;
  length = _ann_address_trim (self->path, (gsize) (tail - self->path));
  if (length == 0 && self->kind == ANN_LOCATION_FILE)
    return NULL;

  parent = location_new ();
  parent->kind = self->kind;
  parent->is_google = self->is_google;
  parent->origin = g_strdup (self->origin);
  parent->request_origin = g_strdup (self->request_origin);
  parent->path = g_strndup (self->path, length);
  parent->query = g_strdup (self->query);
  parent->host = g_strdup (self->host);
  parent->bucket = g_strdup (self->bucket);
  parent->endpoint = g_strdup (self->endpoint);
  parent->region = g_strdup (self->region);
  parent->profile = g_strdup (self->profile);
  parent->is_anonymous = self->is_anonymous;
  parent->is_path_style = self->is_path_style;
  parent->is_host_style = self->is_host_style;

  return finish (parent);
}

char *
_ann_location_dup_tail (AnnLocation *self, guint n_segments)
{
  const char *tail = find_tail (self->path, n_segments);
  char *decoded;

  if (tail == NULL)
    return NULL;
  if (self->kind != ANN_LOCATION_HTTP)
    return g_strdup (tail);

  decoded = _ann_address_decode (tail, strlen (tail));

  return decoded != NULL ? decoded : g_strdup (tail);
}

/**
 * ann_location_hide_secrets:
 * @uri: what somebody gave for a path or address, right or wrong
 *
 * Returns: (transfer full): what of it may be shown: a path as it is; of an address what
 *   ann_location_get_uri() says, or, of a wrong one, what is left without a user name, password,
 *   query or fragment
 */
char *
ann_location_hide_secrets (const char *uri)
{
  g_autoptr (AnnLocation) self = NULL;
  const char *text, *rest, *at;
  gsize n_scheme, n_authority, n_begin;

  g_return_val_if_fail (uri != NULL, NULL);

  text = uri + strspn (uri, " \t\r\n\v\f");
  n_scheme = _ann_address_scheme_length (text);
  n_begin = n_scheme + strlen ("://");
  if (n_scheme == 0)
    {
      n_scheme = _ann_address_mistyped_length (text);
      n_begin = n_scheme + strlen (":/");
    }
  if (n_scheme == 0 || g_ascii_strncasecmp (text, "file:", 5) == 0)
    return g_strdup (uri);
  self = ann_location_parse (uri, NULL);
  if (self != NULL)
    return g_strdup (self->uri);

  /* A slash may stand in a password that was not encoded. */
  rest = text + n_begin;
  n_authority = strcspn (rest, "?#");
  at = g_strrstr_len (rest, (gssize) n_authority, "@");
  if (at != NULL)
    {
      n_authority -= (gsize) (at + 1 - rest);
      rest = at + 1;
    }

  return g_strdup_printf ("%.*s%.*s", (int) n_begin, text, (int) n_authority, rest);
}

/**
 * ann_location_ref:
 * @self: a location
 *
 * Returns: (transfer full): @self
 */
AnnLocation *
ann_location_ref (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_location_unref:
 * @self: (transfer full): a location
 */
void
ann_location_unref (AnnLocation *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->origin);
  g_free (self->request_origin);
  g_free (self->path);
  g_free (self->query);
  g_free (self->host);
  g_free (self->bucket);
  g_free (self->endpoint);
  g_free (self->region);
  g_free (self->profile);
  g_free (self->uri);
  g_free (self->url);
  g_free (self->name);
  g_free (self->scope);
  g_free (self);
}

/**
 * ann_location_get_kind:
 * @self: a location
 *
 * Returns: how it is read
 */
AnnLocationKind
ann_location_get_kind (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, ANN_LOCATION_FILE);

  return self->kind;
}

/**
 * ann_location_is_remote:
 * @self: a location
 *
 * Returns: whether it is read over a network
 */
gboolean
ann_location_is_remote (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->kind != ANN_LOCATION_FILE;
}

/**
 * ann_location_get_uri:
 * @self: a location
 *
 * The address again, in one spelling and without a fragment; a path for a file. What recents,
 * titles, messages and logs show: a query of HTTP that may hold a signature or token is left out as
 * a whole, so that such an address cannot be opened again from what is shown.
 *
 * Returns: an address for ann_location_parse()
 */
const char *
ann_location_get_uri (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/**
 * ann_location_get_name:
 * @self: a location
 *
 * Returns: the last segment, decoded: the name of a store
 */
const char *
ann_location_get_name (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * ann_location_get_scope:
 * @self: a location
 *
 * The host, or bucket at an endpoint: what one sign-in is for, such as `https://example.org` or
 * `s3://bucket at https://minio.example.org`.
 *
 * Returns: (nullable): the scope; %NULL for a file
 */
const char *
ann_location_get_scope (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->scope;
}

/**
 * ann_location_get_host:
 * @self: a location
 *
 * Returns: (nullable): whom it is read from, without a port; %NULL for a file
 */
const char *
ann_location_get_host (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

char *
_ann_s3_make_host (const char *region)
{
  if (region == NULL)
    return g_strdup ("s3.amazonaws.com");

  return g_strdup_printf ("s3.%s.amazonaws.com%s", region,
                          g_str_has_prefix (region, "cn-") ? ".cn" : "");
}

/**
 * ann_location_get_bucket:
 * @self: a location
 *
 * Returns: (nullable): of an s3 address
 */
const char *
ann_location_get_bucket (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bucket;
}

/**
 * ann_location_get_key:
 * @self: a location
 *
 * Returns: (nullable): of an s3 address: the key, decoded, "" for the bucket as a whole
 */
const char *
ann_location_get_key (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == ANN_LOCATION_S3 ? self->path : NULL;
}

/**
 * ann_location_get_endpoint:
 * @self: a location
 *
 * Returns: (nullable): the server that an s3 address names, or that of Google; %NULL where profile,
 *   environment or region say which
 */
const char *
ann_location_get_endpoint (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->endpoint;
}

/**
 * ann_location_get_region:
 * @self: a location
 *
 * Returns: (nullable): the region that an s3 address names
 */
const char *
ann_location_get_region (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->region;
}

/**
 * ann_location_get_profile:
 * @self: a location
 *
 * Returns: (nullable): the profile of `~/.aws` that an s3 address names
 */
const char *
ann_location_get_profile (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->profile;
}

/**
 * ann_location_is_anonymous:
 * @self: a location
 *
 * Returns: whether the address says that its requests are not signed
 */
gboolean
ann_location_is_anonymous (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_anonymous;
}

/**
 * ann_location_is_path_style:
 * @self: a location
 *
 * Returns: whether the address says that the bucket is in the path, and not in the name of the host
 */
gboolean
ann_location_is_path_style (AnnLocation *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_path_style;
}

const char *
_ann_location_get_url (AnnLocation *self)
{
  return self->url;
}

gboolean
_ann_location_is_google (AnnLocation *self)
{
  return self->is_google;
}

gboolean
_ann_location_is_host_style (AnnLocation *self)
{
  return self->is_host_style;
}
