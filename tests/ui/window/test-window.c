/* test-window.c: the window on real files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "models/ann-store-watch.h"
#include "models/ann-tree-item.h"
#include "pages/ann-element-view.h"
#include "pages/ann-heatmap-page.h"
#include "pages/ann-list-page.h"
#include "pages/ann-overview-page.h"
#include "pages/ann-start-page.h"
#include "pages/ann-storage-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-value-page.h"
#include "remove-tree.h"
#include "widgets/ann-banner.h"
#include "widgets/ann-element-tree.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Each test has files of its own here. */
static char *folder;

static AnnWindow *
new_window (void)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  ann_ui_test_present (window);

  return ANN_WINDOW (window);
}

static void
activate (AnnWindow *window, const char *name, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), name,
                                  target != NULL ? g_variant_new_string (target) : NULL);
}

static gboolean
is_enabled (AnnWindow *window, const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), name);
}

static AnnDocument *
begin_open (AnnWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);

  activate (window, "open-uri", uri);

  return ann_window_get_document (window);
}

static AnnDocument *
open_path (AnnWindow *window, const char *path)
{
  AnnDocument *document = begin_open (window, path);

  ann_ui_test_wait_until (!ann_document_is_loading (document));

  return document;
}

static void
show (AnnWindow *window, const char *path)
{
  AnnDocument *document = ann_window_get_document (window);

  activate (window, "show-element", path);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), path));
}

/* ---- Opening ---- */

static void
test_start (void)
{
  AnnWindow *window = new_window ();

  g_assert_null (ann_window_get_document (window));
  g_assert_true (
      gtk_widget_get_mapped (ann_ui_test_find (GTK_WIDGET (window), ANN_TYPE_START_PAGE)));
  g_assert_false (is_enabled (window, "close-tab"));
  g_assert_false (is_enabled (window, "show-page"));
  g_assert_true (is_enabled (window, "open"));
  ann_ui_test_screenshot (GTK_WIDGET (window), "window-start");
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_open (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);
  AnnElementTree *tree;
  AnnOverviewPage *overview;

  g_assert_no_error (ann_document_get_error (document));
  g_assert_nonnull (ann_document_get_data (document));
  g_assert_cmpstr (ann_document_get_title (document), ==, "pbmc68k_reduced.h5ad");
  g_assert_cmpstr (ann_document_get_subtitle (document), ==, "700 cells × 765 genes");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "pbmc68k_reduced.h5ad");
  g_assert_cmpstr (ann_document_get_page (document), ==, "overview");

  /* The overview first, and obs opened: 11 topmost rows and its 8 columns. */
  tree = ANN_ELEMENT_TREE (ann_store_view_get_tree (ann_document_get_view (document)));
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (tree) == 19);
  overview = ANN_OVERVIEW_PAGE (ann_document_get_page_widget (document));
  ann_ui_test_wait_until (ann_overview_page_is_complete (overview));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "window-overview");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "window-overview-dark");
  ann_ui_test_set_dark (FALSE);
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_open_twice (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);

  g_assert_true (open_path (window, SAMPLE_STORE) == document);
  g_assert_cmpuint (ann_window_get_n_documents (window), ==, 1);
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_tabs (void)
{
  AnnWindow *window = new_window ();
  g_autofree char *copy = g_build_filename (folder, "copy.h5ad", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  AnnDocument *first, *second;
  g_autoptr (GFile) file = g_file_new_for_path (SAMPLE_STORE);
  g_autoptr (GVariant) page = NULL;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, length, NULL));

  first = open_path (window, SAMPLE_STORE);
  show (window, "obs");
  second = open_path (window, copy);
  g_assert_true (first != second);
  g_assert_cmpuint (ann_window_get_n_documents (window), ==, 2);
  g_assert_cmpstr (ann_document_get_page (second), ==, "overview");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "copy.h5ad");

  /* Each tab is where it was. */
  g_assert_true (ann_window_select (window, file));
  g_assert_true (ann_window_get_document (window) == first);
  g_assert_cmpstr (ann_document_get_path (first), ==, "obs");
  page = g_action_group_get_action_state (G_ACTION_GROUP (window), "show-page");
  g_assert_cmpstr (g_variant_get_string (page, NULL), ==, "table");

  activate (window, "close-tab", NULL);
  ann_ui_test_wait_until (ann_window_get_n_documents (window) == 1);
  g_assert_true (ann_window_get_document (window) == second);
  activate (window, "close-tab", NULL);
  ann_ui_test_wait_until (ann_window_get_n_documents (window) == 0);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "AnnBrowser");
  ann_ui_test_close (GTK_WIDGET (window));
}

