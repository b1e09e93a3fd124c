/* ann-statistics-panel.c: what the current column of a table holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-statistics-panel.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "widgets/ann-job.h"
#include "widgets/ann-statistics-view.h"

#include <glib/gi18n.h>

/* With the arrow keys one passes many columns and rows; not each is worth a pass over the store. */
#define WAIT_MS 120

#define WIDTH 276

typedef enum {
  WORK_READ,   /* all rows of a column */
  WORK_COUNT,  /* some of them */
  WORK_SELECT, /* find rows, to select them */
  N_WORKS
} Work;

/* Works only while it is seen. There is one task of each kind at a time; a new one ends the old
 * one. What is shown is always of @column, and beside it of the rows that are selected, else of
 * those that a filter leaves.
 */
struct _AnnStatisticsPanel {
  AdwBin parent_instance;

  AnnTableView *view;
  guint64 column;
  gboolean has_column;
  AnnColumnStatistics *statistics;
  AnnSelectedStatistics *selected;
  gboolean is_of_filter; /* @selected */
  AnnSelection *filter;  /* of the table, when it was last looked at; or NULL */
  GCancellable *cancellables[N_WORKS];
  AnnJob *jobs[N_WORKS];
  guint wait;
  GSimpleActionGroup *actions;

  GtkWidget *name;
  GtkWidget *type;
  GtkWidget *stack;
  GtkWidget *status;
  GtkWidget *again;
  AnnStatisticsView *statistics_view;
};

G_DEFINE_FINAL_TYPE (AnnStatisticsPanel, ann_statistics_panel, ADW_TYPE_BIN)

/* ---- Work ---- */

typedef struct {
  Work work;
  AnnTableModel *model;
  guint64 column;
  AnnColumnStatistics *statistics;
  AnnRowSelection *rows;
  AnnSelection *filter; /* in place of @rows */
  guint first_class;
  guint last_class;
  gboolean adds;
  AnnProgress *progress;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->model);
  g_clear_pointer (&request->statistics, ann_column_statistics_unref);
  g_clear_pointer (&request->rows, ann_row_selection_free);
  g_clear_pointer (&request->filter, ann_selection_unref);
  ann_progress_unref (request->progress);
  g_free (request);
}

static Request *
request_new (AnnStatisticsPanel *self, Work work)
{
  Request *request = g_new0 (Request, 1);

  request->work = work;
  request->model = g_object_ref (ann_table_view_get_model (self->view));
  request->column = self->column;
  request->statistics = self->statistics != NULL ? ann_column_statistics_ref (self->statistics)
                                                 : NULL;
  request->progress = ann_progress_new ();

  return request;
}

static AnnSelectedStatistics *
count_rows (const Request *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnSelection) rows = request->filter != NULL
                                      ? ann_selection_ref (request->filter)
                                      : ann_row_selection_to_positions (
                                          request->rows,
                                          ann_element_get_n_rows (request->statistics->element),
                                          error);

  return rows != NULL ? ann_column_statistics_read_selected (request->statistics, rows,
                                                             request->progress, cancellable, error)
                      : NULL;
}

static void
run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Request *request = task_data;
  GDestroyNotify free_result = NULL;
  gpointer result = NULL;
  GError *error = NULL;

  switch (request->work)
    {
    case WORK_READ:
      free_result = (GDestroyNotify) ann_column_statistics_unref;
      result = ann_column_statistics_read (request->model, request->column, request->progress,
                                           cancellable, &error);
      break;
    case WORK_COUNT:
      free_result = (GDestroyNotify) ann_selected_statistics_free;
      result = count_rows (request, cancellable, &error);
      break;
    case WORK_SELECT:
      free_result = (GDestroyNotify) ann_row_selection_free;
      result = ann_column_statistics_find_rows (request->statistics, request->first_class,
                                                request->last_class, request->progress, cancellable,
                                                &error);
      break;
    case N_WORKS:
    default:
      g_assert_not_reached ();
    }

  if (result != NULL)
    g_task_return_pointer (task, result, free_result);
  else
    g_task_return_error (task, error);
}

static void
stop (AnnStatisticsPanel *self, Work work)
{
  g_cancellable_cancel (self->cancellables[work]);
  g_clear_object (&self->cancellables[work]);
  g_clear_pointer (&self->jobs[work], ann_job_finish);
}

