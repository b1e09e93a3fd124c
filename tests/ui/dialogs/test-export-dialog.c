/* test-export-dialog.c: what is selected in the window is exported from it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-export-dialog.h"
#include "models/ann-export-code.h"
#include "pages/ann-element-view.h"
#include "pages/ann-heatmap-page.h"
#include "pages/ann-table-page.h"
#include "python-runner.h"
#include "remove-tree.h"
#include "web-server.h"
#include "widgets/ann-write-row.h"

#include <glib/gstdio.h>
#include <string.h>

/* Rows 3 to 5 and 10 of the sample. */
static const guint64 chosen[] = { 3, 4, 5, 10 };

typedef struct {
  char *folder;
  char *store; /* a link to the sample in the folder */
  AnnWindow *window;
  AnnDocument *document;
  AnnExportDialog *dialog;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GFile) link = NULL;

  fixture->folder = g_dir_make_tmp ("annbrowser-export-XXXXXX", NULL);
  fixture->store = g_build_filename (fixture->folder, "cells.h5ad", NULL);
  link = g_file_new_for_path (fixture->store);
  g_assert_true (g_file_make_symbolic_link (link, SAMPLE_STORE, NULL, NULL));
  fixture->window = ann_ui_test_open_store (fixture->store);
  fixture->document = ann_window_get_document (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ann_ui_test_close (GTK_WIDGET (fixture->window));
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->store);
}

static AnnTableView *
show_table (Fixture *fixture, const char *path)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-element",
                                  g_variant_new_string (path));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), path));

  return ann_table_page_get_view (
      ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document)));
}

static void
select_rows (AnnTableView *view)
{
  g_autoptr (AnnRowSelection) rows = ann_row_selection_new ();

  ann_row_selection_add (rows, 3, 6);
  ann_row_selection_add (rows, 10, 11);
  ann_table_view_select (view, rows, FALSE);
}

static const AnnExportDraft *
wait_for_draft (Fixture *fixture)
{
  ann_ui_test_wait_until (ann_export_dialog_get_draft (fixture->dialog) != NULL);

  return ann_export_dialog_get_draft (fixture->dialog);
}

static void
open_dialog (Fixture *fixture)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "export", NULL);
  fixture->dialog = ANN_EXPORT_DIALOG (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG));
  g_assert_nonnull (fixture->dialog);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
}

static void
close_dialog (Fixture *fixture)
{
  gtk_window_close (GTK_WINDOW (fixture->dialog));
  ann_ui_test_wait_until (fixture->dialog == NULL);
}

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *widget = ann_ui_test_find_named (GTK_WIDGET (fixture->dialog), name);

  g_assert_nonnull (widget);

  return widget;
}

static const char *
get_label (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, name)));
}

static void
choose (Fixture *fixture, const char *name)
{
  GtkWidget *button = find (fixture, name);

  if (GTK_IS_CHECK_BUTTON (button))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (button), TRUE);
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static void
set_combo (Fixture *fixture, const char *name, guint item)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (find (fixture, name)), item);
}

static gboolean
can_export (Fixture *fixture)
{
  return gtk_widget_get_sensitive (find (fixture, "export-export"));
}

/* Whether all that @widget says can be read. */
static gboolean
is_whole (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
    {
      g_test_message ("“%s” is cut", gtk_label_get_text (GTK_LABEL (widget)));
      return FALSE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!is_whole (child))
      return FALSE;

  return TRUE;
}

static AnnWriteTask *
get_task (Fixture *fixture)
{
  AnnWriteRow *row = ann_ui_test_find (GTK_WIDGET (fixture->window), ANN_TYPE_WRITE_ROW);

  return row != NULL ? ann_write_row_get_task (row) : NULL;
}

