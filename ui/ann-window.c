/* ann-window.c: stores as tabs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-window.h"

#include "ann-ui.h"
#include "dialogs/ann-chooser.h"
#include "dialogs/ann-concat-dialog.h"
#include "dialogs/ann-export-dialog.h"
#include "dialogs/ann-location-dialog.h"
#include "models/ann-place.h"
#include "models/ann-recents.h"
#include "models/ann-settings.h"
#include "pages/ann-start-page.h"
#include "widgets/ann-write-row.h"

#include <glib/gi18n.h>
#include <string.h>

/* Stores in the menu of the Open button; the start page has all. */
#define MAX_MENU_RECENTS 8

struct _AnnWindow {
  AdwApplicationWindow parent_instance;

  GtkWidget *title;
  GtkWidget *sidebar_button;
  GtkWidget *inspector_button;
  GtkWidget *open_button;
  GtkWidget *back_button;
  GtkWidget *forward_button;
  GtkWidget *stack;
  GtkWidget *content;
  GtkWidget *toasts;
  GtkWidget *writes; /* rows of stores that are written */
  AdwTabView *tab_view;

  GSignalGroup *document_signals; /* of the document that is shown */
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (AnnWindow, ann_window, ADW_TYPE_APPLICATION_WINDOW)

static AnnDocument *
page_get_document (AdwTabPage *page)
{
  return ANN_DOCUMENT (adw_tab_page_get_child (page));
}

/**
 * ann_window_get_document:
 * @self: a window
 *
 * Returns: (transfer none) (nullable): the document that is shown
 */
AnnDocument *
ann_window_get_document (AnnWindow *self)
{
  AdwTabPage *page = self->tab_view != NULL ? adw_tab_view_get_selected_page (self->tab_view)
                                            : NULL;

  return page != NULL ? page_get_document (page) : NULL;
}

/**
 * ann_window_get_n_documents:
 * @self: a window
 *
 * Returns: how many tabs it has
 */
guint
ann_window_get_n_documents (AnnWindow *self)
{
  return adw_tab_view_get_n_pages (self->tab_view);
}

/* ---- What the actions can do, and what the header says ---- */

static void
set_enabled (AnnWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
set_state (AnnWindow *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
update (AnnWindow *self)
{
  AnnDocument *document = ann_window_get_document (self);
  gboolean is_open = document != NULL && ann_document_get_data (document) != NULL;
  gboolean has_inspector = is_open && ann_document_has_inspector (document);
  gboolean shows_sidebar = TRUE;
  gboolean shows_inspector = FALSE;

  if (document != NULL)
    g_object_get (document, "shows-sidebar", &shows_sidebar, "shows-inspector", &shows_inspector,
                  NULL);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), document != NULL ? "tabs" : "start");
  gtk_widget_set_visible (self->sidebar_button, is_open);
  gtk_widget_set_visible (self->inspector_button, is_open);
  gtk_widget_set_visible (self->back_button, is_open);
  gtk_widget_set_visible (self->forward_button, is_open);

  set_enabled (self, "close-tab", document != NULL);
  set_enabled (self, "reload", document != NULL && !ann_document_is_loading (document));
  set_enabled (self, "sign-in", document != NULL && ann_document_is_remote (document));
  set_enabled (self, "locate-parts",
               is_open && ann_data_set_get_of (ann_document_get_data (document)) != NULL);
  set_enabled (self, "sidebar", is_open);
  set_enabled (self, "inspector", has_inspector);
  set_enabled (self, "statistics", has_inspector);
  set_enabled (self, "search-elements", is_open);
  set_enabled (self, "filter", is_open);
  set_enabled (self, "export", is_open && ann_data_is_annotated (ann_document_get_data (document)));
  set_enabled (self, "show-element", is_open);
  set_enabled (self, "show-page", is_open);
  set_enabled (self, "copy-path", is_open && ann_document_get_path (document)[0] != '\0');
  set_enabled (self, "go-back", is_open && ann_document_can_go_back (document));
  set_enabled (self, "go-forward", is_open && ann_document_can_go_forward (document));
  set_state (self, "sidebar", g_variant_new_boolean (is_open && shows_sidebar));
  set_state (self, "inspector", g_variant_new_boolean (has_inspector && shows_inspector));
  set_state (self, "show-page",
             g_variant_new_string (is_open ? ann_document_get_page (document) : ""));

  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title),
                              document != NULL ? ann_document_get_title (document) : "AnnBrowser");
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->title),
                                 document != NULL ? ann_document_get_subtitle (document) : "");
  gtk_window_set_title (GTK_WINDOW (self),
                        document != NULL ? ann_document_get_title (document) : "AnnBrowser");
}