/* What cannot be opened says so in its tab; beside it, others work. */
static void
test_errors (void)
{
  static const struct {
    const char *name;
    const char *text; /* NULL: not made; "": empty; a folder when it ends in a slash */
    const char *says;
  } cases[] = {
    { "missing.h5ad", NULL, "" },
    { "empty.h5ad", "", "empty" },
    { "text.h5ad", "cell,gene\nA,1\n", "HDF5" },
    { "folder.h5ad/", "", "folder" },
  };
  AnnWindow *window = new_window ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (folder, cases[i].name, NULL);
      AnnDocument *document;
      const GError *error;

      if (g_str_has_suffix (path, "/"))
        g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      else if (cases[i].text != NULL)
        g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));

      document = open_path (window, path);
      error = ann_document_get_error (document);
      g_assert_nonnull (error);
      g_test_message ("%s: %s", cases[i].name, error->message);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_nonnull (ann_ui_test_find_named (GTK_WIDGET (document), "open-error"));
      g_assert_null (ann_document_get_data (document));
      g_assert_true (is_enabled (window, "reload"));
      g_assert_false (is_enabled (window, "show-page"));
      ann_ui_test_wait_for_frame (GTK_WIDGET (window));
    }

  ann_ui_test_screenshot (GTK_WIDGET (window), "window-error");
  g_assert_nonnull (ann_document_get_data (open_path (window, SAMPLE_STORE)));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* A file that is there when Retry is pressed. */
static void
test_retry (void)
{
  AnnWindow *window = new_window ();
  g_autofree char *path = g_build_filename (folder, "late.h5ad", NULL);
  AnnDocument *document = open_path (window, path);

  g_assert_nonnull (ann_document_get_error (document));
  g_assert_cmpint (symlink (SAMPLE_STORE, path), ==, 0);
  activate (window, "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));
  g_assert_nonnull (ann_document_get_data (document));
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_truncated (void)
{
  AnnWindow *window = new_window ();
  g_autofree char *path = g_build_filename (folder, "truncated.h5ad", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, length / 2, NULL));
  g_assert_nonnull (ann_document_get_error (open_path (window, path)));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* ---- Closing while something goes on: at every moment, whatever has been begun by then ---- */

static void
test_close_while_loading (void)
{
  static const char *const paths[] = { NULL, "X", "obs", "raw/X", "uns", "uns/neighbors/params" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint turns = 0; turns < 12; turns += i == 0 ? 1 : 4)
      {
        AnnWindow *window = new_window ();
        AnnDocument *document = begin_open (window, SAMPLE_STORE);

        if (paths[i] != NULL)
          {
            ann_ui_test_wait_until (!ann_document_is_loading (document));
            ann_store_view_show_element (ann_document_get_view (document), paths[i]);
          }
        for (guint turn = 0; turn < turns; turn++)
          ann_ui_test_iterate ();
        if (turns % 2 == 0)
          activate (window, "close-tab", NULL);
        ann_ui_test_close (GTK_WIDGET (window));
      }
}

static void
test_reload (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);
  guint n_rows;

  show (window, "uns/neighbors/params");
  show (window, "obsm/X_pca");
  activate (window, "show-page", "storage");
  n_rows = ann_element_tree_get_n_rows (
      ANN_ELEMENT_TREE (ann_store_view_get_tree (ann_document_get_view (document))));
  activate (window, "reload", NULL);
  g_assert_true (ann_document_is_loading (document));
  ann_ui_test_wait_until (!ann_document_is_loading (document));

  /* It comes back to where it was. */
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "obsm/X_pca"));
  g_assert_cmpstr (ann_document_get_page (document), ==, "storage");

  /* What stood open does so again, and one can still go back. */
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (
                              ann_store_view_get_tree (ann_document_get_view (document))))
                          == n_rows);
  activate (window, "go-back", NULL);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "uns/neighbors/params"));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* ---- Somebody else writes to the file ---- */

