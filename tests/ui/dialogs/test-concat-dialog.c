/* test-concat-dialog.c: the dialog that joins stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-concat-dialog.h"
#include "dialogs/ann-concat-row.h"
#include "python-runner.h"
#include "remove-tree.h"

#include <glib/gstdio.h>
#include <string.h>

/* What Python's anndata reads in them, and makes of them: 33 × 40, 23 × 34; 34 genes are in both,
 * 40 in either; 23 names of cells are in both.
 */
#define STORE_A FIXTURES "/made/concat-a.h5ad"
#define STORE_B FIXTURES "/made/concat-b-zarr3.zarr"

static char *folder;

typedef struct {
  GtkWidget *dialog;
  AnnWriteTask *task;
} Fixture;

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *widget = ann_ui_test_find_named (fixture->dialog, name);

  g_assert_nonnull (widget);

  return widget;
}

static void
type (Fixture *fixture, const char *name, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find (fixture, name)), text);
}

static void
choose (Fixture *fixture, const char *name)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (fixture, name)), TRUE);
}

static void
choose_item (Fixture *fixture, const char *name, guint position)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (find (fixture, name)), position);
}

static const char *
get_shape (Fixture *fixture)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, "concat-shape")));
}

static gboolean
has_shape (Fixture *fixture, const char *shape)
{
  return g_str_equal (get_shape (fixture), shape);
}

/* Whether a line below the result has @text in it. */
static gboolean
says (Fixture *fixture, const char *text)
{
  GtkWidget *facts = find (fixture, "concat-facts");

  for (GtkWidget *fact = gtk_widget_get_first_child (facts); fact != NULL;
       fact = gtk_widget_get_next_sibling (fact))
    if (strstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (fact))), text) != NULL)
      return TRUE;

  return FALSE;
}

static GtkListBoxRow *
get_row (Fixture *fixture, int position)
{
  return gtk_list_box_get_row_at_index (GTK_LIST_BOX (find (fixture, "concat-list")), position);
}

static const char *
get_key (Fixture *fixture, int position)
{
  return ann_concat_part_get_key (
      ann_concat_row_get_part (ANN_CONCAT_ROW (get_row (fixture, position))));
}

static void
add (Fixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  ann_concat_dialog_add (ANN_CONCAT_DIALOG (fixture->dialog), file, NULL);
}

static gboolean
can_write (Fixture *fixture)
{
  return gtk_widget_get_sensitive (find (fixture, "concat-write"));
}

static void
on_write (GtkWidget *dialog, AnnWriteTask *task, Fixture *fixture)
{
  g_set_object (&fixture->task, task);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->dialog = ann_concat_dialog_new (NULL);
  g_signal_connect (fixture->dialog, "write", G_CALLBACK (on_write), fixture);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  ann_ui_test_present (fixture->dialog);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  ann_ui_test_wait_until (fixture->dialog == NULL);
  g_clear_object (&fixture->task);
}

static void
add_both (Fixture *fixture)
{
  add (fixture, STORE_A);
  add (fixture, STORE_B);
  ann_ui_test_wait_until (has_shape (fixture, "56 × 34"));
}

/* Presses the button, as a file chooser would answer it, and waits until the store is there. */
static AnnData *
write_to (Fixture *fixture, const char *name)
{
  g_autofree char *target = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  AnnData *data;

  gtk_widget_activate_action (fixture->dialog, "concat.write-to", "(sb)", target, FALSE);
  g_assert_nonnull (fixture->task);
  ann_ui_test_wait_until (fixture->dialog == NULL);
  ann_write_task_start (fixture->task);
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) != ANN_WRITE_RUNNING);
  g_assert_no_error (ann_write_task_get_error (fixture->task));
  data = ann_data_open (target, NULL, &error);
  g_assert_no_error (error);

  return data;
}

/* A text of a column. */
static char *
get_cell (AnnData *data, const char *column, guint64 row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnElement) element = ann_data_open_element (data, column, NULL, NULL);
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, row, 1, NULL, NULL);
  g_autoptr (AnnBlock) labels = NULL;

  if (ann_element_get_kind (element) == ANN_ELEMENT_CATEGORICAL)
    {
      AnnElement *categories = ann_categorical_get_categories (ANN_CATEGORICAL (element));

      labels = ann_element_read_rows (categories, 0, ann_element_get_n_rows (categories), NULL,
                                      NULL);
    }
  g_assert_true (ann_cell_append_value (text, block, labels != NULL ? labels->texts : NULL, 0, 0));

  return g_strdup (text->str);
}

