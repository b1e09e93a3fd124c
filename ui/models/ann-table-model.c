/* ann-table-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-table-model.h"

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (AnnTableModel, ann_table_model, G_TYPE_OBJECT)

static void
ann_table_model_default_init (AnnTableModelInterface *iface)
{
  /**
   * AnnTableModel::changed:
   * @self: a model
   * @what: flags of AnnTableChange
   *
   * Emitted once for all that arrived since the last time, in the main thread, and never from
   * within a call of the model's other than to set its order.
   */
  signals[CHANGED] = g_signal_new ("changed", ANN_TYPE_TABLE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

/**
 * ann_table_model_get_n_rows:
 * @self: a model
 *
 * Returns: how many rows there are to show
 */
guint64
ann_table_model_get_n_rows (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_n_rows (self);
}

/**
 * ann_table_model_get_n_stored_rows:
 * @self: a model
 *
 * Returns: how many rows there are, those among them that a filter leaves out
 */
guint64
ann_table_model_get_n_stored_rows (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_n_stored_rows (self);
}

/**
 * ann_table_model_get_n_columns:
 * @self: a model
 *
 * Returns: how many columns there are beside the index
 */
guint64
ann_table_model_get_n_columns (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_n_columns (self);
}

/**
 * ann_table_model_get_index_title:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): what the labels of the rows are called, %NULL if rows have
 *   none
 */
const char *
ann_table_model_get_index_title (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_index_title (self);
}

/**
 * ann_table_model_get_index_widest:
 * @self: a model
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): labels of rows for which there
 *   should be room, if that is known
 */
char *const *
ann_table_model_get_index_widest (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_index_widest (self);
}

/**
 * ann_table_model_get_column_width:
 * @self: a model
 *
 * Returns: the width of a column of which nothing else is known, in digits
 */
guint
ann_table_model_get_column_width (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_column_width (self);
}

/**
 * ann_table_model_get_usual_title:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): a title for which there should be room above a column whose
 *   own title has not been read, if that is known
 */
const char *
ann_table_model_get_usual_title (AnnTableModel *self)
{
  AnnTableModelInterface *iface = ANN_TABLE_MODEL_GET_IFACE (self);

  return iface->get_usual_title == NULL ? NULL : iface->get_usual_title (self);
}

/**
 * ann_table_model_get_column:
 * @self: a model
 * @column: a column
 * @info: (out caller-allocates): what is known of it
 * @title: (nullable): takes its title, which may be empty while it is being read
 */
void
ann_table_model_get_column (AnnTableModel *self,
                            guint64 column,
                            AnnTableColumn *info,
                            GString *title)
{
  g_return_if_fail (column < ann_table_model_get_n_columns (self));

  ANN_TABLE_MODEL_GET_IFACE (self)->get_column (self, column, info, title);
}

/**
 * ann_table_model_get_stored_row:
 * @self: a model
 * @row: a row as shown
 *
 * Returns: its number in the store, from 0
 */
guint64
ann_table_model_get_stored_row (AnnTableModel *self, guint64 row)
{
  AnnTableOrder *order = ann_table_model_get_order (self);

  g_return_val_if_fail (row < ann_table_model_get_n_rows (self), row);

  return order == NULL ? row : ann_table_order_get (order, row);
}

/**
 * ann_table_model_find_stored_row:
 * @self: a model
 * @stored_row: a row of the store
 *
 * Looks through the order, 1 ms for a million rows.
 *
 * Returns: where it is shown; the number of rows if it is not
 */
guint64
ann_table_model_find_stored_row (AnnTableModel *self, guint64 stored_row)
{
  AnnTableOrder *order = ann_table_model_get_order (self);

  return order == NULL ? stored_row : ann_table_order_find (order, stored_row);
}

/**
 * ann_table_model_get_index:
 * @self: a model
 * @row: a row as shown
 * @text: takes its label
 *
 * Returns: whether there is one
 */
AnnCellState
ann_table_model_get_index (AnnTableModel *self, guint64 row, GString *text)
{
  g_return_val_if_fail (row < ann_table_model_get_n_rows (self), ANN_CELL_INVALID);

  return ANN_TABLE_MODEL_GET_IFACE (self)->get_index (self, row, text);
}

/**
 * ann_table_model_get_cell:
 * @self: a model
 * @row: a row as shown
 * @column: a column
 * @cell: (out caller-allocates): what there is
 * @text: takes the value as people read it
 */
void
ann_table_model_get_cell (AnnTableModel *self,
                          guint64 row,
                          guint64 column,
                          AnnTableCell *cell,
                          GString *text)
{
  g_return_if_fail (row < ann_table_model_get_n_rows (self));
  g_return_if_fail (column < ann_table_model_get_n_columns (self));

  *cell = (AnnTableCell){ .state = ANN_CELL_LOADING };
  ANN_TABLE_MODEL_GET_IFACE (self)->get_cell (self, row, column, cell, text);
}

/**
 * ann_table_model_set_window:
 * @self: a model
 * @window: the rows and columns on the screen
 *
 * Replaces what was said before.
 */
void
ann_table_model_set_window (AnnTableModel *self, const AnnTableWindow *window)
{
  ANN_TABLE_MODEL_GET_IFACE (self)->set_window (self, window);
}

/**
 * ann_table_model_get_order:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): which rows are shown and how; %NULL if all are, as stored
 */
AnnTableOrder *
ann_table_model_get_order (AnnTableModel *self)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->get_order (self);
}

