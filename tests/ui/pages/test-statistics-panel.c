/* test-statistics-panel.c: the statistics beside a table; expected values are numpy's and pandas'
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "models/ann-settings.h"
#include "pages/ann-statistics-panel.h"
#include "pages/ann-table-page.h"
#include "widgets/ann-histogram.h"
#include "widgets/ann-summary-grid.h"
#include "widgets/ann-value-list.h"

#include <string.h>

#define KITCHEN FIXTURES "/made/kitchen-a0.12-h5ad.h5ad"

typedef struct {
  AnnWindow *window;
  AnnDocument *document;
  AnnTablePage *page;
  AnnTableView *view;
  AnnTableModel *model;
  AnnStatisticsPanel *panel;
} Fixture;

static void
wait (Fixture *fixture)
{
  ann_ui_test_wait_until (ann_statistics_panel_is_idle (fixture->panel));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
}

static void
activate (Fixture *fixture, const char *name, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), name, parameter);
}

static void
set_up (Fixture *fixture, const char *file, const char *path, int width, int height)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));
  g_autoptr (GFile) store = g_file_new_for_path (file);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  ann_ui_test_present (window);
  fixture->window = ANN_WINDOW (window);
  ann_window_open (fixture->window, store);
  fixture->document = ann_window_get_document (fixture->window);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  activate (fixture, "show-element", g_variant_new_string (path));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), path));
  activate (fixture, "show-page", g_variant_new_string ("table"));
  fixture->page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document));
  fixture->view = ann_table_page_get_view (fixture->page);
  fixture->model = ann_table_view_get_model (fixture->view);
  ann_tab_layout_set_shows_inspector (ann_document_get_layout (fixture->document), TRUE);
  fixture->panel = ann_ui_test_find (window, ANN_TYPE_STATISTICS_PANEL);
  g_assert_nonnull (fixture->panel);
}

static void
tear_down (Fixture *fixture)
{
  ann_ui_test_close (GTK_WIDGET (fixture->window));
}

static void
go_to (Fixture *fixture, const char *title)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const guint64 n = ann_table_model_get_n_columns (fixture->model);

  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_wait_until (ann_table_page_is_idle (fixture->page)); /* the names of genes are read */
  for (guint64 column = 0; column < n; column++)
    {
      AnnTableColumn info;

      g_string_truncate (text, 0);
      ann_table_model_get_column (fixture->model, column, &info, text);
      if (g_str_equal (text->str, title))
        {
          ann_table_view_set_cursor (fixture->view, 0, column, FALSE);
          wait (fixture);
          return;
        }
    }
  g_assert_not_reached ();
}

static const AnnSummary *
get_summary (Fixture *fixture)
{
  const AnnColumnStatistics *statistics = ann_statistics_panel_get_statistics (fixture->panel);

  g_assert_nonnull (statistics);

  return statistics->summary;
}

static void
select_class (Fixture *fixture, guint first, guint last, gboolean adds)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->panel), "statistics.select-class", "(uub)",
                              first, last, adds);
  wait (fixture);
}

static guint64
get_n_selected (Fixture *fixture)
{
  return ann_row_selection_get_n_rows (ann_table_view_get_selection (fixture->view));
}

static gpointer
find (Fixture *fixture, GType type)
{
  return ann_ui_test_find (GTK_WIDGET (fixture->panel), type);
}

