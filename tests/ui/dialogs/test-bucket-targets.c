/* test-bucket-targets.c: what the dialogs write into a bucket
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-concat-dialog.h"
#include "dialogs/ann-export-dialog.h"
#include "dialogs/ann-location-dialog.h"
#include "pages/ann-table-page.h"
#include "remove-tree.h"
#include "store/ann-http-client.h"
#include "web-server.h"
#include "widgets/ann-write-row.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder; /* of the buckets */
  WebServer server;
  AnnWindow *window;
  AnnDocument *document;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  const char *arguments[] = { NULL, NULL };
  static const char *const buckets[] = { "bucket", "readonly" };

  fixture->folder = g_dir_make_tmp ("annbrowser-buckets-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, buckets[i], NULL);

      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    }
  arguments[0] = fixture->folder;
  web_server_start_script (&fixture->server, "s3_server.py", arguments);
  fixture->window = ann_ui_test_open_store (SAMPLE_STORE);
  fixture->document = ann_window_get_document (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  static const char *const places[] = { "s3://bucket/x", "s3://readonly/x" };

  ann_ui_test_close (GTK_WIDGET (fixture->window));
  ann_clean_up_wait ();
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *address = g_strdup_printf ("%s?endpoint=%s", places[i], fixture->server.url);
      g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);

      ann_sign_in_set (location, NULL);
    }
  web_server_stop (&fixture->server);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static gboolean
has_object (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static const char *
get_label (GtkWidget *root, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (ann_ui_test_find_named (root, name)));
}

/* ---- As a user does it ---- */

/* Rows 3 to 5 are to be exported. */
static AnnExportDialog *
open_export (Fixture *fixture)
{
  g_autoptr (AnnRowSelection) rows = ann_row_selection_new ();
  AnnExportDialog *dialog;
  AnnTablePage *page;

  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-element",
                                  g_variant_new_string ("obs"));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), "obs"));
  page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document));
  ann_row_selection_add (rows, 3, 6);
  ann_table_view_select (ann_table_page_get_view (page), rows, FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "export", NULL);
  dialog = ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG);
  g_assert_nonnull (dialog);
  ann_ui_test_present (GTK_WIDGET (dialog));
  ann_ui_test_wait_until (ann_export_dialog_get_draft (dialog) != NULL);

  return dialog;
}

static GtkWidget *
ask_location (GtkWidget *dialog, const char *action)
{
  GtkWidget *location;

  gtk_widget_activate_action (dialog, action, NULL);
  location = ann_ui_test_find_toplevel (ANN_TYPE_LOCATION_DIALOG);
  g_assert_nonnull (location);
  ann_ui_test_present (location);

  return location;
}

static void
fill_in (GtkWidget *dialog, const char *name, const char *text)
{
  gtk_editable_set_text (ann_ui_test_find_named (dialog, name), text);
}

static void
fill_in_place (Fixture *fixture, GtkWidget *dialog, const char *address, const char *secret)
{
  fill_in (dialog, "location-address", address);
  gtk_toggle_button_set_active (ann_ui_test_find_named (dialog, "location-key"), TRUE);
  fill_in (dialog, "location-key-id", "AKIDTESTKEY");
  fill_in (dialog, "location-secret", secret);
  fill_in (dialog, "location-endpoint", fixture->server.url);
  gtk_switch_set_active (ann_ui_test_find_named (dialog, "location-path-style"), TRUE);
  gtk_switch_set_active (ann_ui_test_find_named (dialog, "location-remember"), FALSE);
}

static gboolean
is_asked (void)
{
  return ann_ui_test_find_toplevel (ANN_TYPE_LOCATION_DIALOG) != NULL;
}

static AnnWriteRow *
get_row (Fixture *fixture)
{
  return ann_ui_test_find (GTK_WIDGET (fixture->window), ANN_TYPE_WRITE_ROW);
}

static AnnWriteState
wait_for_end (Fixture *fixture)
{
  AnnWriteTask *task;

  ann_ui_test_wait_until (!is_asked () && get_row (fixture) != NULL);
  task = ann_write_row_get_task (get_row (fixture));
  ann_ui_test_wait_until (ann_write_task_get_state (task) != ANN_WRITE_RUNNING);

  return ann_write_task_get_state (task);
}

static void
press (Fixture *fixture, const char *name)
{
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), name), "clicked");
}

/* What was written is opened from its row, and has so many rows. */
static void
open_written (Fixture *fixture, const char *title, guint64 n_obs)
{
  const guint n = ann_window_get_n_documents (fixture->window);

  press (fixture, "write-open");
  ann_ui_test_wait_until (ann_window_get_n_documents (fixture->window) == n + 1);
  fixture->document = ann_window_get_document (fixture->window);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_no_error (ann_document_get_error (fixture->document));
  g_assert_cmpstr (ann_document_get_title (fixture->document), ==, title);
  g_assert_cmpuint (ann_data_get_n_obs (ann_document_get_data (fixture->document)), ==, n_obs);
}

