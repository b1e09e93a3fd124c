/* ann-block-iterator.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-block-iterator-private.h"

#include "base/ann-wait-private.h"

/* A thread reads blocks into a queue of bounded length and stops at the first that fails. It is
 * started by the first call, and told to end, and waited for, by the last unref: what it reads is
 * cancelled then.
 */

/* How often somebody who waits looks whether he has been cancelled. */
#define WAIT_MS 20

/* The rows of an element, in blocks of one length. */
typedef struct {
  AnnElement *element;
  guint64 n_rows; /* of a block */
  guint64 next;
  gboolean is_begun;
} Rows;

struct _AnnBlockIterator {
  gatomicrefcount ref_count;
  AnnBlockFunc func;
  gpointer user_data;
  GDestroyNotify free_data;
  guint64 n_blocks; /* of rows; else 0 */
  guint n_ahead;
  GThread *thread;
  GCancellable *stop;

  pthread_mutex_t lock; /* for what follows */
  pthread_cond_t changed;
  GQueue blocks;
  GError *error;
  gboolean is_stopped;
  gboolean is_ended;
};

G_DEFINE_BOXED_TYPE (AnnBlockIterator,
                     ann_block_iterator,
                     ann_block_iterator_ref,
                     ann_block_iterator_unref)

AnnBlockIterator *
_ann_block_iterator_new_with_func (AnnBlockFunc func,
                                   gpointer user_data,
                                   GDestroyNotify free_data,
                                   guint n_ahead)
{
  AnnBlockIterator *self = g_new0 (AnnBlockIterator, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->func = func;
  self->user_data = user_data;
  self->free_data = free_data;
  self->n_ahead = n_ahead;
  self->stop = g_cancellable_new ();
  g_queue_init (&self->blocks);
  pthread_mutex_init (&self->lock, NULL);
  _ann_cond_init (&self->changed);

  return self;
}

static void
rows_free (gpointer data)
{
  Rows *rows = data;

  g_object_unref (rows->element);
  g_free (rows);
}

static AnnBlock *
read_rows (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Rows *rows = user_data;
  const guint64 n_all = ann_element_get_n_rows (rows->element);
  const guint64 n = MIN (rows->n_rows, n_all - rows->next);
  AnnBlock *block;

  if (rows->is_begun && n == 0)
    return NULL;

  block = ann_element_read_rows (rows->element, rows->next, n, cancellable, error);
  if (block != NULL)
    {
      rows->is_begun = TRUE;
      rows->next += n;
    }

  return block;
}

/**
 * ann_block_iterator_new:
 * @element: an element that has rows of values
 * @n_rows: how many rows a block has, at least 1; the last one has what is left
 * @n_ahead: how many blocks are read before they are asked for: so many are in memory at most,
 *   and the one that is being read
 *
 * An element without rows gives one empty block. Nothing is read before the first block is asked
 * for.
 *
 * Returns: (transfer full): an iterator at the first row
 */
AnnBlockIterator *
ann_block_iterator_new (AnnElement *element, guint64 n_rows, guint n_ahead)
{
  AnnBlockIterator *self;
  Rows *rows;
  guint64 n_all;

  g_return_val_if_fail (ANN_IS_ELEMENT (element), NULL);
  g_return_val_if_fail (n_rows > 0, NULL);

  n_all = ann_element_get_n_rows (element);
  rows = g_new0 (Rows, 1);
  rows->element = g_object_ref (element);
  rows->n_rows = n_rows;
  self = _ann_block_iterator_new_with_func (read_rows, rows, rows_free, n_ahead);
  self->n_blocks = n_all > 0 ? (n_all - 1) / n_rows + 1 : 1;

  return self;
}

/**
 * ann_block_iterator_ref:
 * @self: an iterator
 *
 * Returns: (transfer full): @self
 */
AnnBlockIterator *
ann_block_iterator_ref (AnnBlockIterator *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_block_iterator_unref:
 * @self: (transfer full): an iterator
 *
 * The last reference cancels what is being read, and waits until that has ended.
 */
void
ann_block_iterator_unref (AnnBlockIterator *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_cancellable_cancel (self->stop);
  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);

  g_queue_clear_full (&self->blocks, (GDestroyNotify) ann_block_unref);
  g_clear_error (&self->error);
  g_object_unref (self->stop);
  if (self->free_data != NULL)
    self->free_data (self->user_data);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/**
 * ann_block_iterator_get_n_blocks:
 * @self: an iterator
 *
 * Returns: how many blocks there are in all
 */
guint64
ann_block_iterator_get_n_blocks (const AnnBlockIterator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_blocks;
}

/* Waits until there is room. Returns: %FALSE if there is no more use for a block */
static gboolean
wait_for_room (AnnBlockIterator *self)
{
  gboolean goes_on;

  pthread_mutex_lock (&self->lock);
  while (!self->is_stopped && self->blocks.length >= self->n_ahead)
    pthread_cond_wait (&self->changed, &self->lock);
  goes_on = !self->is_stopped;
  pthread_mutex_unlock (&self->lock);

  return goes_on;
}

static gpointer
read_ahead (gpointer data)
{
  AnnBlockIterator *self = data;

  while (wait_for_room (self))
    {
      GError *error = NULL;
      AnnBlock *block = self->func (self->user_data, self->stop, &error);

      pthread_mutex_lock (&self->lock);
      if (block != NULL)
        {
          g_queue_push_tail (&self->blocks, block);
        }
      else
        {
          self->error = error;
          self->is_ended = error == NULL;
          self->is_stopped = TRUE;
        }
      pthread_cond_broadcast (&self->changed);
      pthread_mutex_unlock (&self->lock);
    }

  return NULL;
}

/* Under the lock. */
static void
wait_for_change (AnnBlockIterator *self)
{
  const struct timespec until = _ann_cond_get_time_after (WAIT_MS);

  pthread_cond_timedwait (&self->changed, &self->lock, &until);
}

/* The next block from the thread, or its error, or none behind the last or if the caller is
 * cancelled.
 */
static AnnBlock *
take_block (AnnBlockIterator *self, GCancellable *cancellable, GError **error)
{
  AnnBlock *block;
  gboolean is_ended;
  g_autoptr (GError) failure = NULL;

  if (self->thread == NULL)
    self->thread = g_thread_new ("ann-ahead", read_ahead, self);

  pthread_mutex_lock (&self->lock);
  while (self->blocks.length == 0 && self->error == NULL && !self->is_ended
         && !g_cancellable_is_cancelled (cancellable))
    wait_for_change (self);
  block = g_queue_pop_head (&self->blocks);
  if (block == NULL && self->error != NULL)
    failure = g_error_copy (self->error);
  is_ended = self->is_ended;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);

  /* A handler of "cancelled" must not find the lock taken, hence not before. */
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (block == NULL && !is_ended)
    g_cancellable_set_error_if_cancelled (cancellable, error);

  return block;
}

/**
 * ann_block_iterator_next:
 * @self: an iterator
 * @block: (out) (transfer full) (nullable): the next block, or %NULL behind the last
 * @cancellable: (nullable): a [class@Gio.Cancellable]; the iterator goes on if it is asked again
 * @error: return location for an error, or %NULL
 *
 * Blocks until there is one. A block that cannot be read fails this call and all that follow.
 *
 * Returns: %FALSE with @error set if it fails
 */
gboolean
ann_block_iterator_next (AnnBlockIterator *self,
                         AnnBlock **block,
                         GCancellable *cancellable,
                         GError **error)
{
  GError *local_error = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (block != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  *block = NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  *block = self->n_ahead > 0 ? take_block (self, cancellable, &local_error)
                             : self->func (self->user_data, cancellable, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);

  return FALSE;
}
