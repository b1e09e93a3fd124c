/* ann-zarr-rewrite.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-rewrite.h"

#include "base/ann-json-text-private.h"
#include "format/zarr/ann-zarr-attributes.h"
#include "format/zarr/ann-zarr-documents.h"

#include <string.h>

#define CONSOLIDATED "consolidated_metadata"

static void
append_comma (GString *json)
{
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
}

static void
append_raw (GString *json, AnnJsonValue value)
{
  g_autofree char *text = _ann_json_dup_text (value, G_MAXSIZE);

  g_string_append (json, text);
}

/* The members of @object, but for the one called @but. */
static void
append_members (GString *json, AnnJsonValue object, const char *but)
{
  AnnJsonIter iter;

  _ann_json_iter_init (&iter, object);
  while (_ann_json_iter_next (&iter))
    {
      if (_ann_json_string_is (iter.name, but))
        continue;
      append_comma (json);
      append_raw (json, iter.name);
      g_string_append_c (json, ':');
      append_raw (json, iter.value);
    }
}

AnnJson *
_ann_zarr_read_document (AnnStore *store,
                         const char *path,
                         const char *name,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *key = _ann_zarr_join_key ("", path, name);
  g_autoptr (GBytes) bytes = _ann_store_read_object (store, key, ANN_ZARR_MAX_METADATA, cancellable,
                                                     error);

  return bytes != NULL ? _ann_zarr_parse_document (bytes, key, error) : NULL;
}

/* --- Attributes --- */

/* Those of @old that stay, where they were, and then those that are set. */
static void
append_merged (GString *json, AnnJsonValue old, AnnAttributes *attributes)
{
  g_auto (GStrv) names = ann_attributes_get_names (attributes);
  AnnJsonIter iter;

  g_string_append_c (json, '{');
  _ann_json_iter_init (&iter, old);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (iter.name, NULL);

      if (g_strv_contains ((const char *const *) names, name))
        continue;
      append_comma (json);
      append_raw (json, iter.name);
      g_string_append_c (json, ':');
      append_raw (json, iter.value);
    }
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const gsize start = json->len;

      append_comma (json);
      _ann_json_append_string (json, names[i], -1);
      g_string_append_c (json, ':');
      if (!_ann_zarr_attributes_append_value (json, attributes, names[i]))
        g_string_truncate (json, start);
    }
  g_string_append_c (json, '}');
}

GBytes *
_ann_zarr_rewrite_attributes (AnnJson *document, guint zarr_format, AnnAttributes *attributes)
{
  const AnnJsonValue root = document != NULL ? _ann_json_get_root (document)
                                             : (AnnJsonValue){ NULL, 0 };
  GString *json;

  if (zarr_format == 2)
    {
      json = g_string_new (NULL);
      append_merged (json, root, attributes);
      return g_string_free_to_bytes (json);
    }

  json = g_string_new ("{");
  append_members (json, root, "attributes");
  append_comma (json);
  g_string_append (json, "\"attributes\":");
  append_merged (json, _ann_json_get_member (root, "attributes"), attributes);
  g_string_append_c (json, '}');

  return g_string_free_to_bytes (json);
}

/* --- Consolidated metadata --- */

gboolean
_ann_zarr_is_consolidated (AnnJson *document)
{
  const AnnJsonKind kind = _ann_json_get_kind (
      _ann_json_get_member (_ann_json_get_root (document), CONSOLIDATED));

  return kind != ANN_JSON_ABSENT && kind != ANN_JSON_NULL;
}

static void
append_consolidated (GString *json, const GString *notes)
{
  append_comma (json);
  g_string_append (json, "\"" CONSOLIDATED
                         "\":{\"kind\":\"inline\",\"must_understand\":false,\"metadata\":{");
  if (notes != NULL)
    g_string_append_len (json, notes->str, (gssize) notes->len);
  g_string_append (json, "}}");
}