/* What the dialog writes to a name in the folder. */
static char *
export_to (Fixture *fixture, const char *name)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  wait_for_draft (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), "export.write", "(sb)", path, TRUE);
  ann_ui_test_wait_until (fixture->dialog == NULL);
  ann_ui_test_wait_until (get_task (fixture) == NULL
                          || ann_write_task_get_state (get_task (fixture)) != ANN_WRITE_RUNNING);
  g_assert_nonnull (get_task (fixture));
  g_assert_no_error (ann_write_task_get_error (get_task (fixture)));
  g_assert_cmpint (ann_write_task_get_state (get_task (fixture)), ==, ANN_WRITE_DONE);

  return path;
}

static char *
get_row_name (AnnData *data, guint64 row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) index = ann_frame_open_index (ann_data_get_obs (data), NULL, &error);
  g_autoptr (AnnBlock) block = NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  block = ann_element_read_rows (index, row, 1, NULL, &error);
  g_assert_no_error (error);
  ann_cell_append_value (text, block, NULL, 0, 0);

  return g_string_free (text, FALSE);
}

/* Whether the store has these rows of the sample. */
static void
assert_rows (const char *path, const guint64 *rows, guint n_rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) source = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_autoptr (AnnData) data = ann_data_open (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *expected = get_row_name (source, rows[i]);
      g_autofree char *found = get_row_name (data, i);

      g_assert_cmpstr (found, ==, expected);
    }
}

/* ---- Tests ---- */

static void
test_selection (Fixture *fixture, gconstpointer unused)
{
  AnnTableView *view = show_table (fixture, "obs");
  g_autofree char *path = NULL;

  select_rows (view);
  open_dialog (fixture);
  g_assert_cmpstr (get_label (fixture, "export-selected-shape"), ==, "4 × 765");
  g_assert_cmpstr (get_label (fixture, "export-all-shape"), ==, "700 × 765");
  g_assert_false (gtk_widget_get_mapped (find (fixture, "export-filtered")));
  g_assert_false (can_export (fixture));
  wait_for_draft (fixture);
  g_assert_true (can_export (fixture));
  g_assert_cmpuint (wait_for_draft (fixture)->plan->n_obs, ==, 4);
  g_assert_true (g_str_has_prefix (get_label (fixture, "export-plan"), "About "));
  g_assert_true (g_str_has_prefix (get_label (fixture, "export-detail"), "4 × 765 · "));
  g_assert_true (
      g_str_has_suffix (wait_for_draft (fixture)->request->target, "/cells-selection.h5ad"));
  ann_ui_test_present (GTK_WIDGET (fixture->dialog));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->dialog), "export-light");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (GTK_WIDGET (fixture->dialog), "export-dark");
  ann_ui_test_set_dark (FALSE);

  path = export_to (fixture, "out.h5ad");
  assert_rows (path, chosen, G_N_ELEMENTS (chosen));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->window), "export-written");

  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-open"),
                         "clicked");
  ann_ui_test_wait_until (ann_window_get_n_documents (fixture->window) == 2);
  fixture->document = ann_window_get_document (fixture->window);
  ann_ui_test_wait_until (!ann_document_is_loading (fixture->document));
  g_assert_cmpstr (ann_document_get_title (fixture->document), ==, "out.h5ad");
  g_assert_cmpstr (ann_document_get_subtitle (fixture->document), ==, "4 cells × 765 genes");
}

/* Genes that are selected where they are looked at, and all cells. */
static void
test_genes (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (GError) error = NULL;

  select_rows (show_table (fixture, "var"));
  g_assert_true (
      gtk_widget_activate (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "page-export")));
  ann_ui_test_wait_until (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG) != NULL);
  fixture->dialog = ANN_EXPORT_DIALOG (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG));
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  g_assert_cmpstr (get_label (fixture, "export-all-shape"), ==, "700 × 4");
  path = export_to (fixture, "genes.h5ad");
  data = ann_data_open (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, 700);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, G_N_ELEMENTS (chosen));
}

