/* ann-zarr-consolidated.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-consolidated.h"

#include "base/ann-error.h"
#include "store/ann-store.h"

#include <string.h>

/* The documents of a node: one of version 3, or the three of version 2. */
typedef struct {
  char *path;
  AnnJsonValue document;
  AnnJsonValue array;
  AnnJsonValue group;
  AnnJsonValue attributes;
} Entry;

struct _AnnZarrConsolidated {
  guint version;
  AnnJson *json;
  GHashTable *entries; /* path → Entry */
  GPtrArray *in_order; /* of the same, sorted by path; a slash is before everything else */
};

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry);
}

static Entry *
ensure_entry (AnnZarrConsolidated *self, const char *path)
{
  Entry *entry = g_hash_table_lookup (self->entries, path);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->path = g_strdup (path);
      g_hash_table_insert (self->entries, entry->path, entry);
    }

  return entry;
}

/* `obs/_index/.zarray`: the path of the node and which of its documents that is. */
static void
add_v2 (AnnZarrConsolidated *self, char *key, AnnJsonValue value)
{
  char *slash = strrchr (key, '/');
  const char *name = slash != NULL ? slash + 1 : key;
  const gboolean is_array = g_str_equal (name, ".zarray");
  const gboolean is_group = g_str_equal (name, ".zgroup");
  Entry *entry;

  if (!is_array && !is_group && !g_str_equal (name, ".zattrs"))
    return;

  if (slash != NULL)
    *slash = '\0';
  entry = ensure_entry (self, slash != NULL ? key : "");
  if (is_array)
    entry->array = value;
  else if (is_group)
    entry->group = value;
  else
    entry->attributes = value;
}

/* So that what lies below a node follows it at once. */
static int
compare_paths (const char *a, const char *b)
{
  while (*a != '\0' && *a == *b)
    {
      a++;
      b++;
    }
  if (*a == *b)
    return 0;
  if (*a == '\0' || *b == '\0')
    return *a == '\0' ? -1 : 1;
  if (*a == '/' || *b == '/')
    return *a == '/' ? -1 : 1;

  return (guchar) *a < (guchar) *b ? -1 : 1;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return compare_paths ((*(Entry *const *) a)->path, (*(Entry *const *) b)->path);
}

static void
sort_entries (AnnZarrConsolidated *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (self->in_order, entry);
  g_ptr_array_sort (self->in_order, compare_entries);
}

AnnZarrConsolidated *
_ann_zarr_consolidated_new (guint version, AnnJson *json, gboolean *is_broken)
{
  AnnJsonValue root = _ann_json_get_root (json);
  AnnJsonValue holder = version == 3 ? _ann_json_get_member (root, "consolidated_metadata") : root;
  AnnJsonValue metadata = _ann_json_get_member (holder, "metadata");
  AnnZarrConsolidated *self;
  AnnJsonIter iter;

  *is_broken = FALSE;
  if (_ann_json_get_kind (metadata) != ANN_JSON_OBJECT || _ann_json_get_length (metadata) == 0)
    {
      /* A document of version 2 is there for nothing else, and has the root at least. */
      *is_broken = version == 2
                   || (_ann_json_get_kind (holder) != ANN_JSON_ABSENT
                       && _ann_json_get_kind (holder) != ANN_JSON_NULL
                       && _ann_json_get_kind (metadata) != ANN_JSON_OBJECT);
      return NULL;
    }

  self = g_new0 (AnnZarrConsolidated, 1);
  self->version = version;
  self->json = _ann_json_ref (json);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
  self->in_order = g_ptr_array_new ();

  /* What is no key leads nowhere. */
  _ann_json_iter_init (&iter, metadata);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *key = _ann_json_dup_string (iter.name, NULL);

      if (!_ann_store_is_key (key))
        continue;
      if (version == 2)
        add_v2 (self, key, iter.value);
      else
        ensure_entry (self, key)->document = iter.value;
    }
  sort_entries (self);

  return self;
}

void
_ann_zarr_consolidated_free (AnnZarrConsolidated *self)
{
  g_ptr_array_unref (self->in_order);
  g_hash_table_unref (self->entries);
  _ann_json_unref (self->json);
  g_free (self);
}

/* The first entry that lies below @path; there may be none. */
static guint
find_below (const AnnZarrConsolidated *self, const char *path)
{
  g_autofree char *below = g_strconcat (path, "/", NULL);
  guint low = 0;
  guint high = self->in_order->len;

  if (*path == '\0')
    return high > 0 && *((Entry *) g_ptr_array_index (self->in_order, 0))->path == '\0' ? 1 : 0;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      const Entry *entry = g_ptr_array_index (self->in_order, middle);

      if (compare_paths (entry->path, below) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* What of @path follows @parent and a slash; NULL if it does not lie below. */
static const char *
get_rest (const char *path, const char *parent)
{
  const gsize length = strlen (parent);

  if (length == 0)
    return path;

  return strncmp (path, parent, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

static gboolean
has_below (const AnnZarrConsolidated *self, const char *path)
{
  const guint first = find_below (self, path);

  return first < self->in_order->len
         && get_rest (((Entry *) g_ptr_array_index (self->in_order, first))->path, path) != NULL;
}

gboolean
_ann_zarr_consolidated_has (const AnnZarrConsolidated *self, const char *path)
{
  return g_hash_table_contains (self->entries, path) || has_below (self, path);
}

AnnZarrMetadata *
_ann_zarr_consolidated_get (const AnnZarrConsolidated *self, const char *path, GError **error)
{
  const Entry *entry = g_hash_table_lookup (self->entries, path);

  if (entry == NULL)
    return has_below (self, path) ? _ann_zarr_metadata_new_group (self->version) : NULL;
  if (self->version == 3)
    return _ann_zarr_metadata_new_v3 (self->json, entry->document, error);

  return _ann_zarr_metadata_new_v2 (entry->array, self->json, entry->attributes);
}

void
_ann_zarr_consolidated_list (const AnnZarrConsolidated *self, const char *path, GPtrArray *names)
{
  const char *last = NULL;
  gsize last_length = 0;

  for (guint i = find_below (self, path); i < self->in_order->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->in_order, i);
      const char *rest = get_rest (entry->path, path);
      const gsize length = rest != NULL ? strcspn (rest, "/") : 0;

      if (rest == NULL)
        return;
      if (last != NULL && length == last_length && strncmp (rest, last, length) == 0)
        continue;
      last = rest;
      last_length = length;
      g_ptr_array_add (names, g_strndup (rest, length));
    }
}
