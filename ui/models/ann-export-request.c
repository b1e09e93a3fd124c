/* ann-export-request.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-export-request.h"

#include "ann-text.h"

#include <glib/gi18n.h>

/* Rows between two looks at whether it is still wanted. */
#define N_ROWS_AT_ONCE 65536

/**
 * ann_shown_rows_clear:
 * @self: what is shown
 *
 * Nothing is shown.
 */
void
ann_shown_rows_clear (AnnShownRows *self)
{
  g_clear_pointer (&self->selected, ann_row_selection_free);
  g_clear_pointer (&self->filtered, ann_selection_unref);
  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->order, ann_table_order_unref);
}

static void
shown_rows_copy (const AnnShownRows *self, AnnShownRows *copy)
{
  copy->selected = self->selected != NULL ? ann_row_selection_copy (self->selected) : NULL;
  copy->filtered = self->filtered != NULL ? ann_selection_ref (self->filtered) : NULL;
  copy->filter = g_strdup (self->filter);
  copy->order = self->order != NULL ? ann_table_order_ref (self->order) : NULL;
}

/**
 * ann_export_request_new:
 * @data: a store
 *
 * Returns: (transfer full): all of it, in the usual way, without a target
 */
AnnExportRequest *
ann_export_request_new (AnnData *data)
{
  AnnExportRequest *self = g_new0 (AnnExportRequest, 1);

  self->data = g_object_ref (data);
  self->options = ann_write_options_new ();

  return self;
}

/**
 * ann_export_request_copy:
 * @self: a request
 *
 * Returns: (transfer full): the same
 */
AnnExportRequest *
ann_export_request_copy (const AnnExportRequest *self)
{
  AnnExportRequest *copy = g_new0 (AnnExportRequest, 1);

  copy->data = g_object_ref (self->data);
  for (guint axis = 0; axis < 2; axis++)
    {
      shown_rows_copy (&self->shown[axis], &copy->shown[axis]);
      copy->what[axis] = self->what[axis];
    }
  copy->names = g_strdup (self->names);
  copy->as_shown = self->as_shown;
  copy->target = g_strdup (self->target);
  copy->options = ann_write_options_copy (self->options);

  return copy;
}

/**
 * ann_export_request_free:
 * @self: (transfer full): a request
 */
void
ann_export_request_free (AnnExportRequest *self)
{
  for (guint axis = 0; axis < 2; axis++)
    ann_shown_rows_clear (&self->shown[axis]);
  g_object_unref (self->data);
  g_free (self->names);
  g_free (self->target);
  ann_write_options_free (self->options);
  g_free (self);
}

/* ---- Which rows, in a worker ---- */

/* Room for numbers of rows, which may be more than fits. */
static gpointer
new_rows (guint64 n_rows, gsize size, GError **error)
{
  gpointer rows = n_rows < G_MAXSIZE / size ? g_try_malloc0_n ((gsize) MAX (n_rows, 1), size)
                                            : NULL;

  if (rows == NULL)
    ann_row_selection_set_too_large_error (n_rows, error);

  return rows;
}

/* The same rows in the order of a table; behind them those that it does not show. @rows is %NULL
 * for all.
 */
