/* ann-window.c: stores as tabs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-window-private.h"

#include "ann-ui.h"
#include "models/ann-recents.h"
#include "models/ann-settings.h"
#include "pages/ann-start-page.h"
#include "widgets/ann-write-row.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (AnnWindow, ann_window, ADW_TYPE_APPLICATION_WINDOW)

AnnDocument *
_ann_window_page_get_document (AdwTabPage *page)
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

  return page != NULL ? _ann_window_page_get_document (page) : NULL;
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
  AnnStoreView *view = document != NULL ? ann_document_get_view (document) : NULL;
  gboolean is_open = view != NULL;
  gboolean has_inspector = is_open && ann_store_view_has_inspector (view);
  AnnTabLayout *layout = is_open ? ann_document_get_layout (document) : NULL;

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
  set_enabled (self, "go-back", is_open && ann_store_view_can_go (view, -1));
  set_enabled (self, "go-forward", is_open && ann_store_view_can_go (view, 1));
  set_state (self, "sidebar",
             g_variant_new_boolean (is_open && ann_tab_layout_get_shows_sidebar (layout)));
  set_state (self, "inspector",
             g_variant_new_boolean (has_inspector && ann_tab_layout_get_shows_inspector (layout)));
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
  ann_document_close (_ann_window_page_get_document (page));
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
      width = ann_tab_layout_get_sidebar_width (ann_document_get_layout (document));
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
        ann_document_close (
            _ann_window_page_get_document (adw_tab_view_get_nth_page (self->tab_view, i)));
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
  _ann_window_class_init_actions (widget_class);
}

static void
ann_window_init (AnnWindow *self)
{
  _ann_window_init_actions (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_stack_add_named (GTK_STACK (self->stack), ann_start_page_new (ann_recents_get_default ()),
                       "start");

  self->document_signals = g_signal_group_new (ANN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed", G_CALLBACK (update), self);

  g_signal_connect_swapped (self->tab_view, "notify::selected-page", G_CALLBACK (on_selected_page),
                            self);
  g_signal_connect (self->tab_view, "close-page", G_CALLBACK (on_close_page), self);
  g_signal_connect (self->tab_view, "create-window", G_CALLBACK (on_create_window), self);
  _ann_window_init_opening (self);
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
