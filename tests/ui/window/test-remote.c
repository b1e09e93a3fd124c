/* test-remote.c: the window on stores that are reached by a network
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "dialogs/ann-location-dialog.h"
#include "models/ann-recents.h"
#include "pages/ann-heatmap-page.h"
#include "pages/ann-status-page.h"
#include "pages/ann-table-page.h"
#include "store/ann-http-client.h"
#include "web-server.h"
#include "widgets/ann-banner.h"
#include "widgets/ann-traffic-view.h"

typedef struct {
  WebServer server;
  char *address;
  AnnWindow *window;
  AnnDocument *document;
} Fixture;

/* ---- As a user does it ---- */

static void
activate (Fixture *fixture, const char *name, const char *target)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), name,
                                  target != NULL ? g_variant_new_string (target) : NULL);
}

static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ANN_IS_LOCATION_DIALOG (window))
        return window;
    }

  return NULL;
}

static void
open_address (Fixture *fixture, const char *address)
{
  GtkWidget *dialog;

  activate (fixture, "open-location", NULL);
  dialog = find_dialog ();
  g_assert_nonnull (dialog);
  ann_ui_test_present (dialog);
  gtk_editable_set_text (ann_ui_test_find_named (dialog, "location-address"), address);
  gtk_widget_activate_action (dialog, "location.open", NULL);
  ann_ui_test_wait_until (find_dialog () == NULL);
  fixture->document = ann_window_get_document (fixture->window);
  g_assert_nonnull (fixture->document);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
}

static void
open_cells (Fixture *fixture)
{
  open_address (fixture, fixture->address);
  g_assert_no_error (ann_document_get_error (fixture->document));
}

static gpointer
show (Fixture *fixture, const char *path, const char *page)
{
  activate (fixture, "show-element", path);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), path));
  activate (fixture, "show-page", page);
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));

  return ann_document_get_page_widget (fixture->document);
}

/* What has come gives columns their widths, by which others come into sight. */
static void
wait_for_table (AnnTablePage *page)
{
  do
    {
      ann_ui_test_wait_until (ann_table_page_is_idle (page));
      ann_ui_test_wait_for_frame (GTK_WIDGET (page));
      ann_ui_test_wait_for_frame (GTK_WIDGET (page));
    }
  while (!ann_table_page_is_idle (page));
}

static AnnCellState
get_cell (AnnTablePage *page, guint64 row, guint64 column, GString *text)
{
  AnnTableModel *model = ann_table_view_get_model (ann_table_page_get_view (page));
  AnnTableCell cell = { .state = ANN_CELL_LOADING };

  g_string_truncate (text, 0);
  ann_table_model_get_cell (model, row, column, &cell, text);

  return cell.state;
}

static void
check_cell (AnnTablePage *page, guint64 row, guint64 column, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (get_cell (page, row, column, text), ==, ANN_CELL_VALUE);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
scroll_to (AnnTablePage *page, guint64 row)
{
  ann_table_view_set_cursor (ann_table_page_get_view (page), row, 0, FALSE);
  ann_ui_test_wait_for_frame (GTK_WIDGET (page));
}

static AnnBanner *
get_failure_banner (Fixture *fixture)
{
  return ann_ui_test_find_named (GTK_WIDGET (fixture->document), "failure-banner");
}

static void
press_retry (Fixture *fixture)
{
  gtk_widget_activate_action (GTK_WIDGET (get_failure_banner (fixture)), "pages.retry", NULL);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));

  web_server_start (&fixture->server, PAGE_STORES, NULL);
  fixture->address = g_strconcat (fixture->server.url, "/cells-zarr", NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  ann_ui_test_present (window);
  fixture->window = ANN_WINDOW (window);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ann_ui_test_close (GTK_WIDGET (fixture->window));
  web_server_stop (&fixture->server);
  g_free (fixture->address);
}

/* ---- What is seen of it ---- */

