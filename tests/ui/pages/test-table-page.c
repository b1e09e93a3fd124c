/* test-table-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "models/ann-synthetic-model.h"
#include "pages/ann-page.h"
#include "pages/ann-table-page.h"
#include "widgets/ann-job-view.h"

#include <string.h>

typedef struct {
  AnnData *data;
  AnnTablePage *page;
  AnnTableView *view;
  AnnTableModel *model;
  GtkWidget *tools;
  GtkWidget *window;
} Fixture;

/* As the window has it: the tools in a row above the page. */
static void
set_up_store (Fixture *fixture, const char *file, const char *path, int width, int height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *page;

  fixture->data = ann_data_open (file, NULL, &error);
  g_assert_no_error (error);
  element = ann_data_open_element (fixture->data, path, NULL, &error);
  g_assert_no_error (error);

  page = ann_table_page_new (fixture->data, element);
  fixture->page = ANN_TABLE_PAGE (page);
  fixture->view = ann_table_page_get_view (fixture->page);
  fixture->model = ann_table_view_get_model (fixture->view);
  fixture->tools = ann_page_get_tools (page);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), fixture->tools);
  gtk_box_append (GTK_BOX (box), page);
  fixture->window = ann_ui_test_show (box, width, height);
  ann_ui_test_wait_until (ann_table_page_is_idle (fixture->page));
  ann_ui_test_wait_for_frame (fixture->window);
}

static void
set_up (Fixture *fixture, const char *path, int width, int height)
{
  set_up_store (fixture, SAMPLE_STORE, path, width, height);
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

static void
sort (Fixture *fixture, const char *title, AnnSortDirection direction)
{
  ann_table_view_sort (fixture->view, find_column (fixture, title), direction);
  ann_ui_test_wait_until (!ann_table_view_is_busy (fixture->view));
  ann_ui_test_wait_for_frame (fixture->window);
  ann_ui_test_wait_until (ann_table_page_is_idle (fixture->page));
  ann_ui_test_wait_for_frame (fixture->window);
}

static void
assert_cell (Fixture *fixture, guint64 row, const char *title, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AnnTableCell cell;

  ann_table_model_get_cell (fixture->model, row, find_column (fixture, title), &cell, text);
  g_assert_cmpint (cell.state, ==, ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, expected);
}

static const char *
get_count (Fixture *fixture)
{
  GtkLabel *label = GTK_LABEL (ann_ui_test_find_named (fixture->tools, "table-count"));

  return gtk_label_get_text (label);
}

/* The screen of the mock-up: obs by its counts, with the colours of the file. */
static void
test_obs (void)
{
  Fixture fixture;
  AnnTableCell cell;
  AnnTableColumn info;
  g_autoptr (GString) text = g_string_new (NULL);

  set_up (&fixture, "obs", 752, 660);
  g_assert_cmpstr (get_count (&fixture), ==, "700 rows");
  g_assert_cmpstr (ann_table_model_get_index_title (fixture.model), ==, "index");
  ann_table_model_get_column (fixture.model, find_column (&fixture, "percent_mito"), &info, NULL);
  g_assert_true (info.known);
  g_assert_cmpuint (info.decimals, ==, 4);
  g_assert_cmpstr (info.type_name, ==, "float32");

  sort (&fixture, "n_counts", ANN_SORT_DESCENDING);
  assert_cell (&fixture, 0, "n_counts", "9\u2009497");
  assert_cell (&fixture, 0, "n_genes", "2\u2009605");
  assert_cell (&fixture, 0, "bulk_labels", "CD19+ B");
  ann_table_model_get_cell (fixture.model, 0, find_column (&fixture, "bulk_labels"), &cell, text);
  g_assert_true (cell.has_color);
  g_assert_cmphex (cell.color, ==, 0xe377c2);
  g_string_truncate (text, 0);
  g_assert_cmpint (ann_table_model_get_index (fixture.model, 0, text), ==, ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, "TGTTAAGAAGCGGA-1");

  for (guint64 row = 3; row < 8; row++)
    {
      ann_table_view_set_cursor (fixture.view, row, 2, FALSE);
      gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.toggle-row", NULL);
    }
  g_assert_cmpstr (get_count (&fixture), ==, "700 rows  ·  5 selected");
  ann_ui_test_screenshot (fixture.window, "table-obs");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (fixture.window, "table-obs-dark");
  ann_ui_test_set_dark (FALSE);
  tear_down (&fixture);
}

static void
test_tools (void)
{
  Fixture fixture;

  set_up (&fixture, "var", 752, 500);
  gtk_widget_activate_action (fixture.tools, "table-tools.select-all", NULL);
  g_assert_cmpstr (get_count (&fixture), ==, "765 rows  ·  765 selected");
  gtk_widget_activate_action (fixture.tools, "table-tools.select-invert", NULL);
  g_assert_cmpstr (get_count (&fixture), ==, "765 rows");

  /* The copy button, and that it copied the cell. */
  ann_table_view_set_cursor (fixture.view, 3, 0, FALSE);
  g_signal_emit_by_name (ann_ui_test_find_named (fixture.tools, "table-copy"), "clicked");
  ann_ui_test_wait_until (!ann_table_view_is_busy (fixture.view));
  g_assert_nonnull (
      gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (fixture.view))));

  /* What cannot be done is said. */
  g_signal_emit_by_name (fixture.view, "message", "Too <many> cells");
  ann_ui_test_wait_until (ann_ui_test_find_label (fixture.window, "Too <many> cells"));
  tear_down (&fixture);
}