/**
 * ann_table_model_get_sort:
 * @self: a model
 * @column: (out) (optional): the column by which rows are sorted
 *
 * Returns: how the rows are sorted
 */
AnnSortDirection
ann_table_model_get_sort (AnnTableModel *self, guint64 *column)
{
  AnnTableOrder *order = ann_table_model_get_order (self);

  if (order == NULL)
    return ANN_SORT_NONE;

  if (column != NULL)
    *column = ann_table_order_get_column (order);

  return ann_table_order_get_direction (order);
}

/**
 * ann_table_model_get_filter:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): which rows are shown; %NULL for all
 */
AnnSelection *
ann_table_model_get_filter (AnnTableModel *self)
{
  AnnTableOrder *order = ann_table_model_get_order (self);

  return order == NULL ? NULL : ann_table_order_get_filter (order);
}

/* What the rows are to be: sorted by a column or as they are, and filtered. */
typedef struct {
  guint64 column;
  AnnSortDirection direction;
  AnnTableOrder *sorting; /* what there is already, if it is to stay */
  AnnSelection *filter;
  AnnProgress *progress;
} OrderJob;

static void
order_job_free (OrderJob *job)
{
  g_clear_pointer (&job->sorting, ann_table_order_unref);
  g_clear_pointer (&job->filter, ann_selection_unref);
  g_clear_pointer (&job->progress, ann_progress_unref);
  g_free (job);
}

static void
order_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnTableModel *self = source;
  OrderJob *job = task_data;
  g_autoptr (AnnTableOrder) sorting = g_steal_pointer (&job->sorting);
  GError *error = NULL;
  AnnTableOrder *order;

  if (job->direction != ANN_SORT_NONE)
    sorting = ANN_TABLE_MODEL_GET_IFACE (self)->make_order (self, job->column, job->direction,
                                                            job->progress, cancellable, &error);
  if (error == NULL && job->filter != NULL)
    order = ann_table_order_new_filtered (sorting, job->filter, &error);
  else
    order = g_steal_pointer (&sorting);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, order, (GDestroyNotify) ann_table_order_unref);
}

/* Puts the rows as a task has found out. */
static gboolean
take_order (AnnTableModel *self, GAsyncResult *result, GError **error)
{
  g_autoptr (AnnTableOrder) order = NULL;
  GError *own_error = NULL;

  order = g_task_propagate_pointer (G_TASK (result), &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }

  ANN_TABLE_MODEL_GET_IFACE (self)->set_order (self, order);

  return TRUE;
}

/**
 * ann_table_model_sort_async:
 * @self: a model
 * @column: the column whose values are compared
 * @direction: which first; ANN_SORT_NONE for the stored order
 * @progress: (nullable): told how far it is, in rows
 * @cancellable: (nullable): to give up
 * @callback: called in the main thread when done
 * @user_data: data for @callback
 *
 * Reads the column and sorts it in a worker. The rows change their order in
 * [method@Ann.TableModel.sort_finish].
 */
