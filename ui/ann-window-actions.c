/* ann-window-actions.c: what is done with the store that is shown, from menus and keys
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-window-private.h"

#include "dialogs/ann-concat-dialog.h"
#include "dialogs/ann-export-dialog.h"
#include "models/ann-settings.h"

/* What is shown of the store that is shown, if it is open. */
static AnnStoreView *
get_view (AnnWindow *self)
{
  AnnDocument *document = ann_window_get_document (self);

  return document != NULL ? ann_document_get_view (document) : NULL;
}

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
  ann_tab_layout_set_shows_sidebar (ann_document_get_layout (document),
                                    g_variant_get_boolean (state));
  ann_settings_set (ANN_SETTINGS_SIDEBAR_VISIBLE, g_variant_get_boolean (state));
}

static void
on_inspector (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnDocument *document = ann_window_get_document (user_data);

  if (document == NULL)
    return;
  ann_tab_layout_set_shows_inspector (ann_document_get_layout (document),
                                      g_variant_get_boolean (state));
  ann_settings_set (ANN_SETTINGS_INSPECTOR_VISIBLE, g_variant_get_boolean (state));
}

static void
on_statistics (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view == NULL)
    return;
  ann_store_view_focus_inspector (view);
  ann_settings_set (ANN_SETTINGS_INSPECTOR_VISIBLE, TRUE);
}

static void
on_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_show_page (view, g_variant_get_string (parameter, NULL));
}

static void
on_show_element (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_show_element (view, g_variant_get_string (parameter, NULL));
}

static void
on_go_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_go (view, -1);
}

static void
on_go_forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_go (view, 1);
}

static void
on_search_elements (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_search_elements (view);
}

static void
on_filter (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);

  if (view != NULL)
    ann_store_view_focus_filter (view);
}

static void
on_write (AnnExportDialog *dialog, AnnWriteTask *task, AnnWindow *self)
{
  ann_window_write (self, task);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnStoreView *view = get_view (user_data);
  g_autoptr (AnnExportRequest) request = NULL;
  GtkWidget *dialog;

  if (view == NULL)
    return;

  request = ann_store_view_make_export (view);
  dialog = ann_export_dialog_new (GTK_WINDOW (user_data), request);
  g_signal_connect_object (dialog, "write", G_CALLBACK (on_write), user_data, 0);
  gtk_window_present (GTK_WINDOW (dialog));
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
      document = _ann_window_page_get_document (adw_tab_view_get_nth_page (self->tab_view, i));
      if (ann_document_get_data (document) != NULL)
        ann_concat_dialog_offer (dialog, ann_document_get_file (document),
                                 ann_document_get_data (document));
    }
  g_signal_connect_object (dialog, "write", G_CALLBACK (ann_window_write), self, G_CONNECT_SWAPPED);
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
  AnnStoreView *view = get_view (self);
  g_autofree guint *keyvals = NULL;
  int n = 0;

  if ((state & (modifiers | GDK_ALT_MASK)) != modifiers || view == NULL)
    return GDK_EVENT_PROPAGATE;

  gdk_display_map_keycode (gtk_widget_get_display (GTK_WIDGET (self)), keycode, NULL, &keyvals, &n);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    for (int j = -1; j < n; j++)
      if ((j < 0 ? keyval : keyvals[j]) == GDK_KEY_1 + i && pages[i] != NULL
          && ann_store_view_has_page (view, pages[i]))
        {
          ann_store_view_show_page (view, pages[i]);
          return GDK_EVENT_STOP;
        }

  return GDK_EVENT_PROPAGATE;
}

static const GActionEntry actions[] = {
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
  { .name = "concatenate", .activate = on_concatenate },
  { .name = "export", .activate = on_export },
  { .name = "copy-path", .activate = on_copy_path },
  { .name = "reload", .activate = on_reload },
  { .name = "fullscreen", .activate = on_fullscreen },
};

void
_ann_window_class_init_actions (GtkWidgetClass *widget_class)
{
  /* While bubbling: whatever has the focus, a search or a selection, may want Escape first. */
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

void
_ann_window_init_actions (AnnWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
