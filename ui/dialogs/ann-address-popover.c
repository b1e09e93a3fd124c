/* ann-address-popover.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-address-popover.h"

#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_ROWS 6

/* It never takes the keys from the entry, unless the user goes down into it. */
struct _AnnAddressPopover {
  GtkPopover parent_instance;

  GtkWidget *entry; /* the parent */
  AnnRecents *recents;
  GtkWidget *list;
  guint n_rows;
  gboolean is_choosing;
};

G_DEFINE_FINAL_TYPE (AnnAddressPopover, ann_address_popover, GTK_TYPE_POPOVER)

/**
 * ann_address_popover_close:
 * @self: a popover
 *
 * Hides it until something else is typed.
 */
void
ann_address_popover_close (AnnAddressPopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

/**
 * ann_address_popover_get_n_rows:
 * @self: a popover
 *
 * Returns: how many addresses it offers for what is typed
 */
guint
ann_address_popover_get_n_rows (AnnAddressPopover *self)
{
  return self->n_rows;
}

static void
clear (AnnAddressPopover *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  self->n_rows = 0;
}

static void
add (AnnAddressPopover *self, const char *address)
{
  GtkWidget *label = gtk_label_new (address);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  gtk_list_box_append (GTK_LIST_BOX (self->list), label);
  self->n_rows++;
}

/* Remote ones that have in them what is typed, the last opened first. */
static void
fill (AnnAddressPopover *self)
{
  GListModel *recents = ann_recents_get_model (self->recents);
  const guint n = g_list_model_get_n_items (recents);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  clear (self);
  for (guint i = 0; i < n && self->n_rows < MAX_ROWS; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (recents, i);
      g_autofree char *address = NULL;

      if (!ann_place_is_remote (ann_recent_get_file (recent)))
        continue;
      address = ann_place_dup_address (ann_recent_get_file (recent));
      if (strstr (address, text) != NULL && !g_str_equal (address, text))
        add (self, address);
    }
}

static void
show (AnnAddressPopover *self)
{
  fill (self);
  gtk_widget_set_size_request (GTK_WIDGET (self), gtk_widget_get_width (self->entry), -1);
  if (self->n_rows > 0 && gtk_widget_get_mapped (self->entry))
    gtk_popover_popup (GTK_POPOVER (self));
  else
    gtk_popover_popdown (GTK_POPOVER (self));
}

/* Not below an empty entry: there it would cover the dialog before anybody asked for it. */
static void
on_changed (AnnAddressPopover *self)
{
  if (self->is_choosing || gtk_editable_get_text (GTK_EDITABLE (self->entry))[0] == '\0')
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    show (self);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, AnnAddressPopover *self)
{
  GtkWidget *label = gtk_list_box_row_get_child (row);

  self->is_choosing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), gtk_label_get_text (GTK_LABEL (label)));
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->is_choosing = FALSE;
  gtk_widget_grab_focus (self->entry);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint keyval,
        guint keycode,
        GdkModifierType state,
        AnnAddressPopover *self)
{
  if (keyval == GDK_KEY_Escape && gtk_widget_get_visible (GTK_WIDGET (self)))
    {
      gtk_popover_popdown (GTK_POPOVER (self));
      return GDK_EVENT_STOP;
    }
  if (keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;

  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    show (self);
  if (self->n_rows > 0)
    gtk_widget_child_focus (self->list, GTK_DIR_TAB_FORWARD);

  return self->n_rows > 0 ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

/* Who goes on to another entry is done with this one. */
static void
on_leave (AnnAddressPopover *self)
{
  GtkRoot *root = gtk_widget_get_root (self->entry);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_popover_popdown (GTK_POPOVER (self));
}

static void
ann_address_popover_dispose (GObject *object)
{
  g_clear_object (&ANN_ADDRESS_POPOVER (object)->recents);

  G_OBJECT_CLASS (ann_address_popover_parent_class)->dispose (object);
}

static void
ann_address_popover_class_init (AnnAddressPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_address_popover_dispose;
}

static void
ann_address_popover_init (AnnAddressPopover *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_widget_add_css_class (self->list, "ann-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Recent addresses"), -1);
  gtk_popover_set_child (GTK_POPOVER (self), self->list);
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_BOTTOM);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
}

/**
 * ann_address_popover_new:
 * @entry: the entry below which it comes; its parent
 * @recents: stores that were open lately
 *
 * Returns: (transfer none): the popover, which the owner of @entry must unparent
 */
GtkWidget *
ann_address_popover_new (GtkWidget *entry, AnnRecents *recents)
{
  AnnAddressPopover *self = g_object_new (ANN_TYPE_ADDRESS_POPOVER, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = entry;
  self->recents = g_object_ref (recents);
  gtk_widget_set_parent (GTK_WIDGET (self), entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (entry, keys);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, focus);

  return GTK_WIDGET (self);
}
