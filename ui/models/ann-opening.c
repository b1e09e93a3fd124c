/* ann-opening.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-opening.h"

#include "models/ann-keyring.h"
#include "models/ann-set-parts.h"

#include <glib/gi18n.h>

typedef struct {
  char *address;
  char *parts_folder;
  gboolean is_locked; /* the keyring, which has a sign-in for it */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->address);
  g_free (opening->parts_folder);
  g_free (opening);
}

/* @error: (transfer full): whose message has the reason for which nobody is signed in. */
static GError *
explain (const Opening *opening, GError *error)
{
  g_autofree char *message = error->message;

  if (opening->is_locked && g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED))
    /* Translators: %s is a sentence without its full stop. */
    error->message = g_strdup_printf (
        _ ("%s; the sign-in for it is in the keyring, which is locked"), message);
  else
    error->message = g_steal_pointer (&message);

  return error;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  const gboolean is_located = g_async_result_is_tagged (result, ann_set_parts_open_async);
  const Opening *opening = g_task_get_task_data (task);
  AnnData *data = is_located ? ann_set_parts_open_finish (result, &error)
                             : ann_data_open_finish (result, &error);

  if (data != NULL)
    g_task_return_pointer (task, data, g_object_unref);
  else
    g_task_return_error (task, explain (opening, error));
}

/* @task: (transfer full) */
static void
open_address (GTask *task)
{
  const Opening *opening = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (opening->parts_folder != NULL)
    ann_set_parts_open_async (opening->address, opening->parts_folder, cancellable, on_opened,
                              task);
  else
    ann_data_open_async (opening->address, G_PRIORITY_DEFAULT, cancellable, on_opened, task);
}

/* Without a keyring one is nobody, which is enough for what is public. */
static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  ann_keyring_sign_in_finish (result, &error);
  opening->is_locked = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  open_address (task);
}

/**
 * ann_opening_start_async:
 * @address: of a store, with what is not to be shown of it
 * @parts_folder: (nullable): where parts of a set are looked for
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is open
 * @user_data: data for @callback
 *
 * Opens a store in a worker, signed in as the keyring says. Main thread.
 */
void
ann_opening_start_async (const char *address,
                         const char *parts_folder,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  opening->address = g_strdup (address);
  opening->parts_folder = g_strdup (parts_folder);
  g_task_set_source_tag (task, ann_opening_start_async);
  g_task_set_task_data (task, opening, opening_free);
  if (location != NULL && ann_location_is_remote (location))
    ann_keyring_sign_in_async (location, cancellable, on_signed_in, task);
  else
    open_address (task);
}

/**
 * ann_opening_start_finish:
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
AnnData *
ann_opening_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
