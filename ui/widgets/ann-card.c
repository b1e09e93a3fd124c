/* ann-card.c: some facts that lead to an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-card.h"

#include <glib/gi18n.h>

/* The whole card is the link. */
struct _AnnCardWidget {
  GtkButton parent_instance;

  GtkWidget *box;
  GtkWidget *detail;
  GtkWidget *arrow;
  GtkWidget *rows;
  GtkWidget *guess_box;
  GtkWidget *guess;
};

G_DEFINE_FINAL_TYPE (AnnCardWidget, ann_card_widget, GTK_TYPE_BUTTON)

/**
 * ann_card_widget_set_detail:
 * @self: the card
 * @detail: what stands beside the title
 */
void
ann_card_widget_set_detail (AnnCardWidget *self, const char *detail)
{
  gtk_label_set_text (GTK_LABEL (self->detail), detail);
}

/**
 * ann_card_widget_set_path:
 * @self: the card
 * @path: (nullable): the element that it leads to; %NULL for none
 */
void
ann_card_widget_set_path (AnnCardWidget *self, const char *path)
{
  gtk_widget_set_visible (self->arrow, path != NULL);
  gtk_widget_set_can_target (GTK_WIDGET (self), path != NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), path != NULL);
  if (path != NULL)
    {
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", path);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.show-element");
      gtk_widget_add_css_class (GTK_WIDGET (self), "activatable");
    }
}

/* Only what is cut off is worth a tooltip. */
static gboolean
on_query_tooltip (GtkWidget *label,
                  int x,
                  int y,
                  gboolean keyboard_mode,
                  GtkTooltip *tooltip,
                  gpointer user_data)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))))
    return FALSE;

  gtk_tooltip_set_text (tooltip, gtk_label_get_text (GTK_LABEL (label)));

  return TRUE;
}

/**
 * ann_card_widget_add_row:
 * @self: the card
 * @key: what it says
 * @value: what it is
 */
void
ann_card_widget_add_row (AnnCardWidget *self, const char *key, const char *value)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *left = gtk_label_new (key);
  GtkWidget *right = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_ellipsize (GTK_LABEL (left), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (left), 8);
  gtk_widget_add_css_class (left, "dim-label");

  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_ellipsize (GTK_LABEL (right), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_set_has_tooltip (right, TRUE);
  g_signal_connect (right, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  gtk_widget_add_css_class (right, "numeric");

  /* No grid: a long key would take room from the values of all others. */
  gtk_box_append (GTK_BOX (row), left);
  gtk_box_append (GTK_BOX (row), right);
  gtk_box_append (GTK_BOX (self->rows), row);
}

/**
 * ann_card_widget_set_guess:
 * @self: the card
 * @guess: what a sample makes believe, marked as such
 */
void
ann_card_widget_set_guess (AnnCardWidget *self, const char *guess)
{
  gtk_label_set_text (GTK_LABEL (self->guess), guess);
  gtk_widget_set_visible (self->guess_box, TRUE);
}

/**
 * ann_card_widget_append:
 * @self: the card
 * @child: (transfer floating): comes below the rows
 */
void
ann_card_widget_append (AnnCardWidget *self, GtkWidget *child)
{
  gtk_box_append (GTK_BOX (self->box), child);
}

static void
ann_card_widget_class_init (AnnCardWidgetClass *klass)
{
}

static GtkWidget *
new_guess_box (AnnCardWidget *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *badge = gtk_label_new (_ ("Guess"));

  gtk_widget_add_css_class (badge, "ann-guess");
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  self->guess = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->guess), 0);
  gtk_label_set_wrap (GTK_LABEL (self->guess), TRUE);
  gtk_widget_add_css_class (self->guess, "dim-label");
  gtk_box_append (GTK_BOX (box), badge);
  gtk_box_append (GTK_BOX (box), self->guess);
  gtk_widget_set_visible (box, FALSE);

  return box;
}

static void
ann_card_widget_init (AnnCardWidget *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->guess_box = new_guess_box (self);
  gtk_widget_set_valign (self->box, GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "ann-card");
  gtk_button_set_child (GTK_BUTTON (self), self->box);
}

/**
 * ann_card_widget_new:
 * @icon: name of an icon
 * @title: what the card is about
 *
 * Returns: (transfer floating): a card without facts
 */
GtkWidget *
ann_card_widget_new (const char *icon, const char *title)
{
  AnnCardWidget *self = g_object_new (ANN_TYPE_CARD_WIDGET, NULL);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "heading");
  self->detail = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->detail, "dim-label");
  gtk_widget_add_css_class (self->detail, "numeric");
  self->arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
  gtk_widget_add_css_class (self->arrow, "dim-label");

  gtk_box_append (GTK_BOX (header), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (header), label);
  gtk_box_append (GTK_BOX (header), self->detail);
  gtk_box_append (GTK_BOX (header), self->arrow);
  gtk_box_append (GTK_BOX (self->box), header);
  gtk_box_append (GTK_BOX (self->box), self->rows);
  gtk_box_append (GTK_BOX (self->box), self->guess_box);
  ann_card_widget_set_path (self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);

  return GTK_WIDGET (self);
}