static void
test_open (Fixture *fixture, gconstpointer unused)
{
  GListModel *recents = ann_recents_get_model (ann_recents_get_default ());
  g_autoptr (AnnRecent) recent = NULL;
  g_autofree char *uri = NULL;
  AnnTrafficView *traffic;

  open_cells (fixture);
  g_assert_cmpstr (ann_document_get_title (fixture->document), ==, "cells-zarr");
  g_assert_cmpstr (ann_document_get_subtitle (fixture->document), ==,
                   "8\u2009000 cells × 400 genes · 127.0.0.1");

  recent = g_list_model_get_item (recents, 0);
  uri = g_file_get_uri (ann_recent_get_file (recent));
  g_assert_cmpstr (uri, ==, fixture->address);

  traffic = ann_ui_test_find (GTK_WIDGET (fixture->document), ANN_TYPE_TRAFFIC_VIEW);
  g_assert_nonnull (traffic);
  ann_ui_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (traffic)));
  g_assert_nonnull (strstr (ann_traffic_view_get_text (traffic), "request"));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-overview");

  /* The same address is the same tab. */
  open_address (fixture, fixture->address);
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 1);
}

/* The metadata in one request or two, then the columns that are to be seen, a chunk each: codes and
 * categories of a categorical are two.
 */
static void
test_first_screen (Fixture *fixture, gconstpointer unused)
{
  AnnTablePage *page;
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 n_opening, n_asked, n_visible = 0;

  open_cells (fixture);
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  n_opening = web_server_count (&fixture->server, "requests");
  g_assert_cmpint (n_opening, <=, 3);

  page = show (fixture, "obs", "table");
  wait_for_table (page);
  n_asked = web_server_count (&fixture->server, "requests") - n_opening;
  for (guint64 column = 0; column < 16; column++)
    n_visible += get_cell (page, 0, column, text) != ANN_CELL_LOADING;
  check_cell (page, 3, 2, "9");
  g_assert_cmpint (n_visible, <, 14);
  g_assert_cmpint (n_asked, ==, n_visible + 1); /* and the index */
}

/* At which place of the log something was asked for the last time. */
static guint
find_last (Fixture *fixture, guint n_requests, const char *part)
{
  for (guint i = n_requests; i > 0; i--)
    {
      g_autofree char *path = web_server_dup_logged (&fixture->server, "paths", i - 1);

      if (strstr (path, part) != NULL)
        return i - 1;
    }

  g_error ("%s was not asked for", part);
}

/* Of an atlas: the metadata, the index, and of each column that is to be seen its values, of a
 * categorical its labels too; when its column has come, the one palette that there is. Nothing is
 * asked for twice. In a window of 1000 × 700 the texts take twelve requests. A column that is seen
 * only because others turned out to be narrow may be asked for after the palette.
 */
static void
check_atlas (Fixture *fixture, int width, int height, gint64 max_requests)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));
  Fixture other = { .server = fixture->server, .window = ANN_WINDOW (window) };
  g_autofree char *address = g_strconcat (fixture->server.url, "/atlas-zarr", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  AnnTablePage *page;
  gint64 n_expected = 2;
  gint64 n_requests;
  guint palette;

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  ann_ui_test_present (window);
  web_server_reset (&fixture->server);
  g_free (web_server_tell (&fixture->server, "delay?ms=20"));
  open_address (&other, address);
  page = show (&other, "obs", "table");
  wait_for_table (page);

  for (guint64 column = 0; column < 16; column++)
    if (get_cell (page, 0, column, text) != ANN_CELL_LOADING)
      n_expected += column < 6 ? 2 : 1;
  check_cell (page, 3, 2, "lung");
  n_requests = web_server_count (&fixture->server, "requests");
  g_test_message ("%d × %d: %" G_GINT64_FORMAT " requests", width, height, n_requests);
  g_assert_cmpint (n_requests, ==, n_expected + 1);
  g_assert_cmpint (n_expected, <=, max_requests);
  palette = find_last (fixture, (guint) n_requests, "/uns/cell_type_colors/c/0");
  g_assert_cmpuint (palette, >, find_last (fixture, (guint) n_requests, "/obs/cell_type/"));
  g_assert_cmpuint (palette, >, find_last (fixture, (guint) n_requests, "/obs/cell_id/"));
  ann_ui_test_close (window);
}

static void
test_atlas (Fixture *fixture, gconstpointer unused)
{
  check_atlas (fixture, 1000, 700, 12);
  check_atlas (fixture, 1280, 800, 16);
}