static void
test_plan (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (can_write (fixture));
  g_assert_true (says (fixture, "two or more"));
  add_both (fixture);
  g_assert_true (can_write (fixture));
  g_assert_true (says (fixture, "23 cell names occur more than once"));
  g_assert_true (says (fixture, "6 genes are left out"));
  g_assert_true (says (fixture, "only0, only1"));
  ann_ui_test_wait_for_frame (fixture->dialog);
  ann_ui_test_screenshot (fixture->dialog, "concat");

  gtk_switch_set_active (GTK_SWITCH (find (fixture, "concat-unique")), TRUE);
  ann_ui_test_wait_until (says (fixture, "No duplicate"));

  choose (fixture, "concat-var");
  /* A label of its own for each, for they have to be matched. */
  ann_ui_test_wait_until (has_shape (fixture, "23 × 74"));
  g_assert_true (says (fixture, "10 cells are left out"));
}

static void
test_nothing_shared (Fixture *fixture, gconstpointer unused)
{
  add (fixture, SAMPLE_STORE);
  add (fixture, STORE_A);
  ann_ui_test_wait_until (has_shape (fixture, "733 × 0"));
  g_assert_true (says (fixture, "No gene is in every store"));
  choose (fixture, "concat-outer");
  ann_ui_test_wait_until (has_shape (fixture, "733 × 805"));
  g_assert_false (says (fixture, "No gene"));
}

/* What is shown is about what is set, at any time. */
static void
test_never_stale (Fixture *fixture, gconstpointer unused)
{
  add_both (fixture);
  choose (fixture, "concat-outer");
  g_assert_cmpstr (get_shape (fixture), ==, "");
  g_assert_false (can_write (fixture));
  choose (fixture, "concat-inner");
  choose (fixture, "concat-var");
  choose (fixture, "concat-obs");
  choose (fixture, "concat-outer");
  while (!has_shape (fixture, "56 × 40"))
    {
      g_assert_cmpstr (get_shape (fixture), ==, "");
      ann_ui_test_iterate ();
    }
  g_assert_false (says (fixture, "genes are left out"));

  type (fixture, "concat-fill", "7,5");
  g_assert_cmpstr (get_shape (fixture), ==, "");
  ann_ui_test_drain ();
  g_assert_true (says (fixture, "“7,5”"));
  g_assert_false (can_write (fixture));
  type (fixture, "concat-fill", "7.5");
  ann_ui_test_wait_until (can_write (fixture));
}

static void
test_write (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnData) data = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *name = NULL;

  add_both (fixture);
  g_assert_cmpstr (get_key (fixture, 0), ==, "concat-a");
  g_assert_cmpstr (get_key (fixture, 1), ==, "concat-b-zarr3");
  type (fixture, "concat-label", "from");
  gtk_editable_set_text (
      GTK_EDITABLE (ann_ui_test_find_named (GTK_WIDGET (get_row (fixture, 1)), "concat-key")), "b");
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "concat-unique")), TRUE);
  ann_ui_test_wait_until (can_write (fixture));

  data = write_to (fixture, "both.h5ad");
  g_assert_cmpstr (ann_write_task_get_warnings (fixture->task)[0], ==, "labels dropped: 6");
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, 56);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, 34);
  first = get_cell (data, "obs/from", 32);
  last = get_cell (data, "obs/from", 33);
  name = get_cell (data, "obs/_index", 33);
  g_assert_cmpstr (first, ==, "concat-a");
  g_assert_cmpstr (last, ==, "b");
  g_assert_cmpstr (name, ==, "cell0-b");
}

/* The order of the rows is that of the list. */
static void
test_order (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnData) data = NULL;
  g_autofree char *first = NULL;

  add_both (fixture);
  gtk_widget_grab_focus (GTK_WIDGET (get_row (fixture, 1)));
  gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, 1)), "part.move", "i", 1);
  g_assert_cmpstr (get_key (fixture, 1), ==, "concat-b-zarr3");
  gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, 1)), "part.move", "i", -1);
  g_assert_cmpstr (get_key (fixture, 0), ==, "concat-b-zarr3");
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (get_row (fixture, 0))));
  g_signal_emit_by_name (get_row (fixture, 0), "take", get_row (fixture, 1));
  g_assert_cmpstr (get_key (fixture, 0), ==, "concat-a");
  g_signal_emit_by_name (get_row (fixture, 1), "take", get_row (fixture, 0));
  g_assert_cmpstr (get_key (fixture, 0), ==, "concat-b-zarr3");
  ann_ui_test_wait_until (can_write (fixture));

  data = write_to (fixture, "order.zarr");
  first = get_cell (data, "obs/batch", 0);
  g_assert_cmpstr (first, ==, "concat-b-zarr3");
}

