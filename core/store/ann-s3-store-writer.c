/* ann-s3-store-writer.c: objects that are put into a bucket
 *
 * A bucket cannot rename. So nothing is there before, what is put is there at once, and the caller
 * puts last what a reader begins with. Long objects go in parts, several at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-writer-private.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "store/ann-place-private.h"
#include "store/ann-s3-leftovers.h"
#include "store/ann-s3-put.h"
#include "store/ann-s3-removal.h"
#include "store/ann-stores.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define ANN_TYPE_S3_STORE_WRITER (_ann_s3_store_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnS3StoreWriter, _ann_s3_store_writer, ANN, S3_STORE_WRITER, AnnStoreWriter)

struct _AnnS3StoreWriter {
  AnnStoreWriter parent_instance;
  AnnS3Store *store; /* of whose requests ours are */
  gsize whole_size;  /* what is longer goes in parts; 0: as is usual */
  gsize part_size;
  GPtrArray *removals;  /* (nullable): AnnS3Removal, of what is complete */
  pthread_mutex_t lock; /* held for moments */
  GHashTable *keys;     /* char *: what may be there, by us */
  GHashTable *doubtful; /* char *: those of requests that had no answer */
};

G_DEFINE_FINAL_TYPE (AnnS3StoreWriter, _ann_s3_store_writer, ANN_TYPE_STORE_WRITER)

/* Before it is there: nobody knows what became of a request without an answer. Returns whether it
 * was not there by us already.
 */
static gboolean
note_key (AnnS3StoreWriter *self, const char *key)
{
  gboolean is_first;

  pthread_mutex_lock (&self->lock);
  is_first = g_hash_table_add (self->keys, g_strdup (key));
  pthread_mutex_unlock (&self->lock);

  return is_first;
}

/* Puts it. A request that was given up may still come to its end behind our back; one that was
 * refused leaves nothing.
 */
static gboolean
put (AnnS3StoreWriter *self, const AnnS3Object *object, GCancellable *cancellable, GError **error)
{
  const gboolean is_first = note_key (self, object->key);
  gboolean may_be_there;

  if (_ann_s3_put (self->store, object, &may_be_there, cancellable, error))
    return TRUE;

  pthread_mutex_lock (&self->lock);
  if (may_be_there)
    g_hash_table_add (self->doubtful, g_strdup (object->key));
  else if (is_first)
    g_hash_table_remove (self->keys, object->key);
  pthread_mutex_unlock (&self->lock);

  return FALSE;
}

static const guint8 *
get_data (GBytes *bytes)
{
  gconstpointer data = g_bytes_get_data (bytes, NULL);

  return data != NULL ? data : (const guint8 *) "";
}

static gboolean
s3_store_writer_put (AnnStoreWriter *writer,
                     const char *key,
                     GBytes *bytes,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);
  const AnnS3Object object = { .key = key,
                               .bytes = get_data (bytes),
                               .n_bytes = g_bytes_get_size (bytes),
                               .whole_size = self->whole_size,
                               .part_size = self->part_size };

  return put (self, &object, cancellable, error);
}

static int
s3_store_writer_create (G_GNUC_UNUSED AnnStoreWriter *writer,
                        G_GNUC_UNUSED const char *key,
                        GError **error)
{
  g_autofree char *folder = _ann_dup_scratch_folder ();
  int fd = _ann_open_unnamed (folder);

  if (fd < 0)
    _ann_set_write_error (error, folder, errno);

  return fd;
}

static gboolean
s3_store_writer_put_file (AnnStoreWriter *writer,
                          const char *key,
                          int fd,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);
  AnnS3Object object = { .key = key, .fd = fd, .part_size = self->part_size };
  struct stat status;
  gboolean is_done = fstat (fd, &status) == 0;

  if (!is_done)
    _ann_set_write_error (error, _ann_store_writer_get_name (writer), errno);
  else
    {
      object.n_bytes = (guint64) status.st_size;
      is_done = put (self, &object, cancellable, error);
    }
  _ann_clean_up_close (fd);

  return is_done;
}

/* --- The end --- */

/* What a reader begins with is first: without it there are leftovers, and no store. (transfer
 * full): of char *
 */
static GPtrArray *
dup_keys (GHashTable *keys)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_insert (copy, strchr (key, '/') == NULL ? 0 : -1, g_strdup (key));

  return copy;
}

/* (transfer full): of all that may be there by us */
static AnnS3Removal *
make_removal (AnnS3StoreWriter *self)
{
  AnnStoreWriter *writer = ANN_STORE_WRITER (self);

  return _ann_s3_removal_new (self->store, _ann_store_writer_get_name (writer),
                              dup_keys (self->keys));
}

static gboolean
s3_store_writer_commit (AnnStoreWriter *writer,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        G_GNUC_UNUSED GError **error)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);

  if (self->removals != NULL)
    g_ptr_array_add (self->removals, make_removal (self));

  return TRUE;
}

/* Nobody waits for the network: who cancels is free, and the process waits for the rest at its end.
 */