static void
test_scroll (Fixture *fixture, gconstpointer unused)
{
  AnnTablePage *page;
  gint64 n_before, n_after;

  open_cells (fixture);
  page = show (fixture, "obs", "table");
  wait_for_table (page);
  n_before = web_server_count (&fixture->server, "requests");

  /* From end to end while nothing is answered: what one has passed is not asked for any more. */
  g_free (web_server_tell (&fixture->server, "delay?ms=200"));
  for (guint64 i = 0; i < 10; i++)
    scroll_to (page, i % 2 == 0 ? 7999 : 2500);
  scroll_to (page, 5000);
  wait_for_table (page);
  check_cell (page, 5000, 1, "0");
  check_cell (page, 5001, 0, "1");
  n_after = web_server_count (&fixture->server, "requests");
  g_test_message ("%" G_GINT64_FORMAT " requests, then %" G_GINT64_FORMAT, n_before, n_after);
  g_assert_cmpint (n_after - n_before, <=, 2 * n_before);
}

static void
wait_for_picture (Fixture *fixture, AnnHeatmapTiles *tiles)
{
  ann_ui_test_wait_until (ann_heatmap_tiles_has_picture (tiles)
                          && ann_heatmap_tiles_get_n_missing (tiles) == 0);
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
}

/* Of a matrix of 13 MB: some of its 32 chunks until one asks for the exact picture. */
static void
test_heatmap (Fixture *fixture, gconstpointer unused)
{
  AnnHeatmapPage *page;
  AnnHeatmapTiles *tiles;
  guint64 n_seen;
  gint64 n_before, n_sampled;

  open_cells (fixture);
  n_before = web_server_count (&fixture->server, "requests");
  page = show (fixture, "X", "heatmap");
  tiles = ann_heatmap_view_get_tiles (ann_heatmap_page_get_view (page));
  wait_for_picture (fixture, tiles);
  g_assert_true (ann_heatmap_tiles_is_sample (tiles, &n_seen));
  g_assert_cmpuint (n_seen, >, 0);
  g_assert_cmpuint (n_seen, <, 8000);
  ann_ui_test_wait_until (ann_ui_test_find_label (GTK_WIDGET (page), "Sample of "));
  n_sampled = web_server_count (&fixture->server, "requests") - n_before;
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-heatmap-sample");

  /* The exact one reads all of them. */
  gtk_widget_activate_action (GTK_WIDGET (page), "picture.refine", NULL);
  wait_for_picture (fixture, tiles);
  g_assert_false (ann_heatmap_tiles_is_sample (tiles, &n_seen));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-heatmap");
  g_test_message ("%" G_GINT64_FORMAT " requests, then %" G_GINT64_FORMAT, n_sampled,
                  web_server_count (&fixture->server, "requests") - n_before - n_sampled);
  g_assert_cmpint (n_sampled, <, 32);
  g_assert_cmpint (web_server_count (&fixture->server, "requests") - n_before - n_sampled, >=, 32);
}

/* ---- When the server is not there ---- */

static void
test_dead_table (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AnnTablePage *page;

  open_cells (fixture);
  page = show (fixture, "obs", "table");
  wait_for_table (page);
  g_assert_false (ann_banner_get_revealed (get_failure_banner (fixture)));

  web_server_fault (&fixture->server, "cut=-1&n=0");
  scroll_to (page, 7000);
  ann_ui_test_wait_until (ann_banner_get_revealed (get_failure_banner (fixture)));
  wait_for_table (page);
  g_assert_cmpint (get_cell (page, 7000, 0, text), ==, ANN_CELL_INVALID);
  g_assert_nonnull (strstr (ann_banner_get_text (get_failure_banner (fixture)), "127.0.0.1"));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-failure");

  /* Still dead: it is said again. */
  press_retry (fixture);
  g_assert_false (ann_banner_get_revealed (get_failure_banner (fixture)));
  ann_ui_test_wait_until (ann_banner_get_revealed (get_failure_banner (fixture)));
  wait_for_table (page); /* what was asked for meanwhile fails too */

  web_server_reset (&fixture->server);
  press_retry (fixture);
  wait_for_table (page);
  check_cell (page, 7000, 0, "0");
  g_assert_true (ann_document_get_page_widget (fixture->document) == GTK_WIDGET (page));
  g_assert_false (ann_banner_get_revealed (get_failure_banner (fixture)));
}

