/* ann-table-page.c: an element as a table, and what is said about it in the toolbar
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-table-page.h"

#include "ann-text.h"
#include "models/ann-frame-model.h"
#include "models/ann-matrix-model.h"
#include "pages/ann-page.h"
#include "pages/ann-statistics-panel.h"
#include "widgets/ann-filter-bar.h"
#include "widgets/ann-job.h"

#include <glib/gi18n.h>
#include <string.h>

/* So many columns are looked at for one that the filter may name. */
#define MAX_EXAMPLES 64
/* Of what the toolbar says of the rows; where there is less room it says nothing. */
#define MIN_COUNT_CHARS 8

struct _AnnTablePage {
  AdwBin parent_instance;

  AnnTableModel *model;
  AnnTableView *view;
  GtkWidget *box; /* the filter, if there is one, above the table */
  AnnFilterBar *filter;
  AnnAxis axis; /* of the filter */
  GtkWidget *toasts;
  GtkWidget *tools;
  GtkWidget *panel; /* the inspector, once it was asked for */
  GtkLabel *count;
  AnnJob *job;      /* set while the table is busy */
  guint n_failures; /* that were said */
  gboolean has_example;
};

static void page_iface_init (AnnPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnTablePage,
                               ann_table_page,
                               ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_PAGE, page_iface_init))

/* "464 of 700 rows · 5 selected" */
static void
update_count (AnnTablePage *self)
{
  const guint64 n_rows = ann_table_model_get_n_stored_rows (self->model);
  const guint64 n_selected = ann_row_selection_get_n_rows (
      ann_table_view_get_selection (self->view));
  g_autofree char *rows = ann_text_count (n_rows);
  g_autofree char *selected = ann_text_count (n_selected);
  g_autoptr (GString) text = g_string_new (NULL);

  if (ann_table_model_get_filter (self->model) != NULL)
    {
      g_autofree char *shown = ann_text_count (ann_table_model_get_n_rows (self->model));

      g_string_append_printf (text,
                              ngettext ("<b>%s</b> of %s row", "<b>%s</b> of %s rows",
                                        (gulong) MIN (n_rows, G_MAXULONG)),
                              shown, rows);
    }
  else
    g_string_append_printf (
        text, ngettext ("<b>%s</b> row", "<b>%s</b> rows", (gulong) MIN (n_rows, G_MAXULONG)),
        rows);
  if (n_selected > 0)
    {
      g_string_append (text, "  ·  ");
      g_string_append_printf (
          text, ngettext ("%s selected", "%s selected", (gulong) MIN (n_selected, G_MAXULONG)),
          selected);
    }
  gtk_label_set_markup (self->count, text->str);
  gtk_widget_set_tooltip_markup (GTK_WIDGET (self->count), text->str); /* it may be cut */
}

static void
on_message (AnnTablePage *self, const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

static void
on_cancelled (GCancellable *cancellable, AnnTablePage *self)
{
  ann_table_view_cancel (self->view);
}

/* What the table is doing is shown where the window shows all work. */
static void
on_busy (AnnTablePage *self)
{
  g_clear_pointer (&self->job, ann_job_finish);
  if (ann_table_view_is_busy (self->view))
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), self, 0);
      self->job = ann_job_start (GTK_WIDGET (self->view), ann_table_view_get_busy_text (self->view),
                                 cancellable, ann_table_view_get_progress (self->view));
    }
}

/* Returns: whether a filter can ask by that name as it is, without back-ticks */
static gboolean
is_plain (const char *name)
{
  return g_regex_match_simple ("^[A-Za-z_][A-Za-z0-9_.]*$", name, 0, 0);
}

/* The first column of numbers that is known, else the first one of categories: what there is to ask
 * in this store. Columns that are not seen are not read for it.
 */
static void
show_example (AnnTablePage *self)
{
  const guint64 n_columns = ann_table_model_get_n_columns (self->model);
  g_autofree char *example = NULL;

  for (guint64 i = 0; i < MIN (n_columns, MAX_EXAMPLES) && !self->has_example; i++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      AnnTableColumn column;

      ann_table_model_get_column (self->model, i, &column, name);
      if (!column.known || !is_plain (name->str))
        continue;
      self->has_example = column.kind == ANN_COLUMN_NUMBER;
      if (self->has_example)
        {
          g_free (example);
          example = g_strdup_printf ("%s > 0", name->str);
        }
      else if (example == NULL && column.kind == ANN_COLUMN_CATEGORY)
        example = g_strdup_printf ("%s == \"…\"", name->str);
    }
  if (example != NULL)
    ann_filter_bar_set_example (self->filter, example);
}

