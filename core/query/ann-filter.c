/* ann-filter.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter.h"

#include "query/ann-filter-program-private.h"

#include "anndata/ann-data-set.h"
#include "base/ann-worker.h"

G_DEFINE_BOXED_TYPE (AnnFilter, ann_filter, ann_filter_ref, ann_filter_unref)

GQuark
ann_filter_error_quark (void)
{
  return g_quark_from_static_string ("ann-filter-error-quark");
}

static void
tell_place (const AnnFilterPlace *place, gsize *position, gsize *length)
{
  if (position != NULL)
    *position = place->position;
  if (length != NULL)
    *length = place->length;
}

/**
 * ann_filter_parse:
 * @text: an expression, such as `n_genes > 500 and cell_type in ["B", "T"]`
 * @position: (out) (optional): where in @text the mistake is, in bytes, if it fails; else 0
 * @length: (out) (optional): how long that place is, in bytes; 0 where something is missing
 * @error: return location for an error, or %NULL
 *
 * Looks at the grammar alone: whether the names are there depends on the store. The language is
 * described in `docs/filters.md`.
 *
 * Any thread.
 *
 * Returns: (transfer full): the expression, or %NULL with @error set: `ANN_FILTER_ERROR_SYNTAX`
 */
AnnFilter *
ann_filter_parse (const char *text, gsize *position, gsize *length, GError **error)
{
  g_autoptr (AnnFilter) self = NULL;
  AnnFilterPlace place = { 0, 0 };

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_new0 (AnnFilter, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_strdup (text);
  self->values = g_ptr_array_new_with_free_func (_ann_filter_value_free);
  if (!_ann_filter_read (self, &place, error))
    g_clear_pointer (&self, ann_filter_unref);
  tell_place (&place, position, length);

  return g_steal_pointer (&self);
}

/**
 * ann_filter_ref:
 * @self: a filter
 *
 * Returns: (transfer full): @self
 */
AnnFilter *
ann_filter_ref (AnnFilter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_filter_unref:
 * @self: (transfer full): a filter
 */
void
ann_filter_unref (AnnFilter *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->root, _ann_filter_node_free);
  g_ptr_array_unref (self->values);
  g_free (self->text);
  g_free (self);
}

/**
 * ann_filter_get_text:
 * @self: a filter
 *
 * Returns: (transfer none): the expression as it was given
 */
const char *
ann_filter_get_text (const AnnFilter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * ann_filter_check:
 * @self: a filter
 * @data: a store
 * @axis: of what it is a filter
 * @position: (out) (optional): where in the text the mistake is, in bytes, if it fails
 * @length: (out) (optional): how long that place is, in bytes
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Whether all names are there and all comparisons make sense. Reads metadata, the categories of
 * the columns that are named, and the labels of the other axis where a gene is named.
 *
 * Blocks; any thread.
 *
 * Returns: %FALSE with @error set: `ANN_FILTER_ERROR_UNKNOWN`, with the name that is most like the
 *   wrong one, `ANN_FILTER_ERROR_TYPE`, or what went wrong with reading
 */
gboolean
ann_filter_check (AnnFilter *self,
                  AnnData *data,
                  AnnAxis axis,
                  gsize *position,
                  gsize *length,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (AnnFilterProgram) program = { .filter = NULL };
  gboolean done;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ANN_IS_DATA (data), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  done = _ann_filter_program_init (&program, self, data, axis, cancellable, error);
  if (done)
    program.place = (AnnFilterPlace){ 0, 0 };
  tell_place (&program.place, position, length);

  return done;
}

/**
 * ann_filter_evaluate:
 * @self: a filter
 * @data: a store, a part of one, or a set
 * @axis: of what it is a filter
 * @progress: (nullable): is told how many rows there are and how many have been looked at
 * @position: (out) (optional): where in the text the mistake is, in bytes, if it fails
 * @length: (out) (optional): how long that place is, in bytes
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds the rows (columns, for the axis of the variables) for which the expression is true. Only
 * what it names is read, in blocks; memory is bounded, but for a gene that a matrix stores in one
 * piece, a bit for each row, and the result.
 *
 * Blocks; any thread. A user interface takes [method@Ann.Filter.evaluate_async].
 *
 * Returns: (transfer full): their places, rising, or %NULL with @error set, as
 *   [method@Ann.Filter.check] does
 */
AnnSelection *
ann_filter_evaluate (AnnFilter *self,
                     AnnData *data,
                     AnnAxis axis,
                     AnnProgress *progress,
                     gsize *position,
                     gsize *length,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (AnnFilterProgram) program = { .filter = NULL };
  AnnSelection *selection = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (_ann_filter_program_init (&program, self, data, axis, cancellable, error))
    {
      program.place = (AnnFilterPlace){ 0, 0 };
      selection = _ann_filter_program_run (&program, progress, error);
    }
  tell_place (&program.place, position, length);

  return selection;
}

/* Marks the rows of the filter's axis of which a source knows not all values. */
static void
mark_unknown (const AnnFilterProgram *program, const AnnFilterSource *source, guint8 *unknown)
{
  const guint n_lines = source->lines != NULL ? source->lines->len : 1;

  for (guint line = 0; line < n_lines; line++)
    {
      const guint8 *rows = _ann_filter_source_peek_unknown (source, line);

      for (guint64 row = 0; rows != NULL && row < program->n_rows; row++)
        unknown[row] |= rows[row];
    }
}

/**
 * ann_filter_count_unknown:
 * @self: a filter
 * @data: a store, a part of one, or a set
 * @axis: of what it is a filter
 * @n_unknown: (out): how many rows it cannot look at
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Rows of a part of a set that is missing have no values: a filter that names such values takes
 * them as missing, and whether they would pass is not known. Reads what [method@Ann.Filter.check]
 * reads, and nothing where no part is missing.
 *
 * Blocks; any thread.
 *
 * Returns: %FALSE with @error set, as [method@Ann.Filter.check]
 */
gboolean
ann_filter_count_unknown (AnnFilter *self,
                          AnnData *data,
                          AnnAxis axis,
                          guint64 *n_unknown,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (AnnFilterProgram) program = { .filter = NULL };
  g_autofree char *missing = NULL;
  g_autofree guint8 *unknown = NULL;

  g_return_val_if_fail (self != NULL && n_unknown != NULL, FALSE);
  g_return_val_if_fail (ANN_IS_DATA (data), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  *n_unknown = 0;
  missing = ann_data_describe_missing_parts (data);
  if (missing == NULL)
    return TRUE;
  if (!_ann_filter_program_init (&program, self, data, axis, cancellable, error)
      || !_ann_filter_program_find_unknown (&program, error))
    return FALSE;

  unknown = _ann_filter_new_marks (program.n_rows, error);
  if (unknown == NULL)
    return FALSE;
  for (guint i = 0; i < program.sources->len; i++)
    mark_unknown (&program, g_ptr_array_index (program.sources, i), unknown);
  for (guint64 row = 0; row < program.n_rows; row++)
    *n_unknown += unknown[row];

  return TRUE;
}

/* --- In a thread --- */

typedef struct {
  AnnFilter *filter;
  AnnData *data;
  AnnAxis axis;
  AnnProgress *progress;
  AnnFilterPlace place; /* of the mistake, for the caller */
  guint64 n_unknown;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  ann_filter_unref (request->filter);
  g_object_unref (request->data);
  g_clear_pointer (&request->progress, ann_progress_unref);
  g_free (request);
}

static void
selection_free (gpointer data)
{
  ann_selection_unref (data);
}

static void
evaluate_in_worker (GTask *task,
                    G_GNUC_UNUSED gpointer source_object,
                    gpointer task_data,
                    GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  AnnSelection *selection;

  selection = ann_filter_evaluate (request->filter, request->data, request->axis, request->progress,
                                   &request->place.position, &request->place.length, cancellable,
                                   &error);
  if (selection != NULL
      && !ann_filter_count_unknown (request->filter, request->data, request->axis,
                                    &request->n_unknown, cancellable, &error))
    g_clear_pointer (&selection, ann_selection_unref);
  if (selection != NULL)
    g_task_return_pointer (task, selection, selection_free);
  else
    g_task_return_error (task, error);
}

/**
 * ann_filter_evaluate_async:
 * @self: a filter
 * @data: a store, a part of one, or a set
 * @axis: of what it is a filter
 * @progress: (nullable): is told how many rows there are and how many have been looked at
 * @io_priority: the more negative, the sooner
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [method@Ann.Filter.evaluate], in threads of the library.
 */
void
ann_filter_evaluate_async (AnnFilter *self,
                           AnnData *data,
                           AnnAxis axis,
                           AnnProgress *progress,
                           int io_priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (self != NULL);
  g_return_if_fail (ANN_IS_DATA (data));

  request = g_new0 (Request, 1);
  request->filter = ann_filter_ref (self);
  request->data = g_object_ref (data);
  request->axis = axis;
  request->progress = progress != NULL ? ann_progress_ref (progress) : NULL;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_filter_evaluate_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, request, request_free);
  ann_worker_run_task (task, ANN_LANE_READ, evaluate_in_worker);
}

/**
 * ann_filter_evaluate_finish:
 * @result: what the callback was given
 * @n_unknown: (out) (optional): how many rows it could not look at, as
 *   [method@Ann.Filter.count_unknown] has it
 * @position: (out) (optional): where in the text the mistake is, in bytes, if it failed
 * @length: (out) (optional): how long that place is, in bytes
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the places of the rows, rising, or %NULL with @error set
 */
AnnSelection *
ann_filter_evaluate_finish (GAsyncResult *result,
                            guint64 *n_unknown,
                            gsize *position,
                            gsize *length,
                            GError **error)
{
  const Request *request = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  tell_place (&request->place, position, length);
  if (n_unknown != NULL)
    *n_unknown = request->n_unknown;

  return g_task_propagate_pointer (G_TASK (result), error);
}
