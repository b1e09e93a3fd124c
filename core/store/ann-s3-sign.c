/* ann-s3-sign.c: "Signature Calculations for the Authorization Header: Transferring Payload in a
 * Single Chunk" of the S3 API reference
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _DEFAULT_SOURCE /* explicit_bzero () */

#include "store/ann-s3-sign.h"

#include <string.h>

#define SHA256_BYTES 32
/* Of nothing. */
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
hmac (const guint8 *key, gsize n_key, const char *text, guint8 digest[SHA256_BYTES])
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, n_key);
  gsize length = SHA256_BYTES;

  g_hmac_update (hmac, (const guchar *) text, (gssize) strlen (text));
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
}

/* The key for one day and region, by which the secret itself need not leave this function. */
static void
derive_key (const char *secret, const char *day, const char *region, guint8 key[SHA256_BYTES])
{
  g_autofree char *first = g_strconcat ("AWS4", secret, NULL);

  hmac ((const guint8 *) first, strlen (first), day, key);
  explicit_bzero (first, strlen (first));
  hmac (key, SHA256_BYTES, region, key);
  hmac (key, SHA256_BYTES, "s3", key);
  hmac (key, SHA256_BYTES, "aws4_request", key);
}

/* By the names before the = or colon, and by the values where these are the same. */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *) a;
  const char *right = *(const char *const *) b;
  gsize n_left = strcspn (left, "=:");
  gsize n_right = strcspn (right, "=:");
  int order = strncmp (left, right, MIN (n_left, n_right));

  if (order == 0 && n_left != n_right)
    return n_left < n_right ? -1 : 1;

  return order != 0 ? order : strcmp (left, right);
}

/* The parameters in order of their names, each with an equals sign. What is not decoded for it is
 * encoded already as the rule asks: only A-Z a-z 0-9 - _ . ~ stand for themselves.
 */
static char *
format_query (const char *query)
{
  g_auto (GStrv) parts = g_strsplit (query, "&", -1);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (parts[i][0] != '\0')
        g_ptr_array_add (sorted, strchr (parts[i], '=') != NULL
                                     ? g_strdup (parts[i])
                                     : g_strconcat (parts[i], "=", NULL));
    }
  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "&" : "", (char *) sorted->pdata[i]);

  return g_string_free (text, FALSE);
}

/* "name:value" of all headers that are signed, names in lower case, in order. */
static GPtrArray *
collect_headers (const char *host, GPtrArray *headers)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (sorted, g_strconcat ("host:", host, NULL));
  for (guint i = 0; i < headers->len; i++)
    {
      const char *header = headers->pdata[i];
      const char *colon = strchr (header, ':');
      g_autofree char *name = g_ascii_strdown (header, (gssize) (colon - header));

      g_ptr_array_add (sorted,
                       g_strdup_printf ("%s:%s", name, colon + 1 + strspn (colon + 1, " ")));
    }
  g_ptr_array_sort (sorted, compare_names);

  return sorted;
}

static char *
format_header_names (GPtrArray *sorted)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < sorted->len; i++)
    {
      const char *header = sorted->pdata[i];

      if (i > 0)
        g_string_append_c (names, ';');
      g_string_append_len (names, header, (gssize) strcspn (header, ":"));
    }

  return g_string_free (names, FALSE);
}

/* What is signed, hashed. */
static char *
hash_request (const char *method,
              const char *path,
              const char *query,
              GPtrArray *sorted,
              const char *names,
              const char *body_sha256)
{
  GString *text = g_string_new (method);
  g_autofree char *ordered = format_query (query);
  char *hash;

  g_string_append_printf (text, "\n%s\n%s\n", path, ordered);
  for (guint i = 0; i < sorted->len; i++)
    g_string_append_printf (text, "%s\n", (char *) sorted->pdata[i]);
  g_string_append_printf (text, "\n%s\n%s", names, body_sha256);

  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
  g_string_free (text, TRUE);

  return hash;
}

static char *
sign_text (AnnSignIn *sign_in, const char *day, const char *region, const char *text)
{
  guint8 key[SHA256_BYTES];
  char *signature;

  derive_key (_ann_sign_in_get_secret (sign_in), day, region, key);
  signature = g_compute_hmac_for_string (G_CHECKSUM_SHA256, key, sizeof key, text, -1);
  explicit_bzero (key, sizeof key);

  return signature;
}

void
_ann_s3_sign (AnnSignIn *sign_in,
              const char *method,
              const char *url,
              const char *body_sha256,
              const char *region,
              gint64 time,
              GPtrArray *headers)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *stamp = g_date_time_format (date, "%Y%m%dT%H%M%SZ");
  g_autofree char *day = g_strndup (stamp, 8);
  const char *token = _ann_sign_in_get_session_token (sign_in);
  const char *bearer = _ann_sign_in_get_bearer (sign_in);
  const char *rest = strstr (url, "://") + 3;
  gsize n_host = strcspn (rest, "/?");
  gsize n_path = strcspn (rest + n_host, "?");
  g_autofree char *host = g_strndup (rest, n_host);
  g_autofree char *path = n_path > 0 ? g_strndup (rest + n_host, n_path) : g_strdup ("/");
  const char *query = rest + n_host + n_path;
  g_autoptr (GPtrArray) sorted = NULL;
  g_autofree char *names = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *text = NULL;
  g_autofree char *signature = NULL;

  if (bearer != NULL)
    {
      g_ptr_array_add (headers, g_strconcat ("Authorization: Bearer ", bearer, NULL));
      return;
    }

  if (body_sha256 == NULL)
    body_sha256 = EMPTY_SHA256;
  g_ptr_array_add (headers, g_strconcat ("x-amz-content-sha256: ", body_sha256, NULL));
  g_ptr_array_add (headers, g_strconcat ("x-amz-date: ", stamp, NULL));
  if (token != NULL)
    g_ptr_array_add (headers, g_strconcat ("x-amz-security-token: ", token, NULL));

  sorted = collect_headers (host, headers);
  names = format_header_names (sorted);
  hash = hash_request (method, path, *query == '?' ? query + 1 : "", sorted, names, body_sha256);
  scope = g_strdup_printf ("%s/%s/s3/aws4_request", day, region);
  text = g_strdup_printf ("AWS4-HMAC-SHA256\n%s\n%s\n%s", stamp, scope, hash);
  signature = sign_text (sign_in, day, region, text);

  g_ptr_array_add (headers,
                   g_strdup_printf ("Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, "
                                    "SignedHeaders=%s, Signature=%s",
                                    _ann_sign_in_get_key_id (sign_in), scope, names, signature));
}
