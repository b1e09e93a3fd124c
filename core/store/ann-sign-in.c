/* ann-sign-in.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _DEFAULT_SOURCE /* explicit_bzero () */

#include "store/ann-sign-in.h"

#include <pthread.h>
#include <string.h>

struct _AnnSignIn {
  gatomicrefcount ref_count;
  char *key_id;
  char *secret;
  char *session_token;
  char *bearer;
};

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
  self->bearer = copy_secret (token);

  return self;
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
