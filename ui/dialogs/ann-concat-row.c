/* ann-concat-row.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-concat-row.h"

#include "ann-text.h"

#include <glib/gi18n.h>

/* Letters of a key that are seen at once. */
#define KEY_WIDTH 16

struct _AnnConcatRow {
  AdwActionRow parent_instance;

  AnnConcatPart *part;
  GtkWidget *handle;
  GtkWidget *key;
};

enum { REMOVE, MOVE, TAKE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnConcatRow, ann_concat_row, ADW_TYPE_ACTION_ROW)

/**
 * ann_concat_row_get_part:
 * @self: a row
 *
 * Returns: (transfer none): the store
 */
AnnConcatPart *
ann_concat_row_get_part (AnnConcatRow *self)
{
  return self->part;
}

static char *
describe (AnnConcatPart *part)
{
  AnnData *data = ann_concat_part_get_data (part);
  const GError *error = ann_concat_part_get_error (part);
  g_autofree char *shape = NULL;

  if (error != NULL)
    return g_strdup (error->message);
  if (data == NULL)
    return g_strdup (_ ("Opening…"));
  if (!ann_data_is_annotated (data))
    return g_strdup (ann_data_get_format (data));

  shape = ann_text_shape (2, (guint64[]){ ann_data_get_n_obs (data), ann_data_get_n_var (data) });

  return g_strdup_printf ("%s · %s", shape, ann_data_get_format (data));
}

static void
update (AnnConcatRow *self)
{
  g_autofree char *text = describe (self->part);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (ann_concat_part_get_error (self->part) != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
}

/* ---- What one does with it ---- */

static void
on_key_changed (AnnConcatRow *self)
{
  ann_concat_part_set_key (self->part, gtk_editable_get_text (GTK_EDITABLE (self->key)));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[REMOVE], 0);
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[MOVE], 0, g_variant_get_int32 (parameter));
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, AnnConcatRow *self)
{
  return gdk_content_provider_new_typed (ANN_TYPE_CONCAT_ROW, self);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, AnnConcatRow *self)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, AnnConcatRow *self)
{
  g_signal_emit (self, signals[TAKE], 0, g_value_get_object (value));

  return TRUE;
}

/* ---- The row ---- */

static void
ann_concat_row_dispose (GObject *object)
{
  g_clear_object (&ANN_CONCAT_ROW (object)->part);

  G_OBJECT_CLASS (ann_concat_row_parent_class)->dispose (object);
}

static void
ann_concat_row_class_init (AnnConcatRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ann_concat_row_dispose;

  /**
   * AnnConcatRow::remove:
   * @self: a row
   *
   * The store is not to be joined.
   */
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  /**
   * AnnConcatRow::move:
   * @self: a row
   * @step: by how many places
   *
   * It is to change its place.
   */
  signals[MOVE] = g_signal_new ("move", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  /**
   * AnnConcatRow::take:
   * @self: a row
   * @dropped: another row
   *
   * That is to have the place of this one.
   */
  signals[TAKE] = g_signal_new ("take", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, ANN_TYPE_CONCAT_ROW);

  gtk_widget_class_install_action (widget_class, "part.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "part.move", "i", move_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "part.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "part.move", "i",
                                       -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "part.move", "i",
                                       1);
}

static void
add_handle (AnnConcatRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (ANN_TYPE_CONCAT_ROW, GDK_ACTION_MOVE);

  self->handle = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  gtk_widget_add_css_class (self->handle, "dim-label");
  gtk_widget_set_tooltip_text (self->handle, _ ("Drag to Another Place (Alt+Up, Alt+Down)"));
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->handle);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  gtk_widget_add_controller (self->handle, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
add_key (AnnConcatRow *self)
{
  GtkWidget *label = gtk_label_new (_ ("Key"));

  gtk_widget_add_css_class (label, "dim-label");
  self->key = gtk_entry_new ();
  gtk_widget_set_name (self->key, "concat-key");
  gtk_widget_set_valign (self->key, GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->key), KEY_WIDTH);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->key), KEY_WIDTH);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->key), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  label, NULL, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->key);
}

static void
ann_concat_row_init (AnnConcatRow *self)
{
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 2);
  add_handle (self);
  add_key (self);
  gtk_widget_set_name (remove, "concat-remove");
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (remove, _ ("Remove (Delete)"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (remove), "part.remove");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), remove);
}

/**
 * ann_concat_row_new:
 * @part: a store
 *
 * Returns: (transfer floating): a row that shows it
 */
GtkWidget *
ann_concat_row_new (AnnConcatPart *part)
{
  AnnConcatRow *self = g_object_new (ANN_TYPE_CONCAT_ROW, NULL);

  self->part = g_object_ref (part);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), ann_concat_part_get_name (part));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), ann_concat_part_get_address (part));
  gtk_editable_set_text (GTK_EDITABLE (self->key), ann_concat_part_get_key (part));
  g_signal_connect_swapped (self->key, "changed", G_CALLBACK (on_key_changed), self);
  g_signal_connect_object (part, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