static void
test_list (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy = g_build_filename (folder, "concat-a.h5ad", NULL);
  g_autofree char *missing = g_build_filename (folder, "nowhere.h5ad", NULL);
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (STORE_A, &content, &length, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize) length, NULL));
  add (fixture, STORE_A);
  add (fixture, STORE_A);
  g_assert_null (get_row (fixture, 1));
  add (fixture, copy);
  g_assert_cmpstr (get_key (fixture, 1), ==, "concat-a-2");
  ann_ui_test_wait_until (has_shape (fixture, "66 × 40"));

  /* Two of the same name cannot be told apart. */
  gtk_editable_set_text (
      GTK_EDITABLE (ann_ui_test_find_named (GTK_WIDGET (get_row (fixture, 1)), "concat-key")),
      "concat-a");
  ann_ui_test_wait_until (says (fixture, "“concat-a” is there twice"));
  g_assert_false (can_write (fixture));

  add (fixture, missing);
  ann_ui_test_wait_until (says (fixture, "“nowhere.h5ad” cannot be opened"));
  ann_ui_test_screenshot (fixture->dialog, "concat-missing");
  gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, 1)), "part.remove", NULL);
  gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, 1)), "part.remove", NULL);
  g_assert_null (get_row (fixture, 1));
  ann_ui_test_wait_until (says (fixture, "two or more"));
  g_remove (copy);
}

/* A set names its parts, where they have the same genes. */
static void
test_set (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy = g_build_filename (folder, "copy.h5ad", NULL);
  g_autoptr (AnnData) data = NULL;
  g_autofree char *content = NULL;
  g_autofree char *key = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (STORE_A, &content, &length, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize) length, NULL));
  add_both (fixture);
  choose (fixture, "concat-var");
  choose_item (fixture, "concat-format", 3);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (find (fixture, "concat-obs"))));
  ann_ui_test_wait_until (says (fixture, "cannot be a set"));
  g_assert_false (can_write (fixture));

  gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, 1)), "part.remove", NULL);
  add (fixture, copy);
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "concat-unique")), TRUE);
  ann_ui_test_wait_until (has_shape (fixture, "66 × 40"));
  data = write_to (fixture, "both.h5ads");
  g_assert_cmpstr (ann_data_get_format (data), ==, "AnnDataSet");
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, 66);
  key = get_cell (data, "obs/batch", 33);
  g_assert_cmpstr (key, ==, "copy");
  g_remove (copy);
}

/* Given up, there is nothing. */
static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *target = g_build_filename (folder, "cancelled", "out.h5ad", NULL);
  g_autofree char *below = g_path_get_dirname (target);

  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  add_both (fixture);
  gtk_widget_activate_action (fixture->dialog, "concat.write-to", "(sb)", target, FALSE);
  ann_write_task_start (fixture->task);
  ann_write_task_cancel (fixture->task);
  ann_ui_test_wait_until (ann_write_task_get_state (fixture->task) != ANN_WRITE_RUNNING);
  g_assert_cmpint (ann_write_task_get_state (fixture->task), ==, ANN_WRITE_CANCELLED);
  /* So it is empty. */
  g_assert_cmpint (g_rmdir (below), ==, 0);
}

/* ---- As code ---- */

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* What is on the clipboard after @action. */
static char *
copy (Fixture *fixture, const char *action)
{
  char *text = NULL;

  gtk_widget_activate_action (fixture->dialog, action, NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (fixture->dialog), NULL, on_text, &text);
  ann_ui_test_wait_until (text != NULL);
  g_test_message ("%s", text);

  return text;
}

static char *
run_shell (const char *line)
{
  g_autofree char *bin = g_path_get_dirname (ANN_PROGRAM);
  g_autofree char *path = g_strconcat (bin, ":", g_getenv ("PATH"), NULL);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "PATH", path, TRUE);
  char *arguments[] = { "sh", "-c", (char *) line, NULL };
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (folder, arguments, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", line, errors);

  return output;
}

