/* test-filter-bar.c: the filter above the tables of the axes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-document.h"
#include "ann-ui-test.h"
#include "pages/ann-page.h"
#include "pages/ann-table-page.h"
#include "widgets/ann-filter-bar.h"
#include "widgets/ann-job-view.h"

#include <string.h>

typedef struct {
  AnnData *data;
  AnnTablePage *page;
  AnnTableView *view;
  AnnTableModel *model;
  AnnFilterBar *bar;
  GtkEditable *entry;
  GtkWidget *tools;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *page;

  fixture->data = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_assert_no_error (error);
  element = ann_data_open_element (fixture->data, path, NULL, &error);
  g_assert_no_error (error);

  page = ann_table_page_new (fixture->data, element);
  fixture->page = ANN_TABLE_PAGE (page);
  fixture->view = ann_table_page_get_view (fixture->page);
  fixture->model = ann_table_view_get_model (fixture->view);
  fixture->tools = ann_page_get_tools (page);
  fixture->bar = ann_ui_test_find (page, ANN_TYPE_FILTER_BAR);
  if (fixture->bar != NULL)
    fixture->entry = GTK_EDITABLE (
        ann_ui_test_find_named (GTK_WIDGET (fixture->bar), "filter-entry"));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), fixture->tools);
  gtk_box_append (GTK_BOX (box), page);
  fixture->window = ann_ui_test_show (box, 752, 660);
  ann_ui_test_wait_until (ann_table_page_is_idle (fixture->page));
  ann_ui_test_wait_for_frame (fixture->window);
}

static void
tear_down (Fixture *fixture)
{
  gpointer weak = fixture->page;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &weak);
  ann_ui_test_close (fixture->window);
  g_assert_null (weak);
  g_clear_object (&fixture->data);
}

static void
wait (Fixture *fixture)
{
  ann_ui_test_wait_until (!ann_filter_bar_is_busy (fixture->bar));
  ann_ui_test_wait_until (!ann_table_view_is_busy (fixture->view));
  ann_ui_test_wait_for_frame (fixture->window);
  ann_ui_test_wait_until (ann_table_page_is_idle (fixture->page));
  ann_ui_test_wait_for_frame (fixture->window);
}

static void
filter (Fixture *fixture, const char *expression)
{
  ann_table_page_set_filter (fixture->page, expression);
  wait (fixture);
}

static guint64
find_column (Fixture *fixture, const char *title)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 column = 0; column < ann_table_model_get_n_columns (fixture->model); column++)
    {
      AnnTableColumn info;

      g_string_truncate (text, 0);
      ann_table_model_get_column (fixture->model, column, &info, text);
      if (g_str_equal (text->str, title))
        return column;
    }
  g_assert_not_reached ();
}

static AnnCellState
read_cell (Fixture *fixture, guint64 row, const char *title, GString *text)
{
  AnnTableCell cell;

  g_string_truncate (text, 0);
  ann_table_model_get_cell (fixture->model, row, find_column (fixture, title), &cell, text);

  return cell.state;
}

/* Of a row and a column on the screen. */
static void
assert_cell (Fixture *fixture, guint64 row, const char *title, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ann_ui_test_wait_until (read_cell (fixture, row, title, text) == ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_count (Fixture *fixture, const char *expected)
{
  GtkLabel *label = GTK_LABEL (ann_ui_test_find_named (fixture->tools, "table-count"));

  g_assert_cmpstr (gtk_label_get_text (label), ==, expected);
}

/* pandas: obs.query ('n_genes > 500 and bulk_labels in […]') has 464 rows; by n_counts the first
 * is row 92, and 44 are of S and dendritic.
 */
#define EXPRESSION                                                                                 \
  "n_genes > 500 and bulk_labels in [\"CD19+ B\", \"CD14+ Monocyte\", \"Dendritic\"]"

static void
test_rows (void)
{
  Fixture fixture;
  AnnAxis axis;

  set_up (&fixture, "obs");
  g_assert_true (ann_table_page_get_filter_axis (fixture.page, &axis));
  g_assert_cmpint (axis, ==, ANN_AXIS_OBS);
  g_assert_cmpstr (ann_table_page_get_filter (fixture.page), ==, "");
  g_assert_null (ann_table_page_get_filtered_rows (fixture.page));
  assert_count (&fixture, "700 rows");

  filter (&fixture, EXPRESSION);
  g_assert_cmpuint (ann_table_model_get_n_rows (fixture.model), ==, 464);
  g_assert_cmpuint (ann_table_model_get_n_stored_rows (fixture.model), ==, 700);
  assert_count (&fixture, "464 of 700 rows");
  g_assert_cmpstr (ann_table_page_get_filter (fixture.page), ==, EXPRESSION);
  g_assert_cmpuint (ann_selection_get_length (ann_table_page_get_filtered_rows (fixture.page)), ==,
                    464);

  /* Sorted, it stays filtered; filtered anew, it stays sorted. */
  ann_table_view_sort (fixture.view, find_column (&fixture, "n_counts"), ANN_SORT_DESCENDING);
  wait (&fixture);
  g_assert_cmpuint (ann_table_model_get_n_rows (fixture.model), ==, 464);
  g_assert_cmpuint (ann_table_model_get_stored_row (fixture.model, 0), ==, 92);
  assert_cell (&fixture, 0, "n_counts", "9\u2009497");
  ann_ui_test_screenshot (fixture.window, "filter-rows");

  filter (&fixture, "phase == \"S\" and bulk_labels == \"Dendritic\"");
  assert_count (&fixture, "44 of 700 rows");
  for (guint64 row = 0; row < 10; row++)
    assert_cell (&fixture, row, "bulk_labels", "Dendritic");

  filter (&fixture, "n_genes < 0");
  assert_count (&fixture, "0 of 700 rows");
  g_assert_cmpstr (ann_filter_bar_get_message (fixture.bar), ==, "");
  ann_ui_test_screenshot (fixture.window, "filter-nothing");

  filter (&fixture, "");
  assert_count (&fixture, "700 rows");
  g_assert_null (ann_table_page_get_filtered_rows (fixture.page));
  g_assert_cmpint (ann_table_model_get_sort (fixture.model, NULL), ==, ANN_SORT_DESCENDING);
  g_assert_cmpuint (ann_table_model_get_n_rows (fixture.model), ==, 700);

  tear_down (&fixture);
}

/* What is selected are rows that are seen, unless they were selected before. */
static void
test_selection (void)
{
  Fixture fixture;
  gsize n_ranges;
  const AnnRowRange *ranges;

  set_up (&fixture, "obs");
  filter (&fixture, "n_genes > 1500");
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.select-all", NULL);
  g_assert_cmpuint (ann_row_selection_get_n_rows (ann_table_view_get_selection (fixture.view)), ==,
                    ann_table_model_get_n_rows (fixture.model));
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.select-invert", NULL);
  g_assert_cmpuint (ann_row_selection_get_n_rows (ann_table_view_get_selection (fixture.view)), ==,
                    0);

  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.select-invert", NULL);
  ranges = ann_row_selection_get_ranges (ann_table_view_get_selection (fixture.view), &n_ranges);
  for (gsize i = 0; i < n_ranges; i++)
    {
      for (guint64 row = ranges[i].first; row < ranges[i].end; row++)
        g_assert_cmpuint (ann_table_model_find_stored_row (fixture.model, row), <,
                          ann_table_model_get_n_rows (fixture.model));
    }
  filter (&fixture, "");
  g_assert_cmpuint (ann_row_selection_get_n_rows (ann_table_view_get_selection (fixture.view)), <,
                    700);

  tear_down (&fixture);
}

static gboolean
is_underlined (Fixture *fixture, guint start, guint end)
{
  PangoAttrList *attributes = gtk_entry_get_attributes (GTK_ENTRY (fixture->entry));
  g_autoptr (PangoAttrIterator) iterator = NULL;

  if (attributes == NULL)
    return FALSE;

  iterator = pango_attr_list_get_iterator (attributes);
  do
    {
      const PangoAttribute *attribute = pango_attr_iterator_get (iterator, PANGO_ATTR_UNDERLINE);

      if (attribute != NULL && attribute->start_index == start && attribute->end_index == end)
        return TRUE;
    }
  while (pango_attr_iterator_next (iterator));

  return FALSE;
}

/* A mistake changes nothing but the bar. */
static void
test_mistakes (void)
{
  Fixture fixture;

  set_up (&fixture, "obs");
  filter (&fixture, "n_genes > 1500");

  filter (&fixture, "n_genes > 500 and perzent_mito > 0");
  g_assert_nonnull (
      strstr (ann_filter_bar_get_message (fixture.bar),
              "no column “perzent_mito”; the nearest is “percent_mito” (at character 19)"));
  g_assert_true (is_underlined (&fixture, 18, 30));
  g_assert_cmpstr (ann_table_page_get_filter (fixture.page), ==, "n_genes > 1500");
  ann_ui_test_screenshot (fixture.window, "filter-mistake");

  filter (&fixture, "n_genes >");
  g_assert_nonnull (strstr (ann_filter_bar_get_message (fixture.bar), "missing (at character 10)"));
  g_assert_true (is_underlined (&fixture, 8, 9));

  /* Who writes on does not see it any more; and a while after, what is wrong now. */
  gtk_editable_set_text (fixture.entry, "n_genes > > ");
  g_assert_cmpstr (ann_filter_bar_get_message (fixture.bar), ==, "");
  ann_ui_test_wait_until (*ann_filter_bar_get_message (fixture.bar) != '\0');
  g_assert_true (is_underlined (&fixture, 10, 11));

  filter (&fixture, "n_genes > 1500");
  g_assert_cmpstr (ann_filter_bar_get_message (fixture.bar), ==, "");
  g_assert_null (gtk_entry_get_attributes (GTK_ENTRY (fixture.entry)));

  tear_down (&fixture);
}

/* What stands in the empty bar can be asked of this store. */
static void
test_example (void)
{
  Fixture fixture;

  set_up (&fixture, "obs");
  ann_ui_test_wait_until (g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (fixture.entry)),
                                     "Filter cells, as n_genes > 0")
                          == 0);
  filter (&fixture, "n_genes > 0");
  g_assert_cmpstr (ann_filter_bar_get_message (fixture.bar), ==, "");
  tear_down (&fixture);

  set_up (&fixture, "var");
  ann_ui_test_wait_until (g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (fixture.entry)),
                                     "Filter genes, as n_counts > 0")
                          == 0);
  tear_down (&fixture);
}