/* ---- Tests ---- */

/* Wrong keys are said where they can be put right; the object is there, and opens. */
static void
test_export (Fixture *fixture, gconstpointer unused)
{
  AnnExportDialog *dialog = open_export (fixture);
  GtkWidget *location = ask_location (GTK_WIDGET (dialog), "export.choose-location");
  const char *said;

  fill_in_place (fixture, location, "s3://bucket/new/cells.h5ad", "wr0ng");
  gtk_widget_activate_action (location, "location.open", NULL);
  ann_ui_test_wait_until (g_str_equal (
      gtk_button_get_label (ann_ui_test_find_named (location, "location-test")), "_Test Again"));
  said = get_label (location, "location-state");
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "wrong"));
  g_assert_null (strstr (said, "wr0ng"));
  ann_ui_test_screenshot (location, "bucket-wrong-key");
  g_assert_false (has_object (fixture, "bucket/new/cells.h5ad"));

  fill_in (location, "location-secret", "secret/Test+Key=");
  ann_ui_test_screenshot (location, "bucket-export");
  gtk_widget_activate_action (location, "location.open", NULL);
  g_assert_cmpint (wait_for_end (fixture), ==, ANN_WRITE_DONE);
  g_assert_true (has_object (fixture, "bucket/new/cells.h5ad"));
  g_assert_cmpstr (get_label (GTK_WIDGET (fixture->window), "write-label"), ==,
                   "cells.h5ad was written");
  g_assert_false (
      gtk_widget_get_visible (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-show")));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "bucket-written");
  open_written (fixture, "cells.h5ad", 3);
}

static void
answer (const char *response)
{
  AdwMessageDialog *question;

  ann_ui_test_wait_until (ann_ui_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  question = ann_ui_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG);
  ann_ui_test_present (GTK_WIDGET (question));
  ann_ui_test_screenshot (GTK_WIDGET (question), "bucket-replace");
  adw_message_dialog_response (question, response);
  gtk_window_destroy (GTK_WINDOW (question));
  ann_ui_test_wait_until (ann_ui_test_find_toplevel (ADW_TYPE_MESSAGE_DIALOG) == NULL);
}

/* What is there stays unless the user wants otherwise. What was chosen last is proposed. */
static void
test_replace (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "bucket", "cells.h5ad", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  AnnExportDialog *dialog = open_export (fixture);
  GtkWidget *location = ask_location (GTK_WIDGET (dialog), "export.choose-location");

  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  fill_in_place (fixture, location, "s3://bucket/cells.h5ad", "secret/Test+Key=");
  gtk_widget_activate_action (location, "location.open", NULL);
  answer ("cancel");
  g_assert_true (is_asked ());
  g_assert_nonnull (strstr (get_label (location, "location-state"), "is there already"));
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpstr (bytes, ==, "mine");

  gtk_widget_activate_action (location, "location.open", NULL);
  answer ("replace");
  g_assert_cmpint (wait_for_end (fixture), ==, ANN_WRITE_DONE);
  open_written (fixture, "cells.h5ad", 3);

  fixture->document = ann_window_get_document (fixture->window);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "export", NULL);
  dialog = ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG);
  ann_ui_test_wait_until (ann_export_dialog_get_draft (dialog) != NULL);
  location = ask_location (GTK_WIDGET (dialog), "export.choose-location");
  g_assert_cmpstr (gtk_editable_get_text (ann_ui_test_find_named (location, "location-endpoint")),
                   ==, fixture->server.url);
  g_assert_cmpstr (gtk_editable_get_text (ann_ui_test_find_named (location, "location-address")),
                   ==, "s3://bucket/cells-export.h5ad");
  gtk_window_close (GTK_WINDOW (location));
  gtk_window_close (GTK_WINDOW (dialog));
  ann_ui_test_wait_until (!is_asked ()
                          && ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG) == NULL);
}

/* What cannot be written to is said while it is typed. */
static void
test_addresses (Fixture *fixture, gconstpointer unused)
{
  AnnExportDialog *dialog = open_export (fixture);
  GtkWidget *location = ask_location (GTK_WIDGET (dialog), "export.choose-location");
  GtkWidget *button = ann_ui_test_find_named (location, "location-open");

  ann_ui_test_screenshot (location, "bucket-address");
  fill_in (location, "location-address", "https://example.org/cells.h5ad");
  g_assert_false (gtk_widget_get_sensitive (button));
  g_assert_nonnull (strstr (get_label (location, "location-state"), "s3://"));
  fill_in (location, "location-address", "s3://bucket/cells.zarr");
  g_assert_false (gtk_widget_get_sensitive (button));
  g_assert_nonnull (strstr (get_label (location, "location-state"), ".h5ad"));
  fill_in (location, "location-address", "s3://bucket/cells.h5ad");
  g_assert_true (gtk_widget_get_sensitive (button));

  gtk_window_close (GTK_WINDOW (location));
  gtk_window_close (GTK_WINDOW (dialog));
  ann_ui_test_wait_until (!is_asked ()
                          && ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG) == NULL);
}