static AnnSelection *
sort_rows (AnnSelection *rows,
           const AnnTableOrder *order,
           guint64 n_rows,
           GCancellable *cancellable,
           GError **error)
{
  const guint64 n = rows != NULL ? ann_selection_get_length (rows) : n_rows;
  const guint64 n_shown = ann_table_order_get_n_rows (order);
  g_autofree guint8 *wanted = new_rows (n_rows, sizeof *wanted, error);
  g_autofree gint64 *sorted = wanted != NULL ? new_rows (n, sizeof *sorted, error) : NULL;
  gsize k = 0;

  if (sorted == NULL)
    return NULL;

  for (guint64 i = 0; i < n; i++)
    wanted[rows != NULL ? ann_selection_get_position (rows, i) : i] = 1;
  for (guint64 i = 0; i < n_shown; i++)
    {
      const guint64 row = ann_table_order_get (order, i);

      if (i % N_ROWS_AT_ONCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (row >= n_rows || !wanted[row])
        continue;
      wanted[row] = 0;
      sorted[k++] = (gint64) row;
    }
  for (guint64 row = 0; row < n_rows && k < n; row++)
    if (wanted[row])
      sorted[k++] = (gint64) row;

  return ann_selection_new_from_indices (sorted, k, n_rows, error);
}

static AnnSelection *
find_names (AnnExportRequest *request, AnnAxis axis, GCancellable *cancellable, GError **error)
{
  AnnFrame *frame = axis == ANN_AXIS_OBS ? ann_data_get_obs (request->data)
                                         : ann_data_get_var (request->data);
  g_auto (GStrv) parts = g_strsplit_set (request->names != NULL ? request->names : "", ",;\t\r\n",
                                         -1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_ptr_array_add (names, parts[i]);
  if (names->len == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s",
                   _ ("The list of genes is empty: type or paste their names"));
      return NULL;
    }

  return ann_frame_find_names (frame, (const char *const *) names->pdata, names->len, cancellable,
                               error);
}

/* @rows: (out) (nullable): %NULL for all, as they are stored */
static gboolean
find_rows (AnnExportRequest *request,
           AnnAxis axis,
           AnnSelection **rows,
           GCancellable *cancellable,
           GError **error)
{
  const AnnShownRows *shown = &request->shown[axis];
  const AnnExportWhat what = request->what[axis];
  const guint64 n_rows = axis == ANN_AXIS_OBS ? ann_data_get_n_obs (request->data)
                                              : ann_data_get_n_var (request->data);
  g_autoptr (AnnSelection) found = NULL;

  if (what == ANN_EXPORT_FILTERED && shown->filtered != NULL)
    found = ann_selection_ref (shown->filtered);
  if (what == ANN_EXPORT_SELECTED && shown->selected != NULL)
    found = ann_row_selection_to_positions (shown->selected, n_rows, error);
  if (what == ANN_EXPORT_NAMED)
    found = find_names (request, axis, cancellable, error);
  if (found == NULL && what != ANN_EXPORT_ALL)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s", _ ("No rows are selected"));
      return FALSE;
    }

  if (request->as_shown && shown->order != NULL && what != ANN_EXPORT_NAMED)
    {
      *rows = sort_rows (found, shown->order, n_rows, cancellable, error);
      return *rows != NULL;
    }
  *rows = g_steal_pointer (&found);

  return TRUE;
}

/* ---- A draft ---- */

/**
 * ann_export_draft_free:
 * @self: (transfer full): a draft
 */
void
ann_export_draft_free (AnnExportDraft *self)
{
  ann_export_request_free (self->request);
  for (guint axis = 0; axis < 2; axis++)
    g_clear_pointer (&self->rows[axis], ann_selection_unref);
  g_clear_object (&self->data);
  g_clear_pointer (&self->plan, ann_export_plan_unref);
  g_free (self);
}

/* What cannot be read is left out, but only where there is such: what can be done in the usual way
 * is done so. Whether something is replaced is asked when the place is chosen.
 */
static AnnExportPlan *
make_plan (AnnExportDraft *self, GCancellable *cancellable, GError **error)
{
  AnnWriteOptions *options = self->request->options;
  const gboolean overwrite = options->overwrite;
  g_autoptr (GError) why = NULL;
  AnnExportPlan *plan;

  options->overwrite = TRUE;
  plan = ann_export_plan (self->data, self->request->target, options, cancellable, &why);
  if (plan == NULL && !g_cancellable_is_cancelled (cancellable))
    {
      options->skip_unreadable = TRUE;
      plan = ann_export_plan (self->data, self->request->target, options, cancellable, NULL);
    }
  options->overwrite = overwrite;
  if (plan == NULL)
    g_propagate_error (error, g_steal_pointer (&why));

  return plan;
}

/**
 * ann_export_draft_new:
 * @request: what is to be exported
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds the rows, and what the export will do. Waits for the disk; any thread.
 *
 * Returns: (transfer full): the draft, or %NULL with @error set
 */
AnnExportDraft *
ann_export_draft_new (const AnnExportRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnExportDraft) self = g_new0 (AnnExportDraft, 1);

  self->request = ann_export_request_copy (request);
  for (guint axis = 0; axis < 2; axis++)
    if (!find_rows (self->request, (AnnAxis) axis, &self->rows[axis], cancellable, error))
      return NULL;

  self->data = ann_data_select (request->data, self->rows[ANN_AXIS_OBS], self->rows[ANN_AXIS_VAR],
                                cancellable, error);
  if (self->data == NULL)
    return NULL;
  self->plan = make_plan (self, cancellable, error);

  return self->plan != NULL ? g_steal_pointer (&self) : NULL;
}

static void
make_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  AnnExportDraft *draft = ann_export_draft_new (task_data, cancellable, &error);

  if (draft != NULL)
    g_task_return_pointer (task, draft, (GDestroyNotify) ann_export_draft_free);
  else
    g_task_return_error (task, error);
}

/**
 * ann_export_draft_make_async:
 * @request: what is to be exported
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [func@Ann.export_draft_new], in a worker.
 */
void
ann_export_draft_make_async (const AnnExportRequest *request,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, ann_export_request_copy (request),
                        (GDestroyNotify) ann_export_request_free);
  ann_worker_run_task (task, ANN_LANE_READ, make_in_worker);
}

/**
 * ann_export_draft_make_finish:
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the draft, or %NULL with @error set
 */
AnnExportDraft *
ann_export_draft_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
