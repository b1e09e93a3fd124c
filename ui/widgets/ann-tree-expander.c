/* ann-tree-expander.c: a tree expander that the arrow keys open and close
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-tree-expander.h"

static void
add_key (GtkShortcutController *keys, guint key, guint keypad_key, const char *action)
{
  GtkShortcutTrigger *trigger = gtk_alternative_trigger_new (
      gtk_keyval_trigger_new (key, 0), gtk_keyval_trigger_new (keypad_key, 0));

  gtk_shortcut_controller_add_shortcut (keys,
                                        gtk_shortcut_new (trigger, gtk_named_action_new (action)));
}

/**
 * ann_tree_expander_new:
 *
 * GTK's own keys are those with Shift; without it they do nothing in a list.
 *
 * Returns: (transfer floating): an expander; its row opens by the arrow that points to what is in
 *   it, and closes by the other one
 */
GtkWidget *
ann_tree_expander_new (void)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkShortcutController *keys = GTK_SHORTCUT_CONTROLLER (gtk_shortcut_controller_new ());
  const gboolean is_rtl = gtk_widget_get_direction (expander) == GTK_TEXT_DIR_RTL;

  add_key (keys, GDK_KEY_Right, GDK_KEY_KP_Right, is_rtl ? "listitem.collapse" : "listitem.expand");
  add_key (keys, GDK_KEY_Left, GDK_KEY_KP_Left, is_rtl ? "listitem.expand" : "listitem.collapse");
  gtk_widget_add_controller (expander, GTK_EVENT_CONTROLLER (keys));

  return expander;
}
