/* ann-sign-in.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _DEFAULT_SOURCE /* explicit_bzero () */

#include "store/ann-sign-in.h"

#include "store/ann-extra-headers.h"

#include <gio/gio.h>
#include <pthread.h>
#include <string.h>

/* @has_key_or_token is also true of one that was given blank: then it is wrong, and not nobody. */
struct _AnnSignIn {
  gatomicrefcount ref_count;
  gboolean has_key_or_token;
  char *key_id;
  char *secret;
  char *session_token;
  char *bearer;
  char **headers; /* (nullable): at least one */
  char *ca_file;
};

/* What begins the lines of a text for a keyring. */
#define KEY_ID_LINE "key-id "
#define SECRET_LINE "secret "
#define SESSION_LINE "session "
#define BEARER_LINE "bearer "
#define HEADER_LINE "header "
#define CA_FILE_LINE "ca-file "

G_DEFINE_BOXED_TYPE (AnnSignIn, ann_sign_in, ann_sign_in_ref, ann_sign_in_unref)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *sign_ins; /* scope → AnnSignIn, under the lock */

/* What was typed or pasted, without what cannot belong to it and would end a header: blanks at its
 * ends, control characters. %NULL for "".
 */
static char *
copy_secret (const char *text)
{
  char *copy, *end;

  if (text == NULL)
    return NULL;
  while (g_ascii_isspace (*text))
    text++;

  copy = end = g_malloc (strlen (text) + 1);
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_iscntrl (*text))
        *end++ = *text;
    }
  while (end > copy && end[-1] == ' ')
    end--;
  *end = '\0';

  if (end == copy)
    g_clear_pointer (&copy, g_free);

  return copy;
}

