/* ann-memory-store-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-writer-private.h"

#include "store/ann-stores.h"

#include <pthread.h>

#define ANN_TYPE_MEMORY_STORE_WRITER (_ann_memory_store_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnMemoryStoreWriter,
                      _ann_memory_store_writer,
                      ANN,
                      MEMORY_STORE_WRITER,
                      AnnStoreWriter)

struct _AnnMemoryStoreWriter {
  AnnStoreWriter parent_instance;
  pthread_mutex_t lock; /* of the store while it is not committed */
  AnnStore *store;
  gboolean is_committed;
};

G_DEFINE_FINAL_TYPE (AnnMemoryStoreWriter, _ann_memory_store_writer, ANN_TYPE_STORE_WRITER)

static gboolean
memory_store_writer_put (AnnStoreWriter *writer,
                         const char *key,
                         GBytes *bytes,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         G_GNUC_UNUSED GError **error)
{
  AnnMemoryStoreWriter *self = ANN_MEMORY_STORE_WRITER (writer);
  g_autoptr (GBytes) kept = g_bytes_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  pthread_mutex_lock (&self->lock);
  _ann_memory_store_add (self->store, key, kept);
  pthread_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
memory_store_writer_commit (AnnStoreWriter *writer,
                            G_GNUC_UNUSED GCancellable *cancellable,
                            G_GNUC_UNUSED GError **error)
{
  ANN_MEMORY_STORE_WRITER (writer)->is_committed = TRUE;

  return TRUE;
}

static void
memory_store_writer_abandon (AnnStoreWriter *writer)
{
  g_clear_object (&ANN_MEMORY_STORE_WRITER (writer)->store);
}

static void
_ann_memory_store_writer_finalize (GObject *object)
{
  AnnMemoryStoreWriter *self = ANN_MEMORY_STORE_WRITER (object);

  g_clear_object (&self->store);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (_ann_memory_store_writer_parent_class)->finalize (object);
}

static void
_ann_memory_store_writer_class_init (AnnMemoryStoreWriterClass *klass)
{
  AnnStoreWriterClass *writer_class = ANN_STORE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_memory_store_writer_finalize;
  writer_class->put = memory_store_writer_put;
  writer_class->commit = memory_store_writer_commit;
  writer_class->abandon = memory_store_writer_abandon;
}

static void
_ann_memory_store_writer_init (AnnMemoryStoreWriter *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->store = _ann_memory_store_new ();
  _ann_store_writer_set_name (ANN_STORE_WRITER (self), "memory");
}

AnnStoreWriter *
_ann_memory_store_writer_new (void)
{
  return g_object_new (ANN_TYPE_MEMORY_STORE_WRITER, NULL);
}

AnnStore *
_ann_memory_store_writer_dup_store (AnnStoreWriter *writer)
{
  AnnMemoryStoreWriter *self = ANN_MEMORY_STORE_WRITER (writer);

  g_return_val_if_fail (self->is_committed, NULL);

  return g_object_ref (self->store);
}
