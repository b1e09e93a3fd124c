/* counted-store.h: a store that is far away, for tests
 *
 * It gives the objects of another one, counts what is asked for, waits and fails as it is told. As
 * many requests are counted as a store on a network would send: what lies close together is one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-error.h"
#include "store/ann-stores.h"

#include <pthread.h>
#include <stdlib.h>

/* Nearer parts are joined. */
#define COUNTED_GAP ((guint64) 4 << 10)

G_DECLARE_FINAL_TYPE (CountedStore, counted_store, COUNTED, STORE, AnnStore)

/* @fail_at: the number of the request that fails, from 0; -1 for none
 * @before_read: (nullable): called without the lock, at the beginning of each call
 */
struct _CountedStore {
  AnnStore parent_instance;

  AnnStore *inner;
  guint delay_ms;
  int fail_at;
  gboolean hides_size;
  void (*before_read) (gpointer data);
  gpointer data;

  pthread_mutex_t lock;
  guint n_calls;
  guint n_requests;
  guint64 n_bytes;
};

G_DEFINE_FINAL_TYPE (CountedStore, counted_store, ANN_TYPE_STORE)

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
  const AnnStoreRead *const *x = a, *const *y = b;

  return (*x)->offset < (*y)->offset ? -1 : (*x)->offset > (*y)->offset;
}

static guint
count_requests (AnnStoreRead *reads, gsize n, guint64 *n_bytes)
{
  g_autofree AnnStoreRead **sorted = g_new (AnnStoreRead *, n);
  guint64 end = 0;
  guint n_requests = 0;

  for (gsize i = 0; i < n; i++)
    sorted[i] = &reads[i];
  qsort (sorted, n, sizeof *sorted, compare_offsets);

  for (gsize i = 0; i < n; i++)
    {
      guint64 start = sorted[i]->offset;

      if (n_requests == 0 || start > end + COUNTED_GAP)
        n_requests++;
      else
        start = end; /* with the gap */
      *n_bytes += MAX (sorted[i]->offset + sorted[i]->length, start) - start;
      end = MAX (end, sorted[i]->offset + sorted[i]->length);
    }

  return n_requests;
}

static gboolean
counted_store_read (AnnStore *store,
                    AnnStoreRead *reads,
                    gsize n,
                    GCancellable *cancellable,
                    GError **error)
{
  CountedStore *self = COUNTED_STORE (store);
  guint64 n_bytes = 0;
  guint n_requests = count_requests (reads, n, &n_bytes);
  gboolean fails;

  if (self->before_read != NULL)
    self->before_read (self->data);
  if (self->delay_ms > 0)
    g_usleep (self->delay_ms * 1000);

  pthread_mutex_lock (&self->lock);
  fails = self->fail_at >= (int) self->n_requests
          && self->fail_at < (int) (self->n_requests + n_requests);
  self->n_calls++;
  self->n_requests += n_requests;
  self->n_bytes += n_bytes;
  pthread_mutex_unlock (&self->lock);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (fails)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The server does not answer");
      return FALSE;
    }
  if (!_ann_store_read (self->inner, reads, n, NULL, error))
    return FALSE;
  for (gsize i = 0; self->hides_size && i < n; i++)
    reads[i].object_size = ANN_STORE_SIZE_UNKNOWN;

  return TRUE;
}

static void
counted_store_finalize (GObject *object)
{
  CountedStore *self = COUNTED_STORE (object);

  g_clear_object (&self->inner);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (counted_store_parent_class)->finalize (object);
}

static void
counted_store_class_init (CountedStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = counted_store_finalize;
  ANN_STORE_CLASS (klass)->read = counted_store_read;
  ANN_STORE_CLASS (klass)->is_remote = TRUE;
}

static void
counted_store_init (CountedStore *self)
{
  self->fail_at = -1;
  pthread_mutex_init (&self->lock, NULL);
}

/* @inner: (transfer full): */
G_GNUC_UNUSED static CountedStore *
counted_store_new (AnnStore *inner)
{
  CountedStore *self = g_object_new (counted_store_get_type (), NULL);

  self->inner = inner;

  return self;
}

G_GNUC_UNUSED static void
counted_store_reset (CountedStore *self)
{
  self->n_calls = self->n_requests = 0;
  self->n_bytes = 0;
  self->fail_at = -1;
}