static void
on_selected_page (AnnWindow *self)
{
  g_signal_group_set_target (self->document_signals, ann_window_get_document (self));
  update (self);
}

/* ---- Opening ---- */

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

      if (g_file_equal (ann_document_get_file (page_get_document (page)), file))
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
  AdwTabPage *page;
  g_autofree char *text = NULL;
  g_autofree char *tooltip = NULL;

  if (ann_window_select (self, place))
    return;

  document = ann_document_new (store);
  g_object_set (document, "shows-sidebar", ann_settings_get (ANN_SETTINGS_SIDEBAR_VISIBLE),
                "sidebar-width", ann_settings_get (ANN_SETTINGS_SIDEBAR_WIDTH), "shows-inspector",
                ann_settings_get (ANN_SETTINGS_INSPECTOR_VISIBLE), NULL);

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

/* ---- Writing ---- */

static void
on_write_closed (AnnWriteRow *row, AnnWindow *self)
{
  gtk_box_remove (GTK_BOX (self->writes), GTK_WIDGET (row));
}

/**
 * ann_window_write:
 * @self: a window
 * @task: what is to be written
 *
 * Starts it, and shows in a row below the tabs how far it has come and what became of it.
 */
void
ann_window_write (AnnWindow *self, AnnWriteTask *task)
{
  GtkWidget *row;

  ann_write_task_start (task);
  row = ann_write_row_new (task);
  g_signal_connect (row, "closed", G_CALLBACK (on_write_closed), self);
  gtk_box_append (GTK_BOX (self->writes), row);
}

static void
on_concatenate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnWindow *self = user_data;
  AnnConcatDialog *dialog = ANN_CONCAT_DIALOG (ann_concat_dialog_new (GTK_WINDOW (self)));
  AnnDocument *document = ann_window_get_document (self);
  const int n = adw_tab_view_get_n_pages (self->tab_view);

  if (document != NULL && ann_document_get_data (document) != NULL)
    ann_concat_dialog_add (dialog, ann_document_get_file (document),
                           ann_document_get_data (document));
  for (int i = 0; i < n; i++)
    {
      document = page_get_document (adw_tab_view_get_nth_page (self->tab_view, i));
      if (ann_document_get_data (document) != NULL)
        ann_concat_dialog_offer (dialog, ann_document_get_file (document),
                                 ann_document_get_data (document));
    }
  g_signal_connect_object (dialog, "write", G_CALLBACK (ann_window_write), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static guint
count_writes (AnnWindow *self, gboolean cancels)
{
  guint n = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (self->writes); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      AnnWriteTask *task = ann_write_row_get_task (ANN_WRITE_ROW (row));

      if (ann_write_task_get_state (task) != ANN_WRITE_RUNNING)
        continue;
      n++;
      if (cancels)
        ann_write_task_cancel (task);
    }

  return n;
}

static gboolean
on_close_later (gpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (user_data));

  return G_SOURCE_REMOVE;
}

/* The question goes with its window, and it still has to end itself. */
static void
on_close_answered (AnnWindow *self, const char *response)
{
  if (strcmp (response, "stop") != 0)
    return;

  count_writes (self, TRUE);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_close_later, g_object_ref (self), g_object_unref);
}

/* What has been written so far would be lost. */
static void
ask_before_close (AnnWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Stop Writing?"),
      _ ("A store is being written. If the window is closed, nothing of it is kept."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("_Keep Writing"),
                                    "stop", _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Tabs ---- */

static gboolean
on_close_page (AdwTabView *view, AdwTabPage *page, AnnWindow *self)
{
  ann_document_close (page_get_document (page));
  adw_tab_view_close_page_finish (view, page, TRUE);

  return GDK_EVENT_STOP;
}

static AdwTabView *
on_create_window (AdwTabView *view, AnnWindow *self)
{
  GtkWidget *window = ann_window_new (gtk_window_get_application (GTK_WINDOW (self)));

  gtk_window_present (GTK_WINDOW (window));

  return ANN_WINDOW (window)->tab_view;
}

/* ---- Actions ---- */

static void
on_close_tab (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnWindow *self = user_data;
  AdwTabPage *page = adw_tab_view_get_selected_page (self->tab_view);

  if (page != NULL)
    adw_tab_view_close_page (self->tab_view, page);
}

static void
on_sidebar (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document == NULL)
    return;
  g_object_set (document, "shows-sidebar", g_variant_get_boolean (state), NULL);
  ann_settings_set (ANN_SETTINGS_SIDEBAR_VISIBLE, g_variant_get_boolean (state));
}

static void
on_inspector (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document == NULL)
    return;
  g_object_set (document, "shows-inspector", g_variant_get_boolean (state), NULL);
  ann_settings_set (ANN_SETTINGS_INSPECTOR_VISIBLE, g_variant_get_boolean (state));
}