/* The newest wins, and a page that goes waits for none. */
static void
test_cancel (void)
{
  Fixture fixture;

  set_up (&fixture, "obs");
  ann_table_page_set_filter (fixture.page, "n_genes > 1500");
  ann_table_page_set_filter (fixture.page, "n_genes > 500");
  ann_table_page_set_filter (fixture.page, "bulk_labels == \"Dendritic\"");
  wait (&fixture);
  g_assert_cmpstr (ann_table_page_get_filter (fixture.page), ==, "bulk_labels == \"Dendritic\"");
  assert_cell (&fixture, 0, "bulk_labels", "Dendritic");

  /* A sort in between does not lose it. */
  filter (&fixture, "");
  ann_table_view_filter (fixture.view, NULL);
  ann_table_page_set_filter (fixture.page, "n_genes > 1500");
  ann_ui_test_wait_until (!ann_filter_bar_is_busy (fixture.bar));
  ann_table_view_sort (fixture.view, find_column (&fixture, "n_genes"), ANN_SORT_ASCENDING);
  wait (&fixture);
  ann_ui_test_wait_until (ann_table_model_get_filter (fixture.model)
                          == ann_table_page_get_filtered_rows (fixture.page));
  g_assert_cmpint (ann_table_model_get_sort (fixture.model, NULL), ==, ANN_SORT_ASCENDING);

  ann_table_page_set_filter (fixture.page, "n_genes > 1600");
  tear_down (&fixture);
}

