/* ann-window-open.c: stores that are chosen, typed, dropped, or were open before
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-window-private.h"

#include "dialogs/ann-chooser.h"
#include "dialogs/ann-location-dialog.h"
#include "models/ann-place.h"
#include "models/ann-recents.h"
#include "models/ann-settings.h"

#include <glib/gi18n.h>
#include <string.h>

/* Stores in the menu of the Open button; the start page has all. */
#define MAX_MENU_RECENTS 8

/**
 * ann_window_select:
 * @self: a window
 * @file: where a store is
 *
 * Shows the tab of the store, if it has one.
 *
 * Returns: whether it has
 */
gboolean
ann_window_select (AnnWindow *self, GFile *file)
{
  int n = adw_tab_view_get_n_pages (self->tab_view);

  for (int i = 0; i < n; i++)
    {
      AdwTabPage *page = adw_tab_view_get_nth_page (self->tab_view, i);

      if (g_file_equal (ann_document_get_file (_ann_window_page_get_document (page)), file))
        {
          adw_tab_view_set_selected_page (self->tab_view, page);
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * ann_window_open:
 * @self: a window
 * @file: where a store is
 *
 * Opens the store in a tab of its own, or shows the tab in which it is already.
 */
void
ann_window_open (AnnWindow *self, GFile *file)
{
  g_autoptr (GFile) store = ann_place_find_store (file);
  g_autoptr (GFile) place = ann_place_normalize (store);
  GtkWidget *document;
  AnnTabLayout *layout;
  AdwTabPage *page;
  g_autofree char *text = NULL;
  g_autofree char *tooltip = NULL;

  if (ann_window_select (self, place))
    return;

  document = ann_document_new (store);
  layout = ann_document_get_layout (ANN_DOCUMENT (document));
  ann_tab_layout_set_shows_sidebar (layout, ann_settings_get (ANN_SETTINGS_SIDEBAR_VISIBLE));
  ann_tab_layout_set_sidebar_width (layout, ann_settings_get (ANN_SETTINGS_SIDEBAR_WIDTH));
  ann_tab_layout_set_shows_inspector (layout, ann_settings_get (ANN_SETTINGS_INSPECTOR_VISIBLE));

  page = adw_tab_view_append (self->tab_view, document);
  text = g_file_get_parse_name (place);
  tooltip = g_markup_escape_text (text, -1);
  adw_tab_page_set_title (page, ann_document_get_title (ANN_DOCUMENT (document)));
  adw_tab_page_set_tooltip (page, tooltip);
  g_object_bind_property (document, "loading", page, "loading", G_BINDING_SYNC_CREATE);
  adw_tab_view_set_selected_page (self->tab_view, page);
}

static void
open_files (AnnWindow *self, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      ann_window_open (self, file);
    }
}

static void
on_chosen (GtkNativeDialog *chooser, int response, AnnWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

      open_files (self, files);
    }
  g_clear_object (&self->chooser);
}

static void
choose (AnnWindow *self, GtkFileChooserAction what, const char *title)
{
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), what, _ ("_Open"),
                                               _ ("_Cancel"));
  if (what == GTK_FILE_CHOOSER_ACTION_OPEN)
    ann_chooser_add_store_filters (GTK_FILE_CHOOSER (self->chooser));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open Stores"));
}

/* A Zarr store is a folder. */
static void
on_open_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Open Folders"));
}

static void
on_located (GtkNativeDialog *chooser, int response, AnnWindow *self)
{
  AnnDocument *document = ann_window_get_document (self);

  if (response == GTK_RESPONSE_ACCEPT && document != NULL)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      if (folder != NULL)
        ann_document_locate_parts (document, folder);
    }
  g_clear_object (&self->chooser);
}

static void
on_locate_parts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnWindow *self = user_data;

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Folder of the Missing Parts"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Locate"),
                                               _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_located), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
show_toast (AnnWindow *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), adw_toast_new (markup));
}

static void
on_location (AnnLocationDialog *dialog, GFile *place, AnnWindow *self)
{
  AnnDocument *document;

  ann_window_open (self, place);
  document = ann_window_get_document (self);
  /* It was open, or rather was not: who we are may have changed. */
  if (ann_document_get_error (document) != NULL)
    ann_document_reload (document);
}

/* For who has no place of his own to say it. */
static void
on_show_message (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_toast (user_data, g_variant_get_string (parameter, NULL));
}