/* The rows that are selected in a table, from the picture of their values. */
static void
test_from_picture (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *page, *view;

  select_rows (show_table (fixture, "obs"));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-element",
                                  g_variant_new_string ("X"));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (fixture->document), "X"));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-page",
                                  g_variant_new_string ("heatmap"));
  page = ann_document_get_page_widget (fixture->document);
  g_assert_true (ANN_IS_HEATMAP_PAGE (page));
  view = gtk_widget_get_ancestor (page, ANN_TYPE_ELEMENT_VIEW);
  g_assert_true (gtk_widget_activate (ann_ui_test_find_named (view, "page-export")));
  ann_ui_test_wait_until (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG) != NULL);
  fixture->dialog = ANN_EXPORT_DIALOG (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG));
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  g_assert_cmpstr (get_label (fixture, "export-selected-shape"), ==, "4 × 765");
  gtk_window_close (GTK_WINDOW (fixture->dialog));
}

/* What could not be written is tried again, with the same rows. */
static void
test_retry (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "later", NULL);
  g_autofree char *path = g_build_filename (folder, "out.h5ad", NULL);

  select_rows (show_table (fixture, "obs"));
  open_dialog (fixture);
  wait_for_draft (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), "export.write", "(sb)", path, TRUE);
  ann_ui_test_wait_until (ann_write_task_get_state (get_task (fixture)) == ANN_WRITE_FAILED);
  g_assert_nonnull (strstr (ann_write_task_get_error (get_task (fixture))->message, folder));

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-retry"),
                         "clicked");
  ann_ui_test_wait_until (ann_write_task_get_state (get_task (fixture)) == ANN_WRITE_DONE);
  assert_rows (path, chosen, G_N_ELEMENTS (chosen));
}

/* The rows of a sorted table in its order, or as they are stored. */
static void
test_order (Fixture *fixture, gconstpointer unused)
{
  AnnTableView *view = show_table (fixture, "obs");
  AnnTableModel *model = ann_table_view_get_model (view);
  guint64 shown[G_N_ELEMENTS (chosen)];
  g_autofree char *path = NULL;
  g_autofree char *stored = NULL;
  guint n = 0;

  ann_table_view_sort (view, 1, ANN_SORT_DESCENDING);
  ann_ui_test_wait_until (ann_table_model_get_sort (model, NULL) == ANN_SORT_DESCENDING);
  select_rows (view);
  for (guint64 row = 0; row < 700; row++)
    {
      const guint64 stored_row = ann_table_model_get_stored_row (model, row);

      for (guint i = 0; i < G_N_ELEMENTS (chosen); i++)
        if (chosen[i] == stored_row)
          shown[n++] = stored_row;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (chosen));
  g_assert_cmpint (memcmp (shown, chosen, sizeof shown), !=, 0);

  open_dialog (fixture);
  path = export_to (fixture, "shown.h5ad");
  assert_rows (path, shown, n);
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-close"),
                         "clicked");

  open_dialog (fixture);
  set_combo (fixture, "export-order", 1);
  stored = export_to (fixture, "stored.h5ad");
  assert_rows (stored, chosen, n);
}

/* What was found out about one choice is never shown for another. */
static void
test_never_stale (Fixture *fixture, gconstpointer unused)
{
  select_rows (show_table (fixture, "obs"));
  open_dialog (fixture);
  wait_for_draft (fixture);

  for (guint i = 0; i < 20; i++)
    {
      choose (fixture, i % 2 == 0 ? "export-all" : "export-selected");
      g_assert_null (ann_export_dialog_get_draft (fixture->dialog));
      g_assert_false (can_export (fixture));
      g_assert_cmpstr (get_label (fixture, "export-detail"), ==, "");
      if (i % 3 == 0)
        ann_ui_test_iterate ();
      if (ann_export_dialog_get_draft (fixture->dialog) != NULL)
        g_assert_cmpuint (wait_for_draft (fixture)->plan->n_obs, ==, i % 2 == 0 ? 700 : 4);
    }
  g_assert_cmpuint (wait_for_draft (fixture)->plan->n_obs, ==, 4);
  close_dialog (fixture);
}