static void
press (GtkWidget *entry, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (entry);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller)
          && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &handled);
      if (handled)
        return;
    }
}

/* Puts in a text as if it were written, and waits for the list. */
static GtkWidget *
write_text (Fixture *fixture, const char *text)
{
  GtkWidget *popover = ann_ui_test_find (GTK_WIDGET (fixture->bar), GTK_TYPE_POPOVER);

  ann_filter_bar_focus (fixture->bar);
  gtk_editable_set_text (fixture->entry, text);
  gtk_editable_set_position (fixture->entry, -1);
  ann_ui_test_wait_until (gtk_widget_get_visible (popover));
  ann_ui_test_wait_for_frame (fixture->window);

  return popover;
}

static void
test_completion (void)
{
  Fixture fixture;
  GtkWidget *popover;

  set_up (&fixture, "obs");

  popover = write_text (&fixture, "bulk");
  press (GTK_WIDGET (fixture.entry), GDK_KEY_Tab);
  g_assert_cmpstr (gtk_editable_get_text (fixture.entry), ==, "bulk_labels");
  g_assert_cmpint (gtk_editable_get_position (fixture.entry), ==, 11);
  ann_ui_test_wait_until (!gtk_widget_get_visible (popover));

  write_text (&fixture, "bulk_labels in [\"CD14+ Monocyte\", \"CD");
  ann_ui_test_screenshot (popover, "filter-completion");
  press (GTK_WIDGET (fixture.entry), GDK_KEY_Down);
  press (GTK_WIDGET (fixture.entry), GDK_KEY_Return);
  g_assert_cmpstr (gtk_editable_get_text (fixture.entry), ==,
                   "bulk_labels in [\"CD14+ Monocyte\", \"CD4+/CD45RA+/CD25- Naive T\"");

  popover = write_text (&fixture, "not n_");
  press (GTK_WIDGET (fixture.entry), GDK_KEY_Escape);
  ann_ui_test_wait_until (!gtk_widget_get_visible (popover));
  g_assert_cmpstr (gtk_editable_get_text (fixture.entry), ==, "not n_");

  tear_down (&fixture);
}