static void
s3_store_writer_abandon (AnnStoreWriter *writer)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);
  AnnS3Removal *removal;
  GPtrArray *removals;

  if (g_hash_table_size (self->keys) == 0)
    return;

  removal = make_removal (self);
  _ann_s3_removal_set_late (removal, dup_keys (self->doubtful));
  removals = g_ptr_array_new_with_free_func ((GDestroyNotify) _ann_s3_removal_free);
  g_ptr_array_add (removals, removal);
  _ann_s3_removal_run_later (removals);
}

/* --- The class --- */

static void
_ann_s3_store_writer_finalize (GObject *object)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->removals, g_ptr_array_unref);
  g_hash_table_unref (self->keys);
  g_hash_table_unref (self->doubtful);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (_ann_s3_store_writer_parent_class)->finalize (object);
}

static void
_ann_s3_store_writer_class_init (AnnS3StoreWriterClass *klass)
{
  AnnStoreWriterClass *writer_class = ANN_STORE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_s3_store_writer_finalize;
  writer_class->put = s3_store_writer_put;
  writer_class->commit = s3_store_writer_commit;
  writer_class->abandon = s3_store_writer_abandon;
  writer_class->create = s3_store_writer_create;
  writer_class->put_file = s3_store_writer_put_file;
  writer_class->is_remote = TRUE;
}

static void
_ann_s3_store_writer_init (AnnS3StoreWriter *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->doubtful = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
_ann_s3_store_writer_set_sizes (AnnStoreWriter *writer, gsize whole_size, gsize part_size)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);

  self->whole_size = whole_size;
  self->part_size = part_size;
}

/* --- What lies there --- */

static gboolean
list_keys (AnnStore *store,
           const char *prefix,
           GPtrArray *keys,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GPtrArray) entries = _ann_store_list (store, prefix, cancellable, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *key = *prefix != '\0' ? g_strconcat (prefix, "/", entry->name, NULL)
                                             : g_strdup (entry->name);

      if (entry->is_prefix && !list_keys (store, key, keys, cancellable, error))
        return FALSE;
      if (!entry->is_prefix || entry->size != ANN_STORE_SIZE_UNKNOWN)
        g_ptr_array_add (keys, g_steal_pointer (&key));
    }

  return TRUE;
}

static void
set_not_replaced_error (const char *name, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
               "There are objects below %s already, and in a bucket no store is replaced: remove "
               "them first, or choose another name",
               name);
}

/* %FALSE with @error set if there is something that no export puts there. */
static gboolean
check_leftovers (GPtrArray *keys, const char *name, GError **error)
{
  for (guint i = 0; i < keys->len; i++)
    if (!_ann_s3_is_leftover (keys->pdata[i]))
      {
        g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                     "Below %s lies “%s”, which is no part of an unfinished export, and is not "
                     "removed: move it elsewhere, or choose another name",
                     name, (const char *) keys->pdata[i]);
        return FALSE;
      }

  return TRUE;
}

/* There are objects. What lies directly below tells a store, or anything else, without a list of
 * all; of what looks like leftovers each object has to be one.
 */
static gboolean
deal_with_objects (AnnS3StoreWriter *self,
                   gboolean overwrite,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnStore *store = ANN_STORE (self->store);
  const char *name = _ann_store_writer_get_name (ANN_STORE_WRITER (self));
  g_autoptr (GPtrArray) entries = _ann_store_list (store, "", cancellable, error);
  GPtrArray *keys;
  g_autoptr (AnnS3Removal) removal = NULL;

  if (entries == NULL)
    return FALSE;
  if (!_ann_s3_are_leftovers (entries))
    {
      set_not_replaced_error (name, error);
      return FALSE;
    }

  keys = g_ptr_array_new_with_free_func (g_free);
  removal = _ann_s3_removal_new (self->store, name, keys);
  if (!list_keys (store, "", keys, cancellable, error) || !check_leftovers (keys, name, error))
    return FALSE;
  if (overwrite)
    return _ann_s3_removal_run (removal, cancellable, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_EXISTS,
               "Below %s lie the leftovers of an unfinished export, or one that is being written "
               "now: %u objects without the root of a store",
               name, keys->len);

  return FALSE;
}

AnnStoreWriter *
_ann_s3_store_writer_new (AnnLocation *location,
                          const AnnTargetSpec *spec,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (AnnS3StoreWriter) self = g_object_new (ANN_TYPE_S3_STORE_WRITER, NULL);
  AnnStore *store = _ann_s3_store_new (location, error);
  gboolean has_any;

  if (store == NULL)
    return NULL;
  self->store = ANN_S3_STORE (store);
  self->removals = spec->removals != NULL ? g_ptr_array_ref (spec->removals) : NULL;
  _ann_store_writer_set_name (ANN_STORE_WRITER (self), ann_location_get_uri (location));
  /* What was cancelled here a moment ago is being removed by its keys, some of them twice: they may
   * not be ours by then.
   */
  _ann_clean_up_wait_unless_cancelled (cancellable);
  if (!_ann_s3_store_has_any (self->store, &has_any, cancellable, error))
    {
      _ann_prefix_look_error (error);
      return NULL;
    }
  if (has_any && !deal_with_objects (self, spec->overwrite, cancellable, error))
    return NULL;

  return ANN_STORE_WRITER (g_steal_pointer (&self));
}