static gboolean
is_banner_seen (AnnDocument *document)
{
  return ann_banner_get_revealed (
      ANN_BANNER (ann_ui_test_find_named (GTK_WIDGET (document), "changed-banner")));
}

static void
reload (AnnWindow *window, AnnDocument *document)
{
  activate (window, "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_false (is_banner_seen (document));
}

/* Byte by byte the same, in the same file: but nobody can know. */
static void
write_in_place (const char *path, const char *bytes, gsize length)
{
  FILE *file = g_fopen (path, "r+");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
test_changed (void)
{
  AnnWindow *window = new_window ();
  g_autofree char *path = g_build_filename (folder, "changing.h5ad", NULL);
  g_autofree char *bytes = NULL;
  AnnDocument *document;
  gsize length;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  document = open_path (window, path);
  show (window, "obs");
  g_assert_false (ann_data_has_changed (ann_document_get_data (document)));
  g_assert_false (is_banner_seen (document));

  /* Replaced by another one of the same name. */
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  g_assert_true (ann_data_has_changed (ann_document_get_data (document)));
  ann_ui_test_wait_until (is_banner_seen (document));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "window-changed");
  reload (window, document);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "obs"));
  g_assert_false (ann_data_has_changed (ann_document_get_data (document)));

  write_in_place (path, bytes, length);
  ann_ui_test_wait_until (is_banner_seen (document));
  reload (window, document);

  /* Removed; what was opened can still be looked at. */
  g_assert_cmpint (g_remove (path), ==, 0);
  ann_ui_test_wait_until (is_banner_seen (document));
  g_assert_nonnull (ann_document_get_data (document));
  reload (window, document);
  g_assert_nonnull (ann_document_get_error (document));
  ann_ui_test_close (GTK_WIDGET (window));
}

static AnnHeatmapTiles *
get_tiles (AnnDocument *document)
{
  GtkWidget *page = ann_document_get_page_widget (document);

  g_assert_true (ANN_IS_HEATMAP_PAGE (page));

  return ann_heatmap_view_get_tiles (ann_heatmap_page_get_view (ANN_HEATMAP_PAGE (page)));
}

/* The heatmap has a button of its own to try again: nothing can be read again of what was opened.
 */
static void
test_retry_changed (void)
{
  AnnWindow *window = new_window ();
  g_autofree char *path = g_build_filename (folder, "retried.h5ad", NULL);
  g_autofree char *bytes = NULL;
  AnnDocument *document;
  gsize length;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  document = open_path (window, path);
  show (window, "obs");
  write_in_place (path, bytes, length);
  show (window, "X");
  ann_ui_test_wait_until (g_error_matches (ann_heatmap_tiles_get_error (get_tiles (document)),
                                           ANN_ERROR, ANN_ERROR_CHANGED));
  gtk_widget_activate_action (ann_document_get_page_widget (document), "picture.refine", NULL);
  g_assert_true (ann_document_is_loading (document));
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "X"));
  ann_ui_test_wait_until (ann_heatmap_tiles_has_picture (get_tiles (document)));
  g_assert_no_error (ann_heatmap_tiles_get_error (get_tiles (document)));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* Where the system tells nothing, looking at the file does. */
