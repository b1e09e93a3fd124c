/* ann-remap.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-remap.h"

#include <string.h>

/* So many parts are told. */
#define MAX_PARTS_TOLD 10

char **ann_remap;

static guint n_sets_to_come;
static gboolean *is_used; /* one a --remap */

gboolean
ann_remap_is_set (const char *store)
{
  g_autofree char *name = g_ascii_strdown (store, -1);

  return g_str_has_suffix (name, ".h5ads");
}

void
ann_remap_expect (guint n_sets)
{
  n_sets_to_come = n_sets;
}

/* An address may have a password or a signature in it. */
static char *
hide_secrets (const char *entry)
{
  const char *address = strstr (entry, "://");
  g_autofree char *shown = NULL;

  if (address == NULL)
    return g_strdup (entry);

  while (address > entry && address[-1] != '=')
    address--;
  shown = ann_location_hide_secrets (address);

  return g_strdup_printf ("%.*s%s", (int) (address - entry), entry, shown);
}

static char *
list_parts (AnnDataSet *set)
{
  const guint n_parts = ann_data_set_get_n_parts (set);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n_parts, MAX_PARTS_TOLD); i++)
    {
      g_autofree char *path = NULL;
      AnnDataSetPart part;

      ann_data_set_get_part (set, i, &part);
      path = ann_location_hide_secrets (part.path);
      g_string_append_printf (text, "%s%s=%s", i > 0 ? ", " : "", part.key, path);
    }
  if (n_parts > MAX_PARTS_TOLD)
    g_string_append (text, ", …");

  return g_string_free (text, FALSE);
}

gboolean
ann_remap_check (AnnDataSet *set, GError **error)
{
  if (is_used == NULL)
    is_used = g_new0 (gboolean, g_strv_length (ann_remap));
  for (guint i = 0; ann_remap[i] != NULL; i++)
    is_used[i] |= ann_data_set_is_remapped_by (set, ann_remap[i]);
  if (n_sets_to_come > 1)
    {
      n_sets_to_come--;
      return TRUE;
    }

  for (guint i = 0; ann_remap[i] != NULL; i++)
    {
      g_autofree char *entry = NULL;
      g_autofree char *parts = NULL;

      if (is_used[i])
        continue;
      entry = hide_secrets (ann_remap[i]);
      parts = list_parts (set);
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                   "--remap %s is of no part of the set; these are, with their keys and paths: %s",
                   entry, parts);
      return FALSE;
    }

  return TRUE;
}