/* One may look and not write: the row says so, and tries again. */
static void
test_denied (Fixture *fixture, gconstpointer unused)
{
  AnnExportDialog *dialog = open_export (fixture);
  GtkWidget *location;

  adw_combo_row_set_selected (ann_ui_test_find_named (GTK_WIDGET (dialog), "export-format"), 1);
  ann_ui_test_wait_until (ann_export_dialog_get_draft (dialog) != NULL);
  location = ask_location (GTK_WIDGET (dialog), "export.choose-location");
  fill_in_place (fixture, location, "s3://readonly/cells.zarr", "secret/Test+Key=");
  gtk_widget_activate_action (location, "location.open", NULL);
  g_assert_cmpint (wait_for_end (fixture), ==, ANN_WRITE_FAILED);
  g_assert_error (ann_write_task_get_error (ann_write_row_get_task (get_row (fixture))), ANN_ERROR,
                  ANN_ERROR_DENIED);
  g_test_message ("%s", get_label (GTK_WIDGET (fixture->window), "write-label"));
  press (fixture, "write-retry");
  g_assert_cmpint (wait_for_end (fixture), ==, ANN_WRITE_FAILED);
}

/* Nothing is left of what was given up. */
static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "bucket", "cells.zarr", NULL);
  AnnExportDialog *dialog = open_export (fixture);
  GtkWidget *location;

  adw_combo_row_set_selected (ann_ui_test_find_named (GTK_WIDGET (dialog), "export-format"), 1);
  ann_ui_test_wait_until (ann_export_dialog_get_draft (dialog) != NULL);
  location = ask_location (GTK_WIDGET (dialog), "export.choose-location");
  fill_in_place (fixture, location, "s3://bucket/cells.zarr", "secret/Test+Key=");
  g_free (web_server_tell (&fixture->server, "hold"));
  gtk_widget_activate_action (location, "location.open", NULL);
  ann_ui_test_wait_until (get_row (fixture) != NULL
                          && web_server_count (&fixture->server, "writes") > 0);
  press (fixture, "write-cancel");
  ann_ui_test_wait_until (get_row (fixture) == NULL);
  web_server_reset (&fixture->server);
  ann_clean_up_wait ();
  g_assert_false (has_object (fixture, "bucket/cells.zarr/zarr.json"));
}

static void
test_concat (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "again.h5ad", NULL);
  g_autoptr (GFile) again = g_file_new_for_path (path);
  GtkWidget *dialog, *location;

  g_assert_true (g_file_make_symbolic_link (again, SAMPLE_STORE, NULL, NULL));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "concatenate", NULL);
  dialog = ann_ui_test_find_toplevel (ANN_TYPE_CONCAT_DIALOG);
  ann_ui_test_present (dialog);
  ann_concat_dialog_add (ANN_CONCAT_DIALOG (dialog), again, NULL);
  adw_combo_row_set_selected (ann_ui_test_find_named (dialog, "concat-format"), 1);
  ann_ui_test_wait_until (
      gtk_widget_get_sensitive (ann_ui_test_find_named (dialog, "concat-write")));
  ann_ui_test_screenshot (dialog, "bucket-concat");
  location = ask_location (dialog, "concat.write-location");
  fill_in_place (fixture, location, "s3://bucket/both.zarr", "secret/Test+Key=");
  gtk_widget_activate_action (location, "location.open", NULL);
  g_assert_cmpint (wait_for_end (fixture), ==, ANN_WRITE_DONE);
  open_written (fixture, "both.zarr", 1400);
}

int
main (int argc, char **argv)
{
  const AnnHttpLimits limits = { .max_retries = 1, .first_delay_ms = 5, .idle_timeout_ms = 5000 };

  ann_ui_test_init (&argc, &argv);
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/dev/null", TRUE);
  _ann_http_set_limits (&limits);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/bucket-targets/export", test_export);
  ADD ("/bucket-targets/replace", test_replace);
  ADD ("/bucket-targets/addresses", test_addresses);
  ADD ("/bucket-targets/denied", test_denied);
  ADD ("/bucket-targets/cancel", test_cancel);
  ADD ("/bucket-targets/concat", test_concat);

  return g_test_run ();
}