static void
on_changed (AnnStoreWatch *watch, guint *n)
{
  (*n)++;
}

static void
test_watch (void)
{
  g_autofree char *path = g_build_filename (folder, "watched.h5ad", NULL);
  g_autofree char *other = g_build_filename (folder, "not-there.h5ad", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (other);
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnStoreWatch) watch = NULL;
  g_autofree char *bytes = NULL;
  guint n = 0;
  gsize length;

  g_assert_true (g_file_get_contents (SAMPLE_STORE, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  data = ann_data_open (path, NULL, NULL);
  g_assert_nonnull (data);
  watch = ann_store_watch_new (data, file); /* the monitor looks elsewhere */
  g_signal_connect (watch, "changed", G_CALLBACK (on_changed), &n);
  write_in_place (path, bytes, length);
  while (n == 0)
    {
      ann_store_watch_check (watch);
      ann_ui_test_iterate ();
    }
  g_assert_true (ann_store_watch_has_changed (watch));
  ann_store_watch_check (watch);
  ann_ui_test_drain ();
  g_assert_cmpuint (n, ==, 1);
  ann_store_watch_stop (watch);
}

/* ---- Pages ---- */

static void
test_pages (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);

  show (window, "X");
  g_assert_true (ANN_IS_HEATMAP_PAGE (ann_document_get_page_widget (document)));
  activate (window, "show-page", "table");
  g_assert_true (ANN_IS_TABLE_PAGE (ann_document_get_page_widget (document)));
  activate (window, "show-page", "storage");
  g_assert_true (ANN_IS_STORAGE_PAGE (ann_document_get_page_widget (document)));
  activate (window, "show-page", "no-such-page");
  g_assert_cmpstr (ann_document_get_page (document), ==, "storage");

  show (window, "obs");
  g_assert_true (ANN_IS_TABLE_PAGE (ann_document_get_page_widget (document)));
  g_assert_false (ann_store_view_has_page (ann_document_get_view (document), "heatmap"));
  show (window, "obs/louvain");
  g_assert_true (ANN_IS_TABLE_PAGE (ann_document_get_page_widget (document)));
  show (window, "uns/neighbors");
  g_assert_true (ANN_IS_LIST_PAGE (ann_document_get_page_widget (document)));
  show (window, "uns/pca/variance");
  g_assert_true (ANN_IS_TABLE_PAGE (ann_document_get_page_widget (document)));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* A scroll bar that comes with a wider column leaves the table drawn. No frame is asked for here:
 * that would be another allocation, and mend what it is to find.
 */
static void
test_table_drawn (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);
  AnnTablePage *page;

  show (window, "obs");
  page = ANN_TABLE_PAGE (ann_document_get_page_widget (document));
  for (guint i = 0; i < 50 || !ann_table_page_is_idle (page); i++)
    ann_ui_test_iterate ();
  ann_ui_test_wait_until (ann_ui_test_has_picture (GTK_WIDGET (ann_table_page_get_view (page))));
  ann_ui_test_close (GTK_WIDGET (window));
}

static GtkWidget *
find_value_view (AnnDocument *document)
{
  return ann_ui_test_find_named (GTK_WIDGET (document), "value-text");
}

static void
test_value (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  show (window, "uns/neighbors/params/method");
  g_assert_true (ANN_IS_VALUE_PAGE (ann_document_get_page_widget (document)));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_value_view (document)));
  ann_ui_test_wait_until (gtk_text_buffer_get_char_count (buffer) > 0);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_cmpstr (text, ==, "umap");
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_history (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);

  ann_ui_test_wait_until (ann_element_tree_get_selected (ANN_ELEMENT_TREE (
                              ann_store_view_get_tree (ann_document_get_view (document))))
                          != NULL);
  ann_ui_test_drain ();
  g_assert_false (is_enabled (window, "go-back"));
  show (window, "X");
  activate (window, "show-page", "storage");
  show (window, "uns/pca");
  g_assert_true (is_enabled (window, "go-back"));
  g_assert_false (is_enabled (window, "go-forward"));

  activate (window, "go-back", NULL);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "X"));
  g_assert_cmpstr (ann_document_get_page (document), ==, "storage");
  activate (window, "go-back", NULL);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_page (document), "overview"));
  g_assert_false (is_enabled (window, "go-back"));

  activate (window, "go-forward", NULL);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "X"));

  /* To go elsewhere from here forgets what was ahead. */
  show (window, "var");
  g_assert_false (is_enabled (window, "go-forward"));
  ann_ui_test_close (GTK_WIDGET (window));
}