static void on_done (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes @request. */
static void
start (AnnStatisticsPanel *self, Request *request)
{
  const char *const texts[N_WORKS] = { _ ("Computing statistics…"), _ ("Counting in these rows…"),
                                       _ ("Finding rows…") };
  const Work work = request->work;
  g_autoptr (GTask) task = NULL;

  stop (self, work);
  self->cancellables[work] = g_cancellable_new ();
  self->jobs[work] = ann_job_start (GTK_WIDGET (self), texts[work], self->cancellables[work],
                                    request->progress);
  task = g_task_new (NULL, self->cancellables[work], on_done, ann_weak_new (self));
  g_task_set_task_data (task, request, request_free);
  ann_worker_run_task (task, ANN_LANE_READ, run);
}

static gboolean
has_selected_rows (AnnStatisticsPanel *self)
{
  return ann_row_selection_get_n_rows (ann_table_view_get_selection (self->view)) > 0;
}

/* Returns: (transfer none) (nullable): the rows that the table shows, unless it shows all */
static AnnSelection *
get_filter (AnnStatisticsPanel *self)
{
  const AnnTableOrder *order = ann_table_model_get_order (ann_table_view_get_model (self->view));

  return order != NULL ? ann_table_order_get_filter (order) : NULL;
}

static void
start_counting (AnnStatisticsPanel *self)
{
  AnnSelection *filter = get_filter (self);
  Request *request;

  stop (self, WORK_COUNT);
  if (self->statistics == NULL || (!has_selected_rows (self) && filter == NULL))
    return;

  request = request_new (self, WORK_COUNT);
  if (has_selected_rows (self))
    request->rows = ann_row_selection_copy (ann_table_view_get_selection (self->view));
  else
    request->filter = ann_selection_ref (filter);
  start (self, request);
}

static void
start_selecting (AnnStatisticsPanel *self, guint first_class, guint last_class, gboolean adds)
{
  Request *request;

  if (self->statistics == NULL)
    return;

  request = request_new (self, WORK_SELECT);
  request->first_class = first_class;
  request->last_class = last_class;
  request->adds = adds;
  start (self, request);
}

/* ---- What is shown ---- */

static void
set_enabled (AnnStatisticsPanel *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
update_actions (AnnStatisticsPanel *self)
{
  const gboolean is_there = self->statistics != NULL;

  set_enabled (self, "copy", is_there);
  set_enabled (self, "refresh", !is_there && self->has_column);
  set_enabled (self, "select-class", is_there);
  set_enabled (self, "select-missing", is_there && self->statistics->summary->n_missing > 0);
}

static void
show_status (AnnStatisticsPanel *self, const char *text, gboolean can_be_tried_again)
{
  gtk_label_set_text (GTK_LABEL (self->status), text);
  gtk_widget_set_visible (self->again, can_be_tried_again);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
  update_actions (self);
}

static void
show_header (AnnStatisticsPanel *self)
{
  AnnTableModel *model = ann_table_view_get_model (self->view);
  g_autoptr (GString) title = g_string_new (NULL);
  AnnTableColumn info;

  ann_table_model_get_column (model, self->column, &info, title);
  gtk_label_set_text (GTK_LABEL (self->name), title->str);
  gtk_widget_set_tooltip_text (self->name, title->str);
  gtk_label_set_text (GTK_LABEL (self->type), info.type_name != NULL ? info.type_name : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title->str,
                                  -1);
}

static void
show_selected (AnnStatisticsPanel *self)
{
  ann_statistics_view_set_selected (self->statistics_view, self->selected,
                                    self->is_of_filter ? _ ("Shown") : _ ("Selected"));
}

static void
show_statistics (AnnStatisticsPanel *self)
{
  ann_statistics_view_set_statistics (self->statistics_view, self->statistics);
  show_selected (self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "statistics");
  update_actions (self);
}

/* Of another column, or not to be seen: nothing of what was there is true any more. */
static void
forget (AnnStatisticsPanel *self)
{
  for (guint work = 0; work < N_WORKS; work++)
    stop (self, work);
  g_clear_handle_id (&self->wait, g_source_remove);
  g_clear_pointer (&self->statistics, ann_column_statistics_unref);
  g_clear_pointer (&self->selected, ann_selected_statistics_free);
}

static void
take_result (AnnStatisticsPanel *self, const Request *request, gpointer result)
{
  switch (request->work)
    {
    case WORK_READ:
      self->statistics = result;
      show_header (self); /* the type may be known only now */
      show_statistics (self);
      start_counting (self);
      break;
    case WORK_COUNT:
      g_clear_pointer (&self->selected, ann_selected_statistics_free);
      self->selected = result;
      self->is_of_filter = request->filter != NULL;
      show_selected (self);
      break;
    case WORK_SELECT:
      ann_table_view_select (self->view, result, request->adds);
      ann_row_selection_free (result);
      break;
    case N_WORKS:
    default:
      g_assert_not_reached ();
    }
}

static void
free_result (Work work, gpointer result)
{
  if (result == NULL)
    return;
  if (work == WORK_READ)
    ann_column_statistics_unref (result);
  else if (work == WORK_COUNT)
    ann_selected_statistics_free (result);
  else
    ann_row_selection_free (result);
}

/* A message begins with a path, which stands above it already, in a way. */
static void
show_error (AnnStatisticsPanel *self, const GError *error)
{
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_status (self, _ ("The computation was cancelled."), TRUE);
  else
    show_status (self, message, ann_http_error_is_passing (error));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnStatisticsPanel) self = ann_weak_take (user_data);
  const Request *request = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gpointer value = g_task_propagate_pointer (G_TASK (result), &error);

  /* Closed, or something else is wanted meanwhile. */
  if (self == NULL || self->cancellables[request->work] != g_task_get_cancellable (G_TASK (result)))
    {
      free_result (request->work, value);
      return;
    }

  g_clear_pointer (&self->jobs[request->work], ann_job_finish);
  g_clear_object (&self->cancellables[request->work]);
  if (value != NULL)
    take_result (self, request, value);
  else if (request->work == WORK_READ)
    show_error (self, error);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit_by_name (self->view, "message", error->message);
}

/* ---- Following the table ---- */

static gboolean
on_wait (gpointer user_data)
{
  AnnStatisticsPanel *self = user_data;

  self->wait = 0;
  if (self->statistics == NULL)
    start (self, request_new (self, WORK_READ));
  else
    start_counting (self);

  return G_SOURCE_REMOVE;
}

static void
begin_waiting (AnnStatisticsPanel *self)
{
  g_clear_handle_id (&self->wait, g_source_remove);
  self->wait = g_timeout_add (WAIT_MS, on_wait, self);
}

static void
follow_cursor (AnnStatisticsPanel *self)
{
  AnnTableModel *model = ann_table_view_get_model (self->view);
  guint64 column = 0;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || model == NULL)
    return;
  if (ann_table_model_get_n_columns (model) == 0)
    {
      show_status (self, _ ("This table has no columns besides the labels of its rows."), FALSE);
      return;
    }

  ann_table_view_get_cursor (self->view, NULL, &column);
  if (self->has_column && column == self->column
      && (self->statistics != NULL || self->wait != 0 || self->cancellables[WORK_READ] != NULL))
    return;

  forget (self);
  self->has_column = TRUE;
  self->column = column;
  show_header (self);
  show_status (self, "", FALSE);
  begin_waiting (self);
}

