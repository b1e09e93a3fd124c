/* ann-s3-leftovers.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-leftovers.h"

#include "store/ann-store.h"

#include <string.h>

/* What a store has at its root, when it is complete. */
static const char *const roots[] = { "zarr.json",  ".zgroup",       ".zarray", ".zmetadata",
                                     "matrix.mtx", "matrix.mtx.gz", NULL };

/* Folders that an export makes beside them, and files. */
static const char *const folders[] = { "X",   "layers", "obs",  "obsm", "obsp", "raw",
                                       "uns", "var",    "varm", "varp", NULL };
static const char *const files[] = { ".zattrs",      "barcodes.tsv",    "barcodes.tsv.gz",
                                     "features.tsv", "features.tsv.gz", NULL };

static const char *const documents[] = { "zarr.json", ".zgroup",    ".zarray",
                                         ".zattrs",   ".zmetadata", NULL };

gboolean
_ann_s3_are_leftovers (GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);

      if (g_strv_contains (roots, entry->name)
          || (!g_strv_contains (folders, entry->name) && !g_strv_contains (files, entry->name)))
        return FALSE;
    }

  return entries->len > 0;
}

/* `0`, or `0.12.3` */
static gboolean
is_numbers (const char *name)
{
  for (; g_ascii_isdigit (*name); name++)
    {
      while (g_ascii_isdigit (*name))
        name++;
      if (*name == '\0')
        return TRUE;
      if (*name != '.')
        return FALSE;
    }

  return FALSE;
}

/* The name of a chunk below its array: of version 3 `c`, `c/0/1` or `c.0.1`, of version 2 `0.1` or
 * `0/1`. Here only its end: where the array ends is not known.
 */
static gboolean
is_chunk (const char *name)
{
  return is_numbers (name) || g_str_equal (name, "c")
         || (g_str_has_prefix (name, "c.") && is_numbers (name + 2));
}

gboolean
_ann_s3_is_leftover (const char *key)
{
  const char *name = strrchr (key, '/');
  g_autofree char *top = g_strndup (key, strcspn (key, "/"));

  if (name == NULL)
    return g_strv_contains (files, key);

  return g_strv_contains (folders, top)
         && (g_strv_contains (documents, name + 1) || is_chunk (name + 1));
}