static char *
digest (const char *name)
{
  g_autofree char *line = g_strdup_printf ("ann digest -q --json %s", name);
  g_autofree char *output = run_shell (line);
  const char *elements = strstr (output, "\"elements\"");

  /* What stands before tells the name of the store. */
  g_assert_nonnull (elements);

  return g_strdup (elements);
}

/* All that can be said, in words that need quotes. */
static void
set_all (Fixture *fixture)
{
  add_both (fixture);
  choose (fixture, "concat-outer");
  choose_item (fixture, "concat-merge", ANN_MERGE_FIRST);
  choose_item (fixture, "concat-uns", ANN_MERGE_UNIQUE);
  type (fixture, "concat-label", "where \"it\" is from");
  type (fixture, "concat-separator", "'");
  type (fixture, "concat-fill", "-1.5");
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "concat-unique")), TRUE);
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "concat-pairwise")), TRUE);
  gtk_editable_set_text (
      GTK_EDITABLE (ann_ui_test_find_named (GTK_WIDGET (get_row (fixture, 1)), "concat-key")),
      "b $HOME");
  ann_ui_test_wait_until (can_write (fixture));
}

/* The command writes what the dialog writes. */
static void
test_command (Fixture *fixture, gconstpointer plain)
{
  g_autofree char *command = NULL;
  g_autofree char *output = NULL;
  g_autofree char *by_command = NULL;
  g_autofree char *by_dialog = NULL;
  g_autoptr (AnnData) data = NULL;

  if (plain != NULL)
    add_both (fixture);
  else
    set_all (fixture);
  command = copy (fixture, "concat.copy-command");
  output = run_shell (command);
  by_command = digest ("concatenated.h5ad");
  data = write_to (fixture, "by-dialog.h5ad");
  by_dialog = digest ("by-dialog.h5ad");
  g_assert_cmpstr (by_command, ==, by_dialog);
  g_free (run_shell ("rm concatenated.h5ad by-dialog.h5ad"));
}

/* Whether two stores have the same values. Python sorts the indices of a row and the categories
 * that it makes of texts in its own way, so that their digests may differ.
 */
static const char comparison[]
    = "import anndata as ad, numpy as np\n"
      "a, b = ad.read_h5ad('concatenated.h5ad'), ad.read_h5ad('by-dialog.h5ad')\n"
      "def dense(x): return x.toarray() if hasattr(x, 'toarray') else np.asarray(x)\n"
      "def same(x, y): np.testing.assert_array_equal(dense(x), dense(y))\n"
      "def table(x, y):\n"
      "    assert list(x.index) == list(y.index) and list(x) == list(y), (x, y)\n"
      "    assert x.astype(str).equals(y.astype(str)), (x, y)\n"
      "def mapping(x, y):\n"
      "    assert set(x) == set(y), (x, y)\n"
      "    for key in x: same(x[key], y[key])\n"
      "table(a.obs, b.obs); table(a.var, b.var); same(a.X, b.X)\n"
      "table(a.raw.var, b.raw.var); same(a.raw.X, b.raw.X)\n"
      "for name in 'layers', 'obsm', 'varm', 'obsp', 'varp':\n"
      "    mapping(getattr(a, name), getattr(b, name))\n"
      "assert str(a.uns) == str(b.uns), (a.uns, b.uns)\n";

static void
test_python (Fixture *fixture, gconstpointer plain)
{
  g_autofree char *script = g_build_filename (folder, "concat.py", NULL);
  g_autofree char *compare = g_build_filename (folder, "compare.py", NULL);
  g_autofree char *code = NULL;
  g_autoptr (AnnData) data = NULL;

  if (plain != NULL)
    add_both (fixture);
  else
    set_all (fixture);
  code = copy (fixture, "concat.copy-python");
  g_assert_nonnull (strstr (code, "ad.read_h5ad(\"" STORE_A "\")"));
  g_assert_nonnull (strstr (code, "ad.read_zarr(\"" STORE_B "\")"));
  if (!python_runner_start ())
    {
      g_test_skip ("ANN_TEST_PYTHON names no Python that has anndata");
      return;
    }
  g_assert_true (g_file_set_contents (script, code, -1, NULL));
  g_assert_true (g_file_set_contents (compare, comparison, -1, NULL));
  python_runner_run (script);
  data = write_to (fixture, "by-dialog.h5ad");
  python_runner_run (compare);
  g_free (run_shell ("rm concatenated.h5ad by-dialog.h5ad"));
}