/* A column of which nothing was known yet. */
static void
test_dead_column (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AnnTablePage *page;

  open_cells (fixture);
  page = show (fixture, "obs", "table");
  wait_for_table (page);
  web_server_fault (&fixture->server, "status=503&n=0");
  ann_table_view_set_cursor (ann_table_page_get_view (page), 0, 15, FALSE);
  ann_ui_test_wait_until (ann_banner_get_revealed (get_failure_banner (fixture)));
  wait_for_table (page);
  g_assert_cmpint (get_cell (page, 0, 15, text), ==, ANN_CELL_INVALID);

  web_server_reset (&fixture->server);
  press_retry (fixture);
  wait_for_table (page);
  check_cell (page, 0, 15, "w");
}

static gboolean
shows_failed_picture (AnnHeatmapPage *page)
{
  return gtk_widget_get_child_visible (
      ann_ui_test_find_named (GTK_WIDGET (page), "heatmap-failed"));
}

/* Nothing of the picture is there: that stands in its place, and the rest of the window is quiet.
 */
static void
test_dead_heatmap (Fixture *fixture, gconstpointer unused)
{
  AnnHeatmapPage *page;
  AnnHeatmapTiles *tiles;
  GtkWidget *failed;

  open_cells (fixture);
  web_server_fault (&fixture->server, "status=503&n=0");
  page = show (fixture, "X", "heatmap");
  tiles = ann_heatmap_view_get_tiles (ann_heatmap_page_get_view (page));
  failed = ann_ui_test_find_named (GTK_WIDGET (page), "heatmap-failed");
  ann_ui_test_wait_until (shows_failed_picture (page)
                          && ann_heatmap_tiles_get_n_missing (tiles) == 0);
  g_assert_nonnull (strstr (ann_status_page_get_text (ANN_STATUS_PAGE (failed)), "503"));
  g_assert_nonnull (ann_ui_test_find_label (failed, fixture->address));
  g_assert_false (ann_banner_get_revealed (get_failure_banner (fixture)));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-heatmap-failed");

  web_server_reset (&fixture->server);
  g_signal_emit_by_name (
      gtk_widget_get_ancestor (ann_ui_test_find_label (failed, "Retry"), GTK_TYPE_BUTTON),
      "clicked");
  ann_ui_test_wait_until (ann_heatmap_tiles_has_picture (tiles)
                          && ann_heatmap_tiles_get_n_missing (tiles) == 0);
  g_assert_no_error (ann_heatmap_tiles_get_error (tiles));
  ann_ui_test_wait_until (!shows_failed_picture (page));
}

/* A sample is there, the exact picture does not come: what is seen stays, and is said not to be
 * all. */
static void
test_dying_heatmap (Fixture *fixture, gconstpointer unused)
{
  AnnHeatmapPage *page;
  AnnHeatmapTiles *tiles;

  open_cells (fixture);
  page = show (fixture, "X", "heatmap");
  tiles = ann_heatmap_view_get_tiles (ann_heatmap_page_get_view (page));
  wait_for_picture (fixture, tiles);

  web_server_fault (&fixture->server, "cut=-1&n=0");
  gtk_widget_activate_action (GTK_WIDGET (page), "picture.refine", NULL);
  ann_ui_test_wait_until (ann_banner_get_revealed (get_failure_banner (fixture)));
  g_assert_nonnull (strstr (ann_banner_get_text (get_failure_banner (fixture)), "127.0.0.1"));
  g_assert_false (shows_failed_picture (page));
  ann_ui_test_wait_until (ann_heatmap_tiles_get_n_missing (tiles) == 0);

  web_server_reset (&fixture->server);
  press_retry (fixture);
  g_assert_false (ann_banner_get_revealed (get_failure_banner (fixture)));
  wait_for_picture (fixture, tiles);
  g_assert_no_error (ann_heatmap_tiles_get_error (tiles));
}

