/* test-sets.c: sets of stores whose parts are somewhere else
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-export-dialog.h"
#include "pages/ann-heatmap-page.h"
#include "widgets/ann-banner.h"
#include "widgets/ann-filter-bar.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder;
  char *set;
  char *parts[2];
  char *elsewhere;
  char *moved;
} Fixture;

static void
copy (const char *from, const char *to)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A set of two, the second of which was moved to another folder. */
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  char *keys[] = { "first", "second", NULL };
  g_autoptr (AnnConcatOptions) options = ann_concat_options_new ();
  g_autoptr (GError) error = NULL;
  AnnData *parts[2];

  fixture->folder = g_dir_make_tmp ("annbrowser-sets-XXXXXX", NULL);
  fixture->set = g_build_filename (fixture->folder, "both.h5ads", NULL);
  fixture->elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  fixture->moved = g_build_filename (fixture->elsewhere, "second.h5ad", NULL);
  g_assert_cmpint (g_mkdir (fixture->elsewhere, 0700), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strconcat (keys[i], ".h5ad", NULL);

      fixture->parts[i] = g_build_filename (fixture->folder, name, NULL);
      copy (SAMPLE_STORE, fixture->parts[i]);
      parts[i] = ann_data_open (fixture->parts[i], NULL, &error);
      g_assert_no_error (error);
    }
  options->keys = g_strdupv (keys);
  ann_data_set_write (fixture->set, parts, 2, options, FALSE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    g_object_unref (parts[i]);
  g_assert_cmpint (g_rename (fixture->parts[1], fixture->moved), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_remove (fixture->moved);
  g_remove (fixture->elsewhere);
  g_remove (fixture->parts[0]);
  g_remove (fixture->set);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->set);
  g_free (fixture->parts[0]);
  g_free (fixture->parts[1]);
  g_free (fixture->elsewhere);
  g_free (fixture->moved);
}

static void
test_locate (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (fixture->set);
  AnnDocument *document = ann_window_get_document (window);
  AnnBanner *banner = ann_ui_test_find_named (GTK_WIDGET (window), "parts-banner");
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->elsewhere);

  g_assert_true (ann_banner_get_revealed (banner));
  g_assert_cmpstr (ann_banner_get_text (banner), ==, "1 of 2 parts is missing: “second”");
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "locate-parts"));
  ann_ui_test_wait_until (gtk_widget_get_height (GTK_WIDGET (banner)) > 30);
  ann_ui_test_screenshot (GTK_WIDGET (window), "set-missing");

  ann_document_locate_parts (document, folder);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));
  g_assert_false (ann_banner_get_revealed (banner));
  g_assert_cmpstr (ann_document_get_subtitle (document), ==, "1 400 cells × 765 genes");
  g_assert_cmpuint (ann_data_get_n_obs (ann_document_get_data (document)), ==, 1400);
  ann_ui_test_close (GTK_WIDGET (window));
}

/* What is only shown as missing was never measured: it is not written, and the dialog says why. */
static void
test_export (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (fixture->set);
  GtkWidget *dialog;
  GtkLabel *plan;
  GtkWidget *button;

  g_action_group_activate_action (G_ACTION_GROUP (window), "export", NULL);
  ann_ui_test_wait_until (ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG) != NULL);
  dialog = ann_ui_test_find_toplevel (ANN_TYPE_EXPORT_DIALOG);
  plan = ann_ui_test_find_named (dialog, "export-plan");
  ann_ui_test_wait_until (strstr (gtk_label_get_text (plan), "“second”") != NULL);
  g_assert_nonnull (strstr (gtk_label_get_text (plan), "700 of 1400 rows have no values"));
  g_assert_null (ann_export_dialog_get_draft (ANN_EXPORT_DIALOG (dialog)));
  button = ann_ui_test_find_named (dialog, "export-export");
  g_assert_false (gtk_widget_is_sensitive (button));
  ann_ui_test_wait_until (gtk_widget_get_height (dialog) > 100);
  ann_ui_test_wait_for_frame (dialog);
  /* However long a message is, all of it is there, and the dialog is as wide as it always is. */
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (plan)));
  g_assert_cmpint (gtk_widget_get_width (dialog), <=, 530);
  ann_ui_test_screenshot (dialog, "set-missing-export");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ann_ui_test_close (GTK_WIDGET (window));
}

/* The rows of the missing part are covered in the picture, which says what that means. */
static void
test_heatmap (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (fixture->set);
  AnnDocument *document = ann_window_get_document (window);
  AnnHeatmapView *view;
  AnnHeatmapPoint point;
  GtkWidget *key;

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-element",
                                  g_variant_new_string ("X"));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "X"));
  view = ann_heatmap_page_get_view (ANN_HEATMAP_PAGE (ann_document_get_page_widget (document)));
  ann_ui_test_wait_until (ann_heatmap_view_is_complete (view));
  ann_ui_test_wait_until (ann_ui_test_find_named (GTK_WIDGET (window), "heatmap-missing") != NULL);
  key = ann_ui_test_find_named (GTK_WIDGET (window), "heatmap-missing");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (key))), ==,
                   "700 rows of missing parts");

  ann_heatmap_view_set_crosshair (view, 699, 3);
  g_assert_true (ann_heatmap_view_get_point (view, &point));
  g_assert_false (point.is_missing);
  ann_heatmap_point_clear (&point);
  ann_heatmap_view_set_crosshair (view, 700, 3);
  g_assert_true (ann_heatmap_view_get_point (view, &point));
  g_assert_true (point.is_missing);
  ann_heatmap_point_clear (&point);
  ann_ui_test_wait_for_frame (GTK_WIDGET (window));
  ann_ui_test_screenshot (GTK_WIDGET (window), "set-missing-heatmap");
  ann_ui_test_close (GTK_WIDGET (window));
}

/* The rows that it leaves out might belong to what it finds. */
static void
test_filter (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (fixture->set);
  AnnDocument *document = ann_window_get_document (window);
  AnnFilterBar *bar;

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-element",
                                  g_variant_new_string ("obs"));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), "obs"));
  bar = ann_ui_test_find (GTK_WIDGET (window), ANN_TYPE_FILTER_BAR);
  ann_filter_bar_apply (bar, "n_genes > 100");
  ann_ui_test_wait_until (!ann_filter_bar_is_busy (bar));
  g_assert_cmpstr (ann_filter_bar_get_message (bar), ==,
                   "700 rows of missing parts could not be looked at");
  ann_ui_test_screenshot (GTK_WIDGET (window), "set-missing-filter");
  ann_filter_bar_apply (bar, "sample == \"first\"");
  ann_ui_test_wait_until (!ann_filter_bar_is_busy (bar));
  g_assert_cmpstr (ann_filter_bar_get_message (bar), ==, "");
  ann_ui_test_close (GTK_WIDGET (window));
}

/* Any other store has no parts. */
static void
test_none (Fixture *fixture, gconstpointer unused)
{
  AnnWindow *window = ann_ui_test_open_store (SAMPLE_STORE);

  g_assert_false (
      ann_banner_get_revealed (ann_ui_test_find_named (GTK_WIDGET (window), "parts-banner")));
  ann_ui_test_close (GTK_WIDGET (window));
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/sets/locate", test_locate);
  ADD ("/sets/export", test_export);
  ADD ("/sets/filter", test_filter);
  ADD ("/sets/heatmap", test_heatmap);
  ADD ("/sets/none", test_none);

  return g_test_run ();
}
