/* ann-preferences-window.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-preferences-window.h"

#include "models/ann-settings.h"

#include <glib/gi18n.h>

static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                          ADW_COLOR_SCHEME_FORCE_DARK };

static void
on_scheme (AdwComboRow *row, GParamSpec *pspec, gpointer user_data)
{
  guint selected = adw_combo_row_get_selected (row);

  if (selected < G_N_ELEMENTS (schemes))
    {
      ann_settings_set (ANN_SETTINGS_COLOR_SCHEME, schemes[selected]);
      ann_settings_apply ();
    }
}

static GtkWidget *
new_scheme_row (void)
{
  const char *const names[] = { _ ("Follow System"), _ ("Light"), _ ("Dark"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (names);
  GtkWidget *row = adw_combo_row_new ();
  AdwColorScheme scheme = ann_settings_get (ANN_SETTINGS_COLOR_SCHEME);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Style"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (schemes[i] == scheme)
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_scheme), NULL);
  gtk_widget_set_name (row, "preferences-style");

  return row;
}

static void
on_cache (GtkSpinButton *button, gpointer user_data)
{
  ann_settings_set (ANN_SETTINGS_CACHE_SIZE, gtk_spin_button_get_value_as_int (button));
  ann_settings_apply ();
}

static GtkWidget *
new_cache_row (void)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_spin_button_new_with_range (32, 65536, 32);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Memory for Values (MiB)"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row),
      _ ("What was read lately is kept up to this size, for all stores together"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (button), ann_settings_get (ANN_SETTINGS_CACHE_SIZE));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_name (button, "preferences-cache");
  g_signal_connect (button, "value-changed", G_CALLBACK (on_cache), NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);

  return row;
}

static void
on_disk_cache_enabled (AdwExpanderRow *row, GParamSpec *pspec, gpointer user_data)
{
  ann_settings_set (ANN_SETTINGS_DISK_CACHE_ENABLED, adw_expander_row_get_enable_expansion (row));
  ann_settings_apply ();
}

static void
on_disk_cache_size (GtkSpinButton *button, gpointer user_data)
{
  ann_settings_set (ANN_SETTINGS_DISK_CACHE_SIZE, gtk_spin_button_get_value_as_int (button));
  ann_settings_apply ();
}

static GtkWidget *
new_disk_cache_row (void)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *size = adw_action_row_new ();
  GtkWidget *button = gtk_spin_button_new_with_range (16, 1048576, 64);
  const gboolean is_enabled = ann_settings_get (ANN_SETTINGS_DISK_CACHE_ENABLED);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Keep Remote Data on Disk"));
  adw_expander_row_set_subtitle (
      ADW_EXPANDER_ROW (row),
      _ ("What was read over the network is not asked for again while it has not changed"));
  adw_expander_row_set_show_enable_switch (ADW_EXPANDER_ROW (row), TRUE);
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (row), is_enabled);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), is_enabled);
  g_signal_connect (row, "notify::enable-expansion", G_CALLBACK (on_disk_cache_enabled), NULL);
  gtk_widget_set_name (row, "preferences-disk-cache");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (size), _ ("At Most (MiB)"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (button),
                             ann_settings_get (ANN_SETTINGS_DISK_CACHE_SIZE));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_name (button, "preferences-disk-cache-size");
  g_signal_connect (button, "value-changed", G_CALLBACK (on_disk_cache_size), NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (size), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (size), button);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), size);

  return row;
}

static GtkWidget *
new_group (const char *title, GtkWidget *row)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return group;
}

/**
 * ann_preferences_window_new:
 * @parent: (nullable): the window above which it stands
 *
 * Returns: (transfer none): the window; what is chosen in it holds at once
 */
GtkWidget *
ann_preferences_window_new (GtkWindow *parent)
{
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *page = adw_preferences_page_new ();

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (new_group (
                                                             _ ("Appearance"), new_scheme_row ())));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (new_group (_ ("Memory"), new_cache_row ())));
  adw_preferences_page_add (
      ADW_PREFERENCES_PAGE (page),
      ADW_PREFERENCES_GROUP (new_group (_ ("Network"), new_disk_cache_row ())));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 500);

  return window;
}