static void
test_elements (Fixture *fixture, gconstpointer unused)
{
  const AnnExportDraft *draft;

  open_dialog (fixture);
  draft = wait_for_draft (fixture);
  g_assert_cmpuint (draft->plan->n_obs, ==, 700);
  g_assert_null (draft->request->options->elements);
  g_assert_true (g_strv_contains ((const char *const *) draft->plan->paths, "obsm/X_pca"));

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find (fixture, "export-elements")), TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find (fixture, "obsm")), FALSE);
  draft = wait_for_draft (fixture);
  g_assert_false (g_strv_contains ((const char *const *) draft->plan->paths, "obsm/X_pca"));
  g_assert_true (g_strv_contains ((const char *const *) draft->plan->paths, "X"));
  g_assert_cmpstr (
      adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (find (fixture, "export-elements"))), ==,
      "obs, var, X, raw, layers, varm, obsp, varp, uns");
  close_dialog (fixture);
}

static void
type_names (Fixture *fixture, const char *names)
{
  gtk_text_buffer_set_text (
      gtk_text_view_get_buffer (GTK_TEXT_VIEW (find (fixture, "export-names"))), names, -1);
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
  open_dialog (fixture);
  choose (fixture, "export-genes-list");
  ann_ui_test_wait_until (strstr (get_label (fixture, "export-plan"), "empty") != NULL);
  g_assert_false (can_export (fixture));

  type_names (fixture, "LYZ, CD79A\nNKG7");
  g_assert_cmpuint (wait_for_draft (fixture)->plan->n_var, ==, 3);
  g_assert_cmpstr (get_label (fixture, "export-all-shape"), ==, "700 × 3");
  ann_ui_test_present (GTK_WIDGET (fixture->dialog));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->dialog), "export-names");

  type_names (fixture, "LYZ, CD79ALPHA");
  ann_ui_test_wait_until (strstr (get_label (fixture, "export-plan"), "CD79ALPHA") != NULL);
  g_assert_false (can_export (fixture));
  close_dialog (fixture);
}

/* The matrices that Matrix Market holds. */
static void
assert_tables (Fixture *fixture)
{
  GListModel *tables = adw_combo_row_get_model (ADW_COMBO_ROW (find (fixture, "export-table")));
  const char *const expected[] = { "X", "raw/X" };

  g_assert_cmpuint (g_list_model_get_n_items (tables), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (gtk_string_list_get_string (GTK_STRING_LIST (tables), i), ==, expected[i]);
}

/* A table has a line of titles, a list of names has not. */
static void
assert_lines (const char *path, guint n)
{
  g_autofree char *text = NULL;
  g_autoptr (AnnData) source = ann_data_open (SAMPLE_STORE, NULL, NULL);
  g_autofree char *first = get_row_name (source, chosen[0]);
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  g_assert_true (g_str_has_prefix (lines[n - G_N_ELEMENTS (chosen)], first));
}

/* Each format is written as what its name says. */
static void
test_formats (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *suffix;
    const char *format;
  } formats[] = {
    { ".h5ad", "HDF5" }, { ".zarr", "Zarr v3" }, { ".zarr", "Zarr v2" }, { ".zarr.zip", "Zarr v3" },
    { ".mtx", NULL },    { ".csv", NULL },       { ".tsv", NULL },       { ".txt", NULL },
  };

  select_rows (show_table (fixture, "obs"));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *name = g_strdup_printf ("out%u%s", i, formats[i].suffix);
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;

      open_dialog (fixture);
      wait_for_draft (fixture);
      set_combo (fixture, "export-format", i);
      wait_for_draft (fixture);
      g_assert_true (
          g_str_has_suffix (wait_for_draft (fixture)->request->target, formats[i].suffix));
      ann_ui_test_wait_for_frame (GTK_WIDGET (fixture->dialog));
      g_assert_true (is_whole (find (fixture, "export-format")));
      if (i == 4)
        assert_tables (fixture);
      path = export_to (fixture, name);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
      if (formats[i].format != NULL)
        {
          g_autoptr (AnnData) data = ann_data_open (path, NULL, &error);

          g_assert_no_error (error);
          g_assert_true (g_str_has_prefix (ann_data_get_format (data), formats[i].format));
          assert_rows (path, chosen, G_N_ELEMENTS (chosen));
        }
      else if (i > 4)
        assert_lines (path, i == 7 ? 4 : 5);
      g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-close"),
                             "clicked");
    }
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* A store of 70,000 rows. */
static AnnData *
make_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) sample = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_autoptr (AnnConcatOptions) options = ann_concat_options_new ();
  AnnData *parts[100];
  AnnData *data;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i] = sample;
  data = ann_data_concat (parts, G_N_ELEMENTS (parts), options, NULL, NULL, &error);
  g_assert_no_error (error);

  return data;
}

