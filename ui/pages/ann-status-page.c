/* ann-status-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-status-page.h"

#include <ann-core.h>
#include <glib/gi18n.h>

/* One look for every page without content: an icon, what is so, why; below it facts in a list and
 * what can be done. AdwStatusPage takes markup, which texts from files are not: here all are plain.
 */

struct _AnnStatusPage {
  AdwBin parent_instance;

  AdwStatusPage *page;
  GtkWidget *body;    /* below the text */
  GtkWidget *group;   /* of facts; in the body when there are some */
  GtkWidget *buttons; /* the same */
  char *title;
  char *text;
};

G_DEFINE_FINAL_TYPE (AnnStatusPage, ann_status_page, ADW_TYPE_BIN)

static void
ann_status_page_finalize (GObject *object)
{
  AnnStatusPage *self = ANN_STATUS_PAGE (object);

  g_free (self->title);
  g_free (self->text);

  G_OBJECT_CLASS (ann_status_page_parent_class)->finalize (object);
}

static void
ann_status_page_class_init (AnnStatusPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_status_page_finalize;
}

static void
ann_status_page_init (AnnStatusPage *self)
{
  self->page = ADW_STATUS_PAGE (adw_status_page_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->page), "compact");
  gtk_widget_set_vexpand (GTK_WIDGET (self->page), TRUE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->page));
}

/**
 * ann_status_page_new:
 * @icon: the name of an icon
 * @title: what is so, in title case
 * @text: (nullable): why, in a sentence
 *
 * Returns: (transfer floating): a page that says so
 */
GtkWidget *
ann_status_page_new (const char *icon, const char *title, const char *text)
{
  AnnStatusPage *self = g_object_new (ANN_TYPE_STATUS_PAGE, NULL);

  ann_status_page_set (self, icon, title, text);

  return GTK_WIDGET (self);
}

/**
 * ann_status_page_set:
 * @self: a page
 * @icon: the name of an icon
 * @title: what is so
 * @text: (nullable): why; need not be UTF-8
 *
 * Facts and buttons stay.
 */
void
ann_status_page_set (AnnStatusPage *self, const char *icon, const char *title, const char *text)
{
  g_autofree char *valid_title = g_utf8_make_valid (title, -1);
  g_autofree char *valid_text = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *title_markup = g_markup_escape_text (valid_title, -1);
  g_autofree char *text_markup = valid_text != NULL ? g_markup_escape_text (valid_text, -1) : NULL;

  adw_status_page_set_icon_name (self->page, icon);
  adw_status_page_set_title (self->page, title_markup);
  adw_status_page_set_description (self->page, text_markup);
  g_free (self->title);
  g_free (self->text);
  self->title = g_steal_pointer (&valid_title);
  self->text = g_steal_pointer (&valid_text);
}

/**
 * ann_status_page_set_error:
 * @self: a page
 * @title: what could not be done
 * @error: why
 *
 * The icon tells whether it is the network that failed, where trying again makes sense.
 */
void
ann_status_page_set_error (AnnStatusPage *self, const char *title, const GError *error)
{
  const gboolean is_network = ann_http_error_is_passing (error) || error->domain == G_TLS_ERROR;
  const gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  ann_status_page_set (self, is_network ? "network-error-symbolic" : "ann-broken-symbolic", title,
                       is_cancelled ? _ ("The reading was cancelled.") : error->message);
}

static GtkWidget *
get_body (AnnStatusPage *self)
{
  GtkWidget *clamp;

  if (self->body != NULL)
    return self->body;

  clamp = adw_clamp_new ();
  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 36);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 560);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->body);
  adw_status_page_set_child (self->page, clamp);

  return self->body;
}

/**
 * ann_status_page_add_row:
 * @self: a page
 * @row: (transfer floating): a fact, an [class@PropertyRow]
 */
void
ann_status_page_add_row (AnnStatusPage *self, GtkWidget *row)
{
  if (self->group == NULL)
    {
      self->group = adw_preferences_group_new ();
      gtk_box_prepend (GTK_BOX (get_body (self)), self->group);
    }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
}

/**
 * ann_status_page_add_button:
 * @self: a page
 * @label: what can be done, with a mnemonic
 * @action: (nullable): the detailed name of the action that does it
 *
 * Returns: (transfer none): the button
 */
GtkWidget *
ann_status_page_add_button (AnnStatusPage *self, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  if (self->buttons == NULL)
    {
      self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      gtk_widget_set_halign (self->buttons, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (get_body (self)), self->buttons);
    }
  gtk_widget_add_css_class (button, "pill");
  if (action != NULL)
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (self->buttons), button);

  return button;
}

/**
 * ann_status_page_get_title:
 * @self: a page
 *
 * Returns: (transfer none): what is so
 */
const char *
ann_status_page_get_title (AnnStatusPage *self)
{
  return self->title;
}

/**
 * ann_status_page_get_text:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): why
 */
const char *
ann_status_page_get_text (AnnStatusPage *self)
{
  return self->text;
}