static void
test_var (void)
{
  Fixture fixture;
  AnnAxis axis;

  set_up (&fixture, "var");
  g_assert_true (ann_table_page_get_filter_axis (fixture.page, &axis));
  g_assert_cmpint (axis, ==, ANN_AXIS_VAR);
  filter (&fixture, "var_names matches \"^HLA\"");
  g_assert_cmpuint (ann_table_model_get_n_rows (fixture.model), >, 0);
  g_assert_cmpuint (ann_table_model_get_n_rows (fixture.model), <, 40);
  tear_down (&fixture);

  /* Other tables have none. */
  set_up (&fixture, "obs/n_genes");
  g_assert_null (fixture.bar);
  g_assert_false (ann_table_page_get_filter_axis (fixture.page, &axis));
  g_assert_false (ann_table_page_focus_filter (fixture.page));
  g_assert_cmpstr (ann_table_page_get_filter (fixture.page), ==, "");
  tear_down (&fixture);
}

/* From wherever one is to the filter of what is shown, or else of obs. */
static void
test_window (void)
{
  AnnWindow *window = ann_ui_test_open_store (SAMPLE_STORE);
  AnnDocument *document = ann_window_get_document (window);
  AnnFilterBar *bar;

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  g_action_group_activate_action (G_ACTION_GROUP (window), "filter", NULL);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "obs"));
  bar = ann_ui_test_find (ann_document_get_page_widget (document), ANN_TYPE_FILTER_BAR);
  g_assert_nonnull (bar);
  ann_ui_test_wait_until (
      gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), GTK_WIDGET (bar)));
  ann_filter_bar_apply (bar, EXPRESSION);
  ann_ui_test_wait_until (!ann_filter_bar_is_busy (bar));
  ann_ui_test_wait_until (
      ann_table_page_is_idle (ANN_TABLE_PAGE (ann_document_get_page_widget (document))));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "filter-window");
  ann_filter_bar_apply (bar, "n_genes > 500 and bulk_labels = 3");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "filter-window-dark");
  ann_ui_test_set_dark (FALSE);

  /* From another page of it. */
  ann_store_view_show_page (ann_document_get_view (document), "storage");
  g_action_group_activate_action (G_ACTION_GROUP (window), "filter", NULL);
  g_assert_cmpstr (ann_document_get_page (document), ==, "table");
  ann_ui_test_wait_until (
      gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), GTK_WIDGET (bar)));

  ann_store_view_show_element (ann_document_get_view (document), "var");
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "var"));
  g_action_group_activate_action (G_ACTION_GROUP (window), "filter", NULL);
  g_assert_cmpstr (ann_document_get_path (document), ==, "var");

  ann_ui_test_close (GTK_WIDGET (window));
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/filter-bar/rows", test_rows);
  g_test_add_func ("/filter-bar/selection", test_selection);
  g_test_add_func ("/filter-bar/mistakes", test_mistakes);
  g_test_add_func ("/filter-bar/example", test_example);
  g_test_add_func ("/filter-bar/cancel", test_cancel);
  g_test_add_func ("/filter-bar/completion", test_completion);
  g_test_add_func ("/filter-bar/var", test_var);
  g_test_add_func ("/filter-bar/window", test_window);

  return g_test_run ();
}
