/* ann-http-shortcuts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-shortcuts.h"

#define MAX_AGE (60 * (gint64) G_USEC_PER_SEC)
#define MAX_SHORTCUTS 4096

typedef struct {
  char *target;
  gint64 expires;
} Shortcut;

static GHashTable *shortcuts; /* of addresses */

static void
shortcut_free (gpointer data)
{
  Shortcut *shortcut = data;

  g_free (shortcut->target);
  g_free (shortcut);
}

void
_ann_http_shortcuts_add (const char *url, const char *target)
{
  Shortcut *shortcut = g_new (Shortcut, 1);

  if (shortcuts == NULL)
    shortcuts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, shortcut_free);
  if (g_hash_table_size (shortcuts) >= MAX_SHORTCUTS)
    g_hash_table_remove_all (shortcuts);

  *shortcut = (Shortcut){ g_strdup (target), g_get_monotonic_time () + MAX_AGE };
  g_hash_table_replace (shortcuts, g_strdup (url), shortcut);
}

const char *
_ann_http_shortcuts_get (const char *url)
{
  const Shortcut *shortcut = shortcuts != NULL ? g_hash_table_lookup (shortcuts, url) : NULL;

  if (shortcut == NULL)
    return NULL;
  if (shortcut->expires < g_get_monotonic_time ())
    {
      g_hash_table_remove (shortcuts, url);
      return NULL;
    }

  return shortcut->target;
}

void
_ann_http_shortcuts_remove (const char *url)
{
  if (shortcuts != NULL)
    g_hash_table_remove (shortcuts, url);
}