GBytes *
_ann_zarr_rewrite_consolidated (AnnJson *document, const GString *notes)
{
  GString *json = g_string_new ("{");

  append_members (json, _ann_json_get_root (document), CONSOLIDATED);
  if (notes != NULL)
    append_consolidated (json, notes);
  g_string_append_c (json, '}');

  return g_string_free_to_bytes (json);
}

GBytes *
_ann_zarr_make_consolidated (const GString *notes)
{
  GString *json = g_string_new ("{\"zarr_consolidated_format\":1,\"metadata\":{");

  g_string_append_len (json, notes->str, (gssize) notes->len);
  g_string_append (json, "}}");

  return g_string_free_to_bytes (json);
}

/* --- Collecting --- */

/* @base: the group that is consolidated; @groups: paths that are not looked into yet */
typedef struct {
  AnnStore *store;
  guint zarr_format;
  const char *base;
  GPtrArray *groups;
  GString *notes;
} Collection;

/* Under the path below the group that is consolidated; in version 2, that of the document. */
static void
begin_note (Collection *self, const char *path, const char *name)
{
  const gsize length = strlen (self->base);
  const char *below = path + length + (length > 0 && path[length] == '/');
  g_autofree char *key = name != NULL ? _ann_zarr_join_key ("", below, name) : g_strdup (below);

  if (self->notes->len > 0)
    g_string_append_c (self->notes, ',');
  _ann_json_append_string (self->notes, key, -1);
  g_string_append_c (self->notes, ':');
}

static void
note_v3 (Collection *self, const char *path, AnnJson *document)
{
  const AnnJsonValue root = _ann_json_get_root (document);

  begin_note (self, path, NULL);
  g_string_append_c (self->notes, '{');
  append_members (self->notes, root, CONSOLIDATED);
  if (_ann_json_string_is (_ann_json_get_member (root, "node_type"), "group"))
    {
      append_consolidated (self->notes, NULL);
      g_ptr_array_add (self->groups, g_strdup (path));
    }
  g_string_append_c (self->notes, '}');
}

static gboolean
add_v3 (Collection *self, const char *path, GCancellable *cancellable, GError **error)
{
  GError *problem = NULL;
  g_autoptr (AnnJson) document = _ann_zarr_read_document (self->store, path, "zarr.json",
                                                          cancellable, &problem);

  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (document != NULL)
    note_v3 (self, path, document);

  return TRUE;
}

static gboolean
add_v2 (Collection *self,
        const char *path,
        gboolean is_base,
        GCancellable *cancellable,
        GError **error)
{
  static const char *const names[] = { ".zarray", ".zgroup", ".zattrs" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GError *problem = NULL;
      g_autoptr (AnnJson) document = _ann_zarr_read_document (self->store, path, names[i],
                                                              cancellable, &problem);

      if (problem != NULL)
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
      if (document == NULL)
        continue;
      begin_note (self, path, names[i]);
      append_raw (self->notes, _ann_json_get_root (document));
      if (i == 1 && !is_base)
        g_ptr_array_add (self->groups, g_strdup (path));
    }

  return TRUE;
}

static gboolean
add_children (Collection *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = _ann_store_list (self->store, path, cancellable, error);

  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *child = _ann_zarr_join_key ("", path, entry->name);

      if (!entry->is_prefix)
        continue;
      if (self->zarr_format == 3 ? !add_v3 (self, child, cancellable, error)
                                 : !add_v2 (self, child, FALSE, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

GString *
_ann_zarr_collect_notes (AnnStore *store,
                         guint zarr_format,
                         const char *path,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) notes = g_string_new (NULL);
  Collection self = {
    .store = store, .zarr_format = zarr_format, .base = path, .groups = groups, .notes = notes
  };

  if (zarr_format == 2 && !add_v2 (&self, path, TRUE, cancellable, error))
    return NULL;

  g_ptr_array_add (groups, g_strdup (path));
  for (guint i = 0; i < groups->len; i++)
    {
      if (!add_children (&self, g_ptr_array_index (groups, i), cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&notes);
}
