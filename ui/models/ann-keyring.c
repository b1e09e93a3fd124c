/* ann-keyring.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

/* What is kept is a text of lines: its kind, and then what belongs to the kind. None of these has a
 * line break in it.
 */
#define KIND_KEY "key"
#define KIND_BEARER "bearer"

static const SecretSchema schema = {
  .name = "com.example.AnnBrowser.SignIn",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "scope", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

static void
wipe_and_free (gpointer data)
{
  secret_password_wipe (data);
  g_free (data);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
store (AnnLocation *location,
       const char *const *lines,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  const char *scope = ann_location_get_scope (location);
  /* Translators: what a password is for, in the list of the keyring; %s is a host or bucket. */
  g_autofree char *label = g_strdup_printf (_ ("AnnBrowser: sign-in for %s"), scope);
  char *text = g_strjoinv ("\n", (char **) lines);

  g_task_set_source_tag (task, store);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, cancellable, on_stored,
                         task, "scope", scope, NULL);
  wipe_and_free (text);
}

/**
 * ann_keyring_store_key_async:
 * @location: a place; what is stored is for all of its host or bucket
 * @key_id: name of an access key
 * @secret: the key
 * @session_token: (nullable): what belongs to a key that ends
 * @cancellable: (nullable): to give up
 * @callback: called when it is stored, or cannot be
 * @user_data: for @callback
 */
void
ann_keyring_store_key_async (AnnLocation *location,
                             const char *key_id,
                             const char *secret,
                             const char *session_token,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  const char *lines[] = { KIND_KEY, key_id, secret, session_token, NULL };

  store (location, lines, cancellable, callback, user_data);
}

/**
 * ann_keyring_store_bearer_async:
 * @location: a place; what is stored is for all of its host
 * @token: a bearer token
 * @cancellable: (nullable): to give up
 * @callback: called when it is stored, or cannot be
 * @user_data: for @callback
 */
void
ann_keyring_store_bearer_async (AnnLocation *location,
                                const char *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const char *lines[] = { KIND_BEARER, token, NULL };

  store (location, lines, cancellable, callback, user_data);
}

/**
 * ann_keyring_store_finish:
 * @result: what the callback got
 * @error: return location for an error, or %NULL
 *
 * Returns: whether it is stored
 */
gboolean
ann_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* %NULL for what somebody else has written there. */
static AnnSignIn *
parse (char *text)
{
  char *lines[4] = { text, NULL, NULL, NULL };

  for (guint i = 1; i < G_N_ELEMENTS (lines); i++)
    {
      char *end = strchr (lines[i - 1], '\n');

      if (end == NULL)
        break;
      end[0] = '\0';
      lines[i] = end + 1;
    }

  if (g_str_equal (lines[0], KIND_KEY) && lines[2] != NULL)
    return ann_sign_in_new_key (lines[1], lines[2], lines[3]);
  if (g_str_equal (lines[0], KIND_BEARER) && lines[1] != NULL)
    return ann_sign_in_new_bearer (lines[1]);

  return NULL;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *text = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, text != NULL ? parse (text) : NULL,
                           (GDestroyNotify) ann_sign_in_unref);
  secret_password_free (text);
}

/**
 * ann_keyring_look_up_async:
 * @location: a place
 * @cancellable: (nullable): to give up
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Asks for what was stored for the host or bucket. The keyring may ask the user to open it.
 */
void
ann_keyring_look_up_async (AnnLocation *location,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, ann_keyring_look_up_async);
  secret_password_lookup (&schema, cancellable, on_found, task, "scope",
                          ann_location_get_scope (location), NULL);
}

/**
 * ann_keyring_look_up_finish:
 * @result: what the callback got
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): what was stored; %NULL, without an error, if nothing was
 */
AnnSignIn *
ann_keyring_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!secret_password_clear_finish (result, &error) && error != NULL)
    g_debug ("Nothing was taken out of the keyring: %s", error->message);
}

/**
 * ann_keyring_forget:
 * @location: a place
 *
 * Takes out of the keyring what was stored for its host or bucket, if something was.
 */
void
ann_keyring_forget (AnnLocation *location)
{
  secret_password_clear (&schema, NULL, on_forgotten, NULL, "scope",
                         ann_location_get_scope (location), NULL);
}
