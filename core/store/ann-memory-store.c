/* ann-memory-store.c: objects in memory, in the order of their keys
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-stores.h"

#include "store/ann-store-private.h"

#include <string.h>

#define ANN_TYPE_MEMORY_STORE (_ann_memory_store_get_type ())

G_DECLARE_FINAL_TYPE (AnnMemoryStore, _ann_memory_store, ANN, MEMORY_STORE, AnnStore)

struct _AnnMemoryStore {
  AnnStore parent_instance;
  GTree *objects; /* char * → GBytes */
};

G_DEFINE_FINAL_TYPE (AnnMemoryStore, _ann_memory_store, ANN_TYPE_STORE)

static gboolean
_ann_memory_store_read (AnnStore *store,
                        AnnStoreRead *reads,
                        gsize n,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
  AnnMemoryStore *self = ANN_MEMORY_STORE (store);
  AnnTraffic *traffic = _ann_store_get_traffic (store);

  for (AnnStoreRead *read = reads; read < reads + n; read++)
    {
      GBytes *object = g_tree_lookup (self->objects, read->key);
      guint64 offset;

      _ann_traffic_count_request (traffic, FALSE);
      if (object == NULL)
        {
          read->is_absent = TRUE;
          continue;
        }
      if (!_ann_store_read_prepare (read, g_bytes_get_size (object), &offset, error))
        return FALSE;
      if (read->n_bytes > 0)
        memcpy (read->bytes, (const guint8 *) g_bytes_get_data (object, NULL) + offset,
                read->n_bytes);
      _ann_traffic_add_bytes (traffic, read->n_bytes);
    }

  return TRUE;
}

static GPtrArray *
_ann_memory_store_list (AnnStore *store,
                        const char *prefix,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        G_GNUC_UNUSED GError **error)
{
  g_autofree char *start = *prefix != '\0' ? g_strconcat (prefix, "/", NULL) : g_strdup ("");
  GPtrArray *entries = _ann_store_entries_new ();

  for (GTreeNode *node = g_tree_lower_bound (ANN_MEMORY_STORE (store)->objects, start);
       node != NULL && g_str_has_prefix (g_tree_node_key (node), start);
       node = g_tree_node_next (node))
    {
      const char *rest = (const char *) g_tree_node_key (node) + strlen (start);

      if (*rest != '\0')
        _ann_store_entries_add (entries, rest, g_bytes_get_size (g_tree_node_value (node)));
    }

  return entries;
}

static void
_ann_memory_store_finalize (GObject *object)
{
  g_tree_unref (ANN_MEMORY_STORE (object)->objects);

  G_OBJECT_CLASS (_ann_memory_store_parent_class)->finalize (object);
}

static void
_ann_memory_store_class_init (AnnMemoryStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = _ann_memory_store_finalize;
  ANN_STORE_CLASS (klass)->read = _ann_memory_store_read;
  ANN_STORE_CLASS (klass)->list = _ann_memory_store_list;
}

static int
compare_keys (const char *a, const char *b, G_GNUC_UNUSED gpointer data)
{
  return _ann_store_compare_keys (a, b);
}

static void
_ann_memory_store_init (AnnMemoryStore *self)
{
  self->objects = g_tree_new_full ((GCompareDataFunc) compare_keys, NULL, g_free,
                                   (GDestroyNotify) g_bytes_unref);
}

AnnStore *
_ann_memory_store_new (void)
{
  return g_object_new (ANN_TYPE_MEMORY_STORE, NULL);
}

void
_ann_memory_store_add (AnnStore *self, const char *key, GBytes *bytes)
{
  g_return_if_fail (ANN_IS_MEMORY_STORE (self));
  g_return_if_fail (_ann_store_is_key (key));

  g_tree_replace (ANN_MEMORY_STORE (self)->objects, g_strdup (key), g_bytes_ref (bytes));
}
