/* test-kinds.c: every kind of element has a page that shows it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "models/ann-storage-facts.h"
#include "pages/ann-list-page.h"
#include "pages/ann-status-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-value-page.h"
#include "widgets/ann-element-list.h"

#include <string.h>

#define KITCHEN FIXTURES "/made/kitchen-a0.12-h5ad.h5ad"

static GtkWidget *
show (AnnWindow *window, const char *path)
{
  AnnDocument *document = ann_window_get_document (window);

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-element",
                                  g_variant_new_string (path));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), path));

  return ann_document_get_page_widget (document);
}

static char *
get_text (GtkWidget *root)
{
  GtkTextView *view = ann_ui_test_find_named (root, "value-text");
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start, end;

  ann_ui_test_wait_until (gtk_text_buffer_get_char_count (buffer) > 0);
  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* The window would stand still while Pango breaks it as it breaks prose. */
static void
test_long_word (void)
{
  AnnWindow *window = ann_ui_test_open_store (FIXTURES "/made/uns-long-strings.h5ad");
  GtkTextView *view;
  g_autofree char *text = NULL;

  view = ann_ui_test_find_named (show (window, "uns/long"), "value-text");
  text = get_text (GTK_WIDGET (view));
  g_assert_cmpuint (strlen (text), ==, 70000);
  g_assert_cmpint (gtk_text_view_get_wrap_mode (view), ==, GTK_WRAP_CHAR);
  ann_ui_test_close (GTK_WIDGET (window));
}

/* Of all that a Python session can put into a store, nothing is without a page. */
static void
test_all (void)
{
  AnnWindow *window = ann_ui_test_open_store (KITCHEN);
  AnnData *data = ann_document_get_data (ann_window_get_document (window));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = ann_data_list_elements (data, NULL, &error);
  guint n_tables = 0, n_lists = 0, n_values = 0;

  g_assert_no_error (error);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      GtkWidget *page;

      /* Columns and layers are alike. */
      if (strchr (paths[i], '/') == NULL || g_str_has_prefix (paths[i], "var")
          || (g_str_has_prefix (paths[i], "layers/") && i % 7 != 0)
          || (g_str_has_prefix (paths[i], "obs/") && i % 5 != 0))
        continue;

      page = show (window, paths[i]);
      g_action_group_activate_action (G_ACTION_GROUP (window), "show-page",
                                      g_variant_new_string ("table"));
      page = ann_document_get_page_widget (ann_window_get_document (window));
      if (ANN_IS_TABLE_PAGE (page))
        {
          ann_ui_test_wait_until (ann_table_page_is_idle (ANN_TABLE_PAGE (page)));
          n_tables++;
        }
      else if (ANN_IS_LIST_PAGE (page))
        n_lists++;
      else if (ANN_IS_VALUE_PAGE (page))
        {
          /* A value, or the reason why there is none. */
          GtkWidget *stack = gtk_widget_get_ancestor (ann_ui_test_find_named (page, "value-status"),
                                                      GTK_TYPE_STACK);

          ann_ui_test_wait_until (
              strcmp (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "waiting") != 0);
          n_values++;
        }
      else
        g_error ("%s: its page is a %s", paths[i], G_OBJECT_TYPE_NAME (page));
    }
  g_test_message ("%u tables, %u lists, %u values", n_tables, n_lists, n_values);
  g_assert_cmpuint (n_tables, >, 40);
  g_assert_cmpuint (n_lists, >, 8);
  g_assert_cmpuint (n_values, >, 25);
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_awkward (void)
{
  AnnWindow *window = ann_ui_test_open_store (KITCHEN);
  GtkWidget *page = show (window, "obsm/ak_ragged");
  g_autofree char *text = get_text (page);

  /* What Python's awkward has in the first rows. */
  g_assert_true (g_str_has_prefix (text, "1: [0.08974269220322913]\n"
                                         "2: [0.5378542951741012,"));
  g_assert_nonnull (strstr (text, "\n34: ["));
  g_assert_null (strstr (text, "\n35: "));
  g_assert_cmpstr (gtk_label_get_text (ann_ui_test_find_named (page, "value-note")), ==,
                   "34 of 34 rows");
  ann_ui_test_screenshot (GTK_WIDGET (window), "value-awkward");
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_null (void)
{
  AnnWindow *window = ann_ui_test_open_store (KITCHEN);
  GtkWidget *page = show (window, "uns/none");
  AnnStatusPage *status = ann_ui_test_find_named (page, "value-status");

  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (status)));
  g_assert_cmpstr (ann_status_page_get_title (status), ==, "Nothing Is Stored Here");
  ann_ui_test_close (GTK_WIDGET (window));
}

