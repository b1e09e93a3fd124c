/* ann-settings.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-settings.h"

#include <adwaita.h>
#include <ann-core.h>

#define SCHEMA_ID "com.example.AnnBrowser"

#define MIB (1024 * 1024)

/* GSettings aborts the program when a schema is not installed. Then these hold, for as long as the
 * program runs: the settings are a comfort, not a condition.
 */
static struct {
  const char *key;
  int value;
} fallbacks[] = {
  { ANN_SETTINGS_WINDOW_WIDTH, 1280 },    { ANN_SETTINGS_WINDOW_HEIGHT, 800 },
  { ANN_SETTINGS_WINDOW_MAXIMIZED, 0 },   { ANN_SETTINGS_SIDEBAR_WIDTH, 252 },
  { ANN_SETTINGS_SIDEBAR_VISIBLE, 1 },    { ANN_SETTINGS_COLOR_SCHEME, ADW_COLOR_SCHEME_DEFAULT },
  { ANN_SETTINGS_INSPECTOR_VISIBLE, 0 },  { ANN_SETTINGS_CACHE_SIZE, 256 },
  { ANN_SETTINGS_DISK_CACHE_ENABLED, 0 }, { ANN_SETTINGS_DISK_CACHE_SIZE, 1024 }
};

static GSettings *
get_settings (void)
{
  static GSettings *settings = NULL;
  static gboolean is_asked = FALSE;

  if (!is_asked)
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr (GSettingsSchema) schema = NULL;

      is_asked = TRUE;
      if (source != NULL)
        schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
    }

  return settings;
}

static int *
get_fallback (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (fallbacks); i++)
    if (g_str_equal (fallbacks[i].key, key))
      return &fallbacks[i].value;

  g_return_val_if_reached (&fallbacks[0].value);
}

/**
 * ann_settings_get:
 * @key: one of the keys above
 *
 * Returns: its value; a yes or no as 1 or 0, a color scheme as #AdwColorScheme
 */
int
ann_settings_get (const char *key)
{
  GSettings *settings = get_settings ();
  g_autoptr (GVariant) value = NULL;

  if (settings == NULL)
    return *get_fallback (key);

  value = g_settings_get_value (settings, key);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_variant_get_boolean (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_settings_get_enum (settings, key);

  return g_variant_get_int32 (value);
}

/**
 * ann_settings_set:
 * @key: one of the keys above
 * @value: its new value
 */
void
ann_settings_set (const char *key, int value)
{
  GSettings *settings = get_settings ();
  g_autoptr (GVariant) old = NULL;

  *get_fallback (key) = value;
  if (settings == NULL)
    return;

  old = g_settings_get_value (settings, key);
  if (g_variant_is_of_type (old, G_VARIANT_TYPE_BOOLEAN))
    g_settings_set_boolean (settings, key, value);
  else if (g_variant_is_of_type (old, G_VARIANT_TYPE_STRING))
    g_settings_set_enum (settings, key, value);
  else
    g_settings_set_int (settings, key, value);
}

/**
 * ann_settings_apply:
 *
 * Makes the settings that are not a window's take effect: light or dark, memory, room on disk.
 */
void
ann_settings_apply (void)
{
  const gboolean keeps = ann_settings_get (ANN_SETTINGS_DISK_CACHE_ENABLED);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ann_settings_get (ANN_SETTINGS_COLOR_SCHEME));
  ann_chunk_cache_set_budget ((guint64) ann_settings_get (ANN_SETTINGS_CACHE_SIZE) * MIB);
  /* Who has set the library's variable wants what it says. */
  if (keeps || g_getenv ("ANN_CACHE_SIZE") == NULL)
    ann_disk_cache_set_limit (
        keeps ? (guint64) ann_settings_get (ANN_SETTINGS_DISK_CACHE_SIZE) * MIB : 0);
}
