/* ann-keyring.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

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

/**
 * ann_keyring_store_async:
 * @location: a place; what is stored is for all of its host or bucket
 * @sign_in: who we are there
 * @cancellable: (nullable): to give up
 * @callback: called when it is stored, or cannot be
 * @user_data: for @callback
 */
void
ann_keyring_store_async (AnnLocation *location,
                         AnnSignIn *sign_in,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  const char *scope = ann_location_get_scope (location);
  /* Translators: what a password is for, in the list of the keyring; %s is a host or bucket. */
  g_autofree char *label = g_strdup_printf (_ ("AnnBrowser: sign-in for %s"), scope);
  char *text = ann_sign_in_dup_text (sign_in);

  g_task_set_source_tag (task, ann_keyring_store_async);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, cancellable, on_stored,
                         task, "scope", scope, NULL);
  wipe_and_free (text);
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

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *text = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, text != NULL ? ann_sign_in_new_from_text (text) : NULL,
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