static void
on_statistics (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document == NULL)
    return;
  ann_document_focus_inspector (document);
  ann_settings_set (ANN_SETTINGS_INSPECTOR_VISIBLE, TRUE);
}

static void
on_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_show_page (document, g_variant_get_string (parameter, NULL));
}

static void
on_show_element (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_show_element (document, g_variant_get_string (parameter, NULL));
}

static void
on_go_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_go_back (document);
}

static void
on_go_forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_go_forward (document);
}

static void
on_search_elements (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_search_elements (document);
}

static void
on_filter (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_focus_filter (document);
}

static void
on_write (AnnExportDialog *dialog, AnnWriteTask *task, AnnWindow *self)
{
  ann_window_write (self, task);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);
  g_autoptr (AnnExportRequest) request = NULL;
  GtkWidget *dialog;

  if (document == NULL)
    return;

  request = ann_document_make_export (document);
  dialog = ann_export_dialog_new (GTK_WINDOW (user_data), request);
  g_signal_connect_object (dialog, "write", G_CALLBACK (on_write), user_data, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_copy_path (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    {
      g_autofree char *path = g_strconcat ("/", ann_document_get_path (document), NULL);

      gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data), path);
    }
}

static void
on_reload (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document != NULL)
    ann_document_reload (document);
}

static void
on_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (gtk_window_is_fullscreen (user_data))
    gtk_window_unfullscreen (user_data);
  else
    gtk_window_fullscreen (user_data);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (ANN_WINDOW (widget));

  return document != NULL && ann_document_cancel (document);
}

/* Ctrl+Shift+1 to 6. With Shift a digit is another character, and which one hangs on the keyboard's
 * layout, so no accelerator of GTK can say it: the key is asked what it is without Shift too.
 */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                AnnWindow *self)
{
  static const char *const pages[] = { "overview", "table", "heatmap", NULL, NULL, "storage" };
  const GdkModifierType modifiers = GDK_CONTROL_MASK | GDK_SHIFT_MASK;
  AnnDocument *document = ann_window_get_document (self);
  g_autofree guint *keyvals = NULL;
  int n = 0;

  if ((state & (modifiers | GDK_ALT_MASK)) != modifiers || document == NULL)
    return GDK_EVENT_PROPAGATE;

  gdk_display_map_keycode (gtk_widget_get_display (GTK_WIDGET (self)), keycode, NULL, &keyvals, &n);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    for (int j = -1; j < n; j++)
      if ((j < 0 ? keyval : keyvals[j]) == GDK_KEY_1 + i && pages[i] != NULL
          && ann_document_has_page (document, pages[i]))
        {
          ann_document_show_page (document, pages[i]);
          return GDK_EVENT_STOP;
        }

  return GDK_EVENT_PROPAGATE;
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = on_open },
  { .name = "open-folder", .activate = on_open_folder },
  { .name = "open-location", .activate = on_open_location },
  { .name = "locate-parts", .activate = on_locate_parts },
  { .name = "sign-in", .activate = on_sign_in },
  { .name = "show-message", .activate = on_show_message, .parameter_type = "s" },
  { .name = "concatenate", .activate = on_concatenate },
  { .name = "open-uri", .activate = on_open_uri, .parameter_type = "s" },
  { .name = "close-tab", .activate = on_close_tab },
  { .name = "sidebar", .state = "true", .change_state = on_sidebar },
  { .name = "inspector", .state = "false", .change_state = on_inspector },
  { .name = "statistics", .activate = on_statistics },
  { .name = "show-page", .activate = on_show_page, .parameter_type = "s", .state = "''" },
  { .name = "show-element", .activate = on_show_element, .parameter_type = "s" },
  { .name = "go-back", .activate = on_go_back },
  { .name = "go-forward", .activate = on_go_forward },
  { .name = "search-elements", .activate = on_search_elements },
  { .name = "filter", .activate = on_filter },
  { .name = "export", .activate = on_export },
  { .name = "copy-path", .activate = on_copy_path },
  { .name = "reload", .activate = on_reload },
  { .name = "fullscreen", .activate = on_fullscreen },
};

