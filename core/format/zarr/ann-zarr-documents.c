/* ann-zarr-documents.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-documents.h"

#include "base/ann-error-private.h"
#include "format/ann-web-page-private.h"

#include <pthread.h>
#include <string.h>

/* Bytes that are kept; beyond that all are let go, and read again when they are wanted. */
#define MAX_KEPT ((gsize) 32 * 1024 * 1024)

/* Beside its bytes, what one costs. */
#define ENTRY_COST 200

/* Nodes whose documents are asked for at once. */
#define MAX_AT_ONCE 512

enum {
  ARRAY, /* or the one document of version 3 */
  GROUP,
  ATTRIBUTES,
  N_DOCUMENTS,
};

static const char *const names[2][N_DOCUMENTS] = {
  { ".zarray", ".zgroup", ".zattrs" },
  { "zarr.json", NULL, NULL },
};

/* What a node has; NULL for what is not there.
 * @attributes_problem: (nullable): why that document of version 2 cannot be read
 */
typedef struct {
  GBytes *documents[N_DOCUMENTS];
  GError *attributes_problem;
} Entry;

struct _AnnZarrDocuments {
  AnnStore *store;
  char *prefix;
  guint version;
  pthread_mutex_t lock; /* held for moments */
  GHashTable *entries;  /* path → Entry */
  gsize n_kept;
};

static void
entry_clear (Entry *entry)
{
  for (guint i = 0; i < N_DOCUMENTS; i++)
    g_clear_pointer (&entry->documents[i], g_bytes_unref);
  g_clear_error (&entry->attributes_problem);
}

static void
entry_copy (Entry *entry, const Entry *from)
{
  for (guint i = 0; i < N_DOCUMENTS; i++)
    entry->documents[i] = from->documents[i] != NULL ? g_bytes_ref (from->documents[i]) : NULL;
  entry->attributes_problem = from->attributes_problem != NULL
                                  ? g_error_copy (from->attributes_problem)
                                  : NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

static void
free_entry (gpointer data)
{
  entry_clear (data);
  g_free (data);
}

static gboolean
entry_is_node (const Entry *entry, guint version)
{
  return entry->documents[ARRAY] != NULL || (version == 2 && entry->documents[GROUP] != NULL);
}

AnnZarrDocuments *
_ann_zarr_documents_new (AnnStore *store, const char *prefix, guint version)
{
  AnnZarrDocuments *self = g_new0 (AnnZarrDocuments, 1);

  self->store = g_object_ref (store);
  self->prefix = g_strdup (prefix);
  self->version = version;
  pthread_mutex_init (&self->lock, NULL);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_entry);

  return self;
}

void
_ann_zarr_documents_free (AnnZarrDocuments *self)
{
  g_hash_table_unref (self->entries);
  pthread_mutex_destroy (&self->lock);
  g_free (self->prefix);
  g_object_unref (self->store);
  g_free (self);
}

char *
_ann_zarr_join_key (const char *prefix, const char *path, const char *name)
{
  GString *key = g_string_new (prefix);

  if (*path != '\0')
    g_string_append_printf (key, "%s%s", key->len > 0 ? "/" : "", path);
  if (name != NULL)
    g_string_append_printf (key, "%s%s", key->len > 0 ? "/" : "", name);

  return g_string_free (key, FALSE);
}

gboolean
_ann_zarr_is_document_name (const char *name)
{
  static const char *const documents[] = { "zarr.json", ".zarray",    ".zgroup",
                                           ".zattrs",   ".zmetadata", NULL };

  return g_strv_contains (documents, name);
}

AnnJson *
_ann_zarr_parse_document (GBytes *bytes, const char *key, GError **error)
{
  gsize n;
  const guint8 *text = g_bytes_get_data (bytes, &n);
  AnnJson *json;

  if (_ann_is_web_page (text, n))
    {
      _ann_set_web_page_error (error, key);
      return NULL;
    }

  json = _ann_json_parse (bytes, error);
  if (json == NULL)
    g_prefix_error (error, "%s: ", key);

  return json;
}

/* Fills @entry with what is kept of @path. */
static gboolean
look_up (AnnZarrDocuments *self, const char *path, Entry *entry)
{
  const Entry *kept;

  pthread_mutex_lock (&self->lock);
  kept = g_hash_table_lookup (self->entries, path);
  if (kept != NULL)
    entry_copy (entry, kept);
  pthread_mutex_unlock (&self->lock);

  return kept != NULL;
}

