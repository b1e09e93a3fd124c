/* test-overview-page.c: what is wrong in a store comes first
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "models/ann-overview.h"
#include "models/ann-problems.h"
#include "pages/ann-broken-page.h"
#include "pages/ann-overview-page.h"
#include "widgets/ann-problem-list.h"

#include <string.h>

static AnnWindow *
new_window (const char *file)
{
  AnnWindow *window = ann_ui_test_open_store (file);
  AnnDocument *document = ann_window_get_document (window);

  ann_ui_test_wait_until (
      ann_overview_page_is_complete (ANN_OVERVIEW_PAGE (ann_document_get_page_widget (document))));

  return window;
}

static const AnnProblem *
find_problem (GPtrArray *problems, const char *path)
{
  for (guint i = 0; i < problems->len; i++)
    {
      const AnnProblem *problem = problems->pdata[i];

      if (g_str_equal (problem->path, path))
        return problem;
    }

  return NULL;
}

/* Found wherever they are, without the path that is told beside them. */
static void
test_find (void)
{
  static const struct {
    const char *file;
    const char *path;
    const char *words;
  } cases[] = {
    { FIXTURES "/bad/bad-obs-column-short.h5ad", "obs/f", "must be 24" },
    { FIXTURES "/bad/bad-csr-no-indices.h5ad", "X", "indices" },
    { FIXTURES "/bad/bad-layer-other-shape.h5ad", "layers/", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnData) data = ann_data_open (cases[i].file, NULL, &error);
      g_autoptr (GPtrArray) problems = NULL;
      const AnnProblem *first;

      g_assert_no_error (error);
      problems = ann_problems_find (data, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (problems->len, >, 0);
      first = problems->pdata[0];
      g_test_message ("%s: %s", first->path, first->text);
      g_assert_true (first->is_error);
      g_assert_true (g_str_has_prefix (first->path, cases[i].path));
      g_assert_nonnull (strstr (first->text, cases[i].words));
      g_assert_false (g_str_has_prefix (first->text, first->path));
      g_assert_true (find_problem (problems, first->path) == first);
    }
}

/* What an element and the store as a whole say alike is told once. */
static void
test_once (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (FIXTURES "/bad/bad-obs-missing.h5ad", NULL, &error);
  g_autoptr (GPtrArray) problems = NULL;

  g_assert_no_error (error);
  problems = ann_problems_find (data, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (find_problem (problems, "obs"));
  for (guint i = 0; i < problems->len; i++)
    {
      const AnnProblem *problem = g_ptr_array_index (problems, i);

      g_test_message ("%s: %s", problem->path, problem->text);
      g_assert_false (*problem->path == '\0' && g_str_has_prefix (problem->text, "obs: "));
    }
}

static void
test_none (void)
{
  AnnWindow *window = new_window (SAMPLE_STORE);
  AnnData *data = ann_document_get_data (ann_window_get_document (window));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_ui_test_find (GTK_WIDGET (window), ANN_TYPE_PROBLEM_LIST));
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_problems_find (data, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ann_ui_test_close (GTK_WIDGET (window));
}

/* The row is the way to the element, which says more. */
static void
test_row (void)
{
  AnnWindow *window = new_window (FIXTURES "/bad/bad-csr-no-indices.h5ad");
  AnnDocument *document = ann_window_get_document (window);
  AnnProblemList *list = ann_ui_test_find (GTK_WIDGET (window), ANN_TYPE_PROBLEM_LIST);
  GtkWidget *row;

  g_assert_nonnull (list);
  g_assert_cmpuint (ann_problem_list_get_n_rows (list), >, 0);
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "overview-problems");
  row = ann_ui_test_find (GTK_WIDGET (list), ADW_TYPE_ACTION_ROW);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "X");
  g_signal_emit_by_name (row, "activate");
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "X"));
  g_assert_true (ANN_IS_BROKEN_PAGE (ann_document_get_page_widget (document)));
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "broken-page");
  ann_ui_test_close (GTK_WIDGET (window));
}

static const char *
find_row (const AnnOverview *overview, AnnCard card, const char *key)
{
  const GPtrArray *rows = overview->rows[card];

  for (guint i = 0; i + 1 < rows->len; i += 2)
    if (g_str_equal (rows->pdata[i], key))
      return rows->pdata[i + 1];

  return NULL;
}

/* Pointers are only read with the values: nothing is wrong with the element until then. */
static void
test_unreadable_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) good = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_autoptr (AnnData) bad = ann_data_open (FIXTURES "/bad/bad-csr-indptr-first.h5ad", NULL, &error);
  g_autoptr (AnnOverview) good_overview = ann_overview_sample (good, NULL, &error);
  g_autoptr (AnnOverview) bad_overview = ann_overview_sample (bad, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (find_row (bad_overview, ANN_CARD_MATRIX, "Values"), ==, "cannot be read");
  g_assert_null (find_row (bad_overview, ANN_CARD_LAYERS, "raw values"));
  g_assert_null (find_row (good_overview, ANN_CARD_MATRIX, "Values"));
  g_assert_nonnull (find_row (good_overview, ANN_CARD_MATRIX, "Range, sampled"));
}

/* Many do not stand before what one wants to see. */
static void
test_many (void)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();
  AnnProblem problem = { "obs/a<b", TRUE, "It is <broken> & more" };
  GtkWidget *list, *window;

  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (problems, &problem);
  list = ann_problem_list_new (problems);
  window = ann_ui_test_show (list, 600, 400);
  g_assert_cmpuint (ann_problem_list_get_n_rows (ANN_PROBLEM_LIST (list)), ==, 3);
  gtk_widget_activate_action (list, "problems.more", NULL);
  g_assert_cmpuint (ann_problem_list_get_n_rows (ANN_PROBLEM_LIST (list)), ==, 53);
  gtk_widget_activate_action (list, "problems.more", NULL);
  g_assert_cmpuint (ann_problem_list_get_n_rows (ANN_PROBLEM_LIST (list)), ==, 100);
  ann_ui_test_wait_for_frame (window);
  ann_ui_test_close (window);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);

  /* The user's own list of recent stores stays as it is. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/overview-page/find", test_find);
  g_test_add_func ("/overview-page/once", test_once);
  g_test_add_func ("/overview-page/none", test_none);
  g_test_add_func ("/overview-page/row", test_row);
  g_test_add_func ("/overview-page/unreadable-values", test_unreadable_values);
  g_test_add_func ("/overview-page/many", test_many);

  return g_test_run ();
}
