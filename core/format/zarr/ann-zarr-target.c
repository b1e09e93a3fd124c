/* ann-zarr-target.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-target.h"

#include "base/ann-error.h"
#include "base/ann-json-text-private.h"
#include "base/ann-worker.h"
#include "format/zarr/ann-zarr-attributes.h"

#include <string.h>

/* What waits for a network goes when there is so much of it. */
#define MAX_WAITING_BYTES ((gsize) 64 * 1024 * 1024)

struct _AnnZarrTarget {
  gatomicrefcount ref_count;
  AnnStoreWriter *store;
  guint zarr_format;
  char *prefix;
  GArray *waiting; /* of AnnZarrObject: not put yet */
  gsize waiting_size;
  GHashTable *paths; /* of nodes: char *, and whether it is a group that nobody writes */
  GString *notes;    /* members of an object: documents, or what they say of nodes */
};

typedef struct {
  AnnZarrTarget *target;
  const AnnZarrObject *objects;
} Puts;

static void
clear_object (gpointer data)
{
  AnnZarrObject *object = data;

  g_free (object->key);
  g_bytes_unref (object->bytes);
}

AnnZarrTarget *
_ann_zarr_target_new (AnnStoreWriter *store, guint zarr_format, const char *prefix)
{
  AnnZarrTarget *self = g_new0 (AnnZarrTarget, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->store = store;
  self->zarr_format = zarr_format;
  self->prefix = g_strdup (prefix);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (AnnZarrObject));
  g_array_set_clear_func (self->waiting, clear_object);
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->notes = g_string_new (NULL);

  return self;
}

AnnZarrTarget *
_ann_zarr_target_ref (AnnZarrTarget *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_zarr_target_unref (AnnZarrTarget *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->waiting);
  g_hash_table_unref (self->paths);
  g_string_free (self->notes, TRUE);
  g_object_unref (self->store);
  g_free (self->prefix);
  g_free (self);
}

guint
_ann_zarr_target_get_format (const AnnZarrTarget *self)
{
  return self->zarr_format;
}

AnnStoreWriter *
_ann_zarr_target_get_store (const AnnZarrTarget *self)
{
  return self->store;
}

/* --- Paths --- */

void
_ann_zarr_target_add_node (AnnZarrTarget *self, const char *path)
{
  g_hash_table_insert (self->paths, g_strdup (path), GINT_TO_POINTER (FALSE));
}

gboolean
_ann_zarr_target_has_node (AnnZarrTarget *self, const char *path)
{
  return g_hash_table_contains (self->paths, path);
}

/* One of them. */
static gboolean
put_plain_group (AnnZarrTarget *self, const char *path, GCancellable *cancellable, GError **error)
{
  gpointer is_plain = GINT_TO_POINTER (FALSE);

  if (!g_hash_table_lookup_extended (self->paths, path, NULL, &is_plain))
    {
      g_hash_table_insert (self->paths, g_strdup (path), GINT_TO_POINTER (TRUE));
      return _ann_zarr_target_put_group (self, path, NULL, cancellable, error);
    }
  if (!GPOINTER_TO_INT (is_plain))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "%s: in Zarr a backslash is a slash, and a node with one in its name would lie in "
                 "this one; rename one of them, and write again",
                 path);

  return GPOINTER_TO_INT (is_plain);
}

