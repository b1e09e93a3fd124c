/* ann-ui.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui.h"

#include "ann-ui-resources.h"

#include <adwaita.h>

/**
 * ann_ui_init:
 *
 * Makes the templates, icons and styles of the user interface known: the program and each test
 * call it once libadwaita and a display are there. Calling it again does nothing.
 *
 * Call it in the main thread.
 */
void
ann_ui_init (void)
{
  static gboolean is_done = FALSE;
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) provider = NULL;

  if (is_done)
    return;
  is_done = TRUE;

  adw_init ();
  ann_ui_register_resource ();
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display),
                                    ANN_UI_RESOURCE_PATH "/icons");

  /* A path that gets the focus by the keyboard is not meant to be copied over the clipboard. */
  g_object_set (gtk_settings_get_for_display (display), "gtk-label-select-on-focus", FALSE, NULL);

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, ANN_UI_RESOURCE_PATH "/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
