/* test-drop.c: what is dropped on the window
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes are those that another program would send; GDK makes values of them, which the window's
 * drop target is given. Without a window manager there is nobody to drop for GTK.
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "web-server.h"

typedef struct {
  WebServer server;
  char *address;
  AnnWindow *window;
} Fixture;

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

/* The only one in the window that takes files. */
static GtkDropTarget *
find_target (GtkWidget *root)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (root);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller)
          && gdk_content_formats_contain_gtype (
              gtk_drop_target_get_formats (GTK_DROP_TARGET (controller)), GDK_TYPE_FILE_LIST))
        return GTK_DROP_TARGET (controller);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkDropTarget *target = find_target (child);

      if (target != NULL)
        return target;
    }

  return NULL;
}

/* As GTK does it: of what the source offers, the first type that the target takes. */
static gboolean
drop (Fixture *fixture, const char *mime_type, const char *bytes)
{
  GtkDropTarget *target = find_target (GTK_WIDGET (fixture->window));
  g_autoptr (GdkContentFormats) offered = gdk_content_formats_union_deserialize_gtypes (
      gdk_content_formats_new (&mime_type, 1));
  const GType type = gdk_content_formats_match_gtype (gtk_drop_target_get_formats (target),
                                                      offered);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (bytes, -1, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  gboolean is_taken = FALSE;

  g_assert_cmpuint (type, !=, G_TYPE_INVALID);
  gdk_content_deserialize_async (stream, mime_type, type, G_PRIORITY_DEFAULT, NULL,
                                 ann_ui_test_take_result, &result);
  ann_ui_test_wait_until (result != NULL);
  g_value_init (&value, type);
  g_assert_true (gdk_content_deserialize_finish (result, &value, &error));
  g_assert_no_error (error);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &is_taken);

  return is_taken;
}

static void
check_open (Fixture *fixture, const char *title)
{
  AnnDocument *document = ann_window_get_document (fixture->window);

  g_assert_nonnull (document);
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));
  g_assert_cmpstr (ann_document_get_title (document), ==, title);
}

/* From a file manager. */
static void
test_files (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *sample = g_filename_to_uri (SAMPLE_STORE, NULL, NULL);
  g_autofree char *folder = g_filename_to_uri (PAGE_STORES "/cells-zarr", NULL, NULL);
  g_autofree char *one = g_strconcat (sample, "\r\n", NULL);
  g_autofree char *both = g_strconcat (sample, "\r\n", folder, "\r\n", NULL);

  g_assert_true (drop (fixture, "text/uri-list", one));
  check_open (fixture, "pbmc68k_reduced.h5ad");
  g_assert_true (drop (fixture, "text/uri-list", both));
  check_open (fixture, "cells-zarr");
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 2);
}

/* From a browser's page, or its line of addresses. */
static void
test_link (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *line = g_strconcat (fixture->address, "\r\n", NULL);

  g_assert_true (drop (fixture, "text/uri-list", line));
  check_open (fixture, "cells-zarr");
}

static void
test_text (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *lines = g_strconcat ("  ", fixture->address, "\n" SAMPLE_STORE "\n", NULL);

  g_assert_false (drop (fixture, "text/plain;charset=utf-8", "no address at all"));
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 0);
  g_assert_true (drop (fixture, "text/plain;charset=utf-8", lines));
  check_open (fixture, "pbmc68k_reduced.h5ad");
  g_assert_cmpuint (ann_window_get_n_documents (fixture->window), ==, 2);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/drop/files", test_files);
  ADD ("/drop/link", test_link);
  ADD ("/drop/text", test_text);

  return g_test_run ();
}