/* ---- The window ---- */

static void
restore_size (AnnWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self), ann_settings_get (ANN_SETTINGS_WINDOW_WIDTH),
                               ann_settings_get (ANN_SETTINGS_WINDOW_HEIGHT));
  if (ann_settings_get (ANN_SETTINGS_WINDOW_MAXIMIZED))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
save_size (AnnWindow *self)
{
  AnnDocument *document = ann_window_get_document (self);
  gboolean is_maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  int width, height;

  ann_settings_set (ANN_SETTINGS_WINDOW_MAXIMIZED, is_maximized);
  if (!is_maximized && !gtk_window_is_fullscreen (GTK_WINDOW (self)))
    {
      gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
      ann_settings_set (ANN_SETTINGS_WINDOW_WIDTH, width);
      ann_settings_set (ANN_SETTINGS_WINDOW_HEIGHT, height);
    }
  if (document != NULL)
    {
      g_object_get (document, "sidebar-width", &width, NULL);
      ann_settings_set (ANN_SETTINGS_SIDEBAR_WIDTH, CLAMP (width, 180, 2000));
    }
}

static gboolean
ann_window_close_request (GtkWindow *window)
{
  save_size (ANN_WINDOW (window));
  if (count_writes (ANN_WINDOW (window), FALSE) > 0)
    {
      ask_before_close (ANN_WINDOW (window));
      return GDK_EVENT_STOP;
    }

  return GTK_WINDOW_CLASS (ann_window_parent_class)->close_request (window);
}

static void
ann_window_dispose (GObject *object)
{
  AnnWindow *self = ANN_WINDOW (object);

  if (self->tab_view != NULL)
    {
      int n = adw_tab_view_get_n_pages (self->tab_view);

      /* Nothing goes on for a window that is gone, whoever may still hold a document. */
      for (int i = 0; i < n; i++)
        ann_document_close (page_get_document (adw_tab_view_get_nth_page (self->tab_view, i)));
      g_signal_handlers_disconnect_by_data (self->tab_view, self);
      count_writes (self, TRUE);
    }
  self->tab_view = NULL;
  g_clear_object (&self->document_signals);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (ann_window_parent_class)->dispose (object);
}

static void
ann_window_class_init (AnnWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ann_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, ANN_UI_RESOURCE_PATH "/ann-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, title);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, inspector_button);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, forward_button);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, content);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, writes);
  gtk_widget_class_bind_template_child (widget_class, AnnWindow, tab_view);

  /* While bubbling: whatever has the focus, a search or a selection, may want Escape first. */
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
ann_window_init (AnnWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType dropped[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkEventController *keys = gtk_event_controller_key_new ();
  GListModel *recents = ann_recents_get_model (ann_recents_get_default ());

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_stack_add_named (GTK_STACK (self->stack), ann_start_page_new (ann_recents_get_default ()),
                       "start");

  self->document_signals = g_signal_group_new (ANN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::shows-sidebar",
                                  G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::shows-inspector",
                                  G_CALLBACK (update), self);

  g_signal_connect_swapped (self->tab_view, "notify::selected-page", G_CALLBACK (on_selected_page),
                            self);
  g_signal_connect (self->tab_view, "close-page", G_CALLBACK (on_close_page), self);
  g_signal_connect (self->tab_view, "create-window", G_CALLBACK (on_create_window), self);
  gtk_drop_target_set_gtypes (target, dropped, G_N_ELEMENTS (dropped));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (target));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (recents, "items-changed", G_CALLBACK (update_recents), self,
                           G_CONNECT_SWAPPED);

  update_recents (self);
  restore_size (self);
  update (self);
}

/**
 * ann_window_new:
 * @application: the application to which it belongs
 *
 * Returns: (transfer none): a window with the start page
 */
GtkWidget *
ann_window_new (GtkApplication *application)
{
  return g_object_new (ANN_TYPE_WINDOW, "application", application, NULL);
}
