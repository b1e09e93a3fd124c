/* ann-set-parts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-set-parts.h"

#include <glib/gi18n.h>

/* So many are named; of more it is said how many they are. */
#define MAX_NAMED 5

/**
 * ann_set_parts_describe_missing:
 * @data: a store
 *
 * Returns: (transfer full) (nullable): a sentence that names parts that are missing, or %NULL if
 *   none is, or the store is no set
 */
char *
ann_set_parts_describe_missing (AnnData *data)
{
  AnnDataSet *set = ann_data_set_get_of (data);
  const guint n_parts = set != NULL ? ann_data_set_get_n_parts (set) : 0;
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_missing = 0;

  for (guint i = 0; i < n_parts; i++)
    {
      AnnDataSetPart part;

      ann_data_set_get_part (set, i, &part);
      if (part.data != NULL)
        continue;
      if (n_missing > 0 && n_missing < MAX_NAMED)
        g_string_append (names, ", ");
      if (n_missing < MAX_NAMED)
        g_string_append_printf (names, _ ("“%s”"), part.key);
      n_missing++;
    }
  if (n_missing == 0)
    return NULL;
  if (n_missing > MAX_NAMED)
    g_string_append (names, ", …");

  /* Translators: how many parts are missing, how many there are, and the names of the missing. */
  return g_strdup_printf (
      ngettext ("%u of %u parts is missing: %s", "%u of %u parts are missing: %s", n_missing),
      n_missing, n_parts, names->str);
}

typedef struct {
  char *uri;
  char *folder;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->uri);
  g_free (self->folder);
  g_free (self);
}

static void
open_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Request *request = task_data;
  const char *const remap[] = { request->folder, NULL };
  GError *error = NULL;
  g_autoptr (AnnDataSet) set = ann_data_set_open (request->uri, remap, cancellable, &error);
  AnnData *data = set != NULL ? ann_data_set_dup_data (set, cancellable, &error) : NULL;

  if (data != NULL)
    g_task_return_pointer (task, data, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * ann_set_parts_open_async:
 * @uri: a set
 * @folder: where its parts are looked for
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is open
 * @user_data: data for @callback
 *
 * Opens a set in a worker.
 */
void
ann_set_parts_open_async (const char *uri,
                          const char *folder,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->uri = g_strdup (uri);
  request->folder = g_strdup (folder);
  g_task_set_source_tag (task, ann_set_parts_open_async);
  g_task_set_task_data (task, request, request_free);
  ann_worker_run_task (task, ANN_LANE_READ, open_in_worker);
}

/**
 * ann_set_parts_open_finish:
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): all parts as one store, or %NULL with @error set
 */
AnnData *
ann_set_parts_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