static void
on_write (AnnExportDialog *dialog, AnnWriteTask *task, AnnWindow *window)
{
  ann_window_write (window, task);
}

/* In the middle of it; nothing is left. */
static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnData) data = make_large ();
  g_autoptr (AnnExportRequest) request = ann_export_request_new (data);
  g_autofree char *path = g_build_filename (fixture->folder, "out.h5ad", NULL);
  g_autoptr (AnnWriteTask) task = NULL;
  gint64 start;

  fixture->dialog = ANN_EXPORT_DIALOG (
      ann_export_dialog_new (GTK_WINDOW (fixture->window), request));
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  g_signal_connect (fixture->dialog, "write", G_CALLBACK (on_write), fixture->window);
  wait_for_draft (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), "export.write", "(sb)", path, TRUE);
  task = g_object_ref (get_task (fixture));
  ann_ui_test_wait_until (ann_progress_get_done (ann_write_task_get_progress (task)) > 0);
  g_assert_cmpint (ann_write_task_get_state (task), ==, ANN_WRITE_RUNNING);

  start = g_get_monotonic_time ();
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-cancel"),
                         "clicked");
  ann_ui_test_wait_until (get_task (fixture) == NULL);
  g_test_message ("cancelled after %d ms", (int) ((g_get_monotonic_time () - start) / 1000));
  g_assert_cmpint (ann_write_task_get_state (task), ==, ANN_WRITE_CANCELLED);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

/* ---- As code ---- */

static void
run_shell (Fixture *fixture, const char *line, char **output)
{
  g_autofree char *bin = g_path_get_dirname (ANN_PROGRAM);
  g_autofree char *path = g_strconcat (bin, ":", g_getenv ("PATH"), NULL);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "PATH", path, TRUE);
  char *arguments[] = { "sh", "-c", (char *) line, NULL };
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (fixture->folder, arguments, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, output,
                &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", line, errors);
}

static char *
digest (Fixture *fixture, const char *path)
{
  g_autofree char *quoted = g_shell_quote (path);
  g_autofree char *line = g_strdup_printf ("ann digest -q --json %s", quoted);
  char *output = NULL;
  char *elements;

  run_shell (fixture, line, &output);
  /* What stands before tells the name of the store. */
  elements = strstr (output, "\"elements\"");
  g_assert_nonnull (elements);
  memmove (output, elements, strlen (elements) + 1);

  return output;
}

/* Into a place of its own, for it takes the name that the dialog proposes. */
static char *
take_code_result (Fixture *fixture, const AnnExportDraft *draft, const char *name)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_cmpint (g_rename (draft->request->target, path), ==, 0);

  return path;
}

/* Nothing that matches can be written, and is said before. */
static void
test_nothing (Fixture *fixture, gconstpointer unused)
{
  AnnTablePage *page;

  show_table (fixture, "obs");
  page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document));
  ann_table_page_set_filter (page, "n_genes > 1000000");
  ann_ui_test_wait_until (ann_table_page_get_filtered_rows (page) != NULL);
  open_dialog (fixture);
  choose (fixture, "export-filtered");
  g_assert_cmpuint (wait_for_draft (fixture)->plan->n_obs, ==, 0);
  g_assert_true (g_str_has_prefix (get_label (fixture, "export-warning"), "no observations match"));
  g_assert_true (can_export (fixture));
  ann_ui_test_present (GTK_WIDGET (fixture->dialog));
  ann_ui_test_screenshot (GTK_WIDGET (fixture->dialog), "export-nothing");
  close_dialog (fixture);
}