static void
test_not_opened (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *missing = g_strconcat (fixture->server.url, "/nothing.zarr", NULL);
  GtkWidget *page;

  open_address (fixture, missing);
  g_assert_nonnull (ann_document_get_error (fixture->document));
  page = ann_ui_test_find_named (GTK_WIDGET (fixture->document), "open-error");
  g_assert_cmpstr (ann_status_page_get_title (ANN_STATUS_PAGE (page)), ==,
                   "Cannot Open “nothing.zarr”");

  web_server_fault (&fixture->server, "cut=-1&n=0");
  open_address (fixture, fixture->address);
  g_assert_true (ann_http_error_is_passing (ann_document_get_error (fixture->document)));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-dead");

  /* The server is back: Retry. */
  web_server_reset (&fixture->server);
  activate (fixture, "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_no_error (ann_document_get_error (fixture->document));
}

/* Who cancels is told so, not that something could not be done. */
static void
test_cancelled (Fixture *fixture, gconstpointer unused)
{
  AnnStatusPage *page;

  web_server_reset (&fixture->server);
  g_free (web_server_tell (&fixture->server, "delay?ms=1000"));
  activate (fixture, "open-uri", fixture->address);
  fixture->document = ann_window_get_document (fixture->window);
  ann_ui_test_wait_until (ann_document_cancel (fixture->document));
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  page = ann_ui_test_find_named (GTK_WIDGET (fixture->document), "open-error");
  g_assert_nonnull (page);
  g_assert_nonnull (strstr (ann_status_page_get_title (page), "Was Not Opened"));
  g_assert_nonnull (strstr (ann_status_page_get_text (page), "You cancelled"));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-cancelled");

  web_server_reset (&fixture->server);
  activate (fixture, "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_no_error (ann_document_get_error (fixture->document));
}

/* Refused: one signs in, for the place that was refused. */
static void
test_denied (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *dialog;

  web_server_fault (&fixture->server, "status=401&n=0");
  open_address (fixture, fixture->address);
  g_assert_error (ann_document_get_error (fixture->document), ANN_ERROR, ANN_ERROR_DENIED);
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "remote-denied");

  activate (fixture, "sign-in", NULL);
  dialog = find_dialog ();
  ann_ui_test_present (dialog);
  g_assert_cmpstr (gtk_editable_get_text (ann_ui_test_find_named (dialog, "location-address")), ==,
                   fixture->address);
  gtk_editable_set_text (ann_ui_test_find_named (dialog, "location-bearer"), "t0ken");
  web_server_reset (&fixture->server);
  gtk_widget_activate_action (dialog, "location.open", NULL);
  ann_ui_test_wait_until (find_dialog () == NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_no_error (ann_document_get_error (fixture->document));
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 1);
  {
    g_autofree char *header = web_server_dup_header (&fixture->server, 0, "authorization");

    g_assert_cmpstr (header, ==, "Bearer t0ken");
  }
  /* It should be remembered, which without a keyring it cannot: that is said, and all goes on. */
  ann_ui_test_wait_until (
      ann_ui_test_find_label (GTK_WIDGET (fixture->window), "the keyring cannot be used"));
}

static void
fill_in (GtkWidget *dialog, const char *name, const char *text)
{
  gtk_editable_set_text (ann_ui_test_find_named (dialog, name), text);
}

static void
press_open (Fixture *fixture, GtkWidget *dialog)
{
  gtk_switch_set_active (ann_ui_test_find_named (dialog, "location-remember"), FALSE);
  gtk_widget_activate_action (dialog, "location.open", NULL);
  ann_ui_test_wait_until (find_dialog () == NULL);
  fixture->document = ann_window_get_document (fixture->window);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
}

/* A wrong key is refused, a right one is not; neither is in what is kept of the address. */
static void
test_bucket (Fixture *fixture, gconstpointer unused)
{
  const char *arguments[] = { PAGE_STORES, NULL };
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *expected = NULL;
  WebServer bucket;
  GtkWidget *dialog;

  web_server_start_script (&bucket, "s3_server.py", arguments);
  activate (fixture, "open-location", NULL);
  dialog = find_dialog ();
  ann_ui_test_present (dialog);
  fill_in (dialog, "location-address", "s3://cells-zarr");
  gtk_toggle_button_set_active (ann_ui_test_find_named (dialog, "location-key"), TRUE);
  fill_in (dialog, "location-key-id", "AKIDTESTKEY");
  fill_in (dialog, "location-secret", "wr0ng");
  fill_in (dialog, "location-endpoint", bucket.url);
  gtk_switch_set_active (ann_ui_test_find_named (dialog, "location-path-style"), TRUE);
  press_open (fixture, dialog);
  g_assert_error (ann_document_get_error (fixture->document), ANN_ERROR, ANN_ERROR_DENIED);
  g_assert_null (strstr (ann_document_get_error (fixture->document)->message, "wr0ng"));

  activate (fixture, "sign-in", NULL);
  dialog = find_dialog ();
  ann_ui_test_present (dialog);
  g_assert_cmpstr (gtk_editable_get_text (ann_ui_test_find_named (dialog, "location-endpoint")), ==,
                   bucket.url);
  fill_in (dialog, "location-key-id", "AKIDTESTKEY");
  fill_in (dialog, "location-secret", "secret/Test+Key=");
  press_open (fixture, dialog);
  g_assert_no_error (ann_document_get_error (fixture->document));
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 1);
  g_assert_cmpstr (ann_document_get_title (fixture->document), ==, "cells-zarr");

  file = g_object_ref (ann_document_get_file (fixture->document));
  uri = g_file_get_uri (file);
  expected = g_strdup_printf ("s3://cells-zarr?endpoint=%s&path-style=true", bucket.url);
  g_assert_cmpstr (uri, ==, expected);
  web_server_stop (&bucket);
}

