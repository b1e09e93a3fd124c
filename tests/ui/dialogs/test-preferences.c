/* test-preferences.c: what is chosen holds at once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-preferences-window.h"
#include "models/ann-settings.h"

#define MIB (1024 * 1024)

static void
test_disk_cache (void)
{
  GtkWidget *window = ann_preferences_window_new (NULL);
  AdwExpanderRow *row;
  GtkSpinButton *size;

  ann_settings_apply ();
  g_assert_cmpuint (ann_disk_cache_get_limit (), ==, 0);
  ann_ui_test_present (window);
  row = ann_ui_test_find_named (window, "preferences-disk-cache");
  size = ann_ui_test_find_named (window, "preferences-disk-cache-size");
  adw_expander_row_set_enable_expansion (row, TRUE);
  g_assert_cmpuint (ann_disk_cache_get_limit (), ==, 1024 * (guint64) MIB);
  gtk_spin_button_set_value (size, 256);
  g_assert_cmpuint (ann_disk_cache_get_limit (), ==, 256 * (guint64) MIB);
  ann_ui_test_wait_for_frame (window);
  ann_ui_test_screenshot (window, "preferences");
  adw_expander_row_set_enable_expansion (row, FALSE);
  g_assert_cmpuint (ann_disk_cache_get_limit (), ==, 0);
  ann_ui_test_close (window);
}

static void
test_memory (void)
{
  GtkWidget *window = ann_preferences_window_new (NULL);

  ann_ui_test_present (window);
  gtk_spin_button_set_value (ann_ui_test_find_named (window, "preferences-cache"), 64);
  g_assert_cmpuint (ann_chunk_cache_get_budget (), ==, 64 * (guint64) MIB);
  ann_ui_test_close (window);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("ANN_CACHE_SIZE");
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/preferences/disk-cache", test_disk_cache);
  g_test_add_func ("/preferences/memory", test_memory);

  return g_test_run ();
}