gboolean
_ann_zarr_target_put_between (AnnZarrTarget *self,
                              const char *path,
                              const char *below,
                              GCancellable *cancellable,
                              GError **error)
{
  const char *from = below + strlen (path) + (*path != '\0');

  for (const char *slash = strchr (from, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *group = g_strndup (below, (gsize) (slash - below));

      if (!put_plain_group (self, group, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Objects --- */

static gboolean
put_some (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Puts *puts = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      const AnnZarrObject *object = &puts->objects[i];
      g_autofree char *key = *puts->target->prefix != '\0'
                                 ? g_strconcat (puts->target->prefix, "/", object->key, NULL)
                                 : g_strdup (object->key);

      if (!_ann_store_writer_put (puts->target->store, key, object->bytes, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_all (AnnZarrTarget *self,
         const AnnZarrObject *objects,
         gsize n,
         GCancellable *cancellable,
         GError **error)
{
  Puts puts = { self, objects };

  /* On a disk others encode meanwhile: two threads make no more files in the same time than one. */
  if (n <= 1 || !_ann_store_writer_is_remote (self->store))
    return put_some (0, n, &puts, cancellable, error);

  return ann_worker_parallel_waits (n, ANN_WORKER_MAX_WAITS, put_some, &puts, cancellable, error);
}

gboolean
_ann_zarr_target_flush (AnnZarrTarget *self, GCancellable *cancellable, GError **error)
{
  const gboolean is_done = put_all (self, (const AnnZarrObject *) (gpointer) self->waiting->data,
                                    self->waiting->len, cancellable, error);

  g_array_set_size (self->waiting, 0);
  self->waiting_size = 0;

  return is_done;
}

/* Bytes that are the caller's are copied. */
static gboolean
keep (AnnZarrTarget *self, AnnZarrObject *object, gboolean are_copied, GError **error)
{
  const gsize size = g_bytes_get_size (object->bytes);

  if (!are_copied && size > 0)
    {
      gpointer copy = g_try_malloc (size);

      if (copy == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: there is no memory for its %" G_GSIZE_FORMAT " bytes", object->key,
                       size);
          return FALSE;
        }
      memcpy (copy, g_bytes_get_data (object->bytes, NULL), size);
      g_bytes_unref (object->bytes);
      object->bytes = g_bytes_new_take (copy, size);
    }

  g_array_append_val (self->waiting, *object);
  self->waiting_size += size;
  *object = (AnnZarrObject){ NULL, NULL };

  return TRUE;
}

/* So many that nothing is won by waiting for more go at once, behind what waited for them. */
static gboolean
put_far (AnnZarrTarget *self,
         AnnZarrObject *objects,
         gsize n,
         gboolean are_copied,
         GCancellable *cancellable,
         GError **error)
{
  if (n >= ANN_WORKER_MAX_WAITS)
    return _ann_zarr_target_flush (self, cancellable, error)
           && put_all (self, objects, n, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      if (!keep (self, &objects[i], are_copied, error)
          || ((self->waiting->len >= ANN_WORKER_MAX_WAITS
               || self->waiting_size >= MAX_WAITING_BYTES)
              && !_ann_zarr_target_flush (self, cancellable, error)))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_zarr_target_put (AnnZarrTarget *self,
                      AnnZarrObject *objects,
                      gsize n,
                      gboolean are_copied,
                      GCancellable *cancellable,
                      GError **error)
{
  const gboolean is_done = _ann_store_writer_is_remote (self->store)
                               ? put_far (self, objects, n, are_copied, cancellable, error)
                               : put_all (self, objects, n, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      if (objects[i].key != NULL)
        clear_object (&objects[i]);
    }

  return is_done;
}

/* --- Documents --- */

static void
note (AnnZarrTarget *self, const char *key, const char *json, gsize length)
{
  if (self->notes->len > 0)
    g_string_append_c (self->notes, ',');
  _ann_json_append_string (self->notes, key, -1);
  g_string_append_c (self->notes, ':');
  g_string_append_len (self->notes, json, (gssize) length);
}

static gboolean
put_text (AnnZarrTarget *self,
          const char *path,
          const char *name,
          GString *json,
          GCancellable *cancellable,
          GError **error)
{
  AnnZarrObject object = { *path != '\0' ? g_strconcat (path, "/", name, NULL) : g_strdup (name),
                           g_string_free_to_bytes (json) };

  return _ann_zarr_target_put (self, &object, 1, TRUE, cancellable, error);
}

gboolean
_ann_zarr_target_put_document (AnnZarrTarget *self,
                               const char *path,
                               const char *name,
                               GString *json,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autofree char *key = self->zarr_format == 3 ? g_strdup (path)
                         : *path != '\0'        ? g_strconcat (path, "/", name, NULL)
                                                : g_strdup (name);

  note (self, key, json->str, json->len);

  return put_text (self, path, name, json, cancellable, error);
}

gboolean
_ann_zarr_target_put_attributes (AnnZarrTarget *self,
                                 const char *path,
                                 AnnAttributes *attributes,
                                 GCancellable *cancellable,
                                 GError **error)
{
  GString *json;

  if (attributes == NULL)
    return TRUE;

  json = g_string_new (NULL);
  _ann_zarr_attributes_append (json, attributes);
  if (!g_str_equal (json->str, "{}"))
    return _ann_zarr_target_put_document (self, path, ".zattrs", json, cancellable, error);
  g_string_free (json, TRUE);

  return TRUE;
}

/* In the consolidated metadata, groups say that all of what they have is there, too. */
static gboolean
put_group_v3 (AnnZarrTarget *self,
              const char *path,
              AnnAttributes *attributes,
              GCancellable *cancellable,
              GError **error)
{
  const gboolean is_root = *path == '\0';
  GString *json = g_string_new ("{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":");
  gsize length;

  _ann_zarr_attributes_append (json, attributes);
  length = json->len;
  g_string_append (json,
                   ",\"consolidated_metadata\":{\"kind\":\"inline\",\"must_understand\":false,"
                   "\"metadata\":{");
  if (is_root)
    g_string_append_len (json, self->notes->str, (gssize) self->notes->len);
  g_string_append (json, "}}}");
  if (!is_root)
    {
      note (self, path, json->str, json->len);
      g_string_truncate (json, length);
      g_string_append_c (json, '}');
    }

  return put_text (self, path, "zarr.json", json, cancellable, error);
}

gboolean
_ann_zarr_target_put_group (AnnZarrTarget *self,
                            const char *path,
                            AnnAttributes *attributes,
                            GCancellable *cancellable,
                            GError **error)
{
  if (self->zarr_format == 3)
    return put_group_v3 (self, path, attributes, cancellable, error);

  return _ann_zarr_target_put_attributes (self, path, attributes, cancellable, error)
         && _ann_zarr_target_put_document (
             self, path, ".zgroup", g_string_new ("{\"zarr_format\":2}"), cancellable, error);
}

gboolean
_ann_zarr_target_put_consolidated (AnnZarrTarget *self, GCancellable *cancellable, GError **error)
{
  GString *json;

  if (self->zarr_format != 2)
    return TRUE;

  json = g_string_new ("{\"zarr_consolidated_format\":1,\"metadata\":{");
  g_string_append_len (json, self->notes->str, (gssize) self->notes->len);
  g_string_append (json, "}}");

  return put_text (self, "", ".zmetadata", json, cancellable, error);
}
