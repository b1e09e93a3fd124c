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

/* @error: (transfer full): the service's, in whose place comes a sentence where we know one. */
static void
return_error (GTask *task, GError *error)
{
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s",
                               _ ("The keyring is locked"));
      g_error_free (error);
    }
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
           || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_debug ("No keyring: %s", error->message);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                               _ ("No keyring is running"));
      g_error_free (error);
    }
  else
    g_task_return_error (task, error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
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
  secret_password_free (text);
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
on_retrieved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SecretValue *value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source),
                                                                  result, &error);
  const char *text = value != NULL ? secret_value_get_text (value) : NULL;

  if (error != NULL)
    return_error (task, error);
  else
    g_task_return_pointer (task, text != NULL ? ann_sign_in_new_from_text (text) : NULL,
                           (GDestroyNotify) ann_sign_in_unref);
  g_clear_pointer (&value, secret_value_unref);
}

/* What is still locked is so because nobody has opened it when asked. */
static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);
  gpointer item = items != NULL ? items->data : NULL;

  if (error != NULL)
    return_error (task, error);
  else if (item == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else if (SECRET_IS_ITEM (item) && secret_item_get_locked (item))
    return_error (task, g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, ""));
  else
    {
      GCancellable *cancellable = g_task_get_cancellable (task);

      secret_retrievable_retrieve_secret (item, cancellable, on_retrieved, g_steal_pointer (&task));
    }
  g_list_free_full (items, g_object_unref);
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
  secret_password_search (&schema, SECRET_SEARCH_UNLOCK, cancellable, on_found, task, "scope",
                          ann_location_get_scope (location), NULL);
}

/**
 * ann_keyring_look_up_finish:
 * @result: what the callback got
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): what was stored; %NULL, without an error, if nothing was.
 *   `G_IO_ERROR_PERMISSION_DENIED` if something was and the keyring stays locked
 */
AnnSignIn *
ann_keyring_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Signing in ---- */

/* @task: (transfer full): its data is the location */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (AnnSignIn) sign_in = ann_keyring_look_up_finish (result, &error);

  if (error != NULL)
    {
      g_debug ("No sign-in from the keyring: %s", error->message);
      g_task_return_error (task, error);
      return;
    }
  if (sign_in != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    ann_sign_in_set (g_task_get_task_data (task), sign_in);
  g_task_return_boolean (task, sign_in != NULL);
}

/**
 * ann_keyring_sign_in_async:
 * @location: a place
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Signs in at a remote place as the keyring says. What was said in this process comes first: then
 * the keyring is not asked.
 */
void
ann_keyring_sign_in_async (AnnLocation *location,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_get (location);

  g_task_set_source_tag (task, ann_keyring_sign_in_async);
  g_task_set_task_data (task, ann_location_ref (location), (GDestroyNotify) ann_location_unref);
  if (ann_location_is_remote (location) && sign_in == NULL)
    {
      ann_keyring_look_up_async (location, cancellable, on_looked_up, task);
      return;
    }
  g_task_return_boolean (task, sign_in != NULL);
  g_object_unref (task);
}

/**
 * ann_keyring_sign_in_finish:
 * @result: what the callback got
 * @error: return location for an error, or %NULL
 *
 * Returns: whether somebody is signed in there; %FALSE without an error if nothing was stored.
 *   `G_IO_ERROR_PERMISSION_DENIED` if something was and the keyring stays locked
 */
gboolean
ann_keyring_sign_in_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
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
