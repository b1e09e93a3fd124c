/* ann-table-view-jobs.c: sorting, filtering and copying, which workers do
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <glib/gi18n.h>

/* Rows that are read at once for copying. */
#define SLAB 1024

/* Above this the HTML, five times as long as the text, is left out. */
#define MAX_HTML_CELLS 200000

/* Begins a job of which there is one at a time: the one before is cancelled. */
static void
begin_job (AnnTableView *self, const char *text)
{
  ann_table_view_cancel (self);
  self->job = g_cancellable_new ();
  self->progress = ann_progress_new ();
  self->busy_text = text;
  g_object_notify (G_OBJECT (self), "busy");
}

/* Ends @job, unless it is over already. */
static void
end_job (AnnTableView *self, GCancellable *job)
{
  if (self->job == NULL || self->job != job)
    return;

  g_clear_object (&self->job);
  g_clear_pointer (&self->progress, ann_progress_unref);
  self->busy_text = NULL;
  g_object_notify (G_OBJECT (self), "busy");
}

/* Work does not keep its table alive: a table that goes cancels what it is doing. */
typedef struct {
  GWeakRef view;
  GCancellable *cancellable;
} Waiter;

static Waiter *
waiter_new (AnnTableView *view)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  g_weak_ref_init (&waiter->view, view);
  waiter->cancellable = g_object_ref (view->job);

  return waiter;
}

static void
waiter_free (Waiter *waiter)
{
  g_weak_ref_clear (&waiter->view);
  g_object_unref (waiter->cancellable);
  g_free (waiter);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiter, waiter_free)

/* The table, if it still waits for what has ended now. */
static AnnTableView *
waiter_get_view (Waiter *waiter)
{
  return g_cancellable_is_cancelled (waiter->cancellable) ? NULL : g_weak_ref_get (&waiter->view);
}

/* What another job has cancelled is done after it. */
static void
resume_filter (AnnTableView *self)
{
  if (self->model != NULL && ann_table_model_get_filter (self->model) != self->filter)
    ann_table_view_filter (self, self->filter);
}

static void
on_sorted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiter) waiter = user_data;
  g_autoptr (AnnTableView) view = waiter_get_view (waiter);
  g_autoptr (GError) error = NULL;

  if (view == NULL)
    return;

  if (!ann_table_model_sort_finish (ANN_TABLE_MODEL (source), result, &error))
    _ann_table_view_message (view, error->message);
  else
    gtk_adjustment_set_value (view->adjustments[GTK_ORIENTATION_VERTICAL], 0);
  end_job (view, waiter->cancellable);
  resume_filter (view);
}

/**
 * ann_table_view_sort:
 * @self: a table
 * @column: the column by whose values
 * @direction: which come first, or the stored order
 *
 * Sorts the rows in a worker; they move when it is done, and the first ones are on the screen then.
 */
void
ann_table_view_sort (AnnTableView *self, guint64 column, AnnSortDirection direction)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (_ann_table_view_is_empty (self) || column >= ann_table_model_get_n_columns (self->model))
    return;

  begin_job (self, _ ("Sorting…"));
  ann_table_model_sort_async (self->model, column, direction, self->progress, self->job, on_sorted,
                              waiter_new (self));
}

static void
on_filtered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiter) waiter = user_data;
  g_autoptr (AnnTableView) view = waiter_get_view (waiter);
  g_autoptr (GError) error = NULL;

  if (view == NULL)
    return;

  if (!ann_table_model_filter_finish (ANN_TABLE_MODEL (source), result, &error))
    _ann_table_view_message (view, error->message);
  else
    gtk_adjustment_set_value (view->adjustments[GTK_ORIENTATION_VERTICAL], 0);
  end_job (view, waiter->cancellable);
}

/**
 * ann_table_view_filter:
 * @self: a table
 * @rows: (nullable): the stored rows that are to be shown, rising; %NULL for all
 *
 * Shows some rows only, sorted as they are; in a worker. What is selected stays so, seen or not.
 */
void
ann_table_view_filter (AnnTableView *self, AnnSelection *rows)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));
  g_return_if_fail (self->model != NULL);

  if (rows != NULL)
    ann_selection_ref (rows);
  g_clear_pointer (&self->filter, ann_selection_unref);
  self->filter = rows;
  begin_job (self, _ ("Filtering…"));
  ann_table_model_filter_async (self->model, rows, self->job, on_filtered, waiter_new (self));
}

/* What is to be copied: rows of the store in the order in which they are shown, by their numbers
 * or, as that may be much shorter, by what was selected.
 */
typedef struct {
  AnnTableModel *model;
  AnnTableOrder *order;       /* NULL: as stored */
  AnnRowSelection *selection; /* NULL: the rows of @window */
  AnnTableWindow window;
  gboolean with_headers;
  gboolean with_index;
  gboolean with_html;
  AnnProgress *progress;

  GArray *rows; /* of guint64: the next slab */
  GString *text;
  GString *html;
} CopyJob;

typedef struct {
  GBytes *text;
  GBytes *html;
} Copied;