/* uns as a tree: groups open in place, and what is selected is shown below. */
static void
test_tree (void)
{
  AnnWindow *window = ann_ui_test_open_store (KITCHEN);
  AnnListPage *page = ANN_LIST_PAGE (show (window, "uns"));
  AnnElementList *list = ANN_ELEMENT_LIST (ann_list_page_get_list (page));
  GtkWidget *pane;
  g_autofree char *text = NULL;
  guint n_rows;

  ann_ui_test_wait_until (ann_element_list_get_n_rows (list) > 30);
  n_rows = ann_element_list_get_n_rows (list);
  ann_ui_test_wait_until (ann_element_list_select (list, "uns/nested/a/b/d"));
  g_assert_cmpuint (ann_element_list_get_n_rows (list), >=, n_rows + 5);
  ann_ui_test_wait_until (ann_ui_test_find (GTK_WIDGET (page), ANN_TYPE_VALUE_PAGE) != NULL);
  pane = ann_ui_test_find_named (GTK_WIDGET (page), "value-pane");
  text = get_text (pane);
  g_assert_cmpstr (text, ==, "deep");
  ann_ui_test_screenshot (GTK_WIDGET (window), "uns-tree");

  /* A table of records, as one. */
  g_assert_true (ann_element_list_select (list, "uns/rank_genes_groups"));
  ann_ui_test_wait_until (ann_element_list_select (list, "uns/rank_genes_groups/names"));
  ann_ui_test_wait_until (ann_ui_test_find (pane, ANN_TYPE_TABLE_PAGE) != NULL);
  ann_ui_test_wait_until (ann_table_page_is_idle (ann_ui_test_find (pane, ANN_TYPE_TABLE_PAGE)));
  ann_ui_test_screenshot (GTK_WIDGET (window), "uns-records");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (GTK_WIDGET (window), "uns-records-dark");
  ann_ui_test_set_dark (FALSE);

  /* And from there to its own pages. */
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (page), "value-open"), "clicked");
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (ann_window_get_document (window)),
                                       "uns/rank_genes_groups/names"));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* A matrix without a column still has rows with names, whatever else is empty. */
static void
test_no_columns (void)
{
  AnnWindow *window = ann_ui_test_open_store (KITCHEN);
  GtkWidget *page = show (window, "obsm/zero_col");
  AnnTableModel *model = ann_table_view_get_model (ann_table_page_get_view (ANN_TABLE_PAGE (page)));
  g_autoptr (GString) text = g_string_new (NULL);

  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_wait_until (ann_table_page_is_idle (ANN_TABLE_PAGE (page)));
  g_assert_cmpint (ann_table_model_get_index (model, 1, text), ==, ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, "cell0001-1a0");
  ann_ui_test_close (GTK_WIDGET (window));
}

/* What a file that is no AnnData may have besides: tables of texts. */
static void
test_binary (void)
{
  static const char *const paths[] = { "opaque", "vlen/ints" };
  AnnWindow *window = ann_ui_test_open_store (FIXTURES "/made/hdf5-types.h5");

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      GtkWidget *page = show (window, paths[i]);

      g_assert_true (ANN_IS_TABLE_PAGE (page));
      ann_ui_test_wait_until (ann_table_page_is_idle (ANN_TABLE_PAGE (page)));
    }
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
check_link (AnnData *data, const char *path, const char *link)
{
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, NULL);
  g_autoptr (AnnStorageFacts) facts = ann_storage_facts_read (element, NULL, NULL);

  g_assert_cmpstr (facts->link, ==, link);
}

/* A link is told of where it says something. */
static void
test_links (void)
{
  g_autoptr (AnnData) data = ann_data_open (FIXTURES "/made/hdf5-external-links.h5ad", NULL, NULL);

  check_link (data, "X", NULL);
  check_link (data, "layers", "external → hdf5-external-target.h5: /layers");
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);

  /* The user's own list of recent stores stays as it is. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/kinds/all", test_all);
  g_test_add_func ("/kinds/awkward", test_awkward);
  g_test_add_func ("/kinds/binary", test_binary);
  g_test_add_func ("/kinds/long-word", test_long_word);
  g_test_add_func ("/kinds/null", test_null);
  g_test_add_func ("/kinds/tree", test_tree);
  g_test_add_func ("/kinds/no-columns", test_no_columns);
  g_test_add_func ("/kinds/links", test_links);

  return g_test_run ();
}
