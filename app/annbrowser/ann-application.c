/* ann-application.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-application.h"

#include "ann-ui.h"
#include "ann-window.h"
#include "dialogs/ann-preferences-window.h"
#include "models/ann-recents.h"
#include "models/ann-settings.h"

#include <glib/gi18n.h>

struct _AnnApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (AnnApplication, ann_application, ADW_TYPE_APPLICATION)

/* The window that the user had last; a new one if there is none. */
static AnnWindow *
get_window (AnnApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (ANN_IS_WINDOW (l->data))
      return l->data;

  return ANN_WINDOW (ann_window_new (GTK_APPLICATION (self)));
}

/* ---- Actions ---- */

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (ann_window_new (user_data)));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (user_data);

  gtk_window_present (GTK_WINDOW (ann_preferences_window_new (parent)));
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (ANN_UI_RESOURCE_PATH
                                                                  "/dialogs/ann-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, gtk_application_get_active_window (user_data));
  gtk_window_present (window);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *const developers[] = { _ ("The AnnBrowser developers"), NULL };

  adw_show_about_window (
      gtk_application_get_active_window (user_data), "application-name", "AnnBrowser",
      "application-icon", "com.example.AnnBrowser", "version", ANNBROWSER_VERSION, "comments",
      _ ("Look into annotated matrices of any size"), "license-type", GTK_LICENSE_APACHE_2_0,
      "developers", developers, "developer-name", _ ("The AnnBrowser developers"), NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  /* Closed rather than left, so that each can save where it was. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = on_new_window },
  { .name = "preferences", .activate = on_preferences },
  { .name = "shortcuts", .activate = on_shortcuts },
  { .name = "about", .activate = on_about },
  { .name = "quit", .activate = on_quit },
};

/* GNOME's standard keys first. Those that a widget handles itself are not here. */
static const struct {
  const char *action;
  const char *accels[3];
} keys[] = {
  { "app.new-window", { "<Control>n" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "<Control>question" } },
  { "app.quit", { "<Control>q" } },
  { "win.open", { "<Control>o", "<Control>t" } },
  { "win.open-folder", { "<Control><Shift>o" } },
  { "win.open-location", { "<Control>l" } },
  { "win.export", { "<Control>e" } },
  { "win.concatenate", { "<Control><Shift>e" } },
  { "win.close-tab", { "<Control>w" } },
  { "win.sidebar", { "F9" } },
  { "win.inspector", { "F4", "<Alt>Return" } },
  { "win.statistics", { "<Control><Shift>s" } },
  { "win.search-elements", { "<Control>f" } },
  { "win.filter", { "<Control><Shift>f" } },
  { "win.go-back", { "<Alt>Left" } },
  { "win.go-forward", { "<Alt>Right" } },
  { "win.copy-path", { "<Control><Shift>c" } },
  { "win.reload", { "F5", "<Control>r" } },
  { "win.fullscreen", { "F11" } },
};

/* ---- The application ---- */

static void
ann_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (ann_application_parent_class)->startup (application);

  ann_ui_init ();
  ann_settings_apply ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (application), keys[i].action,
        (const char *const[]){ keys[i].accels[0], keys[i].accels[1], NULL });
}

static void
ann_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (ANN_APPLICATION (application))));
}

static void
ann_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  AnnWindow *window = get_window (ANN_APPLICATION (application));

  /* The stores begin to open before the window is there to be shown. */
  for (int i = 0; i < n_files; i++)
    ann_window_open (window, files[i]);
  gtk_window_present (GTK_WINDOW (window));
}

static void
ann_application_class_init (AnnApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = ann_application_startup;
  application_class->activate = ann_application_activate;
  application_class->open = ann_application_open;
}

static void
ann_application_init (AnnApplication *self)
{
  static const GOptionEntry options[] = { { "version", 'v', 0, G_OPTION_ARG_NONE, NULL,
                                            N_ ("Show the version"), NULL },
                                          { NULL, 0, 0, 0, NULL, NULL, NULL } };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[STORE…]"));
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _ ("Look into annotated matrices of any size."));
}

static int
on_local_options (GApplication *application, GVariantDict *options, gpointer user_data)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;

  g_print ("annbrowser %s\n", ANNBROWSER_VERSION);

  return 0;
}

/**
 * ann_application_new:
 * @application_id: (nullable): the name on the bus
 * @flags: flags besides those that it always has
 *
 * Returns: (transfer full): the application
 */
AnnApplication *
ann_application_new (const char *application_id, GApplicationFlags flags)
{
  AnnApplication *self = g_object_new (ANN_TYPE_APPLICATION, "application-id", application_id,
                                       "flags", G_APPLICATION_HANDLES_OPEN | flags,
                                       "resource-base-path", ANN_UI_RESOURCE_PATH, NULL);

  g_signal_connect (self, "handle-local-options", G_CALLBACK (on_local_options), NULL);

  return self;
}