/* obs["n_counts"] of the sample: numbers, a histogram, and the rows of a bar. */
static void
test_numbers (void)
{
  Fixture fixture;
  const AnnSummary *summary;
  const AnnSelectedStatistics *selected;
  g_autofree char *text = NULL;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  go_to (&fixture, "n_counts");
  summary = get_summary (&fixture);
  g_assert_cmpuint (summary->n, ==, 700);
  g_assert_cmpfloat_with_epsilon (summary->mean, 3506.441428571429, 1e-9);
  g_assert_cmpfloat_with_epsilon (summary->quantiles[2], 3333.5, 1e-9);
  g_assert_true (gtk_widget_get_mapped (find (&fixture, ANN_TYPE_HISTOGRAM)));
  text = ann_summary_grid_to_text (find (&fixture, ANN_TYPE_SUMMARY_GRID));
  g_assert_nonnull (strstr (text, "Count\t700\nMissing\t0\nDistinct\t626\n"));
  g_assert_nonnull (strstr (text, "Mean\t3\u2009506.4\nStd. dev.\t839.29\nMinimum\t2\u2009141\n"));
  g_assert_nonnull (strstr (text, "25 %\t2\u2009933.8\nMedian\t3\u2009333.5\n"));

  /* Bins 3 to 5: np.histogram says 46 + 55 + 74. */
  select_class (&fixture, 3, 5, FALSE);
  g_assert_cmpuint (get_n_selected (&fixture), ==, 175);
  g_assert_true (ann_row_selection_contains (ann_table_view_get_selection (fixture.view), 1));
  g_assert_false (ann_row_selection_contains (ann_table_view_get_selection (fixture.view), 2));
  selected = ann_statistics_panel_get_selected (fixture.panel);
  g_assert_nonnull (selected);
  g_assert_cmpfloat_with_epsilon (selected->summary->mean, 2825.862857142857, 1e-9);
  g_assert_cmpuint (selected->counts[2], ==, 0);
  g_assert_cmpuint (selected->counts[3], ==, 46);
  g_assert_cmpuint (selected->counts[5], ==, 74);
  g_assert_cmpuint (selected->counts[6], ==, 0);

  /* With the last bin, which has its end in it. */
  select_class (&fixture, 49, 49, TRUE);
  g_assert_cmpuint (get_n_selected (&fixture), ==, 176);
  ann_ui_test_screenshot (GTK_WIDGET (fixture.window), "statistics-numbers");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (GTK_WIDGET (fixture.window), "statistics-numbers-dark");
  ann_ui_test_set_dark (FALSE);
  tear_down (&fixture);
}

static void
test_categories (void)
{
  Fixture fixture;
  AnnValueList *list;
  const AnnColumnStatistics *statistics;
  g_autofree char *text = NULL;
  guint class = 0;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  go_to (&fixture, "bulk_labels");
  list = find (&fixture, ANN_TYPE_VALUE_LIST);
  g_assert_cmpuint (ann_value_list_get_n_values (list), ==, 10);
  text = ann_value_list_describe (list);
  g_assert_cmpstr (text, ==, "Dendritic: 240 rows");
  statistics = ann_statistics_panel_get_statistics (fixture.panel);
  g_assert_nonnull (statistics->colors);

  /* The most frequent first: click on it. */
  while (!g_str_equal (statistics->summary->values[class].text, "Dendritic"))
    class ++;
  g_signal_emit_by_name (list, "chosen", class, FALSE);
  wait (&fixture);
  g_assert_cmpuint (get_n_selected (&fixture), ==, 240);
  g_assert_cmpuint (ann_statistics_panel_get_selected (fixture.panel)->counts[class], ==, 240);
  ann_ui_test_screenshot (GTK_WIDGET (fixture.window), "statistics-categories");

  /* Another column, and the same rows: np.histogram of the dendritic cells. */
  go_to (&fixture, "n_counts");
  g_assert_cmpfloat_with_epsilon (ann_statistics_panel_get_selected (fixture.panel)->summary->mean,
                                  3773.95, 1e-9);
  g_assert_cmpuint (ann_statistics_panel_get_selected (fixture.panel)->counts[5], ==, 22);

  /* None selected: nothing beside. */
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.select-none", NULL);
  wait (&fixture);
  g_assert_null (ann_statistics_panel_get_selected (fixture.panel));
  tear_down (&fixture);
}

static void
assert_some (Fixture *fixture, const char *title, guint64 n)
{
  const AnnSelectedStatistics *some = ann_statistics_panel_get_selected (fixture->panel);
  g_autofree char *text = ann_summary_grid_to_text (find (fixture, ANN_TYPE_SUMMARY_GRID));
  g_autofree char *header = g_strdup_printf ("\tAll\t%s\n", title);

  g_assert_nonnull (some);
  g_assert_cmpuint (some->summary->n, ==, n);
  g_assert_true (g_str_has_prefix (text, header));
}