/* What cannot be said cannot be copied. */
static void
test_no_code (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GdkContentProvider) nothing = gdk_content_provider_new_typed (G_TYPE_STRING, "-");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->dialog);
  GdkContentProvider *before;

  add_both (fixture);
  gtk_editable_set_text (
      GTK_EDITABLE (ann_ui_test_find_named (GTK_WIDGET (get_row (fixture, 1)), "concat-key")),
      "b,c");
  ann_ui_test_wait_until (can_write (fixture));
  gdk_clipboard_set_content (clipboard, nothing);
  before = gdk_clipboard_get_content (clipboard);
  gtk_widget_activate_action (fixture->dialog, "concat.copy-command", NULL);
  g_assert_true (gdk_clipboard_get_content (clipboard) == before);
  gtk_widget_activate_action (fixture->dialog, "concat.copy-python", NULL);
  g_assert_true (gdk_clipboard_get_content (clipboard) != before);
}

/* From the window: its stores are joined, and the result is opened from the row that says it is
 * there.
 */
static void
test_window (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (STORE_A);
  g_autoptr (GFile) other = g_file_new_for_path (STORE_B);
  g_autofree char *target = g_build_filename (folder, "window.h5ad", NULL);
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWidget *own = fixture->dialog;

  ann_window_open (window, other);
  ann_ui_test_wait_until (ann_document_get_data (ann_window_get_document (window)) != NULL);
  g_action_group_activate_action (G_ACTION_GROUP (window), "concatenate", NULL);
  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (ANN_IS_CONCAT_DIALOG (toplevel) && toplevel != own)
        fixture->dialog = toplevel;
    }
  g_assert_true (fixture->dialog != own);
  ann_ui_test_present (fixture->dialog);
  /* What is shown comes first. */
  g_assert_cmpstr (get_key (fixture, 0), ==, "concat-b-zarr3");
  g_assert_null (get_row (fixture, 1));
  gtk_widget_activate_action (fixture->dialog, "concat.add-open", NULL);
  g_assert_null (get_row (fixture, 2));
  ann_ui_test_wait_until (has_shape (fixture, "56 × 34"));
  ann_ui_test_screenshot (fixture->dialog, "concat-light");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (fixture->dialog, "concat-dark");
  ann_ui_test_set_dark (FALSE);

  gtk_widget_activate_action (fixture->dialog, "concat.write-to", "(sb)", target, FALSE);
  fixture->dialog = own;
  ann_ui_test_wait_until (ann_ui_test_find_named (GTK_WIDGET (window), "write-open") != NULL);
  ann_ui_test_wait_until (
      gtk_widget_get_visible (ann_ui_test_find_named (GTK_WIDGET (window), "write-open")));
  g_signal_emit_by_name (ann_ui_test_find_named (GTK_WIDGET (window), "write-open"), "clicked");
  g_assert_cmpuint (ann_window_get_n_documents (window), ==, 3);
  ann_ui_test_wait_until (ann_document_get_data (ann_window_get_document (window)) != NULL);
  g_assert_cmpstr (ann_document_get_subtitle (ann_window_get_document (window)), ==,
                   "56 cells × 34 genes");
  ann_ui_test_close (GTK_WIDGET (window));
}

int
main (int argc, char **argv)
{
  int status;

  ann_ui_test_init (&argc, &argv);
  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/concat-dialog/plan", test_plan);
  ADD ("/concat-dialog/nothing-shared", test_nothing_shared);
  ADD ("/concat-dialog/never-stale", test_never_stale);
  ADD ("/concat-dialog/write", test_write);
  ADD ("/concat-dialog/order", test_order);
  ADD ("/concat-dialog/list", test_list);
  ADD ("/concat-dialog/set", test_set);
  ADD ("/concat-dialog/cancel", test_cancel);
  ADD ("/concat-dialog/command", test_command);
  ADD ("/concat-dialog/python", test_python);
  g_test_add ("/concat-dialog/command-plain", Fixture, "plain", set_up, test_command, tear_down);
  g_test_add ("/concat-dialog/python-plain", Fixture, "plain", set_up, test_python, tear_down);
  ADD ("/concat-dialog/no-code", test_no_code);
  ADD ("/concat-dialog/window", test_window);

  status = g_test_run ();
  remove_tree (folder);
  g_free (folder);

  return status;
}
