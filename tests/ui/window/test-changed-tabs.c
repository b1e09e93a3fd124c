/* test-changed-tabs.c: a store in two tabs that somebody else writes to
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* memmem */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "pages/ann-status-page.h"
#include "pages/ann-table-page.h"
#include "widgets/ann-banner.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define VALUE "uns/deep/a/c"
#define OLD "text"
#define NEW "word"

/* The store, and the same one by a link to its folder: a name of its own, so a tab of its own. */
static char *folder, *store, *link_folder, *store_by_link, *list;

static char *old_bytes, *new_bytes;
static gsize length;

static void
load (void)
{
  const char *last;
  char *place;

  g_assert_true (g_file_get_contents (PAGE_STORES "/pages-10240.h5ad", &old_bytes, &length, NULL));
  new_bytes = g_memdup2 (old_bytes, length);
  place = memmem (new_bytes, length, OLD, strlen (OLD));
  g_assert_nonnull (place);
  memcpy (place, NEW, strlen (NEW));
  last = memmem (new_bytes, length, OLD, strlen (OLD));
  g_assert_null (last);
}

static void
write_in_place (const char *bytes)
{
  FILE *file = g_fopen (store, "r+");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Another file of the same name. */
static void
replace (const char *bytes)
{
  g_assert_true (g_file_set_contents (store, bytes, (gssize) length, NULL));
}

/* ---- Two tabs ---- */

static AnnDocument *
open_path (AnnWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  AnnDocument *document;

  ann_window_open (window, file);
  document = ann_window_get_document (window);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));

  return document;
}

static void
show (AnnDocument *document, const char *path)
{
  ann_store_view_show_element (ann_document_get_view (document), path);
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), path));
}

static void
bring_up (AnnWindow *window, AnnDocument *document)
{
  g_assert_true (ann_window_select (window, ann_document_get_file (document)));
  g_assert_true (ann_window_get_document (window) == document);
}

static gboolean
is_banner_seen (AnnDocument *document)
{
  return ann_banner_get_revealed (
      ANN_BANNER (ann_ui_test_find_named (GTK_WIDGET (document), "changed-banner")));
}

/* What its page has of the value, which may be new: or why it has none. */
static char *
get_value (AnnDocument *document)
{
  GtkWidget *page = ann_document_get_page_widget (document);
  AnnStatusPage *status = ann_ui_test_find_named (page, "value-status");
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (status), GTK_TYPE_STACK);
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  ann_ui_test_wait_until (
      !g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "waiting"));
  if (g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "status"))
    return g_strdup (ann_status_page_get_text (status));

  buffer = gtk_text_view_get_buffer (ann_ui_test_find_named (page, "value-text"));
  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
assert_value (AnnDocument *document, const char *value)
{
  g_autofree char *text = NULL;

  show (document, VALUE);
  text = get_value (document);
  g_assert_cmpstr (text, ==, value);
}

static void
reload (AnnWindow *window, AnnDocument *document)
{
  bring_up (window, document);
  g_action_group_activate_action (G_ACTION_GROUP (window), "reload", NULL);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));
  g_assert_false (is_banner_seen (document));
}

typedef struct {
  AnnWindow *window;
  AnnDocument *first;  /* shows the value */
  AnnDocument *second; /* has it in its tree */
} Fixture;

static void
set_up (Fixture *fixture)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));

  replace (old_bytes);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  ann_ui_test_present (window);
  fixture->window = ANN_WINDOW (window);
  fixture->first = open_path (fixture->window, store);
  assert_value (fixture->first, OLD);
  fixture->second = open_path (fixture->window, store_by_link);
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 2);
  show (fixture->second, "uns/deep/a/b");
}

/* Both say so; who reloads has the new value, and the other one still says so. */
static void
reload_first (Fixture *fixture)
{
  ann_ui_test_wait_until (is_banner_seen (fixture->first) && is_banner_seen (fixture->second));
  reload (fixture->window, fixture->first);
  assert_value (fixture->first, NEW);
  g_assert_true (is_banner_seen (fixture->second));
  bring_up (fixture->window, fixture->second);
}

static void
reload_second (Fixture *fixture)
{
  reload (fixture->window, fixture->second);
  assert_value (fixture->second, NEW);
  assert_value (fixture->first, NEW);
  g_assert_false (is_banner_seen (fixture->first));
  ann_ui_test_close (GTK_WIDGET (fixture->window));
}

/* Bytes that are read now are not those that belong to what was read before: none are shown. */
static void
test_rewritten (void)
{
  Fixture fixture;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *why = NULL;
  AnnTablePage *page;
  AnnTableCell cell = { ANN_CELL_LOADING };

  set_up (&fixture);
  write_in_place (new_bytes);
  reload_first (&fixture);

  show (fixture.second, VALUE);
  why = get_value (fixture.second);
  g_assert_cmpstr (why, ==, VALUE ": The file was changed since it was opened; open it again");

  show (fixture.second, "uns/numbers");
  page = ANN_TABLE_PAGE (ann_document_get_page_widget (fixture.second));
  ann_ui_test_wait_for_frame (GTK_WIDGET (fixture.window));
  ann_ui_test_wait_until (ann_table_page_is_idle (page));
  ann_table_model_get_cell (ann_table_view_get_model (ann_table_page_get_view (page)), 0, 0, &cell,
                            text);
  g_assert_cmpint (cell.state, ==, ANN_CELL_INVALID);

  reload_second (&fixture);
}

/* The file that was opened is no longer in its folder, but as it was: whole, and all of it old. */
static void
test_replaced (void)
{
  Fixture fixture;

  set_up (&fixture);
  replace (new_bytes);
  reload_first (&fixture);
  assert_value (fixture.second, OLD);
  g_assert_true (is_banner_seen (fixture.second));
  reload_second (&fixture);
}

int
main (int argc, char **argv)
{
  int status;

  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  store = g_build_filename (folder, "store.h5ad", NULL);
  link_folder = g_build_filename (folder, "link", NULL);
  store_by_link = g_build_filename (link_folder, "store.h5ad", NULL);
  list = g_build_filename (folder, "annbrowser", "recents", NULL);
  g_assert_cmpint (symlink (folder, link_folder), ==, 0);
  /* The user's own list of recent stores stays as it is. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);
  load ();

  g_test_add_func ("/changed-tabs/rewritten", test_rewritten);
  g_test_add_func ("/changed-tabs/replaced", test_replaced);
  status = g_test_run ();

  g_remove (list);
  *strrchr (list, '/') = '\0';
  g_rmdir (list);
  g_remove (store);
  g_remove (link_folder);
  g_rmdir (folder);
  g_free (folder);
  g_free (store);
  g_free (link_folder);
  g_free (store_by_link);
  g_free (list);
  g_free (old_bytes);
  g_free (new_bytes);

  return status;
}
