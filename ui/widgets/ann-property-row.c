/* ann-property-row.c: a key and a value in a boxed list
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-property-row.h"

#include <glib/gi18n.h>

struct _AnnPropertyRow {
  AdwPreferencesRow parent_instance;

  GtkWidget *box;
  GtkWidget *key;
  GtkWidget *value;
};

G_DEFINE_FINAL_TYPE (AnnPropertyRow, ann_property_row, ADW_TYPE_PREFERENCES_ROW)

/**
 * ann_property_row_set_value:
 * @self: the row
 * @value: what stands on its right
 */
void
ann_property_row_set_value (AnnPropertyRow *self, const char *value)
{
  gtk_label_set_text (GTK_LABEL (self->value), value);
}

/**
 * ann_property_row_get_value:
 * @self: the row
 *
 * Returns: (transfer none): what stands on its right
 */
const char *
ann_property_row_get_value (AnnPropertyRow *self)
{
  return gtk_label_get_text (GTK_LABEL (self->value));
}

static void
on_copy (AnnPropertyRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          ann_property_row_get_value (self));
}

static void
ann_property_row_class_init (AnnPropertyRowClass *klass)
{
}

static void
ann_property_row_init (AnnPropertyRow *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->box, "ann-property");

  self->key = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->key), 0);
  gtk_widget_set_valign (self->key, GTK_ALIGN_BASELINE);

  /* Selectable, so that any value can be copied; long ones wrap and nothing is cut off. */
  self->value = gtk_label_new (NULL);
  gtk_label_set_selectable (GTK_LABEL (self->value), TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->value), 1);
  gtk_label_set_justify (GTK_LABEL (self->value), GTK_JUSTIFY_RIGHT);
  gtk_widget_set_hexpand (self->value, TRUE);
  gtk_widget_set_halign (self->value, GTK_ALIGN_FILL);
  gtk_widget_set_valign (self->value, GTK_ALIGN_BASELINE);
  gtk_widget_add_css_class (self->value, "numeric");

  gtk_box_append (GTK_BOX (self->box), self->key);
  gtk_box_append (GTK_BOX (self->box), self->value);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), self->box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
}

/**
 * ann_property_row_new:
 * @key: what it says
 * @value: what it is
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
ann_property_row_new (const char *key, const char *value)
{
  AnnPropertyRow *self = g_object_new (ANN_TYPE_PROPERTY_ROW, "title", key, NULL);

  gtk_label_set_text (GTK_LABEL (self->key), key);
  ann_property_row_set_value (self, value);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->value), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->key, NULL, -1);

  return GTK_WIDGET (self);
}

/**
 * ann_property_row_new_path:
 * @key: what it says
 * @path: a path, which is shown as code and has a button that copies it
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
ann_property_row_new_path (const char *key, const char *path)
{
  GtkWidget *row = ann_property_row_new (key, path);
  AnnPropertyRow *self = ANN_PROPERTY_ROW (row);
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (copy, _ ("Copy"));
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (on_copy), self);
  gtk_box_append (GTK_BOX (self->box), copy);
  gtk_widget_add_css_class (self->box, "with-button");
  gtk_widget_add_css_class (self->value, "monospace");

  return row;
}