static void
keep (AnnZarrDocuments *self, const char *path, const Entry *entry)
{
  Entry *kept = g_new0 (Entry, 1);
  gsize n = ENTRY_COST + strlen (path);

  entry_copy (kept, entry);
  for (guint i = 0; i < N_DOCUMENTS; i++)
    n += entry->documents[i] != NULL ? g_bytes_get_size (entry->documents[i]) : 0;

  pthread_mutex_lock (&self->lock);
  if (self->n_kept > MAX_KEPT)
    {
      g_hash_table_remove_all (self->entries);
      self->n_kept = 0;
    }
  g_hash_table_replace (self->entries, g_strdup (path), kept);
  self->n_kept += n;
  pthread_mutex_unlock (&self->lock);
}

static guint
get_n_documents (const AnnZarrDocuments *self)
{
  return self->version == 3 ? 1 : N_DOCUMENTS;
}

static void
init_read (AnnStoreRead *read, const char *key)
{
  *read = (AnnStoreRead){ .key = key,
                          .length = ANN_STORE_SIZE_UNKNOWN,
                          .limit = ANN_ZARR_MAX_METADATA };
}

/* What came of a read; NULL for nothing. */
static GBytes *
take_bytes (AnnStoreRead *read, gboolean success)
{
  if (success && !read->is_absent)
    return g_bytes_new_take (g_steal_pointer (&read->bytes), read->n_bytes);
  g_clear_pointer (&read->bytes, g_free);

  return NULL;
}

/* Sets @entries to what the store has of the @n nodes; and @more, if it is not NULL, to what it has
 * of that key.
 */
static gboolean
read_entries (AnnZarrDocuments *self,
              const char *const *paths,
              gsize n,
              Entry *entries,
              const char *more_key,
              GBytes **more,
              GCancellable *cancellable,
              GError **error)
{
  const guint n_documents = get_n_documents (self);
  const gsize n_reads = n * n_documents;
  g_autofree AnnStoreRead *reads = g_new0 (AnnStoreRead, n_reads + 1);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  gboolean success;

  for (gsize i = 0; i < n_reads; i++)
    {
      const char *name = names[self->version - 2][i % n_documents];

      g_ptr_array_add (keys, _ann_zarr_join_key (self->prefix, paths[i / n_documents], name));
      init_read (&reads[i], g_ptr_array_index (keys, i));
    }
  if (more != NULL)
    init_read (&reads[n_reads], more_key);
  success = _ann_store_read (self->store, reads, n_reads + (more != NULL), cancellable, error);
  for (gsize i = 0; i < n_reads; i++)
    entries[i / n_documents].documents[i % n_documents] = take_bytes (&reads[i], success);
  if (more != NULL)
    *more = take_bytes (&reads[n_reads], success);

  return success;
}

static GBytes *
read_alone (AnnZarrDocuments *self, const char *key, GCancellable *cancellable, GError **error)
{
  return _ann_store_read_object (self->store, key, ANN_ZARR_MAX_METADATA, cancellable, error);
}

/* One call fails as a whole. Where it did because of @failure, this reads the documents of a node
 * one by one, so that attributes that are damaged are all that is missing.
 */