/* The rows as a filter, a list, and in another order: the command does what the dialog does. */
static void
test_command (Fixture *fixture, gconstpointer unused)
{
  AnnTableView *view = show_table (fixture, "obs");
  AnnTablePage *page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture->document));

  ann_table_page_set_filter (page, "n_genes > 500 and phase == \"S\"");
  ann_ui_test_wait_until (ann_table_page_get_filtered_rows (page) != NULL);
  select_rows (view);
  for (guint i = 0; i < 2; i++)
    {
      const AnnExportDraft *draft;
      g_autofree char *command = NULL;
      g_autofree char *by_command = NULL;
      g_autofree char *by_dialog = NULL;
      g_autofree char *expected = NULL;
      g_autofree char *found = NULL;
      g_autoptr (GError) error = NULL;

      open_dialog (fixture);
      choose (fixture, i == 0 ? "export-filtered" : "export-selected");
      choose (fixture, "export-genes-list");
      type_names (fixture, "NKG7\nLYZ");
      if (i == 1)
        set_combo (fixture, "export-compression", 2);
      draft = wait_for_draft (fixture);
      command = ann_export_code_command (draft, &error);
      g_assert_no_error (error);
      g_test_message ("%s", command);
      if (i == 0)
        g_assert_nonnull (strstr (command, "--obs='n_genes > 500 and phase == \"S\"'"));
      else
        g_assert_nonnull (strstr (command, " --obs=3:6,10 "));
      run_shell (fixture, command, NULL);
      by_command = take_code_result (fixture, draft, i == 0 ? "a.h5ad" : "b.h5ad");
      by_dialog = export_to (fixture, i == 0 ? "c.h5ad" : "d.h5ad");
      expected = digest (fixture, by_dialog);
      found = digest (fixture, by_command);
      g_assert_cmpstr (found, ==, expected);
      g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-close"),
                             "clicked");
    }
}

/* What Python writes of it has the values of what the dialog writes. */
static void
compare_python (Fixture *fixture, guint format, const char *suffix)
{
  g_autofree char *script = g_build_filename (fixture->folder, "export.py", NULL);
  g_autofree char *python_name = g_strdup_printf ("python%u%s", format, suffix);
  g_autofree char *dialog_name = g_strdup_printf ("dialog%u%s", format, suffix);
  g_autofree char *code = NULL;
  g_autofree char *by_python = NULL;
  g_autofree char *by_dialog = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  set_combo (fixture, "export-format", format);
  code = ann_export_code_python (wait_for_draft (fixture), &error);
  g_assert_no_error (error);
  g_test_message ("%s", code);
  g_assert_true (g_file_set_contents (script, code, -1, NULL));
  python_runner_run (script);
  by_python = take_code_result (fixture, wait_for_draft (fixture), python_name);
  by_dialog = export_to (fixture, dialog_name);
  expected = digest (fixture, by_python);
  found = digest (fixture, by_dialog);
  g_assert_cmpstr (found, ==, expected);
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (fixture->window), "write-close"),
                         "clicked");
}

static void
test_python (Fixture *fixture, gconstpointer unused)
{
  static const char *const suffixes[] = { ".h5ad", ".zarr", ".zarr", ".zarr.zip" };

  if (!python_runner_start ())
    {
      g_test_skip ("ANN_TEST_PYTHON names no Python with anndata");
      return;
    }

  select_rows (show_table (fixture, "obs"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      open_dialog (fixture);
      choose (fixture, "export-genes-list");
      type_names (fixture, "NKG7\nLYZ");
      wait_for_draft (fixture);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (find (fixture, "obsp")), FALSE);
      if (i > 0)
        gtk_check_button_set_active (GTK_CHECK_BUTTON (find (fixture, "X")), FALSE);
      compare_python (fixture, i, suffixes[i]);
    }
}

