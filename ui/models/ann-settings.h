/* ann-settings.h: what is remembered between starts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ANN_SETTINGS_WINDOW_WIDTH "window-width"
#define ANN_SETTINGS_WINDOW_HEIGHT "window-height"
#define ANN_SETTINGS_WINDOW_MAXIMIZED "window-maximized"
#define ANN_SETTINGS_SIDEBAR_WIDTH "sidebar-width"
#define ANN_SETTINGS_SIDEBAR_VISIBLE "sidebar-visible"
#define ANN_SETTINGS_INSPECTOR_VISIBLE "inspector-visible"
#define ANN_SETTINGS_COLOR_SCHEME "color-scheme"
#define ANN_SETTINGS_CACHE_SIZE "cache-size"
#define ANN_SETTINGS_DISK_CACHE_ENABLED "disk-cache-enabled"
#define ANN_SETTINGS_DISK_CACHE_SIZE "disk-cache-size"

int ann_settings_get (const char *key);
void ann_settings_set (const char *key, int value);
void ann_settings_apply (void);

G_END_DECLS
