/* ann-banner.c: a sentence across the top of a page, and what can be done about it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-banner.h"

#include <glib/gi18n.h>

/* libadwaita has one from 1.3 on. */
struct _AnnBanner {
  AdwBin parent_instance;

  GtkWidget *revealer;
  GtkWidget *label;
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (AnnBanner, ann_banner, ADW_TYPE_BIN)

/**
 * ann_banner_set_revealed:
 * @self: a banner
 * @is_revealed: whether it is to be seen
 */
void
ann_banner_set_revealed (AnnBanner *self, gboolean is_revealed)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), is_revealed);
}

/**
 * ann_banner_get_revealed:
 * @self: a banner
 *
 * Returns: whether it is to be seen
 */
gboolean
ann_banner_get_revealed (AnnBanner *self)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer));
}

/**
 * ann_banner_set_text:
 * @self: a banner
 * @text: a sentence
 */
void
ann_banner_set_text (AnnBanner *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->label), text);
}

/**
 * ann_banner_get_text:
 * @self: a banner
 *
 * Returns: (transfer none): the sentence
 */
const char *
ann_banner_get_text (AnnBanner *self)
{
  return gtk_label_get_text (GTK_LABEL (self->label));
}

static void
on_dismiss (AnnBanner *self)
{
  ann_banner_set_revealed (self, FALSE);
}

static void
ann_banner_class_init (AnnBannerClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ann_banner_init (AnnBanner *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *dismiss = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (icon, "warning");
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (self->label, TRUE);

  self->button = gtk_button_new ();
  gtk_button_set_use_underline (GTK_BUTTON (self->button), TRUE);
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);

  gtk_widget_add_css_class (dismiss, "flat");
  gtk_widget_set_valign (dismiss, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (dismiss, _ ("Hide"));
  g_signal_connect_swapped (dismiss, "clicked", G_CALLBACK (on_dismiss), self);

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_box_append (GTK_BOX (box), dismiss);
  gtk_widget_add_css_class (box, "ann-banner");

  self->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), box);
  adw_bin_set_child (ADW_BIN (self), self->revealer);
}

/**
 * ann_banner_new:
 * @text: a sentence
 * @button_label: what can be done, with a mnemonic
 * @action_name: the action that does it
 *
 * Returns: (transfer floating): a banner that is not to be seen yet
 */
GtkWidget *
ann_banner_new (const char *text, const char *button_label, const char *action_name)
{
  AnnBanner *self = g_object_new (ANN_TYPE_BANNER, NULL);

  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_button_set_label (GTK_BUTTON (self->button), button_label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action_name);

  return GTK_WIDGET (self);
}
