/* ann-concat-dialog-stores.c: the list of what is joined, and how stores come into it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-concat-dialog-private.h"

#include "dialogs/ann-chooser.h"
#include "dialogs/ann-concat-row.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>

static GtkListBoxRow *
find_row (AnnConcatDialog *self, GFile *place)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (g_file_equal (ann_concat_part_get_place (ann_concat_row_get_part (ANN_CONCAT_ROW (row))),
                      place))
      return row;

  return NULL;
}

static gboolean
has_key (AnnConcatDialog *self, const char *key)
{
  g_autoptr (GPtrArray) parts = _ann_concat_dialog_list_parts (self);

  for (guint i = 0; i < parts->len; i++)
    if (g_str_equal (ann_concat_part_get_key (g_ptr_array_index (parts, i)), key))
      return TRUE;

  return FALSE;
}

/* Stores of the same name lie in different folders. */
static void
make_key_unique (AnnConcatDialog *self, AnnConcatPart *part)
{
  g_autofree char *stem = g_strdup (ann_concat_part_get_key (part));

  for (guint i = 2; has_key (self, ann_concat_part_get_key (part)); i++)
    {
      g_autofree char *key = g_strdup_printf ("%s-%u", stem, i);

      ann_concat_part_set_key (part, key);
    }
}

void
_ann_concat_dialog_update_offer (AnnConcatDialog *self)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < self->offered->len; i++)
    is_any = is_any
             || find_row (self, ann_concat_part_get_place (g_ptr_array_index (self->offered, i)))
                    == NULL;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "concat.add-open", is_any);
}

static void
on_remove (AnnConcatDialog *self, GtkWidget *row)
{
  gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  _ann_concat_dialog_update_offer (self);
  _ann_concat_dialog_update (self);
}

/* @position: below those that stay before it */
static void
move_row (AnnConcatDialog *self, GtkWidget *row, int position)
{
  const gboolean had_focus = gtk_widget_has_focus (row);

  g_object_ref (row);
  gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  gtk_list_box_insert (GTK_LIST_BOX (self->list), row, position);
  if (had_focus)
    gtk_widget_grab_focus (row);
  g_object_unref (row);
  _ann_concat_dialog_update (self);
}

static void
on_move (AnnConcatDialog *self, int step, GtkWidget *row)
{
  const int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + step;

  if (position >= 0 && gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), position) != NULL)
    move_row (self, row, position);
}

static void
on_take (AnnConcatDialog *self, GtkWidget *dropped, GtkWidget *row)
{
  const int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

  if (dropped != row && gtk_widget_get_parent (dropped) == self->list)
    move_row (self, dropped, position);
}

static void
add_part (AnnConcatDialog *self, AnnConcatPart *part)
{
  GtkWidget *row;

  if (find_row (self, ann_concat_part_get_place (part)) != NULL)
    return;

  make_key_unique (self, part);
  row = ann_concat_row_new (part);
  g_signal_connect_object (part, "changed", G_CALLBACK (_ann_concat_dialog_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (row, "remove", G_CALLBACK (on_remove), self);
  g_signal_connect_swapped (row, "move", G_CALLBACK (on_move), self);
  g_signal_connect_swapped (row, "take", G_CALLBACK (on_take), self);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  _ann_concat_dialog_update_offer (self);
  _ann_concat_dialog_update (self);
}

/**
 * ann_concat_dialog_add:
 * @self: a dialog
 * @place: where a store is
 * @data: (nullable): the store, if it is open already
 *
 * Puts it at the end of the list, unless it is in it.
 */
void
ann_concat_dialog_add (AnnConcatDialog *self, GFile *place, AnnData *data)
{
  g_autoptr (AnnConcatPart) part = ann_concat_part_new (place, data);

  add_part (self, part);
}

/**
 * ann_concat_dialog_offer:
 * @self: a dialog
 * @place: where a store is
 * @data: the store
 *
 * It can be added with all others that are open elsewhere.
 */
void
ann_concat_dialog_offer (AnnConcatDialog *self, GFile *place, AnnData *data)
{
  g_ptr_array_add (self->offered, ann_concat_part_new (place, data));
  _ann_concat_dialog_update_offer (self);
}

static void
add_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  for (guint i = 0; i < self->offered->len; i++)
    {
      AnnConcatPart *part = g_ptr_array_index (self->offered, i);

      ann_concat_dialog_add (self, ann_concat_part_get_place (part),
                             ann_concat_part_get_data (part));
    }
}

static void
on_files_chosen (GtkNativeDialog *chooser, int response, AnnConcatDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        {
          g_autoptr (GFile) file = g_list_model_get_item (files, i);
          g_autoptr (GFile) store = ann_place_find_store (file);

          ann_concat_dialog_add (self, store, NULL);
        }
    }
  g_clear_object (&self->chooser);
}

static void
show_chooser (AnnConcatDialog *self,
              GtkFileChooserAction what,
              const char *title,
              const char *accept,
              void (*respond) (GtkNativeDialog *, int, AnnConcatDialog *))
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), what, accept,
                                               _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (respond), self, 0);
}

static void
add_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  show_chooser (self, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Add Stores"), _ ("_Add"), on_files_chosen);
  ann_chooser_add_store_filters (GTK_FILE_CHOOSER (self->chooser));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_folders_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  show_chooser (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Add Stores"), _ ("_Add"),
                on_files_chosen);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, AnnConcatDialog *self)
{
  GdkFileList *list = g_value_get_boxed (value);
  GSList *files = list != NULL ? gdk_file_list_get_files (list) : NULL;

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autoptr (GFile) store = ann_place_find_store (l->data);

      ann_concat_dialog_add (self, store, NULL);
    }
  g_slist_free (files);

  return list != NULL;
}

void
_ann_concat_dialog_init_stores (AnnConcatDialog *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->offered = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (target));
  _ann_concat_dialog_update_offer (self);
}

void
_ann_concat_dialog_class_init_stores (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "concat.add-files", NULL, add_files_action);
  gtk_widget_class_install_action (klass, "concat.add-folders", NULL, add_folders_action);
  gtk_widget_class_install_action (klass, "concat.add-open", NULL, add_open_action);
}
