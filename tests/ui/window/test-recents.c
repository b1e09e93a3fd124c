/* test-recents.c: the list of stores that were open
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "models/ann-recents.h"
#include "pages/ann-start-page.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder;
  char *path;
  AnnData *data;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "new", "recents", NULL);
  fixture->data = ann_data_open (SAMPLE_STORE, NULL, NULL);
  g_assert_nonnull (fixture->data);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *new = g_path_get_dirname (fixture->path);

  g_remove (fixture->path);
  g_rmdir (new);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_object_unref (fixture->data);
}

static AnnRecents *
load (Fixture *fixture)
{
  AnnRecents *recents = ann_recents_new (fixture->path);

  ann_ui_test_wait_until (ann_recents_is_loaded (recents));

  return recents;
}

static void
add (AnnRecents *recents, const char *path, AnnData *data)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  ann_recents_add (recents, file, data);
}

static guint
count (AnnRecents *recents)
{
  return g_list_model_get_n_items (ann_recents_get_model (recents));
}

static AnnRecent *
get (AnnRecents *recents, guint position)
{
  g_autoptr (AnnRecent) recent = g_list_model_get_item (ann_recents_get_model (recents), position);

  return recent;
}

static void
test_kept (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnRecents) recents = load (fixture);
  g_autoptr (AnnRecents) again = NULL;
  g_autofree char *shape = NULL;

  g_assert_cmpuint (count (recents), ==, 0);
  add (recents, SAMPLE_STORE, fixture->data);
  add (recents, "/gone/ä [x].h5ad", fixture->data);
  add (recents, SAMPLE_STORE, fixture->data); /* again: first, and once */
  ann_ui_test_wait_until (!ann_recents_is_saving (recents));

  again = load (fixture);
  g_assert_cmpuint (count (again), ==, 2);
  g_assert_cmpstr (ann_recent_get_name (get (again, 0)), ==, "pbmc68k_reduced.h5ad");
  g_assert_cmpstr (ann_recent_get_name (get (again, 1)), ==, "ä [x].h5ad");
  g_assert_cmpstr (ann_recent_get_folder (get (again, 1)), ==, "/gone");
  shape = ann_recent_get_shape_text (get (again, 0));
  g_assert_cmpstr (shape, ==, "700 × 765");

  /* One of them is not there any more; it is told and kept. */
  ann_ui_test_wait_until (ann_recent_is_missing (get (again, 1)));
  g_assert_false (ann_recent_is_missing (get (again, 0)));
}

/* What is opened before the file has been read comes before what is in the file. */
static void
test_early (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnRecents) first = load (fixture);
  g_autoptr (AnnRecents) second = NULL;
  g_autoptr (AnnRecents) third = NULL;

  add (first, "/a.h5ad", fixture->data);
  add (first, "/b.h5ad", fixture->data);
  ann_ui_test_wait_until (!ann_recents_is_saving (first));

  second = ann_recents_new (fixture->path);
  add (second, "/a.h5ad", fixture->data);
  g_assert_false (ann_recents_is_loaded (second));
  ann_ui_test_wait_until (ann_recents_is_loaded (second) && !ann_recents_is_saving (second));

  third = load (fixture);
  g_assert_cmpuint (count (third), ==, 2);
  g_assert_cmpstr (ann_recent_get_name (get (third, 0)), ==, "a.h5ad");
}

static void
test_forget (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnRecents) recents = load (fixture);
  g_autoptr (AnnRecents) again = NULL;
  g_autoptr (GFile) moved = g_file_new_for_path (SAMPLE_STORE);

  add (recents, "/a.h5ad", fixture->data);
  add (recents, "/b.h5ad", fixture->data);
  add (recents, "/c.h5ad", fixture->data);
  ann_recents_remove (recents, get (recents, 0));
  ann_recents_relocate (recents, get (recents, 0), moved);
  ann_ui_test_wait_until (!ann_recents_is_saving (recents));

  again = load (fixture);
  g_assert_cmpuint (count (again), ==, 2);
  g_assert_cmpstr (ann_recent_get_name (get (again, 0)), ==, "pbmc68k_reduced.h5ad");
  ann_recents_clear (again);
  ann_ui_test_wait_until (!ann_recents_is_saving (again));
  g_clear_object (&again);
  again = load (fixture);
  g_assert_cmpuint (count (again), ==, 0);
}

/* A file that somebody else has spoilt is no reason not to start. */
static void
test_garbage (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *new = g_path_get_dirname (fixture->path);
  g_autoptr (AnnRecents) recents = NULL;

  g_assert_cmpint (g_mkdir (new, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "[a]\nuri=\n[b]\nno\xff\n", -1, NULL));
  recents = load (fixture);
  g_assert_cmpuint (count (recents), ==, 0);
}

static guint
count_rows (GtkWidget *page)
{
  GtkWidget *list = ann_ui_test_find_named (page, "recent-list");
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (list); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += GTK_IS_LIST_BOX_ROW (child);

  return n;
}

static void
test_page (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnRecents) recents = load (fixture);
  GtkWidget *page = ann_start_page_new (recents);
  GtkWidget *window = ann_ui_test_show (page, 1280, 800);
  GtkWidget *search;

  g_assert_cmpuint (count_rows (page), ==, 0);
  add (recents, SAMPLE_STORE, fixture->data);
  add (recents, "/gone/embryo_e85.h5ad", fixture->data);
  g_assert_cmpuint (count_rows (page), ==, 2);
  ann_recents_check (recents);
  ann_ui_test_wait_until (ann_recent_is_missing (get (recents, 0)));
  ann_ui_test_wait_for_frame (page);
  ann_ui_test_screenshot (window, "start-recents");

  search = ann_ui_test_find (page, GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (search), "PBMC");
  ann_ui_test_wait_until (count_rows (page) == 1);
  gtk_editable_set_text (GTK_EDITABLE (search), "");
  ann_ui_test_wait_until (count_rows (page) == 2);
  gtk_widget_activate_action (page, "recents.clear", NULL);
  g_assert_cmpuint (count_rows (page), ==, 0);
  ann_ui_test_wait_until (!ann_recents_is_saving (recents));
  ann_ui_test_close (window);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/recents/kept", test_kept);
  ADD ("/recents/early", test_early);
  ADD ("/recents/forget", test_forget);
  ADD ("/recents/garbage", test_garbage);
  ADD ("/recents/page", test_page);

  return g_test_run ();
}