static void
on_model_changed (AnnTablePage *self, guint what)
{
  guint n_failures;
  const GError *failure = ann_loaded_model_get_failure (ANN_LOADED_MODEL (self->model),
                                                        &n_failures);

  if (failure != NULL && n_failures != self->n_failures)
    ann_page_report (GTK_WIDGET (self), failure);
  self->n_failures = n_failures;
  if (what & ANN_TABLE_CHANGED_ROWS)
    update_count (self);
  if ((what & ANN_TABLE_CHANGED_COLUMNS) && self->filter != NULL && !self->has_example)
    show_example (self);
}

static void
on_filter_changed (AnnTablePage *self)
{
  ann_table_view_filter (self->view, ann_filter_bar_get_rows (self->filter));
}

/* The tables of the axes can be filtered, if they are in order. */
static void
add_filter (AnnTablePage *self, AnnData *data, AnnElement *element)
{
  static const char *const paths[] = { "obs", "var" };
  AnnFrame *const frames[] = { ann_data_get_obs (data), ann_data_get_var (data) };

  for (guint axis = 0; axis < G_N_ELEMENTS (paths); axis++)
    {
      if (strcmp (ann_element_get_path (element), paths[axis]) != 0 || !ANN_IS_FRAME (element)
          || frames[axis] == NULL)
        continue;
      self->axis = (AnnAxis) axis;
      self->filter = ANN_FILTER_BAR (ann_filter_bar_new (data, self->axis));
      gtk_box_prepend (GTK_BOX (self->box), GTK_WIDGET (self->filter));
      g_signal_connect_swapped (self->filter, "changed", G_CALLBACK (on_filter_changed), self);
    }
}

static void
on_copy_clicked (AnnTablePage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), "table.copy", NULL);
}

/* The actions of the table, for a menu that is not within it. */
static void
forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnTablePage *self = user_data;
  g_autofree char *name = g_strdup_printf ("table.%s", g_action_get_name (G_ACTION (action)));

  gtk_widget_activate_action (GTK_WIDGET (self->view), name, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static GtkWidget *
make_select_button (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("_All"), "table-tools.select-all");
  g_menu_append (menu, _ ("_None"), "table-tools.select-none");
  g_menu_append (menu, _ ("_Invert"), "table-tools.select-invert");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Select"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);

  return button;
}

static void
make_tools (AnnTablePage *self)
{
  static const GActionEntry entries[] = {
    { .name = "select-all", .activate = forward },
    { .name = "select-none", .activate = forward },
    { .name = "select-invert", .activate = forward },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *squeezer = adw_squeezer_new ();

  self->count = GTK_LABEL (label);
  gtk_label_set_ellipsize (self->count, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (self->count, MIN_COUNT_CHARS);
  gtk_label_set_xalign (self->count, 1);
  gtk_widget_set_margin_end (label, 6);
  adw_squeezer_add (ADW_SQUEEZER (squeezer), label);
  adw_squeezer_set_allow_none (ADW_SQUEEZER (squeezer), TRUE);
  adw_squeezer_set_homogeneous (ADW_SQUEEZER (squeezer), FALSE);
  gtk_widget_set_hexpand (squeezer, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_name (label, "table-count");

  gtk_widget_set_tooltip_text (copy, _ ("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Copy"),
                                  -1);
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_set_name (copy, "table-copy");
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (on_copy_clicked), self);

  self->tools = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (self->tools, "table-tools", G_ACTION_GROUP (group));
  gtk_box_append (GTK_BOX (self->tools), squeezer);
  gtk_box_append (GTK_BOX (self->tools), make_select_button ());
  gtk_box_append (GTK_BOX (self->tools), copy);
  gtk_box_append (GTK_BOX (self->tools), ann_page_new_export_button ());
}

static void
ann_table_page_dispose (GObject *object)
{
  AnnTablePage *self = ANN_TABLE_PAGE (object);

  g_clear_pointer (&self->job, ann_job_finish);
  if (self->filter != NULL)
    g_signal_handlers_disconnect_by_data (self->filter, self);
  self->filter = NULL;
  if (self->view != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->view, self);
      ann_table_view_cancel (self->view);
    }
  if (self->tools != NULL)
    gtk_widget_insert_action_group (self->tools, "table-tools", NULL);
  g_clear_object (&self->tools);
  g_clear_object (&self->panel);
  g_clear_object (&self->view);
  g_clear_object (&self->model);

  G_OBJECT_CLASS (ann_table_page_parent_class)->dispose (object);
}

static GtkWidget *
get_tools (AnnPage *page)
{
  return ANN_TABLE_PAGE (page)->tools;
}

static GtkWidget *
get_inspector (AnnPage *page)
{
  AnnTablePage *self = ANN_TABLE_PAGE (page);

  if (self->panel == NULL)
    self->panel = g_object_ref_sink (ann_statistics_panel_new (self->view));

  return self->panel;
}

static gboolean
retry (AnnPage *page)
{
  return ann_loaded_model_retry (ANN_LOADED_MODEL (ANN_TABLE_PAGE (page)->model));
}

static void
page_iface_init (AnnPageInterface *iface)
{
  iface->retry = retry;
  iface->get_tools = get_tools;
  iface->get_inspector = get_inspector;
}

static void
ann_table_page_class_init (AnnTablePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_table_page_dispose;
}

static void
ann_table_page_init (AnnTablePage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = g_object_ref_sink (ANN_TABLE_VIEW (ann_table_view_new (NULL)));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  gtk_widget_set_vexpand (scroller, TRUE);

  self->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (self->toasts), scroller);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->toasts);
  adw_bin_set_child (ADW_BIN (self), self->box);
  make_tools (self);
}

