/* ann-file-manager.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-file-manager.h"

#include "ann-weak.h"

#include <glib/gi18n.h>

typedef struct {
  GFile *file;
  AnnWeak *widget;
} Request;

static void
say_failure (GtkWidget *widget, const GError *error)
{
  g_autofree char *text = NULL;

  /* Translators: %s is a sentence that says why. */
  text = g_strdup_printf (_ ("The folder cannot be shown: %s"), error->message);
  gtk_widget_activate_action (widget, "win.show-message", "s", text);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error) && widget != NULL
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say_failure (widget, error);
}

/* Any program that shows folders will do; it does not select the file. */
static void
show_folder (GFile *file, GtkWidget *widget)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder != NULL ? folder : file);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (GTK_IS_WINDOW (root))
    gtk_show_uri_full (GTK_WINDOW (root), uri, GDK_CURRENT_TIME, NULL, on_shown,
                       ann_weak_new (widget));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GFile) file = request->file;
  g_autoptr (GtkWidget) widget = ann_weak_take (request->widget);
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result,
                                                               NULL);

  g_free (request);
  if (answer == NULL && widget != NULL)
    show_folder (file, widget);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autofree char *uri = g_file_get_uri (request->file);
  const char *uris[] = { uri, NULL };

  if (bus != NULL)
    {
      g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                              "org.freedesktop.FileManager1", "ShowItems",
                              g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                              NULL, on_asked, request);
      return;
    }

  {
    g_autoptr (GFile) file = request->file;
    g_autoptr (GtkWidget) widget = ann_weak_take (request->widget);

    g_free (request);
    if (widget != NULL)
      show_folder (file, widget);
  }
}

/**
 * ann_file_manager_show:
 * @file: a file or a folder
 * @widget: in the window that says if it cannot be
 *
 * Shows where it is, selected if the file manager can do that.
 */
void
ann_file_manager_show (GFile *file, GtkWidget *widget)
{
  Request *request = g_new0 (Request, 1);

  request->file = g_object_ref (file);
  request->widget = ann_weak_new (widget);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, request);
}