static void
copy_job_free (CopyJob *job)
{
  g_clear_object (&job->model);
  g_clear_pointer (&job->order, ann_table_order_unref);
  g_clear_pointer (&job->selection, ann_row_selection_free);
  g_clear_pointer (&job->progress, ann_progress_unref);
  g_clear_pointer (&job->rows, g_array_unref);
  if (job->text != NULL)
    g_string_free (job->text, TRUE);
  if (job->html != NULL)
    g_string_free (job->html, TRUE);
  g_free (job);
}

static void
copied_free (Copied *copied)
{
  g_clear_pointer (&copied->text, g_bytes_unref);
  g_clear_pointer (&copied->html, g_bytes_unref);
  g_free (copied);
}

static gboolean
needs_quotes (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\t' || text[i] == '\n' || text[i] == '\r' || text[i] == '"')
        return TRUE;
    }

  return FALSE;
}

/* As spreadsheets write and read it. */
static void
append_field (GString *to, const char *text, gsize length)
{
  if (!needs_quotes (text, length))
    {
      g_string_append_len (to, text, (gssize) length);
      return;
    }

  g_string_append_c (to, '"');
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '"')
        g_string_append_c (to, '"');
      g_string_append_c (to, text[i]);
    }
  g_string_append_c (to, '"');
}

static gboolean
copy_cell (gsize row,
           guint64 column,
           AnnCellState state,
           const char *text,
           gsize length,
           gpointer user_data,
           GError **error)
{
  CopyJob *job = user_data;
  const guint64 first = job->with_index ? ANN_TABLE_INDEX_COLUMN : job->window.first_column;
  const guint64 last = job->window.first_column + job->window.n_columns - 1;
  const gboolean is_header = g_array_index (job->rows, guint64, row) == ANN_TABLE_HEADER_ROW;

  if (column != first)
    g_string_append_c (job->text, '\t');
  if (state == ANN_CELL_VALUE)
    append_field (job->text, text, length);
  if (column == last)
    g_string_append_c (job->text, '\n');

  if (job->with_html)
    {
      if (column == first)
        g_string_append (job->html, "<tr>");
      g_string_append (job->html, is_header ? "<th>" : "<td>");
      if (state == ANN_CELL_VALUE)
        {
          g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

          g_string_append (job->html, escaped);
        }
      g_string_append (job->html, is_header ? "</th>" : "</td>");
      if (column == last)
        g_string_append (job->html, "</tr>\n");
    }

  return TRUE;
}

static gboolean
flush_rows (CopyJob *job, GCancellable *cancellable, GError **error)
{
  if (!ann_table_model_read_cells (job->model, (const guint64 *) (gpointer) job->rows->data,
                                   job->rows->len, job->window.first_column, job->window.n_columns,
                                   job->with_index, copy_cell, job, cancellable, error))
    return FALSE;

  ann_progress_add_done (job->progress, job->rows->len);
  g_array_set_size (job->rows, 0);

  return TRUE;
}

static gboolean
add_row (CopyJob *job, guint64 stored_row, GCancellable *cancellable, GError **error)
{
  g_array_append_val (job->rows, stored_row);

  return job->rows->len < SLAB || flush_rows (job, cancellable, error);
}