/* The rows that a filter leaves stand beside all of them, unless some are selected. */
static void
test_filter (void)
{
  Fixture fixture;
  const AnnSelectedStatistics *some;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  go_to (&fixture, "n_counts");
  g_assert_null (ann_statistics_panel_get_selected (fixture.panel));
  ann_table_page_set_filter (fixture.page, "bulk_labels == \"Dendritic\"");
  ann_ui_test_wait_until (ann_table_model_get_n_rows (fixture.model) == 240);
  wait (&fixture);
  assert_some (&fixture, "Shown", 240);
  g_assert_cmpfloat_with_epsilon (ann_statistics_panel_get_selected (fixture.panel)->summary->mean,
                                  3773.95, 1e-9);
  g_assert_cmpuint (ann_statistics_panel_get_selected (fixture.panel)->counts[5], ==, 22);
  g_assert_cmpuint (get_summary (&fixture)->n, ==, 700);
  ann_ui_test_screenshot (GTK_WIDGET (fixture.window), "statistics-filter");

  /* In another order they are the same rows: nothing is counted again. */
  some = ann_statistics_panel_get_selected (fixture.panel);
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.sort-ascending", NULL);
  ann_ui_test_wait_until (!ann_table_view_is_busy (fixture.view));
  g_assert_true (ann_statistics_panel_is_idle (fixture.panel));
  wait (&fixture);
  g_assert_true (ann_statistics_panel_get_selected (fixture.panel) == some);

  select_class (&fixture, 3, 5, FALSE);
  assert_some (&fixture, "Selected", 175);
  gtk_widget_activate_action (GTK_WIDGET (fixture.view), "table.select-none", NULL);
  wait (&fixture);
  assert_some (&fixture, "Shown", 240);

  ann_table_page_set_filter (fixture.page, "");
  ann_ui_test_wait_until (ann_table_model_get_n_rows (fixture.model) == 700);
  wait (&fixture);
  g_assert_null (ann_statistics_panel_get_selected (fixture.panel));
  tear_down (&fixture);
}

/* A gene of a dense and of a sparse matrix. */
static void
test_matrix (void)
{
  Fixture fixture;
  const AnnSummary *summary;

  set_up (&fixture, SAMPLE_STORE, "X", 1280, 800);
  go_to (&fixture, "PARK7");
  summary = get_summary (&fixture);
  g_assert_cmpuint (summary->n, ==, 700);
  g_assert_cmpfloat_with_epsilon (summary->mean, -0.027570010381750762, 1e-9);
  g_assert_cmpfloat_with_epsilon (summary->maximum, 5.672999858856201, 1e-12);
  tear_down (&fixture);

  set_up (&fixture, SAMPLE_STORE, "raw/X", 1280, 800);
  go_to (&fixture, "PARK7");
  summary = get_summary (&fixture);
  g_assert_cmpuint (summary->n_zero, ==, 153);
  g_assert_cmpfloat_with_epsilon (summary->mean, 1.4918100001130785, 1e-9);
  tear_down (&fixture);
}

static void
test_missing (void)
{
  Fixture fixture;
  const AnnSummary *summary;

  set_up (&fixture, KITCHEN, "obs", 1000, 700);
  for (guint i = 0; i < 4; i++)
    {
      static const struct {
        const char *column;
        guint n_missing;
        guint n_values; /* 0: numbers */
      } cases[] = {
        { "cat_missing", 5, 8 },
        { "float64_nan", 10, 0 },
        { "nullable_int8", 10, 0 },
        { "nullable_bool", 10, 2 },
      };

      go_to (&fixture, cases[i].column);
      summary = get_summary (&fixture);
      g_assert_cmpuint (summary->n_missing, ==, cases[i].n_missing);
      g_assert_cmpuint (summary->n_values, ==, cases[i].n_values);
      gtk_widget_activate_action (GTK_WIDGET (fixture.panel), "statistics.select-missing", NULL);
      wait (&fixture);
      g_assert_cmpuint (get_n_selected (&fixture), ==, cases[i].n_missing);
    }
  ann_ui_test_screenshot (GTK_WIDGET (fixture.window), "statistics-missing");

  /* What has no order has no statistics, and says so. */
  go_to (&fixture, "complex128");
  g_assert_null (ann_statistics_panel_get_statistics (fixture.panel));
  g_assert_nonnull (strstr (
      gtk_label_get_text (ann_ui_test_find_named (GTK_WIDGET (fixture.panel), "statistics-status")),
      "complex128"));
  tear_down (&fixture);
}

