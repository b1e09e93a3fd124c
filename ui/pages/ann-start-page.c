/* ann-start-page.c: what is there before a store is open
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-start-page.h"

#include "ann-ui.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AnnStartPage {
  AdwBin parent_instance;

  AnnRecents *recents;
  char *needle; /* folded; NULL when not searching */

  GtkWidget *recent_box;
  GtkWidget *search_button;
  GtkWidget *search_entry;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (AnnStartPage, ann_start_page, ADW_TYPE_BIN)

static GtkWidget *
new_end_label (char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  g_free (text);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (label, css_class);
      gtk_widget_add_css_class (label, "ann-secondary");
    }

  return label;
}

static void
open_file (AnnStartPage *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-uri", "s", uri);
}

static void
on_row_activated (AdwActionRow *row, AnnStartPage *self)
{
  AnnRecent *recent = g_object_get_data (G_OBJECT (row), "ann-recent");

  open_file (self, ann_recent_get_file (recent));
}

static void
on_remove (GtkWidget *button, AnnStartPage *self)
{
  ann_recents_remove (self->recents, g_object_get_data (G_OBJECT (button), "ann-recent"));
}

static void
on_located (GtkFileChooserNative *chooser, int response, AnnStartPage *self)
{
  AnnRecent *recent = g_object_get_data (G_OBJECT (chooser), "ann-recent");
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    {
      ann_recents_relocate (self->recents, recent, file);
      open_file (self, file);
    }
  g_object_unref (chooser);
}

static void
on_locate (GtkWidget *button, AnnStartPage *self)
{
  AnnRecent *recent = g_object_get_data (G_OBJECT (button), "ann-recent");
  g_autofree char *title = g_strdup_printf (_ ("Locate “%s”"), ann_recent_get_name (recent));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), GTK_FILE_CHOOSER_ACTION_OPEN,
      _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data_full (G_OBJECT (chooser), "ann-recent", g_object_ref (recent), g_object_unref);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_located), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
add_button (AdwActionRow *row,
            GtkWidget *button,
            AnnRecent *recent,
            GCallback callback,
            gpointer data)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "ann-recent", g_object_ref (recent), g_object_unref);
  g_signal_connect (button, "clicked", callback, data);
  adw_action_row_add_suffix (row, button);
}

static void
fill_missing_row (AnnStartPage *self, AdwActionRow *row, AnnRecent *recent)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *subtitle = g_strdup_printf (_ ("%s — file not found"),
                                               ann_recent_get_folder (recent));

  gtk_widget_add_css_class (icon, "warning");
  adw_action_row_add_prefix (row, icon);
  adw_action_row_set_subtitle (row, subtitle);
  add_button (row, gtk_button_new_with_mnemonic (_ ("_Locate…")), recent, G_CALLBACK (on_locate),
              self);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _ ("Remove From the List"));
  add_button (row, remove, recent, G_CALLBACK (on_remove), self);
}

static void
fill_row (AnnStartPage *self, AdwActionRow *row, AnnRecent *recent)
{
  GtkWidget *facts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  char *shape = ann_recent_get_shape_text (recent);

  adw_action_row_add_prefix (
      row, gtk_image_new_from_icon_name (ann_place_is_remote (ann_recent_get_file (recent))
                                             ? "network-server-symbolic"
                                             : "ann-matrix-symbolic"));
  adw_action_row_set_subtitle (row, ann_recent_get_folder (recent));
  gtk_widget_set_valign (facts, GTK_ALIGN_CENTER);
  if (shape != NULL)
    gtk_box_append (GTK_BOX (facts), new_end_label (shape, NULL));
  gtk_box_append (GTK_BOX (facts),
                  new_end_label (ann_recent_get_detail_text (recent), "dim-label"));
  adw_action_row_add_suffix (row, facts);
  adw_action_row_add_suffix (row, gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect (row, "activated", G_CALLBACK (on_row_activated), self);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  AnnStartPage *self = user_data;
  AnnRecent *recent = item;
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ann_recent_get_name (recent));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  g_object_set_data_full (G_OBJECT (row), "ann-recent", g_object_ref (recent), g_object_unref);
  if (ann_recent_is_missing (recent))
    fill_missing_row (self, ADW_ACTION_ROW (row), recent);
  else
    fill_row (self, ADW_ACTION_ROW (row), recent);

  return row;
}

/* At most thirty rows: made anew whenever anything about them changes. */
static void
update (AnnStartPage *self)
{
  GListModel *model = ann_recents_get_model (self->recents);
  guint n = g_list_model_get_n_items (model);
  GtkWidget *child;

  gtk_widget_set_visible (self->recent_box, n > 0);
  for (child = gtk_widget_get_first_child (self->list); child != NULL;)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      if (GTK_IS_LIST_BOX_ROW (child))
        gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
      child = next;
    }

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (model, i);
      g_autofree char *folded = g_utf8_casefold (ann_recent_get_name (recent), -1);

      g_signal_handlers_disconnect_by_func (recent, update, self);
      g_signal_connect_object (recent, "notify::missing", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      if (self->needle == NULL || strstr (folded, self->needle) != NULL)
        gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (recent, self));
    }
}

static void
on_search_changed (GtkSearchEntry *entry, AnnStartPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  g_clear_pointer (&self->needle, g_free);
  if (text[0] != '\0')
    self->needle = g_utf8_casefold (text, -1);
  update (self);
}

static void
on_search_toggled (GtkToggleButton *button, AnnStartPage *self)
{
  if (gtk_toggle_button_get_active (button))
    gtk_widget_grab_focus (self->search_entry);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

static void
on_stop_search (GtkSearchEntry *entry, AnnStartPage *self)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->search_button), FALSE);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ann_recents_clear (ANN_START_PAGE (widget)->recents);
}

/* Seen again: a file may have come back or gone. */
static void
ann_start_page_map (GtkWidget *widget)
{
  AnnStartPage *self = ANN_START_PAGE (widget);

  GTK_WIDGET_CLASS (ann_start_page_parent_class)->map (widget);
  ann_recents_check (self->recents);
}

static void
ann_start_page_dispose (GObject *object)
{
  AnnStartPage *self = ANN_START_PAGE (object);

  g_clear_object (&self->recents);
  g_clear_pointer (&self->needle, g_free);

  G_OBJECT_CLASS (ann_start_page_parent_class)->dispose (object);
}

static void
ann_start_page_class_init (AnnStartPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_start_page_dispose;
  widget_class->map = ann_start_page_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               ANN_UI_RESOURCE_PATH "/pages/ann-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnnStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, AnnStartPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, AnnStartPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AnnStartPage, list);
  gtk_widget_class_install_action (widget_class, "recents.clear", NULL, clear_action);
}

static void
ann_start_page_init (AnnStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect (self->search_entry, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->search_entry, "stop-search", G_CALLBACK (on_stop_search), self);
  g_signal_connect (self->search_button, "toggled", G_CALLBACK (on_search_toggled), self);
}

/**
 * ann_start_page_new:
 * @recents: stores that were open lately
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
ann_start_page_new (AnnRecents *recents)
{
  AnnStartPage *self = g_object_new (ANN_TYPE_START_PAGE, NULL);

  self->recents = g_object_ref (recents);
  g_signal_connect_object (ann_recents_get_model (recents), "items-changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