/* Of the keys of an action its menu shows the one that everybody knows. */
static void
test_menu (void)
{
  Fixture fixture;
  GtkWidget *menu;

  set_up (&fixture, "obs", 900, 600);
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.menu", NULL);
  menu = ann_ui_test_find (GTK_WIDGET (fixture.view), GTK_TYPE_POPOVER_MENU);
  g_assert_nonnull (menu);
  g_assert_cmpstr (gtk_label_get_text (ann_ui_test_find_label (menu, "Ctrl+C")), ==, "Ctrl+C");
  g_assert_cmpstr (gtk_label_get_text (ann_ui_test_find_label (menu, "Ctrl+A")), ==, "Ctrl+A");
  tear_down (&fixture);
}

/* A sparse matrix: titles of genes, zeros that are not stored, a column of it sorted. */
static void
test_sparse (void)
{
  Fixture fixture;
  AnnTableCell cell;
  g_autoptr (GString) text = g_string_new (NULL);

  set_up (&fixture, "raw/X", 752, 500);
  g_assert_cmpuint (find_column (&fixture, "TNFRSF4"), ==, 1);
  ann_table_model_get_cell (fixture.model, 0, 0, &cell, text);
  g_assert_true (cell.is_implied);
  g_assert_cmpstr (text->str, ==, "0");
  assert_cell (&fixture, 0, "PARK7", "1.591");

  sort (&fixture, "HES4", ANN_SORT_DESCENDING);
  g_string_truncate (text, 0);
  ann_table_model_get_cell (fixture.model, 0, 0, &cell, text);
  g_assert_false (cell.is_implied);
  g_assert_cmpfloat (g_ascii_strtod (text->str, NULL), >, 1);
  ann_ui_test_screenshot (fixture.window, "table-raw-X");
  tear_down (&fixture);
}

/* A column alone has the labels and the colours that it has in its frame. */
static void
test_column (void)
{
  Fixture fixture;
  AnnTableCell cell;
  g_autoptr (GString) text = g_string_new (NULL);

  set_up (&fixture, "obs/bulk_labels", 752, 500);
  g_assert_cmpint (ann_table_model_get_index (fixture.model, 92, text), ==, ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, "TGTTAAGAAGCGGA-1");
  g_string_truncate (text, 0);
  ann_table_model_get_cell (fixture.model, 92, 0, &cell, text);
  g_assert_cmpstr (text->str, ==, "CD19+ B");
  g_assert_cmphex (cell.color, ==, 0xe377c2);
  tear_down (&fixture);
}

/* One broken column: its cells say so, the others are there. */
static void
test_broken (void)
{
  Fixture fixture;
  AnnTableCell cell;
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 column;

  set_up_store (&fixture, FIXTURES "/bad/bad-obs-column-short.h5ad", "obs", 752, 400);
  ann_ui_test_screenshot (fixture.window, "table-broken");
  column = find_column (&fixture, "f");
  ann_table_model_get_cell (fixture.model, 0, column, &cell, text);
  g_assert_cmpint (cell.state, ==, ANN_CELL_INVALID);
  g_assert_cmpuint (text->len, >, 10); /* the reason */
  g_string_truncate (text, 0);
  ann_table_model_get_cell (fixture.model, 0, find_column (&fixture, "s"), &cell, text);
  g_assert_cmpint (cell.state, ==, ANN_CELL_VALUE);

  /* It cannot be sorted by, which is said. */
  ann_table_view_sort (fixture.view, column, ANN_SORT_ASCENDING);
  ann_ui_test_wait_until (!ann_table_view_is_busy (fixture.view));
  g_assert_cmpint (ann_table_model_get_sort (fixture.model, NULL), ==, ANN_SORT_NONE);
  ann_ui_test_wait_until (ann_ui_test_find_label (fixture.window, "obs/f"));
  tear_down (&fixture);
}