static gboolean
is_table (AnnElement *element)
{
  return ANN_IS_FRAME (element) || ann_element_get_kind (element) == ANN_ELEMENT_RECORDS;
}

/**
 * ann_table_page_new:
 * @data: the store
 * @element: a frame, a matrix, a vector or records in it
 *
 * Returns: (transfer floating): a page that shows its values
 */
GtkWidget *
ann_table_page_new (AnnData *data, AnnElement *element)
{
  AnnTablePage *self = g_object_new (ANN_TYPE_TABLE_PAGE, NULL);
  const char *path = ann_element_get_path (element);

  self->model = is_table (element) ? ANN_TABLE_MODEL (ann_frame_model_new (data, element))
                                   : ANN_TABLE_MODEL (ann_matrix_model_new (data, element));
  ann_table_view_set_model (self->view, self->model);
  add_filter (self, data, element);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, path,
                                  -1);

  g_signal_connect_swapped (self->view, "selection-changed", G_CALLBACK (update_count), self);
  g_signal_connect_swapped (self->view, "message", G_CALLBACK (on_message), self);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->view, "notify::busy", G_CALLBACK (on_busy), self);
  update_count (self);

  return GTK_WIDGET (self);
}

/**
 * ann_table_page_get_view:
 * @self: a page
 *
 * Returns: (transfer none): the table
 */
AnnTableView *
ann_table_page_get_view (AnnTablePage *self)
{
  return self->view;
}

/**
 * ann_table_page_get_filter_axis:
 * @self: a page
 * @axis: (out): whose rows the table has
 *
 * Returns: whether the table can be filtered
 */
gboolean
ann_table_page_get_filter_axis (AnnTablePage *self, AnnAxis *axis)
{
  *axis = self->axis;

  return self->filter != NULL;
}

/**
 * ann_table_page_get_filter:
 * @self: a page
 *
 * Returns: (transfer none): the expression that holds, as [func@Ann.Filter.parse] takes it; empty
 * if all rows are shown
 */
const char *
ann_table_page_get_filter (AnnTablePage *self)
{
  return self->filter != NULL ? ann_filter_bar_get_expression (self->filter) : "";
}

/**
 * ann_table_page_get_filtered_rows:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the rows of the store for which it is true, rising, however
 *   the table is sorted; %NULL for all
 */
AnnSelection *
ann_table_page_get_filtered_rows (AnnTablePage *self)
{
  return self->filter != NULL ? ann_filter_bar_get_rows (self->filter) : NULL;
}

/**
 * ann_table_page_set_filter:
 * @self: a page whose table can be filtered
 * @expression: which rows are to be shown; empty for all
 *
 * They are shown when workers have found them.
 */
void
ann_table_page_set_filter (AnnTablePage *self, const char *expression)
{
  g_return_if_fail (self->filter != NULL);

  ann_filter_bar_apply (self->filter, expression);
}

/**
 * ann_table_page_focus_filter:
 * @self: a page
 *
 * Goes to the filter with the keys.
 *
 * Returns: %FALSE if the table has none
 */
gboolean
ann_table_page_focus_filter (AnnTablePage *self)
{
  if (self->filter == NULL)
    return FALSE;

  ann_filter_bar_focus (self->filter);

  return TRUE;
}

/**
 * ann_table_page_is_idle:
 * @self: a page
 *
 * Returns: whether all values on the screen are there
 */
gboolean
ann_table_page_is_idle (AnnTablePage *self)
{
  return ann_loaded_model_is_idle (ANN_LOADED_MODEL (self->model));
}
