/* ann-location-facts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-location-facts.h"

#include "ann-text.h"
#include "models/ann-keyring.h"

#include <glib/gi18n.h>

static const char *
guess_kind (AnnLocation *location)
{
  g_autofree char *name = g_ascii_strdown (ann_location_get_name (location), -1);

  if (g_str_has_suffix (name, ".h5ad") || g_str_has_suffix (name, ".h5mu")
      || g_str_has_suffix (name, ".h5") || g_str_has_suffix (name, ".hdf5"))
    return _ ("HDF5 file");
  if (g_str_has_suffix (name, ".zip"))
    return _ ("Zarr store in a zip file");
  if (g_str_has_suffix (name, ".zarr"))
    return _ ("Zarr store");

  return _ ("Store");
}

/**
 * ann_location_facts_guess:
 * @location: a place
 * @detail: (out) (transfer full): more of it
 *
 * Returns: (transfer full): what its name says
 */
char *
ann_location_facts_guess (AnnLocation *location, char **detail)
{
  const char *kind = guess_kind (location);
  const char *name = ann_location_get_name (location);
  const char *host = ann_location_get_host (location);

  if (!ann_location_is_remote (location))
    {
      *detail = g_strdup (ann_location_get_uri (location));
      return g_strdup_printf (_ ("%s on this computer"), kind);
    }

  /* Translators: the name of a store, and the computer on which it is. */
  *detail = g_strdup_printf (_ ("%s at %s"), name, host);
  if (ann_location_get_kind (location) == ANN_LOCATION_S3)
    /* Translators: %s is a kind of store; a bucket is where S3 keeps objects. */
    return g_strdup_printf (_ ("%s in the bucket %s"), kind, ann_location_get_bucket (location));

  /* Translators: %s is a kind of store, such as "HDF5 file". */
  return g_strdup_printf (_ ("%s on the web"), kind);
}

/* ---- Asking ---- */

typedef struct {
  char *text;
  char *detail;
} Facts;

static void
facts_free (gpointer data)
{
  Facts *self = data;

  g_free (self->text);
  g_free (self->detail);
  g_free (self);
}

static Facts *
describe_store (AnnData *data)
{
  const guint64 shape[] = { ann_data_get_n_obs (data), ann_data_get_n_var (data) };
  g_autofree char *dimensions = ann_data_is_annotated (data) ? ann_text_shape (2, shape) : NULL;
  g_autofree char *traffic = ann_text_traffic (ann_data_get_traffic (data));
  Facts *facts = g_new0 (Facts, 1);

  facts->text = g_strdup (ann_data_get_format (data));
  if (dimensions != NULL && traffic != NULL)
    facts->detail = g_strdup_printf ("%s · %s", dimensions, traffic);
  else
    facts->detail = g_strdup (dimensions != NULL ? dimensions : traffic);

  return facts;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (AnnData) data = ann_data_open_finish (result, &error);

  if (data != NULL)
    g_task_return_pointer (task, describe_store (data), facts_free);
  else
    g_task_return_error (task, error);
}

static void
check_target (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  Facts *facts;

  if (!ann_export_check_target (task_data, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  facts = g_new0 (Facts, 1);
  facts->text = g_strdup (_ ("Nothing is there yet"));
  g_task_return_pointer (task, facts, facts_free);
}

/* What the keyring does not say may stand elsewhere, in the usual files. */
static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  ann_keyring_sign_in_finish (result, NULL);
  ann_worker_run_task (task, ANN_LANE_READ, check_target);
}

/**
 * ann_location_facts_ask_async:
 * @address: a place
 * @is_target: whether it is to be written to
 * @cancellable: (nullable): to give up
 * @callback: called when it is known
 * @user_data: for @callback
 */
void
ann_location_facts_ask_async (const char *address,
                              gboolean is_target,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (AnnLocation) location = is_target ? ann_location_parse (address, NULL) : NULL;

  g_task_set_source_tag (task, ann_location_facts_ask_async);
  g_task_set_task_data (task, g_strdup (address), g_free);
  if (location != NULL)
    ann_keyring_sign_in_async (location, cancellable, on_signed_in, task);
  else
    ann_data_open_async (address, G_PRIORITY_DEFAULT, cancellable, on_opened, task);
}

/**
 * ann_location_facts_ask_finish:
 * @result: what the callback was given
 * @detail: (out) (transfer full) (nullable): more of it
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): what is there, or that nothing is; %NULL with @error set, of a target
 *   as [func@Ann.export_check_target]
 */
char *
ann_location_facts_ask_finish (GAsyncResult *result, char **detail, GError **error)
{
  Facts *facts = g_task_propagate_pointer (G_TASK (result), error);
  char *text;

  if (facts == NULL)
    return NULL;

  text = g_steal_pointer (&facts->text);
  *detail = g_steal_pointer (&facts->detail);
  facts_free (facts);

  return text;
}