static AnnLocationDialog *
show_location_dialog (AnnWindow *self)
{
  GtkWidget *dialog = ann_location_dialog_new (GTK_WINDOW (self), ann_recents_get_default ());

  g_signal_connect_object (dialog, "open", G_CALLBACK (on_location), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));

  return ANN_LOCATION_DIALOG (dialog);
}

static void
on_open_location (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_location_dialog (user_data);
}

/* The tab in which a store was refused gives way to the one in which it is opened. */
static void
on_signed_in (AnnLocationDialog *dialog, GFile *place, AnnDocument *refused)
{
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (refused), ANN_TYPE_WINDOW);
  AdwTabView *view;

  if (window == NULL || ann_document_get_data (refused) != NULL
      || g_file_equal (ann_document_get_file (refused), place))
    return;

  view = ANN_WINDOW (window)->tab_view;
  adw_tab_view_close_page (view, adw_tab_view_get_page (view, GTK_WIDGET (refused)));
}

static void
on_sign_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);
  AnnLocationDialog *dialog;

  if (document == NULL)
    return;

  dialog = show_location_dialog (user_data);
  ann_location_dialog_set_place (dialog, ann_document_get_file (document));
  g_signal_connect_object (dialog, "open", G_CALLBACK (on_signed_in), document, 0);
}

static void
on_open_uri (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  ann_window_open (user_data, file);
}

/* A link from a browser, or lines of text, each with an address or a path. */
static gboolean
drop_text (AnnWindow *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  gboolean is_any = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GFile) place = NULL;
      g_autoptr (GError) error = NULL;

      g_strstrip (lines[i]);
      /* Any other text was not meant to be opened. */
      if (strstr (lines[i], "://") == NULL && lines[i][0] != '/'
          && !g_str_has_prefix (lines[i], "~/"))
        continue;
      place = ann_place_new (lines[i], &error);
      if (place != NULL)
        ann_window_open (self, place);
      else
        show_toast (self, error->message);
      is_any = is_any || place != NULL;
    }

  return is_any;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, AnnWindow *self)
{
  GdkFileList *list;
  GSList *files;

  if (G_VALUE_HOLDS_STRING (value))
    return g_value_get_string (value) != NULL && drop_text (self, g_value_get_string (value));

  list = g_value_get_boxed (value);
  files = list != NULL ? gdk_file_list_get_files (list) : NULL;
  for (GSList *l = files; l != NULL; l = l->next)
    ann_window_open (self, l->data);
  g_slist_free (files);

  return files != NULL;
}

static void
update_recents (AnnWindow *self)
{
  GListModel *recents = ann_recents_get_model (ann_recents_get_default ());
  guint n = MIN (g_list_model_get_n_items (recents), MAX_MENU_RECENTS);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();

  g_menu_append (first, _ ("Open _File…"), "win.open");
  g_menu_append (first, _ ("Open F_older…"), "win.open-folder");
  g_menu_append (first, _ ("Open _Location…"), "win.open-location");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (recents, i);
      g_autofree char *uri = g_file_get_uri (ann_recent_get_file (recent));
      g_auto (GStrv) parts = g_strsplit (ann_recent_get_name (recent), "_", -1);
      g_autofree char *name = g_strjoinv ("__", parts);
      g_autofree char *label = ann_recent_is_missing (recent)
                                   ? g_strdup_printf (_ ("%s (not there any more)"), name)
                                   : g_strdup (name);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "win.open-uri", "s", uri);
      g_signal_handlers_disconnect_by_func (recent, update_recents, self);
      g_signal_connect_object (recent, "notify::missing", G_CALLBACK (update_recents), self,
                               G_CONNECT_SWAPPED);
      g_menu_append_item (section, item);
    }
  if (n > 0)
    g_menu_append_section (menu, _ ("Recent"), G_MENU_MODEL (section));
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (self->open_button), G_MENU_MODEL (menu));
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = on_open },
  { .name = "open-folder", .activate = on_open_folder },
  { .name = "open-location", .activate = on_open_location },
  { .name = "locate-parts", .activate = on_locate_parts },
  { .name = "sign-in", .activate = on_sign_in },
  { .name = "show-message", .activate = on_show_message, .parameter_type = "s" },
  { .name = "open-uri", .activate = on_open_uri, .parameter_type = "s" },
};

/* Once the template is there. */
void
_ann_window_init_opening (AnnWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType dropped[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_drop_target_set_gtypes (target, dropped, G_N_ELEMENTS (dropped));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (ann_recents_get_model (ann_recents_get_default ()), "items-changed",
                           G_CALLBACK (update_recents), self, G_CONNECT_SWAPPED);
  update_recents (self);
}