static gboolean
read_apart (AnnZarrDocuments *self,
            const char *path,
            Entry *entry,
            const GError *failure,
            GCancellable *cancellable,
            GError **error)
{
  if (self->version != 2 || !_ann_error_blames_store (failure))
    {
      g_propagate_error (error, g_error_copy (failure));
      return FALSE;
    }

  for (guint i = 0; i < N_DOCUMENTS; i++)
    {
      g_autofree char *key = _ann_zarr_join_key (self->prefix, path, names[0][i]);
      g_autoptr (GError) local_error = NULL;

      entry->documents[i] = read_alone (self, key, cancellable, &local_error);
      if (local_error == NULL)
        continue;
      if (i != ATTRIBUTES || !_ann_error_blames_store (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      entry->attributes_problem = g_steal_pointer (&local_error);
    }

  return TRUE;
}

/* Consolidated metadata that cannot be read are none, as those that make no sense are. */
static gboolean
read_consolidated_alone (AnnZarrDocuments *self,
                         const char *key,
                         GBytes **consolidated,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *consolidated = read_alone (self, key, cancellable, &local_error);
  if (local_error == NULL || _ann_error_blames_store (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

gboolean
_ann_zarr_documents_load_root (AnnZarrDocuments *self,
                               GBytes **consolidated,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autofree char *key = _ann_zarr_join_key (self->prefix, "", ".zmetadata");
  const char *const path = "";
  g_auto (Entry) entry = { { NULL }, NULL };
  g_autoptr (GError) failure = NULL;

  if (!read_entries (self, &path, 1, &entry, key, consolidated, cancellable, &failure)
      && (!read_apart (self, path, &entry, failure, cancellable, error)
          || !read_consolidated_alone (self, key, consolidated, cancellable, error)))
    return FALSE;
  keep (self, path, &entry);

  return TRUE;
}

static gboolean
load_some (AnnZarrDocuments *self,
           const char *const *paths,
           gsize n,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree Entry *entries = g_new0 (Entry, n);
  const gboolean success = read_entries (self, paths, n, entries, NULL, NULL, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      if (success)
        keep (self, paths[i], &entries[i]);
      entry_clear (&entries[i]);
    }

  return success;
}

gboolean
_ann_zarr_documents_load (AnnZarrDocuments *self,
                          GPtrArray *paths,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < paths->len; i++)
    {
      if (!g_hash_table_contains (self->entries, g_ptr_array_index (paths, i)))
        g_ptr_array_add (wanted, g_ptr_array_index (paths, i));
    }
  pthread_mutex_unlock (&self->lock);

  for (guint i = 0; i < wanted->len; i += MAX_AT_ONCE)
    {
      if (!load_some (self, (const char *const *) wanted->pdata + i,
                      MIN (wanted->len - i, MAX_AT_ONCE), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
get_entry (AnnZarrDocuments *self,
           const char *path,
           Entry *entry,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (look_up (self, path, entry))
    return TRUE;
  if (!read_entries (self, &path, 1, entry, NULL, NULL, cancellable, &failure)
      && !read_apart (self, path, entry, failure, cancellable, error))
    return FALSE;
  keep (self, path, entry);

  return TRUE;
}

gboolean
_ann_zarr_documents_find (AnnZarrDocuments *self,
                          const char *path,
                          gboolean *is_there,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (Entry) entry = { { NULL }, NULL };

  if (!get_entry (self, path, &entry, cancellable, error))
    return FALSE;
  *is_there = entry_is_node (&entry, self->version);

  return TRUE;
}

static AnnZarrMetadata *
read_v3 (GBytes *document, const char *path, GError **error)
{
  g_autofree char *key = _ann_zarr_join_key ("", path, "zarr.json");
  g_autoptr (AnnJson) json = _ann_zarr_parse_document (document, key, error);
  AnnZarrMetadata *metadata;

  if (json == NULL)
    return NULL;

  metadata = _ann_zarr_metadata_new_v3 (json, _ann_json_get_root (json), error);
  if (metadata == NULL)
    g_prefix_error (error, "%s: ", key);

  return metadata;
}

/* Without its attributes a node is there all the same. */
static AnnZarrMetadata *
read_v2 (const Entry *entry, const char *path, GError **error)
{
  g_autofree char *array_key = _ann_zarr_join_key ("", path, ".zarray");
  g_autofree char *attributes_key = _ann_zarr_join_key ("", path, ".zattrs");
  g_autoptr (AnnJson) array = NULL;
  g_autoptr (AnnJson) attributes = NULL;
  g_autoptr (GError) problem = NULL;
  AnnJsonValue array_value = { NULL, 0 };
  AnnJsonValue attributes_value = { NULL, 0 };
  AnnZarrMetadata *metadata;

  if (entry->documents[ARRAY] != NULL)
    {
      array = _ann_zarr_parse_document (entry->documents[ARRAY], array_key, error);
      if (array == NULL)
        return NULL;
      array_value = _ann_json_get_root (array);
    }
  if (entry->documents[ATTRIBUTES] != NULL)
    {
      attributes = _ann_zarr_parse_document (entry->documents[ATTRIBUTES], attributes_key,
                                             &problem);
      if (attributes != NULL)
        attributes_value = _ann_json_get_root (attributes);
    }
  else if (entry->attributes_problem != NULL)
    problem = g_error_copy (entry->attributes_problem);

  metadata = _ann_zarr_metadata_new_v2 (array_value, attributes, attributes_value);
  metadata->attributes_problem = g_steal_pointer (&problem);

  return metadata;
}

AnnZarrMetadata *
_ann_zarr_documents_read (AnnZarrDocuments *self,
                          const char *path,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (Entry) entry = { { NULL }, NULL };

  if (!get_entry (self, path, &entry, cancellable, error) || !entry_is_node (&entry, self->version))
    return NULL;

  return self->version == 3 ? read_v3 (entry.documents[ARRAY], path, error)
                            : read_v2 (&entry, path, error);
}