/* All rows of the table that are selected, as shown. */
static gboolean
add_selected (CopyJob *job, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = job->order == NULL ? 0 : ann_table_order_get_n_rows (job->order);
  gsize n_ranges;
  const AnnRowRange *ranges = ann_row_selection_get_ranges (job->selection, &n_ranges);

  for (gsize i = 0; job->order == NULL && i < n_ranges; i++)
    {
      for (guint64 row = ranges[i].first; row < ranges[i].end; row++)
        {
          if (!add_row (job, row, cancellable, error))
            return FALSE;
        }
    }
  for (guint64 row = 0; row < n_rows; row++)
    {
      const guint64 stored = ann_table_order_get (job->order, row);

      if (ann_row_selection_contains (job->selection, stored)
          && !add_row (job, stored, cancellable, error))
        return FALSE;
      if (row % 65536 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_window (CopyJob *job, GCancellable *cancellable, GError **error)
{
  for (guint64 i = 0; i < job->window.n_rows; i++)
    {
      const guint64 row = job->window.first_row + i;

      if (!add_row (job, job->order == NULL ? row : ann_table_order_get (job->order, row),
                    cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_copy (CopyJob *job, GCancellable *cancellable, GError **error)
{
  if (job->with_headers && !add_row (job, ANN_TABLE_HEADER_ROW, cancellable, error))
    return FALSE;

  if (job->selection != NULL ? !add_selected (job, cancellable, error)
                             : !add_window (job, cancellable, error))
    return FALSE;

  return flush_rows (job, cancellable, error);
}

static void
copy_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CopyJob *job = task_data;
  GError *error = NULL;
  Copied *copied;

  job->rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  job->text = g_string_new (NULL);
  job->html = g_string_new ("<meta charset=\"utf-8\"><table>\n");
  if (!read_copy (job, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_string_append (job->html, "</table>\n");

  copied = g_new0 (Copied, 1);
  copied->text = g_string_free_to_bytes (g_steal_pointer (&job->text));
  if (job->with_html)
    copied->html = g_string_free_to_bytes (g_steal_pointer (&job->html));
  g_task_return_pointer (task, copied, (GDestroyNotify) copied_free);
}

static GdkContentProvider *
make_content (Copied *copied)
{
  static const char *types[] = { "text/plain;charset=utf-8", "text/plain",
                                 "text/tab-separated-values" };
  GdkContentProvider *providers[G_N_ELEMENTS (types) + 1];
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    providers[n++] = gdk_content_provider_new_for_bytes (types[i], copied->text);
  if (copied->html != NULL)
    providers[n++] = gdk_content_provider_new_for_bytes ("text/html", copied->html);

  return gdk_content_provider_new_union (providers, n);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiter) waiter = user_data;
  g_autoptr (AnnTableView) view = waiter_get_view (waiter);
  g_autoptr (GError) error = NULL;
  Copied *copied;

  if (view == NULL)
    return;

  copied = g_task_propagate_pointer (G_TASK (result), &error);
  if (copied == NULL)
    _ann_table_view_message (view, error->message);
  else
    {
      g_autoptr (GdkContentProvider) content = make_content (copied);

      gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (view)), content);
      copied_free (copied);
    }
  end_job (view, waiter->cancellable);
  resume_filter (view);
}

/* The block if there is one, else the selected rows whole, else the cell under the cursor. */
static guint64
choose_what_to_copy (AnnTableView *self, CopyJob *job)
{
  const guint64 n_columns = ann_table_model_get_n_columns (self->model);
  const guint64 n_selected = ann_row_selection_get_n_rows (self->selection);
  guint64 n_rows;

  if (!ann_table_view_get_block (self, &job->window) && n_selected > 0)
    {
      job->window = (AnnTableWindow){ .n_columns = n_columns };
      job->selection = ann_row_selection_copy (self->selection);
      job->with_index = TRUE;
    }
  if (job->with_headers)
    job->with_index = TRUE;
  if (ann_table_model_get_index_title (self->model) == NULL)
    job->with_index = FALSE;

  n_rows = job->selection != NULL ? n_selected : job->window.n_rows;
  if (n_rows > ANN_TABLE_VIEW_MAX_COPY || job->window.n_columns > ANN_TABLE_VIEW_MAX_COPY)
    return G_MAXUINT64;

  ann_progress_add_total (self->progress, n_rows);

  return n_rows * (job->window.n_columns + (job->with_index ? 1 : 0));
}

/**
 * ann_table_view_copy:
 * @self: a table
 * @with_headers: whether titles of columns and labels of rows are copied too
 *
 * Copies the selected cells, else the selected rows, else the cell of the cursor, as text with
 * tabs and as an HTML table. What is not loaded is read first, by a worker.
 */
void
ann_table_view_copy (AnnTableView *self, gboolean with_headers)
{
  g_autoptr (GTask) task = NULL;
  AnnTableOrder *order;
  CopyJob *job;
  guint64 n_cells;

  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (_ann_table_view_is_empty (self))
    return;

  begin_job (self, _ ("Copying…"));
  order = ann_table_model_get_order (self->model);
  job = g_new0 (CopyJob, 1);
  job->model = g_object_ref (self->model);
  job->order = order == NULL ? NULL : ann_table_order_ref (order);
  job->with_headers = with_headers;
  job->progress = ann_progress_ref (self->progress);

  n_cells = choose_what_to_copy (self, job);
  job->with_html = n_cells <= MAX_HTML_CELLS;
  if (n_cells > ANN_TABLE_VIEW_MAX_COPY)
    {
      copy_job_free (job);
      ann_table_view_cancel (self);
      _ann_table_view_message (
          self, _ ("More than 10 million cells are too many to copy. Select fewer rows."));
      return;
    }

  task = g_task_new (self->model, self->job, on_copied, waiter_new (self));
  g_task_set_source_tag (task, ann_table_view_copy);
  g_task_set_task_data (task, job, (GDestroyNotify) copy_job_free);
  ann_worker_run_task (task, ANN_LANE_READ, copy_in_worker);
}

/**
 * ann_table_view_is_busy:
 * @self: a table
 *
 * Returns: whether it is sorting, filtering or copying
 */
gboolean
ann_table_view_is_busy (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), FALSE);

  return self->job != NULL;
}

/**
 * ann_table_view_get_progress:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): how far that is
 */
AnnProgress *
ann_table_view_get_progress (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->progress;
}

/**
 * ann_table_view_get_busy_text:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): what it is doing
 */
const char *
ann_table_view_get_busy_text (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->busy_text;
}

/**
 * ann_table_view_cancel:
 * @self: a table
 *
 * Gives up what it is doing; everything stays as it was.
 */
void
ann_table_view_cancel (AnnTableView *self)
{
  g_autoptr (GCancellable) job = NULL;

  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (self->job == NULL)
    return;

  job = g_object_ref (self->job);
  end_job (self, job);
  g_cancellable_cancel (job);
}