static void
follow_selection (AnnStatisticsPanel *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->statistics == NULL)
    return;

  stop (self, WORK_COUNT);
  if (has_selected_rows (self) || get_filter (self) != NULL)
    {
      begin_waiting (self);
      return;
    }
  g_clear_handle_id (&self->wait, g_source_remove);
  g_clear_pointer (&self->selected, ann_selected_statistics_free);
  show_selected (self);
}

static void
on_table_changed (AnnStatisticsPanel *self, guint what)
{
  AnnSelection *filter = what & ANN_TABLE_CHANGED_ROWS ? get_filter (self) : self->filter;

  /* Rows in another order are the same rows: nothing is counted again. */
  if (filter == self->filter)
    return;
  g_clear_pointer (&self->filter, ann_selection_unref);
  self->filter = filter != NULL ? ann_selection_ref (filter) : NULL;
  if (!has_selected_rows (self))
    follow_selection (self);
}

static void
on_map (AnnStatisticsPanel *self)
{
  follow_cursor (self);
  follow_selection (self);
}

static void
on_unmap (AnnStatisticsPanel *self)
{
  /* What has been computed stays. */
  for (guint work = 0; work < N_WORKS; work++)
    stop (self, work);
  g_clear_handle_id (&self->wait, g_source_remove);
}

/* ---- Choosing ---- */

static void
on_chosen (AnnStatisticsView *view,
           guint first,
           guint last,
           gboolean adds,
           AnnStatisticsPanel *self)
{
  start_selecting (self, first, last, adds);
}

/* "(uub)": from a class to another one; besides what is selected. */
static void
on_select_class (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  guint32 first, last;
  gboolean adds;

  g_variant_get (parameter, "(uub)", &first, &last, &adds);
  start_selecting (user_data, first, last, adds);
}

static void
on_select_missing (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  start_selecting (user_data, ANN_CLASS_MISSING, ANN_CLASS_MISSING, FALSE);
}