/* The text, where no Python is. */
static void
test_python_text (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = NULL;
  g_autofree char *expected = g_strdup_printf ("import anndata as ad\n"
                                               "import numpy as np\n"
                                               "\n"
                                               "adata = ad.read_h5ad(\"%s\")\n"
                                               "obs = np.r_[3:6,10]\n"
                                               "adata = adata[obs, :].copy()\n"
                                               "adata.uns.clear()\n"
                                               "adata.raw = None\n"
                                               "adata.write_h5ad(\"%s/cells-selection.h5ad\", "
                                               "compression=\"gzip\")\n",
                                               fixture->store, fixture->folder);
  g_autoptr (GError) error = NULL;

  select_rows (show_table (fixture, "obs"));
  open_dialog (fixture);
  wait_for_draft (fixture);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find (fixture, "uns")), FALSE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find (fixture, "raw")), FALSE);
  code = ann_export_code_python (wait_for_draft (fixture), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (code, ==, expected);
  set_combo (fixture, "export-format", 5);
  g_assert_null (ann_export_code_python (wait_for_draft (fixture), &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  close_dialog (fixture);
}

static AnnExportDraft *
make_draft (const char *uri, const char *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (uri, NULL, &error);
  g_autoptr (AnnExportRequest) request = NULL;
  AnnExportDraft *draft;

  g_assert_no_error (error);
  request = ann_export_request_new (data);
  request->target = g_strdup (target);
  draft = ann_export_draft_new (request, NULL, &error);
  g_assert_no_error (error);

  return draft;
}

/* From the web, and from what anndata does not read. */
static void
test_python_sources (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *target = g_build_filename (fixture->folder, "out.h5ad", NULL);
  g_autofree char *market = g_build_filename (fixture->folder, "out.mtx", NULL);
  g_autofree char *folder = g_path_get_dirname (SAMPLE_STORE);
  g_autofree char *code = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (AnnExportDraft) remote = NULL;
  g_autoptr (AnnExportDraft) text = NULL;
  g_autoptr (GError) error = NULL;
  WebServer server;

  web_server_start (&server, folder, NULL);
  uri = g_strconcat (server.url, "/pbmc68k_reduced.h5ad", NULL);
  remote = make_draft (uri, target);
  code = ann_export_code_python (remote, &error);
  g_assert_no_error (error);
  expected = g_strdup_printf ("import anndata as ad\n"
                              "import fsspec\n"
                              "\n"
                              "with fsspec.open(\"%s\") as file:\n"
                              "    adata = ad.read_h5ad(file)\n"
                              "adata.write_h5ad(\"%s\", compression=\"gzip\")\n",
                              uri, target);
  g_assert_cmpstr (code, ==, expected);
  web_server_stop (&server);

  {
    g_autoptr (AnnData) sample = ann_data_open (SAMPLE_STORE, NULL, &error);

    g_assert_no_error (error);
    ann_export_run (sample, market, NULL, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
  }
  text = make_draft (market, target);
  g_assert_null (ann_export_code_python (text, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/export-dialog/selection", test_selection);
  ADD ("/export-dialog/genes", test_genes);
  ADD ("/export-dialog/from-picture", test_from_picture);
  ADD ("/export-dialog/retry", test_retry);
  ADD ("/export-dialog/order", test_order);
  ADD ("/export-dialog/never-stale", test_never_stale);
  ADD ("/export-dialog/elements", test_elements);
  ADD ("/export-dialog/names", test_names);
  ADD ("/export-dialog/formats", test_formats);
  ADD ("/export-dialog/cancel", test_cancel);
  ADD ("/export-dialog/nothing", test_nothing);
  ADD ("/export-dialog/command", test_command);
  ADD ("/export-dialog/python", test_python);
  ADD ("/export-dialog/python-text", test_python_text);
  ADD ("/export-dialog/python-sources", test_python_sources);

  return g_test_run ();
}