static void
test_sidebar (void)
{
  AnnWindow *window = new_window ();
  AnnDocument *document = open_path (window, SAMPLE_STORE);

  g_assert_true (
      gtk_widget_get_visible (ann_store_view_get_tree (ann_document_get_view (document))));
  activate (window, "sidebar", NULL);
  g_assert_false (
      gtk_widget_get_visible (ann_store_view_get_tree (ann_document_get_view (document))));
  activate (window, "search-elements", NULL);
  g_assert_true (
      gtk_widget_get_visible (ann_store_view_get_tree (ann_document_get_view (document))));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* Through everything, the main loop never stands still for more than 50 ms through our doing. */
static void
test_no_stall (void)
{
  static const char *const paths[] = {
    "obs", "var", "X", "raw/X", "obsm/X_umap", "uns", "uns/pca"
  };
  AnnWindow *window = new_window ();
  AnnDocument *document;

  /* Once unwatched: what GTK and Pango load for the first time is theirs. */
  for (guint round = 0; round < 2; round++)
    {
      if (round == 1)
        ann_ui_watchdog_start ();
      document = open_path (window, SAMPLE_STORE);
      for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        {
          show (window, paths[i]);
          ann_ui_test_wait_for_frame (GTK_WIDGET (window));
          activate (window, "show-page", "storage");
          ann_ui_test_wait_for_frame (GTK_WIDGET (window));
        }
      g_assert_nonnull (ann_document_get_data (document));
      activate (window, "close-tab", NULL);
      ann_ui_test_wait_until (ann_window_get_n_documents (window) == 0);
    }
#ifdef __SANITIZE_ADDRESS__
  ann_ui_watchdog_stop (); /* a sanitizer makes everything several times slower */
#else
  g_assert_cmpuint (ann_ui_watchdog_stop (), ==, 0);
#endif
  ann_ui_test_close (GTK_WIDGET (window));
}

int
main (int argc, char **argv)
{
  int status;

  /* The user's own list of recent stores stays as it is. */
  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/window/start", test_start);
  g_test_add_func ("/window/open", test_open);
  g_test_add_func ("/window/open-twice", test_open_twice);
  g_test_add_func ("/window/tabs", test_tabs);
  g_test_add_func ("/window/errors", test_errors);
  g_test_add_func ("/window/retry", test_retry);
  g_test_add_func ("/window/truncated", test_truncated);
  g_test_add_func ("/window/close-while-loading", test_close_while_loading);
  g_test_add_func ("/window/reload", test_reload);
  g_test_add_func ("/window/changed", test_changed);
  g_test_add_func ("/window/retry-changed", test_retry_changed);
  g_test_add_func ("/window/watch", test_watch);
  g_test_add_func ("/window/pages", test_pages);
  g_test_add_func ("/window/table-drawn", test_table_drawn);
  g_test_add_func ("/window/value", test_value);
  g_test_add_func ("/window/history", test_history);
  g_test_add_func ("/window/sidebar", test_sidebar);
  g_test_add_func ("/window/no-stall", test_no_stall);

  status = g_test_run ();
  remove_tree (folder);
  g_free (folder);

  return status;
}