/* Nothing is computed before it is to be seen, nor after. */
static void
test_toggle (void)
{
  Fixture fixture;
  GtkWidget *panel;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  wait (&fixture);
  g_assert_nonnull (ann_statistics_panel_get_statistics (fixture.panel));
  panel = GTK_WIDGET (fixture.panel);
  activate (&fixture, "inspector", NULL);
  g_assert_false (gtk_widget_get_mapped (panel));
  ann_table_view_set_cursor (fixture.view, 0, 3, FALSE);
  g_assert_true (ann_statistics_panel_is_idle (fixture.panel));

  activate (&fixture, "statistics", NULL);
  g_assert_true (gtk_widget_get_mapped (panel));
  ann_ui_test_wait_until (ann_statistics_panel_is_idle (fixture.panel));
  g_assert_cmpstr (gtk_label_get_text (ann_ui_test_find_named (panel, "statistics-name")), ==,
                   "n_counts");

  /* A page that has none. */
  activate (&fixture, "show-page", g_variant_new_string ("storage"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture.window), "inspector"));
  g_assert_false (gtk_widget_get_mapped (panel));
  activate (&fixture, "show-page", g_variant_new_string ("table"));
  g_assert_true (gtk_widget_get_mapped (panel));
  activate (&fixture, "inspector", NULL); /* as it was before */
  tear_down (&fixture);
}

static gboolean
shows_tree (Fixture *fixture)
{
  return ann_tab_layout_get_shows_sidebar (ann_document_get_layout (fixture->document));
}

/* In a window that is too narrow for both the tree makes room for the panel, as long as it is
 * there, or until it is asked for; what is set for other stores stays.
 */
static void
test_room (void)
{
  Fixture fixture;
  GtkWidget *panel;

  set_up (&fixture, SAMPLE_STORE, "obs", 1000, 700);
  panel = GTK_WIDGET (fixture.panel);
  activate (&fixture, "inspector", NULL);
  g_assert_true (shows_tree (&fixture));
  activate (&fixture, "inspector", NULL);
  g_assert_false (shows_tree (&fixture));
  g_assert_true (gtk_widget_get_mapped (panel));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture.window));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture.view)), >, 600);

  activate (&fixture, "show-page", g_variant_new_string ("storage"));
  g_assert_true (shows_tree (&fixture));
  activate (&fixture, "show-page", g_variant_new_string ("table"));
  g_assert_true (shows_tree (&fixture));

  activate (&fixture, "inspector", NULL);
  activate (&fixture, "inspector", NULL);
  g_assert_false (shows_tree (&fixture));
  activate (&fixture, "sidebar", NULL);
  g_assert_true (shows_tree (&fixture));
  g_assert_true (gtk_widget_get_mapped (panel));
  activate (&fixture, "inspector", NULL);
  g_assert_true (shows_tree (&fixture));
  g_assert_true (ann_settings_get (ANN_SETTINGS_SIDEBAR_VISIBLE));
  tear_down (&fixture);

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  activate (&fixture, "inspector", NULL);
  activate (&fixture, "inspector", NULL);
  g_assert_true (shows_tree (&fixture));
  activate (&fixture, "inspector", NULL);
  tear_down (&fixture);
}

/* Where both do not fit the tree becomes narrower, and is as wide as it was where they do; the
 * toolbar says how many rows there are, or nothing, but no three dots.
 */