/* Every kind of element has its page, and scrolls to its last cell without a stall. */
static void
test_all (void)
{
  static const char *paths[] = { "var",         "X",        "obsm/X_pca",
                                 "obs/louvain", "varm/PCs", "obsp/distances" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup_printf ("table-%s", paths[i]), "/", '-');
      Fixture fixture;
      AnnTableCell cell;
      guint64 row, column;
      g_autoptr (GString) text = g_string_new (NULL);

      set_up (&fixture, paths[i], 752, 500);
      ann_ui_watchdog_start ();
      gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.move", "s", "end");
      ann_ui_test_wait_for_frame (fixture.window);
      ann_ui_test_wait_until (ann_table_page_is_idle (fixture.page));
      ann_ui_test_wait_for_frame (fixture.window);
      g_assert_cmpuint (ann_ui_watchdog_stop (), ==, 0);

      ann_table_view_get_cursor (fixture.view, &row, &column);
      g_assert_cmpuint (row, ==, ann_table_model_get_n_rows (fixture.model) - 1);
      ann_table_model_get_cell (fixture.model, row, column, &cell, text);
      g_assert_true (cell.state == ANN_CELL_VALUE || cell.state == ANN_CELL_MISSING);
      ann_ui_test_screenshot (fixture.window, name);
      tear_down (&fixture);
    }
}

/* What takes long is shown by the window, and can be given up there. */
static void
test_busy (void)
{
  g_autoptr (AnnData) data = ann_data_open (SAMPLE_STORE, NULL, NULL);
  g_autoptr (AnnElement) element = ann_data_open_element (data, "obs", NULL, NULL);
  g_autoptr (AnnSyntheticModel) model = ann_synthetic_model_new (6000000, 4);
  GtkWidget *page = ann_table_page_new (data, element);
  GtkWidget *jobs = ann_job_view_new ();
  AnnTableView *view = ann_table_page_get_view (ANN_TABLE_PAGE (page));
  GtkWidget *window;

  ann_job_view_set_content (ANN_JOB_VIEW (jobs), page);
  window = ann_ui_test_show (jobs, 600, 400);

  /* A short one is not: it is over before anybody could read what it says. */
  ann_table_view_sort (view, 0, ANN_SORT_ASCENDING);
  ann_ui_test_wait_until (!ann_table_view_is_busy (view));
  g_assert_false (ann_job_view_is_busy (ANN_JOB_VIEW (jobs)));

  ann_table_view_set_model (view, ANN_TABLE_MODEL (model));
  ann_table_view_sort (view, 1, ANN_SORT_ASCENDING);
  ann_ui_test_wait_until (ann_job_view_is_busy (ANN_JOB_VIEW (jobs)));
  g_assert_true (ann_table_view_is_busy (view));
  g_assert_true (ann_job_view_cancel (ANN_JOB_VIEW (jobs)));
  g_assert_false (ann_table_view_is_busy (view));
  g_assert_false (ann_job_view_is_busy (ANN_JOB_VIEW (jobs)));
  g_assert_cmpint (ann_table_model_get_sort (ANN_TABLE_MODEL (model), NULL), ==, ANN_SORT_NONE);
  ann_ui_test_close (window);
}

/* A page that is closed at once, before anything has come. */
static void
test_close_while_loading (void)
{
  g_autoptr (AnnData) data = ann_data_open (SAMPLE_STORE, NULL, NULL);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (AnnElement) element = ann_data_open_element (data, "obs", NULL, NULL);
      GtkWidget *page = ann_table_page_new (data, element);
      gpointer weak = page;
      GtkWidget *window = gtk_window_new ();

      g_object_add_weak_pointer (G_OBJECT (page), &weak);
      gtk_window_set_child (GTK_WINDOW (window), page);
      gtk_window_present (GTK_WINDOW (window));
      for (guint k = 0; k < i; k++)
        g_main_context_iteration (NULL, FALSE);
      ann_table_view_sort (ann_table_page_get_view (ANN_TABLE_PAGE (page)), 1, ANN_SORT_ASCENDING);
      gtk_window_destroy (GTK_WINDOW (window));
      ann_ui_test_wait_until (weak == NULL);
    }
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);
  g_test_add_func ("/table-page/obs", test_obs);
  g_test_add_func ("/table-page/tools", test_tools);
  g_test_add_func ("/table-page/menu", test_menu);
  g_test_add_func ("/table-page/sparse", test_sparse);
  g_test_add_func ("/table-page/column", test_column);
  g_test_add_func ("/table-page/broken", test_broken);
  g_test_add_func ("/table-page/all", test_all);
  g_test_add_func ("/table-page/busy", test_busy);
  g_test_add_func ("/table-page/close-while-loading", test_close_while_loading);

  return g_test_run ();
}