/* A chunk that was read before is another one now. */
static void
test_changed (Fixture *fixture, gconstpointer unused)
{
  AnnBanner *banner;
  AnnTablePage *page;

  open_address (fixture, fixture->address);
  g_clear_pointer (&fixture->address, g_free);
  fixture->address = g_strconcat (fixture->server.url, "/pages-102400.h5ad", NULL);
  open_cells (fixture);
  banner = ann_ui_test_find_named (GTK_WIDGET (fixture->document), "changed-banner");
  page = show (fixture, "obs", "table");
  wait_for_table (page);
  g_assert_false (ann_banner_get_revealed (banner));

  g_free (web_server_tell (&fixture->server, "touch?path=/pages-102400.h5ad"));
  scroll_to (page, 90000);
  ann_ui_test_wait_until (ann_banner_get_revealed (banner));

  activate (fixture, "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_no_error (ann_document_get_error (fixture->document));
  g_assert_false (ann_banner_get_revealed (banner));
}

/* Retry is not in vain: it opens anew what was changed. */
static void
test_retry_changed (Fixture *fixture, gconstpointer unused)
{
  AnnTablePage *page;

  g_clear_pointer (&fixture->address, g_free);
  fixture->address = g_strconcat (fixture->server.url, "/pages-102400.h5ad", NULL);
  open_cells (fixture);
  page = show (fixture, "obs", "table");
  wait_for_table (page);
  g_free (web_server_tell (&fixture->server, "touch?path=/pages-102400.h5ad"));
  scroll_to (page, 90000);
  ann_ui_test_wait_until (ann_banner_get_revealed (
      ann_ui_test_find_named (GTK_WIDGET (fixture->document), "changed-banner")));
  press_retry (fixture);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), "obs"));
  page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->window));
  scroll_to (page, 90000);
  wait_for_table (page);
  check_cell (page, 90000, 1, "22\u2009500.00");
}

int
main (int argc, char **argv)
{
  /* Not as patient as with a user. */
  const AnnHttpLimits limits = { .max_retries = 1, .first_delay_ms = 5, .idle_timeout_ms = 5000 };

  ann_ui_test_init (&argc, &argv);
  _ann_http_set_limits (&limits);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/remote/open", test_open);
  ADD ("/remote/first-screen", test_first_screen);
  ADD ("/remote/atlas", test_atlas);
  ADD ("/remote/scroll", test_scroll);
  ADD ("/remote/heatmap", test_heatmap);
  ADD ("/remote/dead-table", test_dead_table);
  ADD ("/remote/dead-column", test_dead_column);
  ADD ("/remote/dead-heatmap", test_dead_heatmap);
  ADD ("/remote/dying-heatmap", test_dying_heatmap);
  ADD ("/remote/not-opened", test_not_opened);
  ADD ("/remote/cancelled", test_cancelled);
  ADD ("/remote/denied", test_denied);
  ADD ("/remote/bucket", test_bucket);
  ADD ("/remote/changed", test_changed);
  ADD ("/remote/retry-changed", test_retry_changed);

  return g_test_run ();
}
