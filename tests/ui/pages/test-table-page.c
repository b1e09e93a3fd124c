/* test-table-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "pages/ann-table-page.h"

static GtkWidget *
show (AnnData *data, const char *path, int width, int height, AnnTablePage **page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, &error);
  GtkWidget *widget;
  GtkWidget *window;

  g_assert_no_error (error);
  widget = ann_table_page_new (data, element);
  *page = ANN_TABLE_PAGE (widget);
  window = ann_ui_test_show (widget, width, height);
  ann_ui_test_wait_until (ann_table_page_is_idle (*page));

  return window;
}

static void
test_look (void)
{
  static const char *paths[] = { "obs",         "var",           "X", "raw/X", "obsm/X_pca",
                                 "obs/louvain", "obsp/distances" };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (SAMPLE_STORE, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup_printf ("table-%s", paths[i]), "/", '-');
      AnnTablePage *page;
      GtkWidget *window = show (data, paths[i], 752, 614, &page);

      ann_ui_test_screenshot (window, name);
      ann_ui_test_close (window);
    }
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);
  g_test_add_func ("/table-page/look", test_look);

  return g_test_run ();
}
