/* zarr-fixture.h: Zarr stores in memory, near and far, for tests
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-chunk-cache.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"
#include "format/zarr/ann-zarr-node.h"
#include "store/ann-stores.h"

#include <string.h>

/* A store whose objects are in memory; it notes what it is asked for. @fail_at: the number of the
 * call that fails, from 0; -1 for none. @damaged: how the keys end that cannot be read; NULL for
 * none
 */
typedef struct {
  AnnStore parent_instance;

  GHashTable *objects; /* key → GBytes */
  GPtrArray *keys;     /* asked for, one after the other */
  guint n_calls;
  guint n_lists;
  int fail_at;
  const char *damaged;
} ZarrStore;

typedef struct {
  AnnStoreClass parent_class;
} ZarrStoreClass;

typedef ZarrStore FarStore;
typedef ZarrStoreClass FarStoreClass;
typedef ZarrStore FarBlindStore;
typedef ZarrStoreClass FarBlindStoreClass;

/* On disk, as it were; in a bucket; at a server that does not tell what it holds. */
GType zarr_store_get_type (void);
GType far_store_get_type (void);
GType far_blind_store_get_type (void);

G_DEFINE_TYPE (ZarrStore, zarr_store, ANN_TYPE_STORE)
G_DEFINE_TYPE (FarStore, far_store, zarr_store_get_type ())
G_DEFINE_TYPE (FarBlindStore, far_blind_store, zarr_store_get_type ())

static gboolean
zarr_store_fails (ZarrStore *self, GError **error)
{
  if (self->fail_at != (int) self->n_calls++)
    return FALSE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer");

  return TRUE;
}

static void
zarr_store_read_one (ZarrStore *self, AnnStoreRead *read)
{
  GBytes *bytes = g_hash_table_lookup (self->objects, read->key);
  guint64 size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  guint64 offset = read->is_suffix ? size - MIN (read->length, size) : MIN (read->offset, size);

  g_ptr_array_add (self->keys, g_strdup (read->key));
  read->is_absent = bytes == NULL;
  if (bytes == NULL)
    return;

  read->object_size = size;
  read->n_bytes = MIN (read->length, size - offset);
  if (read->bytes == NULL)
    read->bytes = g_malloc (read->n_bytes + 1);
  if (read->n_bytes > 0)
    memcpy (read->bytes, (const guint8 *) g_bytes_get_data (bytes, NULL) + offset, read->n_bytes);
}

static gboolean
zarr_store_read (AnnStore *store,
                 AnnStoreRead *reads,
                 gsize n,
                 GCancellable *cancellable G_GNUC_UNUSED,
                 GError **error)
{
  ZarrStore *self = (ZarrStore *) store;

  if (zarr_store_fails (self, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (self->damaged != NULL && g_str_has_suffix (reads[i].key, self->damaged)
          && g_hash_table_contains (self->objects, reads[i].key))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: damaged", reads[i].key);
          return FALSE;
        }
      zarr_store_read_one (self, &reads[i]);
    }

  return TRUE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(AnnStoreEntry *const *) a)->name, (*(AnnStoreEntry *const *) b)->name);
}

static GPtrArray *
zarr_store_list (AnnStore *store,
                 const char *prefix,
                 GCancellable *cancellable G_GNUC_UNUSED,
                 GError **error)
{
  ZarrStore *self = (ZarrStore *) store;
  g_autofree char *below = *prefix != '\0' ? g_strconcat (prefix, "/", NULL) : g_strdup ("");
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *entries;
  GHashTableIter iter;
  gpointer key;

  self->n_lists++;
  if (zarr_store_fails (self, error))
    return NULL;

  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) _ann_store_entry_free);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const char *rest = (const char *) key + strlen (below);
      g_autofree char *name = NULL;

      if (!g_str_has_prefix (key, below))
        continue;
      name = g_strndup (rest, strcspn (rest, "/"));
      if (!g_hash_table_contains (names, name))
        g_ptr_array_add (entries, _ann_store_entry_new (name, strchr (rest, '/') != NULL,
                                                        ANN_STORE_SIZE_UNKNOWN));
      g_hash_table_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_sort (entries, compare_entries);

  return entries;
}

static void
zarr_store_finalize (GObject *object)
{
  ZarrStore *self = (ZarrStore *) object;

  g_hash_table_unref (self->objects);
  g_ptr_array_unref (self->keys);

  G_OBJECT_CLASS (zarr_store_parent_class)->finalize (object);
}