void
ann_table_model_sort_async (AnnTableModel *self,
                            guint64 column,
                            AnnSortDirection direction,
                            AnnProgress *progress,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AnnSelection *filter;
  OrderJob *job;

  g_return_if_fail (ANN_IS_TABLE_MODEL (self));
  g_return_if_fail (direction == ANN_SORT_NONE || column < ann_table_model_get_n_columns (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_table_model_sort_async);
  filter = ann_table_model_get_filter (self);

  if (direction == ANN_SORT_NONE && filter == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  job = g_new0 (OrderJob, 1);
  job->column = column;
  job->direction = direction;
  job->filter = filter == NULL ? NULL : ann_selection_ref (filter);
  job->progress = progress == NULL ? NULL : ann_progress_ref (progress);
  g_task_set_task_data (task, job, (GDestroyNotify) order_job_free);
  ann_worker_run_task (task, ANN_LANE_READ, order_in_worker);
}

/**
 * ann_table_model_sort_finish:
 * @self: a model
 * @result: as the callback was given it
 * @error: return location for an error
 *
 * Puts the rows into their new order.
 *
 * Returns: %FALSE if they stay as they are
 */
gboolean
ann_table_model_sort_finish (AnnTableModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return take_order (self, result, error);
}

/**
 * ann_table_model_filter_async:
 * @self: a model
 * @filter: (nullable): which rows are to be shown, rising; %NULL for all
 * @cancellable: (nullable): to give up
 * @callback: called in the main thread when done
 * @user_data: data for @callback
 *
 * Works out in a worker where the rows stand that are left, in the order in which they are. They
 * change in [method@Ann.TableModel.filter_finish]. One of this and of sorting goes on at a time.
 */
void
ann_table_model_filter_async (AnnTableModel *self,
                              AnnSelection *filter,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AnnTableOrder *order;
  AnnTableOrder *sorting;
  OrderJob *job;

  g_return_if_fail (ANN_IS_TABLE_MODEL (self));
  g_return_if_fail (filter == NULL
                    || ann_selection_get_axis_length (filter)
                           == ann_table_model_get_n_stored_rows (self));

  order = ann_table_model_get_order (self);
  sorting = order == NULL ? NULL : ann_table_order_get_sorting (order);

  job = g_new0 (OrderJob, 1);
  job->direction = ANN_SORT_NONE;
  job->sorting = sorting == NULL ? NULL : ann_table_order_ref (sorting);
  job->filter = filter == NULL ? NULL : ann_selection_ref (filter);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_table_model_filter_async);
  g_task_set_task_data (task, job, (GDestroyNotify) order_job_free);
  ann_worker_run_task (task, ANN_LANE_CPU, order_in_worker);
}

/**
 * ann_table_model_filter_finish:
 * @self: a model
 * @result: as the callback was given it
 * @error: return location for an error
 *
 * Shows the rows that are left.
 *
 * Returns: %FALSE if they stay as they are
 */
gboolean
ann_table_model_filter_finish (AnnTableModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return take_order (self, result, error);
}

/**
 * ann_table_model_read_cells:
 * @self: a model
 * @stored_rows: (array length=n_rows): rows of the store, in any order
 * @n_rows: how many
 * @first_column: the first column
 * @n_columns: how many
 * @with_index: whether each row begins with its label
 * @func: (scope call): takes the cells, row by row
 * @user_data: data for @func
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Reads cells from the store, whether they are on the screen or not. Blocks; any thread.
 *
 * Returns: %FALSE if reading failed or @func did
 */
gboolean
ann_table_model_read_cells (AnnTableModel *self,
                            const guint64 *stored_rows,
                            gsize n_rows,
                            guint64 first_column,
                            guint64 n_columns,
                            gboolean with_index,
                            AnnTableCellFunc func,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error)
{
  return ANN_TABLE_MODEL_GET_IFACE (self)->read_cells (self, stored_rows, n_rows, first_column,
                                                       n_columns, with_index, func, user_data,
                                                       cancellable, error);
}

/**
 * ann_table_model_open_column:
 * @self: a model
 * @column: one of its columns
 * @colors: (out) (transfer full) (nullable): 0xRRGGBB for each category, if they have colours
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Opens a column as a vector of values, for statistics. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the column; its rows are the stored ones
 */
AnnElement *
ann_table_model_open_column (AnnTableModel *self,
                             guint64 column,
                             guint32 **colors,
                             GCancellable *cancellable,
                             GError **error)
{
  AnnTableModelInterface *iface = ANN_TABLE_MODEL_GET_IFACE (self);

  *colors = NULL;
  if (iface->open_column == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "The columns of this table cannot be opened by themselves");
      return NULL;
    }

  return iface->open_column (self, column, colors, cancellable, error);
}

/**
 * ann_table_model_changed:
 * @self: a model
 * @what: what changed
 *
 * Emits the signal.
 */
void
ann_table_model_changed (AnnTableModel *self, AnnTableChange what)
{
  g_signal_emit (self, signals[CHANGED], 0, (guint) what);
}