static void
on_refresh (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStatisticsPanel *self = user_data;

  show_status (self, "", FALSE);
  start (self, request_new (self, WORK_READ));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStatisticsPanel *self = user_data;
  g_autofree char *text = ann_statistics_view_to_text (self->statistics_view);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

/* ---- The widget ---- */

/**
 * ann_statistics_panel_is_idle:
 * @self: a panel
 *
 * Returns: whether all is there that it is going to show
 */
gboolean
ann_statistics_panel_is_idle (AnnStatisticsPanel *self)
{
  for (guint work = 0; work < N_WORKS; work++)
    if (self->cancellables[work] != NULL)
      return FALSE;

  return self->wait == 0;
}

/**
 * ann_statistics_panel_get_statistics:
 * @self: a panel
 *
 * Returns: (transfer none) (nullable): what it shows, once it is there
 */
const AnnColumnStatistics *
ann_statistics_panel_get_statistics (AnnStatisticsPanel *self)
{
  return self->statistics;
}

/**
 * ann_statistics_panel_get_selected:
 * @self: a panel
 *
 * Returns: (transfer none) (nullable): what it shows of the selected rows, or of those that a
 * filter leaves
 */
const AnnSelectedStatistics *
ann_statistics_panel_get_selected (AnnStatisticsPanel *self)
{
  return self->selected;
}

static void
ann_statistics_panel_dispose (GObject *object)
{
  AnnStatisticsPanel *self = ANN_STATISTICS_PANEL (object);

  forget (self);
  g_clear_pointer (&self->filter, ann_selection_unref);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "statistics", NULL);
  g_clear_object (&self->actions);
  g_clear_object (&self->view);

  G_OBJECT_CLASS (ann_statistics_panel_parent_class)->dispose (object);
}

static void
ann_statistics_panel_class_init (AnnStatisticsPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_statistics_panel_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
make_actions (AnnStatisticsPanel *self)
{
  static const GActionEntry entries[] = {
    { .name = "copy", .activate = on_copy },
    { .name = "refresh", .activate = on_refresh },
    { .name = "select-class", .activate = on_select_class, .parameter_type = "(uub)" },
    { .name = "select-missing", .activate = on_select_missing },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "statistics", G_ACTION_GROUP (self->actions));
}

static GtkWidget *
new_header (AnnStatisticsPanel *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  self->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_add_css_class (self->name, "heading");
  gtk_widget_set_name (self->name, "statistics-name");
  self->type = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->type, "dim-label");
  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_set_tooltip_text (copy, _ ("Copy the statistics"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "statistics.copy");

  gtk_box_append (GTK_BOX (header), self->name);
  gtk_box_append (GTK_BOX (header), self->type);
  gtk_box_append (GTK_BOX (header), copy);

  return header;
}

static GtkWidget *
new_status (AnnStatisticsPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->status = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->status), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_label_set_yalign (GTK_LABEL (self->status), 0);
  gtk_widget_add_css_class (self->status, "dim-label");
  gtk_widget_set_name (self->status, "statistics-status");
  self->again = gtk_button_new_with_mnemonic (_ ("Co_mpute"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->again), "statistics.refresh");
  gtk_widget_set_halign (self->again, GTK_ALIGN_START);

  gtk_box_append (GTK_BOX (box), self->status);
  gtk_box_append (GTK_BOX (box), self->again);

  return box;
}

static void
ann_statistics_panel_init (AnnStatisticsPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  make_actions (self);
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), new_status (self), "status");
  self->statistics_view = ANN_STATISTICS_VIEW (ann_statistics_view_new ());
  g_signal_connect (self->statistics_view, "chosen", G_CALLBACK (on_chosen), self);
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->statistics_view), "statistics");
  gtk_widget_set_vexpand (self->stack, TRUE);

  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_widget_add_css_class (box, "ann-inspector");
  gtk_widget_set_size_request (GTK_WIDGET (self), WIDTH, -1);
  gtk_widget_set_hexpand (GTK_WIDGET (self), FALSE);
  gtk_widget_set_name (GTK_WIDGET (self), "statistics");
  adw_bin_set_child (ADW_BIN (self), box);
  update_actions (self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

/**
 * ann_statistics_panel_new:
 * @view: a table, with its model
 *
 * Returns: (transfer floating): a panel that follows its cursor, its selected rows and its filter
 */
GtkWidget *
ann_statistics_panel_new (AnnTableView *view)
{
  AnnStatisticsPanel *self = g_object_new (ANN_TYPE_STATISTICS_PANEL, NULL);

  self->view = g_object_ref (view);
  if (get_filter (self) != NULL)
    self->filter = ann_selection_ref (get_filter (self));
  g_signal_connect_object (view, "cursor-moved", G_CALLBACK (follow_cursor), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "selection-changed", G_CALLBACK (follow_selection), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ann_table_view_get_model (view), "changed",
                           G_CALLBACK (on_table_changed), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}