static void
zarr_store_class_init (ZarrStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zarr_store_finalize;
  klass->parent_class.read = zarr_store_read;
  klass->parent_class.list = zarr_store_list;
}

static void
zarr_store_init (ZarrStore *self)
{
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_bytes_unref);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->fail_at = -1;
}

static void
far_store_class_init (FarStoreClass *klass)
{
  klass->parent_class.is_remote = TRUE;
}

static void
far_store_init (FarStore *self G_GNUC_UNUSED)
{
}

static void
far_blind_store_class_init (FarBlindStoreClass *klass)
{
  klass->parent_class.is_remote = TRUE;
  klass->parent_class.list = NULL;
}

static void
far_blind_store_init (FarBlindStore *self G_GNUC_UNUSED)
{
}

/* --- Filling it --- */

static inline void
put (ZarrStore *store, const char *key, gconstpointer bytes, gsize n)
{
  g_hash_table_replace (store->objects, g_strdup (key), g_bytes_new (bytes, n));
}

static inline void
put_text (ZarrStore *store, const char *key, const char *text)
{
  put (store, key, text, strlen (text));
}

static inline ZarrStore *
store_new (GType type)
{
  return g_object_new (type, NULL);
}

#define LITTLE "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}"
#define GROUP_V3 "{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{}}"
#define GROUP_V2 "{\"zarr_format\":2}"

/* The `zarr.json` of an array. @more: (nullable): further members, with a comma before them */
static inline char *
array_v3 (const char *shape,
          const char *chunk_shape,
          const char *type,
          const char *fill_value,
          const char *codecs,
          const char *more)
{
  return g_strdup_printf (
      "{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":%s,\"data_type\":%s,"
      "\"chunk_grid\":{\"name\":\"regular\",\"configuration\":{\"chunk_shape\":%s}},"
      "\"chunk_key_encoding\":{\"name\":\"default\",\"configuration\":{\"separator\":\"/\"}},"
      "\"fill_value\":%s,\"codecs\":[%s]%s}",
      shape, type, chunk_shape, fill_value, codecs, more != NULL ? more : "");
}

static inline char *
array_v2 (const char *shape,
          const char *chunks,
          const char *type,
          const char *fill_value,
          const char *filters,
          const char *more)
{
  return g_strdup_printf ("{\"zarr_format\":2,\"shape\":%s,\"chunks\":%s,\"dtype\":%s,"
                          "\"fill_value\":%s,\"order\":\"C\",\"filters\":%s,\"compressor\":null%s}",
                          shape, chunks, type, fill_value, filters, more != NULL ? more : "");
}

/* --- Opening it --- */

static inline AnnNode *
open_root (ZarrStore *store)
{
  g_autoptr (GError) error = NULL;
  guint version;
  AnnNode *root = _ann_zarr_open (ANN_STORE (store), NULL, &version, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (root);

  return root;
}

static inline AnnArray *
open_array (AnnNode *node)
{
  g_autoptr (GError) error = NULL;
  AnnArray *array = ann_node_open_array (node, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (array);

  return array;
}

/* A store that is one array, of version 3 if @document says so. (transfer full) */
static inline AnnArray *
open_only (ZarrStore *store, const char *document)
{
  g_autoptr (AnnNode) root = NULL;

  put_text (store, strstr (document, "\"zarr_format\":3") != NULL ? "zarr.json" : ".zarray",
            document);
  root = open_root (store);

  return open_array (root);
}

static inline void
assert_error_says (const GError *error, int code, const char *words)
{
  g_assert_error (error, ANN_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static inline AnnBuffer *
read_whole (AnnArray *array, GError **error)
{
  AnnBox box;

  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));

  return ann_array_read (array, &box, NULL, error);
}

static inline void
assert_numbers (AnnArray *array, const double *values, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) buffer = read_whole (array, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (ann_buffer_get_double (buffer, i), ==, values[i]);
}

static inline void
assert_texts (AnnArray *array, const char *joined)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  AnnBox box;

  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  texts = ann_array_read_strings (array, &box, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < ann_strings_get_length (texts); i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "", ann_strings_get (texts, i, NULL));
  g_assert_cmpstr (all->str, ==, joined);
}

static inline guint
count_keys (ZarrStore *store, const char *key)
{
  guint n = 0;

  for (guint i = 0; i < store->keys->len; i++)
    n += g_str_equal (g_ptr_array_index (store->keys, i), key);

  return n;
}
