/* test-table-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "models/ann-synthetic-model.h"
#include "widgets/ann-table-view.h"

static AnnTableView *
show (guint64 n_rows, guint64 n_columns, GtkWidget **window)
{
  g_autoptr (AnnSyntheticModel) model = ann_synthetic_model_new (n_rows, n_columns);
  GtkWidget *view = ann_table_view_new (ANN_TABLE_MODEL (model));
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  *window = ann_ui_test_show (scroller, 1200, 900);

  return ANN_TABLE_VIEW (view);
}

static void
test_first (void)
{
  GtkWidget *window;
  AnnTableView *view = show (1000000, 50, &window);

  gtk_widget_grab_focus (GTK_WIDGET (view));
  ann_ui_test_screenshot (window, "table-synthetic");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (window, "table-synthetic-dark");
  ann_ui_test_set_dark (FALSE);
  ann_ui_test_close (window);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);
  g_test_add_func ("/table-view/first", test_first);

  return g_test_run ();
}