static void
free_secret (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
free_secrets (char **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    free_secret (texts[i]);
  g_free (texts);
}

static AnnSignIn *
sign_in_new (void)
{
  AnnSignIn *self = g_new0 (AnnSignIn, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * ann_sign_in_new_key:
 * @key_id: the access key's name
 * @secret: the access key
 * @session_token: (nullable): what goes with a key that is lent for some hours
 *
 * Signs requests to S3.
 *
 * Returns: (transfer full): a sign-in
 */
AnnSignIn *
ann_sign_in_new_key (const char *key_id, const char *secret, const char *session_token)
{
  AnnSignIn *self;

  g_return_val_if_fail (key_id != NULL && secret != NULL, NULL);

  self = sign_in_new ();
  self->has_key_or_token = TRUE;
  self->key_id = copy_secret (key_id);
  self->secret = copy_secret (secret);
  self->session_token = copy_secret (session_token);

  return self;
}

/**
 * ann_sign_in_new_bearer:
 * @token: what is sent as `Authorization: Bearer`
 *
 * Returns: (transfer full): a sign-in
 */
AnnSignIn *
ann_sign_in_new_bearer (const char *token)
{
  AnnSignIn *self;

  g_return_val_if_fail (token != NULL, NULL);

  self = sign_in_new ();
  self->has_key_or_token = TRUE;
  self->bearer = copy_secret (token);

  return self;
}

static gboolean
take_headers (AnnSignIn *self, const char *text, GError **error)
{
  self->headers = _ann_extra_headers_parse (text, error);
  if (self->headers == NULL)
    return FALSE;
  if (self->headers[0] == NULL)
    g_clear_pointer (&self->headers, free_secrets);

  if (!self->has_key_or_token
      || !_ann_extra_headers_has (_ann_sign_in_get_headers (self), "Authorization"))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Authorization cannot be an extra header beside a key or token");

  return FALSE;
}

/**
 * ann_sign_in_new_with_extras:
 * @base: (nullable): the key or token that goes with them
 * @headers: (nullable): lines, each `NAME: VALUE`, which are added to each request. They may be
 *   secrets. To another host, where a redirect leads, they are not sent
 * @ca_file: (nullable) (type filename): a file of certificates (PEM) to trust besides those of the
 *   system; where libcurl has no folder of the latter, in their place
 * @error: return location for a #GError: `G_IO_ERROR_INVALID_ARGUMENT` for headers that are none,
 *   or that only the library sets. No message repeats a line
 *
 * What else a place wants to know, or is known by. The file is read when a connection is made.
 * Headers of Amazon's (`x-amz-…`) are signed, where there is a key.
 *
 * Returns: (transfer full): a sign-in; %NULL with @error
 */
AnnSignIn *
ann_sign_in_new_with_extras (AnnSignIn *base,
                             const char *headers,
                             const char *ca_file,
                             GError **error)
{
  g_autoptr (AnnSignIn) self = sign_in_new ();

  if (base != NULL)
    {
      self->has_key_or_token = base->has_key_or_token;
      self->key_id = g_strdup (base->key_id);
      self->secret = g_strdup (base->secret);
      self->session_token = g_strdup (base->session_token);
      self->bearer = g_strdup (base->bearer);
    }
  if (headers != NULL && !take_headers (self, headers, error))
    return NULL;
  if (ca_file != NULL && ca_file[0] != '\0')
    self->ca_file = g_canonicalize_filename (ca_file, NULL);

  return g_steal_pointer (&self);
}

/* Adds a line to @parts, none of which is copied. */
static void
add_line (GPtrArray *parts, const char *begin, const char *value)
{
  if (value == NULL || strchr (value, '\n') != NULL)
    return;

  g_ptr_array_add (parts, (gpointer) begin);
  g_ptr_array_add (parts, (gpointer) value);
  g_ptr_array_add (parts, (gpointer) "\n");
}

/**
 * ann_sign_in_dup_text:
 * @self: a sign-in
 *
 * All of it in lines, for a keyring. It is a secret: who has it overwrites it before it is freed.
 *
 * Returns: (transfer full): a text for ann_sign_in_new_from_text()
 */
char *
ann_sign_in_dup_text (AnnSignIn *self)
{
  g_autoptr (GPtrArray) parts = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  parts = g_ptr_array_new ();
  add_line (parts, KEY_ID_LINE, self->key_id);
  add_line (parts, SECRET_LINE, self->secret);
  add_line (parts, SESSION_LINE, self->session_token);
  add_line (parts, BEARER_LINE, self->bearer);
  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    add_line (parts, HEADER_LINE, self->headers[i]);
  add_line (parts, CA_FILE_LINE, self->ca_file);
  g_ptr_array_add (parts, NULL);

  /* In one piece: what grows leaves copies behind. */
  return g_strjoinv (NULL, (char **) parts->pdata);
}

/* Takes @line apart; what is of no known kind does not count. */
static void
take_line (AnnSignIn *self, const char *line, GString *headers)
{
  const struct {
    const char *begin;
    char **value;
  } values[] = {
    { KEY_ID_LINE, &self->key_id },         { SECRET_LINE, &self->secret },
    { SESSION_LINE, &self->session_token }, { BEARER_LINE, &self->bearer },
    { CA_FILE_LINE, &self->ca_file },
  };

  if (g_str_has_prefix (line, HEADER_LINE))
    {
      g_string_append (headers, line + strlen (HEADER_LINE));
      g_string_append_c (headers, '\n');
    }

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (g_str_has_prefix (line, values[i].begin) && *values[i].value == NULL)
      *values[i].value = copy_secret (line + strlen (values[i].begin));
}

/**
 * ann_sign_in_new_from_text:
 * @text: what ann_sign_in_dup_text() made
 *
 * Returns: (transfer full) (nullable): that sign-in; %NULL where @text is nothing of the kind
 */
AnnSignIn *
ann_sign_in_new_from_text (const char *text)
{
  g_autoptr (AnnSignIn) self = sign_in_new ();
  g_autoptr (GString) headers = NULL;
  char **lines;
  gboolean is_right;

  g_return_val_if_fail (text != NULL, NULL);

  /* All at once: what grows leaves copies behind. */
  headers = g_string_sized_new (strlen (text) + 1);

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    take_line (self, lines[i], headers);
  free_secrets (lines);

  self->has_key_or_token = (self->key_id != NULL && self->secret != NULL) || self->bearer != NULL;
  is_right = take_headers (self, headers->str, NULL)
             && (self->has_key_or_token || self->headers != NULL || self->ca_file != NULL);
  explicit_bzero (headers->str, headers->len);

  return is_right ? g_steal_pointer (&self) : NULL;
}

/**
 * ann_sign_in_ref:
 * @self: a sign-in
 *
 * Returns: (transfer full): @self
 */
AnnSignIn *
ann_sign_in_ref (AnnSignIn *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_sign_in_unref:
 * @self: (transfer full): a sign-in
 */
void
ann_sign_in_unref (AnnSignIn *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  free_secret (self->key_id);
  free_secret (self->secret);
  free_secret (self->session_token);
  free_secret (self->bearer);
  free_secrets (self->headers);
  g_free (self->ca_file);
  g_free (self);
}

/**
 * ann_sign_in_set:
 * @location: a place
 * @sign_in: (nullable): who we are there; %NULL forgets it
 *
 * Signs in for all stores of the location's scope that are opened from now on. Kept in memory until
 * the process ends. Any thread.
 */
void
ann_sign_in_set (AnnLocation *location, AnnSignIn *sign_in)
{
  const char *scope = ann_location_get_scope (location);
  AnnSignIn *old;

  g_return_if_fail (scope != NULL);

  pthread_mutex_lock (&lock);
  if (sign_ins == NULL)
    sign_ins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  old = g_hash_table_lookup (sign_ins, scope);
  if (sign_in != NULL)
    g_hash_table_replace (sign_ins, g_strdup (scope), ann_sign_in_ref (sign_in));
  else
    g_hash_table_remove (sign_ins, scope);
  pthread_mutex_unlock (&lock);

  g_clear_pointer (&old, ann_sign_in_unref);
}

/**
 * ann_sign_in_get:
 * @location: a place
 *
 * Returns: (nullable) (transfer full): what ann_sign_in_set() said of its scope. Any thread
 */
AnnSignIn *
ann_sign_in_get (AnnLocation *location)
{
  const char *scope = ann_location_get_scope (location);
  AnnSignIn *sign_in = NULL;

  pthread_mutex_lock (&lock);
  if (sign_ins != NULL && scope != NULL)
    sign_in = g_hash_table_lookup (sign_ins, scope);
  if (sign_in != NULL)
    ann_sign_in_ref (sign_in);
  pthread_mutex_unlock (&lock);

  return sign_in;
}

const char *
_ann_sign_in_get_key_id (AnnSignIn *self)
{
  return self->key_id;
}

const char *
_ann_sign_in_get_secret (AnnSignIn *self)
{
  return self->secret;
}

const char *
_ann_sign_in_get_session_token (AnnSignIn *self)
{
  return self->session_token;
}

const char *
_ann_sign_in_get_bearer (AnnSignIn *self)
{
  return self->bearer;
}

gboolean
_ann_sign_in_has_key_or_token (AnnSignIn *self)
{
  return self->has_key_or_token;
}

gboolean
_ann_sign_in_has_identity (AnnSignIn *self)
{
  return self->has_key_or_token
         || _ann_extra_headers_has (_ann_sign_in_get_headers (self), "Authorization");
}

const char *const *
_ann_sign_in_get_headers (AnnSignIn *self)
{
  return (const char *const *) self->headers;
}

const char *
_ann_sign_in_get_ca_file (AnnSignIn *self)
{
  return self->ca_file;
}