static void
test_narrow (void)
{
  Fixture fixture;
  AnnTabLayout *layout;
  GtkPaned *paned;
  GtkLabel *count;

  set_up (&fixture, SAMPLE_STORE, "X", 1000, 700);
  layout = ann_document_get_layout (fixture.document);
  paned = ann_ui_test_find (GTK_WIDGET (fixture.window), GTK_TYPE_PANED);
  count = ann_ui_test_find_named (GTK_WIDGET (fixture.window), "table-count");
  ann_tab_layout_set_shows_sidebar (layout, TRUE);
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture.window));
  g_assert_true (!gtk_widget_get_child_visible (GTK_WIDGET (count))
                 || gtk_widget_get_width (GTK_WIDGET (count)) > 50);

  ann_tab_layout_set_sidebar_width (layout, 500);
  ann_ui_test_wait_until (gtk_paned_get_position (paned) < 300);
  g_assert_cmpint (ann_tab_layout_get_sidebar_width (layout), ==, 500);
  activate (&fixture, "show-element", g_variant_new_string ("uns"));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture.document), "uns"));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture.window));
  g_assert_cmpint (gtk_paned_get_position (paned), ==, 500);
  gtk_paned_set_position (paned, 300);
  g_assert_cmpint (ann_tab_layout_get_sidebar_width (layout), ==, 300);
  tear_down (&fixture);
}

/* Each of the three passes over the store can be ended. */
static void
test_cancel (void)
{
  Fixture fixture;
  GtkWidget *panel;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnColumnStatistics) statistics = NULL;
  g_autoptr (AnnSelection) rows = ann_selection_new_range (3, 17, 1, 700, NULL);
  g_autoptr (GError) error = NULL;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  panel = GTK_WIDGET (fixture.panel);
  go_to (&fixture, "n_genes");

  statistics = ann_column_statistics_read (fixture.model, 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_column_statistics_read (fixture.model, 1, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_column_statistics_read_selected (statistics, rows, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_column_statistics_find_rows (statistics, 0, 1, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* Again is only for what is not there. */
  gtk_widget_activate_action (panel, "statistics.refresh", NULL);
  g_assert_true (ann_statistics_panel_is_idle (fixture.panel));
  go_to (&fixture, "percent_mito");
  g_assert_nonnull (ann_statistics_panel_get_statistics (fixture.panel));
  tear_down (&fixture);
}

static void
test_no_stall (void)
{
  Fixture fixture;

  set_up (&fixture, SAMPLE_STORE, "obs", 1280, 800);
  for (guint round = 0; round < 2; round++)
    {
      if (round == 1)
        ann_ui_watchdog_start ();
      for (guint64 column = 0; column < ann_table_model_get_n_columns (fixture.model); column++)
        {
          ann_table_view_set_cursor (fixture.view, 0, column, FALSE);
          wait (&fixture);
          select_class (&fixture, 0, 0, FALSE);
        }
    }
#ifdef __SANITIZE_ADDRESS__
  ann_ui_watchdog_stop (); /* a sanitizer makes everything several times slower */
#else
  g_assert_cmpuint (ann_ui_watchdog_stop (), ==, 0);
#endif
  tear_down (&fixture);
}

/* Closed at every moment: nothing is left behind. */
static void
test_close (void)
{
  for (guint turns = 0; turns < 30; turns += 3)
    {
      Fixture fixture;

      set_up (&fixture, SAMPLE_STORE, "obs", 1000, 700);
      for (guint i = 0; i < turns; i++)
        ann_ui_test_iterate ();
      tear_down (&fixture);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);

  /* The user's own list of recent stores stays as it is. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/statistics-panel/numbers", test_numbers);
  g_test_add_func ("/statistics-panel/categories", test_categories);
  g_test_add_func ("/statistics-panel/filter", test_filter);
  g_test_add_func ("/statistics-panel/matrix", test_matrix);
  g_test_add_func ("/statistics-panel/missing", test_missing);
  g_test_add_func ("/statistics-panel/toggle", test_toggle);
  g_test_add_func ("/statistics-panel/room", test_room);
  g_test_add_func ("/statistics-panel/narrow", test_narrow);
  g_test_add_func ("/statistics-panel/cancel", test_cancel);
  g_test_add_func ("/statistics-panel/no-stall", test_no_stall);
  g_test_add_func ("/statistics-panel/close", test_close);

  return g_test_run ();
}
