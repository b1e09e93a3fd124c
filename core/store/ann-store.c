/* ann-store.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-private.h"

#include "base/ann-error.h"

#include <string.h>

typedef struct {
  char *name;
  AnnTraffic *traffic;
  gboolean is_remote;
  GError *doubt;     /* set once, atomically */
  int refuses_lists; /* atomically */
} AnnStorePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnStore, _ann_store, G_TYPE_OBJECT)

static void
_ann_store_finalize (GObject *object)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (ANN_STORE (object));

  g_free (priv->name);
  g_clear_error (&priv->doubt);
  ann_traffic_unref (priv->traffic);

  G_OBJECT_CLASS (_ann_store_parent_class)->finalize (object);
}

static void
_ann_store_class_init (AnnStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = _ann_store_finalize;
}

static void
_ann_store_init (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  priv->traffic = ann_traffic_new ();
}

gboolean
_ann_store_is_key (const char *key)
{
  if (*key == '\0')
    return TRUE;

  for (const char *segment = key;; segment++)
    {
      gsize length = strcspn (segment, "/");

      if (length == 0 || (length <= 2 && strncmp (segment, "..", length) == 0))
        return FALSE;
      segment += length;
      if (*segment == '\0')
        return TRUE;
    }
}

static guint
get_rank (char byte)
{
  return byte == '\0' ? 0 : byte == '/' ? 1 : (guint) (guchar) byte + 1;
}

int
_ann_store_compare_keys (const char *a, const char *b)
{
  while (*a != '\0' && *a == *b)
    {
      a++;
      b++;
    }

  return (int) get_rank (*a) - (int) get_rank (*b);
}

/* Asks the class for the @n reads, whose keys are keys. */
static gboolean
read_keys (AnnStore *self, AnnStoreRead *reads, gsize n, GCancellable *cancellable, GError **error)
{
  if (n == 0)
    return TRUE;

  return ANN_STORE_GET_CLASS (self)->read (self, reads, n, cancellable, error);
}

gboolean
_ann_store_read (AnnStore *self,
                 AnnStoreRead *reads,
                 gsize n,
                 GCancellable *cancellable,
                 GError **error)
{
  gsize first = 0;

  g_return_val_if_fail (ANN_IS_STORE (self), FALSE);

  for (gsize i = 0; i < n; i++)
    {
      reads[i].n_bytes = 0;
      reads[i].is_absent = FALSE;
      reads[i].object_size = ANN_STORE_SIZE_UNKNOWN;
    }

  /* What is no key is nowhere; the runs between are asked for as they are. */
  for (gsize i = 0; i < n; i++)
    {
      if (_ann_store_is_key (reads[i].key))
        continue;
      reads[i].is_absent = TRUE;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !read_keys (self, reads + first, i - first, cancellable, error))
        return FALSE;
      first = i + 1;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && read_keys (self, reads + first, n - first, cancellable, error);
}

gboolean
_ann_store_read_prepare (AnnStoreRead *read, guint64 size, guint64 *offset, GError **error)
{
  guint64 start = read->is_suffix ? size - MIN (size, read->length) : MIN (size, read->offset);
  guint64 length = MIN (size - start, read->length);

  read->object_size = size;
  if (read->bytes == NULL)
    {
      if (length > read->limit)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "“%s” has %" G_GUINT64_FORMAT " bytes, more than the %" G_GSIZE_FORMAT
                       " that are read at once",
                       read->key, length, read->limit);
          return FALSE;
        }
      read->bytes = g_try_malloc (MAX (length, 1));
      if (read->bytes == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "There is no memory for the %" G_GUINT64_FORMAT " bytes of “%s”", length,
                       read->key);
          return FALSE;
        }
    }
  read->n_bytes = (gsize) length;
  *offset = start;

  return TRUE;
}

GBytes *
_ann_store_read_object (AnnStore *self,
                        const char *key,
                        gsize limit,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnStoreRead read = { .key = key, .length = ANN_STORE_SIZE_UNKNOWN, .limit = limit };

  if (!_ann_store_read (self, &read, 1, cancellable, error))
    {
      g_free (read.bytes);
      return NULL;
    }
  if (read.is_absent)
    {
      g_free (read.bytes);
      return NULL;
    }

  return g_bytes_new_take (read.bytes, read.n_bytes);
}

gboolean
_ann_store_can_list (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  return ANN_STORE_GET_CLASS (self)->list != NULL && !g_atomic_int_get (&priv->refuses_lists);
}

GPtrArray *
_ann_store_list (AnnStore *self, const char *prefix, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANN_IS_STORE (self), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!_ann_store_can_list (self))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s does not tell what it holds",
                   _ann_store_get_name (self));
      return NULL;
    }
  if (!_ann_store_is_key (prefix))
    return _ann_store_entries_new ();

  return ANN_STORE_GET_CLASS (self)->list (self, prefix, cancellable, error);
}

gboolean
_ann_store_is_remote (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  return priv->is_remote || ANN_STORE_GET_CLASS (self)->is_remote;
}

void
_ann_store_set_remote (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  priv->is_remote = TRUE;
}

const char *
_ann_store_get_name (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  return priv->name != NULL ? priv->name : "The store";
}

void
_ann_store_set_name (AnnStore *self, const char *name)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  g_free (priv->name);
  priv->name = g_strdup (name);
}

AnnTraffic *
_ann_store_get_traffic (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  return priv->traffic;
}

AnnStoreEntry *
_ann_store_entry_new (const char *name, gboolean is_prefix, guint64 size)
{
  AnnStoreEntry *entry = g_new (AnnStoreEntry, 1);

  *entry = (AnnStoreEntry){ g_strdup (name), is_prefix, size };

  return entry;
}

GPtrArray *
_ann_store_entries_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) _ann_store_entry_free);
}

void
_ann_store_entries_add (GPtrArray *entries, const char *rest, guint64 size)
{
  gsize length = strcspn (rest, "/");
  gboolean is_prefix = rest[length] == '/';
  AnnStoreEntry *last = entries->len > 0 ? g_ptr_array_index (entries, entries->len - 1) : NULL;
  g_autofree char *name = g_strndup (rest, length);

  if (last != NULL && g_str_equal (last->name, name))
    last->is_prefix |= is_prefix;
  else
    g_ptr_array_add (
        entries, _ann_store_entry_new (name, is_prefix, is_prefix ? ANN_STORE_SIZE_UNKNOWN : size));
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const AnnStoreEntry *const *first = a;
  const AnnStoreEntry *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

void
_ann_store_entries_sort (GPtrArray *entries)
{
  g_ptr_array_sort (entries, compare_entries);
}

void
_ann_store_entry_free (AnnStoreEntry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

void
_ann_store_refuse_lists (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  g_atomic_int_set (&priv->refuses_lists, TRUE);
}

const GError *
_ann_store_get_doubt (AnnStore *self)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);

  return g_atomic_pointer_get (&priv->doubt);
}

void
_ann_store_set_doubt (AnnStore *self, const GError *doubt)
{
  AnnStorePrivate *priv = _ann_store_get_instance_private (self);
  GError *copy = g_error_copy (doubt);

  if (!g_atomic_pointer_compare_and_exchange (&priv->doubt, NULL, copy))
    g_error_free (copy);
}
